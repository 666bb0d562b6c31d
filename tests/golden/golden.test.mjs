// Raster tiles of the sample city beside the ones that were looked at and found good.
//
//   UPDATE=1 node --test tests/golden/golden.test.mjs     writes them anew; look at each before you commit it
import assert from 'node:assert/strict';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {demo} from '../http/city.mjs';
import {comparePictures, readPng} from './png.mjs';

const folder = new URL('tiles/', import.meta.url).pathname;
const layers = 'plan_zone,parcel,building,street,admin_unit,light_pole,tree,camera,bus_stop,tourism_site,station,clinic,school';
// name: zoom, tile, ending. The centre, the fields, the river bank, houses.
const tiles = {
  'z12-city': [12, 3261, 1922, '.png'],
  'z14-centre': [14, 13045, 7689, '.png'],
  'z14-fields': [14, 13046, 7686, '@2x.png'],
  'z16-centre': [16, 52183, 30756, '.png'],
  'z16-bank': [16, 52182, 30756, '@2x.png'],
  'z18-houses': [18, 208733, 123026, '.png'],
  'z18-houses-2x': [18, 208733, 123026, '@2x.png'],
  'z18-bank': [18, 208731, 123027, '@2x.png'],
};
let city;
before(async () => (city = await demo(20000)));
after(async () => {
  await city.stop();
  await rm(city.folder, {recursive: true});
});

for (const [name, [z, x, y, ending]] of Object.entries(tiles))
  test(name, async () => {
    const answer = await city.get(`/tiles/${layers}/${z}/${x}/${y}${ending}`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'image/png');
    const file = Buffer.from(await answer.arrayBuffer()), path = join(folder, `${name}.png`);
    if (process.env.UPDATE) {
      mkdirSync(folder, {recursive: true});
      writeFileSync(path, file);
      return;
    }
    assert.ok(existsSync(path), `${path} is missing: make it with UPDATE=1 and look at it`);
    const apart = comparePictures(readPng(file), readPng(readFileSync(path)));
    // Equal on one machine; other compilers round a pixel at an edge otherwise.
    assert.ok(apart.mean < 0.5 && apart.over < 0.002, `${name}: ${JSON.stringify(apart)}`);
  });
