// Run by hosts.sh: two servers over one register and a database that another one follows. One server
// is killed, a link is cut, also in the middle of a transaction, and the database is taken away for
// good: nothing that was acknowledged is lost, and no event comes twice or not at all.
import assert from 'node:assert/strict';
import {execFile, spawn} from 'node:child_process';
import {writeFile} from 'node:fs/promises';
import {after, before, test} from 'node:test';
import {promisify} from 'node:util';
import {parcels} from '../http/city.mjs';
import {Clients, Journal} from './hosts_clients.mjs';

const {HOSTS_SH: script, HOSTS_FOLDER: folder, HOSTS_STORE: store} = process.env;
const seed = Number(process.env.DOTHI_SEED ?? 77);
const stillTile = '/tiles/parcel/16/52183/30756.mvt';
const items = '/ogc/collections/school/items', city = 'http://10.213.1.8';
const addresses = {app1: '10.213.1.1', app2: '10.213.1.2'}, behind = {app1: '10.213.2.1', app2: '10.213.2.2'};
const journal = new Journal(), servers = {}, fed = [], heard = [];
let clients, state = seed;

function random() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
const act = async (...words) => (await promisify(execFile)(script, words, {maxBuffer: 1 << 26})).stdout;
const dothi = (...words) => act('dothi', ...words);

/** Starts the server of a host; resolves when its map is ready. */
async function serve(host) {
  const child = spawn(script, ['serve', host, addresses[host]], {stdio: ['ignore', 'pipe', 'pipe']});
  const server = {child, talk: ''};
  server.ended = new Promise(resolve => child.on('exit', resolve));
  child.stderr.on('data', piece => (server.talk += piece));
  await new Promise((resolve, reject) => {
    child.on('exit', code => reject(new Error(`${host} ended with ${code}: ${server.talk}`)));
    child.stdout.on('data', resolve);
  });
  servers[host] = server;
}

async function untilReady() {
  for (let i = 0; i < 200; i++) {
    if (await fetch(`${city}/readyz`).then(answer => answer.ok, () => false)) return;
    await sleep(100);
  }
  throw new Error('the balancer shows no server');
}

before(async () => {
  console.log(`seed ${seed}`);
  await dothi('app1', 'init', `${folder}/app1`, '--crs', '9210', '--name', 'Phường thử', '--store', store);
  await writeFile(`${folder}/parcels.geojson`, JSON.stringify(parcels()));
  await dothi('app1', 'import', `${folder}/app1`, `${folder}/parcels.geojson`, '--layer', 'parcel');
  await dothi('app2', 'init', `${folder}/app2`, '--store', store);
  await dothi('app1', 'user', 'add', `${folder}/app1`, 'an', '--role', 'officer', '--json');
  const {token} = JSON.parse(await dothi('app2', 'user', 'token', 'add', `${folder}/app2`, 'an', '--name', 'test', '--json'));
  await Promise.all([serve('app1'), serve('app2')]);
  await untilReady();
  clients = new Clients(city, {authorization: `Bearer ${token}`}, journal, random);
  for (let i = 0; i < 40; i++) await clients.create(items, 'writer', 'before', `first-${i}`);
});
after(async () => {
  for (const {child, ended} of Object.values(servers)) {
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    await ended;
  }
  await writeFile(`${folder}/servers.log`, Object.entries(servers).map(([host, {talk}]) => `--- ${host}\n${talk}`).join(''));
});

/** Stops a server in the middle of a transaction: its database holds the lock for it. */
async function freezeInTransaction(host) {
  const {child} = servers[host], holds = async () => Number(await act('holds', behind[host])) > 0;
  for (let i = 0; i < 300; i++) {
    child.kill('SIGSTOP');
    // What was on its way has arrived.
    if (await holds() && (await sleep(200), await holds())) return;
    child.kill('SIGCONT');
    await sleep(random() * 50);
  }
  throw new Error(`${host} was never seen to hold the lock`);
}

/** For how long the database still holds the lock for a host. */
async function untilReleased(host) {
  const from = performance.now();
  while (Number(await act('holds', behind[host])) > 0) await sleep(100);
  return performance.now() - from;
}

