// dothi copy: the sample city with history into PostgreSQL and back: the same hashes, and the same
// answers to 1,000 random reads.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {demo, dothi, freshStore, must, serve, temporaryFolder} from '../http/city.mjs';
import {person} from '../http/people.mjs';
import {sql} from './cluster.mjs';

const reads = Number(process.env.DOTHI_READS ?? 1000), seed = Number(process.env.DOTHI_SEED ?? 79);
let state = seed, folder, who, store, parted, tables;
const dirs = {};

/** Numbers in [0, 1) that repeat with the seed. */
function random() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}
const below = n => Math.floor(random() * n);
const pick = list => list[below(list.length)];
const day = () => `20${20 + below(12)}-${String(1 + below(12)).padStart(2, '0')}-${String(1 + below(28)).padStart(2, '0')}`;

/** Edits of all kinds, for days past and ahead. */
async function edit(city) {
  for (let i = 0; i < 300; i++) {
    const id = 1 + below(200), path = `/ogc/collections/parcel/items/${id}`;
    const now = await city.get(path, {headers: who});
    if (now.status !== 200) continue;
    const base = /v(\d+)/.exec(now.headers.get('etag'))[1], headers = {...who, 'if-match': `"v${base}"`};
    if (random() < 0.1) {
      await city.get(`${path}?valid_to=${day()}`, {method: 'DELETE', headers});
      continue;
    }
    const properties = {parcel_no: `${i}`, land_use: pick(['ODT', 'CLN', 'ODT+CLN', 'Đất "lạ" ½']), area_legal_m2: random() * 1e4};
    if (random() < 0.5) properties.valid_from = day();
    const geometry = random() < 0.3 ? {geometry: (await now.json()).geometry} : {};
    if (geometry.geometry) geometry.geometry.coordinates[0][0][0][0] = geometry.geometry.coordinates[0][0].at(-1)[0] += 1e-5 * random();
    await city.get(path, {method: 'PATCH', headers: {...headers, 'content-type': 'application/merge-patch+json'}, body: JSON.stringify({properties, ...geometry})});
  }
}

before(async () => {
  folder = await temporaryFolder();
  dirs.file = join(folder, 'file');
  const city = await demo(1500);
  const made = join(city.folder, 'city');
  who = await person(made, 'an', 'administrator');
  await edit(city);
  assert.equal((await city.stop()).code, 0);
  store = await freshStore();
  dirs.made = made;
  dirs.home = city.folder;
  dirs.postgres = join(folder, 'postgres');
  dirs.back = join(folder, 'back');
  dirs.parted = join(folder, 'parted');
  parted = await freshStore();
});
after(async () => {
  await rm(folder, {recursive: true});
  await rm(dirs.home, {recursive: true});
});

test('there and back: equal hashes', async () => {
  const back = JSON.parse(await must('copy', dirs.made, dirs.file, '--json'));
  const there = JSON.parse(await must('copy', dirs.file, dirs.postgres, '--store', store, '--json'));
  const again = JSON.parse(await must('copy', dirs.postgres, dirs.back, '--json'));
  tables = there.tables;
  assert.deepEqual(tables, back.tables);
  assert.deepEqual(again.tables, tables);
  assert.ok(tables.find(one => one.table === 'parcel_history').rows > 1600);
  const heads = await Promise.all([dirs.file, dirs.postgres, dirs.back].map(dir => must('audit', 'verify', dir)));
  assert.equal(new Set(heads).size, 1);
});

test('into parts: the same, and who asks for a record looks into one of them', async () => {
  const there = JSON.parse(await must('copy', dirs.file, dirs.parted, '--store', parted, '--records', '1500', '--partition', '100', '--json'));
  assert.deepEqual(there.tables, tables);
  const schema = /search_path%3D(\w+)/.exec(parted)[1];
  const parts = async table => (await sql(`SELECT tableoid::regclass, count(*) FROM ${schema}.${table} GROUP BY 1 ORDER BY 1`)).map(row => Number(row[1]));
  assert.deepEqual(await parts('parcel'), Array(15).fill(100));
  assert.equal((await parts('parcel_history')).length, 15);
  assert.ok((await parts('building')).length > 10);
  const plan = async text => (await sql(`EXPLAIN ${text}`)).flat().join(' ').match(/parcel(_history)?_part_\d+/g).sort();
  assert.deepEqual(new Set(await plan(`SELECT * FROM ${schema}.parcel WHERE id = 250`)), new Set(['parcel_part_002']));
  assert.deepEqual(new Set(await plan(`SELECT * FROM ${schema}.parcel_history WHERE key BETWEEN (250::bigint << 20) AND (251::bigint << 20) - 1`)), new Set(['parcel_history_part_002']));
});

