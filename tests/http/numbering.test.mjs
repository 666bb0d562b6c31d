// House numbers over HTTP: schemes, proposals, and the life of a number; who may, and what is refused with nothing changed.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {must, serve, temporaryFolder} from './city.mjs';
import {person} from './people.mjs';

const items = '/ogc/collections/address/items', east = 600000, north = 1215000;
let folder, dir, city, officer, approver, viewer;
/** id of a lot by its name, "A1". */
const lots = new Map(), streets = new Map();

const collection = features => JSON.stringify({type: 'FeatureCollection', crs: {type: 'name', properties: {name: 'urn:ogc:def:crs:EPSG::9210'}}, features});
const rectangle = (x, y, width, height) => [[[x, y], [x + width, y], [x + width, y + height], [x, y + height], [x, y]]];

/** A street from north to south at x, with rows of lots of 6 m: left is east. */
function drawStreet(drawn, name, x, length, {direction = 'forward', left = length / 6, right = length / 6, width = 7, more = {}} = {}) {
  drawn.streets.push({name, width_m: width, kind: 'local', direction, line: [[x, north + length], [x, north]], ...more});
  for (let i = 0; i < left; i++) drawn.lots.push({name: `${name} L${i + 1}`, ring: rectangle(x + 4, north + length - 6 * (i + 1), 15, 6)});
  for (let i = 0; i < right; i++) drawn.lots.push({name: `${name} R${i + 1}`, ring: rectangle(x - 19, north + length - 6 * (i + 1), 15, 6)});
}

before(async () => {
  const drawn = {streets: [], lots: []};
  folder = await temporaryFolder();
  dir = join(folder, 'city');
  await must('init', dir, '--crs', '9210', '--name', 'Phường số nhà');
  drawStreet(drawn, 'Yersin', east, 120);
  drawStreet(drawn, 'Chưa Duyệt', east + 300, 60);
  drawStreet(drawn, 'Không Chiều', east + 600, 60, {direction: null});
  drawStreet(drawn, 'Đua', east + 900, 600, {right: 0});
  drawStreet(drawn, 'Đổi', east + 1200, 60);
  drawStreet(drawn, 'Cụt', east + 1500, 30, {left: 2, right: 2});
  drawStreet(drawn, 'Sắp Bỏ', east + 1800, 30, {left: 2, right: 2});
  drawn.streets.push({name: 'Tự Cắt', width_m: 7, kind: 'local', direction: 'forward', line: [[east + 2100, north + 100], [east + 2100, north], [east + 2150, north], [east + 2150, north + 50], [east + 2050, north + 50]]});
  drawn.lots.push({name: 'Tự Cắt L1', ring: rectangle(east + 2104, north + 70, 15, 8)});
  const load = async (layer, features) => {
    const file = join(folder, `${layer}.geojson`);
    await writeFile(file, collection(features));
    await must('import', dir, file, '--layer', layer, '--yes');
  };
  await load('street', drawn.streets.map(({line, ...properties}, i) => (streets.set(properties.name, i + 1), {type: 'Feature', geometry: {type: 'LineString', coordinates: line}, properties})));
  await load('parcel', drawn.lots.map((lot, i) => (lots.set(lot.name, i + 1), {type: 'Feature', geometry: {type: 'Polygon', coordinates: lot.ring}, properties: {map_sheet: '1', parcel_no: String(i + 1), land_use: 'ODT'}})));
  officer = await person(dir, 'an', 'officer');
  approver = await person(dir, 'duyet', 'approver');
  viewer = await person(dir, 'chi', 'viewer');
  city = await serve(dir);
});
after(async () => {
  await city.stop();
  await rm(folder, {recursive: true});
});

const send = (path, body, who = officer, headers = {}) => city.get(path, {method: 'POST', body: JSON.stringify(body), headers: {'content-type': 'application/json', ...who, ...headers}});
async function done(answer, status = 201) {
  const body = await answer.json();
  assert.equal(answer.status, status, JSON.stringify(body));
  return body;
}
async function refused(answer, status, code) {
  const body = await answer.json();
  assert.deepEqual([answer.status, body.code], [status, code], JSON.stringify(body));
  assert.ok(body.detail.length > 10 && !/sqlite|select|\/tmp/i.test(JSON.stringify(body)));
  return body;
}
const lot = name => lots.get(name);
const propose = async (name, more = '', who = officer) => (await city.get(`/api/numbering/propose?parcel=${lot(name)}${more}`, {headers: {...who, 'accept-language': 'en'}})).json();
const issue = (name, more = {}, who = officer) => send('/api/addresses/issue', {parcel_id: lot(name), ...more}, who);
const count = async () => (await city.json(`${items}?limit=1`)).numberMatched;

