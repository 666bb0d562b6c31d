#!/usr/bin/env node
// What a page of a thousand parcels costs, in one run on one machine.
//
//   node tests/bench/page.mjs DIR              as GeoJSON, beside PostGIS ST_AsGeoJSON
//   node tests/bench/page.mjs DIR --dated      of another day, beside that of today
//   [--rounds 5] [--count 1000] [--boxes 20]
//
// DIR: a register with parcels, as `dothi demo --parcels 100000 DIR` leaves it; for --dated as
// tests/bench/versions leaves it. Counted is CPU time of the server process, HTTP and all, without
// gzip. PostGIS turns the same records, in longitude and latitude already and in a table of their
// own, into features inside one session, without HTTP. The two take turns; medians count. PostgreSQL
// needs what compare.mjs needs. Prints Markdown for docs/BENCHMARKS.md.
import {execFileSync, spawn} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import net from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const option = (name, absent) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? absent : Number(process.argv[at + 1]);
};
const folder = process.argv[2], dated = process.argv.includes('--dated');
if (!folder || !existsSync(join(folder, 'city.sqlite'))) {
  console.error('usage: page.mjs DIR [--dated] (a register with parcels)');
  process.exit(2);
}
const rounds = option('rounds', 5), count = option('count', 1000), boxCount = option('boxes', 20);
const dothi = process.env.DOTHI ?? new URL('../../build/dothi', import.meta.url).pathname;
const postgres = '/usr/lib/postgresql/15/bin';
const work = mkdtempSync(join(tmpdir(), 'page-'));
chmodSync(work, 0o755);
const children = [];
const items = '/ogc/collections/parcel/items';

