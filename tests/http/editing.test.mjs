// Writing records over HTTP: OGC API Features Part 4, versions, conflicts, keys, and what is refused.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {dothi, must, serve, temporaryFolder} from './city.mjs';
import {person, token} from './people.mjs';

const patchType = 'application/merge-patch+json', featureType = 'application/geo+json';
const items = '/ogc/collections/parcel/items';
let folder, dir, city, officer, other, viewer, planner;

before(async () => {
  folder = await temporaryFolder();
  dir = join(folder, 'city');
  await must('init', dir, '--crs', '9210', '--name', 'Phường thử');
  officer = await person(dir, 'an', 'officer');
  other = await person(dir, 'binh', 'officer');
  viewer = await person(dir, 'chi', 'viewer');
  planner = await person(dir, 'dung', 'planner');
  city = await serve(dir);
});
after(async () => {
  await city.stop();
  await rm(folder, {recursive: true});
});

/** A square parcel, `size` degrees a side. */
export function square(x = 106.65, y = 10.98, size = 0.0004) {
  return {type: 'Polygon', coordinates: [[[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]]};
}
const feature = (properties = {}, geometry = square()) => ({type: 'Feature', geometry, properties});

async function send(method, path, who, body, headers = {}) {
  const type = method === 'PATCH' ? patchType : featureType;
  return city.get(path, {method, headers: {...who, ...(body === undefined ? {} : {'content-type': type}), ...headers},
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body)});
}
async function make(properties, geometry, who = officer) {
  const answer = await send('POST', items, who, feature(properties, geometry));
  assert.equal(answer.status, 201, await answer.text());
  return Number(new URL(answer.headers.get('location')).pathname.split('/').pop());
}
async function refused(answer, status, code) {
  const body = await answer.json();
  assert.deepEqual([answer.status, body.code], [status, code], JSON.stringify(body));
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  return body;
}
const read = async (id, query = '', who = officer) => (await city.get(`${items}/${id}${query}`, {headers: who})).json();

test('a record is made, replaced, patched and ended, each a version', async () => {
  const id = await make({map_sheet: '12', parcel_no: '345', land_use: 'ODT'});
  let found = await city.get(`${items}/${id}`);
  assert.equal(found.headers.get('etag'), '"v1"');
  found = await found.json();
  assert.equal(found.properties.map_sheet, '12');
  assert.ok(Math.abs(found.properties.area_m2 - 1933) < 5, found.properties.area_m2);
  const put = await send('PUT', `${items}/${id}`, officer, feature({map_sheet: '12', parcel_no: '346'}), {'if-match': '"v1"'});
  assert.equal(put.status, 204);
  assert.equal(put.headers.get('etag'), '"v2"');
  found = await read(id);
  assert.deepEqual([found.properties.parcel_no, found.properties.land_use], ['346', null]);
  const patch = await send('PATCH', `${items}/${id}`, officer, {properties: {land_use: 'CLN', parcel_no: null}}, {'if-match': '"v2"', 'dothi-reason': encodeURIComponent('đo lại')});
  assert.equal(patch.headers.get('etag'), '"v3"');
  found = await read(id);
  assert.deepEqual([found.properties.map_sheet, found.properties.parcel_no, found.properties.land_use], ['12', null, 'CLN']);
  const before = found.geometry;
  const removed = await send('DELETE', `${items}/${id}`, officer, undefined, {'if-match': '"v3"'});
  assert.equal(removed.status, 204);
  await refused(await city.get(`${items}/${id}`), 404, 'HTTP-RECORD-01');
  const {versions} = await city.json(`${items}/${id}/versions`, {headers: officer});
  assert.deepEqual(versions.map(one => one.action), ['create', 'update', 'update', 'end']);
  assert.deepEqual(versions.map(one => one.version), [1, 2, 3, 4]);
  assert.equal(versions[2].reason, 'đo lại');
  assert.equal(versions[2].author_login, 'an');
  assert.deepEqual(versions[2].changed, {land_use: [null, 'CLN'], parcel_no: ['346', null]});
  // What the public is told of it has no authors.
  const seen = await city.json(`${items}/${id}/versions`);
  assert.ok(seen.versions.every(one => one.author === null && one.reason === null));
  // Brought back: the very coordinates.
  const back = await send('POST', `${items}/${id}/versions/3`, officer, undefined, {'if-match': '"v4"'});
  assert.equal(back.status, 204, await back.text());
  found = await read(id);
  assert.deepEqual(found.geometry, before);
  assert.equal(found.properties.version, 5);
  await refused(await send('POST', `${items}/${id}/versions/77`, officer, undefined, {'if-match': '"v5"'}), 404, 'EDIT-VERSIONS-02');
});

