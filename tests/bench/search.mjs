#!/usr/bin/env node
// The search of a city with 10,000 mixed queries, and pg_trgm on the same texts:
//
//	node tests/bench/search.mjs DIR [QUERIES [PEER]]
//
// DIR is a register in SQLite, or one in PostgreSQL; then so many of the queries go to its database as
// a peer, too: a table of the same texts, folded, with a GIN index of trigrams (contrib: pg_trgm,
// unaccent). DOTHI is the program; CSV=FILE takes the times. Seeded: the queries are the same
// in each run over the same register.
import {execFileSync, spawn} from 'node:child_process';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

const [folder, count = '10000', peers = '200'] = process.argv.slice(2);
const dothi = process.env.DOTHI ?? new URL('../../build/dothi', import.meta.url).pathname;
const seed = 20250701;
const WORDS_OF = 4000;

let state = seed;
/** A whole number below `most` (Mulberry32). */
function dice(most) {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % most;
}
const one = list => list[dice(list.length)];
const fold = text => text.normalize('NFD').replace(/\p{Mn}/gu, '').toLowerCase().replaceAll('đ', 'd');

/** A letter wrong somewhere. */
function mistype(text) {
  const at = dice(text.length), letter = one('abcdeghiklmnopqrstuvxy');
  return [text.slice(0, at) + text.slice(at + 1), text.slice(0, at) + letter + text.slice(at + 1),
    text.slice(0, at) + letter + text.slice(at)][dice(3)];
}

const server = spawn(dothi, ['serve', folder, '--listen', '127.0.0.1:0', '--json', '--quiet'], {stdio: ['ignore', 'pipe', 'ignore']});
process.on('exit', () => server.kill());
const url = JSON.parse(await new Promise(resolve => server.stdout.once('data', resolve))).url;
const ask = async path => (await fetch(url + path)).json();

/** Records of a layer from all over it. */
async function sample(layer, most) {
  const {layers} = await ask('/api/layers');
  const {records} = layers.find(({id}) => id === layer);
  const found = [];
  for (let i = 0; i < 20 && found.length < most; i++) {
    const cursor = Math.floor((records * i) / 20);
    const page = await fetch(`${url}/ogc/collections/${layer}/items?f=json&limit=${Math.ceil(most / 20)}${cursor ? `&cursor=${cursor}.${records}` : ''}`);
    const {features = []} = await page.json();
    found.push(...features);
  }
  return found;
}

const named = [];
for (const layer of ['street', 'school', 'clinic', 'bus_stop', 'camera']) named.push(...(await sample(layer, WORDS_OF / 5)).map(({properties}) => properties.name).filter(Boolean));
const parcels = (await sample('parcel', WORDS_OF)).map(({properties}) => properties);
const units = (await sample('admin_unit', 100)).map(({id, properties}) => [id, properties.name]);
const unitOf = new Map(units);
const codes = (await sample('light_pole', 1000)).map(({properties}) => properties.code);

const kinds = {
  'parcel, slash': () => (p => `${p.map_sheet}/${p.parcel_no}`)(one(parcels)),
  'parcel, in words': () => (p => `tờ ${p.map_sheet} thửa ${p.parcel_no}`)(one(parcels)),
  'parcel, with its ward': () => (p => fold(`t${p.map_sheet} th${p.parcel_no} ${unitOf.get(p.unit_now_id)}`))(one(parcels)),
  'parcel, turned': () => (p => `${p.parcel_no} to ${p.map_sheet}`)(one(parcels)),
  'parcel alone': () => `thửa ${one(parcels).parcel_no}`,
  'name as written': () => one(named),
  'name without tones': () => fold(one(named)),
  'name mistyped': () => mistype(fold(one(named))),
  'name, begun': () => (text => text.slice(0, 1 + dice(text.length)))(fold(one(named))),
  'two common words': () => `${one(['nguyen', 'tran', 'le', 'duong', 'hem', 'phu', 'truong'])} ${one(['van', 'thi', 'hoa', 'loi', 'huu', 'binh'])}`,
  'unit': () => fold(one(units)[1]),
  'code': () => one(codes) ?? 'A-1',
  'coordinates': () => `${(10.9 + dice(1000) / 5000).toFixed(5)} ${(106.6 + dice(1000) / 5000).toFixed(5)}`,
  'nonsense': () => Array.from({length: 1 + dice(6)}, () => Math.floor(dice(2 ** 30)).toString(36)).join(' '),
};
const names = Object.keys(kinds);
const queries = Array.from({length: Number(count)}, (_, i) => ({kind: names[i % names.length], text: kinds[names[i % names.length]]()}));