const run = (program, ...words) => execFileSync(program, words, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28});
const asPostgres = (...words) => execFileSync('setpriv', ['--reuid', 'postgres', '--regid', 'postgres', '--clear-groups', ...words], {cwd: '/', encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']});
const psql = sql => run('psql', '-qAtX', '-h', work, '-U', 'postgres', '-v', 'ON_ERROR_STOP=1', '-c', sql).trim();
const median = numbers => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** CPU milliseconds that the threads of a process have used. */
function cpuMs(pid) {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6, 0);
}

/** One kept connection that reads answers without looking at them, so that the client costs little. */
class Client {
  constructor(port) {
    this.socket = net.connect(port, '127.0.0.1').setNoDelay();
    this.socket.on('data', piece => this.take(piece));
  }
  take(piece) {
    if (this.left === undefined) {
      this.pieces.push(piece);
      const all = Buffer.concat(this.pieces), end = all.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = all.toString('latin1', 0, end);
      if (!head.startsWith('HTTP/1.1 200')) throw new Error(`${this.path}: ${head.split('\r\n')[0]}`);
      this.left = Number(/content-length: (\d+)/i.exec(head)[1]) - (all.length - end - 4);
      this.pieces = [all.subarray(end + 4)];
    } else {
      this.left -= piece.length;
      if (this.keep) this.pieces.push(piece);
    }
    if (this.left > 0) return;
    this.done(this.keep ? Buffer.concat(this.pieces).toString() : undefined);
  }
  get(path, keep = false) {
    Object.assign(this, {path, keep, left: undefined, pieces: []});
    return new Promise(resolve => {
      this.done = resolve;
      this.socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    });
  }
  async json(path) {
    return JSON.parse(await this.get(path, true));
  }
}

async function startDothi() {
  const child = spawn(dothi, ['serve', folder, '--listen', '127.0.0.1:0', '--quiet', '--json'], {stdio: ['ignore', 'pipe', 'inherit']});
  children.push(child);
  const line = await new Promise(resolve => child.stdout.once('data', resolve));
  return {pid: child.pid, client: new Client(Number(new URL(JSON.parse(line).url).port))};
}

/** Random boxes in the inner 60 % of the city with a little more than a page of parcels. */
async function findBoxes(client) {
  const [x0, y0, x1, y1] = (await client.json('/ogc/collections/parcel?f=json')).extent.spatial.bbox[0];
  const boxes = [];
  let seed = 1;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  while (boxes.length < boxCount) {
    const x = x0 + (x1 - x0) * (0.2 + 0.6 * random()), y = y0 + (y1 - y0) * (0.2 + 0.6 * random());
    for (let half = 0.002, tries = 0; tries < 30; tries++) {
      const box = [x - half, y - half, x + half, y + half].map(side => side.toFixed(6)).join();
      const matched = (await client.json(`${items}?limit=1&bbox=${box}`)).numberMatched;
      if (matched >= count && matched < 1.3 * count) {
        boxes.push(box);
        break;
      }
      half *= Math.min(2, Math.max(0.5, Math.sqrt((1.12 * count) / Math.max(matched, 1))));
    }
  }
  return boxes;
}

/** CPU ms of the server for one of these pages. */
async function measure(server, paths) {
  for (const path of paths) await server.client.get(path);
  const before = cpuMs(server.pid), turns = 5;
  for (let turn = 0; turn < turns; turn++) for (const path of paths) await server.client.get(path);
  return (cpuMs(server.pid) - before) / turns / paths.length;
}

function startPostgis() {
  mkdirSync(join(work, 'pg'));
  run('chown', '-R', 'postgres', work);
  asPostgres(`${postgres}/initdb`, '-D', join(work, 'pg'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync');
  writeFileSync(join(work, 'pg', 'postgresql.auto.conf'), `listen_addresses=''\nunix_socket_directories='${work}'\nshared_buffers='1GB'\nwork_mem='64MB'\nfsync=off\njit=off\n`);
  asPostgres(`${postgres}/pg_ctl`, '-s', '-w', '-D', join(work, 'pg'), '-l', join(work, 'pg', 'log'), 'start');
  psql('create extension postgis');
  run('env', 'PG_USE_COPY=YES', 'ogr2ogr', '-f', 'PostgreSQL', `PG:host=${work} user=postgres dbname=postgres`, join(folder, 'city.sqlite'), 'parcel', '-t_srs', 'EPSG:4326', '-nln', 'parcel', '-lco', 'GEOMETRY_NAME=geom', '-lco', 'FID=id', '-lco', 'SPATIAL_INDEX=NONE');
}

/** The records of each page, with the columns that dothi shows, in a table of their own. */
async function loadPages(client, paths) {
  let features = 0, corners = 0, bytes = 0;
  for (const [i, path] of paths.entries()) {
    const text = await client.get(path, true), page = JSON.parse(text);
    const columns = Object.keys(page.features[0].properties).map(name => `"${name}"`).join();
    psql(`create table page${i} as select id, ${columns}, geom from parcel where id in (${page.features.map(feature => feature.id).join()}) order by id; analyze page${i}`);
    features += page.features.length;
    corners += page.features.flatMap(feature => feature.geometry.coordinates.flat()).reduce((sum, ring) => sum + ring.length, 0);
    bytes += text.length;
  }
  return {features: features / paths.length, corners: corners / features, bytes: bytes / paths.length};
}

/** CPU ms of PostgreSQL's session for one of these pages, by its own account of the kernel's figures. */
function measurePostgis(what) {
  const said = psql(`do $$ declare b float; e float; n int := 0; s bigint; begin
    for turn in 0..5 loop
      if turn = 1 then b := split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::float; end if;
      for i in 0..${boxCount - 1} loop execute format('select sum(length(ST_AsGeoJSON(${what}))) from page%s t', i) into s; n := n + (turn > 0)::int; end loop;
    end loop;
    e := split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::float;
    create temp table said as select (e - b) / 1e6 / n ms; end $$; select ms from said`);
  return Number(said);
}

async function besidePostgis() {
  const server = await startDothi(), boxes = await findBoxes(server.client), results = {dothi: [], features: [], geometries: []};
  const paths = boxes.map(box => `${items}?limit=${count}&bbox=${box}`);
  startPostgis();
  const page = await loadPages(server.client, paths);
  for (let i = 0; i < rounds; i++) {
    results.dothi.push(await measure(server, paths));
    results.features.push(measurePostgis('t.*'));
    results.geometries.push(measurePostgis('geom'));
  }
  const cpu = name => median(results[name]), show = name => `${cpu(name).toFixed(2)} (${results[name].map(ms => ms.toFixed(2)).join(', ')})`;
  console.log(`${boxCount} boxes, ${page.features} parcels a page, ${page.corners.toFixed(1)} corners a parcel, ${Math.round(page.bytes / 1000)} KB; CPU ms a page, median of ${rounds}:\n`);
  console.log('| dothi, HTTP and all | `ST_AsGeoJSON` of the records | ratio | of the geometries alone | ratio |\n|---|---|---|---|---|');
  console.log(`| ${show('dothi')} | ${show('features')} | ${(cpu('features') / cpu('dothi')).toFixed(1)} | ${show('geometries')} | ${(cpu('geometries') / cpu('dothi')).toFixed(1)} |`);
}

async function besideToday() {
  const server = await startDothi(), boxes = await findBoxes(server.client);
  const records = (await server.client.json(`${items}?limit=1`)).numberMatched;
  const walks = boxes.map((_, i) => `cursor=${Math.floor((records * i) / boxCount)}.${records}`);
  const {versions} = await server.client.json(`${items}/1/versions`), middle = versions.map(one => one.recorded_at).sort()[Math.floor(versions.length / 2)];
  const days = {today: '', 'datetime=2026-01-01': '&datetime=2026-01-01', 'and recorded in the middle': `&datetime=2026-01-01&recorded=${middle}`};
  console.log('| CPU ms a page | ' + Object.keys(days).join(' | ') + ' | ratios |\n|---|---|---|---|---|');
  for (const [name, parts] of [['by bbox', boxes.map(box => `bbox=${box}`)], ['walking', walks]]) {
    const results = {};
    for (let i = 0; i < rounds; i++)
      for (const [day, words] of Object.entries(days)) (results[day] ??= []).push(await measure(server, parts.map(part => `${items}?limit=${count}&${part}${words}`)));
    const cpu = Object.values(results).map(median);
    const shown = [];
    for (const words of Object.values(days)) shown.push((await server.client.json(`${items}?limit=${count}&${parts[0]}${words}`)).numberReturned);
    console.log(`| ${name} | ${cpu.map((ms, i) => `${ms.toFixed(2)} (${shown[i]} records)`).join(' | ')} | ${cpu.slice(1).map(ms => (ms / cpu[0]).toFixed(1)).join(', ')} |`);
  }
}

function stop() {
  for (const child of children) child.kill('SIGTERM');
  try { asPostgres(`${postgres}/pg_ctl`, '-s', '-m', 'fast', '-D', join(work, 'pg'), 'stop'); } catch { /* not started */ }
  rmSync(work, {recursive: true, force: true});
}

process.on('SIGINT', () => { stop(); process.exit(130); });
(dated ? besideToday() : besidePostgis()).then(() => { stop(); process.exit(0); }, fault => { console.error(fault); stop(); process.exit(1); });