test('corners that did not move keep their coordinates to the last bit', async () => {
  const id = await make({parcel_no: 'corners'}, square(106.6512345678, 10.9812345678));
  const exact = async () => (await read(id, '?crs=http://www.opengis.net/def/crs/EPSG/0/9210')).geometry.coordinates[0][0];
  const before = await exact(), shown = (await read(id)).geometry;
  shown.coordinates[0][0][2][0] += 0.0001;
  const answer = await send('PATCH', `${items}/${id}`, officer, {geometry: shown}, {'if-match': '"v1"'});
  assert.equal(answer.status, 204);
  const now = await exact();
  for (const corner of [0, 1, 3, 4]) assert.deepEqual(now[corner], before[corner]);
  assert.notDeepEqual(now[2], before[2]);
});

test('Content-Crs says in which system the coordinates are', async () => {
  const metric = {type: 'Polygon', coordinates: [[[606000, 1214000], [606020, 1214000], [606020, 1214010], [606000, 1214010], [606000, 1214000]]]};
  const answer = await send('POST', items, officer, feature({parcel_no: 'metric'}, metric), {'content-crs': '<http://www.opengis.net/def/crs/EPSG/0/9210>'});
  assert.equal(answer.status, 201);
  const found = await city.json(new URL(answer.headers.get('location')).pathname);
  assert.equal(found.properties.area_m2, 200);
  assert.equal(found.properties.native_epsg, null);
  const swapped = await send('POST', items, officer, feature({}, {type: 'Polygon', coordinates: [[[10.98, 106.65], [10.981, 106.65], [10.981, 106.651], [10.98, 106.65]]]}), {'content-crs': '<http://www.opengis.net/def/crs/EPSG/0/4326>'});
  assert.equal(swapped.status, 201);
  await refused(await send('POST', items, officer, feature(), {'content-crs': '<http://www.opengis.net/def/crs/EPSG/0/32648>'}), 400, 'HTTP-CRS-01');
});

test('OPTIONS tells what this user may', async () => {
  const allow = async (path, who) => (await city.get(path, {method: 'OPTIONS', headers: who})).headers.get('allow');
  assert.equal(await allow(items, officer), 'GET, HEAD, OPTIONS, POST');
  assert.equal(await allow(`${items}/1`, officer), 'GET, HEAD, OPTIONS, PUT, PATCH, DELETE');
  for (const who of [undefined, viewer, planner]) assert.equal(await allow(`${items}/1`, who), 'GET, HEAD, OPTIONS');
  assert.equal(await allow('/ogc/collections/plan_zone/items', planner), 'GET, HEAD, OPTIONS, POST');
  assert.equal((await city.get(items, {method: 'OPTIONS'})).headers.get('access-control-allow-methods'), 'GET, HEAD, OPTIONS, POST');
});

test('the base of a write: If-Match, the version in the content, what was shown last; else 428', async () => {
  const id = await make({parcel_no: 'base'}), path = `${items}/${id}`;
  const fresh = await token(dir, 'an');
  await refused(await send('PATCH', path, fresh, {properties: {land_use: 'ODT'}}), 428, 'EDIT-BASE-01');
  assert.equal((await send('PATCH', path, fresh, {properties: {land_use: 'ODT', version: 1}})).status, 204);
  await city.get(path, {headers: fresh});
  assert.equal((await send('PATCH', path, fresh, {properties: {land_use: 'ONT'}})).status, 204);
  // If-Match goes before the others.
  await refused(await send('PATCH', path, fresh, {properties: {land_use: 'LUC', version: 3}}, {'if-match': '"v1"'}), 409, 'EDIT-STALE-01');
  assert.equal((await send('PATCH', path, fresh, {properties: {land_use: 'LUC', version: 1}}, {'if-match': '"v3"'})).status, 204);
  await refused(await send('PATCH', path, fresh, {properties: {}}, {'if-match': 'nonsense'}), 400, 'HTTP-PARAM-04');
  await city.get(`${items}?limit=10000`, {headers: fresh});
  assert.equal((await send('PATCH', path, fresh, {properties: {land_use: 'SKC'}})).status, 204);
});

