// DIR/control.sock: commands that write beside the server that holds the lock.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {existsSync, statSync} from 'node:fs';
import {rm, writeFile} from 'node:fs/promises';
import {connect} from 'node:net';
import {userInfo} from 'node:os';
import {basename, dirname, join} from 'node:path';
import {after, before, test} from 'node:test';
import {dothi, must, program, serve, temporaryFolder} from './city.mjs';

let home, folder, server, socket;
const poles = '/ogc/collections/light_pole/items?limit=1';

/** A table of points; `from` makes their names differ. */
async function table(name, rows) {
  const lines = ['ma_tru,lon,lat'];
  for (let i = 0; i < rows; i++) lines.push(`${name}-${i},${(106.65 + (i % 1000) * 0.00001).toFixed(5)},${(10.97 + Math.floor(i / 1000) * 0.00001).toFixed(5)}`);
  const file = join(home, `${name}.csv`);
  await writeFile(file, lines.join('\n') + '\n');
  return file;
}
const count = async () => (await server.json(poles)).numberMatched;
const importing = (file, ...options) => ['import', folder, file, '--layer', 'light_pole', '--crs', '4326', '--lang', 'en', ...options];

/** A command under way: what it says as it comes, and how it ends. */
function start(words, options = {}) {
  const child = spawn(options.program ?? program, words, {stdio: ['pipe', 'pipe', 'pipe'], ...options});
  const run = {child, out: '', err: ''};
  child.stdout.on('data', piece => (run.out += piece));
  child.stderr.on('data', piece => (run.err += piece));
  run.ended = new Promise(resolve => child.on('close', (code, signal) => resolve({code, signal, out: run.out, err: run.err})));
  run.says = async pattern => {
    for (let i = 0; i < 1200 && !pattern.test(run.out + run.err); i++) await new Promise(resolve => setTimeout(resolve, 50));
    assert.match(run.out + run.err, pattern);
  };
  return run;
}

/** Sends bytes to the socket; resolves to the lines that come back until it is closed. */
const talk = (bytes, ends = false) =>
  new Promise((resolve, reject) => {
    const wire = connect(socket);
    let heard = '';
    wire.on('data', piece => (heard += piece)).on('error', reject);
    wire.on('close', () => resolve(heard.trim().split('\n').map(line => JSON.parse(line))));
    wire.on('connect', () => (ends ? wire.end(bytes) : bytes && wire.write(bytes)));
  });
const order = (words, more = {}) => JSON.stringify({words, folder: '/', lang: 'en', terminal: false, can_ask: false, ...more}) + '\n';
const exit = lines => lines.at(-1).exit;
const said = (lines, key) => lines.map(line => line[key] ?? '').join('');

before(async () => {
  home = await temporaryFolder();
  folder = join(home, 'city');
  socket = join(folder, 'control.sock');
  await must('init', folder, '--crs', '9210', '--name', 'Thành phố thử');
  server = await serve(folder, '--quiet');
});
after(async () => {
  const how = await server.stop();
  assert.equal(how.code, 0, how.talk);
  assert.ok(!/Sanitizer|runtime error/.test(how.talk), how.talk);
  assert.ok(!existsSync(socket), 'the socket goes with the server');
  await rm(home, {recursive: true});
});

test('only its owner may use the socket', () => {
  assert.equal(statSync(socket).mode & 0o777, 0o600);
});

test('an import beside the server: as without one, and the map follows', async () => {
  const file = await table('a', 2000);
  const before = await (await server.get('/ogc/collections/light_pole')).json();
  const dry = await dothi(...importing(file, '--dry-run', '--json'));
  assert.equal(dry.code, 0, dry.stderr);
  assert.equal(JSON.parse(dry.stdout).kept, false);
  assert.equal(await count(), 0);
  // A path is that of its user's folder.
  const there = await start(importing(basename(file)), {cwd: dirname(file)}).ended;
  assert.equal(there.code, 0, there.err);
  assert.match(there.out, /a\.csv: 2,000 rows, coordinates EPSG:4326/);
  assert.match(there.err, /Imported/);
  assert.equal(await count(), 2000);
  assert.ok(before.id);
  const changes = JSON.parse((await dothi('audit', 'verify', folder, '--json')).stdout);
  assert.deepEqual([changes.links, changes.changes, changes.findings], [1, 2000, []]);
});