/** "p50 1.2 p95 3.4 p99 5.6 most 7.8 ms" */
function figures(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = share => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(2);
  return `p50 ${at(0.5)}  p95 ${at(0.95)}  p99 ${at(0.99)}  most ${at(1)} ms`;
}
const p95 = times => [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.95)];

const times = [];
let found = 0;
for (const text of ['nguyen', '12/345', 'phu loi']) await ask(`/api/search?q=${encodeURIComponent(text)}`);
for (const {text} of queries) {
  const begun = performance.now();
  const answer = await ask(`/api/search?q=${encodeURIComponent(text)}`);
  times.push(performance.now() - begun);
  found += answer.groups.length > 0 || answer.readings.length > 0;
}
console.log(`seed ${seed}, ${queries.length} queries over HTTP, ${found} with an answer`);
for (const kind of names) console.log(`  ${kind.padEnd(24)} ${figures(times.filter((_, i) => queries[i].kind === kind))}`);
console.log(`dothi: ${figures(times)}`);
if (process.env.CSV) writeFileSync(process.env.CSV, queries.map(({kind, text}, i) => `${kind};${JSON.stringify(text)};${times[i].toFixed(3)}`).join('\n'));
server.kill();

const conf = join(folder, 'store.conf');
if (existsSync(conf) && Number(peers)) {
  const every = Math.max(1, Math.floor(queries.length / Number(peers)));
  const address = /store = (\S+)/.exec(readFileSync(conf, 'utf8'))[1];
  const psql = (input, ...more) => execFileSync('psql', ['-qAtX', '-v', 'ON_ERROR_STOP=1', ...more, address], {input, maxBuffer: 1 << 28}).toString();
  psql(`CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS unaccent;
    DROP TABLE IF EXISTS search_peer; CREATE TABLE search_peer (layer text, id bigint, text text);
    INSERT INTO search_peer SELECT 'parcel', p.id, lower(unaccent('thửa ' || parcel_no || ' tờ ' || map_sheet || ' ' || u.name)) FROM parcel p LEFT JOIN admin_unit u ON u.id = p.unit_now_id;
    INSERT INTO search_peer SELECT n.layer, n.feature_id, lower(unaccent(n.name || ' ' || coalesce(u.name, ''))) FROM search_name n LEFT JOIN admin_unit u ON u.id = n.unit_id;
    CREATE INDEX ON search_peer USING gin (text gin_trgm_ops); ANALYZE search_peer;`);
  const chosen = queries.map(({kind, text}, i) => ({kind, text: fold(text), time: times[i]})).filter((query, i) => i % every === 0 && query.kind !== 'coordinates');
  const quoted = text => `'${text.replaceAll("'", "''")}'`;
  const said = psql(`PREPARE q(text) AS SELECT layer, id, text FROM search_peer WHERE text % $1 ORDER BY similarity(text, $1) DESC, id LIMIT 10;
    EXECUTE q('phu loi');\n\\timing on\n${chosen.map(({text}) => `EXECUTE q(${quoted(text)});`).join('\n')}`);
  const peer = [...said.matchAll(/^Time: ([\d.]+) ms/gm)].map(([, ms]) => Number(ms));
  console.log(`pg_trgm, ${peer.length} of the same, in psql: ${figures(peer)}`);
  console.log(`p95 of pg_trgm / p95 of dothi on these: ${(p95(peer) / p95(chosen.map(({time}) => time))).toFixed(1)}`);
  psql('DROP TABLE search_peer');
}
