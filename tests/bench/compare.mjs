#!/usr/bin/env node
// Tiles beside their peers, in one run on one machine: CPU time of the server for each answer.
//
//   dothi demo --parcels 1000000 --listen 127.0.0.1:0 DIR     (once; stop it when the map is ready)
//   node tests/bench/compare.mjs DIR [--seconds 4] [--repeats 3] [--zooms 14,16,18]
//
// Beside dothi it needs Debian's postgresql-15-postgis-3, cgi-mapserver, nginx-light, spawn-fcgi,
// gdal-bin, wrk, and root (PostgreSQL runs as its own user). All servers get the same records and the
// same random full tiles in the inner 60 % of the city; they take turns, and the median of the
// repeats counts. Tiles are made anew for each request, then kept ones beside nginx with the same
// bytes. Prints Markdown for docs/BENCHMARKS.md. While it runs the register has a dothi.conf.
import {execFileSync, spawn} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, chmodSync} from 'node:fs';
import http from 'node:http';
import {cpus, tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {gzipSync} from 'node:zlib';

const option = (name, absent) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? absent : process.argv[at + 1];
};
const folder = process.argv[2];
if (!folder || !existsSync(join(folder, 'city.sqlite'))) {
  console.error('usage: compare.mjs DIR (a register with parcels and streets)');
  process.exit(2);
}
const seconds = Number(option('seconds', 4)), repeats = Number(option('repeats', 3));
const zooms = option('zooms', '14,16,18').split(',').map(Number);
const dothi = process.env.DOTHI ?? new URL('../../build/dothi', import.meta.url).pathname;
const postgres = '/usr/lib/postgresql/15/bin';
const work = mkdtempSync(join(tmpdir(), 'compare-'));
chmodSync(work, 0o755);
const register = join(folder, 'city.sqlite'), settings = join(folder, 'dothi.conf');
if (existsSync(settings)) {
  console.error(`compare.mjs: ${settings} is in the way`);
  process.exit(2);
}
const children = [];

const run = (program, ...words) => execFileSync(program, words, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28});
const asPostgres = (...words) => execFileSync('setpriv', ['--reuid', 'postgres', '--regid', 'postgres', '--clear-groups', ...words], {cwd: '/', encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']});
const psql = sql => run('psql', '-qAtX', '-h', work, '-U', 'postgres', '-v', 'ON_ERROR_STOP=1', '-c', sql).trim();

/** CPU milliseconds that processes and their children have used, the ended ones too. */
function cpuMs(pids) {
  const ticks = pid => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
      return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    } catch {
      return 0;
    }
  };
  const parents = new Set(pids.map(Number));
  let sum = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    let parent = 0;
    try {
      parent = Number(readFileSync(`/proc/${name}/stat`, 'utf8').replace(/.*\) /, '').split(' ')[1]);
    } catch {
      continue;
    }
    if (parents.has(Number(name)) || parents.has(parent)) sum += ticks(name);
  }
  return sum * 10;
}

const median = numbers => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Random tiles of a zoom in the inner 60 % of the parcels' extent. */
function tilesOf(zoom, extent, count) {
  let seed = 1;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const [x0, y0, x1, y1] = extent, half = 20037508.342789244, across = 2 ** zoom / (2 * half);
  return Array.from({length: count}, () => {
    const x = x0 + (x1 - x0) * (0.2 + 0.6 * random()), y = y0 + (y1 - y0) * (0.2 + 0.6 * random());
    return [zoom, Math.floor((x + half) * across), Math.floor((half - y) * across)];
  });
}

