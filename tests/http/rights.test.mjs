// Who sees what: every role and scope at every route, with a canary in each field of each layer.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {readdirSync, readFileSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {must, serve, temporaryFolder} from './city.mjs';
import {person, token} from './people.mjs';

let folder, dir, city, chief, layers, askers;
const canaries = []; // {text, layer, field, ward}
const square = (x, y, size) => [[[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]];
const where = {1: [106.651, 10.981], 2: [106.661, 10.981]};

function shapeOf(layer, ward, i) {
  const [x, y] = where[ward], at = x + i * 1e-5;
  if (layer.geometry === 'point') return {type: 'Point', coordinates: [at, y]};
  if (layer.geometry === 'line') return {type: 'LineString', coordinates: [[at, y], [at + 0.001, y]]};
  return {type: 'Polygon', coordinates: square(at, y, 0.001)};
}

/** A value that stands nowhere else; null where the type has no room for one. */
function canary(layer, field, ward, n) {
  if (field.type === 'text') return `KANARI${n}X`;
  if (field.type === 'int') return 731000000 + n;
  if (field.type === 'real') return 731000.25 + n;
  return null;
}

async function fill() {
  let n = 0;
  for (const ward of [1, 2]) {
    const [x, y] = where[ward];
    const made = await city.get('/ogc/collections/admin_unit/items', {method: 'POST', headers: {...chief, 'content-type': 'application/geo+json'},
      body: JSON.stringify({type: 'Feature', properties: {name: `KANARI${++n}X`, kind: 'ward'}, geometry: {type: 'Polygon', coordinates: square(x - 0.001, y - 0.001, 0.008)}})});
    assert.equal(made.status, 201, await made.text());
    canaries.push({text: `KANARI${n}X`, layer: 'admin_unit', field: 'name', ward});
  }
  for (const [i, layer] of layers.entries()) {
    if (layer.id === 'admin_unit' || layer.address) continue;
    for (const ward of [1, 2]) {
      const properties = {source_attributes: {chu: `KANARI${++n}X`}};
      canaries.push({text: `KANARI${n}X`, layer: layer.id, field: 'source_attributes', ward: hasWard(layer) ? ward : 0});
      for (const field of layer.fields.filter(one => !one.computed)) {
        const value = canary(layer, field, ward, ++n);
        if (value === null) continue;
        properties[field.id] = value;
        canaries.push({text: String(value), layer: layer.id, field: field.id, ward: hasWard(layer) ? ward : 0});
      }
      const made = await city.get(`/ogc/collections/${layer.id}/items`, {method: 'POST', headers: {...chief, 'content-type': 'application/geo+json'},
        body: JSON.stringify({type: 'Feature', properties, geometry: shapeOf(layer, ward, i)})});
      assert.equal(made.status, 201, await made.text());
      // A second version, so that the history holds the canaries too.
      const again = await city.get(new URL(made.headers.get('location')).pathname, {method: 'PATCH', body: '{"properties":{}}',
        headers: {...chief, 'content-type': 'application/merge-patch+json', 'if-match': '"v1"'}});
      assert.equal(again.status, 204, await again.text());
    }
  }
}
const hasWard = layer => layer.fields.some(field => field.id === 'unit_now_id');

/** An asker with the rows that narrow it: {layer, ward, field}, undefined for all. */
async function asker(login, role, rows = []) {
  const headers = await person(dir, login, role);
  for (const row of rows)
    await must('user', 'scope', 'add', dir, login, ...Object.entries(row).flatMap(([key, value]) => [`--${key}`, String(value)]));
  return {login, role, rows, headers};
}

/** The rule again, in a few words: a record is seen if a row covers its layer and ward, a field if one of those covers it. */
function maySee({rows}, {layer, field, ward}) {
  if (!rows.length) return true;
  return rows.some(row => (row.layer ?? layer) === layer && (row.ward === undefined || row.ward === ward) && (row.field ?? field) === field);
}

before(async () => {
  folder = await temporaryFolder();
  dir = join(folder, 'city');
  await must('init', dir, '--crs', '9210', '--name', 'Phường thử');
  chief = await person(dir, 'chief', 'administrator');
  city = await serve(dir, '--quiet');
  ({layers} = await city.json('/api/layers', {headers: chief}));
  await fill();
  askers = [{login: 'public', role: 'public', rows: [], headers: {}}];
  for (const role of ['viewer', 'surveyor', 'officer', 'planner', 'operator', 'approver', 'administrator']) {
    askers.push(await asker(`${role}.all`, role));
    askers.push(await asker(`${role}.layer`, role, [{layer: 'parcel'}, {layer: 'school'}]));
    askers.push(await asker(`${role}.ward`, role, [{ward: 2}]));
    askers.push(await asker(`${role}.field`, role, [{layer: 'parcel', field: 'land_use'}, {layer: 'light_pole', ward: 1, field: 'owner'}, {layer: 'light_pole', field: 'code'}]));
    askers.push({login: `${role}.token`, role, rows: [{layer: 'clinic'}], headers: await token(dir, `${role}.all`, '--layer', 'clinic')});
  }
});
after(async () => {
  await city.stop();
  await rm(folder, {recursive: true});
});

/** Every route of the tables in the sources. */
function routes() {
  const found = new Set(), source = new URL('../../server/', import.meta.url);
  for (const name of readdirSync(source).filter(one => one.endsWith('.c'))) {
    const text = readFileSync(new URL(name, source), 'utf8');
    const table = text.indexOf('static const struct route routes[]');
    if (table < 0) continue;
    for (const [, pattern] of text.slice(table).matchAll(/(?:\{|\.pattern = )"(\/[^"]*)"/g)) found.add(pattern);
  }
  return [...found].filter(one => !['/', '/{file}', '/api/events'].includes(one));
}

const tileOf = (ward, z) => {
  const [lon, lat] = where[ward], rad = lat * Math.PI / 180;
  return [Math.floor((lon + 180) / 360 * 2 ** z), Math.floor((1 - Math.log(Math.tan(rad) + 1 / Math.cos(rad)) / Math.PI) / 2 * 2 ** z)];
};

/** Addresses of a route: for each layer, record and query that could let something through. */
function addresses(pattern) {
  if (pattern.startsWith('/tiles/')) {
    const names = layers.map(one => one.id);
    if (!pattern.includes('{z}')) return names.map(name => pattern.replace('{layers}', name));
    return names.flatMap(name => [1, 2].flatMap(ward => {
      const [x, y] = tileOf(ward, 18);
      return ['', '?date=2030-01-01'].map(query => `/tiles/${name}/18/${x}/${y}.mvt${query}`);
    }));
  }
  if (pattern.includes('{collection}'))
    return layers.flatMap(({id}) => [1, 2, 3].flatMap(item => [1, 2].flatMap(version => {
      const path = pattern.replace('{collection}', id).replace('{item}', item).replace('{version}', version);
      return pattern.endsWith('/items') ? ['?limit=100', '?bbox=106,10,107,11', '?datetime=2030-01-01', '?bbox=106,10,107,11&datetime=2030-01-01', '?f=html', '?datetime=bad'].map(query => path + query)
        : [path, `${path}?f=html`, `${path}?nonsense=1`];
    })));
  if (pattern === '/api/at') return [1, 2].flatMap(ward => ['', '&all_dates=1', '&date=2030-01-01'].map(query => `/api/at?lon=${where[ward][0]}&lat=${where[ward][1]}&radius_m=200${query}`));
  if (pattern === '/api/changes') return ['/api/changes?limit=1000'];
  return [pattern.replace(/\{[^}]*\}/g, '1')];
}

test('no canary appears to whom it is not shown, at any route', async () => {
  const all = [...new Set(routes().flatMap(addresses))];
  assert.ok(all.length > 500);
  let checked = 0;
  for (const one of askers) {
    const seen = new Set();
    for (const path of all) {
      const answer = await city.get(path, {headers: {...one.headers, 'accept-encoding': 'identity'}});
      let bytes = Buffer.from(await answer.arrayBuffer());
      if (answer.headers.get('content-encoding') === 'gzip' && bytes[0] === 0x1f) bytes = gunzipSync(bytes);
      // Of lines each is a document.
      const documents = path.endsWith('.geojsonl') && answer.ok ? bytes.toString().split('\n').filter(line => line) : [bytes.toString()];
      if (/json/.test(answer.headers.get('content-type'))) for (const document of documents) assert.doesNotThrow(() => JSON.parse(document), `${one.login} ${path}`);
      const text = bytes.toString('latin1') + [...answer.headers].join();
      for (const canary of canaries) {
        if (!text.includes(canary.text)) continue;
        checked++;
        assert.ok(maySee(one, canary), `${one.login} sees ${canary.layer}.${canary.field} of ward ${canary.ward} at ${path}`);
        seen.add(canary.text);
      }
    }
    for (const canary of canaries)
      if (maySee(one, canary)) assert.ok(seen.has(canary.text), `${one.login} does not see ${canary.layer}.${canary.field} of ward ${canary.ward}`);
  }
  console.log(`${askers.length} askers, ${all.length} addresses, ${canaries.length} canaries, ${checked} sightings, all rightful`);
});

test('who may not read a layer is not told that it is there', async () => {
  const narrow = askers.find(one => one.login === 'officer.layer').headers;
  for (const path of ['/ogc/collections/street', '/ogc/collections/street/items', '/ogc/collections/street/items/1', '/tiles/street/18/1/1.mvt', '/tiles/parcel,street/18/1/1.mvt']) {
    const hidden = await city.get(path, {headers: narrow}), unknown = await city.get(path.replace('street', 'nowhere'), {headers: narrow});
    const [a, b] = [await hidden.json(), await unknown.json()];
    assert.equal(hidden.status, unknown.status, path);
    assert.deepEqual([a.code, a.detail], [b.code, b.detail], path);
  }
});

test('each role writes the layers of the table and no other', async () => {
  const source = readFileSync(new URL('../../data/city_layers.c', import.meta.url), 'utf8');
  const keepers = new Map();
  for (const [, id, role] of source.matchAll(/PLACES\("(\w+)"[^)]*?ROLE_(\w+)[,)]/g)) keepers.set(id, role.toLowerCase());
  for (const [, id, role] of source.matchAll(/\n\t\t\.id = "(\w+)",\n(?:\t\t\.(?!writers)[^\n]*\n|\t\t\t[^\n]*\n)*?\t\t\.writers = WRITER\(ROLE_(\w+)\)/g)) keepers.set(id, role.toLowerCase());
  assert.ok(keepers.size >= 18);
  for (const one of askers.filter(asker => !asker.rows.length))
    for (const layer of layers) {
      // House numbers change by acts of their own alone.
      const may = !layer.address && (one.role === 'administrator' || keepers.get(layer.id) === one.role);
      const answer = await city.get(`/ogc/collections/${layer.id}/items`, {method: 'POST', headers: {...one.headers, 'content-type': 'application/geo+json'},
        body: JSON.stringify({type: 'Feature', properties: {}, geometry: shapeOf(layer, 1, 50)})});
      assert.equal(answer.status, may ? 201 : one.role === 'public' && !layer.address ? 401 : 403, `${one.login} ${layer.id}`);
      const allow = (await city.get(`/ogc/collections/${layer.id}/items`, {method: 'OPTIONS', headers: one.headers})).headers.get('allow');
      assert.equal(allow.includes('POST'), may, `${one.login} ${layer.id}`);
    }
});

