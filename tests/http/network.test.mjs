// The network of streets over HTTP and on the command line: what is wrong with it, what is found of each
// street, and writing that in the versions that were seen.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {dothi, must, serve, temporaryFolder} from './city.mjs';
import {person} from './people.mjs';

const items = '/ogc/collections/street/items', metres = '<http://www.opengis.net/def/crs/EPSG/0/9210>';
const east = 600000, north = 1215000;
let folder, dir, city, officer, viewer;

before(async () => {
  folder = await temporaryFolder();
  dir = join(folder, 'city');
  await must('init', dir, '--crs', '9210', '--name', 'Phường đường');
  officer = await person(dir, 'an', 'officer');
  viewer = await person(dir, 'chi', 'viewer');
  city = await serve(dir);
});
after(async () => {
  await city.stop();
  await rm(folder, {recursive: true});
});

const send = (path, body, who = officer, headers = {}) => city.get(path, {method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: {'content-type': 'application/json', 'content-crs': metres, ...who, ...headers}});

/** A street through places beside the middle of the city, in metres; its id. */
async function draw(places, properties = {}) {
  const geometry = {type: 'LineString', coordinates: places.map(([x, y]) => [east + x, north + y])};
  const answer = await send(items, {type: 'Feature', geometry, properties: {kind: 'main', ...properties}}, officer, {'content-type': 'application/geo+json'});
  assert.equal(answer.status, 201, await answer.text());
  return Number(new URL(answer.headers.get('location')).pathname.split('/').pop());
}
const network = (query = '', who = officer) => city.json(`/api/numbering/network${query}`, {headers: who});
const found = async id => (await network()).streets.find(one => one.id === id);
const record = async id => (await city.json(`${items}/${id}`)).properties;
const apply = (streets, more = {}, who = officer) => send('/api/numbering/network/apply', {streets, ...more}, who);
async function refused(answer, status, code) {
  const body = await answer.json();
  assert.deepEqual([answer.status, body.code], [status, code], JSON.stringify(body));
  return body;
}
const codes = body => body.features.map(({properties}) => [properties.street, properties.code]);

test('directions, parents and mouths are found and written by choice', async () => {
  const street = await draw([[0, 0], [0, 500]], {name: 'Yersin'}); // S to N: counts backward
  const alley = await draw([[80, 100], [0, 100]], {name: 'Hẻm 12 Yersin', kind: 'alley'});
  const inner = await draw([[40, 100], [40, 150]], {name: 'Hẻm 12/4 Yersin', kind: 'sub_alley'});
  const body = await network();
  assert.deepEqual([body.type, body.features, body.findings, body.complete], ['FeatureCollection', [], 0, true]);
  const tell = ({direction, parent, mouth_m, open_ends, depth}) => [direction, parent, mouth_m, open_ends, depth];
  assert.deepEqual(body.streets.map(one => [one.id, one.version, one.doubtful, one.changes, ...tell(one.found)]), [
    [street, 1, false, true, 'backward', null, null, 0, 0],
    [alley, 1, false, true, 'backward', street, 100, 1, 1],
    [inner, 1, false, true, 'forward', alley, 40, 1, 2],
  ]);
  assert.equal((await record(street)).version, 1, 'looking changes nothing');
  const done = await (await apply([{id: street, version: 1}, {id: inner, version: 1}])).json();
  assert.deepEqual(done, {written: 2, streets: [{id: street, version: 2, written: true}, {id: inner, version: 2, written: true}]});
  const {direction, parent_id, mouth_m, open_ends, version} = await record(inner);
  assert.deepEqual([direction, parent_id, mouth_m, open_ends, version], ['forward', alley, 40, 1, 2]);
  assert.equal((await record(street)).direction, 'backward');
  assert.equal((await record(alley)).version, 1, 'what was not chosen stays');
  // Once more changes nothing.
  assert.equal((await (await apply([{id: inner, version: 2}])).json()).written, 0);
});

test('what is doubtful is asked, and said', async () => {
  const ring = await draw([[1000, 0], [1100, 0], [1100, 100], [1000, 100], [1000, 0]], {name: 'Vòng'});
  const {features} = await network();
  assert.deepEqual(features.map(({properties}) => [properties.street, properties.code, properties.question]), [[ring, 'NET-ASK-02', true]]);
  assert.equal(features[0].geometry.type, 'Point');
  assert.ok(features[0].properties.detail.includes('Vòng') && features[0].properties.try);
  const english = await network('', {...officer, 'accept-language': 'en'});
  assert.match(english.features[0].properties.detail, /ring/);
  const said = await refused(await apply([{id: ring, version: 1}]), 409, 'NET-APPLY-01');
  assert.match(said.where ?? '', new RegExp(`/streets/${ring}$`));
  const done = await (await apply([{id: ring, version: 1, direction: 'backward'}])).json();
  assert.equal(done.written, 1);
  assert.equal((await record(ring)).direction, 'backward');
  assert.deepEqual(codes(await network()), []);
});

