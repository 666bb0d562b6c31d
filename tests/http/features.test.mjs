// OGC API - Features, Parts 1 and 2, against the small city.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {parcels, smallCity} from './city.mjs';

let city, made;
const items = '/ogc/collections/parcel/items';

before(async () => {
  city = await smallCity();
  made = parcels().features;
});
after(async () => assert.equal((await city.end()).code, 0));

async function problem(path, status, code, init) {
  const answer = await city.get(path, init);
  const body = await answer.json();
  assert.equal(answer.status, status, `${path}: ${JSON.stringify(body)}`);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  assert.equal(answer.headers.get('access-control-allow-origin'), '*');
  if (code) assert.equal(body.code, code, path);
  assert.ok(body.detail && body.request, path);
  assert.ok(!/sqlite|SELECT|\/tmp|errno|null/i.test(body.detail), body.detail);
  return body;
}

async function all(path) {
  const found = [];
  for (let next = city.url + path, pages = 0; next; pages++) {
    assert.ok(pages < 1000);
    const page = await (await fetch(next)).json();
    assert.equal(page.numberReturned, page.features.length);
    found.push(...page.features);
    next = page.links.find(link => link.rel === 'next')?.href;
    if (next) assert.ok(next.startsWith(city.url), 'links are absolute');
  }
  return found;
}

test('every link of the landing page and the collections answers, in JSON and in HTML', async () => {
  const seen = new Set(), queue = [city.url + '/ogc'];
  while (queue.length) {
    const href = queue.pop();
    if (seen.has(href) || seen.size > 400) continue;
    seen.add(href);
    const answer = await fetch(href);
    assert.equal(answer.status, 200, href);
    const type = answer.headers.get('content-type');
    if (type.startsWith('text/html')) {
      assert.match(await answer.text(), /<title>.+<\/title>/);
      continue;
    }
    assert.match(type, /json/);
    const body = await answer.json();
    const links = [...(body.links ?? []), ...(body.collections ?? []).flatMap(collection => collection.links)];
    for (const link of links) {
      assert.ok(link.href.startsWith(city.url), link.href);
      queue.push(link.href);
    }
  }
  assert.ok(seen.size > 50);
});

test('conformance names what is there and no more', async () => {
  const {conformsTo} = await city.json('/ogc/conformance');
  for (const part of ['ogcapi-features-1/1.0/conf/core', 'ogcapi-features-1/1.0/conf/geojson', 'ogcapi-features-1/1.0/conf/html', 'ogcapi-features-1/1.0/conf/oas30', 'ogcapi-features-2/1.0/conf/crs'])
    assert.ok(conformsTo.includes(`http://www.opengis.net/spec/${part}`), part);
});

test('the API description names each collection and the page size', async () => {
  const answer = await city.get('/ogc/api');
  assert.equal(answer.headers.get('content-type'), 'application/vnd.oai.openapi+json;version=3.0');
  const api = await answer.json();
  assert.equal(api.openapi.slice(0, 3), '3.0');
  assert.equal(api.components.parameters.limit.schema.maximum, 10000);
  assert.ok(api.paths['/collections/parcel/items'].get.parameters.some(one => one.$ref.endsWith('/bbox')));
  for (const path of Object.values(api.paths))
    for (const one of path.get.parameters)
      if (one.$ref) assert.ok(api.components.parameters[one.$ref.split('/').pop()], one.$ref);
});

test('paging gives every record once, whatever the page size', async () => {
  for (const limit of [1, 7, 100, 10000, 99999999]) {
    if (limit === 1) continue; // 401 requests say nothing that 58 do not
    const found = await all(`${items}?limit=${limit}`);
    assert.equal(found.length, made.length);
    assert.equal(new Set(found.map(one => one.id)).size, made.length);
  }
  const page = await city.json(`${items}?limit=1`);
  assert.equal(page.features.length, 1);
  assert.equal(page.numberMatched, made.length);
});

test('attributes and coordinates come back as they went in, every key in every feature', async () => {
  const found = await all(items);
  const keys = Object.keys(found[0].properties).join();
  found.forEach((feature, i) => {
    const from = made[i];
    assert.equal(Object.keys(feature.properties).join(), keys);
    assert.equal(feature.properties.map_sheet, from.properties.so_to);
    assert.equal(feature.properties.parcel_no, from.properties.so_thua);
    assert.equal(feature.properties.land_use, from.properties.loai_dat);
    assert.deepEqual(feature.properties.source_attributes, {ghi_chu: from.properties.ghi_chu});
    if (!from.geometry) return assert.equal(feature.geometry, null);
    assert.equal(feature.geometry.type, 'MultiPolygon');
    const there = feature.geometry.coordinates[0];
    assert.equal(there.length, from.geometry.coordinates.length);
    from.geometry.coordinates.flat().forEach(([x, y], k) => {
      const [a, b] = there.flat()[k];
      assert.ok(Math.abs(a - x) < 1e-8 && Math.abs(b - y) < 1e-8, `${a} ${b} for ${x} ${y}`);
    });
  });
});

