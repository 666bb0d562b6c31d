// The server is killed at random moments while many write: nothing that was answered is lost, no
// version is skipped, the feed is whole. 100 kills; DOTHI_KILLS=2000 (script/test --long) for more.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {dothi, must, serve, temporaryFolder} from './city.mjs';
import {person, versionsOf} from './people.mjs';

const kills = Number(process.env.DOTHI_KILLS ?? 100), seed = Number(process.env.DOTHI_SEED ?? 77);
const writers = 16, records = 50, edits = 1000 * writers;
const items = '/ogc/collections/school/items';
let folder, dir, who, state = seed, sent = 0;

/** Numbers in [0, 1) that repeat with the seed. */
function random() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

before(async () => {
  folder = await temporaryFolder();
  dir = join(folder, 'city');
  await must('init', dir, '--crs', '9210', '--name', 'Phường thử');
  who = await person(dir, 'an', 'officer');
});
after(() => rm(folder, {recursive: true}));

/** One writer: changes random records until the server is gone; notes what was answered. */
async function write(city, known, acknowledged, budget, name) {
  for (let i = 0; budget.left > 0; i++) {
    const id = 1 + Math.floor(random() * records), base = known[id] || 1;
    const value = `${name}-${i}-${id}`;
    budget.left--;
    sent++;
    let answer;
    try {
      answer = await city.get(`${items}/${id}`, {method: 'PATCH', body: JSON.stringify({properties: {name: value}}),
        headers: {...who, 'content-type': 'application/merge-patch+json', 'if-match': `"v${base}"`, 'dothi-reason': name}});
      await answer.arrayBuffer();
    } catch {
      return;
    }
    if (answer.status === 204) {
      const version = Number(/v(\d+)/.exec(answer.headers.get('etag'))[1]);
      acknowledged.push({id, version, value});
      known[id] = Math.max(known[id], version);
    } else {
      // Somebody was quicker: the proposal is kept, and the writer reads again.
      assert.ok([409, 503].includes(answer.status), `${answer.status}`);
      const now = await city.get(`${items}/${id}`, {headers: who}).then(one => one.json()).catch(() => null);
      if (!now) return;
      known[id] = Math.max(known[id], now.properties.version);
    }
  }
}

test(`what was answered survives ${kills} kills`, async () => {
  console.log(`seed ${seed}`);
  const acknowledged = [], restarts = [];
  let city = await serve(dir, '--quiet');
  for (let i = 0; i < records; i++) {
    const made = await city.get(items, {method: 'POST', headers: {...who, 'content-type': 'application/geo+json'},
      body: JSON.stringify({type: 'Feature', properties: {name: 'first'}, geometry: {type: 'Point', coordinates: [106.65 + i / 10000, 10.98]}})});
    assert.equal(made.status, 201);
  }
  for (let kill = 0; kill < kills; kill++) {
    const known = Object.fromEntries((await city.json(`${items}?limit=1000`, {headers: who})).features.map(one => [one.id, one.properties.version]));
    const work = Promise.all(Array.from({length: writers}, (_, i) => write(city, known, acknowledged, {left: Infinity}, `${kill}-${i}`)));
    await new Promise(resolve => setTimeout(resolve, 50 + random() * 400));
    process.kill(city.pid, 'SIGKILL');
    await work;
    await city.ended;
    const begun = performance.now();
    city = await serve(dir, '--quiet');
    restarts.push(performance.now() - begun);
  }
  const budget = {left: edits - sent};
  await Promise.all(Array.from({length: writers}, (_, i) => write(city, Object.fromEntries(Array.from({length: records}, (_, j) => [j + 1, 0])), acknowledged, budget, `last-${i}`)));
  const stored = new Map();
  for (let id = 1; id <= records; id++) {
    const versions = await versionsOf(city, `${items}/${id}`, who);
    versions.forEach((one, i) => assert.equal(one.version, i + 1, `record ${id} skips a version`));
    stored.set(id, versions.map(one => one.feature.properties.name));
  }
  for (const {id, version, value} of acknowledged) assert.equal(stored.get(id)[version - 1], value, `record ${id} version ${version}`);
  assert.ok(acknowledged.length > kills);
  const audit = JSON.parse(await must('audit', 'verify', dir, '--json'));
  assert.deepEqual(audit.findings, []);
  restarts.sort((a, b) => a - b);
  assert.ok(sent >= edits);
  console.log(`${sent} writes sent, ${acknowledged.length} acknowledged, ${[...stored.values()].reduce((sum, all) => sum + all.length, 0)} versions; ` +
    `restart ${restarts[Math.floor(restarts.length / 2)].toFixed(0)} ms in the middle, ${restarts.at(-1).toFixed(0)} ms at most`);
  await city.stop();
  assert.equal((await dothi('audit', 'verify', dir)).code, 0);
});
