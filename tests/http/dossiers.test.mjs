// Case files of the counter: taken in, moved on, issued; who sees them; papers; the receipt and its page.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {after, before, test} from 'node:test';
import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {must, postgres, serve, temporaryFolder} from './city.mjs';
import {person} from './people.mjs';

const box = (x, y, size) => ({type: 'Polygon', coordinates: [[[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]]});
const name = 'Nguyễn Văn Mẫu', idNumber = '079000000123', contact = '0900 000 123';
const applicant = {name, id_number: idNumber, contact};
const pdf = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n');
let home, dir, city, an, binh, duyet, chief, viewer, wards, parcels;

before(async () => {
  home = await temporaryFolder();
  dir = join(home, 'city');
  const file = async (name, features) => {
    await writeFile(join(home, name), JSON.stringify({type: 'FeatureCollection', features}));
    return join(home, name);
  };
  const feature = (properties, geometry) => ({type: 'Feature', properties, geometry});
  await must('init', dir, '--crs', '9210', '--name', 'Thành phố thử');
  await must('import', dir, await file('wards.geojson', [feature({code: '1', name: 'Phường Một', kind: 'ward'}, box(106.65, 10.97, 0.01)), feature({code: '2', name: 'Phường Hai', kind: 'ward'}, box(106.66, 10.97, 0.01))]), '--layer', 'admin_unit');
  const plot = (no, x) => feature({map_sheet: '12', parcel_no: no, land_use: 'ODT'}, box(x, 10.975, 0.0002));
  await must('import', dir, await file('parcels.geojson', [plot('1', 106.652), plot('2', 106.654), plot('3', 106.662), plot('3', 106.664)]), '--layer', 'parcel');
  chief = await person(dir, 'chief', 'administrator');
  viewer = await person(dir, 'xem', 'viewer');
  city = await serve(dir);
  const all = async layer => (await city.json(`/ogc/collections/${layer}/items?limit=100`, {headers: chief})).features;
  wards = Object.fromEntries((await all('admin_unit')).map(one => [one.properties.code, one.id]));
  parcels = (await all('parcel')).map(one => one.id);
  an = await person(dir, 'an', 'officer', '--ward', String(wards[1]));
  binh = await person(dir, 'binh', 'officer', '--ward', String(wards[2]));
  duyet = await person(dir, 'duyet', 'approver');
});
after(async () => {
  await city.stop();
  await rm(home, {recursive: true});
});

const post = (path, body, who = an, type = 'application/json') => city.get(path, {method: 'POST', headers: {'content-type': type, ...who},
  body: type === 'application/json' && typeof body !== 'string' ? JSON.stringify(body) : body});
async function done(answer, status = 200) {
  const body = await answer.json();
  assert.equal(answer.status, status, JSON.stringify(body));
  return body;
}
async function refused(answer, status, code) {
  const body = await answer.json();
  assert.deepEqual([answer.status, body.code], [status, code], JSON.stringify(body));
  assert.ok(!/sql|null|\/work|errno/i.test(body.detail), body.detail);
  return body;
}
const receive = (body = {}, who = an) => post('/api/dossiers', {parcel: parcels[0], applicant, papers: ['application'], ...body}, who);
const received = async (body, who) => done(await receive(body, who), 201);
const show = async (id, who = an) => done(await city.get(`/api/dossiers/${id}`, {headers: who}));
const move = (id, act, body, who = an) => post(`/api/dossiers/${id}/${act}`, body, who);
const moved = async (...words) => done(await move(...words));
const queue = async (query = '', who = an) => done(await city.get(`/api/dossiers${query}`, {headers: who}));

test('a file is taken in, waits for a paper, is signed and issued', async () => {
  const made = await received({note: 'nộp tại quầy'});
  assert.match(made.file_no, new RegExp(`^HS-${new Date(Date.now() + 7 * 3600e3).getUTCFullYear()}-\\d{6}$`));
  assert.match(made.receipt_url, /\/s\/[0-9a-f]{24}$/);
  assert.ok(Date.parse(made.due_at) > Date.now() + 9 * 86400e3, made.due_at);
  let file = await show(made.id);
  assert.deepEqual([file.state, file.version, file.open, file.mine, file.assigned], ['received', 1, true, true, 'an']);
  assert.deepEqual(file.parcel, {id: parcels[0], label: '12/1'});
  assert.deepEqual([file.unit_id, file.note, file.address, file.overdue], [wards[1], 'nộp tại quầy', null, false]);
  assert.deepEqual([file.applicant.name, file.applicant.id_number, file.applicant.contact], [name, idNumber, contact]);
  assert.deepEqual(file.moves.map(one => one.id), ['appraise', 'request_supplement', 'submit', 'take', 'note']);
  assert.equal(file.moves[1].title.vi, 'Yêu cầu bổ sung');
  assert.deepEqual(file.paper_list.map(one => [one.id, one.state]), [['application', 'shown'], ['land_paper', 'missing'], ['old_certificate', 'missing'], ['authorisation', 'missing']]);
  const waiting = await moved(made.id, 'request_supplement', {version: 1, papers: ['land_paper'], note: 'thiếu giấy tờ đất'});
  assert.deepEqual([waiting.state, waiting.version], ['supplement', 2]);
  assert.ok(waiting.paused_at);
  assert.deepEqual((await show(made.id)).paper_list[1].state, 'asked');
  const scan = await done(await post(`/api/dossiers/${made.id}/papers?name=land_paper`, pdf, an, 'application/pdf'), 201);
  assert.deepEqual([scan.ordinal, scan.state, scan.version], [2, 'scan', 3]);
  file = await moved(made.id, 'resume', {version: 3});
  assert.deepEqual([file.state, file.paused_at], ['appraisal', null]);
  await moved(made.id, 'submit', {version: 4});
  await refused(await move(made.id, 'issue', {version: 5, address_id: 1}), 403, 'DOS-RIGHT-01');
  await refused(await move(made.id, 'issue', {version: 5}, duyet), 400, 'DOS-ADDR-01');
  await refused(await move(made.id, 'issue', {version: 5, address_id: 99}, duyet), 404, 'HTTP-RECORD-01');
  await refused(await move(made.id, 'refuse', {version: 5}, duyet), 400, 'DOS-REASON-01');
  const refusal = await moved(made.id, 'refuse', {version: 5, reason: 'trùng hồ sơ'}, duyet);
  assert.equal(refusal.state, 'refused');
  file = await show(made.id, duyet);
  assert.deepEqual(file.history.map(one => [one.version, one.act, one.from, one.to, one.by]), [
    [1, 'receive', null, 'received', 'an'], [2, 'request_supplement', 'received', 'supplement', 'an'], [3, 'paper', 'supplement', 'supplement', 'an'],
    [4, 'resume', 'supplement', 'appraisal', 'an'], [5, 'submit', 'appraisal', 'signing', 'an'], [6, 'refuse', 'signing', 'refused', 'duyet']]);
  assert.deepEqual([file.hours_left, file.open, file.moves.map(one => one.id)], [null, false, ['note']]);
  assert.ok(file.decided_at);
});