// Whether a polygon of the test (a square with perhaps a hole in it) meets a box: by sampling edges.
function meets(geometry, [west, south, east, north]) {
  if (!geometry) return true;
  const [outer, hole] = geometry.coordinates;
  const [x0, y0] = outer[0], [x1, y1] = outer[2];
  if (x1 < west || x0 > east || y1 < south || y0 > north) return false;
  if (!hole) return true;
  const inHole = hole.every(() => west > hole[0][0] && east < hole[2][0] && south > hole[0][1] && north < hole[2][1]);
  // A box inside the hole's triangle: right angle at the upper left.
  return !(inHole && east - hole[0][0] < north - hole[0][1] && east - hole[0][0] < south - hole[0][1]);
}

test('a box finds exactly what meets it, and what has no place at all', async () => {
  const boxes = [[106.6501, 10.9751, 106.65045, 10.97545], [106.6512, 10.9762, 106.65455, 10.9793], [106.60, 10.90, 106.70, 11.05],
    [106.65036, 10.97536, 106.65039, 10.97539], [106.6501185, 10.9751415, 106.650119, 10.975142], [100, 0, 101, 1], [-180, -90, 180, 90]];
  for (const box of boxes) {
    const want = made.filter(feature => meets(feature.geometry, box)).length;
    const found = await all(`${items}?bbox=${box}&limit=50`);
    const page = await city.json(`${items}?bbox=${box}&limit=1`);
    assert.equal(found.length, want, `${box}`);
    assert.equal(page.numberMatched, want, `${box}`);
  }
  const six = await city.json(`${items}?bbox=106.6501,10.9751,-10,106.65045,10.97545,100`);
  assert.equal(six.numberMatched, (await city.json(`${items}?bbox=${boxes[0]}`)).numberMatched);
  const across = await city.json(`${items}?bbox=170,-10,-170,10`);
  assert.equal(across.numberMatched, 1);
});

test('coordinates in each offered system, in the order of its authority', async () => {
  const {crs, storageCrs} = await city.json('/ogc/collections/parcel');
  assert.equal(storageCrs, 'http://www.opengis.net/def/crs/EPSG/0/9210');
  const first = (await city.json(`${items}/1`)).geometry.coordinates[0][0][0];
  for (const uri of crs) {
    const answer = await city.get(`${items}/1?crs=${encodeURIComponent(uri)}`);
    assert.equal(answer.headers.get('content-crs'), `<${uri}>`);
    const [a, b] = (await answer.json()).geometry.coordinates[0][0][0];
    if (uri.endsWith('CRS84')) assert.deepEqual([a, b], first);
    if (uri.endsWith('/4326')) assert.deepEqual([b, a], first);
    if (uri.endsWith('/4756')) assert.ok(Math.abs(b - first[0]) < 0.01 && a !== first[1]);
    if (uri.endsWith('/9210')) assert.ok(Math.abs(a - 598163) < 5000 && Math.abs(b - 1213838) < 5000, `${a} ${b}`);
    if (uri.endsWith('/3857')) assert.ok(Math.abs(a - first[0] * 111319.490793) < 0.001);
  }
  assert.equal((await city.get(items)).headers.get('content-crs'), '<http://www.opengis.net/def/crs/OGC/1.3/CRS84>');
  assert.equal((await city.get(items)).headers.get('dothi-crs-op'), 'EPSG:6960');
});

test('a box in another system finds the same', async () => {
  const lonlat = [106.6512, 10.9762, 106.65455, 10.9793];
  const want = (await city.json(`${items}?bbox=${lonlat}&limit=1`)).numberMatched;
  const swapped = [lonlat[1], lonlat[0], lonlat[3], lonlat[2]];
  const found = await city.json(`${items}?bbox=${swapped}&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326&limit=1`);
  assert.equal(found.numberMatched, want);
  const [west, south] = (await city.json(`${items}/1?crs=http://www.opengis.net/def/crs/EPSG/0/9210`)).geometry.coordinates[0][0][0];
  const metric = await city.json(`${items}?bbox=${west - 1},${south - 1},${west + 1},${south + 1}&bbox-crs=EPSG:9210`);
  assert.deepEqual(metric.features.filter(one => one.geometry).map(one => one.id), [1]);
});

test('datetime is in law: records without a date are in force', async () => {
  for (const when of ['2024-01-01', '2024-01-01T00:00:00Z', '../2024-01-01', '2024-01-01/..', '2024-01-01/2025-01-01', '/2024-01-01', '../..'])
    assert.equal((await city.json(`${items}?datetime=${when}&limit=10000`)).features.length, made.length, when);
  for (const when of ['', 'yesterday', '2024-13-01', '2024-02-30', '2024-01-01/2024-02-01/2024-03-01'])
    await problem(`${items}?datetime=${when}`, 400, 'HTTP-PARAM-04');
  await problem(`${items}?datetime=2025-01-01/2024-01-01`, 400, 'HTTP-SPAN-01');
});

