// Two servers over one register: each sees at once what the other writes, whoever may see what is
// the same on both, jobs are done by one of them and told by both. And without the database: tiles
// and pages go on, everything else says 503, and all comes back by itself.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {dothi, freshStore, must, serve, temporaryFolder} from '../http/city.mjs';
import {person} from '../http/people.mjs';
import {start, stopHard} from './cluster.mjs';

const items = '/ogc/collections/light_pole/items';
let folder, dirs, servers, who, boss;

const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

/** Waits until it is so. */
async function until(what, most = 20000) {
  const end = performance.now() + most;
  while (!(await what())) {
    assert.ok(performance.now() < end, String(what));
    await pause(20);
  }
}

/** Makes a pole; resolves to the answer. */
const post = (server, i, key) => server.get(items, {method: 'POST', headers: {...who, 'content-type': 'application/geo+json', 'idempotency-key': key ?? `k${i}-${performance.now()}`},
  body: JSON.stringify({type: 'Feature', properties: {}, geometry: {type: 'Point', coordinates: [106.65 + i * 1e-4, 10.98]}})});

/** The events of a stream as they come: {type, id, data, at}. */
async function listen(server, headers) {
  const events = [], ending = new AbortController();
  const answer = await server.get('/api/events', {headers, signal: ending.signal});
  assert.equal(answer.status, 200);
  (async () => {
    let text = '';
    for await (const piece of answer.body) {
      text += Buffer.from(piece);
      for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
        const lines = Object.fromEntries(text.slice(0, end).split('\n').map(line => line.split(/: (.*)/s)));
        if (lines.event) events.push({type: lines.event, id: Number(lines.id), data: JSON.parse(lines.data), at: performance.now()});
      }
    }
  })().catch(() => {});
  return {events, stop: () => ending.abort()};
}

before(async () => {
  folder = await temporaryFolder();
  const store = await freshStore();
  dirs = [join(folder, 'one'), join(folder, 'two')];
  await must('init', dirs[0], '--crs', '9210', '--name', 'Tỉnh thử', '--store', store);
  const joined = JSON.parse(await must('init', dirs[1], '--store', store, '--json'));
  assert.equal(joined.name, 'Tỉnh thử');
  assert.equal(joined.epsg, 9210);
  who = await person(dirs[0], 'lan', 'operator');
  boss = await person(dirs[1], 'minh', 'administrator');
  servers = [await serve(dirs[0], '--quiet'), await serve(dirs[1], '--quiet')];
});
after(async () => {
  for (const server of servers) assert.equal((await server.stop()).code, 0);
  await rm(folder, {recursive: true});
});

test('what one server answered, the other shows', async () => {
  const heard = await listen(servers[1], who), late = [];
  for (let i = 0; i < 20; i++) {
    const made = await post(servers[0], i), at = performance.now();
    assert.equal(made.status, 201);
    const id = made.headers.get('location').split('/').at(-1);
    assert.equal((await servers[1].get(`${items}/${id}`)).status, 200);
    assert.equal((await servers[1].json(`/api/changes?since=${i}&limit=10`, {headers: who})).changes.length, 1);
    await until(() => heard.events.some(event => event.id === i + 1));
    late.push(Math.max(0, heard.events.find(event => event.id === i + 1).at - at));
    await until(async () => (await servers[1].get('/tiles/light_pole/17/104366/61513.mvt')).status === 200, 5000);
  }
  heard.stop();
  const changes = heard.events.filter(event => event.type === 'change');
  assert.deepEqual(changes.map(event => event.id), Array.from({length: 20}, (_, i) => i + 1));
  // Where tiles have changed is told by the server that did not write, too.
  assert.ok(heard.events.some(event => event.type === 'tiles' && event.data.layer === changes[0].data.layer));
  console.log(`the event of the other server came ${late.sort((a, b) => a - b)[10].toFixed(1)} ms after the answer in the middle, ${late.at(-1).toFixed(1)} at most`);
});

test('a tile that one server has is not stale when the other has written', async () => {
  const tile = '/tiles/light_pole/17/104366/61513.mvt';
  const before = await servers[1].get(tile), bytes = Buffer.from(await before.arrayBuffer());
  await servers[0].get(`${items}/1`, {method: 'DELETE', headers: {...who, 'if-match': '"v1"'}});
  await until(async () => !Buffer.from(await (await servers[1].get(tile)).arrayBuffer()).equals(bytes), 5000);
});

