#!/usr/bin/env node
// What splitting a parcel costs with all its checks, over HTTP, in a register that is to be spoilt.
//
//   node tests/bench/land.mjs DIR [--count 200]
//
// DIR: a register with parcels, as `dothi demo --parcels 1000000 DIR` leaves it; parcels of it are split.
// Told are milliseconds from the request to the answer (medians, 95 of 100, the longest) and CPU time of
// the server, for a check alone and for the deed, whose answer comes after the COMMIT is on the disk.
// Prints Markdown for docs/BENCHMARKS.md.
import {execFileSync, spawn} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

const folder = process.argv[2], at = process.argv.indexOf('--count');
const count = at < 0 ? 200 : Number(process.argv[at + 1]);
if (!folder || !existsSync(join(folder, 'city.sqlite'))) {
  console.error('usage: land.mjs DIR [--count N] (a register with parcels, which are split)');
  process.exit(2);
}
const dothi = process.env.DOTHI ?? new URL('../../build/dothi', import.meta.url).pathname;
const run = (...words) => execFileSync(dothi, words, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']});
const cpuMs = pid => readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6, 0);
const rank = (numbers, share) => [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];

try {
  run('user', 'add', folder, 'bench', '--role', 'officer');
} catch {
  // It is there from the run before.
}
const {token} = JSON.parse(run('user', 'token', 'add', folder, 'bench', '--name', 'bench', '--json'));
const server = spawn(dothi, ['serve', folder, '--listen', '127.0.0.1:0', '--json', '--quiet'], {stdio: ['ignore', 'pipe', 'ignore']});
const url = await new Promise(resolve => server.stdout.once('data', said => resolve(JSON.parse(said).url)));
const headers = {authorization: `Bearer ${token}`, 'content-type': 'application/json'};

/** A parcel and a line across its longer side. */
function orderFor({id, geometry, properties}) {
  const [a, b, c, d] = geometry.coordinates[0][0];
  const between = (p, q) => [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
  const long = Math.hypot(b[0] - a[0], b[1] - a[1]) > Math.hypot(c[0] - b[0], c[1] - b[1]);
  const [from, to] = long ? [between(a, b), between(c, d)] : [between(b, c), between(d, a)];
  const beyond = (p, q) => [p[0] + (p[0] - q[0]) * 0.2, p[1] + (p[1] - q[1]) * 0.2];
  return {parcels: [{id, version: properties.version}], line: {type: 'LineString', coordinates: [beyond(from, to), beyond(to, from)]}};
}

async function measure(orders, extra) {
  const took = [], before = cpuMs(server.pid);
  let done = 0;
  for (const order of orders) {
    const began = performance.now();
    const answer = await fetch(`${url}/api/parcels/split`, {method: 'POST', headers, body: JSON.stringify({...order, ...extra})});
    const {parcels} = await answer.json();
    took.push(performance.now() - began);
    done += parcels?.length === 2;
  }
  return {took, done, cpu: (cpuMs(server.pid) - before) / orders.length};
}

try {
  const {features} = await (await fetch(`${url}/ogc/collections/parcel/items?limit=10000`)).json();
  const step = Math.floor(features.length / (2 * count)) || 1;
  const fit = features.filter(({geometry, properties}) => geometry.coordinates[0].length === 1 && geometry.coordinates[0][0].length === 5 && properties.area_legal_m2 > 40);
  const orders = fit.filter((_, i) => i % step === 0).slice(0, count).map(orderFor);
  await measure(orders.slice(0, 20), {check: true});
  console.log('| | done | median ms | p95 | longest | CPU of the server |\n|---|---|---|---|---|---|');
  for (const [name, extra] of [['check alone', {check: true}], ['split, on the disk', {}]]) {
    const {took, done, cpu} = await measure(orders, extra);
    console.log(`| ${name} | ${done} of ${orders.length} | ${rank(took, 0.5).toFixed(1)} | ${rank(took, 0.95).toFixed(1)} | ${Math.max(...took).toFixed(1)} | ${cpu.toFixed(2)} ms |`);
  }
} finally {
  server.kill('SIGTERM');
}