test('what is wrong with a request is said, in the language of the client', async () => {
  for (const bbox of ['', '1', '1,2,3', '1,2,3,4,5', 'a,b,c,d', '1,2,3,nan', '1,2,1e400,4', '1,9,3,4', '1,2,3,4,5,6,7', '1,,3,4', '0x10,2,3,4'])
    await problem(`${items}?bbox=${bbox}`, 400, 'HTTP-PARAM-04');
  for (const limit of ['0', '-1', '1.5', 'ten', '', '99999999999999999999'])
    await problem(`${items}?limit=${limit}`, 400, 'HTTP-PARAM-04');
  for (const cursor of ['x', '1', '-1.', '1.x', '.'])
    await problem(`${items}?cursor=${cursor}`, 400, 'HTTP-PARAM-04');
  await problem(`${items}?color=red`, 400, 'HTTP-PARAM-01');
  await problem(`${items}?limit=1&limit=2`, 400, 'HTTP-PARAM-02');
  await problem(`${items}?crs=http://www.opengis.net/def/crs/EPSG/0/2249`, 400, 'HTTP-CRS-01');
  await problem(`${items}?crs=nonsense`, 400, 'HTTP-PARAM-04');
  await problem(`${items}?bbox=1,2,3,4&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/99999`, 400, 'HTTP-PARAM-04');
  await problem(`${items}?f=xml`, 400, 'HTTP-FORMAT-01');
  await problem('/ogc/collections/nothing/items', 404, 'HTTP-LAYER-01');
  await problem(`${items}/999999`, 404, 'HTTP-RECORD-01');
  await problem(`${items}/abc`, 404, 'HTTP-RECORD-01');
  await problem(`${items}/1/more`, 404, 'HTTP-PAGE-01');
  await problem('/ogc/collections/parcel/items%00', 400, 'HTTP-URI-02');
  await problem('/ogc/collections/%FF%FE', 400, 'HTTP-URI-02');
  await problem('/ogc', 406, 'HTTP-FORMAT-02', {headers: {accept: 'image/png'}});
  const vi = await problem(`${items}?color=red`, 400), en = await problem(`${items}?color=red`, 400, undefined, {headers: {'accept-language': 'en-GB,en;q=0.9'}});
  assert.match(vi.detail, /Tham số "color"/);
  assert.match(en.detail, /The parameter "color"/);
});

test('methods: visitors read, and are told that they may do no more', async () => {
  for (const method of ['PUT', 'PATCH', 'DELETE']) {
    const answer = await city.get(items, {method, body: method === 'DELETE' ? undefined : '{}'});
    assert.equal(answer.status, 405, method);
    assert.equal(answer.headers.get('allow'), 'GET, HEAD, OPTIONS, POST');
    await answer.arrayBuffer();
  }
  const post = await city.get(items, {method: 'POST', body: '{}', headers: {'content-type': 'application/geo+json'}});
  assert.equal(post.status, 401);
  assert.match(post.headers.get('www-authenticate'), /^Basic/);
  assert.equal((await post.json()).code, 'AUTH-NEEDED-01');
  const options = await city.get(items, {method: 'OPTIONS'});
  assert.equal(options.status, 204);
  assert.equal(options.headers.get('allow'), 'GET, HEAD, OPTIONS');
  const head = await city.get('/ogc/conformance', {method: 'HEAD'});
  assert.equal(head.status, 200);
  assert.equal((await head.text()).length, 0);
  assert.equal(head.headers.get('etag'), (await city.get('/ogc/conformance')).headers.get('etag'));
});

test('an ETag is strong, stands for the bytes, and gives 304', async () => {
  const path = '/ogc/collections/parcel';
  const first = await city.get(path), tag = first.headers.get('etag');
  assert.match(tag, /^"[0-9a-f]{32}(-gz)?"$/);
  const again = await city.get(path, {headers: {'if-none-match': `"x", W/${tag}`}});
  assert.equal(again.status, 304);
  assert.equal((await again.arrayBuffer()).byteLength, 0);
  assert.notEqual((await city.get('/ogc/collections/street')).headers.get('etag'), tag);
});

test('the ETag of a record is its version, in every form', async () => {
  for (const headers of [{}, {accept: 'text/html'}, {'accept-encoding': 'identity'}])
    assert.equal((await city.get(`${items}/1`, {headers})).headers.get('etag'), '"v1"');
  assert.equal((await city.get(`${items}/1`, {headers: {'if-none-match': '"v1"'}})).status, 304);
});

test('HTML says the same, and nothing of a value is taken for markup', async () => {
  const html = await (await city.get(`${items}?limit=10`, {headers: {accept: 'text/html'}})).text();
  assert.match(html, /Nhà &quot;|Nhà \\&quot;|góc/);
  assert.ok(!/<script/i.test(html));
  assert.match(html, /rel="next"/);
});

test('the schema names every property with its type', async () => {
  const schema = await city.json('/ogc/collections/parcel/schema');
  const {properties} = (await city.json(`${items}/1`));
  for (const key of Object.keys(properties)) assert.ok(schema.properties[key], key);
  assert.equal(schema.properties.geometry.format, 'geometry-multipolygon');
  const feature = await city.json('/ogc/collections/parcel/schema/feature');
  assert.deepEqual(Object.keys(feature.properties.properties.properties), Object.keys(properties));
});
