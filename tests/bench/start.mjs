#!/usr/bin/env node
// From `dothi demo` to its first tile, and memory when it rests: node tests/bench/start.mjs [PARCELS]
import {spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

const parcels = process.argv[2] ?? '20000';
const dothi = process.env.DOTHI ?? new URL('../../build/dothi', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'start-'));
const begun = performance.now();
const since = () => `${((performance.now() - begun) / 1000).toFixed(2)} s`;
const server = spawn(dothi, ['demo', join(folder, 'city'), '--parcels', parcels, '--listen', '127.0.0.1:0', '--json', '--quiet'], {stdio: ['ignore', 'pipe', 'ignore']});

try {
  const url = JSON.parse(await new Promise(resolve => server.stdout.once('data', resolve))).url;
  console.log(`address after ${since()}`);
  for (;;) {
    const answer = await fetch(`${url}/tiles/parcel,street/16/52184/30756.png`);
    await answer.arrayBuffer();
    if (answer.status === 200) break;
    await sleep(20);
  }
  console.log(`first tile after ${since()}`);
  await sleep(5000);
  const memory = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1];
  console.log(`${parcels} parcels: ${(memory / 1024).toFixed(0)} MiB at rest`);
} finally {
  server.kill();
  rmSync(folder, {recursive: true, force: true});
}
