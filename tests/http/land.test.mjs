// Parcels that are split, joined, redrawn and numbered anew over HTTP; lineage, locks, and what is refused.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {dothi, must, serve, temporaryFolder} from './city.mjs';
import {person} from './people.mjs';

const items = '/ogc/collections/parcel/items', metres = '<http://www.opengis.net/def/crs/EPSG/0/9210>';
const east = 600000, north = 1215000;
let folder, dir, city, officer, other, viewer, made = 0;

before(async () => {
  folder = await temporaryFolder();
  dir = join(folder, 'city');
  await must('init', dir, '--crs', '9210', '--name', 'Phường đất');
  officer = await person(dir, 'an', 'officer');
  other = await person(dir, 'binh', 'officer');
  viewer = await person(dir, 'chi', 'viewer');
  city = await serve(dir);
});
after(async () => {
  await city.stop();
  await rm(folder, {recursive: true});
});

const send = (path, body, who = officer, headers = {}) => city.get(path, {method: 'POST', body: JSON.stringify(body),
  headers: {'content-type': 'application/json', 'content-crs': metres, ...who, ...headers}});
const polygon = (...ring) => ({type: 'Polygon', coordinates: [[...ring, ring[0]]]});
const line = (...points) => ({type: 'LineString', coordinates: points});
/** A rectangle in metres, beside what other tests use. */
const rectangle = (x, y, width, height) => polygon([x, y], [x + width, y], [x + width, y + height], [x, y + height]);

async function make(geometry, properties = {}) {
  const answer = await send(items, {type: 'Feature', geometry, properties: {map_sheet: '12', parcel_no: String(++made), land_use: 'ODT', ...properties}}, officer, {'content-type': 'application/geo+json'});
  assert.equal(answer.status, 201, await answer.text());
  return {id: Number(new URL(answer.headers.get('location')).pathname.split('/').pop()), version: 1};
}
const inMetres = id => city.json(`${items}/${id}?crs=http://www.opengis.net/def/crs/EPSG/0/9210`);
async function done(answer, status = 201) {
  const body = await answer.json();
  assert.equal(answer.status, status, JSON.stringify(body));
  return body;
}
async function refused(answer, status, code) {
  const body = await answer.json();
  assert.deepEqual([answer.status, body.code], [status, code], JSON.stringify(body));
  return body;
}
const lineage = id => city.json(`${items}/${id}/lineage`);
const area = ring => Math.abs(ring.slice(1).reduce((sum, [x, y], i) => sum + (ring[i][0] - ring[0][0]) * (y - ring[0][1]) - (x - ring[0][0]) * (ring[i][1] - ring[0][1]), 0)) / 2;