/** Asks for paths on two kept connections for some seconds; CPU ms and bytes an answer. */
async function load(port, paths, pids, headers = {}) {
  const agent = new http.Agent({keepAlive: true, maxSockets: 2});
  let answers = 0, bytes = 0, next = 0;
  const ask = path =>
    new Promise((resolve, reject) =>
      http
        .get({host: '127.0.0.1', port, path, agent, headers}, answer => {
          if (answer.statusCode >= 400) reject(new Error(`${path}: ${answer.statusCode}`));
          answer.on('data', piece => (bytes += piece.length)).on('end', resolve);
        })
        .on('error', reject),
    );
  const before = cpuMs(pids), until = Date.now() + seconds * 1000;
  const client = async () => {
    while (Date.now() < until || answers < 4) {
      await ask(paths[next++ % paths.length]);
      answers++;
    }
  };
  await Promise.all([client(), client()]);
  agent.destroy();
  return {cpu: (cpuMs(pids) - before) / answers, bytes: Math.round(bytes / answers), answers};
}

/** The server with so much memory for tiles that it keeps, MB. */
async function startDothi(cache) {
  writeFileSync(settings, `tile_cache_mb = ${cache}\n`);
  const child = spawn(dothi, ['serve', folder, '--listen', '127.0.0.1:0', '--quiet', '--json'], {stdio: ['ignore', 'pipe', 'inherit']});
  children.push(child);
  const line = await new Promise(resolve => child.stdout.once('data', resolve));
  const stopped = new Promise(resolve => child.once('exit', resolve));
  return {pid: child.pid, port: Number(new URL(JSON.parse(line).url).port), stop: () => (child.kill('SIGTERM'), stopped)};
}

