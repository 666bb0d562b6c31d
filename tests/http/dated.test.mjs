// Every dated read over HTTP is what a replay of the feed says, for each time in law and in the
// register, over some midnights of a clock that the test sets (libfaketime, on a plain build: a
// sanitizer and it do not get along). DOTHI_SEED=... runs another city.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {must, program, temporaryFolder} from './city.mjs';
import {person} from './people.mjs';

const seed = Number(process.env.DOTHI_SEED ?? 20261120);
const days = Array.from({length: 9}, (_, i) => `2026-11-${16 + i}`); // the first day of the city is days[2]
const items = '/ogc/collections/parcel/items', faketime = `/usr/lib/${{x64: 'x86_64', arm64: 'aarch64'}[process.arch]}-linux-gnu/faketime/libfaketimeMT.so.1`;
let folder, dir, url, child, officer, state = seed;

/** Numbers in [0, 1) that repeat with the seed. */
function random() {
  state = (state + 0x6D2B79F5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const pick = list => list[Math.floor(random() * list.length)];

/** Sets the clock of the server to a time in Vietnam, from where it goes on. */
const setClock = (day, time) => writeFile(join(folder, 'clock'), `@${new Date(`${day}T${time}+07:00`).toISOString().slice(0, 19).replace('T', ' ')}\n`);
const get = (path, init = {}) => fetch(url + path, {...init, headers: {...officer, ...init.headers}});
const json = async path => (await get(path)).json();

before(async () => {
  folder = await temporaryFolder();
  dir = join(folder, 'city');
  await must('init', dir, '--crs', '9210', '--name', 'Phường thử');
  officer = await person(dir, 'an', 'officer');
  await setClock(days[2], '09:00:00');
  child = spawn(process.env.DOTHI_PLAIN ?? program, ['serve', dir, '--listen', '127.0.0.1:0', '--json', '--quiet'], {stdio: ['ignore', 'pipe', 'inherit'],
    env: {...process.env, TZ: 'UTC', LD_PRELOAD: faketime, FAKETIME_TIMESTAMP_FILE: join(folder, 'clock'), FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1'}});
  const said = await new Promise((resolve, reject) => (child.stdout.once('data', resolve), child.once('exit', () => reject(new Error('the server ended')))));
  ({url} = JSON.parse(said));
});
after(async () => {
  child.kill('SIGTERM');
  await new Promise(resolve => child.once('exit', resolve));
  await rm(folder, {recursive: true});
});

const places = Array.from({length: 8}, (_, i) => [106.65 + 0.004 * i, 10.98]);
const square = ([x, y], size) => ({type: 'Polygon', coordinates: [[[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]]});
let said = 0;

/** One edit of some record: made, changed from a day on, corrected, ended; late bases are refused and no matter. */
async function edit(ids) {
  const token = `KANARI${++said}`, from = pick(days), to = random() < 0.3 ? pick(days) : undefined;
  const properties = {land_use: token, ...(random() < 0.8 && {valid_from: from}), ...(to && {valid_to: to})};
  const send = (method, path, body, headers = {}) => get(path, {method, ...(body && {body: JSON.stringify(body)}), headers: {'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/geo+json', ...headers}});
  if (!ids.length || (ids.length < places.length && random() < 0.25)) {
    const made = await send('POST', items, {type: 'Feature', geometry: square(places[ids.length], 0.001), properties});
    if (made.status === 201) ids.push(Number(made.headers.get('location').split('/').pop()));
    return made.status;
  }
  const id = pick(ids), {versions} = await json(`${items}/${id}/versions`);
  const base = {'if-match': `"v${Math.max(...versions.map(one => one.version))}"`};
  // What never was, after all, is not there to be ended or changed; a version of it can be brought back.
  if (!replay(await readFeed()).some(fact => fact.id === id)) return (await send('POST', `${items}/${id}/versions/1`, undefined, base)).status;
  if (random() < 0.15) return (await send('DELETE', `${items}/${id}?valid_to=${from}`, undefined, base)).status;
  if (random() < 0.15) return (await send('POST', `${items}/${id}/versions/${pick(versions).version}`, undefined, base)).status;
  return (await send('PATCH', `${items}/${id}`, {properties, ...(random() < 0.3 && {geometry: square(places[ids.indexOf(id)], 0.0005 + 0.001 * random())})}, base)).status;
}

/** The whole feed. */
async function readFeed() {
  const rows = [];
  for (let since = '0', more = true; more;) {
    const page = await json(`/api/changes?since=${since}&limit=500`);
    rows.push(...page.changes);
    ({next: since, more} = page);
  }
  return rows;
}

/** What the feed says to hold, of what was recorded until an instant (RFC 3339; all without). */
function replay(rows, until) {
  const facts = [];
  for (const row of rows) {
    if (until && row.recorded_at > until) break;
    if (row.action === 'start' || row.action === 'stop') continue;
    for (const fact of facts)
      if (fact.id === row.id && fact.link !== row.link && (fact.version === row.replaces || !row.valid_to || !fact.valid_from || fact.valid_from < row.valid_to) && (!fact.valid_to || !row.valid_from || row.valid_from < fact.valid_to))
        fact.holds = false;
    facts.push({...row, holds: row.action !== 'end' && row.action !== 'delete'});
  }
  return facts.filter(fact => fact.holds);
}
const onDay = (facts, day) => new Map(facts.filter(fact => (!fact.valid_from || fact.valid_from <= day) && (!fact.valid_to || day < fact.valid_to)).map(fact => [fact.id, fact.version]));

const tileAt = ([lon, lat], z = 17) => {
  const rad = lat * Math.PI / 180;
  return `/tiles/parcel/${z}/${Math.floor((lon + 180) / 360 * 2 ** z)}/${Math.floor((1 - Math.log(Math.tan(rad) + 1 / Math.cos(rad)) / Math.PI) / 2 * 2 ** z)}.mvt`;
};

let checked = 0;
/** Compares all ways of reading with what should be seen: version by id. */
async function compare(should, query, ids, tokens, about) {
  const ask = (path, more = '') => json(`${path}${[more, query].filter(Boolean).length ? '?' : ''}${[more, query].filter(Boolean).join('&')}`);
  const page = await ask(items, 'limit=100');
  assert.deepEqual(new Map(page.features.map(one => [one.id, one.properties.version])), new Map([...should].sort((a, b) => a[0] - b[0])), `items ${about}`);
  assert.equal(page.numberMatched ?? page.features.length, should.size, `items ${about}`);
  const boxed = await ask(items, 'limit=100&bbox=106.6,10.9,106.8,11');
  assert.deepEqual(boxed.features, page.features, `items in a box ${about}`);
  for (const [i, id] of ids.entries()) {
    const one = await get(`${items}/${id}${query && '?'}${query}`), version = should.get(id);
    assert.equal(one.status, version ? 200 : 404, `item ${id} ${about}`);
    if (version) assert.deepEqual((await one.json()).properties, page.features.find(feature => feature.id === id).properties, `item ${id} ${about}`);
    const [x, y] = places[i];
    const at = await ask('/api/at', `lon=${x + 0.0001}&lat=${y + 0.0001}`);
    assert.deepEqual(at.features.map(feature => [feature.id, feature.properties.version]), version ? [[id, version]] : [], `at ${id} ${about}`);
    const tile = Buffer.from(await (await get(`${tileAt([x + 0.0001, y + 0.0001])}${query && '?'}${query}`, {headers: {'accept-encoding': 'identity'}})).arrayBuffer()).toString('latin1');
    const token = version ? tokens.get(`${id} ${version}`) : undefined;
    assert.deepEqual(tile.match(/KANARI\d+/g) ?? [], token ? [token] : [], `tile ${id} ${about}`);
    checked++;
  }
}

/** Succeeds as soon as the check does, which a slow machine may make wait. */
async function soon(check) {
  for (const end = Date.now() + 60000; ;) {
    await new Promise(resolve => setTimeout(resolve, 3500));
    try {
      return await check();
    } catch (fault) {
      if (Date.now() > end) throw fault;
    }
  }
}

test('dated reads equal a replay of the feed, over midnights', async () => {
  console.log(`seed ${seed}`);
  const ids = [];
  for (let day = 2; day < 6; day++) {
    for (let i = 0; i < 16; i++) {
      const status = await edit(ids).catch(fault => assert.fail(`seed ${seed}: ${fault.stack}`));
      assert.ok([200, 201, 204, 409, 422].includes(status), `status ${status}`);
    }
    // A moment before midnight all is as it was; then the server turns what begins and ends.
    await setClock(days[day], '23:58:00');
    await compare(onDay(replay(await readFeed()), days[day]), '', ids, await readTokens(ids), `before the midnight of ${days[day]}`);
    await setClock(days[day], '23:59:58');
    await soon(async () => compare(onDay(replay(await readFeed()), days[day + 1]), '', ids, await readTokens(ids), `after the midnight of ${days[day]}`));
    await setClock(days[day + 1], '09:00:00');
  }
  const rows = await readFeed(), tokens = await readTokens(ids), moments = [...new Set(rows.map(row => row.recorded_at))];
  assert.ok(rows.some(row => ['start', 'stop'].includes(row.action)), 'something began or ended at a midnight');
  for (const day of days) await compare(onDay(replay(rows), day), `datetime=${day}`, ids, tokens, `on ${day}`);
  for (let i = 0; i < 60; i++) {
    const day = pick(days), moment = pick(moments);
    await compare(onDay(replay(rows, moment), day), `datetime=${day}&recorded=${encodeURIComponent(moment)}`, ids, tokens, `on ${day} as recorded ${moment}`);
  }
  console.log(`${rows.length} rows of the feed, ${ids.length} records, ${checked} places looked at in four ways`);
});

/** What each version is called. */
async function readTokens(ids) {
  const tokens = new Map();
  for (const id of ids)
    for (const {version} of (await json(`${items}/${id}/versions`)).versions)
      tokens.set(`${id} ${version}`, (await json(`${items}/${id}/versions/${version}`)).properties.land_use);
  return tokens;
}
