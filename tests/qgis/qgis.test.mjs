// QGIS reads with a token as it would at a desk, and writes where its version can; what Debian's
// version cannot is shown with the same token by HTTP.
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {promisify} from 'node:util';
import {must, serve, temporaryFolder} from '../http/city.mjs';

const run = promisify(execFile);
let folder, dir, city, token;
before(async () => {
  folder = await temporaryFolder();
  dir = join(folder, 'city');
  await must('init', dir, '--crs', '9210', '--name', 'Phường thử');
  await must('user', 'add', dir, 'an', '--role', 'officer');
  ({token} = JSON.parse(await must('user', 'token', 'add', dir, 'an', '--name', 'QGIS', '--json')));
  city = await serve(dir, '--quiet');
});
after(async () => {
  await city.stop();
  await rm(folder, {recursive: true});
});

const qgis = async secret => JSON.parse((await run('/usr/bin/python3', [new URL('read_and_write.py', import.meta.url).pathname, city.url, 'an', secret, 'school'],
  {env: {...process.env, HOME: folder, LD_PRELOAD: ''}, timeout: 120000})).stdout.split('\n').findLast(line => line.startsWith('{')));
const basic = secret => ({authorization: `Basic ${Buffer.from(`an:${secret}`).toString('base64')}`});
const add = name => city.get('/ogc/collections/school/items', {method: 'POST', headers: {...basic(token), 'content-type': 'application/geo+json'},
  body: JSON.stringify({type: 'Feature', properties: {name}, geometry: {type: 'Point', coordinates: [106.65, 10.98]}})});

test('QGIS reads with a token, and writes where it can', async () => {
  assert.equal((await add('one')).status, 201);
  // What only those who are known see is seen: visitors see no school.
  await must('user', 'scope', 'set', dir, 'public', '--layer', 'street', '--read-only');
  const seen = await qgis(token);
  console.log(`QGIS ${seen.version}: ${seen.can_add ? 'writes' : 'only reads'}`);
  assert.ok(seen.valid, seen.error);
  assert.deepEqual([seen.count, seen.names], [1, ['one']]);
  assert.ok(['name', 'valid_from', 'version'].every(field => seen.fields.includes(field)), seen.fields.join());
  if (seen.can_add) assert.ok(seen.added);
  const after = (await city.json('/ogc/collections/school/items', {headers: basic(token)})).features.map(one => one.properties.name);
  assert.deepEqual(after, seen.can_add ? ['one', 'from QGIS'] : ['one']);
});

test('QGIS with a wrong token sees nothing', async () => {
  assert.equal((await qgis('dothi_wrong')).valid, false);
});
