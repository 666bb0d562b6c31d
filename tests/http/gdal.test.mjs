// The clients that people have: GDAL reads back what was imported, as OGC API and as tiles.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {after, before, test} from 'node:test';
import {databaseOf, must, parcels, smallCity} from './city.mjs';

let city;
before(async () => (city = await smallCity('--quiet')));
after(async () => assert.equal((await city.end()).code, 0));

// A preloaded sanitizer or its options are not for GDAL's programs.
const env = {...process.env, ASAN_OPTIONS: '', LD_PRELOAD: '', CPL_DEBUG: 'OFF'};
const gdal = (program, ...words) => execFileSync(program, words, {encoding: 'utf8', env, maxBuffer: 1 << 26});

test('OAPIF: the same count and attributes, in pages of ten and of a thousand', () => {
  assert.match(gdal('ogrinfo', '-ro', '-so', `OAPIF:${city.url}/ogc`, 'parcel'), /Feature Count: 401/);
  for (const options of [[], ['-oo', 'PAGE_SIZE=1000']]) {
    const read = JSON.parse(gdal('ogr2ogr', '-f', 'GeoJSON', '/vsistdout/', `OAPIF:${city.url}/ogc`, 'parcel', ...options));
    const made = parcels().features;
    assert.equal(read.features.length, made.length);
    read.features.forEach((feature, i) => {
      assert.equal(feature.properties.map_sheet, made[i].properties.so_to);
      assert.equal(feature.properties.parcel_no, made[i].properties.so_thua);
      assert.equal(feature.properties.land_use, made[i].properties.loai_dat);
    });
  }
});

test('OAPIF: column types come from the schema, a box and an id are pushed down', () => {
  const about = gdal('ogrinfo', '-ro', '-so', `OAPIF:${city.url}/ogc`, 'parcel');
  assert.match(about, /area_m2: Real/);
  assert.match(about, /valid_from: Date/);
  assert.match(about, /version: Integer/);
  const boxed = gdal('ogrinfo', '-ro', '-so', `OAPIF:${city.url}/ogc`, 'parcel', '-spat', '106.6501', '10.9751', '106.65045', '10.97545');
  assert.match(boxed, /Feature Count: [3-5]\b/);
  assert.match(gdal('ogrinfo', '-ro', '-q', `OAPIF:${city.url}/ogc`, 'parcel', '-fid', '7'), /OGRFeature\(parcel\):7/);
});

test('OAPIF with a token: who may reads; GDAL writes where its version can, and the same token by HTTP', async () => {
  await must('user', 'add', city.folder, 'an', '--role', 'officer');
  const {token} = JSON.parse(await must('user', 'token', 'add', city.folder, 'an', '--name', 'GDAL', '--json'));
  const own = ['-oo', `USERPWD=an:${token}`];
  await must('user', 'scope', 'set', city.folder, 'public', '--layer', 'street', '--read-only');
  assert.throws(() => gdal('ogrinfo', '-ro', '-so', `OAPIF:${city.url}/ogc`, 'parcel'));
  assert.match(gdal('ogrinfo', '-ro', '-so', ...own, `OAPIF:${city.url}/ogc`, 'parcel'), /Feature Count: 401/);
  assert.throws(() => gdal('ogrinfo', '-ro', '-so', '-oo', 'USERPWD=an:dothi_wrong', `OAPIF:${city.url}/ogc`, 'parcel'));
  try {
    gdal('ogrinfo', ...own, `OAPIF:${city.url}/ogc`, '-dialect', 'SQLITE', '-sql', "UPDATE parcel SET land_use = 'BHK' WHERE id = 1");
  } catch {} // Debian's version opens OAPIF for reading alone
  const headers = {authorization: `Basic ${Buffer.from(`an:${token}`).toString('base64')}`};
  const before = await city.json('/ogc/collections/parcel/items/1', {headers});
  console.log(`${gdal('gdalinfo', '--version').trim()}: ${before.properties.land_use === 'BHK' ? 'writes' : 'only reads'}`);
  const answer = await city.get('/ogc/collections/parcel/items/1', {method: 'PATCH', body: '{"properties":{"land_use":"CLN"}}',
    headers: {...headers, 'content-type': 'application/merge-patch+json', 'if-match': `"v${before.properties.version}"`}});
  assert.equal(answer.status, 204);
  assert.match(gdal('ogrinfo', '-ro', '-q', ...own, `OAPIF:${city.url}/ogc`, 'parcel', '-fid', '1'), /land_use \(String\) = CLN/);
  await must('user', 'scope', 'clear', city.folder, 'public');
});

test('MVT: a zoom as a layer, and one tile', () => {
  const zoom = gdal('ogrinfo', '-ro', '-so', `MVT:${city.url}/tiles/parcel/15`, 'parcel');
  const count = Number(/Feature Count: (\d+)/.exec(zoom)[1]);
  assert.ok(count >= 400, 'a parcel on a border stands in two tiles');
  assert.match(zoom, /land_use: String/);
  const tile = gdal('ogrinfo', '-ro', '-so', `MVT:${city.url}/tiles/parcel/15/26092/15378.pbf`, 'parcel');
  assert.match(tile, /Feature Count: \d+/);
});

test('the register is an ordinary SpatiaLite file, or PostGIS database', () => {
  const about = gdal('ogrinfo', '-ro', '-so', databaseOf(city.folder), 'parcel');
  assert.match(about, /Feature Count: 401/);
  assert.match(about, /ID\["EPSG",9210\]/);
  assert.match(about, /Geometry: Multi Polygon/);
});
