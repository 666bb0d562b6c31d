// Tiles as a file: what `dothi tiles export` and `dothi tile` write is what the server answers.
import assert from 'node:assert/strict';
import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {existsSync, readFileSync, readdirSync, statSync} from 'node:fs';
import {open, rm, writeFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {gunzipSync} from 'node:zlib';
import {demo, dothi, must, program} from './city.mjs';

const {PMTiles} = createRequire(new URL('../../web-map/package.json', import.meta.url))('pmtiles');

const PARCELS = 1500;
let city, folder;
before(async () => {
  city = await demo(PARCELS);
  folder = join(city.folder, 'city');
});
after(async () => {
  assert.equal((await city.stop()).code, 0);
  await rm(city.folder, {recursive: true});
});

const at = name => join(city.folder, name);
const exported = async (name, ...words) => JSON.parse(await must('tiles', 'export', folder, at(name), '--json', ...words));

/** The tiles of an MBTiles file, by "z/x/y" as the web counts: gzip. */
function readMbtiles(path) {
  const sql = 'SELECT zoom_level, tile_column, (1 << zoom_level) - 1 - tile_row, hex(tile_data) FROM tiles';
  const rows = execFileSync('sqlite3', ['-separator', ' ', path, sql], {encoding: 'utf8', maxBuffer: 1 << 28});
  return new Map(rows.trim().split('\n').map(row => row.split(' ')).map(([z, x, y, hex]) => [`${z}/${x}/${y}`, Buffer.from(hex, 'hex')]));
}

/** Ten at a time. */
async function eachOf(things, visit) {
  const waiting = [...things];
  await Promise.all(Array.from({length: 10}, async () => {
    for (let one; (one = waiting.pop()) !== undefined; ) await visit(one);
  }));
}

const layersOf = async () => JSON.parse(execFileSync('sqlite3', [at('city.mbtiles'), "SELECT value FROM metadata WHERE name = 'json'"])).vector_layers.map(layer => layer.id);
const served = async (layers, tile) => {
  const answer = await city.get(`/tiles/${layers.join()}/${tile}.mvt`);
  assert.ok(answer.ok, tile);
  return Buffer.from(await answer.arrayBuffer());
};

test('each tile of an MBTiles file is the one that the server answers, and none is missing', async () => {
  const report = await exported('city.mbtiles', '--zooms', '6-18'), tiles = readMbtiles(at('city.mbtiles'));
  const layers = await layersOf();
  assert.ok(layers.includes('parcel') && layers.includes('street'));
  assert.equal(tiles.size, report.tiles);
  assert.ok(tiles.size > 300);
  assert.equal(report.full_tiles, 0);
  await eachOf(tiles, async ([tile, bytes]) => assert.deepEqual(gunzipSync(bytes), await served(layers, tile), tile));
  // What lies beside a tile, above one or in one, and is not in the file, is empty.
  const others = new Set();
  for (const tile of tiles.keys()) {
    const [z, x, y] = tile.split('/').map(Number);
    others.add(`${z - 1}/${x >> 1}/${y >> 1}`);
    for (const [i, j] of [[0, 0], [0, 1], [1, 0], [1, 1]]) {
      if (z < 18) others.add(`${z + 1}/${2 * x + i}/${2 * y + j}`);
      others.add(`${z}/${x + 2 * i - 1}/${y + 2 * j - 1}`);
    }
  }
  const absent = [...others].filter(tile => !tiles.has(tile) && Number(tile.split('/')[0]) >= 6);
  assert.ok(absent.length > 20);
  await eachOf(absent, async tile => assert.equal((await served(layers, tile)).length, 0, tile));
});

test('GDAL opens the MBTiles file', () => {
  // A preloaded sanitizer is not for GDAL's programs.
  const env = {...process.env, ASAN_OPTIONS: '', LD_PRELOAD: ''};
  const about = execFileSync('ogrinfo', ['-ro', '-so', at('city.mbtiles'), 'parcel'], {encoding: 'utf8', env});
  assert.match(about, /using driver `MBTiles' successful/);
  assert.match(about, /Feature Count: [1-9]\d{2,}/);
  assert.match(about, /parcel_no: String/);
});

test('GDAL reads every parcel out of the tiles of every zoom', () => {
  const env = {...process.env, ASAN_OPTIONS: '', LD_PRELOAD: ''};
  for (const zoom of [14, 15, 16, 17, 18]) {
    const words = ['-f', 'CSV', '/vsistdout/', at('city.mbtiles'), 'parcel', '-oo', `ZOOM_LEVEL=${zoom}`, '-select', 'mvt_id'];
    const {stdout, stderr, status} = spawnSync('ogr2ogr', words, {encoding: 'utf8', env, maxBuffer: 1 << 28});
    assert.deepEqual({status, stderr}, {status: 0, stderr: ''});
    assert.equal(new Set(stdout.trim().split('\n').slice(1)).size, PARCELS, `zoom ${zoom}`);
  }
});

/** What the package `pmtiles` reads from. */
async function sourceOf(path) {
  const file = await open(path);
  return {
    getKey: () => path,
    getBytes: async (offset, length) => {
      const {buffer, bytesRead} = await file.read(Buffer.alloc(length), 0, length, offset);
      return {data: buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + bytesRead)};
    },
    close: () => file.close(),
  };
}

test('a PMTiles file has the same tiles for a reader of others', async () => {
  const report = await exported('city.pmtiles', '--zooms', '6-18'), tiles = readMbtiles(at('city.mbtiles'));
  const source = await sourceOf(at('city.pmtiles')), archive = new PMTiles(source);
  const header = await archive.getHeader(), metadata = await archive.getMetadata();
  assert.equal(header.specVersion, 3);
  assert.equal(header.clustered, true);
  assert.equal(header.tileType, 1);
  assert.equal(header.numAddressedTiles, tiles.size);
  assert.equal(header.numTileContents, report.contents);
  assert.deepEqual([header.minZoom, header.maxZoom], [report.min_zoom, report.max_zoom]);
  assert.ok(header.minLon > 106 && header.maxLon < 107 && header.minLat > 10 && header.maxLat < 12 && header.minLon < header.maxLon);
  assert.equal(metadata.name, 'Thủ Dầu Một');
  assert.deepEqual(metadata.vector_layers.map(layer => layer.id), await layersOf());
  for (const [tile, bytes] of tiles) {
    const found = await archive.getZxy(...tile.split('/').map(Number));
    assert.deepEqual(Buffer.from(found.data), gunzipSync(bytes), tile);
  }
  assert.equal(await archive.getZxy(12, 0, 0), undefined);
  await source.close();
});

/** Begins an export, and stops it when something was written. */
async function stopped(name, ...words) {
  const child = spawn(program, ['tiles', 'export', folder, at(name), '--json', '--lang', 'en', ...words], {stdio: ['ignore', 'pipe', 'pipe']});
  let said = '', talk = '';
  child.stdout.on('data', piece => (said += piece));
  child.stderr.on('data', piece => (talk += piece));
  const ended = new Promise(resolve => child.on('close', code => resolve(code)));
  while (child.exitCode === null && !(existsSync(at(`${name}.partial`)) && statSync(at(`${name}.partial`)).size > 40000))
    await new Promise(resolve => setTimeout(resolve, 5));
  child.kill('SIGINT');
  return {code: await ended, said: JSON.parse(said), talk};
}

test('what was stopped is gone on with, to the same bytes', async () => {
  const zooms = ['--layers', 'parcel,street', '--zooms', '10-20'];
  const stop = await stopped('long.pmtiles', ...zooms);
  assert.equal(stop.code, 1);
  assert.equal(stop.said.error.code, 'TILE-EXPORT-01');
  assert.ok(stop.said.tiles > 0 && stop.said.can_resume);
  assert.match(stop.talk, /What is done is kept in long\.pmtiles\.partial; run it again with --resume/);
  assert.ok(!existsSync(at('long.pmtiles')));
  const rest = await exported('long.pmtiles', ...zooms, '--resume');
  assert.equal(rest.resumed_tiles, stop.said.tiles);
  assert.ok(rest.tiles > stop.said.tiles);
  await exported('whole.pmtiles', ...zooms, '--resume');
  assert.ok(readFileSync(at('whole.pmtiles')).equals(readFileSync(at('long.pmtiles'))));
  assert.deepEqual(readdirSync(city.folder).filter(name => name.includes('partial')), []);
});

test('tiles of two states of the register do not come together', async () => {
  await stopped('state.mbtiles', '--zooms', '6-18');
  await writeFile(at('poles.csv'), 'ma_tru,lon,lat,cong_suat\nX1,106.66,11.0,100\n');
  await must('import', folder, at('poles.csv'), '--layer', 'light_pole', '--crs', '4326');
  const refused = await dothi('tiles', 'export', folder, at('state.mbtiles'), '--json', '--zooms', '6-18', '--resume');
  assert.equal(refused.code, 75);
  assert.equal(JSON.parse(refused.stdout).error.code, 'TILE-ARCHIVE-04');
  assert.ok(existsSync(at('state.mbtiles.partial')) && !existsSync(at('state.mbtiles')));
  const anew = await exported('state.mbtiles', '--zooms', '14', '--layers', 'street,parcel');
  assert.deepEqual([anew.min_zoom, anew.max_zoom, anew.resumed_tiles], [14, 14, 0]);
  assert.ok(!existsSync(at('state.mbtiles.partial')));
});

test('what cannot be is refused with a reason, and leaves nothing', async () => {
  const before = readdirSync(city.folder);
  const wrong = [
    [['a.zip'], 2, 'TILE-ARCHIVE-01'], [['a.pmtiles', '--layers', 'nothing'], 2, 'CMD-LAYER-01'],
    [['a.pmtiles', '--layers', 'parcel,'], 2, 'CMD-LAYER-01'], [['a.pmtiles', '--zooms', '9-3'], 2, 'CMD-OPTION-05'],
    [['a.pmtiles', '--zooms', '23'], 2, 'CMD-OPTION-05'], [['a.pmtiles', '--zooms', '-3'], 2, 'CMD-OPTION-05'],
    [['a.pmtiles', '--zooms', '3-'], 2, 'CMD-OPTION-05'], [['a.mbtiles', '--zooms', '0-1'], 65, 'TILE-ARCHIVE-02'],
  ];
  for (const [[name, ...words], code, why] of wrong) {
    const done = await dothi('tiles', 'export', folder, at(name), '--json', ...words);
    assert.equal(done.code, code, done.stderr);
    assert.equal(JSON.parse(done.stdout).error.code, why);
  }
  assert.deepEqual(readdirSync(city.folder), before);
});

test('one tile, as the server has it', async () => {
  const tiles = [...readMbtiles(at('city.mbtiles'))].filter(([name]) => name.startsWith('16/'));
  const [tile] = tiles.reduce((one, other) => (one[1].length > other[1].length ? one : other));
  for (const [asked, ending] of [['', '.mvt'], ['.mvt', '.mvt'], ['.pbf', '.mvt'], ['.png', '.png'], ['@2x.png', '@2x.png']]) {
    const wanted = Buffer.from(await (await city.get(`/tiles/parcel,street/${tile}${ending}`)).arrayBuffer());
    assert.ok(wanted.length > 100);
    assert.deepEqual(execFileSync(program, ['tile', folder, 'parcel,street', tile + asked]), wanted, asked);
    await must('tile', folder, 'parcel,street', tile + asked, '-o', at('tile'));
    assert.deepEqual(readFileSync(at('tile')), wanted);
  }
  for (const [address, code, why] of [[`${tile}.gif`, 65, 'TILE-FORMAT-01'], ['16/1', 65, 'TILE-ADDRESS-01'], [`${tile}/1`, 65, 'TILE-ADDRESS-01'],
    ['23/0/0.mvt', 65, 'TILE-ADDRESS-01'], ['1/2/0', 65, 'TILE-ADDRESS-01'], ['', 65, 'TILE-ADDRESS-01']]) {
    const done = await dothi('tile', folder, 'parcel', address, '--json');
    assert.equal(done.code, code, address);
    assert.equal(JSON.parse(done.stdout).error.code, why, address);
  }
  assert.throws(() => execFileSync('script', ['-qec', `'${program}' tile '${folder}' parcel ${tile} --lang en`, '/dev/null']),
    fault => fault.status === 2 && /not printed on a terminal/.test(fault.stdout));
});
