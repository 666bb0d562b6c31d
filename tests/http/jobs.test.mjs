// Jobs over HTTP: ordered, followed by events, cancelled, gone on with after a kill; and whose they are.
import assert from 'node:assert/strict';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {demo, must, postgres, serve} from './city.mjs';
import {person, token} from './people.mjs';

let city, dir, chief, officer, other;
before(async () => {
  city = await demo(3000);
  dir = join(city.folder, 'city');
  chief = await person(dir, 'chief', 'administrator');
  other = await person(dir, 'other', 'administrator');
  officer = await person(dir, 'officer', 'officer');
});
after(async () => {
  await city.stop();
  await rm(city.folder, {recursive: true});
});

const order = (who, body = {kind: 'audit'}, headers = {}) => city.get('/api/jobs', {method: 'POST', body: JSON.stringify(body), headers: {...who, 'content-type': 'application/json', ...headers}});
const cancel = (who, id) => city.get(`/api/jobs/${id}`, {method: 'DELETE', headers: who});

/** The job when it has ended. */
async function ended(id, who = chief) {
  for (;;) {
    const job = await city.json(`/api/jobs/${id}`, {headers: who});
    if (['done', 'failed', 'cancelled'].includes(job.state)) return job;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

/** Events of a type, as they come; stop() ends the stream. */
async function listen(who, type) {
  const control = new AbortController();
  const answer = await city.get('/api/events', {headers: who, signal: control.signal});
  assert.equal(answer.headers.get('content-type'), 'text/event-stream');
  const heard = [];
  const reading = (async () => {
    let text = '';
    for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
      const events = (text + piece).split('\n\n');
      text = events.pop();
      for (const one of events) if (one.startsWith(`event: ${type}\n`)) heard.push(JSON.parse(one.split('data: ')[1]));
    }
  })().catch(() => {});
  return {heard, stop: async () => (control.abort(), reading)};
}

test('an audit is ordered, followed and read', async () => {
  const [mine, theirs, apart] = [await listen(chief, 'job'), await listen(other, 'job'), await listen(officer, 'job')];
  const answer = await order(chief), job = await answer.json();
  assert.equal(answer.status, 202);
  assert.equal(answer.headers.get('location'), `${city.url}/api/jobs/${job.id}`);
  assert.deepEqual([job.kind, job.state, job.steps, job.result], ['audit', 'queued', 1, null]);
  const done = await ended(job.id);
  assert.equal(done.state, 'done', JSON.stringify(done));
  assert.deepEqual(done.result.findings, []);
  // Who came with the case files of the sample city stands in the feed too, and is no version of a record.
  const files = (await Promise.all(['open', 'closed'].map(state => must('dossier', 'list', dir, '--json', '--state', state)))).flatMap(said => JSON.parse(said));
  assert.ok(done.result.changes > 3000 && done.result.changes === done.result.versions + files.length);
  const {head} = JSON.parse(await must('audit', 'verify', dir, '--json'));
  assert.equal(done.result.head, head);
  for (const one of [mine, theirs]) {
    for (let i = 0; i < 500 && one.heard.at(-1)?.state !== 'done'; i++) await new Promise(resolve => setTimeout(resolve, 20));
    assert.deepEqual([...new Set(one.heard.map(event => event.id))], [job.id]);
    // Through the database the news are that it has moved: by then it may be further.
    assert.ok([...(postgres ? ['running'] : []), 'queued'].includes(one.heard[0].state), one.heard[0].state);
    assert.equal(one.heard.at(-1).state, 'done');
  }
  assert.deepEqual(apart.heard, []);
  for (const one of [mine, theirs, apart]) await one.stop();
  const {jobs} = await city.json('/api/jobs?limit=1', {headers: chief});
  assert.deepEqual(jobs.map(one => one.id), [job.id]);
});

test('the same order under the same key is one job', async () => {
  const key = {'idempotency-key': 'audit-2026-11'};
  const [first, again] = [await (await order(chief, undefined, key)).json(), await (await order(chief, undefined, key)).json()];
  assert.equal(first.id, again.id);
  assert.notEqual((await (await order(chief)).json()).id, first.id);
  assert.equal((await order(chief, undefined, {'idempotency-key': 'x'.repeat(300)})).status, 400);
});

test('one that waits is cancelled at once, one that is done is not', async () => {
  const ids = [];
  for (let i = 0; i < 6; i++) ids.push((await (await order(chief)).json()).id);
  const last = ids.pop();
  assert.equal((await cancel(chief, last)).status, 204);
  assert.equal((await cancel(chief, last)).status, 204, 'twice is no error');
  const job = await ended(last);
  assert.equal(job.state, 'cancelled');
  for (const id of ids) assert.equal((await ended(id)).state, 'done');
  const late = await cancel(chief, ids[0]);
  assert.deepEqual([late.status, (await late.json()).code], [409, 'JOB-END-01']);
});

test('what a kill cut off is gone on with', async () => {
  const ids = [];
  for (let i = 0; i < 4; i++) ids.push((await (await order(chief)).json()).id);
  process.kill(city.pid, 'SIGKILL');
  await city.ended;
  Object.assign(city, await serve(dir, '--quiet'));
  for (const id of ids) assert.equal((await ended(id)).state, 'done');
});

test('whose jobs they are', async () => {
  const {id} = await (await order(chief)).json();
  assert.equal((await order(officer)).status, 403);
  assert.equal((await order({})).status, 401);
  const narrow = await token(dir, 'chief', '--layer', 'parcel');
  assert.equal((await order(narrow)).status, 403);
  assert.equal((await ended(id, other)).state, 'done');
  assert.equal((await city.get(`/api/jobs/${id}`, {headers: officer})).status, 404);
  assert.equal((await cancel(officer, id)).status, 404);
  assert.deepEqual((await city.json('/api/jobs', {headers: officer})).jobs, []);
  for (const path of ['/api/jobs', `/api/jobs/${id}`]) assert.equal((await city.get(path)).status, 401);
  for (const [path, status] of [['/api/jobs/0', 404], ['/api/jobs/x', 404], ['/api/jobs/99999', 404], ['/api/jobs?limit=0', 400], ['/api/jobs?limit=9999', 400], ['/api/jobs?before=x', 400], ['/api/jobs?x=1', 400]])
    assert.equal((await city.get(path, {headers: chief})).status, status, path);
  for (const body of [{}, {kind: 1}, {kind: 'nonsense'}, {kind: 'audit', more: 1}, [], 'audit']) assert.equal((await order(chief, body)).status, 422, JSON.stringify(body));
});