test('a parcel is split by a line: new numbers, areas, lineage, the old one ends', async () => {
  const x = east, y = north, old = await make(rectangle(x, y, 20, 10), {area_legal_m2: 200.5});
  const order = {parcels: [old], line: line([x + 8, y - 5], [x + 8, y + 15]), document: '12/QĐ-UBND'};
  const checked = await done(await send('/api/parcels/split', {...order, check: true}), 200);
  assert.deepEqual([checked.findings.features, checked.parcels.map(one => one.id)], [[], [0, 0]]);
  assert.equal((await city.json(`${items}/${old.id}`)).properties.version, 1, 'a check changes nothing');
  const {parcels, retired} = await done(await send('/api/parcels/split', order));
  assert.deepEqual(retired, [old.id]);
  assert.deepEqual(parcels.map(one => one.properties.parcel_no), [String(made + 1), String(made + 2)]);
  assert.deepEqual(checked.parcels.map(one => one.properties.parcel_no), parcels.map(one => one.properties.parcel_no));
  made += 2;
  assert.deepEqual(parcels.map(one => Math.round(one.properties.area_m2)), [80, 120]);
  assert.ok(Math.abs(parcels[0].properties.area_legal_m2 + parcels[1].properties.area_legal_m2 - 200.5) < 1e-9);
  assert.ok(parcels.every(one => one.area_error_m2 > 0 && one.properties.land_use === 'ODT' && one.properties.map_sheet === '12'));
  assert.equal((await city.get(`${items}/${old.id}`)).status, 404);
  for (const one of parcels) {
    const {steps, records, complete} = await lineage(one.id);
    assert.ok(complete);
    assert.deepEqual(steps.map(step => [step.from, step.to, step.cause, step.document]), [[old.id, one.id, 'split', '12/QĐ-UBND']]);
    assert.deepEqual(records.map(record => [record.id, record.in_force]), [[one.id, true], [old.id, false]]);
  }
  const forward = await lineage(old.id);
  assert.deepEqual(forward.steps.map(step => step.to).sort(), parcels.map(one => one.id).sort());
  assert.ok(Math.abs(forward.steps.reduce((sum, step) => sum + step.share, 0) - 1) < 1e-3);
  const [first, second] = (await Promise.all(parcels.map(one => inMetres(one.id)))).map(one => one.geometry.coordinates[0][0]);
  assert.ok(Math.abs(area(first) + area(second) - 200) < 1e-3);
  const ring = parcels[0].geometry.coordinates[0][0].slice(1);
  const [lon, lat] = [0, 1].map(axis => ring.reduce((sum, place) => sum + place[axis] / ring.length, 0));
  const {features} = await city.json(`/api/at?lon=${lon}&lat=${lat}&all_dates=1`);
  assert.deepEqual(features.map(one => one.id), [parcels[0].id]);
});

test('neighbours are joined; corners off by half a millimetre are one', async () => {
  const x = east + 100, y = north;
  const a = await make(rectangle(x, y, 10, 10), {area_legal_m2: 100}), b = await make(polygon([x + 10.0004, y], [x + 20, y], [x + 20, y + 10], [x + 10.0004, y + 10]), {area_legal_m2: 100});
  const {parcels, retired} = await done(await send('/api/parcels/merge', {parcels: [a, b]}));
  assert.deepEqual(retired, [a.id, b.id]);
  assert.equal(parcels.length, 1);
  assert.equal(parcels[0].properties.area_legal_m2, 200);
  assert.equal(parcels[0].geometry.coordinates.length, 1);
  assert.ok(Math.abs(parcels[0].properties.area_m2 - 200) < 0.01);
  made++;
  assert.deepEqual((await lineage(parcels[0].id)).steps.map(step => [step.from, step.cause]), [[a.id, 'merge'], [b.id, 'merge']]);
});

test('a boundary is redrawn: both stay who they are, what changed hands is lineage', async () => {
  const x = east + 200, y = north, a = await make(rectangle(x, y, 10, 10)), b = await make(rectangle(x + 10, y, 10, 10));
  const order = {parcels: [
    {...a, geometry: polygon([x, y], [x + 10, y], [x + 12, y], [x + 10, y + 10], [x, y + 10])},
    {...b, geometry: polygon([x + 12.0003, y], [x + 20, y], [x + 20, y + 10], [x + 10, y + 10])},
  ]};
  const {parcels, retired} = await done(await send('/api/parcels/redraw', order));
  assert.deepEqual(retired, []);
  assert.deepEqual(parcels.map(one => [one.id, one.properties.version]), [[a.id, 2], [b.id, 2]]);
  assert.deepEqual(parcels.map(one => Math.round(one.properties.area_m2)), [110, 90]);
  assert.deepEqual((await lineage(a.id)).steps.map(step => [step.from, step.to, step.cause, step.share]), [[b.id, a.id, 'redraw', 0.1]]);
  const [one, two] = await Promise.all([inMetres(a.id), inMetres(b.id)]);
  const corner = ({geometry}) => geometry.coordinates[0][0].find(([px, py]) => Math.abs(px - x - 12) < 0.001 && Math.abs(py - y) < 0.001);
  assert.deepEqual(corner(one), corner(two), 'the new corner is the same for both');
});

