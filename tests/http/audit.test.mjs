// dothi audit verify: finds what was changed behind the register's back, also beside a server.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {cp, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {dothi, freshStore, must, postgres, smallCity, temporaryFolder} from './city.mjs';

let city, home, copies = 0;
before(async () => {
  city = await smallCity('--quiet');
  home = await temporaryFolder();
});
after(async () => {
  assert.equal((await city.end()).code, 0);
  await rm(home, {recursive: true});
});

const verify = (folder, ...options) => dothi('audit', 'verify', folder, '--lang', 'en', ...options);

/** A copy of the register with something done to it by another program. */
async function spoiled(sql) {
  const folder = join(home, `copy${copies++}`);
  if (postgres) {
    const store = await freshStore();
    await must('copy', city.folder, folder, '--store', store);
    execFileSync('psql', [store, '-qX', '-v', 'ON_ERROR_STOP=1', '-c', sql]);
    return folder;
  }
  // The triggers of the file's own tables need functions that this program lacks.
  const start = "PRAGMA writable_schema=1; DELETE FROM sqlite_master WHERE type='trigger'; PRAGMA writable_schema=RESET;";
  await cp(city.folder, folder, {recursive: true, filter: name => !/control\.sock|lock$/.test(name)});
  execFileSync('sqlite3', [join(folder, 'city.sqlite'), `${start} ${sql}`]);
  return folder;
}

test('a sound register beside its server', async () => {
  const done = await verify(city.folder);
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stdout, /^Head: 3:[0-9a-f]{64}\n$/);
  assert.match(done.stderr, /links 3, changes 405, versions 405/);
  const {head, findings, changes} = JSON.parse((await verify(city.folder, '--json')).stdout);
  assert.deepEqual(findings, []);
  assert.equal(changes, 405);
  assert.equal((await verify(city.folder, '--expect', head)).code, 0);
  assert.equal((await verify(city.folder, '--expect', head.toUpperCase())).code, 0);
});

test('a head that is not there', async () => {
  const {head} = JSON.parse((await verify(city.folder, '--json')).stdout);
  const other = head.slice(0, -1) + (head.endsWith('0') ? '1' : '0');
  for (const expected of [other, `9:${head.slice(2)}`]) {
    const done = await verify(city.folder, '--expect', expected);
    assert.equal(done.code, 65);
    assert.match(done.stdout, /The chain does not hold the link that was noted before: link \d \[AUDIT-FAULT-08\]/);
    assert.match(done.stderr, /AUDIT-END-05/);
  }
  for (const wrong of ['', '1', '1:00', `x:${head.slice(2)}`, `${head}0`, `${head.slice(0, -1)}g`])
    assert.equal((await verify(city.folder, '--expect', wrong)).code, 2, wrong);
});

test('what was changed behind its back', async () => {
  const cases = [
    ["UPDATE change_link SET actor = 'cli:nobody' WHERE link = 2", 'link', null],
    ['DELETE FROM change WHERE seq = 7', 'gap', null],
    ["UPDATE parcel SET land_use = 'ODT' WHERE id = 1", 'row', 'parcel'],
    ["UPDATE parcel_history SET land_use = 'XXX' WHERE id = 2", 'version', 'parcel'],
  ];
  for (const [sql, fault, layer] of cases) {
    const folder = await spoiled(sql);
    const done = await verify(folder, '--json');
    assert.equal(done.code, 65, `${sql}: ${done.stderr}`);
    const {findings, error} = JSON.parse(done.stdout);
    assert.equal(error.code, 'AUDIT-END-05');
    assert.ok(findings.some(one => one.fault === fault && one.layer === layer), JSON.stringify(findings));
    const told = await verify(folder);
    assert.equal(told.stdout.trim().split('\n').length, findings.length + 1, 'a line each, and the head');
  }
});