test('one server, the link, the database: all of them go, one after the other', async () => {
  for (let i = 0; i < 8; i++) clients.writer(items, `writer-${i}`, 60);
  clients.reader('items', `${items}?limit=50`, 100);
  // The map of a visitor: where nobody edits, also straight from one server, and where everybody does.
  clients.visitor('still tile', stillTile, 100);
  clients.visitor('tile of app2', `http://${addresses.app2}:8080${stillTile}`, 100);
  clients.visitor('edited tile', '/tiles/school/15/26091/15377.mvt', 100);
  clients.feedReader(fed, 100);
  clients.listener(heard);

  journal.phase('quiet');
  await sleep(5000);
  journal.phase('app1 killed');
  servers.app1.child.kill('SIGKILL');
  await servers.app1.ended;
  await sleep(10000);
  journal.phase('app1 is back');
  await serve('app1');
  await sleep(5000);
  journal.phase('link of app2 cut');
  await act('link', 'app2', 'down');
  await sleep(30000);
  journal.phase('link is back');
  await act('link', 'app2', 'up');
  await sleep(10000);
  await freezeInTransaction('app2');
  journal.phase('cut with lock held');
  await act('link', 'app2', 'down');
  servers.app2.child.kill('SIGCONT');
  const heldMs = await untilReleased('app2');
  console.log(`the database held the lock of a server that was cut off for ${(heldMs / 1000).toFixed(1)} s`);
  await sleep(5000);
  journal.phase('link is back again');
  await act('link', 'app2', 'up');
  await sleep(10000);
  journal.phase('primary stopped');
  await act('stop-primary');
  await sleep(3000);
  journal.phase('replica promoted');
  await act('promote');
  await sleep(15000);
  await clients.stop();
  journal.end();
  console.log(journal.table());
  console.log(`${clients.acknowledged.length} writes and ${clients.proposals.length} proposals acknowledged, ${clients.replays ?? 0} of them the second time`);
  // Tiles go on without the database.
  for (const phase of ['link of app2 cut', 'cut with lock held', 'primary stopped'])
    assert.deepEqual(journal.during(phase, 'still tile', 'tile of app2').filter(one => one.status === '503'), [], phase);
  // Others wait as long: it is seven seconds by the settings of the connection, and without them a minute.
  assert.ok(heldMs < 20000, `${heldMs} ms`);
  assert.deepEqual(clients.surprises, []);
});

const get = async path => (await fetch(city + path, {headers: clients.who})).json();

async function versionsOf(id) {
  const all = [];
  for (let path = `${items}/${id}/versions?limit=1000`; path;) {
    const page = await get(path), next = page.links.find(one => one.rel === 'next');
    all.push(...page.versions);
    path = next && new URL(next.href).pathname + new URL(next.href).search;
  }
  return all;
}

test('nothing acknowledged is lost, and nothing is done twice', async () => {
  const stored = new Map(), values = [];
  for (const id of clients.known.keys()) {
    const versions = await versionsOf(id);
    versions.forEach((one, i) => assert.equal(one.version, i + 1, `record ${id} skips a version`));
    stored.set(id, versions.map(one => one.feature.properties.name));
    values.push(...stored.get(id));
  }
  assert.ok(clients.acknowledged.length > 500, `${clients.acknowledged.length}`);
  for (const {id, version, value} of clients.acknowledged) assert.equal(stored.get(id)[version - 1], value, `record ${id} version ${version}`);
  assert.equal(new Set(values).size, values.length);
  // Every wish was answered in the end: there is nothing else.
  assert.equal(values.length, clients.acknowledged.length);
  for (const {path, value} of clients.proposals) assert.ok(JSON.stringify(await get(path)).includes(`"${value}"`), path);
});

test('every event came once and in order', async () => {
  const feed = [];
  for (let more = true; more;) {
    const page = await get(`/api/changes?limit=1000&since=${feed.at(-1) ?? 0}`);
    feed.push(...page.changes.map(one => one.seq));
    more = page.more;
  }
  feed.forEach((seq, i) => assert.equal(seq, i + 1));
  for (const [name, seen] of Object.entries({heard, fed})) {
    seen.forEach((seq, i) => assert.equal(seq, i + 1, name));
    console.log(`${name}: ${seen.length} of ${feed.length}`);
  }
  assert.ok(feed.length - heard.length < 50 && feed.length - fed.length < 50);
});

test('the register verifies from both servers', async () => {
  for (const host of ['app1', 'app2']) {
    const audit = JSON.parse(await dothi(host, 'audit', 'verify', `${folder}/${host}`, '--json'));
    assert.deepEqual(audit.findings, []);
  }
  for (const host of ['app1', 'app2']) assert.equal((await fetch(`http://${addresses[host]}:8080/readyz`)).status, 200);
});
