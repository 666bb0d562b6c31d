// The ways in which real houses are numbered (alleys in alleys, letters before and behind, "bis", joined houses, flats) are taken from a
// city's table, kept in parts, printed again the same, and found by what people type.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {must, serve, temporaryFolder} from './city.mjs';

const numbers = ['1806/127/2/6/15/48/2A', '1099A', '73B/563B bis', '40bis/1', '35N/1C', '42/7bis', 'L1004A', '47-57', 'A2-506', '15/3/7', '9'];
const east = 600000, north = 1215000, items = '/ogc/collections/address/items';
let folder, dir, city;

before(async () => {
  folder = await temporaryFolder();
  dir = join(folder, 'city');
  await must('init', dir, '--crs', '9210', '--name', 'Phường nhiều hẻm');
  // One street, and every alley that the numbers name, each leaving the one before.
  const streets = [{name: 'Huỳnh Tấn Phát', kind: 'main'}], ids = new Map([['', 1]]);
  for (const number of numbers) {
    const alleys = number.split('/').slice(0, -1);
    alleys.forEach((after, depth) => {
      const path = alleys.slice(0, depth + 1).join('/');
      if (ids.has(path)) return;
      streets.push({name: `Hẻm ${path} Huỳnh Tấn Phát`, kind: 'alley', parent_id: ids.get(alleys.slice(0, depth).join('/')), named_after_number: after, direction: 'forward'});
      ids.set(path, streets.length);
    });
  }
  const file = join(folder, 'streets.geojson');
  await writeFile(file, JSON.stringify({type: 'FeatureCollection', crs: {type: 'name', properties: {name: 'urn:ogc:def:crs:EPSG::9210'}},
    features: streets.map((properties, i) => ({type: 'Feature', properties, geometry: {type: 'LineString', coordinates: [[east + 50 * i, north], [east + 50 * i, north + 40]]}}))}));
  await must('import', dir, file, '--layer', 'street', '--yes');
  const table = join(folder, 'numbers.csv');
  await writeFile(table, ['so_nha,duong,lon,lat', ...numbers.map((number, i) => `"${number}",Huỳnh Tấn Phát,${106.66 + i / 10000},10.985`), ''].join('\n'));
  const report = JSON.parse(await must('number', 'import', dir, table, '--json'));
  assert.deepEqual([report.stored, report.errors], [numbers.length, 0], JSON.stringify(report.findings));
  city = await serve(dir);
});
after(async () => {
  await city.stop();
  await rm(folder, {recursive: true});
});

test('each is kept in parts and printed as it came', async () => {
  const {features} = await city.json(`${items}?limit=100`), byPlate = new Map(features.map(one => [one.properties.plate, one.properties]));
  assert.deepEqual([...byPlate.keys()].sort(), [...numbers].sort());
  const parts = plate => ['path', 'prefix', 'number', 'suffix', 'number_to', 'flat'].map(field => byPlate.get(plate)[field]);
  assert.deepEqual(parts('1806/127/2/6/15/48/2A'), ['1806/127/2/6/15/48', null, 2, 'A', null, null]);
  assert.deepEqual(parts('73B/563B bis'), ['73B', null, 563, 'B bis', null, null]);
  assert.deepEqual(parts('L1004A'), [null, 'L', 1004, 'A', null, null]);
  assert.deepEqual(parts('47-57'), [null, null, 47, null, 57, null]);
  assert.deepEqual(parts('A2-506'), [null, 'A', 2, null, null, 506]);
  for (const number of numbers) assert.equal(byPlate.get(number).label, `${number} Huỳnh Tấn Phát`);
});

test('each is found by what people type', async () => {
  for (const number of numbers)
    for (const text of [`${number} Huỳnh Tấn Phát`, `${number} huynh tan phat`, `${number.toLowerCase()} đường Huỳnh Tấn Phát`, `số ${number} Huỳnh Tấn Phát`]) {
      const {groups} = await city.json(`/api/search?q=${encodeURIComponent(text)}`);
      const [hit] = groups.flatMap(({results}) => results).filter(({layer}) => layer === 'address');
      assert.equal(hit?.title, `${number} Huỳnh Tấn Phát`, `found by "${text}": ${hit?.title}`);
    }
});

test('what is exported comes back the same', async () => {
  for (const [format, name] of [['bal', 'out.csv'], ['openaddresses', 'out.geojsonl']]) {
    const file = join(folder, name), again = join(folder, `again-${format}`);
    await must('number', 'export', dir, file, '--format', format);
    const text = await readFile(file, 'utf8');
    for (const number of numbers) assert.ok(text.includes(number) || text.includes(number.split('/').at(-1)), `${format}: ${number}`);
    await must('init', again, '--crs', '9210', '--name', 'Lại');
    await must('import', again, join(folder, 'streets.geojson'), '--layer', 'street', '--yes');
    const report = JSON.parse(await must('number', 'import', again, file, '--format', format, '--json'));
    assert.deepEqual([report.stored, report.errors], [numbers.length, 0], `${format}: ${JSON.stringify(report.findings.filter(one => one.severity === 'error'))}`);
  }
});