async function approve(street, {wishes, ...order} = {}) {
  const {id} = await done(await send('/api/numbering/schemes', {street_id: streets.get(street), wishes, ...order}));
  await done(await send(`/api/numbering/schemes/${id}/submit`, {version: 1}), 200);
  const answer = await done(await send(`/api/numbering/schemes/${id}/approve`, {version: 2, document: '12/QĐ-UBND'}, approver), 200);
  return {id, ...answer};
}

test('a scheme: from a draft that is looked at to numbers, by who decides', async () => {
  const street = streets.get('Yersin');
  const draft = await done(await send('/api/numbering/schemes', {street_id: street, check: true}), 200);
  assert.equal(draft.items.length, 40);
  assert.deepEqual(draft.items.slice(0, 2).map(item => item.number.label).sort(), ['1 Yersin', '2 Yersin']);
  assert.deepEqual(draft.parameters.map(one => one.name).sort(), ['front_m', 'letters', 'odd', 'renumber', 'start', 'step']);
  assert.equal(draft.parameters.find(one => one.name === 'odd').document, '05/VBHN-BXD');
  assert.equal(await count(), 0, 'a look changes nothing');
  // Three lots are left for later: L2, L3 side by side, and the last on the right.
  const wishes = ['Yersin L2', 'Yersin L3', 'Yersin R20'].map(name => ({parcel_id: lot(name), number: null}));
  const {id} = await done(await send('/api/numbering/schemes', {street_id: street, wishes}));
  await refused(await send(`/api/numbering/schemes/${id}/approve`, {version: 1, document: '12/QĐ-UBND'}, approver), 409, 'NUM-SCHEME-02');
  await refused(await send(`/api/numbering/schemes/${id}/submit`, {version: 7}), 409, 'NUM-SCHEME-02');
  await done(await send(`/api/numbering/schemes/${id}/submit`, {version: 1}), 200);
  await refused(await send(`/api/numbering/schemes/${id}/approve`, {version: 2, document: 'x'}, officer), 403, 'EDIT-RIGHT-01');
  await refused(await send(`/api/numbering/schemes/${id}/approve`, {version: 2}, approver), 400, 'NUM-SCHEME-07');
  const {addresses} = await done(await send(`/api/numbering/schemes/${id}/approve`, {version: 2, document: '12/QĐ-UBND'}, approver), 200);
  assert.equal(addresses, 37);
  assert.equal(await count(), 37);
  const shown = await city.json(`/api/numbering/schemes/${id}`, {headers: officer});
  assert.deepEqual([shown.state, shown.document, shown.street_name], ['approved', '12/QĐ-UBND', 'Yersin']);
  assert.ok(shown.items.every(item => item.address_id));
  const again = await done(await send('/api/numbering/schemes', {street_id: street, check: true}), 200);
  assert.deepEqual(again.items.filter(item => item.act === 'keep').length, 37, 'numbering again keeps every number');
});

test('a house that is built later takes the number that waits for it, and no neighbour changes', async () => {
  const before = await city.json(`${items}?limit=100`);
  const first = await propose('Yersin L2');
  assert.deepEqual([first.state, first.number.label, first.side, first.before.plate, first.behind.plate], ['decided', '3 Yersin', 'left', '1', '7']);
  assert.ok(first.steps.some(step => step.code === 'NUM-STEP-17' && step.rule.id === 'numbering_sequence'));
  const made = await done(await issue('Yersin L2'));
  assert.deepEqual([made.label, made.status, made.parcel_id], ['3 Yersin', 'current', lot('Yersin L2')]);
  assert.equal((await done(await issue('Yersin L3'))).label, '5 Yersin');
  assert.equal((await propose('Yersin L2')).state, 'numbered');
  const after = new Map((await city.json(`${items}?limit=100`)).features.map(one => [one.id, JSON.stringify(one.properties)]));
  for (const one of before.features) assert.equal(after.get(one.id), JSON.stringify(one.properties));
});

test('fifty ask for one number at once: one gets it, forty-nine are told which is free', async () => {
  await approve('Đua', {wishes: Array.from({length: 100}, (_, i) => ({parcel_id: lot(`Đua L${i + 1}`), number: null})).slice(0, 50)});
  const answers = await Promise.all(Array.from({length: 50}, (_, i) => issue(`Đua L${i + 1}`, {number: '301', side_reason: 'thử tranh số'})));
  const won = answers.filter(answer => answer.status === 201), lost = answers.filter(answer => answer.status === 409);
  assert.deepEqual([won.length, lost.length], [1, 49], answers.map(answer => answer.status).join());
  for (const answer of lost) {
    const body = await answer.json();
    assert.equal(body.code, 'NUM-DUP-01');
    assert.match(body.detail, /301 Đua .*: \d+/, body.detail);
  }
});

