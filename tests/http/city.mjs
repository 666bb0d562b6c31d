// A small invented city for the HTTP tests: a register made with the real commands in a temporary
// folder, and the real server over it on a free port of loopback.
import {execFile, execFileSync, spawn} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';

const run = promisify(execFile);
export const program = process.env.DOTHI ?? new URL('../../build/dothi', import.meta.url).pathname;

/** The address of a database with PostGIS, when the tests run on PostgreSQL; else undefined. */
export const postgres = process.env.DOTHI_POSTGRES;

let made = 0;

/** The address of a fresh schema there. */
export async function freshStore() {
  const schema = `h${process.pid}_${++made}`;
  await run('psql', [postgres, '-qAtX', '-v', 'ON_ERROR_STOP=1', '-c', `CREATE SCHEMA ${schema}`]);
  return `${postgres}&options=-csearch_path%3D${schema},public`;
}

/** The words of a command, which makes its register where the tests run. */
async function withStore(words) {
  const makes = postgres && (words[0] === 'init' || words[0] === 'demo') && !words.includes('--store');
  return makes ? [...words, '--store', await freshStore()] : words;
}

/** Runs dothi with words; resolves to {stdout, stderr, code}. */
export async function dothi(...words) {
  try {
    return {...(await run(program, await withStore(words), {maxBuffer: 1 << 26})), code: 0};
  } catch (fault) {
    return {stdout: fault.stdout, stderr: fault.stderr, code: fault.code};
  }
}

/** Must succeed. */
export async function must(...words) {
  const done = await dothi(...words);
  if (done.code !== 0) throw new Error(`dothi ${words.join(' ')}: ${done.stderr}`);
  return done.stdout;
}

/** The files of a register with any of these texts; of PostgreSQL those of its tables, as they are after a checkpoint. */
export function filesWith(folder, ...texts) {
  if (postgres) execFileSync('psql', [postgres, '-qc', 'CHECKPOINT']);
  const home = postgres ? join(process.env.DOTHI_POSTGRES_FOLDER, 'data/base') : folder;
  const holds = path => {
    try {
      const bytes = readFileSync(path);
      return texts.some(text => bytes.includes(text));
    } catch (fault) {
      // A cluster makes and removes files while it is looked through.
      if (fault.code === 'ENOENT') return false;
      throw fault;
    }
  };
  return readdirSync(home, {recursive: true, withFileTypes: true})
    .filter(one => one.isFile() && holds(join(one.path, one.name)))
    .map(one => one.name);
}

/** Where GDAL finds the tables of a register. */
export function databaseOf(folder) {
  if (!postgres) return join(folder, 'city.sqlite');
  const [, schema] = /search_path%3D(\w+)/.exec(readFileSync(join(folder, 'store.conf'), 'utf8'));
  return `PG:host=${process.env.DOTHI_POSTGRES_FOLDER} user=dothi dbname=dothi active_schema=${schema}`;
}

export async function temporaryFolder() {
  return mkdtemp(join(tmpdir(), 'dothi-'));
}

/** Starts `dothi serve`; resolves when its address is known and the map is ready. */
export const serve = (folder, ...options) => start('serve', folder, ...options);

/** The sample city with so many parcels, in a temporary folder of the caller's to remove, and its server. */
export async function demo(parcelCount, ...options) {
  const folder = await temporaryFolder();
  return {...(await start('demo', join(folder, 'city'), '--parcels', String(parcelCount), '--quiet', ...options)), folder};
}

async function start(verb, folder, ...options) {
  const child = spawn(program, await withStore([verb, folder, '--listen', '127.0.0.1:0', '--json', ...options]), {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '', talk = '';
  const ended = new Promise(resolve => child.on('exit', (code, signal) => resolve({code, signal, talk})));
  child.stderr.on('data', piece => (talk += piece));
  const url = await new Promise((resolve, reject) => {
    child.on('exit', () => reject(new Error(`the server ended: ${talk}`)));
    child.stdout.on('data', piece => {
      said += piece;
      if (said.includes('\n')) resolve(JSON.parse(said).url);
    });
  });
  return {
    url,
    pid: child.pid,
    talk: () => talk,
    /** Resolves when it has ended, however that came. */
    ended,
    get: (path, init) => fetch(url + path, init),
    json: async (path, init) => (await fetch(url + path, init)).json(),
    /** Ends the server as systemd would, and tells how it ended. */
    stop: async () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** Parcels on a grid around the centre: `rows` x `rows`, 0.0004 degrees apart, with odd shapes among them. */
export function parcels(rows = 20) {
  const features = [];
  for (let j = 0; j < rows; j++)
    for (let i = 0; i < rows; i++) {
      const x = 106.65 + i * 0.0004, y = 10.975 + j * 0.0004, d = 0.00035;
      const outer = [[x, y], [x + d, y], [x + d, y + d], [x, y + d], [x, y]];
      const hole = [[x + d / 3, y + d / 3], [x + d / 3, y + d / 2], [x + d / 2, y + d / 2], [x + d / 3, y + d / 3]];
      features.push({
        type: 'Feature',
        properties: {so_to: String(1 + Math.floor(j / 5)), so_thua: String(1 + (j % 5) * rows + i), loai_dat: (i + j) % 3 ? 'ODT' : 'CLN', ghi_chu: i === 3 ? 'Nhà "góc"' : null},
        geometry: {type: 'Polygon', coordinates: (i + j) % 7 === 0 ? [outer, hole] : [outer]},
      });
    }
  features.push({type: 'Feature', properties: {so_to: '99', so_thua: '1', loai_dat: null, ghi_chu: null}, geometry: null});
  return {type: 'FeatureCollection', features};
}

/** A register with parcels, streets and poles, and its server. */
export async function smallCity(...options) {
  const folder = await temporaryFolder();
  const city = join(folder, 'city');
  const streets = {
    type: 'FeatureCollection',
    features: [
      {type: 'Feature', properties: {name: 'Đường Yersin', kind: 'main', width_m: 12}, geometry: {type: 'LineString', coordinates: [[106.6499, 10.974], [106.6499, 10.984]]}},
      {type: 'Feature', properties: {name: 'Hẻm 25 Yersin', kind: 'alley', width_m: 4}, geometry: {type: 'LineString', coordinates: [[106.6499, 10.9789], [106.6585, 10.9789]]}},
    ],
  };
  const poles = 'ma_tru,lon,lat,cong_suat\nT1,106.6499,10.9745,100\nT2,106.6499,10.9748,60\n';
  await writeFile(join(folder, 'parcels.geojson'), JSON.stringify(parcels()));
  await writeFile(join(folder, 'streets.geojson'), JSON.stringify(streets));
  await writeFile(join(folder, 'poles.csv'), poles);
  await must('init', city, '--crs', '9210', '--name', 'Thành phố thử');
  await must('import', city, join(folder, 'parcels.geojson'), '--layer', 'parcel');
  await must('import', city, join(folder, 'streets.geojson'), '--layer', 'street');
  await must('import', city, join(folder, 'poles.csv'), '--layer', 'light_pole', '--crs', '4326');
  const server = await serve(city, ...options);
  return {
    ...server,
    folder: city,
    end: async () => {
      const how = await server.stop();
      await rm(folder, {recursive: true});
      return how;
    },
  };
}
