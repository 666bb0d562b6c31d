// Reads from a standby: whoever writes reads what he wrote, though the standby lags; what it lags
// behind is never shown as if it were now; without it the primary answers.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {after, before, test} from 'node:test';
import {appendFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {freshStore, must, postgres, serve, temporaryFolder} from '../http/city.mjs';
import {person} from '../http/people.mjs';
import {asOwner, sql} from './cluster.mjs';

const items = '/ogc/collections/light_pole/items', port = 5433;
const {DOTHI_POSTGRES_FOLDER: cluster, DOTHI_POSTGRES_BIN: bin} = process.env;
const data = join(cluster, 'standby');
let folder, store, far, server, who;

const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
const control = (...words) => asOwner(`${bin}/pg_ctl`, '-D', data, '-w', '-t', '60', ...words);
const reads = async () => Number((await sql(`SELECT sum(idx_scan) FROM pg_stat_user_indexes WHERE relname = 'light_pole'`, far))[0][0]);
const post = i => server.get(items, {method: 'POST', headers: {...who, 'content-type': 'application/geo+json'},
  body: JSON.stringify({type: 'Feature', properties: {}, geometry: {type: 'Point', coordinates: [106.65 + i * 1e-4, 10.98]}})});

/** Reads one record after the other until the standby has answered so many. */
async function readUntil(most) {
  const before = await reads();
  await until(async () => {
    for (let i = 1; i <= 20; i++) assert.equal((await server.get(`${items}/${i}`)).status, 200);
    return (await reads()) >= before + most;
  });
}

async function until(what, most = 20000) {
  const end = performance.now() + most;
  while (!(await what())) {
    assert.ok(performance.now() < end, String(what));
    await pause(20);
  }
}

before(async () => {
  folder = await temporaryFolder();
  store = await freshStore();
  far = `${store}&port=${port}`;
  const dir = join(folder, 'city');
  await must('init', dir, '--crs', '9210', '--name', 'Tỉnh thử', '--store', store);
  who = await person(dir, 'lan', 'operator');
  asOwner(`${bin}/pg_basebackup`, '-h', cluster, '-U', 'dothi', '-D', data, '-R', '-X', 'stream', '-c', 'fast');
  control('-l', join(cluster, 'standby.log'), '-o', `-p ${port}`, 'start');
  await appendFile(join(dir, 'store.conf'), `standby = ${far}\nstandby_lag_ms = 800\n`);
  server = await serve(dir, '--quiet');
});
after(async () => {
  assert.equal((await server.stop()).code, 0);
  control('-m', 'immediate', 'stop');
  await rm(folder, {recursive: true});
});

test('who writes reads what was written, at once', async () => {
  for (let i = 0; i < 60; i++) {
    const made = await post(i);
    assert.equal(made.status, 201);
    assert.equal((await server.get(new URL(made.headers.get('location')).pathname)).status, 200);
    assert.equal((await server.json(items)).numberMatched, i + 1);
  }
});

test('the standby answers when nobody writes', async () => {
  await readUntil(40);
});

test('one that lags is not asked', async () => {
  await sql('SELECT pg_wal_replay_pause()', `${postgres}&port=${port}`);
  for (let i = 60; i < 80; i++) {
    const made = await post(i);
    assert.equal((await server.get(new URL(made.headers.get('location')).pathname)).status, 200);
  }
  await pause(1000);
  for (let i = 0; i < 20; i++) assert.equal((await server.json(items)).numberMatched, 80);
  await sql('SELECT pg_wal_replay_resume()', `${postgres}&port=${port}`);
  await pause(500);
  assert.equal((await server.json(items)).numberMatched, 80);
});

test('without it the primary answers', async () => {
  control('-m', 'immediate', 'stop');
  await until(async () => (await server.get(`${items}/1`)).status === 200);
  await pause(200);
  for (let i = 1; i <= 20; i++) assert.equal((await server.get(`${items}/${i}`)).status, 200);
  control('-l', join(cluster, 'standby.log'), '-o', `-p ${port}`, 'start');
  await readUntil(1);
});
