// The numbers of the sample city: each once, rising along each side, odd on one and even on the other; numbering again changes
// nothing, and a house that is built between others changes no neighbour. The seed is printed; DOTHI_SEED=… runs another one.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {demo, dothi, must} from './city.mjs';

const seed = Number(process.env.DOTHI_SEED ?? 20261123);
let state = seed;
const random = below => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state % below;
};
let folder, dir, city;

before(async () => {
  console.log(`seed ${seed}`);
  city = await demo(4000);
  folder = city.folder;
  dir = join(folder, 'city');
});
after(async () => {
  await city.stop();
  if (process.env.KEEP) console.log(folder);
  else await rm(folder, {recursive: true});
});

const survey = async () => (await must('number', 'survey', dir, '--json')).trim().split('\n').map(line => JSON.parse(line));
/** "25A" and "25-29" as what they sort by. */
const parts = text => {
  const [, number, letters, to] = /^(\d+)([A-Za-z ]*)(?:-(\d+))?$/.exec(text);
  return {number: Number(number), letters, last: Number(to ?? number)};
};
const all = streets => streets.flatMap(street => street.houses.filter(house => house.has).map(house => ({...house, street: street.street_id})));

test('each number is given once, rises along its side, and is odd on the left', async () => {
  const streets = await survey();
  let count = 0;
  for (const street of streets) {
    const seen = new Set(), last = {left: null, right: null};
    for (const house of street.houses) {
      if (!house.has) continue;
      const {number, letters, last: to} = parts(house.has), before = last[house.side];
      assert.ok(!seen.has(`${number}${letters}`), `${street.name}: ${house.has} twice`);
      seen.add(`${number}${letters}`);
      for (let one = number + 2; one <= to; one += 2) assert.ok(!seen.has(`${one}`) && seen.add(`${one}`), `${street.name}: ${one} in ${house.has}`);
      if (house.doubt === 'at_end') continue;
      assert.equal(number % 2 === 1, house.side === 'left', `${street.name}: ${house.has} is on the ${house.side}`);
      if (before) assert.ok(number > before.last || (number === before.number && letters > before.letters), `${street.name}: ${house.has} behind ${before.last}`);
      last[house.side] = {number, letters, last: to};
      count++;
    }
  }
  assert.ok(count > 2000, `${count} houses`);
});

test('numbering again keeps every number', async () => {
  for (const house of all(await survey())) assert.deepEqual([house.act, house.number], ['keep', house.has]);
});

/** Cuts a lot in two side by side, beside its entrance, as a surveyor would: from beyond its front to beyond its back. */
async function cut(parcel, entrance) {
  const record = await city.json(`/ogc/collections/parcel/items/${parcel}`), [outer] = record.geometry.coordinates[0];
  const middle = outer.slice(1).reduce(([x, y], at) => [x + at[0] / (outer.length - 1), y + at[1] / (outer.length - 1)], [0, 0]);
  const way = [middle[0] - entrance[0], middle[1] - entrance[1]], aside = [-way[1] * 0.12, way[0] * 0.12];
  const at = share => [entrance[0] + way[0] * share + aside[0], entrance[1] + way[1] * share + aside[1]];
  const file = join(folder, 'cut.json');
  await writeFile(file, JSON.stringify({parcels: [{id: parcel, version: record.properties.version}], line: {type: 'LineString', coordinates: [at(-2), at(5)]}}));
  const done = await dothi('parcel', 'split', dir, file, '--json');
  return done.code ? [] : JSON.parse(done.stdout).parcels.map(one => one.id);
}

test('a house that is built between others changes no neighbour', async () => {
  const streets = (await survey()).filter(street => street.scheme_id && street.houses.length > 6);
  const houses = streets.flatMap(street => street.houses.filter(house => house.has && !house.doubt && house.parcel_id && !house.has.includes('-')));
  let issued = 0;
  for (let turn = 0; turn < 40 && issued < 8; turn++) {
    const [house] = houses.splice(random(houses.length), 1);
    const {geometry} = await city.json(`/ogc/collections/address/items/${house.address_id}`);
    const lots = await cut(house.parcel_id, geometry.coordinates);
    if (lots.length !== 2) continue;
    const before = new Map(all(await survey()).map(one => [one.address_id, `${one.street} ${one.has}`]));
    for (const lot of lots) {
      const done = await dothi('number', 'issue', dir, '--parcel', String(lot), '--json', '--lang', 'en');
      if (!done.code) {
        issued++;
        const made = JSON.parse(done.stdout);
        assert.ok(!before.has(made.id), made.label);
      } else {
        assert.match(done.stderr, /NUM-(CHOOSE|DOOR|PARCEL|SCHEME)-\d/, done.stderr);
      }
    }
    const after = new Map(all(await survey()).map(one => [one.address_id, `${one.street} ${one.has}`]));
    for (const [id, text] of before) assert.equal(after.get(id), text);
  }
  assert.ok(issued >= 4, `${issued} numbers were issued`);
  const {code, stdout} = await dothi('audit', 'verify', dir, '--json');
  assert.equal(code, 0, stdout);
});