test('a stale write is kept as a conflict: taken, merged or dropped', async () => {
  const id = await make({map_sheet: 'c', parcel_no: '1', land_use: 'ODT'}), path = `${items}/${id}`;
  const stale = async body => {
    const answer = await send('PATCH', path, other, body, {'if-match': '"v1"'});
    await refused(answer, 409, 'EDIT-STALE-01');
    return new URL(answer.headers.get('location')).pathname;
  };
  assert.equal((await send('PATCH', path, officer, {properties: {land_use: 'CLN'}}, {'if-match': '"v1"'})).status, 204);
  const taken = await stale({properties: {parcel_no: '2'}}), merged = await stale({properties: {parcel_no: '3', land_use: 'LUC'}});
  const dropped = await stale({properties: {parcel_no: '4'}});
  const sides = await city.json(taken, {headers: other});
  assert.deepEqual([sides.base.properties.land_use, sides.current.properties.land_use, sides.proposed.properties.land_use], ['ODT', 'CLN', 'ODT']);
  assert.deepEqual([sides.base.properties.parcel_no, sides.current.properties.parcel_no, sides.proposed.properties.parcel_no], ['1', '1', '2']);
  const open = (await city.json('/api/conflicts', {headers: officer})).conflicts;
  assert.ok(open.length >= 3 && open.every(one => ['an', 'binh'].includes(one.author_login)));
  for (const who of [undefined, viewer, planner]) await refused(await city.get(taken, {headers: who}), 404, 'EDIT-CONFLICT-01');
  const decide = (where, body) => city.get(where, {method: 'POST', headers: {...officer, 'content-type': 'application/json'}, body: JSON.stringify(body)});
  await refused(await decide(taken, {action: 'shrug'}), 400, 'EDIT-CONFLICT-03');
  assert.equal((await decide(taken, {action: 'take'})).status, 204);
  assert.deepEqual([(await read(id)).properties.parcel_no, (await read(id)).properties.land_use], ['2', 'CLN']);
  assert.equal((await decide(merged, {action: 'merge', feature: {properties: {land_use: 'LUC'}}})).status, 204);
  assert.deepEqual([(await read(id)).properties.parcel_no, (await read(id)).properties.land_use], ['2', 'LUC']);
  assert.equal((await decide(dropped, {action: 'drop'})).status, 204);
  await refused(await decide(dropped, {action: 'take'}), 409, 'EDIT-CONFLICT-02');
  assert.equal((await city.json(taken, {headers: officer})).state, 'taken');
});

test('the same key again has the same answer, and does nothing', async () => {
  const key = {'idempotency-key': 'k-1'}, body = feature({parcel_no: 'key'});
  const first = await send('POST', items, officer, body, key), again = await send('POST', items, officer, body, key);
  assert.deepEqual([again.status, again.headers.get('location')], [201, first.headers.get('location')]);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  await refused(await send('POST', items, officer, feature({parcel_no: 'other'}), key), 422, 'EDIT-KEY-01');
  assert.notEqual((await send('POST', items, other, body, key)).headers.get('location'), first.headers.get('location'));
  await refused(await send('POST', items, officer, body, {'idempotency-key': 'x'.repeat(300)}), 400, 'EDIT-KEY-02');
  // Many at once: one record.
  const many = await Promise.all(Array.from({length: 20}, () => send('POST', items, officer, body, {'idempotency-key': 'k-2'})));
  assert.equal(new Set(many.map(one => one.headers.get('location'))).size, 1);
});