test('what is not right is refused, and nothing changes', async () => {
  const all = await count();
  await refused(await issue('Chưa Duyệt L1'), 409, 'NUM-PLAN-01');
  await refused(await issue('Không Chiều L1'), 400, 'NUM-DIR-01');
  await refused(await issue('Yersin L1'), 409, 'NUM-DOOR-01');
  await refused(await issue('Yersin R20', {number: '41'}), 400, 'NUM-SIDE-01');
  const racer = (await propose('Đua L1')).state === 'numbered' ? 'Đua L2' : 'Đua L1';
  await refused(await issue(racer, {number: '205'}), 400, 'NUM-ORDER-01');
  await refused(await issue('Yersin R20', {number: '6'}), 409, 'NUM-DUP-01');
  await refused(await issue('Yersin R20', {number: '38', side_reason: 'x'}), 409, 'NUM-DUP-01');
  for (const number of ['', 'abc', '25/', '0', '99999', '25-', '-5', 'A2-506', '7/3', '25-24'])
    await refused(await issue('Yersin R20', {number, side_reason: 'x'}), 400, 'NUM-LABEL-01');
  await refused(await issue('Yersin R20', {door: [106.7, 10.99]}), 400, 'NUM-FAR-03');
  await refused(await issue('Yersin R20', {door: [200, 91]}), 400, 'NUM-MEMBER-01');
  await refused(await issue('Yersin R20', {street_id: streets.get('Đổi')}), 400, 'NUM-FAR-02');
  await refused(await issue('Yersin R20', {street_id: 99999}), 404, 'NUM-STREET-04');
  await refused(await send('/api/addresses/issue', {parcel_id: 999999}), 404, 'NUM-PARCEL-01');
  await refused(await send('/api/addresses/issue', {}), 400, 'NUM-MEMBER-01');
  await refused(await send('/api/addresses/999999/retire', {reason: 'x'}), 404, 'NUM-ADDRESS-01');
  assert.equal((await issue('Yersin R20', {}, {})).status, 401);
  assert.equal((await issue('Yersin R20', {}, viewer)).status, 403);
  assert.equal((await city.get('/api/numbering/propose')).status, 400);
  assert.equal((await city.get('/api/numbering/propose?parcel=x')).status, 400);
  for (const [path, method] of [[items, 'POST'], [`${items}/1`, 'PATCH'], [`${items}/1`, 'DELETE']]) {
    const answer = await city.get(path, {method, body: method === 'DELETE' ? undefined : '{}', headers: {...officer, 'content-type': method === 'POST' ? 'application/geo+json' : 'application/merge-patch+json'}});
    assert.equal(answer.status, 403, `${method} ${path}: ${await answer.text()}`);
  }
  assert.equal(await count(), all);
});

test('the life of a number: reserved, issued, changed, retired; never given again, always found', async () => {
  await approve('Đổi', {wishes: [{parcel_id: lot('Đổi L10'), number: null}, {parcel_id: lot('Đổi R10'), number: null}]});
  const reserved = await done(await send('/api/addresses/reserve', {parcel_id: lot('Đổi L10'), days: 30}));
  assert.deepEqual([reserved.status, reserved.label], ['reserved', '19 Đổi']);
  assert.match(reserved.reserved_until, /^20\d\d-/);
  await refused(await issue('Đổi R10', {number: '19', side_reason: 'x'}), 409, 'NUM-DUP-01');
  const issued = await done(await issue('Đổi L10'));
  assert.deepEqual([issued.id, issued.status, issued.label, issued.reserved_until], [reserved.id, 'current', '19 Đổi', null]);
  await refused(await send(`/api/addresses/${issued.id}/renumber`, {number: '21'}), 400, 'NUM-REASON-01');
  await refused(await send(`/api/addresses/${issued.id}/renumber`, {number: '21', reason: 'x', version: 1}), 409, 'EDIT-STALE-01');
  const changed = await done(await send(`/api/addresses/${issued.id}/renumber`, {number: '21', reason: 'đơn số 7', version: issued.version}), 200);
  assert.deepEqual([changed.label, changed.old_labels], ['21 Đổi', '19 Đổi']);
  // The old number is nobody else's, and leads to the house, with its day.
  await refused(await issue('Đổi R10', {number: '19', side_reason: 'x'}), 409, 'NUM-DUP-01');
  const found = await city.json(`/api/search?q=${encodeURIComponent('19 Đổi')}`);
  const [hit] = found.groups.flatMap(({results}) => results);
  assert.deepEqual([hit.layer, hit.id], ['address', changed.id], JSON.stringify(found).slice(0, 600));
  const versions = await city.json(`${items}/${changed.id}/versions`, {headers: officer});
  assert.ok(JSON.stringify(versions).includes('đơn số 7'), 'with the reason');
  const retired = await done(await send(`/api/addresses/${changed.id}/retire`, {reason: 'nhà đã dỡ'}), 200);
  assert.equal(retired.status, 'retired');
  await refused(await send(`/api/addresses/${changed.id}/retire`, {reason: 'nữa'}), 409, 'NUM-ADDRESS-02');
  for (const number of ['19', '21']) await refused(await issue('Đổi R10', {number, side_reason: 'x'}), 409, 'NUM-DUP-01');
});

