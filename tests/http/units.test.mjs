// Administrative units of any day: codes that are used again, which unit came of which, a reform, and what it moves.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {dothi, must, parcels, serve, temporaryFolder} from './city.mjs';

const wards = year => new URL(`../../data/sample/thu-dau-mot-wards-${year}.geojson`, import.meta.url).pathname;
const reformDay = '2025-07-01', document = '1685/NQ-UBTVQH15';
let folder, dir, city, told;

before(async () => {
  folder = await temporaryFolder();
  dir = join(folder, 'city');
  await must('init', dir, '--crs', '9210', '--name', 'Thủ Dầu Một');
  const old = ['--layer', 'admin_unit', '--valid-from', '2004-01-01', '--map', 'code=code', '--map', 'name=name'];
  await must('import', dir, wards(2009), ...old);
  await writeFile(join(folder, 'parcels.geojson'), JSON.stringify(parcels(60)));
  await must('import', dir, join(folder, 'parcels.geojson'), '--layer', 'parcel');
  const nothing = await dothi('units', 'reform', dir, '--date', reformDay, '--yes', '--lang', 'en');
  assert.equal(nothing.code, 65);
  assert.match(nothing.stderr, /No administrative unit begins[^]*--valid-from 2025-07-01/);
  await must('import', dir, wards(2025), '--layer', 'admin_unit', '--valid-from', reformDay, '--map', 'name=fullName');
  const before = await must('units', 'reform', dir, '--date', reformDay, '--dry-run', '--json');
  assert.equal(JSON.parse(before).moved, 0);
  told = JSON.parse(await must('units', 'reform', dir, '--date', reformDay, '--document', document, '--share', '25774=25747:0.28', '--share', '25774=25771', '--yes', '--json'));
  city = await serve(dir);
});
after(async () => {
  await city.stop();
  await rm(folder, {recursive: true});
});
const units = async query => (await city.json(`/api/units?${query}`)).units;

test('a code names one unit a day', async () => {
  assert.deepEqual((await units('code=25747&date=2024-06-01')).map(one => one.name), ['Phường Phú Cường']);
  assert.deepEqual((await units('code=25747&date=2026-06-01')).map(one => one.name), ['Phường Thủ Dầu Một']);
  assert.deepEqual((await units('code=25747&date=2025-06-30')).map(one => one.name), ['Phường Phú Cường']);
  assert.deepEqual((await units('code=25747&date=2025-07-01')).map(one => one.name), ['Phường Thủ Dầu Một']);
  assert.deepEqual((await units('code=25747&date=1999-01-01')), [], 'no unit had that code then');
  assert.deepEqual((await units('name=phu%20loi&all_dates=1')).map(one => [one.code, one.in_force]), [['25744', false], ['25750', true]]);
  assert.equal((await units('date=2024-01-01')).length, 14);
  assert.equal((await units('')).length, 5);
});

test('which unit came of which is as the decision says, derived where it does not', () => {
  assert.deepEqual([told.units_before, told.units_after], [14, 5]);
  const of = name => told.succession.filter(step => step.from === `Phường ${name}`).map(step => [step.to.slice(7), Math.round(step.share * 100), step.derived]);
  assert.deepEqual(of('Phú Cường'), [['Thủ Dầu Một', 98, true]]);
  assert.deepEqual(of('Hiệp Thành'), [['Thủ Dầu Một', 26, true], ['Phú Lợi', 72, true]]);
  assert.deepEqual(of('Hiệp An'), [['Phú An', 72, true], ['Chánh Hiệp', 26, true]]);
  assert.deepEqual(of('Chánh Mỹ'), [['Thủ Dầu Một', 28, false], ['Chánh Hiệp', 72, true]]);
  assert.equal(told.succession.length, 17);
});

test('every record follows; its unit as issued stays, and so does the past', async () => {
  const {units: all} = await city.json('/api/units?all_dates=1');
  const named = new Map(all.map(one => [one.id, one]));
  const today = await city.json('/ogc/collections/parcel/items?limit=10000');
  const then = await city.json('/ogc/collections/parcel/items?limit=10000&datetime=2025-06-30');
  assert.ok(told.moved >= 3000, `${told.moved}`);
  let both = 0;
  for (const {id, geometry, properties} of today.features) {
    if (!geometry) continue;
    const [issued, now] = [named.get(properties.admin_unit_id), named.get(properties.unit_now_id)];
    if (!issued) continue;
    assert.equal(issued.valid_to, reformDay);
    assert.equal(now.valid_from, reformDay, `parcel ${id}`);
    both++;
  }
  assert.ok(both >= 3000, `${both}`);
  for (const {properties} of then.features)
    if (properties.admin_unit_id) assert.equal(properties.unit_now_id, properties.admin_unit_id);
  const one = today.features.find(({properties}) => named.get(properties.admin_unit_id)?.name === 'Phường Phú Lợi');
  if (one) assert.equal(named.get(one.properties.unit_now_id).name, 'Phường Phú Lợi');
  const {steps} = await city.json(`/ogc/collections/admin_unit/items/${all.find(unit => unit.code === '25741').id}/lineage`);
  assert.deepEqual(steps.map(step => step.document), [document, document]);
  assert.equal(JSON.parse(await must('audit', 'verify', dir, '--json')).findings.length, 0);
});

test('either side of every new boundary is its own unit, on each day', async () => {
  const {features} = await city.json('/ogc/collections/admin_unit/items?limit=100');
  const at = async ([lon, lat], query) => (await city.json(`/api/at?lon=${lon}&lat=${lat}&radius_m=0${query}`)).features.filter(one => one.layer === 'admin_unit').map(one => one.properties.name);
  let sides = 0;
  for (const {properties, geometry} of features) {
    const ring = geometry.coordinates[0][0];
    for (let i = 0; i + 1 < ring.length; i += Math.ceil(ring.length / 12)) {
      const [[x1, y1], [x2, y2]] = [ring[i], ring[i + 1]], length = Math.hypot(x2 - x1, y2 - y1);
      if (length < 1e-5) continue;
      // 0.3 m to either side of the middle of a piece of it.
      const aside = side => [(x1 + x2) / 2 - side * (y2 - y1) / length * 3e-6, (y1 + y2) / 2 + side * (x2 - x1) / length * 3e-6];
      const [left, right] = [await at(aside(1), ''), await at(aside(-1), '')];
      assert.equal([left, right].filter(names => names.includes(properties.name)).length, 1, `${properties.name} ${left} | ${right}`);
      assert.ok(left.length <= 1 && right.length <= 1, 'one unit a place');
      for (const names of [await at(aside(1), '&date=2024-06-01'), await at(aside(-1), '&date=2024-06-01')])
        assert.ok(!names.includes('Phường Thủ Dầu Một') && !names.includes('Phường Chánh Hiệp'));
      sides++;
    }
  }
  assert.ok(sides > 30, `${sides}`);
});

test('done again it changes nothing', async () => {
  const again = JSON.parse(await must('units', 'reform', dir, '--date', reformDay, '--yes', '--json'));
  assert.deepEqual([again.units_before, again.moved], [0, 0]);
});

test('what makes no sense is told', async () => {
  for (const [words, code] of [[['--date', 'hôm qua'], 2], [['--date', reformDay, '--share', '25774'], 2], [[], 2]])
    assert.equal((await dothi('units', 'reform', dir, '--yes', ...words)).code, code);
  for (const query of ['id=x', 'limit=0', 'date=2025-13-01', 'all_dates=2', 'xyz=1'])
    assert.equal((await city.get(`/api/units?${query}`)).status, 400, query);
});
