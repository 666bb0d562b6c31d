// Exports over HTTP: a job whose file holds what its orderer may see, for a day, for nobody else.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {existsSync, readdirSync} from 'node:fs';
import {rm, utimes, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {demo, must} from './city.mjs';
import {person, token} from './people.mjs';

const env = {...process.env, ASAN_OPTIONS: '', LD_PRELOAD: ''};
let city, folder, viewer, ward, narrow, admin, wards;

before(async () => {
  city = await demo(3000);
  folder = join(city.folder, 'city');
  const page = await city.json('/ogc/collections/parcel/items?limit=3000');
  wards = [...new Set(page.features.map(one => one.properties.unit_now_id).filter(Boolean))];
  viewer = await person(folder, 'an', 'viewer');
  ward = await person(folder, 'binh', 'viewer', '--ward', String(wards[0]), '--layer', 'parcel', '--field', 'parcel_no');
  admin = await person(folder, 'chu', 'administrator');
  narrow = await token(folder, 'an', '--layer', 'street');
});
after(async () => {
  assert.equal((await city.stop()).code, 0);
  await rm(city.folder, {recursive: true});
});

const order = (who, body) => city.get('/api/jobs', {method: 'POST', headers: {...who, 'content-type': 'application/json'}, body: JSON.stringify({kind: 'export', ...body})});
const job = async (who, id) => (await city.get(`/api/jobs/${id}`, {headers: who})).json();

async function done(who, body) {
  const answer = await order(who, body);
  assert.equal(answer.status, 202, await answer.clone().text());
  const {id} = await answer.json();
  for (;;) {
    const one = await job(who, id);
    if (!['queued', 'running'].includes(one.state)) return one;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

async function fetched(who, one) {
  const answer = await city.get(one.result.href, {headers: who});
  assert.equal(answer.status, 200, JSON.stringify(one));
  const bytes = Buffer.from(await answer.arrayBuffer()), path = join(city.folder, one.result.file);
  assert.equal(bytes.length, one.result.bytes);
  await writeFile(path, bytes);
  return {path, answer};
}
const read = path => JSON.parse(execFileSync('ogr2ogr', ['-q', '-f', 'GeoJSON', '/vsistdout/', path, '-preserve_fid'], {encoding: 'utf8', env, maxBuffer: 1 << 28})).features;

test('each format is made, told and fetched', async () => {
  const total = (await city.json('/ogc/collections/parcel/items?limit=1')).numberMatched;
  for (const [format, type] of [['gpkg', 'application/geopackage+sqlite3'], ['shp', 'application/zip'], ['geojson', 'application/geo+json'], ['fgb', 'application/vnd.flatgeobuf'], ['csv', 'text/csv; charset=utf-8']]) {
    const one = await done(viewer, {layer: 'parcel', format});
    assert.equal(one.state, 'done', JSON.stringify(one));
    assert.equal(one.result.rows, total);
    assert.equal(one.result.epsg, format === 'geojson' ? 4326 : 9210);
    const {path, answer} = await fetched(viewer, one);
    assert.equal(answer.headers.get('content-type'), type);
    assert.match(answer.headers.get('content-disposition'), new RegExp(`^attachment; filename="parcel-\\d{4}-\\d\\d-\\d\\d\\.${format === 'shp' ? 'zip' : format}"$`));
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    if (format !== 'csv') assert.equal(read(format === 'shp' ? `/vsizip/${path}` : path).length, total);
  }
  assert.deepEqual(readdirSync(join(folder, 'work')), []);
});

test('a file holds what its orderer may see, and no more', async () => {
  const one = await done(ward, {layer: 'parcel', format: 'gpkg', crs: '4326'});
  const {path} = await fetched(ward, one), rows = read(path);
  const items = [];
  for (let next = `${city.url}/ogc/collections/parcel/items?limit=1000`; next;) {
    const page = await (await fetch(next, {headers: ward})).json();
    items.push(...page.features);
    next = page.links.find(link => link.rel === 'next')?.href;
  }
  assert.ok(items.length && items.length < one.result.rows + 1);
  assert.deepEqual(rows.map(row => row.id), items.map(item => item.id));
  for (const [i, row] of rows.entries()) for (const [name, value] of Object.entries(row.properties)) assert.equal(value ?? null, items[i].properties[name] ?? null, name);
  assert.ok(rows.every(row => row.properties.land_use == null && row.properties.parcel_no));
  // A ward of another's is no way around.
  const other = wards.find(id => id !== wards[0]);
  if (other) assert.equal((await done(ward, {layer: 'parcel', format: 'gpkg', unit: other})).result.rows, 0);
  assert.equal((await order(ward, {layer: 'street', format: 'gpkg'})).status, 404);
  // A token sees less than its account.
  assert.equal((await order(narrow, {layer: 'parcel', format: 'gpkg'})).status, 404);
});

test('others do not get it, nor the orderer when he may see something else', async () => {
  const one = await done(viewer, {layer: 'parcel', format: 'gpkg', unit: wards[0]});
  assert.equal((await city.get(one.result.href)).status, 401);
  assert.equal((await city.get(one.result.href, {headers: ward})).status, 404);
  assert.equal((await city.get(one.result.href, {headers: narrow})).status, 403);
  assert.equal((await city.get(one.result.href, {headers: admin})).status, 200);
  await must('user', 'scope', 'add', folder, 'an', '--ward', String(wards[0]));
  const refused = await city.get(one.result.href, {headers: viewer});
  assert.equal(refused.status, 403);
  assert.equal((await refused.json()).code, 'EXPORT-SCOPE-01');
  await must('user', 'scope', 'clear', folder, 'an');
  assert.equal((await city.get(one.result.href, {headers: viewer})).status, 200);
});

test('what makes no sense is refused before it is a job', async () => {
  const refused = async (status, where, body) => {
    const answer = await order(viewer, body), said = await answer.json();
    assert.equal(answer.status, status, JSON.stringify(said));
    assert.equal(said.where, where);
    assert.doesNotMatch(said.detail, /sqlite|SELECT|errno|\/tmp/i);
  };
  await refused(404, '/layer', {layer: 'nothing', format: 'gpkg'});
  await refused(422, '/format', {layer: 'parcel', format: 'doc'});
  await refused(422, '/crs', {layer: 'parcel', format: 'gpkg', crs: 'moon'});
  await refused(422, '/bbox', {layer: 'parcel', format: 'gpkg', bbox: '1,2,3'});
  await refused(422, '/unit', {layer: 'parcel', format: 'gpkg', unit: 'x'});
  await refused(400, '/area', {layer: 'parcel', format: 'gpkg', area: 'x'});
  await refused(422, '/fields', {layer: 'parcel', format: 'gpkg', fields: 'x'});
  await refused(400, 'datetime', {layer: 'parcel', format: 'gpkg', datetime: 'soon'});
  await refused(422, '/colour', {layer: 'parcel', format: 'gpkg', colour: 'red'});
  assert.equal((await order({}, {layer: 'parcel', format: 'gpkg'})).status, 401);
  // What only the register knows fails the job, with its reason.
  const failed = await done(viewer, {layer: 'parcel', format: 'gpkg', fields: ['parcel_no', 'secret']});
  assert.equal(failed.state, 'failed');
  assert.equal(failed.result.error.code, 'EXPORT-FIELD-01');
  assert.equal((await city.get(`/api/jobs/${failed.id}/file`, {headers: viewer})).status, 404);
});

test('by box, drawn area, day and fields', async () => {
  const items = (await city.json('/ogc/collections/parcel/items?limit=3000')).features, corner = items[50].geometry.coordinates[0][0][0];
  const box = [corner[0] - 0.0005, corner[1] - 0.0005, corner[0] + 0.0005, corner[1] + 0.0005];
  const inBox = (await city.json(`/ogc/collections/parcel/items?limit=3000&bbox=${box}`)).features.map(one => one.id);
  const area = {type: 'Polygon', coordinates: [[[box[0], box[1]], [box[2], box[1]], [box[2], box[3]], [box[0], box[3]], [box[0], box[1]]]]};
  for (const where of [{bbox: box.join()}, {area}]) {
    const one = await done(viewer, {layer: 'parcel', format: 'gpkg', fields: ['parcel_no'], datetime: '2030-01-01', ...where});
    assert.equal(one.state, 'done', JSON.stringify(one));
    assert.match(one.result.file, /^parcel-2030-01-01\.gpkg$/);
    const rows = read((await fetched(viewer, one)).path);
    assert.deepEqual(rows.map(row => row.id), inBox);
    assert.deepEqual(Object.keys(rows[0].properties), ['parcel_no']);
  }
});

test('a job in the queue can be cancelled, nobody has many, and what is old goes', async () => {
  const answers = await Promise.all(Array.from({length: 8}, () => order(viewer, {layer: 'parcel', format: 'gpkg'})));
  const made = answers.filter(answer => answer.status === 202);
  assert.ok(made.length >= 3);
  for (const answer of made) {
    const {id} = await answer.json();
    assert.ok([204, 409].includes((await city.get(`/api/jobs/${id}`, {method: 'DELETE', headers: viewer})).status));
  }
  let running = 1;
  while (running) {
    running = (await (await city.get('/api/jobs', {headers: viewer})).json()).jobs.filter(one => ['queued', 'running'].includes(one.state)).length;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  const one = await done(viewer, {layer: 'light_pole', format: 'csv'}), path = join(folder, 'exports', String(one.id));
  assert.ok(existsSync(path));
  const past = new Date(Date.now() - 25 * 3600e3);
  await utimes(path, past, past);
  await done(viewer, {layer: 'light_pole', format: 'csv'});
  assert.ok(!existsSync(path));
  const gone = await city.get(one.result.href, {headers: viewer});
  assert.equal(gone.status, 404);
  assert.equal((await gone.json()).code, 'EXPORT-GONE-01');
});
