// Two servers over one database, 16 writers: servers are killed, backends ended, the cluster is
// stopped hard and started again. Nothing that was answered is lost; the feed has no gap and is in
// the order of commits at every moment that somebody reads it.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {dothi, freshStore, must, serve, temporaryFolder} from '../http/city.mjs';
import {person, versionsOf} from '../http/people.mjs';
import {killBackend, sql, start, stopHard} from './cluster.mjs';
import {followNumbers} from './feed_reader.mjs';

const rounds = Number(process.env.DOTHI_KILLS ?? 60), seed = Number(process.env.DOTHI_SEED ?? 78);
const writers = 16, records = 200;
const items = '/ogc/collections/school/items';
let folder, dirs, store, who, state = seed, sent = 0;

/** Numbers in [0, 1) that repeat with the seed. */
function random() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

before(async () => {
  folder = await temporaryFolder();
  store = await freshStore();
  dirs = [join(folder, 'one'), join(folder, 'two')];
  await must('init', dirs[0], '--crs', '9210', '--name', 'Tỉnh thử', '--store', store);
  await must('init', dirs[1], '--store', store);
  who = await person(dirs[0], 'an', 'officer');
});
after(() => rm(folder, {recursive: true}));

/** One writer, at one server after the other: changes records, notes what was answered. */
async function write(servers, stop, acknowledged, name) {
  const known = {};
  for (let i = 0; !stop.now; i++) {
    const id = 1 + Math.floor(random() * records), value = `${name}-${i}-${id}`;
    const server = servers[Math.floor(random() * servers.length)];
    sent++;
    let answer;
    try {
      answer = await server.get(`${items}/${id}`, {method: 'PATCH', body: JSON.stringify({properties: {name: value}}),
        headers: {...who, 'content-type': 'application/merge-patch+json', 'if-match': `"v${known[id] || 1}"`, 'dothi-reason': name}});
      await answer.arrayBuffer();
    } catch {
      await pause(10);
      continue;
    }
    if (answer.status === 204) {
      known[id] = Number(/v(\d+)/.exec(answer.headers.get('etag'))[1]);
      acknowledged.push({id, version: known[id], value});
      continue;
    }
    assert.ok([409, 503].includes(answer.status), `${answer.status}`);
    if (answer.status === 503) await pause(20);
    const now = await server.get(`${items}/${id}`, {headers: who}).then(one => one.json()).catch(() => null);
    known[id] = Math.max(known[id] ?? 1, now?.properties?.version ?? 1);
  }
}

/** Something bad happens; resolves when the servers stand again. */
async function strike(servers) {
  const dice = random();
  if (dice < 0.4) {
    const victim = Math.floor(random() * 2);
    process.kill(servers[victim].pid, 'SIGKILL');
    await servers[victim].ended;
    servers[victim] = await serve(dirs[victim], '--quiet');
    return 'server';
  }
  if (dice < 0.9) {
    await killBackend(random());
    return 'backend';
  }
  stopHard();
  await pause(random() * 500);
  start();
  return 'cluster';
}

test(`what was answered survives ${rounds} strikes`, async () => {
  console.log(`seed ${seed}`);
  const acknowledged = [], struck = {server: 0, backend: 0, cluster: 0}, stop = {now: false};
  const servers = [await serve(dirs[0], '--quiet'), await serve(dirs[1], '--quiet')];
  for (let i = 0; i < records; i++) {
    const made = await servers[i % 2].get(items, {method: 'POST', headers: {...who, 'content-type': 'application/geo+json'},
      body: JSON.stringify({type: 'Feature', properties: {name: 'first'}, geometry: {type: 'Point', coordinates: [106.65 + i / 10000, 10.98]}})});
    assert.equal(made.status, 201);
  }
  const readers = [0, 1].map(which => followNumbers(async since => {
    const answer = await servers[which].get(`/api/changes?since=${since}&limit=1000`, {headers: who});
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()).changes.map(one => one.seq);
  }));
  const work = Promise.all(Array.from({length: writers}, (_, i) => write(servers, stop, acknowledged, `w${i}`)));
  for (let round = 0; round < rounds; round++) {
    await pause(50 + random() * 300);
    struck[await strike(servers)]++;
  }
  await pause(500);
  stop.now = true;
  await work;

  const [{last_seq: head}] = (await sql(`SELECT max(seq) FROM change`, store)).map(([seq]) => ({last_seq: Number(seq)}));
  for (const reader of readers) {
    assert.equal(await reader.stop(), head);
    assert.deepEqual(reader.faults, []);
  }
  const stored = new Map();
  for (let id = 1; id <= records; id++) {
    const versions = await versionsOf(servers[id % 2], `${items}/${id}`, who);
    versions.forEach((one, i) => assert.equal(one.version, i + 1, `record ${id} skips a version`));
    stored.set(id, versions.map(one => one.feature.properties.name));
  }
  for (const {id, version, value} of acknowledged) assert.equal(stored.get(id)[version - 1], value, `record ${id} version ${version}`);
  assert.ok(acknowledged.length > 10 * rounds);
  assert.deepEqual(JSON.parse(await must('audit', 'verify', dirs[1], '--json')).findings, []);
  console.log(`${sent} writes sent, ${acknowledged.length} acknowledged, feed ${head}; struck: ${JSON.stringify(struck)}`);
  for (const server of servers) assert.equal((await server.stop()).code, 0);
  assert.equal((await dothi('audit', 'verify', dirs[0])).code, 0);
});

// What the feed would be with the numbers of a sequence, which are given before COMMIT and never
// taken back: the same reader finds numbers that come late, and numbers that never come.
test('a bare sequence fails the same reader', async () => {
  await sql('CREATE TABLE bare (seq bigserial PRIMARY KEY, who int)', store);
  const reader = followNumbers(async since => (await sql(`SELECT seq FROM bare WHERE seq > ${since} ORDER BY seq`, store)).map(([seq]) => Number(seq)), {pauseMs: 0});
  const writer = async who => {
    for (let i = 0; i < 30; i++)
      await sql(`BEGIN; INSERT INTO bare (who) VALUES (${who}); SELECT pg_sleep(${random() * 0.03}); ${random() < 0.2 ? 'ROLLBACK' : 'COMMIT'}`, store);
  };
  await Promise.all([1, 2, 3, 4].map(writer));
  await reader.stop();
  assert.ok(reader.faults.length > 0);
  console.log(`a bare sequence: ${reader.faults.length} faults, the first: ${reader.faults[0]}`);
});