test('each kind of bad input has its own status and text, and nothing is half done', async () => {
  const id = await make({parcel_no: 'bad'}), path = `${items}/${id}`, match = {'if-match': '"v1"'};
  const before = (await city.json('/api/changes?since=0&limit=1000', {headers: officer})).next;
  const post = (body, headers) => send('POST', items, officer, body, headers);
  const patch = (body, headers = match) => send('PATCH', path, officer, body, headers);
  await refused(await post('{"type":"Feature"'), 400, 'JSON-FORM-01');
  await refused(await post('['.repeat(10000) + ']'.repeat(10000)), 400, 'JSON-DEEP-01');
  await refused(await post(feature({nonsense: 1})), 422, 'EDIT-FIELD-02');
  assert.match((await refused(await post(feature({land_usee: 'ODT'})), 422, 'EDIT-FIELD-01')).detail, /land_use/);
  assert.equal((await refused(await post(feature({map_sheet: 12})), 422, 'EDIT-VALUE-01')).where, '/properties/map_sheet');
  await refused(await post(feature({area_legal_m2: '12'})), 422, 'EDIT-VALUE-02');
  await refused(await post(feature({valid_from: '2026-02-30'})), 422, 'EDIT-VALUE-05');
  await refused(await post(feature({source_attributes: 'x'})), 422, 'EDIT-VALUE-06');
  await refused(await post(feature({valid_from: '2026-05-01', valid_to: '2026-04-01'})), 422, 'EDIT-DATES-01');
  await refused(await post(feature({}, {type: 'Point', coordinates: [106.65, 10.98]})), 422, 'ROW-SHAPE-02');
  await refused(await post(feature({}, {type: 'Sphere', coordinates: []})), 422, 'GEOJSON-TYPE-01');
  assert.equal((await refused(await post(feature({}, {type: 'Polygon', coordinates: [[[1, 2], ['a', 3]]]})), 422, 'GEOJSON-POSITION-01')).where, '/geometry/coordinates/0/1');
  const bow = {type: 'Polygon', coordinates: [[[106.65, 10.98], [106.651, 10.981], [106.651, 10.98], [106.65, 10.981], [106.65, 10.98]]]};
  await refused(await post(feature({}, bow)), 422, 'SHP-GEO-01');
  await refused(await post(feature({}, square(2.35, 48.85))), 422, 'ROW-PLACE-01');
  await refused(await post({type: 'FeatureCollection', features: []}), 422, 'EDIT-BODY-01');
  await refused(await post(undefined, {'content-type': featureType}), 422, 'EDIT-BODY-05');
  await refused(await post('x', {'content-type': 'text/plain'}), 415, 'EDIT-BODY-03');
  await refused(await post(`{"a":"${'x'.repeat(33 << 20)}"}`), 413, 'EDIT-BODY-04');
  await refused(await patch({id: 7, properties: {}}), 400, 'EDIT-BODY-02');
  await refused(await patch({properties: {land_use: 'ODT'}}, {'if-match': '"v1"', 'dothi-reason': '%ff'}), 400, 'HTTP-PARAM-04');
  await refused(await send('PATCH', `${items}/99999`, officer, {properties: {}}, match), 404, 'HTTP-RECORD-01');
  await refused(await send('DELETE', `${path}?valid_to=soon`, officer, undefined, match), 400, 'HTTP-PARAM-04');
  await refused(await send('PATCH', path, viewer, {properties: {}}, match), 403, 'EDIT-RIGHT-01');
  await refused(await send('PATCH', path, undefined, {properties: {}}, match), 401, 'AUTH-NEEDED-01');
  await refused(await send('PATCH', path, {authorization: 'Bearer dothi_1_' + '0'.repeat(40)}, {properties: {}}, match), 401, 'TOK-NO-01');
  await refused(await city.get(items, {headers: {authorization: 'Bearer nonsense'}}), 401, 'TOK-NO-01');
  assert.equal((await city.json('/api/changes?since=0&limit=1000', {headers: officer})).next, before);
  assert.equal((await read(id)).properties.version, 1);
});

test('Basic with the token as password is the same token', async () => {
  const text = officer.authorization.slice(7), basic = 'Basic ' + Buffer.from(`qgis:${text}`).toString('base64');
  assert.equal((await city.json('/api/session', {headers: {authorization: basic}})).login, 'an');
});

test('a token that only reads, and one for some layers', async () => {
  const reads = await token(dir, 'an', '--read-only'), schools = await token(dir, 'an', '--layer', 'school');
  await refused(await send('POST', items, reads, feature()), 403, 'EDIT-RIGHT-01');
  await refused(await send('POST', items, schools, feature()), 404, 'HTTP-LAYER-01');
  assert.deepEqual((await city.json('/ogc/collections', {headers: schools})).collections.map(one => one.id), ['school']);
  const school = {type: 'Feature', properties: {name: 'Trường mới'}, geometry: {type: 'Point', coordinates: [106.65, 10.98, 7.5]}};
  const made = await send('POST', '/ogc/collections/school/items', schools, school);
  assert.equal(made.status, 201);
  assert.equal((await city.json(new URL(made.headers.get('location')).pathname)).geometry.coordinates[2], 7.5);
});

