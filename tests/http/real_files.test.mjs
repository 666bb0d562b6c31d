// Real files of two cities, with their faults (tests/files/README): what is stored agrees with what
// GDAL finds in the file, every bad row is named, and GDAL reads the same back from the server.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {must, serve, temporaryFolder} from './city.mjs';

const env = {...process.env, ASAN_OPTIONS: '', LD_PRELOAD: '', CPL_DEBUG: 'OFF'};
const gdal = (program, ...words) => execFileSync(program, words, {encoding: 'utf8', env, maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore']});
const file = name => fileURLToPath(new URL(`../files/${name}`, import.meta.url));

const cities = [
  {
    name: 'parcels of Cambridge, in feet', epsg: 26986, layer: 'parcel', invalid: 34, withoutShape: 1,
    file: file('cambridge-ma-parcels-2014.zip'), source: `/vsizip/${file('cambridge-ma-parcels-2014.zip')}`, fields: {map_sheet: 'MAP', parcel_no: 'LOT'}, tiles: 14,
  },
  {
    // EPSG:6960 as it is pinned, with the signs of a position vector: GDAL alone takes another one.
    target: '+proj=tmerc +lat_0=0 +lon_0=105.75 +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84 +towgs84=-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278 +units=m +no_defs',
    name: 'communes of Bình Dương, in degrees', epsg: 9210, layer: 'admin_unit', invalid: 0, withoutShape: 0,
    file: file('binh-duong-communes-2009.geojson'), source: file('binh-duong-communes-2009.geojson'),
    fields: {name: 'commune'}, tiles: 10,
  },
];

const near = (ours, theirs, most, what) => assert.ok(Math.abs(ours - theirs) <= most, `${what}: ${ours} is not ${theirs}`);

/** Rows that GDAL answers to SQL. */
const ask = (source, sql) => JSON.parse(gdal('ogr2ogr', '-f', 'GeoJSON', '/vsistdout/', source, '-dialect', 'sqlite', '-sql', sql)).features.map(feature => feature.properties);

/** What GDAL finds in the file: in the working system, but for what is invalid. */
function facts(city, folder) {
  const moved = join(folder, 'moved.gpkg');
  gdal('ogr2ogr', '-f', 'GPKG', '-t_srs', city.target ?? `EPSG:${city.epsg}`, '-nlt', 'PROMOTE_TO_MULTI', '-nln', 'moved', moved, city.source);
  const box = /Extent: \(([-\d.]+), ([-\d.]+)\) - \(([-\d.]+), ([-\d.]+)\)/.exec(gdal('ogrinfo', '-ro', '-so', moved, 'moved'));
  const [{area}] = ask(moved, 'SELECT sum(ST_Area(geom)) AS area FROM moved');
  // In the file's own numbers: moved, two shapes that are nearly invalid change sides.
  const kept = join(folder, 'kept.gpkg');
  gdal('ogr2ogr', '-f', 'GPKG', '-nlt', 'PROMOTE_TO_MULTI', '-nln', 'kept', kept, city.source);
  const invalid = ask(kept, 'SELECT rowid + 0 AS row FROM kept WHERE geom IS NOT NULL AND NOT ST_IsValid(geom)').map(found => found.row);
  return {
    area, invalid, extent: box.slice(1).map(Number),
    rows: JSON.parse(gdal('ogr2ogr', '-f', 'GeoJSON', '/vsistdout/', moved, '-t_srs', 'EPSG:4326')).features,
  };
}

for (const city of cities)
  describe(city.name, () => {
    let folder, report, truth, server;
    before(async () => {
      folder = await temporaryFolder();
      await must('init', join(folder, 'city'), '--crs', String(city.epsg), '--name', city.name);
      report = JSON.parse(await must('import', join(folder, 'city'), city.file, '--layer', city.layer, '--yes', '--json'));
      truth = facts(city, folder);
      server = await serve(join(folder, 'city'), '--quiet');
    });
    after(async () => {
      assert.equal((await server.stop()).code, 0);
      await rm(folder, {recursive: true});
    });

    test('counts, extent and area are those of GDAL', () => {
      assert.equal(report.rows, truth.rows.length);
      assert.equal(report.stored, truth.rows.length);
      assert.equal(report.without_geometry, city.withoutShape);
      near(report.area_m2, truth.area, truth.area * 1e-7, 'area');
      report.extent.forEach((metres, i) => near(metres, truth.extent[i], 0.002, 'extent'));
    });

    test('every row with an invalid shape is named, and no other', () => {
      const named = report.findings.filter(finding => finding.lon !== undefined).map(finding => finding.row);
      assert.equal(named.length, city.invalid);
      assert.deepEqual(named.sort((a, b) => a - b), truth.invalid.sort((a, b) => a - b));
    });

    test('GDAL reads the same count and attributes back', () => {
      const read = JSON.parse(gdal('ogr2ogr', '-f', 'GeoJSON', '/vsistdout/', `OAPIF:${server.url}/ogc`, city.layer, '-oo', 'PAGE_SIZE=5000')).features;
      assert.equal(read.length, truth.rows.length);
      read.forEach((feature, i) => {
        for (const [field, column] of Object.entries(city.fields))
          assert.equal(feature.properties[field], truth.rows[i].properties[column] || null, `row ${i + 1}, ${field}`);
      });
    });

    test('and sees them in the tiles', () => {
      const about = gdal('ogrinfo', '-ro', '-so', `MVT:${server.url}/tiles/${city.layer}/${city.tiles}`, city.layer);
      assert.ok(Number(/Feature Count: (\d+)/.exec(about)[1]) > 0);
    });
  });