test('what parts cannot be is said', async () => {
  const refused = async (...words) => (await dothi('copy', dirs.file, join(folder, 'none'), '--lang', 'en', ...words)).stderr;
  assert.match(await refused('--records', '1000'), /--store/);
  assert.match(await refused('--store', parted, '--records', '0'), /--records/);
  assert.match(await refused('--store', parted, '--records', '1000000', '--partition', '100'), /--records/);
  assert.match(await refused('--store', parted, '--records', '1000', '--partition', '99'), /--partition/);
});

/** The path of a random read. */
function anyRead(changes) {
  const lon = 106.62 + random() * 0.08, lat = 10.95 + random() * 0.08, side = random() * 0.02;
  const times = pick(['', '', `&datetime=${day()}`, `&datetime=${[day(), day()].sort().join('/')}`, `&recorded=${changes[below(changes.length)]}`,
    `&datetime=${day()}&recorded=${changes[below(changes.length)]}`]);
  const layer = pick(['parcel', 'parcel', 'parcel', 'street', 'building', 'address', 'admin_unit']);
  const id = 1 + below(220);
  const x = 13047 + below(4), y = 7688 + below(4);
  return pick([
    `/ogc/collections/${layer}/items?bbox=${[lon, lat, lon + side, lat + side]}&limit=${1 + below(200)}${times}`,
    `/ogc/collections/${layer}/items?limit=${1 + below(300)}${times}`,
    `/ogc/collections/parcel/items/${id}?f=json${times}`,
    `/ogc/collections/parcel/items/${id}/versions?limit=${1 + below(50)}`,
    `/api/at?lon=${lon}&lat=${lat}${times}`,
    `/api/at?lon=${lon}&lat=${lat}&all_dates=1`,
    `/api/changes?since=${below(2000)}&limit=${1 + below(300)}`,
    `/tiles/${layer}/14/${x}/${y}.mvt?${times.slice(1)}`,
    `/tiles/parcel,street/16/${4 * x + below(4)}/${4 * y + below(4)}.mvt`,
    `/tiles/parcel,street/15/${2 * x + below(2)}/${2 * y + below(2)}.png`,
  ]);
}

/** An answer without what must differ: its own address and the time. */
async function answerOf(server, path) {
  const answer = await server.get(path, {headers: who});
  const bytes = Buffer.from(await answer.arrayBuffer());
  const text = /json/.test(answer.headers.get('content-type') ?? '')
    ? bytes.toString().replaceAll(server.url, '').replace(/"timeStamp":"[^"]*"/, '').replace(/"request":"[^"]*"/, '')
    : bytes.toString('base64');
  return {status: answer.status, etag: answer.status === 200 && /tiles/.test(path) ? answer.headers.get('etag') : null, text};
}

test(`${reads} random reads: equal answers`, async () => {
  console.log(`seed ${seed}`);
  const servers = [await serve(dirs.file, '--quiet'), await serve(dirs.postgres, '--quiet'), await serve(dirs.back, '--quiet'), await serve(dirs.parted, '--quiet')];
  const changes = (await servers[0].json('/api/changes?since=0&limit=1000', {headers: who})).changes.map(one => one.recorded_at);
  const statuses = {};
  for (let i = 0; i < reads; i++) {
    const path = anyRead(changes);
    const [one, ...others] = await Promise.all(servers.map(server => answerOf(server, path)));
    for (const other of others) assert.deepEqual(other, one, path);
    statuses[one.status] = (statuses[one.status] ?? 0) + 1;
  }
  console.log(JSON.stringify(statuses));
  for (const server of servers) assert.equal((await server.stop()).code, 0);
});

test('nothing is half copied', async () => {
  const used = await dothi('copy', dirs.file, dirs.postgres, '--lang', 'en');
  assert.match(used.stderr, /REG-EXISTS-01/);
  // Where the other side breaks off, nothing is left of it.
  const target = await freshStore(), dir = join(folder, 'broken');
  const running = dothi('copy', dirs.file, dir, '--store', target);
  const schema = /search_path%3D(\w+)/.exec(target)[1];
  for (let i = 0; i < 200; i++) {
    const [ended] = await sql(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'dothi' AND query LIKE 'COPY%'`);
    if (Number(ended[0])) break;
    await new Promise(resolve => setTimeout(resolve, 2));
  }
  const broken = await running;
  if (broken.code !== 0) {
    assert.match(broken.stderr, /REG-AWAY-01/);
    assert.equal(Number((await sql(`SELECT count(*) FROM pg_tables WHERE schemaname = '${schema}'`))[0][0]), 0);
    assert.deepEqual(JSON.parse(await must('copy', dirs.file, dir, '--store', target, '--json')).tables, tables);
  }
});