test('a ward and a field are limits for writing, too', async () => {
  const ward = askers.find(one => one.login === 'officer.ward').headers, field = askers.find(one => one.login === 'officer.field').headers;
  const parcels = (await city.json('/ogc/collections/parcel/items?limit=100', {headers: chief})).features.filter(one => one.properties.land_use?.startsWith?.('KANARI'));
  const send = (id, version, who, properties, geometry) => city.get(`/ogc/collections/parcel/items/${id}`, {method: 'PATCH', body: JSON.stringify({properties, geometry}),
    headers: {...who, 'content-type': 'application/merge-patch+json', 'if-match': `"v${version}"`}});
  const [mine, theirs] = [2, 1].map(unit => parcels.find(one => one.properties.unit_now_id === unit));
  assert.equal((await send(theirs.id, 2, ward, {land_use: 'ODT'})).status, 404);
  assert.equal((await send(mine.id, 2, ward, {land_use: 'KANARI900X'})).status, 204);
  const moved = await send(mine.id, 3, ward, {}, {type: 'Polygon', coordinates: square(...where[1], 0.001)});
  assert.deepEqual([moved.status, (await moved.json()).code], [403, 'EDIT-RIGHT-02']);
  const forbidden = await send(mine.id, 3, field, {parcel_no: '1'}), body = await forbidden.json();
  assert.deepEqual([forbidden.status, body.code, body.where], [403, 'EDIT-FIELD-03', '/properties/parcel_no']);
  assert.equal((await send(mine.id, 3, field, {land_use: 'ONT'})).status, 204);
  // What it does not see stays when it replaces the whole.
  const seen = await city.json(`/ogc/collections/parcel/items/${mine.id}`, {headers: field});
  assert.equal(seen.properties.parcel_no, null);
  const put = await city.get(`/ogc/collections/parcel/items/${mine.id}`, {method: 'PUT', body: JSON.stringify({...seen, properties: {...seen.properties, land_use: 'CLN'}}),
    headers: {...field, 'content-type': 'application/geo+json'}});
  assert.equal(put.status, 204, await put.text());
  const after = (await city.json(`/ogc/collections/parcel/items/${mine.id}`, {headers: chief})).properties;
  assert.deepEqual([after.land_use, after.parcel_no], ['CLN', mine.properties.parcel_no]);
  const made = await city.get('/ogc/collections/parcel/items', {method: 'POST', headers: {...ward, 'content-type': 'application/geo+json'},
    body: JSON.stringify({type: 'Feature', properties: {}, geometry: {type: 'Polygon', coordinates: square(...where[1], 0.001)}})});
  assert.equal(made.status, 403);
});