function startPostgis() {
  mkdirSync(join(work, 'pg'));
  run('chown', '-R', 'postgres', work);
  asPostgres(`${postgres}/initdb`, '-D', join(work, 'pg'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync');
  writeFileSync(join(work, 'pg', 'postgresql.auto.conf'), `listen_addresses=''\nunix_socket_directories='${work}'\nshared_buffers='2GB'\nwork_mem='64MB'\nmaintenance_work_mem='512MB'\nfsync=off\njit=off\nrandom_page_cost=1.1\nmax_wal_size='8GB'\n`);
  asPostgres(`${postgres}/pg_ctl`, '-s', '-w', '-D', join(work, 'pg'), '-l', join(work, 'pg', 'log'), 'start');
  psql('create extension postgis');
  run('env', 'PG_USE_COPY=YES', 'ogr2ogr', '-f', 'PostgreSQL', `PG:host=${work} user=postgres dbname=postgres`, join(work, 'parcel.fgb'), '-nln', 'parcel', '-lco', 'GEOMETRY_NAME=geom', '-lco', 'SPATIAL_INDEX=NONE');
  psql('create index parcel_geom on parcel using gist(geom)');
  psql('cluster parcel using parcel_geom');
  psql('vacuum analyze parcel');
  return Number(readFileSync(join(work, 'pg', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

function pgbench(pid, tiles) {
  const script = join(work, 'tile.sql'), [z] = tiles[0];
  const xs = tiles.map(tile => tile[1]), ys = tiles.map(tile => tile[2]);
  writeFileSync(script, `\\set x random(${Math.min(...xs)},${Math.max(...xs)})\n\\set y random(${Math.min(...ys)},${Math.max(...ys)})\nSELECT ST_AsMVT(t,'parcel',4096,'geom','ogc_fid') FROM (SELECT ST_AsMVTGeom(geom, ST_TileEnvelope(${z},:x,:y), 4096, 64, true) geom, ogc_fid, map_sheet, parcel_no, land_use, status FROM parcel WHERE geom && ST_TileEnvelope(${z},:x,:y,margin=>64.0/4096)) t;\n`);
  const before = cpuMs([pid]);
  const said = run('pgbench', '-n', '-M', 'prepared', '-c', '2', '-j', '2', '-T', String(seconds), '-h', work, '-U', 'postgres', '-f', script, 'postgres');
  const answers = Number(/actually processed: (\d+)/.exec(said)[1]);
  return {cpu: (cpuMs([pid]) - before) / answers, answers};
}

/** CPU ms that packing a tile takes with zlib, as who puts ST_AsMVT on the web does. */
function zlibAlone(tiles) {
  const some = tiles.slice(0, 20).map(([z, x, y]) => Buffer.from(psql(`SELECT encode(ST_AsMVT(t,'parcel',4096,'geom','ogc_fid'), 'hex') FROM (SELECT ST_AsMVTGeom(geom, ST_TileEnvelope(${z},${x},${y}), 4096, 64, true) geom, ogc_fid, map_sheet, parcel_no, land_use, status FROM parcel WHERE geom && ST_TileEnvelope(${z},${x},${y},margin=>64.0/4096)) t`), 'hex'));
  const before = process.cpuUsage();
  for (const bytes of some) gzipSync(bytes);
  const {user, system} = process.cpuUsage(before);
  return (user + system) / 1000 / some.length;
}

/** Rate, and CPU µs an answer, of one address asked for again and again. */
function wrk(url, pids) {
  const before = cpuMs(pids);
  const said = run('wrk', '-t1', '-c32', `-d${seconds}s`, '-H', 'Accept-Encoding: gzip', url);
  const [, answers] = /(\d+) requests in/.exec(said), [, rate] = /Requests\/sec:\s+([\d.]+)/.exec(said);
  if (/Non-2xx/.test(said)) throw new Error(`${url}: ${said}`);
  return {rate: Number(rate), cpu: ((cpuMs(pids) - before) * 1000) / answers};
}

/** CPU ms that writing a tile takes without HTTP, as PostgreSQL is asked without it. */
function tileAlone(zoom) {
  const bench = join(dirname(dothi), 'tests/bench/mvt_bench');
  return Number(new RegExp(`^z${zoom}\\s+([\\d.]+)`, 'm').exec(run(bench, folder, 'parcel', String(zoom)))[1]);
}

async function startMapserver() {
  const socket = join(work, 'ms.sock'), port = 20000 + (process.pid % 20000);
  writeFileSync(join(work, 'fonts.txt'), `d ${run('fc-match', '-f', '%{file}', 'Noto Sans').trim()}\n`);
  writeFileSync(join(work, 'city.map'), `MAP NAME city SIZE 256 256 EXTENT 11860000 1220000 11890000 1250000 PROJECTION "epsg:3857" END IMAGECOLOR 255 255 255 IMAGETYPE png MAXSIZE 4096 FONTSET "${work}/fonts.txt"
 OUTPUTFORMAT NAME png DRIVER AGG/PNG IMAGEMODE RGB MIMETYPE image/png EXTENSION png END
 OUTPUTFORMAT NAME png8 DRIVER AGG/PNG8 IMAGEMODE RGB MIMETYPE image/png EXTENSION png END
 WEB METADATA "ows_enable_request" "*" END END
 LAYER NAME parcel TYPE POLYGON STATUS ON CONNECTIONTYPE FLATGEOBUF DATA "${work}/parcel.fgb" PROJECTION "epsg:3857" END
  LABELITEM "parcel_no" CLASS STYLE COLOR 255 227 247 END STYLE OUTLINECOLOR 169 139 163 WIDTH 0.6 MAXSCALEDENOM 12000 END
   LABEL MAXSCALEDENOM 2500 FONT "d" TYPE TRUETYPE SIZE 7.5 COLOR 107 90 102 OUTLINECOLOR 255 255 255 OUTLINEWIDTH 1 POSITION CC FORCE FALSE PARTIALS FALSE END END END
 LAYER NAME street TYPE LINE STATUS ON CONNECTIONTYPE FLATGEOBUF DATA "${work}/street.fgb" PROJECTION "epsg:3857" END
  CLASSITEM "kind" CLASS EXPRESSION "main" STYLE COLOR 201 174 106 WIDTH 5 END STYLE COLOR 255 231 168 WIDTH 3 END END
  CLASS STYLE COLOR 189 185 176 WIDTH 3.5 END STYLE COLOR 255 255 255 WIDTH 2 END END END END`);
  writeFileSync(join(work, 'ms.conf'), `CONFIG ENV PROJ_LIB "/usr/share/proj" MS_MAP_PATTERN "." END MAPS END END`);
  writeFileSync(join(work, 'nginx.conf'), `worker_processes 1; pid ${work}/nginx.pid; error_log ${work}/nginx.err; daemon on; user root; events {}
http { access_log off; client_body_temp_path ${work}/nb; fastcgi_temp_path ${work}/nf; proxy_temp_path ${work}/np; uwsgi_temp_path ${work}/nu; scgi_temp_path ${work}/ns; keepalive_requests 1000000; sendfile on; tcp_nopush on; open_file_cache max=100; types { }
 server { listen 127.0.0.1:${port}; location /kept/ { root ${work}; add_header Content-Encoding gzip; default_type application/vnd.mapbox-vector-tile; } location / { fastcgi_pass unix:${socket}; fastcgi_buffers 64 64k; fastcgi_param QUERY_STRING $query_string; fastcgi_param REQUEST_METHOD GET; fastcgi_param SERVER_NAME localhost; fastcgi_param SERVER_PORT ${port}; fastcgi_param SCRIPT_NAME /; fastcgi_param MS_MAPFILE ${work}/city.map; fastcgi_param MAPSERVER_CONFIG_FILE ${work}/ms.conf; } } }`);
  run('env', `MAPSERVER_CONFIG_FILE=${work}/ms.conf`, 'spawn-fcgi', '-s', socket, '-M', '666', '-F', '2', '-P', join(work, 'ms.pid'), '--', '/usr/lib/cgi-bin/mapserv');
  run('nginx', '-c', join(work, 'nginx.conf'));
  await sleep(500);
  const pidsIn = name => readFileSync(join(work, name), 'utf8').trim().split(/\s+/).map(Number);
  return {port, pids: pidsIn('ms.pid'), nginx: pidsIn('nginx.pid')};
}

function stop() {
  for (const child of children) child.kill('SIGTERM');
  for (const name of ['nginx.pid', 'ms.pid'])
    if (existsSync(join(work, name))) for (const pid of readFileSync(join(work, name), 'utf8').trim().split(/\s+/)) try { process.kill(Number(pid), 'SIGKILL'); } catch { /* gone */ }
  try { asPostgres(`${postgres}/pg_ctl`, '-s', '-m', 'fast', '-D', join(work, 'pg'), 'stop'); } catch { /* not started */ }
  rmSync(work, {recursive: true, force: true});
  rmSync(settings, {force: true});
}

/** A table of Markdown, line by line. */
const row = cells => console.log(`| ${cells.join(' | ')} |`);
const head = cells => (row(cells), row(cells.map(() => '---')));

async function compareMade(server, postmaster, mapserver, extent) {
  head(['zoom', 'dothi MVT, tile alone', 'over HTTP', 'gzip over HTTP', 'PostGIS ST_AsMVT, no HTTP', 'and gzip', 'ratio alone', 'over HTTP', 'both with gzip', 'dothi PNG', 'MapServer PNG', 'MapServer PNG8', 'ratio', 'bytes MVT / gzip / PNG / MapServer PNG8']);
  for (const zoom of zooms) {
    const tiles = tilesOf(zoom, extent, 2000), results = {};
    const note = (name, result) => (results[name] ??= []).push(result);
    const of = ending => tiles.map(([z, x, y]) => `/tiles/${ending.includes('png') ? 'parcel,street' : 'parcel'}/${z}/${x}/${y}${ending}`);
    const gmap = type => tiles.map(([z, x, y]) => `/?mode=tile&tilemode=gmap&layers=parcel+street&map.imagetype=${type}&tile=${x}+${y}+${z}`);
    for (let i = 0; i < repeats; i++) {
      note('mvt', await load(server.port, of('.mvt'), [server.pid]));
      note('postgis', pgbench(postmaster, tiles));
      note('gzip', await load(server.port, of('.mvt'), [server.pid], {'accept-encoding': 'gzip'}));
      note('zlib', {cpu: zlibAlone(tiles)});
      note('alone', {cpu: tileAlone(zoom)});
      note('png', await load(server.port, of('.png'), [server.pid]));
      note('ms', await load(mapserver.port, gmap('png'), mapserver.pids));
      note('ms8', await load(mapserver.port, gmap('png8'), mapserver.pids));
    }
    const cpu = name => median(results[name].map(result => result.cpu)), size = name => results[name][0].bytes;
    const best = Math.min(cpu('ms'), cpu('ms8')), packed = cpu('postgis') + cpu('zlib');
    row([zoom, cpu('alone').toFixed(3), cpu('mvt').toFixed(3), cpu('gzip').toFixed(3), cpu('postgis').toFixed(2), packed.toFixed(2), (cpu('postgis') / cpu('alone')).toFixed(1), (cpu('postgis') / cpu('mvt')).toFixed(1), (packed / cpu('gzip')).toFixed(1), cpu('png').toFixed(3), cpu('ms').toFixed(2), cpu('ms8').toFixed(2), (best / cpu('png')).toFixed(1), `${size('mvt')} / ${size('gzip')} / ${size('png')} / ${size('ms8')}`]);
  }
}

/** The bytes of an answer as they come, gzip. */
function packed(port, path) {
  return new Promise((resolve, reject) =>
    http.get({host: '127.0.0.1', port, path, headers: {'accept-encoding': 'gzip'}}, answer => {
      const pieces = [];
      answer.on('data', piece => pieces.push(piece)).on('end', () => resolve(Buffer.concat(pieces)));
    }).on('error', reject),
  );
}

async function compareKept(mapserver, extent) {
  const server = await startDothi(128);
  mkdirSync(join(work, 'kept'));
  head(['zoom', 'bytes', 'dothi answers a second', 'nginx', 'ratios', 'dothi CPU µs', 'nginx', 'ratio']);
  for (const zoom of zooms) {
    const paths = tilesOf(zoom, extent, 50).map(tile => `/tiles/parcel/${tile.join('/')}.mvt`), turns = [], answers = [];
    for (const path of paths) answers.push({path, bytes: await packed(server.port, path)});
    const {path, bytes} = answers.sort((a, b) => a.bytes.length - b.bytes.length)[Math.floor(answers.length / 2)];
    writeFileSync(join(work, 'kept', `${zoom}.mvt`), bytes);
    for (let i = 0; i < repeats; i++) turns.push([wrk(`http://127.0.0.1:${server.port}${path}`, [server.pid]), wrk(`http://127.0.0.1:${mapserver.port}/kept/${zoom}.mvt`, mapserver.nginx)]);
    const middle = (who, what) => median(turns.map(turn => turn[who][what]));
    row([zoom, bytes.length, middle(0, 'rate').toFixed(0), middle(1, 'rate').toFixed(0), turns.map(([our, their]) => (our.rate / their.rate).toFixed(2)).join(', '), middle(0, 'cpu').toFixed(1), middle(1, 'cpu').toFixed(1), (middle(1, 'cpu') / middle(0, 'cpu')).toFixed(2)]);
  }
  await server.stop();
}

async function main() {
  for (const layer of ['parcel', 'street']) run('ogr2ogr', '-f', 'FlatGeobuf', '-t_srs', 'EPSG:3857', join(work, `${layer}.fgb`), register, layer);
  const extent = /Extent: \(([-\d.]+), ([-\d.]+)\) - \(([-\d.]+), ([-\d.]+)\)/.exec(run('ogrinfo', '-ro', '-so', join(work, 'parcel.fgb'), 'parcel')).slice(1).map(Number);
  const server = await startDothi(0);
  const rest = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]);
  const postmaster = startPostgis();
  const mapserver = await startMapserver();
  const records = psql('select count(*) from parcel');
  console.log(`${new Date().toISOString().slice(0, 10)}, ${cpus().length} x ${cpus()[0].model.trim()}, ${records} parcels; CPU ms of the server an answer, median of ${repeats} x ${seconds} s, two clients. Memory of dothi after start: ${(rest / 1024).toFixed(0)} MiB, mapped files too.\n`);
  await compareMade(server, postmaster, mapserver, extent);
  await server.stop();
  console.log('\nA tile that is kept, 32 connections:\n');
  await compareKept(mapserver, extent);
}

process.on('SIGINT', () => { stop(); process.exit(130); });
main().then(stop, fault => { console.error(fault); stop(); process.exit(1); });