test('a second door, a street that crosses itself, a street that is no more', async () => {
  const [feature] = (await city.json(`${items}?limit=1`)).features, door = feature.geometry.coordinates.slice(0, 2), parcel_id = feature.properties.parcel_id;
  const order = {parcel_id, number: '2001', side_reason: 'cửa sau mở ra hẻm'};
  await refused(await send('/api/addresses/issue', {...order, another_door: true}), 409, 'NUM-DOOR-01');
  const second = await done(await send('/api/addresses/issue', {...order, another_door: true, door}));
  assert.notEqual(second.id, feature.id);
  assert.equal((await city.json(`${items}/${feature.id}`)).properties.label, feature.properties.label);
  const crossing = await propose('Tự Cắt L1');
  assert.ok(crossing.steps.some(step => step.code === 'NUM-STEP-12'), JSON.stringify(crossing.steps));
  const street = streets.get('Sắp Bỏ'), path = `/ogc/collections/street/items/${street}`;
  await approve('Sắp Bỏ', {wishes: [{parcel_id: lot('Sắp Bỏ L2'), number: null}]});
  const gone = await city.get(path, {method: 'DELETE', headers: {...officer, 'if-match': (await city.get(path, {headers: officer})).headers.get('etag')}});
  assert.ok(gone.ok, await gone.text());
  await refused(await issue('Sắp Bỏ L2', {street_id: street}), 409, 'NUM-STREET-05');
  const [old] = (await city.json(`/api/search?q=${encodeURIComponent('1 Sắp Bỏ')}`)).groups.flatMap(({results}) => results);
  assert.equal(old.title, '1 Sắp Bỏ', 'its addresses are still found');
});

test('what is wrong with the numbers of a street', async () => {
  const found = await city.json(`/api/numbering/conflicts?street=${streets.get('Chưa Duyệt')}`, {headers: officer});
  assert.equal(found.features.filter(one => one.properties.kind === 'no_number').length, 20);
  assert.ok(found.features.every(one => one.geometry.type === 'Point' && one.properties.text.length > 10));
  const yersin = await city.json(`/api/numbering/conflicts?street=${streets.get('Yersin')}`, {headers: officer});
  assert.deepEqual(yersin.features.map(one => one.properties.kind).sort(), ['no_number', 'out_of_order'], 'the one that was left, and the second door');
  assert.equal((await city.get(`/api/numbering/conflicts?street=${streets.get('Yersin')}`)).status, 401);
});

test('a scheme that is refused or outdated applies nothing', async () => {
  const all = await count();
  const {id} = await done(await send('/api/numbering/schemes', {street_id: streets.get('Cụt')}));
  await refused(await send(`/api/numbering/schemes/${id}/reject`, {version: 1}, approver), 400, 'NUM-REASON-01');
  await done(await send(`/api/numbering/schemes/${id}/reject`, {version: 1, reason: 'thiếu căn cứ'}, approver), 200);
  await refused(await send(`/api/numbering/schemes/${id}/submit`, {version: 2}), 409, 'NUM-SCHEME-02');
  await refused(await send('/api/numbering/schemes', {street_id: streets.get('Cụt'), parameters: {odd: 'up'}}), 400, 'NUM-SCHEME-04');
  await refused(await send('/api/numbering/schemes', {street_id: streets.get('Cụt'), parameters: {step: 3}}), 400, 'NUM-SCHEME-04');
  await refused(await send('/api/numbering/schemes', {street_id: streets.get('Cụt'), wishes: [{parcel_id: lot('Cụt L1'), number: '3'}]}), 400, 'NUM-SCHEME-05');
  await refused(await send('/api/numbering/schemes', {street_id: streets.get('Không Chiều')}), 400, 'NUM-DIR-01');
  // Two schemes of one street: the second to be approved meets the numbers of the first.
  const [one, two] = [await done(await send('/api/numbering/schemes', {street_id: streets.get('Cụt')})), await done(await send('/api/numbering/schemes', {street_id: streets.get('Cụt')}))];
  for (const scheme of [one, two]) await done(await send(`/api/numbering/schemes/${scheme.id}/submit`, {version: 1}), 200);
  await done(await send(`/api/numbering/schemes/${one.id}/approve`, {version: 2, document: 'a'}, approver), 200);
  assert.equal((await send(`/api/numbering/schemes/${two.id}/approve`, {version: 2, document: 'b'}, approver)).status, 409);
  assert.equal(await count(), all + 4);
});