test('the feed names the Unix user', async () => {
  await must('user', 'add', folder, 'chief', '--role', 'administrator');
  const {token} = JSON.parse(await must('user', 'token', 'add', folder, 'chief', '--name', 'feed', '--json'));
  const feed = await server.get('/api/changes?limit=1', {headers: {Authorization: `Bearer ${token}`}});
  assert.match(await feed.text(), new RegExp(`"cli:${userInfo().username}"`));
});

test('what cannot be imported is said as without a server', async () => {
  const file = await table('b', 5);
  const cases = [
    [['import', folder, join(home, 'none.csv'), '--layer', 'light_pole'], 65, 'FILE-MISSING-01'],
    [['import', folder, file, '--layer', 'none'], 2, 'CMD-LAYER-01'],
    [['import', folder, file], 2, 'CMD-OPTION-08'],
    [['import', folder, file, '--layer', 'light_pole', '--crs', '9210'], 65, 'IMP-'],
  ];
  for (const [words, code, name] of cases) {
    const done = await dothi(...words, '--json', '--lang', 'en');
    assert.equal(done.code, code, done.stderr);
    assert.ok(done.stderr.includes(`[${name}`) || name === 'IMP-', done.stderr);
    assert.ok(JSON.parse(done.stdout).error.code);
  }
  assert.equal(await count(), 2000);
});

test('rows that cannot be taken need --yes where nobody can be asked', async () => {
  const file = join(home, 'holes.csv');
  await writeFile(file, 'ma_tru,lon,lat\nh1,106.65,10.97\nh2,10,200\n');
  const first = await dothi(...importing(file, '--json'));
  assert.equal(first.code, 65, first.stderr);
  assert.equal(JSON.parse(first.stdout).kept, false);
  assert.equal(JSON.parse(first.stdout).refused, 1);
  assert.equal((await dothi(...importing(file, '--yes'))).code, 0);
  assert.equal(await count(), 2001);
});

test('on a terminal it asks its user', async () => {
  const file = await table('c', 10);
  const line = [program, ...importing(file)].map(word => `'${word}'`).join(' ');
  for (const [answer, more, what] of [['n\n', 0, /Nothing was imported|Not imported/i], ['y\n', 10, /Imported/]]) {
    const had = await count();
    const run = start(['-qfec', line, '/dev/null'], {program: 'script'});
    await run.says(/\[y\/N\]/);
    run.child.stdin.write(answer);
    const {code, out} = await run.ended;
    assert.equal(code, 0, out);
    assert.equal(await count(), had + more, out);
    if (more) assert.match(out, what);
  }
});

test('other writes wait for an import and are done after it', async () => {
  const run = start(importing(await table('d', 60000)));
  const others = await Promise.all(['u1', 'u2'].map(name => dothi('user', 'add', folder, name, '--role', 'viewer', '--json')));
  for (const other of others) assert.equal(other.code, 0, other.stderr);
  const {code, err} = await run.ended;
  assert.equal(code, 0, err);
  assert.equal((await server.get('/livez')).status, 200);
});

test('Ctrl-C of the user stops the import', async () => {
  const had = await count(), file = await table('e', 400000);
  const run = start(importing(file));
  await run.says(/Read [\d,]+ /);
  run.child.kill('SIGINT');
  const {code, err} = await run.ended;
  assert.equal(code, 1, err);
  assert.match(err, /SYS-CANCEL-01/);
  assert.equal(await count(), had);
  // And so does the end of its process.
  const killed = start(importing(file));
  await killed.says(/Read [\d,]+ /);
  killed.child.kill('SIGKILL');
  await killed.ended;
  const next = await dothi('user', 'list', folder);
  assert.equal(next.code, 0);
  assert.equal((await dothi('user', 'add', folder, 'after', '--role', 'viewer')).code, 0, 'the queue goes on');
  assert.equal(await count(), had);
  // What was taken back is whole: the next import finds its place, and is found there.
  const last = join(home, 'last.csv');
  await writeFile(last, 'ma_tru,lon,lat\nlast,106.7,11\n');
  assert.equal((await dothi(...importing(last))).code, 0);
  const found = await server.json('/ogc/collections/light_pole/items?bbox=106.699,10.999,106.701,11.001');
  assert.equal(found.numberMatched, 1);
});

