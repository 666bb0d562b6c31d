// Bounds of memory, on the plain build: what a client or a file may cost at most.
import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {must, program, smallCity} from '../http/city.mjs';

const kilobytes = (pid, key) => Number(new RegExp(`${key}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

/** Peak resident memory of a command and its children, in kB. */
function peak(words) {
  const out = spawnSync('/bin/sh', ['-c', 'ulimit -v 6000000; exec "$@"', 'sh', program, ...words], {encoding: 'utf8'});
  return out;
}

test('a served small city rests below 80 MB', async () => {
  const city = await smallCity('--quiet');
  await city.get('/ogc/collections/parcel/items?limit=1000').then(answer => answer.arrayBuffer());
  assert.ok(kilobytes(city.pid, 'VmRSS') < 80000, `${kilobytes(city.pid, 'VmRSS')} kB`);
  assert.equal((await city.end()).code, 0);
});

test('a bomb of blanks in a zip is refused, and a huge polygon, within limits', async () => {
  const work = mkdtempSync(join(tmpdir(), 'dothi-'));
  try {
    const city = join(work, 'city');
    await must('init', city, '--crs', '9210', '--name', 'X');
    execFileSync('/bin/sh', ['-c', 'head -c 1000000000 /dev/zero | tr "\\0" " " >a.geojson && zip -q bomb.zip a.geojson && rm a.geojson'], {cwd: work});
    const bomb = peak(['import', city, join(work, 'bomb.zip'), '--layer', 'parcel', '--json']);
    assert.equal(bomb.status, 65, bomb.stderr);
    const points = [];
    for (let i = 0; i < 2000000; i++) points.push(`[${106.6 + Math.cos(i / 3.2e5) * 0.01},${10.9 + Math.sin(i / 3.2e5) * 0.01}]`);
    points.push(points[0]);
    writeFileSync(join(work, 'huge.geojson'), `{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[${points}]]}}`);
    const huge = peak(['import', city, join(work, 'huge.geojson'), '--layer', 'parcel', '--json']);
    assert.equal(huge.status, 65, huge.stderr + huge.stdout);
    assert.match(huge.stdout, /GEO-BIG-01|GJ-BIG-01|ROW/);
    const left = JSON.parse(execFileSync(program, ['doctor', city, '--json'], {encoding: 'utf8'}));
    assert.ok(left.register.ok);
  } finally {
    rmSync(work, {recursive: true});
  }
});