test('the feed goes on from its token, and an event stream without gap or anything twice', async () => {
  const start = Number((await city.json('/api/changes?since=0&limit=1', {headers: officer})).next);
  const wanted = [];
  const listen = async (since, count) => {
    const stop = new AbortController(), got = [];
    const answer = await city.get(`/api/events?since=${since}`, {headers: officer, signal: stop.signal});
    assert.equal(answer.headers.get('content-type'), 'text/event-stream');
    let text = '';
    for await (const piece of answer.body) {
      text += Buffer.from(piece).toString();
      for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
        const data = /^event: change\ndata: (.*)$/m.exec(text.slice(0, end));
        if (data) got.push(JSON.parse(data[1]));
      }
      if (got.length >= count) break;
    }
    stop.abort();
    return got;
  };
  const first = listen(start, 5);
  for (let i = 0; i < 5; i++) wanted.push(await make({parcel_no: `event ${i}`}));
  const got = await first;
  const more = listen(got[2].seq, 4);
  wanted.push(await make({parcel_no: 'event 5'}), await make({parcel_no: 'event 6'}));
  const resumed = [...got.slice(0, 3), ...(await more)];
  for (let i = 1; i < resumed.length; i++) assert.equal(resumed[i].seq, resumed[i - 1].seq + 1);
  const feed = [];
  for (let since = String(start); ;) {
    const page = await city.json(`/api/changes?since=${since}&limit=3`, {headers: officer});
    feed.push(...page.changes);
    since = page.next;
    if (!page.more) break;
  }
  assert.deepEqual(feed.slice(0, resumed.length).map(one => one.seq), resumed.map(one => one.seq));
  assert.ok(wanted.every(id => feed.some(one => one.id === id && one.author.startsWith('user:'))));
});

test('events say where tiles have changed: on all places, old and new, of who may see it', async () => {
  const hear = async headers => {
    const stop = new AbortController(), heard = [];
    const answer = await city.get('/api/events', {headers, signal: stop.signal});
    const reading = (async () => {
      let text = '';
      for await (const piece of answer.body) {
        text += Buffer.from(piece);
        for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
          const data = /^event: tiles\ndata: (.*)$/m.exec(text.slice(0, end));
          if (data) heard.push(JSON.parse(data[1]));
        }
      }
    })().catch(() => {});
    return {heard, stop: async () => (stop.abort(), reading)};
  };
  const ear = await hear(officer), until = async count => {
    while (ear.heard.length < count) await new Promise(resolve => setTimeout(resolve, 10));
  };
  const holds = (event, lon, lat) => event.layer === 'parcel' && event.boxes.some(([w, s, e, n]) => w <= lon && lon <= e && s <= lat && lat <= n);
  const id = await make({parcel_no: '4001'}, square(106.63, 10.981));
  await until(1);
  assert.ok(ear.heard.every(event => holds(event, 106.63, 10.981)), JSON.stringify(ear.heard));
  assert.ok(ear.heard.every(({boxes}) => boxes.every(([w, s, e, n]) => e - w < 0.002 && n - s < 0.002)), 'no larger than the record');
  const was = await city.get(`/ogc/collections/parcel/items/${id}`, {headers: officer}), record = await was.json();
  const before = ear.heard.length;
  const answer = await send('PUT', `/ogc/collections/parcel/items/${id}`, officer, {...record, geometry: square(106.64, 10.99)}, {'if-match': was.headers.get('etag')});
  assert.ok(answer.ok, await answer.text());
  await until(before + 1);
  const after = ear.heard.slice(before);
  assert.ok(after.some(event => holds(event, 106.63, 10.981)) && after.some(event => holds(event, 106.64, 10.99)), JSON.stringify(after));
  await ear.stop();
});

test('a tile shows an edit at once, and is the same bytes after the map was made anew', async () => {
  const id = await make({parcel_no: '777'}, square(106.66, 10.985));
  const x = Math.floor((106.66 + 180) / 360 * 2 ** 17), rad = 10.985 * Math.PI / 180;
  const y = Math.floor((1 - Math.log(Math.tan(rad) + 1 / Math.cos(rad)) / Math.PI) / 2 * 2 ** 17);
  for (const ending of ['.mvt', '.png']) {
    const path = `/tiles/parcel/17/${x}/${y}${ending}`;
    const bytes = async () => Buffer.from(await (await city.get(path)).arrayBuffer());
    const fresh = await bytes();
    assert.ok(fresh.length > 40);
    await send('PATCH', `${items}/${id}`, officer, {properties: {parcel_no: ending === '.mvt' ? '778' : '779', version: (await read(id)).properties.version}});
    const changed = await bytes();
    assert.ok(ending === '.png' || !changed.equals(fresh));
    await new Promise(resolve => setTimeout(resolve, 3500));
    assert.ok((await bytes()).equals(changed), ending);
    assert.ok(Buffer.from(await (await city.get(`${path}?date=9998-01-01`)).arrayBuffer()).equals(changed), `dated ${ending}`);
  }
});

test('the audit finds the register whole', async () => {
  const done = await dothi('audit', 'verify', dir, '--json');
  assert.equal(done.code, 0, done.stdout + done.stderr);
});