test('a number is changed, but never to one that was given before', async () => {
  const x = east + 300, y = north, a = await make(rectangle(x, y, 10, 10)), b = await make(rectangle(x + 10, y, 10, 10));
  await refused(await send('/api/parcels/renumber', {parcels: [a], properties: {parcel_no: String(made)}}), 409, 'LAND-NUMBER-01');
  const number = String(++made + 10);
  const {parcels} = await done(await send('/api/parcels/renumber', {parcels: [a], properties: {parcel_no: number}}));
  assert.deepEqual([parcels[0].id, parcels[0].properties.parcel_no, parcels[0].properties.version], [a.id, number, 2]);
  await refused(await send('/api/parcels/renumber', {parcels: [b], properties: {parcel_no: String(made - 2)}}), 409, 'LAND-NUMBER-01');
  await refused(await send('/api/parcels/renumber', {parcels: [b], properties: {}}), 400, 'LAND-NUMBER-02');
  const moved = await done(await send('/api/parcels/renumber', {parcels: [b], properties: {map_sheet: '13'}}));
  assert.deepEqual([moved.parcels[0].properties.map_sheet, moved.parcels[0].properties.parcel_no], ['13', '1']);
  made += 10;
});

test('lines that do not divide, and what is wrong with parts, are told with their places', async () => {
  const x = east + 400, y = north, old = await make(rectangle(x, y, 20, 10), {area_legal_m2: 200});
  const c = await make(polygon([x, y + 20], [x + 30, y + 20], [x + 30, y + 40], [x + 20, y + 40], [x + 20, y + 25], [x + 10, y + 25], [x + 10, y + 40], [x, y + 40]));
  const split = (parcel, body) => send('/api/parcels/split', {parcels: [parcel], ...body});
  await refused(await split(old, {line: line([x - 5, y - 1], [x + 25, y - 1])}), 409, 'LAND-LINE-01');
  const inside = await refused(await split(old, {line: line([x + 8, y - 5], [x + 8, y + 5])}), 409, 'LAND-LINE-02');
  assert.equal(inside.findings.features[0].geometry.type, 'Point');
  const many = await refused(await split(c, {line: line([x - 5, y + 30], [x + 35, y + 30])}), 409, 'LAND-LINE-03');
  assert.match(many.detail, /3/);
  await refused(await split(old, {line: line([x + 0.05, y - 5], [x + 0.05, y + 15])}), 409, 'LAND-SLIVER-01');
  const parts = (...list) => ({parts: list.map(geometry => ({geometry}))});
  const gap = await refused(await split(old, parts(rectangle(x, y, 8, 10), rectangle(x + 9, y, 11, 10))), 409, 'LAND-CHECK-01');
  const codes = gap.findings.features.map(one => one.properties.code);
  assert.ok(codes.includes('LAND-COVER-02') && codes.includes('LAND-AREA-01'), codes.join());
  const overlap = await refused(await split(old, parts(rectangle(x, y, 9, 10), rectangle(x + 8, y, 12, 10))), 409, 'LAND-CHECK-01');
  assert.ok(overlap.findings.features.some(one => one.properties.code === 'LAND-COVER-01' && /Polygon/.test(one.geometry.type)));
  const beyond = await refused(await split(old, parts(rectangle(x, y, 8, 10), rectangle(x + 8, y, 13, 10))), 409, 'LAND-CHECK-01');
  assert.ok(beyond.findings.features.some(one => one.properties.code === 'LAND-COVER-03'));
  const crossed = await refused(await split(old, parts(polygon([x, y], [x + 8, y + 10], [x + 8, y], [x, y + 10]), rectangle(x + 8, y, 12, 10))), 409, 'LAND-SHAPE-01');
  assert.equal(crossed.findings.features[0].geometry.type, 'Point');
  const legal = await refused(await split(old, {line: line([x + 10, y - 5], [x + 10, y + 15]), parts: [{properties: {area_legal_m2: 90}}, {properties: {area_legal_m2: 110}}]}), 409, 'LAND-CHECK-01');
  assert.deepEqual(legal.findings.features.map(one => one.properties.code), ['LAND-AREA-02', 'LAND-AREA-02']);
  assert.equal((await city.json(`${items}/${old.id}`)).properties.version, 1, 'nothing has changed');
});

