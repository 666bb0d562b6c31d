// What a client may do wrong, by mistake or on purpose: each its own answer, and the server goes on.
import assert from 'node:assert/strict';
import {Agent, get as httpGet} from 'node:http';
import {connect} from 'node:net';
import {readFileSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {smallCity} from './city.mjs';

let city, port;
before(async () => {
  city = await smallCity('--quiet');
  port = Number(new URL(city.url).port);
});
after(async () => {
  const how = await city.end();
  assert.equal(how.code, 0, how.talk);
  assert.ok(!/Sanitizer|runtime error/.test(how.talk), how.talk);
});

/** Sends bytes on a fresh connection; resolves to all that came back when the server closes or after `wait` ms. */
const talk = (bytes, wait = 3000) =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    const done = () => { socket.destroy(); resolve(heard); };
    socket.on('data', piece => (heard += piece.toString('latin1'))).on('end', done).on('error', done);
    socket.on('connect', () => socket.write(bytes));
    setTimeout(done, wait);
  });
const alive = async () => assert.equal((await city.get('/livez')).status, 200);
const status = heard => Number(/^HTTP\/1\.1 (\d+)/.exec(heard)?.[1]);
const get = (path, headers = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`;

test('addresses that are too long', async () => {
  for (const length of [20000, 32000, 100000]) {
    const heard = await talk(get(`/ogc?${'a'.repeat(length)}=1`));
    assert.equal(status(heard), 414, heard.slice(0, 200));
    // What is far too long is not read to its end, and refused by the library.
    if (length < 100000) assert.match(heard, /HTTP-URI-01/);
  }
  assert.ok([414, 431, 400].includes(status(await talk(get(`/ogc?${'a'.repeat(1000000)}`)))));
  await alive();
});

test('headers that are too large or broken', async () => {
  assert.ok([400, 413, 431].includes(status(await talk(get('/ogc', `X-A: ${'b'.repeat(300000)}\r\n`)))));
  for (const bytes of ['\r\n\r\n', 'GET\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', '\0\0\0\0\r\n\r\n', 'A'.repeat(200000)]) {
    const heard = await talk(bytes, 500);
    assert.ok(!heard || status(heard) >= 400, JSON.stringify(bytes.slice(0, 30)) + heard.slice(0, 100));
  }
  // The library ends a request line at '\0'; what is before it counts.
  await talk('GET /\0x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 500);
  await alive();
});

test('paths that are not ours', async () => {
  for (const path of ['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '//etc/passwd', '/ogc/%', '/ogc/%zz', '/%00', '/%C0%AF', '/a/b/c/d/e/f/g/h/i/j/k/l/m', '/ogc/collections/parcel/items/1/2/3/4/5/6/7/8/9']) {
    const heard = await talk(get(path));
    assert.ok([400, 404].includes(status(heard)), `${path}: ${heard.slice(0, 100)}`);
    assert.ok(!/root:/.test(heard));
  }
});

test('too many parameters', async () => {
  const answer = await city.get(`/ogc/collections/parcel/items?${Array.from({length: 40}, (_, i) => `p${i}=1`).join('&')}`);
  assert.equal(answer.status, 400);
  assert.equal((await answer.json()).code, 'HTTP-PARAM-03');
});

test('bodies where none is read', async () => {
  const heard = await talk(`POST /ogc HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n${'x'.repeat(100000)}`);
  assert.equal(status(heard), 405);
  const both = await talk(`POST /ogc HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`);
  assert.ok(status(both) >= 400);
  await alive();
});

test('a connection carries one request after the other, from the network thread and from workers', async () => {
  const keep = path => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
  const paths = ['/livez', '/api/layers', '/tiles/parcel/18/208732/123030.mvt', '/ogc/collections/parcel/items?limit=1', '/nowhere'];
  const heard = await talk(paths.map(keep).join('') + get('/livez'), 5000);
  assert.deepEqual(heard.match(/HTTP\/1\.1 \d+/g).map(status), [200, 200, 200, 200, 404, 200]);
  assert.equal(heard.match(/^Connection: close/gim)?.length, 1, 'the last one asked for it');
});

test('a thousand idle connections do not keep others out', async () => {
  const sockets = await Promise.all(Array.from({length: 1000}, () => new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.on('error', reject);
  })));
  const files = readFileSync(`/proc/${city.pid}/limits`, 'utf8');
  assert.match(files, /Max open files/);
  const answer = await city.get('/ogc/collections/parcel/items?limit=1');
  assert.equal(answer.status, 200);
  await answer.arrayBuffer();
  for (const socket of sockets) socket.destroy();
  await alive();
});

test('more work than fits is refused at once, with a reason, and the rest is done', async () => {
  const heavy = `${city.url}/ogc/collections/parcel/items?limit=10000&f=html`;
  const ends = await Promise.all(Array.from({length: 900}, async (_, i) => {
    try {
      const answer = await fetch(`${heavy}&bbox=106,10,107,${11 + i / 1e6}`);
      const body = await answer.text();
      if (answer.status === 503) {
        assert.equal(answer.headers.get('retry-after'), '2');
        assert.equal(JSON.parse(body).code, 'SYS-BUSY-01');
      } else {
        assert.equal(answer.status, 200);
        assert.match(body, /<\/html>/);
      }
      return answer.status;
    } catch (fault) {
      return String(fault.cause?.code ?? fault);
    }
  }));
  const count = what => ends.filter(end => end === what).length;
  assert.equal(count(200) + count(503), 900, JSON.stringify([...new Set(ends)]));
  assert.ok(count(200) > 0);
  await alive();
});

test('a client that asks slowly, and one that never takes its answer, lose their connection', async () => {
  const started = Date.now();
  const slow = connect(port, '127.0.0.1'), deaf = connect(port, '127.0.0.1');
  const closed = socket => new Promise(resolve => socket.on('close', resolve).on('error', () => {}));
  const ends = [closed(slow), closed(deaf)];
  slow.on('connect', () => slow.write('GET /livez HTTP/1.1\r\nHost: x\r\nX-'));
  const drip = setInterval(() => slow.writable && slow.write('a'), 1000);
  deaf.pause();
  deaf.on('connect', () => deaf.write(get('/ogc/collections/parcel/items?limit=10000').replace('close', 'keep-alive').repeat(40)));
  slow.resume();
  await ends[0];
  clearInterval(drip);
  assert.ok(Date.now() - started < 60000);
  deaf.resume();
  await ends[1];
  await alive();
});

test('memory does not grow with what clients send', async () => {
  const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${city.pid}/status`, 'utf8'))[1]);
  const round = async () => {
    for (let i = 0; i < 150; i++) {
      await Promise.all([city.get(`/ogc/collections/parcel/items?limit=1000&bbox=106,10,107,${11 + i / 1e5}`), city.get(`/x${'y'.repeat(5000)}`), city.get(`/tiles/parcel/${14 + (i % 6)}/${i}/1.mvt`)].map(one => one.then(answer => answer.arrayBuffer())));
    }
  };
  await round();
  const before = rss();
  await round();
  // A sanitizer keeps freed memory in quarantine for a while: 256 MB by default.
  assert.ok(rss() - before < 300000, `${before} kB, then ${rss()} kB`);
});

test('the server ends cleanly while clients go on asking over open connections', async () => {
  for (let round = 0; round < 3; round++) {
    const own = await smallCity('--quiet');
    const agent = new Agent({keepAlive: true});
    const paths = ['/livez', '/api/layers', '/tiles/parcel/18/208732/123030.mvt', '/tiles/parcel/14/13046/7689.png', '/ogc/collections/parcel/items?limit=50'];
    let ended = false, answers = 0;
    const ask = path =>
      new Promise(resolve =>
        httpGet(own.url + path, {agent}, answer => answer.resume().on('close', () => { answers++; resolve(); })).on('error', resolve),
      );
    const client = async first => { for (let i = first; !ended; i++) await ask(paths[i % paths.length]); };
    const clients = [0, 1, 2, 3, 4, 5, 6, 7].map(client);
    while (answers < 100) await new Promise(resolve => setTimeout(resolve, 20));
    const how = await own.end();
    ended = true;
    await Promise.all(clients);
    agent.destroy();
    assert.equal(how.code, 0, `${how.signal} ${how.talk}`);
    assert.ok(!/Sanitizer|runtime error/.test(how.talk), how.talk);
  }
});
