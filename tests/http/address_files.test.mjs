// House numbers as files: the BAL table, OpenAddresses lines, the plates of a street; over HTTP and on the
// command line, guarded from Excel.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {dothi, must, serve, temporaryFolder} from './city.mjs';
import {person} from './people.mjs';

const metres = '<http://www.opengis.net/def/crs/EPSG/0/9210>', east = 600000, north = 1215000;
let folder, dir, city, officer, street, plates;

const send = (path, body, headers = {}) => city.get(path, {method: 'POST', body: JSON.stringify(body),
  headers: {'content-type': 'application/json', 'content-crs': metres, ...officer, ...headers}});
async function record(layer, geometry, properties) {
  const answer = await send(`/ogc/collections/${layer}/items`, {type: 'Feature', geometry, properties}, {'content-type': 'application/geo+json'});
  assert.equal(answer.status, 201, await answer.text());
  return Number(new URL(answer.headers.get('location')).pathname.split('/').pop());
}
const at = (x, y) => [east + x, north + y];

before(async () => {
  folder = await temporaryFolder();
  dir = join(folder, 'city');
  await must('init', dir, '--crs', '9210', '--name', 'Thành phố; thử');
  officer = await person(dir, 'an', 'officer');
  city = await serve(dir);
  street = await record('street', {type: 'LineString', coordinates: [at(0, 200), at(0, 0)]}, {name: 'Yersin', kind: 'main', direction: 'forward', width_m: 6});
  plates = [];
  // Three houses on the left (east, going south), two on the right.
  for (const [x, y] of [[5, 180], [5, 160], [5, 140], [-15, 180], [-15, 160]]) {
    const ring = [at(x, y - 10), at(x + 10, y - 10), at(x + 10, y), at(x, y), at(x, y - 10)];
    const parcel = await record('parcel', {type: 'Polygon', coordinates: [ring]}, {map_sheet: '1', parcel_no: String(plates.length + 1), land_use: 'ODT'});
    plates.push({parcel});
  }
  // The scheme gives the numbers when it is approved.
  const cli = async (...words) => JSON.parse(await must('number', 'scheme', ...words, '--json'));
  const {id} = await cli('make', dir, '--street', String(street));
  await cli('submit', dir, '--scheme', String(id));
  await cli('approve', dir, '--scheme', String(id), '--document', '12/QĐ-UBND');
  const {features} = await city.json('/ogc/collections/address/items', {headers: officer});
  assert.equal(features.length, plates.length);
  plates = features.map(({properties}) => ({parcel: properties.parcel_id, plate: properties.plate}));
});
after(async () => {
  await city.stop();
  await rm(folder, {recursive: true});
});

/** Cells of a table with semicolons, quoted as RFC 4180 says. */
const cells = text => text.replace(/^\uFEFF/, '').trimEnd().split('\r\n').map(line =>
  [...line.matchAll(/(?:^|;)(?:"((?:[^"]|"")*)"|([^;]*))/g)].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare));

test('a BAL table holds every number, with ids that Excel keeps', async () => {
  const answer = await city.get('/api/addresses.csv');
  assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'text/csv; charset=utf-8']);
  const bytes = new Uint8Array(await answer.clone().arrayBuffer());
  assert.deepEqual([...bytes.slice(0, 3)], [0xEF, 0xBB, 0xBF]);
  const [names, ...rows] = cells(new TextDecoder('utf-8', {ignoreBOM: true}).decode(bytes));
  assert.equal(rows.length, plates.length);
  const column = name => rows.map(row => row[names.indexOf(name)]);
  assert.deepEqual(column('voie_nom'), plates.map(() => 'Yersin'));
  assert.deepEqual(column('cad_parcelles'), plates.map(one => `="${one.parcel}"`));
  assert.deepEqual(column('numero'), plates.map(one => String(parseInt(one.plate, 10))));
  assert.ok(column('city').every(one => one === 'Thành phố; thử'));
  assert.ok(column('long').every(one => Number(one) > 106 && Number(one) < 108));
  assert.equal(new Set(column('cle_interop')).size, rows.length);
  const plain = cells(await (await city.get('/api/addresses.csv?plain=1')).text());
  assert.deepEqual(plain.slice(1).map(row => row[plain[0].indexOf('cad_parcelles')]), plates.map(one => String(one.parcel)));
});

test('OpenAddresses lines are features, each with a hash of its own', async () => {
  const answer = await city.get(`/api/addresses.geojsonl?street=${street}`);
  assert.equal(answer.status, 200);
  const features = (await answer.text()).trimEnd().split('\n').map(line => JSON.parse(line));
  assert.deepEqual(features.map(one => one.properties.number), plates.map(one => one.plate));
  assert.ok(features.every(({type, geometry, properties}) => type === 'Feature' && geometry.type === 'Point' && properties.street === 'Yersin' && /^[0-9a-f]{16}$/.test(properties.hash)));
  assert.equal(new Set(features.map(one => one.properties.hash)).size, features.length);
});

test('the plates of a street come in their order, with side and size', async () => {
  const {plates: list} = await city.json(`/api/numbering/plates?street=${street}`);
  assert.deepEqual(list.map(one => one.order), [1, 2, 3, 4, 5]);
  assert.ok(list.every((one, i) => !i || one.along_m >= list[i - 1].along_m));
  assert.ok(list.every(one => one.side === (parseInt(one.text, 10) % 2 ? 'left' : 'right')), JSON.stringify(list));
  assert.ok(list.every(one => one.size === 'S' && one.width_mm > 0 && one.old === null));
  const [names, ...rows] = cells(await (await city.get(`/api/numbering/plates?street=${street}&f=csv`, {headers: {'accept-language': 'en'}})).text());
  assert.deepEqual(names.slice(0, 3), ['order', 'plate', 'size']);
  assert.deepEqual(rows.map(row => row[1].replace(/^="|"$/g, '')), list.map(one => one.text));
  assert.deepEqual(rows.map(row => row[5]), list.map(one => one.side));
});

test('what is asked wrongly is refused', async () => {
  for (const [path, status] of [['/api/addresses.csv?ward=x', 400], ['/api/addresses.csv?plain=yes', 400], ['/api/addresses.csv?limit=1', 400], ['/api/addresses.csv?ward=77', 404], ['/api/addresses.geojsonl?street=999', 404],
    ['/api/numbering/plates', 400], ['/api/numbering/plates?street=999999', 404], [`/api/numbering/plates?street=${street}&f=pdf`, 400]])
    assert.equal((await city.get(path)).status, status, path);
});

test('the command line writes the same', async () => {
  for (const [format, path] of [['bal', '/api/addresses.csv'], ['openaddresses', '/api/addresses.geojsonl']]) {
    const file = join(folder, `out.${format}`);
    assert.match(await must('number', 'export', dir, file, '--format', format, '--lang', 'en'), /5 addresses/);
    assert.equal(await readFile(file, 'utf8'), new TextDecoder('utf-8', {ignoreBOM: true}).decode(await (await city.get(path)).arrayBuffer()));
    assert.notEqual((await dothi('number', 'export', dir, file, '--format', format)).code, 0, 'a file is not written over');
    await must('number', 'export', dir, file, '--format', format, '--force');
  }
  const {plates: list} = JSON.parse(await must('number', 'plates', dir, '--street', String(street), '--json'));
  assert.deepEqual(list, (await city.json(`/api/numbering/plates?street=${street}`)).plates);
  assert.notEqual((await dothi('number', 'plates', dir)).code, 0);
});