test('strangers, other uses, parcels that are gone or were changed are refused', async () => {
  const x = east + 500, y = north;
  const a = await make(rectangle(x, y, 10, 10)), b = await make(rectangle(x + 10, y, 10, 10), {land_use: 'CLN'}), far = await make(rectangle(x + 40, y, 10, 10));
  const corner = await make(rectangle(x + 10, y + 10, 10, 10));
  const merge = (...parcels) => send('/api/parcels/merge', {parcels});
  await refused(await merge(a, far), 409, 'LAND-APART-01');
  await refused(await merge(a, corner), 409, 'LAND-APART-01');
  await refused(await merge(a, b), 409, 'LAND-USE-01');
  await refused(await merge(a), 400, 'LAND-COUNT-01');
  await refused(await merge(a, a), 400, 'LAND-TWICE-01');
  await refused(await merge(a, {id: 999999, version: 1}), 404, 'HTTP-RECORD-01');
  await refused(await merge(a, {id: b.id}), 428, 'EDIT-BASE-01');
  await refused(await merge(a, {id: b.id, version: 7}), 404, 'HTTP-RECORD-01');
  const {parcels: [joined]} = await done(await send('/api/parcels/merge', {parcels: [a, b], properties: {land_use: 'ODT+CLN', parcel_no: '9001'}}));
  assert.deepEqual([joined.properties.land_use, joined.properties.parcel_no], ['ODT+CLN', '9001']);
  await refused(await send('/api/parcels/split', {parcels: [a], line: line([x + 5, y - 1], [x + 5, y + 11])}), 409, 'LAND-RETIRED-01');
  await city.get(`${items}/${joined.id}`, {method: 'PATCH', headers: {...officer, 'content-type': 'application/merge-patch+json', 'if-match': '"v1"'}, body: '{"properties":{"land_use":"ODT"}}'});
  await refused(await send('/api/parcels/split', {parcels: [{id: joined.id, version: 1}], line: line([x + 5, y - 1], [x + 5, y + 11])}), 409, 'EDIT-STALE-01');
  await refused(await send('/api/parcels/split', {parcels: [{id: joined.id, version: 2}], line: line([x + 5, y - 1], [x + 5, y + 11]), valid_from: '2001-01-01'}), 409, 'LAND-RETIRED-01');
});

test('a day ahead: the old parcel holds until then, the new ones from then', async () => {
  const x = east + 600, y = north, old = await make(rectangle(x, y, 20, 10), {}), ahead = '2099-01-01';
  const {parcels} = await done(await send('/api/parcels/split', {parcels: [old], line: line([x + 10, y - 5], [x + 10, y + 15]), valid_from: ahead}));
  assert.equal((await city.json(`${items}/${old.id}`)).properties.valid_to, ahead);
  assert.equal((await city.get(`${items}/${parcels[0].id}`)).status, 404);
  assert.equal((await city.get(`${items}/${parcels[0].id}?datetime=${ahead}`)).status, 200);
});

test('who may not change a parcel may not split it; visitors are told to log in', async () => {
  const x = east + 700, y = north, old = await make(rectangle(x, y, 20, 10)), order = {parcels: [old], line: line([x + 10, y - 5], [x + 10, y + 15])};
  await refused(await send('/api/parcels/split', order, viewer), 403, 'EDIT-RIGHT-01');
  assert.equal((await send('/api/parcels/split', order, {})).status, 401);
  assert.equal((await city.get('/api/parcels/split', {headers: officer})).status, 405);
});

