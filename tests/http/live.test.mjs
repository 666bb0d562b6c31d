// Tiles that follow the register: which ones change, and that nothing but the records decides their bytes.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {readdirSync, readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {must, parcels, serve, temporaryFolder} from './city.mjs';
import {person} from './people.mjs';

const items = '/ogc/collections/parcel/items', zooms = [10, 11, 12, 13, 14, 15, 16, 17, 18];
const west = 106.6495, east = 106.6585, south = 10.9745, north = 10.9835;
let folder, dir, city, officer, surveyor;

before(async () => {
  folder = await temporaryFolder();
  dir = join(folder, 'city');
  await must('init', dir, '--crs', '9210', '--name', 'Phường sống');
  await writeFile(join(folder, 'parcels.geojson'), JSON.stringify(parcels()));
  await must('import', dir, join(folder, 'parcels.geojson'), '--layer', 'parcel');
  officer = await person(dir, 'an', 'officer');
  surveyor = await person(dir, 'binh', 'viewer', '--layer', 'parcel', '--field', 'map_sheet');
  city = await serve(dir, '--quiet');
});
after(async () => {
  await city.stop();
  await rm(folder, {recursive: true});
});

const column = (lon, z) => ((lon + 180) / 360) * 2 ** z;
const row = (lat, z) => ((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * 2 ** z;

/** All tiles of the city, and one row more around it. */
function allTiles(endings = ['mvt'], least = 10) {
  const found = [];
  for (const z of zooms.filter(z => z >= least))
    for (let x = Math.floor(column(west, z)) - 1; x <= Math.floor(column(east, z)) + 1; x++)
      for (let y = Math.floor(row(north, z)) - 1; y <= Math.floor(row(south, z)) + 1; y++)
        for (const ending of endings) found.push(`${z}/${x}/${y}.${ending}`);
  return found;
}

/** Names of parcels stand in vector tiles beside them, where they are asked for; on pictures anyway. */
const addressOf = tile => `/tiles/${tile.includes('.png') ? 'parcel' : 'parcel,parcel_label'}/${tile}`;

/** What each tile has: its ETag, "" where nothing is. */
async function tags(tiles, headers = {}) {
  const found = new Map();
  const rest = [...tiles];
  const one = async () => {
    for (let tile = rest.pop(); tile; tile = rest.pop()) {
      const answer = await city.get(addressOf(tile), {headers});
      assert.ok([200, 204].includes(answer.status), `${tile}: ${answer.status}`);
      await answer.arrayBuffer();
      found.set(tile, answer.headers.get('etag') ?? '');
    }
  };
  await Promise.all([one(), one(), one(), one()]);
  return found;
}
const changes = (one, other) => [...one.keys()].filter(tile => one.get(tile) !== other.get(tile)).sort();

/** The tiles that see a place, with a buffer of 64 of 4096 units, which is let wide or narrow by a little. */
function seeing(box, wide) {
  return allTiles().filter(tile => {
    const [z, x, y] = tile.split(/[/.]/).map(Number), more = 64 / 4096 + wide;
    return column(box[2], z) >= x - more && column(box[0], z) <= x + 1 + more && row(box[1], z) >= y - more && row(box[3], z) <= y + 1 + more;
  });
}
const square = (x, y, size) => ({type: 'Polygon', coordinates: [[[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]]});
const boxOf = ({type, coordinates}) => {
  const ring = type === 'Polygon' ? coordinates[0] : coordinates[0][0], of = i => ring.map(at => at[i]);
  return [Math.min(...of(0)), Math.min(...of(1)), Math.max(...of(0)), Math.max(...of(1))];
};

async function send(method, path, body) {
  const answer = await city.get(path, {method, headers: {...officer, 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/geo+json'}, body: JSON.stringify(body)});
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}
const read = async id => (await city.get(`${items}/${id}`, {headers: officer})).json();

test('an edit changes the tiles that see the parcel, before or after, and no other', async () => {
  for (const id of [101, 237]) {
    const before = await tags(allTiles()), old = await read(id), from = boxOf(old.geometry);
    const geometry = square(from[0] + 0.0002, from[1] + 0.00015, 0.0003), to = boxOf(geometry);
    await send('PATCH', `${items}/${id}`, {geometry, properties: {version: old.properties.version}});
    const changed = changes(before, await tags(allTiles()));
    const may = new Set([...seeing(from, 0.002), ...seeing(to, 0.002)]);
    // Below zoom 12 parcels are in no tile.
    const musts = [...seeing(from, -0.002), ...seeing(to, -0.002)].filter(tile => parseInt(tile) >= 12);
    assert.deepEqual(changed.filter(tile => !may.has(tile)), []);
    assert.deepEqual(musts.filter(tile => !changed.includes(tile)), []);
  }
});

test('an edit of an attribute changes the tiles that show it', async () => {
  const before = await tags(allTiles()), old = await read(150);
  await send('PATCH', `${items}/150`, {properties: {parcel_no: 'mới', version: old.properties.version}});
  const changed = changes(before, await tags(allTiles())), box = boxOf(old.geometry);
  assert.deepEqual(changed.filter(tile => parseInt(tile) < 16), []);
  assert.deepEqual(seeing(box, -0.002).filter(tile => parseInt(tile) >= 16 && !changed.includes(tile)), []);
  assert.deepEqual(changed.filter(tile => !seeing(box, 0.002).includes(tile)), []);
});

/** Random edits of all kinds; the ids that are left. */
async function editMany(count) {
  let seed = 7;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const ids = (await city.json(`${items}?limit=1000`)).features.map(one => one.id).filter(id => id <= 300);
  for (let i = 0; i < count; i++) {
    const x = west + random() * (east - west), y = south + random() * (north - south);
    const at = Math.floor(random() * ids.length), kind = i % 5;
    if (kind === 0) {
      const made = await send('POST', items, {type: 'Feature', properties: {map_sheet: 'x', parcel_no: String(i)}, geometry: square(x, y, 0.0001 + random() * 0.001)});
      ids.push(Number(new URL(made.headers.get('location')).pathname.split('/').pop()));
      continue;
    }
    const {version} = (await read(ids[at])).properties;
    if (kind === 1) await send('PATCH', `${items}/${ids[at]}`, {properties: {land_use: ['ODT', 'CLN', 'LUC'][i % 3], parcel_no: `${i}`, version}});
    else if (kind === 2) {
      const answer = await city.get(`${items}/${ids[at]}`, {method: 'DELETE', headers: {...officer, 'if-match': `"v${version}"`}});
      assert.equal(answer.status, 204);
      ids.splice(at, 1);
    } else await send('PATCH', `${items}/${ids[at]}`, {geometry: square(x, y, 0.0002 + random() * 0.0004), properties: {version}});
  }
  return ids;
}

async function again(prepare) {
  assert.equal((await city.stop()).code, 0);
  prepare?.(join(dir, 'tiles'));
  city = await serve(dir, '--quiet');
}

test('the same bytes from what has changed, from files, and from files made anew', async () => {
  const tiles = allTiles(['mvt', 'png'], 12);
  await editMany(120);
  const live = await tags(tiles), narrow = await tags(tiles, surveyor), known = await tags(tiles, officer);
  assert.deepEqual(changes(live, known), []);
  assert.ok(changes(live, narrow).length > 20);
  const same = async what => {
    assert.deepEqual(changes(live, await tags(tiles)), [], what);
    assert.deepEqual(changes(narrow, await tags(tiles, surveyor)), [], `${what}, of who sees less`);
  };
  await same('kept');
  await again();
  await same('with the files that were there');
  await again(tiles => assert.ok(readdirSync(tiles).includes('parcel.snapshot')));
  await again(tiles => rmSync(tiles, {recursive: true}));
  await same('with files made anew');
  await again(tiles => truncateSync(join(tiles, 'parcel.snapshot'), 20000));
  await same('with a file that was cut off');
  assert.match(city.talk(), /a snapshot is made anew.*parcel/);
  await again(tiles => {
    const bytes = readFileSync(join(tiles, 'parcel.snapshot'));
    bytes[5000] ^= 4;
    writeFileSync(join(tiles, 'parcel.snapshot'), bytes);
  });
  await same('with a file of which a bit was flipped');
  await again(tiles => writeFileSync(join(tiles, 'parcel.snapshot.new'), 'half a file'));
  await same('with a file that was half written');
});

test('many look while one edits: every answer is whole, and the last ones are right', async () => {
  const tiles = allTiles(['mvt', 'png'], 12), asked = {count: 0};
  let done = false;
  const look = async seed => {
    for (let i = seed; !done; i = (i * 48271) % 2147483647) {
      const path = addressOf(tiles[i % tiles.length]) + (i % 7 ? '' : '?date=2031-01-01');
      const answer = await city.get(path, {headers: i % 3 ? {} : surveyor}), body = Buffer.from(await answer.arrayBuffer());
      assert.ok([200, 204].includes(answer.status), `${path}: ${answer.status}`);
      assert.ok(answer.status === 204 || body.length > 20);
      asked.count++;
    }
  };
  const looking = [3, 5, 7, 11, 13, 17].map(look);
  await editMany(200);
  done = true;
  await Promise.all(looking);
  assert.ok(asked.count > 200, asked.count);
  const live = await tags(tiles);
  await again(folder => rmSync(folder, {recursive: true}));
  assert.deepEqual(changes(live, await tags(tiles)), []);
});

test('what the records were on a day has the same tiles as they had then', async () => {
  const tiles = allTiles(['mvt'], 15);
  assert.deepEqual(changes(await tags(tiles), await tags(tiles.map(tile => `${tile}`))), []);
  for (const tile of tiles) {
    const now = await city.get(addressOf(tile)), dated = await city.get(`${addressOf(tile)}?date=9990-01-01`);
    assert.equal(dated.headers.get('etag'), now.headers.get('etag'), tile);
    await Promise.all([now.arrayBuffer(), dated.arrayBuffer()]);
  }
});