test('an edit at one changes the same tiles at both, and no other', async () => {
  const column = (lon, z) => ((lon + 180) / 360) * 2 ** z, row = (lat, z) => ((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * 2 ** z;
  const tiles = [];
  for (const z of [10, 12, 14, 16, 17, 18])
    for (let x = Math.floor(column(106.649, z)); x <= column(106.653, z); x++)
      for (let y = Math.floor(row(10.981, z)); y <= row(10.979, z); y++) tiles.push([z, x, y]);
  const tags = async server => {
    const found = [];
    for (const tile of tiles) {
      const answer = await server.get(`/tiles/light_pole/${tile.join('/')}.mvt`);
      await answer.arrayBuffer();
      found.push(answer.headers.get('etag') ?? '');
    }
    return found;
  };
  const before = await Promise.all(servers.map(tags)), heard = await listen(servers[1], who);
  assert.deepEqual(before[0], before[1]);
  const pole = await servers[0].json(`${items}/5`), [lon, lat] = pole.geometry.coordinates, moved = [lon + 0.0015, lat];
  const answer = await servers[0].get(`${items}/5`, {method: 'PATCH', headers: {...who, 'if-match': `"v${pole.properties.version}"`, 'content-type': 'application/merge-patch+json'}, body: JSON.stringify({geometry: {type: 'Point', coordinates: moved}})});
  assert.equal(answer.status, 204);
  await until(() => heard.events.some(event => event.data.id === 5));
  heard.stop();
  const sees = ([z, x, y]) => z >= 17 && [[lon, lat], moved].some(at => Math.abs(column(at[0], z) - x - 0.5) < 0.5 + 1 / 64 && Math.abs(row(at[1], z) - y - 0.5) < 0.5 + 1 / 64);
  for (const [i, server] of servers.entries()) {
    const now = await tags(server);
    assert.deepEqual(tiles.filter((_, k) => now[k] !== before[i][k]), tiles.filter(sees), `server ${i}`);
  }
});

test('the same record at both: one is quicker, the other is told', async () => {
  const patch = (server, name) => server.get(`${items}/2`, {method: 'PATCH', headers: {...who, 'if-match': '"v1"', 'content-type': 'application/merge-patch+json'}, body: JSON.stringify({properties: {code: name}})});
  const answers = await Promise.all([...Array(8).keys()].map(i => patch(servers[i % 2], `p${i}`)));
  assert.deepEqual(answers.map(one => one.status).sort(), [204, 409, 409, 409, 409, 409, 409, 409]);
  for (const one of answers.filter(one => one.status === 409)) assert.equal((await servers[0].get(new URL(one.headers.get('location')).pathname, {headers: who})).status, 200);
});

test('the same key at both is one write', async () => {
  const answers = await Promise.all([...Array(6).keys()].map(i => post(servers[i % 2], 50, 'once')));
  assert.ok(answers.every(one => one.status === 201));
  assert.equal(new Set(answers.map(one => one.headers.get('location').split('/').at(-1))).size, 1);
});

test('what the public may see changes on both', async () => {
  const sees = server => server.get(items).then(one => one.status === 200);
  assert.ok(await sees(servers[1]));
  await must('user', 'scope', 'set', dirs[0], 'public', '--layer', 'parcel');
  await until(async () => !(await sees(servers[0])) && !(await sees(servers[1])));
  await must('user', 'scope', 'clear', dirs[0], 'public');
  await until(async () => (await sees(servers[0])) && (await sees(servers[1])));
});

test('a job is done once, and both tell of it', async () => {
  const heard = await Promise.all(servers.map(server => listen(server, boss)));
  const ordered = [];
  for (let i = 0; i < 6; i++) {
    const order = await servers[i % 2].get('/api/jobs', {method: 'POST', headers: {...boss, 'content-type': 'application/json'}, body: '{"kind":"audit"}'});
    assert.equal(order.status, 202);
    ordered.push((await order.json()).id);
  }
  await until(async () => (await Promise.all(ordered.map(id => servers[1].json(`/api/jobs/${id}`, {headers: boss})))).every(job => job.state === 'done'));
  for (const one of heard) {
    await until(() => ordered.every(id => one.events.some(event => event.type === 'job' && event.data.id === id && event.data.state === 'done')));
    one.stop();
  }
});

test('a log-in at one holds at the other, and ends at both', async () => {
  const {link} = JSON.parse(await must('user', 'add', dirs[0], 'hoa', '--role', 'viewer', '--json'));
  const entered = await servers[1].get('/api/session/link', {method: 'POST', headers: {'content-type': 'application/json'},
    body: JSON.stringify({link: new URL(link).searchParams.get('once'), password: 'ba con mèo trên mái ngói'})});
  assert.equal(entered.status, 201);
  const cookie = entered.headers.getSetCookie().map(one => one.split(';')[0]).join('; ');
  const login = server => server.json('/api/session', {headers: {cookie}}).then(one => one.login ?? null);
  assert.equal(await login(servers[0]), 'hoa');
  await must('user', 'lock', dirs[0], 'hoa');
  for (const server of servers) assert.notEqual(await login(server), 'hoa');
});

test('without the database: tiles and pages go on, the rest says so, and all comes back', async () => {
  const free = ['/', '/livez', '/ogc', '/ogc/collections/light_pole', '/tiles/light_pole/17/104366/61513.mvt', '/tiles/light_pole/17/104366/61513.png'];
  const bound = ['/readyz', '/api/layers', items, `${items}/2`, '/api/changes?since=0'];
  await pause(1500); // the map has been made anew
  stopHard();
  for (const server of servers) {
    for (const path of free) assert.ok((await server.get(path)).status < 300, path);
    for (const path of bound) {
      const answer = await server.get(path, {headers: path.startsWith('/api/changes') ? who : {}});
      assert.equal(answer.status, 503, path);
      assert.ok(Number(answer.headers.get('retry-after')) > 0, path);
      if (path !== '/readyz') assert.equal((await answer.json()).code, 'REG-AWAY-01', path);
    }
    assert.equal((await post(server, 60)).status, 503);
  }
  start();
  for (const server of servers) await until(async () => (await server.get('/readyz')).status === 200);
  for (const [i, server] of servers.entries()) {
    for (const path of [...free, ...bound]) assert.ok((await server.get(path, {headers: who})).status < 300, path);
    assert.equal((await post(server, 61 + i)).status, 201);
  }
  for (const server of servers) assert.ok(!/AddressSanitizer|runtime error/.test(server.talk()));
  assert.equal((await dothi('audit', 'verify', dirs[0])).code, 0);
});