test('whoever does not keep to the rules is told, and the server goes on', async () => {
  for (const bytes of ['garbage\n', '{}\n', '[]\n', '{"words":[]}\n', '{"words":[1]}\n', '{"words":"user"}\n', order(['serve', folder]), order(['user']), order(Array(300).fill('x')), 'x'.repeat(300000)]) {
    const lines = await talk(bytes);
    assert.ok(exit(lines) > 0, bytes.slice(0, 40));
    assert.match(said(lines, 'err'), /\[[A-Z]+-[A-Z]+-\d\d\]/);
  }
  assert.equal(exit(await talk('', true)), 65);
  const lines = await talk(order(['user', 'list', 'elsewhere', '--json']));
  assert.equal(exit(lines), 0);
  assert.ok(JSON.parse(said(lines, 'out')).accounts, 'the folder is that of the server');
});

test('a few at a time', async () => {
  await new Promise(resolve => setTimeout(resolve, 200));
  const silent = await Promise.all(Array.from({length: 4}, () => new Promise(resolve => {
    const wire = connect(socket, () => resolve(wire));
    wire.on('error', () => {});
  })));
  try {
    await new Promise(resolve => setTimeout(resolve, 200));
    const fifth = await talk('');
    assert.equal(exit(fifth), 75);
    assert.match(said(fifth, 'err'), /CMD-SERVER-05/);
    const told = await dothi('user', 'add', folder, 'fifth', '--role', 'viewer');
    assert.equal(told.code, 75, told.stderr);
  } finally {
    silent.forEach(wire => wire.destroy());
  }
  await new Promise(resolve => setTimeout(resolve, 200));
  assert.equal(exit(await talk(order(['user', 'list', folder]))), 0);
});

test('a server that ends stops what it does for others', async () => {
  const had = await count();
  const run = start(importing(await table('f', 400000)));
  await run.says(/Read [\d,]+ /);
  assert.equal((await server.stop()).code, 0);
  const {code, err} = await run.ended;
  assert.equal(code, 1, err);
  assert.match(err, /SYS-CANCEL-01/);
  server = await serve(folder, '--quiet');
  assert.equal(await count(), had);
});

test('the socket of a killed server is in nobody\'s way', async () => {
  process.kill(server.pid, 'SIGKILL');
  while (existsSync(`/proc/${server.pid}`)) await new Promise(resolve => setTimeout(resolve, 20));
  assert.ok(existsSync(socket));
  // Nobody holds the lock: the command does it itself.
  assert.equal((await dothi('user', 'add', folder, 'alone', '--role', 'viewer')).code, 0);
  server = await serve(folder, '--quiet');
  assert.equal((await dothi('user', 'add', folder, 'beside', '--role', 'viewer')).code, 0);
  const {link} = JSON.parse(await must('user', 'passwd', folder, 'beside', '--json'));
  assert.ok(link.startsWith(server.url));
});

test('a folder with a long path has a socket, too', async () => {
  const far = join(home, 'x'.repeat(120), 'city');
  await must('init', far, '--crs', '9210', '--name', 'Xa');
  const other = await serve(far, '--quiet');
  assert.equal((await dothi('user', 'add', far, 'far', '--role', 'viewer')).code, 0);
  assert.equal((await other.stop()).code, 0);
});

test('without a server a second writer is told who has the lock', async () => {
  const far = join(home, 'second');
  await must('init', far, '--crs', '9210', '--name', 'Hai');
  const run = start(['import', far, await table('g', 400000), '--layer', 'light_pole', '--crs', '4326', '--lang', 'en']);
  await run.says(/Read [\d,]+ /);
  const second = await dothi('user', 'add', far, 'x', '--role', 'viewer', '--lang', 'en');
  assert.equal(second.code, 75);
  assert.match(second.stderr, new RegExp(`process ${run.child.pid}`));
  run.child.kill('SIGINT');
  assert.equal((await run.ended).code, 1);
});
