// Two hundred searches by the label of today and by labels of before find the right house first: in the sample city, with streets
// that were renamed and houses that were renumbered since. The seed is printed; DOTHI_SEED=… runs another one.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {demo, dothi, must} from './city.mjs';
import {person} from './people.mjs';

const seed = Number(process.env.DOTHI_SEED ?? 20261123), items = '/ogc/collections/address/items';
let state = seed, city, dir, officer;
const random = below => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state % below;
};

before(async () => {
  console.log(`seed ${seed}`);
  city = await demo(4000);
  dir = join(city.folder, 'city');
  officer = await person(dir, 'an', 'officer');
});
after(async () => {
  await city.stop();
  await rm(city.folder, {recursive: true});
});

async function houses() {
  const all = [];
  for (let path = `${items}?limit=2000`; path;) {
    const page = await city.json(path);
    all.push(...page.features);
    const next = page.links.find(one => one.rel === 'next');
    path = next && new URL(next.href).pathname + new URL(next.href).search;
  }
  return all;
}
const pick = (list, count) => Array.from({length: Math.min(count, list.length)}, () => list.splice(random(list.length), 1)[0]);
const plain = text => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/đ/g, 'd').replace(/Đ/g, 'D').toLowerCase();

async function first(text) {
  const {groups} = await city.json(`/api/search?q=${encodeURIComponent(text)}`, {headers: officer});
  const [hit] = groups.flatMap(({results}) => results).filter(({layer}) => layer === 'address');
  return hit;
}

test('by the label of today, with and without tones, and behind "số"', async () => {
  const picked = pick((await houses()).filter(one => one.properties.status === 'current'), 100);
  assert.equal(picked.length, 100);
  for (const [turn, {id, properties}] of picked.entries()) {
    const text = [properties.label, plain(properties.label), `số ${properties.label}`][turn % 3];
    const hit = await first(text);
    assert.equal(hit?.id, id, `${text}: ${JSON.stringify(hit)}`);
  }
});

test('by the label of before: of renumbered houses, and of streets that were renamed', async () => {
  const all = (await houses()).filter(one => one.properties.status === 'current'), old = [];
  const byStreet = Map.groupBy ? Map.groupBy(all, one => one.properties.street_id) : all.reduce((map, one) => map.set(one.properties.street_id, [...(map.get(one.properties.street_id) ?? []), one]), new Map());
  const streets = pick([...byStreet].filter(([, list]) => list.length > 5 && !list[0].properties.path), 6);
  for (const [turn, [street]] of streets.entries()) {
    const path = `/ogc/collections/street/items/${street}`, record = await city.json(path, {headers: officer});
    const answer = await city.get(path, {method: 'PATCH', headers: {...officer, 'content-type': 'application/merge-patch+json', 'if-match': '*'},
      body: JSON.stringify({properties: {name: `Đường Đổi Tên ${turn + 1}`, version: record.properties.version}})});
    assert.ok(answer.ok, await answer.text());
    const done = JSON.parse(await must('number', 'relabel', dir, '--street', String(street), '--reason', `NQ ${turn}`, '--json'));
    assert.ok(done.changed >= byStreet.get(street).length);
    old.push(...byStreet.get(street).map(one => [one.id, one.properties.label]));
  }
  const renamed = new Set(streets.map(([street]) => street));
  for (const one of pick(all.filter(({properties}) => !renamed.has(properties.street_id)), 30)) {
    const {free} = await city.json(`/api/numbering/propose?parcel=${one.properties.parcel_id}`, {headers: officer});
    const done = await dothi('number', 'renumber', dir, '--address', String(one.id), '--number', free[0], '--side-reason', 'đơn', '--reason', 'đơn');
    if (!done.code) old.push([one.id, one.properties.label]);
  }
  const asked = pick(old, 100);
  assert.equal(asked.length, 100, `${old.length} old labels`);
  for (const [turn, [id, label]] of asked.entries()) {
    const hit = await first(turn % 2 ? plain(label) : label);
    assert.equal(hit?.id, id, `${label}: ${JSON.stringify(hit)}`);
  }
  const one = await city.json(`${items}/${asked[0][0]}`);
  assert.ok(one.properties.old_labels.includes(asked[0][1]));
});
