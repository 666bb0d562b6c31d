// Tiles over HTTP: addresses, formats, caching.
import assert from 'node:assert/strict';
import {gunzipSync} from 'node:zlib';
import {request} from 'node:http';
import {after, before, test} from 'node:test';
import {readPng} from '../golden/png.mjs';
import {smallCity} from './city.mjs';

let city;
before(async () => (city = await smallCity()));
after(async () => assert.equal((await city.end()).code, 0));

const tileOf = (lon, lat, z) => {
  const n = 2 ** z, y = Math.asinh(Math.tan((lat * Math.PI) / 180));
  return [z, Math.floor(((lon + 180) / 360) * n), Math.floor(((1 - y / Math.PI) / 2) * n)].join('/');
};
const here = tileOf(106.653, 10.978, 16);

/** A request whose body is not unpacked. */
const raw = (path, headers = {}) =>
  new Promise((resolve, reject) =>
    request(city.url + path, {headers}, answer => {
      const pieces = [];
      answer.on('data', piece => pieces.push(piece)).on('end', () => resolve({status: answer.statusCode, headers: answer.headers, body: Buffer.concat(pieces)}));
    })
      .on('error', reject)
      .end());

test('a vector tile, and the same under its other ending', async () => {
  const mvt = await raw(`/tiles/parcel/${here}.mvt`), pbf = await raw(`/tiles/parcel/${here}.pbf`);
  assert.equal(mvt.status, 200);
  assert.equal(mvt.headers['content-type'], 'application/vnd.mapbox-vector-tile');
  assert.equal(mvt.headers['dothi-crs-op'], 'EPSG:6960');
  assert.ok(mvt.body.length > 1000);
  assert.deepEqual(mvt.body, pbf.body);
  assert.equal(mvt.body[0], 0x1a);
});

test('gzip only for who accepts it, with the same bytes inside', async () => {
  const plain = await raw(`/tiles/parcel/${here}.mvt`), packed = await raw(`/tiles/parcel/${here}.mvt`, {'accept-encoding': 'br, gzip;q=0.5'});
  const refused = await raw(`/tiles/parcel/${here}.mvt`, {'accept-encoding': 'gzip;q=0, br'});
  assert.equal(plain.headers['content-encoding'], undefined);
  assert.equal(refused.headers['content-encoding'], undefined);
  assert.equal(packed.headers['content-encoding'], 'gzip');
  assert.deepEqual(gunzipSync(packed.body), plain.body);
  assert.notEqual(packed.headers.etag, plain.headers.etag);
  assert.match(packed.headers.vary, /Accept-Encoding/);
});

test('raster tiles, at both sizes', async () => {
  for (const [ending, side] of [['.png', 256], ['@2x.png', 512]]) {
    const answer = await raw(`/tiles/parcel,street,light_pole/${here}${ending}`, {'accept-encoding': 'gzip'});
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'image/png');
    assert.equal(answer.headers['content-encoding'], undefined);
    const picture = readPng(answer.body);
    assert.deepEqual([picture.width, picture.height], [side, side]);
    const colours = new Set();
    for (let i = 0; i < picture.rgba.length; i += 4) colours.add(picture.rgba.slice(i, i + 4).join());
    assert.ok(colours.size > 10 && colours.has('0,0,0,0'), 'parcels on a transparent ground');
    assert.deepEqual((await raw(`/tiles/parcel,street,light_pole/${here}${ending}`)).body, answer.body);
  }
  const empty = readPng((await raw(`/tiles/parcel/${tileOf(100, 5, 16)}.png`)).body);
  assert.ok(empty.rgba.every(byte => byte === 0));
});

test('several layers stand in drawing order whatever the order of asking', async () => {
  const one = await raw(`/tiles/street,parcel/${here}.mvt`), other = await raw(`/tiles/parcel,street,parcel/${here}.mvt`);
  assert.deepEqual(one.body, other.body);
  assert.ok(one.body.indexOf('parcel') < one.body.indexOf('street'));
});

test('a thousand clients ask for one cold tile, and all have it', async () => {
  for (const path of [`/tiles/parcel,building,street/${here}@2x.png`, `/tiles/parcel,building,street,plan_zone/${here}.mvt`]) {
    const answers = await Promise.all(Array.from({length: 1000}, () => raw(path)));
    assert.deepEqual([...new Set(answers.map(answer => answer.status))], [200]);
    assert.equal(new Set(answers.map(answer => answer.headers.etag)).size, 1);
    assert.ok(answers.every(answer => answer.body.equals(answers[0].body)));
  }
});

test('304 for who has it', async () => {
  const {etag} = (await raw(`/tiles/parcel/${here}.mvt`)).headers;
  const again = await raw(`/tiles/parcel/${here}.mvt`, {'if-none-match': etag});
  assert.equal(again.status, 304);
  assert.equal(again.body.length, 0);
  assert.equal(again.headers.etag, etag);
  assert.equal(again.headers['access-control-allow-origin'], '*');
});

