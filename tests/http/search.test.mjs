// The one box over HTTP: parcels, names of today and before, codes, coordinates, rights, bad input.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {dothi, must, serve, temporaryFolder} from './city.mjs';
import {person} from './people.mjs';

const patchType = 'application/merge-patch+json', featureType = 'application/geo+json';
let folder, dir, city, admin, officer, narrow, old, fresh;

/** A square, `size` degrees a side. */
function square(x, y, size = 0.0004) {
  return {type: 'Polygon', coordinates: [[[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]]};
}
const line = (x, y) => ({type: 'LineString', coordinates: [[x, y], [x + 0.002, y]]});

async function send(method, path, body, who = admin, headers = {}) {
  const answer = await city.get(`/ogc/collections/${path}`, {method,
    headers: {...who, ...(body ? {'content-type': method === 'PATCH' ? patchType : featureType} : {}), ...headers},
    body: body && JSON.stringify(body)});
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}
async function make(layer, properties, geometry) {
  const answer = await send('POST', `${layer}/items`, {type: 'Feature', geometry, properties});
  return Number(new URL(answer.headers.get('location')).pathname.split('/').pop());
}
const search = async (q, who = {}, more = '') => {
  const answer = await city.get(`/api/search?q=${encodeURIComponent(q)}${more}`, {headers: who});
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
};
/** "street/3" of all that is found. */
const found = async (q, who) => (await search(q, who)).groups.flatMap(({results}) => results.map(({layer, id}) => `${layer}/${id}`));
const first = async (q, who) => (await found(q, who))[0];

before(async () => {
  folder = await temporaryFolder();
  dir = join(folder, 'city');
  await must('init', dir, '--crs', '9210', '--name', 'Thử');
  admin = await person(dir, 'quan', 'administrator');
  officer = await person(dir, 'an', 'officer');
  city = await serve(dir, '--quiet');
  const ward = (name, x, valid_from = '2000-01-01') => make('admin_unit',
    {name, kind: 'phường', parent_name: 'Thành phố Thủ Dầu Một, tỉnh Bình Dương', valid_from}, square(x, 10.97, 0.02));
  old = {west: await ward('Phường Phú Hòa', 106.64), east: await ward('Phường Phú Lợi', 106.66)};
  narrow = await person(dir, 'binh', 'viewer', '--ward', String(old.east));
  fresh = {
    west: await make('parcel', {map_sheet: '12', parcel_no: '345', land_use: 'ODT', area_legal_m2: 120}, square(106.645, 10.975)),
    east: await make('parcel', {map_sheet: '12', parcel_no: '345', land_use: 'ODT'}, square(106.665, 10.975)),
    other: await make('parcel', {map_sheet: '12', parcel_no: '3456'}, square(106.666, 10.976)),
    hue: await make('street', {name: 'Nguyễn Huệ', kind: 'main', valid_from: '2000-01-01'}, line(106.645, 10.978)),
    hoe: await make('street', {name: 'Nguyễn Huế', kind: 'local'}, line(106.665, 10.978)),
    alley: await make('street', {name: 'Hẻm 25/7/3 Huỳnh Văn Luỹ', kind: 'alley'}, line(106.667, 10.979)),
    nine: await make('street', {name: 'Hẻm 31/9', kind: 'alley'}, line(106.667, 10.980)),
    lamp: await make('light_pole', {code: 'TĐ-0012'}, {type: 'Point', coordinates: [106.666, 10.977]}),
    school: await make('school', {name: 'Trường THCS Nguyễn Huệ', code: 'TH-1'}, {type: 'Point', coordinates: [106.6661, 10.9771]}),
  };
});
after(async () => {
  await city.stop();
  await rm(folder, {recursive: true});
});

test('a parcel is found by its sheet and number, however that is said', async () => {
  const both = [`parcel/${fresh.west}`, `parcel/${fresh.east}`];
  for (const q of ['12/345 ', 'tờ 12 thửa 345 ', 'to 12 thua 345 ', 't12 th345 ', '345 to 12', 'TỜ 12, THỬA 345.', 'thửa 345 tờ 12 ',
    'tờ bản đồ số 12 thửa đất số 345 ', 'sheet 12 parcel 345 ', '012/345 ', 'thua 345 '])
    assert.deepEqual(await found(q), both, q);
  for (const q of ['t12 th345 phu loi', 'tờ 12 thửa 345 Phú Lợi', '12/345 p. phu loi', '345 to 12 phường Phú Lợi', '12/345 phu loi thu dau mot binh duong'])
    assert.deepEqual(await found(q), [`parcel/${fresh.east}`], q);
  // While it is typed, what begins so follows.
  assert.deepEqual(await found('12/345'), [...both, `parcel/${fresh.other}`]);
  for (const q of ['12/346 ', '13/345 ', 'tờ 12 thửa 345 hiệp an', '345/12 ']) assert.deepEqual(await found(q), [], q);
  const {groups} = await search('12/345 phu hoa');
  const [{title, detail, center, box}] = groups[0].results;
  assert.equal(title, 'Thửa 345, tờ 12');
  assert.equal(detail, 'Phường Phú Hòa · ODT · 120 m²');
  assert.ok(Math.abs(center[0] - 106.6452) < 1e-5 && Math.abs(box[3] - 10.9754) < 1e-5, JSON.stringify([center, box]));
  const english = await search('12/345 phu hoa', {'accept-language': 'en'});
  assert.equal(english.groups[0].results[0].title, 'Parcel 345, sheet 12');
  assert.equal(english.groups[0].title, 'Parcels');
});

test('names are found without tones, mistyped and begun, and as spelled first', async () => {
  assert.equal(await first('Nguyễn Huệ'), `street/${fresh.hue}`);
  assert.equal(await first('Nguyễn Huế'), `street/${fresh.hoe}`);
  for (const q of ['nguyen hue', 'nguyen hu', 'ngyen hue', 'nguyễn huệe ', 'đường nguyễn huệ', 'd. nguyen hue', 'hue nguyen'])
    assert.ok((await found(q)).includes(`street/${fresh.hue}`), q);
  assert.deepEqual(await found('thcs nguyen hue'), [`school/${fresh.school}`]);
  assert.deepEqual(await found('nguyen hue phu loi '), [`street/${fresh.hoe}`, `school/${fresh.school}`]);
  assert.deepEqual(await found('25/7/3 huynh van luy'), [`street/${fresh.alley}`]);
  assert.deepEqual(await found('huynh van lũy '), [`street/${fresh.alley}`]);
  assert.deepEqual(await found('hem 9 '), []);
  assert.deepEqual(await found('31/9'), [`street/${fresh.nine}`]);
  assert.equal(await first('phu hoa thu dau mot binh duong'), `admin_unit/${old.west}`);
  assert.equal(await first('p phu loi'), `admin_unit/${old.east}`);
});

test('codes are found as a whole', async () => {
  assert.deepEqual(await found('TĐ-0012'), [`light_pole/${fresh.lamp}`]);
  assert.deepEqual(await found('tđ-0012'), [`light_pole/${fresh.lamp}`]);
  assert.deepEqual(await found('TĐ-001'), []);
});

test('names of before are found and told as such', async () => {
  const street = `street/items/${fresh.hue}`;
  await send('PATCH', street, {properties: {name: 'Cách Mạng', valid_from: '2020-01-01'}}, admin, {'if-match': '"v1"'});
  assert.equal(await first('cach mang'), `street/${fresh.hue}`);
  const [hit] = (await search('Nguyễn Huệ ')).groups.flatMap(({results}) => results).filter(({id, layer}) => layer === 'street' && id === fresh.hue);
  assert.equal(hit.title, 'Cách Mạng');
  assert.deepEqual(hit.former, {name: 'Nguyễn Huệ', until: '2020-01-01'});
  // Today's name of another street comes before it.
  assert.equal(await first('nguyen hue '), `street/${fresh.hoe}`);
  // A number of before leads to the parcel that had it.
  await send('PATCH', `parcel/items/${fresh.other}`, {properties: {parcel_no: '777'}}, admin, {'if-match': '"v1"'});
  const [renumbered] = (await search('12/3456 ')).groups[0].results;
  assert.equal(renumbered.title, 'Thửa 777, tờ 12');
  assert.equal(renumbered.former.name, '12/3456');
  assert.deepEqual(await found('12/777 '), [`parcel/${fresh.other}`]);
});

test('a ward that has ended is found, and says where its parcels were', async () => {
  await send('DELETE', `admin_unit/items/${old.west}?valid_to=2025-07-01`, undefined, admin, {'if-match': '"v1"'});
  await make('admin_unit', {name: 'Phường Thủ Dầu Một', valid_from: '2025-07-01'}, square(106.64, 10.97, 0.02));
  const [unit] = (await search('phường phú hòa ')).groups[0].results;
  assert.equal(unit.id, old.west);
  assert.deepEqual([unit.former, unit.datetime], [{name: 'Phường Phú Hòa', until: '2025-07-01'}, '2025-06-30']);
  // By the unit as issued, and, of a parcel that was entered later, by its place.
  assert.deepEqual(await found('t12 th345 phu hoa '), [`parcel/${fresh.west}`]);
  const later = await make('parcel', {map_sheet: '88', parcel_no: '1'}, square(106.648, 10.976));
  await make('parcel', {map_sheet: '88', parcel_no: '1'}, square(106.668, 10.977));
  assert.deepEqual(await found('88/1 phu hoa '), [`parcel/${later}`]);
  assert.deepEqual(await found('88/1 thu dau mot '), [`parcel/${later}`]);
  // Of what has a name, too.
  const here = await make('wifi', {name: 'Chợ Mới'}, {type: 'Point', coordinates: [106.648, 10.977]});
  await make('wifi', {name: 'Chợ Mới'}, {type: 'Point', coordinates: [106.668, 10.977]});
  for (const q of ['cho moi phu hoa', 'cho moi thu dau mot']) assert.deepEqual(await found(q), [`wifi/${here}`], q);
});

test('a record that ends is told to have ended; what is to come is not found', async () => {
  const gone = await make('street', {name: 'Bờ Kè', valid_from: '2010-01-01'}, line(106.650, 10.985));
  await make('street', {name: 'Tương Lai', valid_from: '2999-01-01'}, line(106.651, 10.986));
  assert.deepEqual(await found('tuong lai'), []);
  assert.deepEqual(await found('bo ke'), [`street/${gone}`]);
  await send('DELETE', `street/items/${gone}?valid_to=2024-03-02`, undefined, admin, {'if-match': '"v1"'});
  const [{former, datetime}] = (await search('bo ke')).groups[0].results;
  assert.deepEqual([former.until, datetime], ['2024-03-02', '2024-03-01']);
});

test('coordinates in five notations, with their axes in either order', async () => {
  const {place} = await city.json('/api/at?lon=106.66&lat=10.98');
  const {east, north} = place;
  for (const q of ['10.98 106.66', '106.66, 10.98', '10°58\'48"N 106°39\'36"E', '106°39\'36"Đ 10°58\'48"B', '10°58.8\'N 106°39.6\'E',
    '10,98; 106,66', 'geo:10.98,106.66', `${north} ${east}`, `${east}, ${north}`, `X=${north} Y=${east}`]) {
    const {readings} = await search(q);
    assert.ok(readings.length, q);
    const [{lon, lat}] = readings;
    assert.ok(Math.abs(lon - 106.66) < 9e-6 && Math.abs(lat - 10.98) < 9e-6, `${q}: ${lon} ${lat}`);
  }
  const [reading] = (await search(`${north} ${east}`)).readings;
  assert.deepEqual([reading.kind, reading.epsg, reading.crs], ['grid', 9210, 'VN-2000 / TM-3 105-45']);
  assert.deepEqual((await search('12/345')).readings, []);
});

test('staff get parcels first, visitors what they look for', async () => {
  await make('street', {name: 'Phú Lợi'}, line(106.662, 10.981));
  const layersOf = async who => (await search('phu loi', who)).groups.map(({layer}) => layer);
  assert.deepEqual((await layersOf({})).slice(0, 2), ['admin_unit', 'street']);
  const named = await make('street', {name: 'Lô 12/345'}, line(106.663, 10.982));
  assert.equal(await first('12/345 '), `street/${named}`);
  assert.equal((await found('12/345 ', officer))[0], `parcel/${fresh.west}`);
  await send('DELETE', `street/items/${named}`, undefined, admin, {'if-match': '"v1"'});
});

test('what somebody may not see is not found, nor told by anything', async () => {
  assert.deepEqual(await found('12/345 ', narrow), [`parcel/${fresh.east}`]);
  assert.ok(!(await found('cach mang', narrow)).length);
  const answer = await search('12/345 phu hoa ', narrow);
  assert.deepEqual(answer, {query: '12/345 phu hoa ', groups: [], readings: []});
  await must('user', 'scope', 'set', dir, 'public', '--layer', 'street', '--field', 'kind');
  assert.deepEqual(await found('huynh van luy'), []);
  assert.deepEqual(await found('12/345 '), []);
  await must('user', 'scope', 'clear', dir, 'public');
  assert.deepEqual(await found('huynh van luy'), [`street/${fresh.alley}`]);
  const open = await city.get('/api/search?q=huynh'), own = await city.get('/api/search?q=huynh', {headers: officer});
  assert.match(open.headers.get('cache-control'), /public/);
  assert.match(own.headers.get('cache-control'), /private/);
});

test('bad input is refused or finds nothing, at once', async () => {
  const long = await city.get(`/api/search?q=${'x'.repeat(10000)}`);
  assert.equal(long.status, 400);
  assert.equal((await long.json()).code, 'SEARCH-LONG-01');
  assert.ok([400, 414].includes((await city.get(`/api/search?q=${encodeURIComponent('ộ'.repeat(10000))}`)).status));
  for (const bad of ['', '?limit=3', '?q=a&limit=0', '?q=a&limit=51', '?q=a&limit=x', '?q=a&q=b', '?q=%ff'])
    assert.equal((await city.get(`/api/search${bad}`)).status, 400, bad);
  for (const q of ['', ' ', '…!?', '%', '_', "' OR 1=1 --", '\\', 'a '.repeat(150), '/'.repeat(300), '1/2/3/4/5/6/7/8/9', '\u0301\u0301', '🏠', 'x'.repeat(400), 'tờ thửa', 'tờ', '0/0', '-1/-1'])
    assert.deepEqual((await search(q)).groups, [], JSON.stringify(q));
  assert.equal((await search('huynh', {}, '&limit=1')).groups[0].results.length, 1);
});

test('the command says the same', async () => {
  const {query, ...answer} = JSON.parse(await must('search', dir, '12/345 phu loi', '--json', '--lang', 'vi'));
  const {query: asked, ...served} = await search('12/345 phu loi', officer);
  assert.deepEqual([query, answer], [asked, served]);
  assert.match(await must('search', dir, 'huynh van luy', '--lang', 'vi'), /Hẻm 25\/7\/3 Huỳnh Văn Luỹ/);
  const nothing = await dothi('search', dir, 'qqqqq', '--lang', 'en');
  assert.notEqual(nothing.code, 0);
  assert.match(nothing.stderr, /Nothing was found/);
});

test('house numbers in all their forms are found by the whole of them (P4)', async () => {
  const labels = ['1806/127/2/6/15/48/2A Huỳnh Tấn Phát', '1099A Lê Hồng Phong', '73B/563B bis Yersin', '40bis/1 Bạch Đằng', '35N/1C Hoàng Hoa Thám', '42/7bis Thích Quảng Đức', 'L1004A Chung cư Bình An', 'số 5 ngách 12/3 ngõ 12 Văn Cao'];
  const ids = [];
  for (const [i, name] of labels.entries()) ids.push(await make('wifi', {name}, {type: 'Point', coordinates: [106.668 + i * 1e-4, 10.981]}));
  const plain = text => text.normalize('NFD').replace(/\p{Mn}/gu, '').replaceAll('Đ', 'D').replaceAll('đ', 'd');
  for (const [i, name] of labels.entries()) {
    const number = name.split(' ')[0];
    for (const asked of [name, plain(name).toLowerCase(), ...(i < 7 ? [number, number.toLowerCase()] : ['ngach 12/3 van cao'])])
      assert.equal(await first(asked), `wifi/${ids[i]}`, asked);
  }
});