test('accounts and the server itself are the business of the administrator in full alone', async () => {
  for (const one of askers) {
    const status = one.role === 'public' ? 401 : one.login === 'administrator.all' ? 200 : 403;
    for (const path of ['/api/accounts', '/api/accounts/1', '/api/accounts/2/tokens'])
      assert.equal((await city.get(path, {headers: one.headers})).status, status, `${one.login} ${path}`);
    const send = (method, path, body) => city.get(path, {method, body: JSON.stringify(body), headers: {...one.headers, 'content-type': 'application/json'}});
    const wishes = [['POST', '/api/accounts', {login: `by.${one.login}`, role: 'administrator'}], ['PATCH', '/api/accounts/2', {role: 'administrator'}], ['PUT', '/api/accounts/2/scopes', []],
      ['POST', '/api/accounts/2/link'], ['POST', '/api/accounts/2/tokens', {name: 'x'}], ['POST', '/api/jobs', {kind: 'audit'}]];
    if (status !== 200) for (const wish of wishes) assert.equal((await send(...wish)).status, status, `${one.login} ${wish}`);
  }
});

test('who may not write changes nothing, whatever is sent to any route', async () => {
  const state = async () => [(await city.json('/api/changes?since=0&limit=1000', {headers: chief})).changes.length, await city.json('/api/accounts', {headers: chief}), await city.json('/api/conflicts', {headers: chief})];
  const before = await state();
  const bodies = ['', '{}', '[]', JSON.stringify({type: 'Feature', properties: {}, geometry: {type: 'Point', coordinates: where[1]}}), '{"action":"drop"}', '{"kind":"audit"}'];
  let sent = 0;
  for (const one of askers.filter(asker => ['public', 'viewer.all', 'viewer.token'].includes(asker.login)))
    for (const pattern of routes().filter(path => !['/api/session', '/api/session/link'].includes(path) && !(path === '/api/tokens' && one.role !== 'public')))
      for (const path of pattern.includes('{collection}') ? ['parcel', 'school'].map(id => pattern.replace('{collection}', id).replace(/\{[^}]*\}/g, '1')) : [pattern.replace(/\{[^}]*\}/g, '1')])
        for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
          for (const body of method === 'DELETE' ? [''] : bodies) {
            const type = method === 'PATCH' ? 'application/merge-patch+json' : path.includes('/items') && method !== 'DELETE' ? 'application/geo+json' : 'application/json';
            const answer = await city.get(path, {method, ...(body && {body}), headers: {...one.headers, 'content-type': type, 'if-match': '"v1"'}});
            assert.ok(answer.status >= 400 && answer.status < 500, `${one.login} ${method} ${path} ${body}: ${answer.status}`);
            sent++;
          }
  assert.ok(sent > 500);
  assert.deepEqual(await state(), before);
});

test('what the public sees can be narrowed, at once', async () => {
  assert.ok((await city.json('/ogc/collections')).collections.some(one => one.id === 'parcel'));
  await must('user', 'scope', 'set', dir, 'public', '--layer', 'school', '--layer', 'street', '--read-only');
  assert.deepEqual((await city.json('/ogc/collections')).collections.map(one => one.id).sort(), ['school', 'street']);
  assert.equal((await city.get('/tiles/parcel/18/1/1.mvt')).status, 404);
  await must('user', 'scope', 'clear', dir, 'public');
  assert.ok((await city.json('/ogc/collections')).collections.some(one => one.id === 'parcel'));
});

test('answers to who is known are not for caches that many share', async () => {
  const known = await city.get('/ogc/collections/parcel/items/1', {headers: chief}), anybody = await city.get('/ogc/collections/parcel/items/1');
  assert.equal(known.headers.get('cache-control'), 'private, no-cache');
  assert.equal(anybody.headers.get('cache-control'), 'public, no-cache');
  for (const answer of [known, anybody]) assert.match(answer.headers.get('vary'), /Cookie.*Authorization/);
});