test('a parcel that is held is changed by nobody else, and its lock is seen', async () => {
  const x = east + 800, y = north, old = await make(rectangle(x, y, 20, 10)), order = {parcels: [old], line: line([x + 10, y - 5], [x + 10, y + 15])};
  const lock = {parcels: [old.id], purpose: 'HS-2026-000123 tách thửa', days: 5};
  await done(await send('/api/parcels/locks', lock));
  await refused(await send('/api/parcels/locks', lock, other), 409, 'LAND-LOCK-01');
  const held = await refused(await send('/api/parcels/split', order, other), 409, 'LAND-LOCK-01');
  assert.match(held.detail, /HS-2026-000123[^]*\(an, /, 'by the name that people have');
  const patch = who => city.get(`${items}/${old.id}`, {method: 'PATCH', headers: {...who, 'content-type': 'application/merge-patch+json', 'if-match': '"v1"'}, body: '{"properties":{"land_use":"CLN"}}'});
  await refused(await patch(other), 409, 'LAND-LOCK-01');
  const {locks} = await city.json('/api/parcels/locks', {headers: other});
  assert.deepEqual(locks.map(one => [one.id, one.owner, one.mine]), [[old.id, 'an', false]]);
  assert.equal((await city.get('/api/parcels/locks')).status, 401);
  await refused(await city.get(`/api/parcels/locks/${old.id}`, {method: 'DELETE', headers: other}), 404, 'LAND-LOCK-02');
  await done(await send('/api/parcels/split', order));
  assert.deepEqual((await city.json('/api/parcels/locks', {headers: officer})).locks, []);
});

test('orders that make no sense are told where', async () => {
  const x = east + 900, y = north, old = await make(rectangle(x, y, 20, 10));
  const wrong = async (path, body, where, status = 400) => {
    const answer = await send(path, body);
    const told = await answer.json();
    assert.equal(answer.status, status, JSON.stringify(told));
    if (where) assert.equal(told.where, where);
  };
  await wrong('/api/parcels/split', {}, '/parcels');
  await wrong('/api/parcels/split', {parcels: [{id: 'x'}]}, '/parcels/0/id');
  await wrong('/api/parcels/split', {parcels: [old]}, undefined);
  await wrong('/api/parcels/split', {parcels: [old], line: {type: 'Point', coordinates: [x, y]}}, '/line');
  await wrong('/api/parcels/split', {parcels: [old], line: line([x, y], [x + 1, y]), valid_from: 'hôm nay'}, '/valid_from');
  await wrong('/api/parcels/split', {parcels: [old], parts: [{geometry: rectangle(x, y, 20, 10)}]}, undefined);
  await wrong('/api/parcels/merge', {parcels: Array.from({length: 65}, (_, i) => ({id: i + 1, version: 1}))}, undefined, 413);
  await wrong('/api/parcels/redraw', {parcels: [{...old, properties: {area_legal_m2: -1}}]}, '/parcels/0/area_legal_m2');
});

test('a command does the same, beside the server, and tells what is wrong', async () => {
  const x = east + 1000, y = north, old = await make(rectangle(x, y, 20, 10)), file = join(folder, 'order.json');
  await writeFile(file, JSON.stringify({parcels: [old], line: line([x + 10, y - 5], [x + 10, y + 5])}));
  const wrong = await dothi('parcel', 'split', dir, file, '--crs', '9210', '--json');
  assert.equal(wrong.code, 65);
  assert.equal(JSON.parse(wrong.stdout).findings.features[0].properties.code, 'LAND-LINE-02');
  await writeFile(file, JSON.stringify({parcels: [old], line: line([x + 10, y - 5], [x + 10, y + 15]), document: '7/QĐ'}));
  const checked = JSON.parse(await must('parcel', 'split', dir, file, '--crs', '9210', '--check', '--json'));
  assert.deepEqual(checked.parcels.map(one => one.id), [0, 0]);
  const done = JSON.parse(await must('parcel', 'split', dir, file, '--crs', '9210', '--json'));
  assert.deepEqual(done.retired, [old.id]);
  assert.deepEqual((await lineage(done.parcels[1].id)).steps.map(step => [step.from, step.document]), [[old.id, '7/QĐ']]);
  await writeFile(file, JSON.stringify({parcels: done.parcels.map(one => ({id: one.id, version: 1}))}));
  assert.match(await must('parcel', 'merge', dir, file), /tờ 12 thửa \d+ \(mã \d+\): 200/);
});

test('the plan at a parcel: area and share of each zone, and what rights of way take', async () => {
  const x = east + 1200, y = north, {id} = await make(rectangle(x, y, 20, 10));
  const feature = (geometry, properties) => ({type: 'Feature', geometry, properties});
  const write = (name, ...features) => writeFile(join(folder, name), JSON.stringify({type: 'FeatureCollection', crs: {type: 'name', properties: {name: 'urn:ogc:def:crs:EPSG::9210'}}, features}));
  await write('zones.geojson', feature(rectangle(x - 5, y - 5, 17, 30), {code: 'A-1', zone_kind: 'ODT', decision: '15/QĐ'}), feature(rectangle(x + 12, y - 5, 4, 30), {code: 'B-1', zone_kind: 'CXN'}));
  await write('lines.geojson', feature(line([x - 50, y - 1], [x + 50, y - 1]), {code: 'D1', width_m: 6, decision: '16/QĐ'}), feature(line([x - 50, y], [x + 50, y]), {code: 'D2', width_m: 2.5}), feature(line([x - 50, y + 5], [x + 50, y + 5]), {code: 'X'}));
  await must('import', dir, join(folder, 'zones.geojson'), '--layer', 'plan_zone', '--yes');
  await must('import', dir, join(folder, 'lines.geojson'), '--layer', 'plan_line', '--yes');
  const plan = await city.json(`/api/parcels/${id}/plan`);
  assert.deepEqual(plan.parts.map(({properties, area_m2, share}) => [properties.code, area_m2, share]), [['A-1', 120, 0.6], ['B-1', 40, 0.2], ['D1', 40, 0.2], ['D2', 25, 0.125]]);
  assert.deepEqual([plan.area_m2, plan.unzoned_m2, plan.reserved.area_m2, plan.reserved.share], [200, 40, 40, 0.2], 'rights of way that overlap count once');
  assert.equal(plan.parts[0].properties.decision, '15/QĐ');
  assert.equal((await city.get('/api/parcels/999999/plan')).status, 404);
});

test('a parcel tells both areas, how sure the measured one is, and its use in words', async () => {
  const x = east + 1100, y = north, {id} = await make(rectangle(x, y, 5, 20), {area_legal_m2: 101.3, land_use: 'ODT+CLN+XYZ'});
  const told = await city.json(`/api/parcels/${id}`, {headers: {'accept-language': 'vi'}});
  assert.deepEqual([told.areas.legal_m2, told.areas.measured_m2, told.areas.difference_m2], [101.3, 100, -1.3]);
  // σ_A² = (σ²/4) Σ |P(i+1) − P(i−1)|²: four diagonals of √425 m, σ 0.07 m.
  assert.equal(told.areas.error_m2, Number((0.035 * Math.sqrt(4 * 425)).toFixed(2)));
  // With a point of its own a corner counts with the error of that, and the closing point with it.
  const point = {type: 'Feature', geometry: {type: 'Point', coordinates: [x, y]}, properties: {code: 'R1', accuracy_m: 0.02, accuracy_class: '1', source: 'GNSS RTK', surveyed_on: '2026-05-01'}};
  const surveyor = await person(dir, 'son', 'surveyor');
  assert.equal((await send('/ogc/collections/boundary_point/items', point, surveyor, {'content-type': 'application/geo+json'})).status, 201);
  const known = (await city.json(`/api/parcels/${id}`)).areas;
  assert.equal(known.error_m2, Number((Math.sqrt(3 * 0.07 ** 2 * 425 + 0.02 ** 2 * 425) / 2).toFixed(2)));
  assert.equal(known.points_known, 1);
  assert.deepEqual(told.land_use.map(one => [one.code, one.title]), [['ODT', 'Đất ở tại đô thị'], ['CLN', 'Đất trồng cây lâu năm'], ['XYZ', null]]);
  assert.equal(told.code_list, '08/2024/TT-BTNMT');
  assert.equal(told.unit_issued, null);
  assert.equal((await city.get('/api/parcels/999999')).status, 404);
  assert.equal((await city.get('/api/parcels/abc')).status, 404);
});

test('holes, parcels in several parts, courtyards: what is meant is done', async () => {
  const x = east + 1300, y = north;
  const yard = await make({type: 'Polygon', coordinates: [[[x, y], [x + 30, y], [x + 30, y + 30], [x, y + 30], [x, y]], [[x + 10, y + 10], [x + 10, y + 20], [x + 20, y + 20], [x + 20, y + 10], [x + 10, y + 10]]]});
  const {parcels: halves} = await done(await send('/api/parcels/split', {parcels: [yard], line: line([x + 15, y - 5], [x + 15, y + 35])}));
  made += 2;
  assert.deepEqual(halves.map(one => [Math.round(one.properties.area_m2), one.geometry.coordinates[0].length]), [[400, 1], [400, 1]]);
  const {parcels: [whole]} = await done(await send('/api/parcels/merge', {parcels: halves.map(({id}) => ({id, version: 1}))}));
  made++;
  assert.equal(whole.geometry.coordinates[0].length, 2, 'the yard is a hole again');
  const parts = await make({type: 'MultiPolygon', coordinates: [rectangle(x + 40, y, 20, 10).coordinates, rectangle(x + 70, y, 5, 5).coordinates]});
  const cut = await done(await send('/api/parcels/split', {parcels: [parts], line: line([x + 45, y - 5], [x + 45, y + 15])}));
  made += 2;
  assert.deepEqual(cut.parcels.map(one => [Math.round(one.properties.area_m2), one.geometry.coordinates.length]).sort((a, b) => a[0] - b[0]), [[50, 1], [175, 2]]);
  const ring = [];
  for (let i = 0; i < 9; i++) if (i !== 4) ring.push(await make(rectangle(x + 100 + i % 3 * 10, y + Math.floor(i / 3) * 10, 10, 10)));
  const {parcels: [round]} = await done(await send('/api/parcels/merge', {parcels: ring}));
  made++;
  assert.deepEqual([Math.round(round.properties.area_m2), round.geometry.coordinates[0].length], [800, 2]);
});

test('of many who split one parcel at once one does', async () => {
  const x = east + 1500, y = north, old = await make(rectangle(x, y, 20, 10));
  const answers = await Promise.all(Array.from({length: 30}, (_, i) => send('/api/parcels/split', {parcels: [old], line: line([x + 2 + i / 2, y - 5], [x + 2 + i / 2, y + 15])}, i % 2 ? officer : other)));
  const statuses = answers.map(answer => answer.status).sort();
  assert.deepEqual([statuses[0], statuses[1], statuses.length], [201, 409, 30]);
  assert.equal((await lineage(old.id)).steps.length, 2);
  made += 2;
});

test('what was surveyed in another zone is cut there, and keeps the digits of its survey', async () => {
  const x = 627350.123, y = 1215100.456, name = join(folder, 'zone.geojson');
  await writeFile(name, JSON.stringify({type: 'FeatureCollection', features: [{type: 'Feature', geometry: rectangle(x, y, 50, 20), properties: {so_to: '77', so_thua: '1'}}]}));
  await must('import', dir, name, '--layer', 'parcel', '--crs', '9209', '--yes');
  const {groups} = await city.json('/api/search?q=77/1');
  const {id} = groups[0].results[0], record = await city.json(`${items}/${id}`);
  assert.deepEqual([record.properties.native_epsg, record.properties.area_m2], [9209, 1000]);
  const [a, b, c, d] = record.geometry.coordinates[0][0], between = (p, q, share) => [p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share];
  const [from, to] = [between(a, b, 0.4), between(d, c, 0.4)];
  const {parcels} = await done(await send('/api/parcels/split', {parcels: [{id, version: 1}], line: line(between(from, to, -0.3), between(from, to, 1.3))}, officer, {'content-crs': ''}));
  const areas = parcels.map(one => one.properties.area_m2).sort((one, two) => one - two);
  assert.ok(Math.abs(areas[0] - 400) < 0.1 && Math.abs(areas[0] + areas[1] - 1000) < 1e-6, `${areas} m² in the zone of the survey`);
  const back = await Promise.all(parcels.map(one => city.json(`${items}/${one.id}`)));
  assert.deepEqual(back.map(one => [one.properties.native_epsg, one.properties.map_sheet]), [[9209, '77'], [9209, '77']]);
  const corners = back.flatMap(one => one.geometry.coordinates[0][0].map(String));
  for (const corner of [a, b, c, d]) assert.ok(corners.includes(String(corner)), 'old corners keep their digits');
});

test('attacks and accidents: told, nothing harmed', async () => {
  const x = east + 1600, y = north, old = await make(rectangle(x, y, 20, 10));
  const bad = async (body, headers = {}) => {
    const answer = await send('/api/parcels/split', body, officer, headers);
    assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} ${(await answer.text()).slice(0, 200)}`);
    return answer.status;
  };
  const through = (...points) => ({parcels: [old], line: line(...points)});
  await bad(through(...Array.from({length: 1001}, (_, i) => [x + 10, y - 5 + i / 50])));
  await bad(through([1e308, 1e308], [-1e308, -1e308]));
  await bad(through([x, y]));
  await bad(through([x, y], [x, y]));
  await bad({parcels: [old], line: {type: 'MultiLineString', coordinates: [[[x, y], [x + 1, y]], [[x, y], [x + 1, y]]]}});
  await bad({parcels: [old], line: {type: 'LineString', coordinates: [[null, 1], ['a', 2]]}});
  await bad({parcels: [old], parts: Array.from({length: 65}, () => ({geometry: rectangle(x, y, 1, 1)}))});
  await bad({parcels: [old], parts: [{geometry: {type: 'Polygon', coordinates: [[[x, y], [x + 1, y], [x, y]]]}}, {geometry: rectangle(x, y, 1, 1)}]});
  await bad({parcels: [{id: 2 ** 60, version: 1}], line: line([x, y], [x + 1, y])});
  await bad({parcels: [{...old, version: 2 ** 40}], line: line([x, y], [x + 1, y])});
  await bad({...through([x + 10, y - 5], [x + 10, y + 15]), document: 'x'.repeat(5000)});
  await bad(through([x + 10, y - 5], [x + 10, y + 15]), {'content-crs': '<http://www.opengis.net/def/crs/EPSG/0/1>'});
  await bad([]);
  const round = (count, radius) => polygon(...Array.from({length: count}, (_, i) => [x + 10 + radius * Math.cos(i / count * 2 * Math.PI), y + 5 + radius * Math.sin(i / count * 2 * Math.PI)]));
  assert.equal(await bad({parcels: [old], parts: [{geometry: round(15000, 4)}, {geometry: round(15000, 5)}]}), 413);
  for (const text of ['', '{', 'null', '[[[[[[', '{"parcels":'.repeat(300)])
    assert.ok((await city.get('/api/parcels/split', {method: 'POST', body: text, headers: {...officer, 'content-type': 'application/json'}})).status >= 400);
  // A line that turns back on itself, star-shaped, cuts many or none, and is told so.
  const star = Array.from({length: 60}, (_, i) => [x + 10 + 30 * Math.cos(i * 2.4), y + 5 + 30 * Math.sin(i * 2.4)]);
  assert.equal(await bad(through(...star)), 409);
  assert.equal((await city.json(`${items}/${old.id}`)).properties.version, 1);
});