test('what a street says stays, unless overwriting is asked for', async () => {
  const street = await draw([[2000, 500], [2000, 0]], {name: 'Phú Lợi', direction: 'backward'});
  const alley = await draw([[2000, 400], [2050, 400]], {name: 'Hẻm 7 Phú Lợi', kind: 'alley', parent_id: street, mouth_m: 60});
  assert.equal((await found(street)).found.direction, 'backward', 'already numbered');
  assert.deepEqual(codes(await network()), [[alley, 'NET-MOUTH-01']]);
  await apply([{id: street, version: 1, direction: 'forward'}, {id: alley, version: 1}]);
  assert.deepEqual([(await record(street)).direction, (await record(alley)).mouth_m], ['backward', 60]);
  const done = await (await apply([{id: street, version: 2, direction: 'forward'}, {id: alley, version: 2}], {overwrite: true})).json();
  assert.equal(done.written, 2);
  assert.deepEqual([(await record(street)).direction, (await record(alley)).mouth_m], ['forward', 100]);
  assert.deepEqual(codes(await network()), []);
});

test('a place is looked at alone, with its neighbours', async () => {
  const street = await draw([[5000, 0], [5000, -2000]], {name: 'Xa'});
  const alley = await draw([[5003, -1500], [5060, -1500]], {name: 'Hẻm cụt', kind: 'alley'});
  const {geometry} = await city.json(`${items}/${alley}`);
  const [lon, lat] = geometry.coordinates[0][1];
  const there = await network(`?bbox=${lon - 1e-4},${lat - 1e-4},${lon + 1e-4},${lat + 1e-4}`);
  assert.deepEqual(there.streets.map(one => one.id), [alley]);
  assert.deepEqual(codes(there), [[alley, 'NET-END-01'], [alley, 'NET-ALLEY-01']]);
  assert.equal(there.features[0].properties.other, street);
  const [x] = there.features[0].geometry.coordinates;
  assert.ok(Math.abs(x - geometry.coordinates[0][0][0]) < 1e-7);
});

test('what is stale, foreign or wrong is refused, and nothing is written', async () => {
  const street = await draw([[7000, 0], [7000, -100]], {name: 'Cũ'});
  const other = await draw([[7100, 0], [7100, -100]], {name: 'Mới'});
  await apply([{id: street, version: 1}]);
  await refused(await apply([{id: other, version: 1}, {id: street, version: 1}]), 409, 'EDIT-STALE-01');
  assert.equal((await record(other)).version, 1);
  await refused(await apply([{id: 999999, version: 1}]), 404, 'HTTP-RECORD-01');
  await refused(await apply([{id: other, version: 1}, {id: other, version: 1}]), 400, 'NET-APPLY-02');
  for (const streets of [[], null, 'a', [{}], [{id: other}], [{id: 0, version: 1}], [{id: other, version: 1, direction: 'up'}], [{id: other, version: 1, parent: -1}], [{id: 1e300, version: 1}], [7]])
    await refused(await apply(streets), 400, 'NET-APPLY-02');
  await refused(await apply(Array.from({length: 2001}, (_, i) => ({id: i + 1, version: 1}))), 413, 'NET-APPLY-03');
  for (const query of ['?bbox=1', '?bbox=1,2,3,nan', '?ward=0', '?ward=x'])
    assert.equal((await city.get(`/api/numbering/network${query}`, {headers: officer})).status, 400, query);
  assert.equal((await city.get('/api/numbering/network?ward=77', {headers: officer})).status, 404);
  assert.equal((await city.get('/api/numbering/network')).status, 401);
  assert.equal((await city.get('/api/numbering/network', {headers: viewer})).status, 403);
  assert.equal((await apply([{id: other, version: 1}], {}, viewer)).status, 403);
  assert.equal((await record(other)).version, 1);
});

test('two officers at once: one writes, the other is told', async () => {
  const street = await draw([[8000, 0], [8000, -100]], {name: 'Chung'});
  const answers = await Promise.all(Array.from({length: 10}, () => apply([{id: street, version: 1}])));
  const states = answers.map(one => one.status).sort();
  assert.deepEqual(states, [200, ...Array(9).fill(409)]);
  assert.equal((await record(street)).version, 2);
});

test('the command line tells and writes the same', async () => {
  const street = await draw([[9000, 0], [9000, -300]], {name: 'Dòng lệnh'});
  const alley = await draw([[9000, -50], [9040, -50]], {name: 'Hẻm 1 Dòng lệnh', kind: 'alley'});
  const told = JSON.parse(await must('number', 'network', dir, '--json'));
  const {features, streets} = await network();
  assert.deepEqual([told.features.length, told.streets], [features.length, streets]);
  const text = await must('number', 'network', dir, '--apply', '--lang', 'en');
  assert.match(text, /streets: \d+ faults/);
  assert.match(text, /NET-ALLEY-01/);
  assert.deepEqual([(await record(street)).direction, (await record(alley)).parent_id], ['forward', street]);
  assert.notEqual((await dothi('number', 'network', dir, '--ward', 'x')).code, 0);
});
