// Twelve streets drawn by hand (tests/city) get exactly the numbers that an officer would give, for the reasons that he would say;
// by the command line alone, without a server.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {goldenStreets} from '../city/golden_streets.mjs';
import {dothi, must, temporaryFolder} from './city.mjs';

let folder, dir;
const streetIds = new Map(), lots = [];
const place = (index, [x, y]) => [601000 + 1000 * (index % 4) + x, 1215000 + 1000 * Math.floor(index / 4) + y];
const closed = (index, ring) => {
  const points = ring.map(at => place(index, at));
  const twice = points.reduce((sum, [x, y], i) => sum + x * points[(i + 1) % points.length][1] - points[(i + 1) % points.length][0] * y, 0);
  return [...(twice > 0 ? points : points.reverse())].concat([points[0]]);
};
const collection = features => JSON.stringify({type: 'FeatureCollection', crs: {type: 'name', properties: {name: 'urn:ogc:def:crs:EPSG::9210'}}, features});
const feature = (geometry, properties) => ({type: 'Feature', geometry, properties});
const json = async (...words) => JSON.parse(await must(...words, '--json', '--lang', 'en'));

/** A lot a little smaller: the house on it. */
function house(ring) {
  const middle = ring.reduce(([a, b], [x, y]) => [a + x / ring.length, b + y / ring.length], [0, 0]);
  return ring.map(([x, y]) => [middle[0] + (x - middle[0]) * 0.6, middle[1] + (y - middle[1]) * 0.6]);
}

async function load(layer, features) {
  const file = join(folder, `${layer}.geojson`);
  await writeFile(file, collection(features));
  await must('import', dir, file, '--layer', layer, '--yes');
}

before(async () => {
  const streets = [], parcels = [], buildings = [];
  folder = await temporaryFolder();
  dir = join(folder, 'city');
  await must('init', dir, '--crs', '9210', '--name', 'Mười hai con đường');
  goldenStreets.forEach((golden, index) => {
    for (const one of golden.streets) {
      streetIds.set(`${index} ${one.name}`, streets.length + 1);
      streets.push(feature({type: 'LineString', coordinates: one.line.map(at => place(index, at))}, {
        name: one.name, kind: one.kind ?? 'local', width_m: one.width, direction: one.direction,
        parent_id: one.parent ? streetIds.get(`${index} ${one.parent}`) : null, named_after_number: one.after ?? null, mouth_m: one.mouth_m ?? null, open_ends: one.open_ends ?? null}));
    }
    for (const one of golden.lots) {
      parcels.push(feature({type: 'Polygon', coordinates: [closed(index, one.ring)]}, {map_sheet: String(index + 1), parcel_no: String(parcels.length + 1), land_use: 'ODT'}));
      if (!one.empty) buildings.push(feature({type: 'Polygon', coordinates: [closed(index, house(one.ring))]}, {}));
      lots.push({...one, index, id: parcels.length, street: one.street ?? golden.streets[0].name});
    }
  });
  await load('street', streets);
  await load('parcel', parcels);
  await load('building', buildings);
  await importKnown();
});
after(async () => process.env.KEEP ? console.log(folder) : rm(folder, {recursive: true}));

/** Houses that had a number before: they come as a city's old table would. */
async function importKnown() {
  const middle = ring => ring.reduce(([a, b], [x, y]) => [a + x / ring.length, b + y / ring.length], [0, 0]);
  const rows = lots.filter(one => one.has).map(one => [one.has, one.street, ...place(one.index, middle(one.ring))].join(';'));
  const file = join(folder, 'numbers.csv');
  await writeFile(file, ['so_nha;duong;x;y', ...rows, ''].join('\n'));
  const report = await json('number', 'import', dir, file);
  assert.deepEqual([report.stored, report.errors, report.findings], [rows.length, 0, []]);
}

goldenStreets.forEach((golden, index) => {
  test(`golden street: ${golden.name}`, async () => {
    const mine = lots.filter(one => one.index === index), sets = (golden.set ?? []).flatMap(one => ['--set', one]);
    for (const name of new Set(mine.map(one => one.street))) {
      const draft = await json('number', 'scheme', 'make', dir, '--street', String(streetIds.get(`${index} ${name}`)), '--check', ...sets);
      const got = Object.fromEntries(draft.items.map(item => [item.parcel_id, item.number?.plate ?? null]));
      const wanted = Object.fromEntries(mine.filter(one => one.street === name).map(one => [one.id, one.plate]));
      assert.deepEqual(got, wanted, `${golden.name}: ${name}`);
    }
    for (const [plate, codes] of Object.entries(golden.reasons)) {
      const one = mine.find(lot => lot.plate === plate);
      const proposal = await json('number', 'propose', dir, '--parcel', String(one.id));
      assert.equal(proposal.number?.plate, plate, JSON.stringify(proposal.steps));
      const told = proposal.steps.map(step => step.code);
      for (const code of codes) assert.ok(told.includes(code), `${golden.name} ${plate}: ${code} of ${told}`);
      for (const step of proposal.steps) assert.ok(step.text.length > 10 && (!step.rule || step.rule.id), JSON.stringify(step));
    }
  });
});