test('empty tiles are 204 with CORS; what cannot be is 404 with a reason', async () => {
  const empty = await city.get(`/tiles/parcel/${tileOf(100, 5, 16)}.mvt`);
  assert.equal(empty.status, 204);
  assert.equal(empty.headers.get('access-control-allow-origin'), '*');
  const wrong = {
    '/tiles/parcel/23/0/0.mvt': 'TILE-ADDRESS-01', '/tiles/parcel/3/8/0.mvt': 'TILE-ADDRESS-01', '/tiles/parcel/3/0/8.mvt': 'TILE-ADDRESS-01',
    '/tiles/parcel/-1/0/0.mvt': 'TILE-ADDRESS-01', '/tiles/parcel/1/0/a.mvt': 'TILE-ADDRESS-01', '/tiles/parcel/1/0/0x1.mvt': 'TILE-ADDRESS-01',
    '/tiles/parcel/99999999999999999999/0/0.mvt': 'TILE-ADDRESS-01', '/tiles/parcel/1/0/0.gif': 'TILE-FORMAT-01', '/tiles/parcel/1/0/.mvt': 'TILE-FORMAT-01',
    '/tiles/nothing/1/0/0.mvt': 'HTTP-LAYER-01', '/tiles/parcel,/1/0/0.mvt': 'HTTP-LAYER-01', '/tiles/parcel/1/0': 'HTTP-PAGE-01',
  };
  for (const [path, code] of Object.entries(wrong)) {
    const answer = await city.get(path);
    assert.equal(answer.status, 404, path);
    assert.equal((await answer.json()).code, code, path);
  }
  assert.equal((await city.get(`/tiles/parcel/${here}.mvt?date=x`)).status, 400);
});

test('TileJSON and its other name', async () => {
  const tilejson = await city.json('/tiles/parcel,street/tilejson.json');
  assert.deepEqual(tilejson, await city.json('/tiles/parcel,street/metadata.json'));
  assert.equal(tilejson.tilejson, '3.0.0');
  assert.equal(tilejson.tiles[0], `${city.url}/tiles/parcel,street/{z}/{x}/{y}.mvt`);
  assert.deepEqual(tilejson.vector_layers.map(layer => layer.id), ['parcel', 'street']);
  const [west, south, east, north] = tilejson.bounds;
  assert.ok(west > 106.64 && west <= 106.65 && south > 10.97 && east > 106.657 && north < 10.99);
});

test('what the web map needs to know', async () => {
  const {city: about, layers} = await city.json('/api/layers');
  assert.equal(about.name, 'Thành phố thử');
  assert.equal(about.crs.epsg, 9210);
  assert.match(about.crs.proj4, /\+proj=tmerc .*\+towgs84=-191\.90441429,/);
  const parcel = layers.find(layer => layer.id === 'parcel');
  assert.equal(parcel.records, 401);
  assert.equal(parcel.title.vi, 'Thửa đất');
  assert.ok(parcel.look.classes.length > 3 && parcel.look.classes.at(-1).value === null);
  assert.ok(parcel.fields.some(field => field.id === 'area_m2' && field.computed && field.unit === 'm2'));
});

test('everything at a place', async () => {
  const inside = await city.json('/api/at?lon=106.65003&lat=10.97503');
  assert.deepEqual(inside.features.map(one => one.layer), ['parcel']);
  assert.equal(inside.features[0].id, 1);
  assert.ok(Math.abs(inside.place.east - 598163) < 100 && inside.place.epsg === 9210);
  const street = await city.json('/api/at?lon=106.6499&lat=10.9746&radius_m=5');
  assert.ok(street.features.some(one => one.layer === 'street' && one.distance_m < 0.1));
  const pole = await city.json('/api/at?lon=106.64991&lat=10.9745&radius_m=5');
  assert.ok(pole.features.some(one => one.layer === 'light_pole' && one.properties.code === 'T1'));
  const near = await city.json('/api/at?lon=106.64991&lat=10.9745&radius_m=50');
  assert.ok(new Set(near.features.map(one => one.layer)).size > 1);
  for (const one of near.features)
    assert.deepEqual(one.properties, (await city.json(`/ogc/collections/${one.layer}/items/${one.id}`)).properties, one.layer);
  const hole = await city.json(`/api/at?lon=${106.65 + 0.00035 * 0.35}&lat=${10.975 + 0.00035 * 0.45}`);
  assert.equal(hole.features.length, 0, 'a hole is not the parcel');
  for (const query of ['', 'lon=106', 'lat=10', 'lon=x&lat=1', 'lon=181&lat=0', 'lon=0&lat=91', 'lon=106&lat=10&radius_m=9999', 'lon=1e400&lat=0'])
    assert.equal((await city.get(`/api/at?${query}`)).status, 400, query);
});

test('alive and ready', async () => {
  assert.equal(await (await city.get('/livez')).text(), 'ok\n');
  const ready = await city.json('/readyz?verbose');
  assert.deepEqual(ready, {status: 'ready', register: 'ok', map: 'ok', disk: 'ok'});
});

test('the map and its files stand inside the program', async () => {
  const page = await city.get('/');
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-type'), /^text\/html/);
  const html = await page.text();
  assert.ok(!/https?:\/\/(?!127)/.test(html.replace(/http:\/\/www\.w3\.org/g, '')), 'no other host');
  assert.equal((await city.get('/nothing.js')).status, 404);
  assert.equal((await city.get('/..%2f..%2fetc%2fpasswd')).status, 404);
});
