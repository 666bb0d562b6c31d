// Tiles through a proxy that caches: who sees less never gets what another was shown, whatever the proxy keeps.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {createServer} from 'node:net';
import {after, before, test} from 'node:test';
import {mkdtempSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {must, parcels, serve, temporaryFolder} from './city.mjs';
import {person} from './people.mjs';

let folder, city, askers;
before(async () => {
  folder = await temporaryFolder();
  const dir = join(folder, 'city');
  await must('init', dir, '--crs', '9210', '--name', 'Phường sau cửa');
  await writeFile(join(folder, 'parcels.geojson'), JSON.stringify(parcels()));
  await must('import', dir, join(folder, 'parcels.geojson'), '--layer', 'parcel');
  askers = [{}, await person(dir, 'an', 'officer'), await person(dir, 'binh', 'viewer', '--layer', 'parcel', '--field', 'map_sheet'),
    await person(dir, 'chi', 'viewer', '--layer', 'street')];
  await must('user', 'scope', 'set', dir, 'public', '--layer', 'parcel', '--field', 'parcel_no');
  city = await serve(dir, '--quiet');
});
after(async () => {
  await city.stop();
  await rm(folder, {recursive: true});
});

const freePort = () => new Promise(resolve => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const {port} = server.address();
    server.close(() => resolve(port));
  });
});

/** nginx before the city, that keeps what it may; `more` is said to it besides. */
async function proxy(more) {
  const home = mkdtempSync(join(tmpdir(), 'dothi-proxy-')), port = await freePort();
  mkdirSync(join(home, 'kept'));
  writeFileSync(join(home, 'nginx.conf'), `daemon off; pid ${home}/pid; error_log ${home}/error; worker_processes 1;
    ${process.getuid() ? '' : 'user root;'} events {}
    http { access_log off; client_body_temp_path ${home}/a; proxy_temp_path ${home}/b; fastcgi_temp_path ${home}/c; uwsgi_temp_path ${home}/d; scgi_temp_path ${home}/e;
      proxy_cache_path ${home}/kept keys_zone=tiles:1m;
      server { listen 127.0.0.1:${port};
        location / { proxy_pass ${city.url}; proxy_http_version 1.1; proxy_cache tiles; proxy_cache_valid 200 204 1m; ${more}
          add_header Kept $upstream_cache_status always; } } }`);
  const child = spawn('/usr/sbin/nginx', ['-e', join(home, 'error'), '-c', join(home, 'nginx.conf')], {stdio: 'ignore'});
  const ended = new Promise(resolve => child.on('exit', resolve));
  const url = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + 20000; ;) {
    try {
      await (await fetch(`${url}/livez`)).text();
      break;
    } catch (fault) {
      if (Date.now() > end) throw fault;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(home, {recursive: true});
    },
  };
}

const tiles = ['16/52183/30756', '16/52184/30756', '17/104367/61513', '17/104368/61514', '18/208735/123027', '18/208736/123028'];
const ask = async (url, who) => {
  const answer = await fetch(url, {headers: who});
  return {status: answer.status, kept: answer.headers.get('kept'), body: Buffer.from(await answer.arrayBuffer())};
};

for (const [name, more] of [['as it comes', ''], ['though told to disregard what the city says about keeping', 'proxy_ignore_headers Cache-Control Expires;']])
  test(`a thousand requests of people with different rights through one proxy, ${name}`, async () => {
    const front = await proxy(more);
    try {
      const right = new Map(), kept = {};
      for (const tile of tiles)
        for (const ending of ['mvt', 'png'])
          for (const [i, who] of askers.entries()) right.set(`${i} ${tile}.${ending}`, await ask(`${city.url}/tiles/parcel/${tile}.${ending}`, who));
      const differ = tiles.filter(tile => new Set(askers.map((_, i) => right.get(`${i} ${tile}.mvt`).body.toString('base64'))).size > 2);
      assert.ok(differ.length > 2, 'they see different things');
      let seed = 5;
      const random = most => (seed = (seed * 48271) % 2147483647) % most;
      const one = async () => {
        for (let n = 0; n < 125; n++) {
          const i = random(askers.length), path = `${tiles[random(tiles.length)]}.${random(2) ? 'mvt' : 'png'}`;
          const answer = await ask(`${front.url}/tiles/parcel/${path}`, askers[i]), wanted = right.get(`${i} ${path}`);
          assert.equal(answer.status, wanted.status, `${i} ${path}`);
          // What is refused bears the number of the request.
          if (wanted.status === 200) assert.ok(answer.body.equals(wanted.body), `${i} ${path} ${answer.kept}`);
          kept[answer.kept] = (kept[answer.kept] ?? 0) + 1;
        }
      };
      await Promise.all(Array.from({length: 8}, one));
      if (more) assert.ok(kept.HIT > 100, JSON.stringify(kept));
    } finally {
      await front.stop();
    }
  });
