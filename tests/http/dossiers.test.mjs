// Case files of the counter: taken in, moved on, issued; who sees them; papers; the receipt and its page.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {demo, dothi, must, postgres, serve, temporaryFolder} from './city.mjs';
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
  await must('import', dir, await file('streets.geojson', [feature({name: 'Đường Yersin', kind: 'main', width_m: 8, direction: 'forward'}, {type: 'LineString', coordinates: [[106.651, 10.97493], [106.659, 10.97493]]})]), '--layer', 'street');
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

/** Numbers that are reserved for the first parcel and the second. */
async function numbered() {
  const made = [];
  for (const parcel_id of parcels.slice(0, 2)) made.push(await done(await post('/api/addresses/reserve', {parcel_id}, duyet), 201));
  return made;
}

test('what is issued names a number of the file’s parcel; it may be revoked, never undone', async () => {
  const [own, other] = await numbered();
  const {id} = await received();
  await moved(id, 'submit', {version: 1});
  await refused(await move(id, 'issue', {version: 2, address_id: other.id}, duyet), 409, 'DOS-ADDR-02');
  const issued = await moved(id, 'issue', {version: 2, address_id: own.id}, duyet);
  assert.deepEqual([issued.state, issued.version], ['issued', 3]);
  const {address} = await show(id);
  assert.ok(address.id === own.id && / Yersin$/.test(address.label), JSON.stringify(address));
  const illegal = await refused(await move(id, 'appraise', {version: 3}), 409, 'DOS-STATE-01');
  assert.deepEqual(illegal.allowed.map(one => one.id), ['replace', 'revoke', 'note']);
  assert.equal(illegal.allowed[1].title.vi, 'Thu hồi');
  await moved(id, 'revoke', {version: 3, reason: 'cấp sai thửa'}, duyet);
  assert.deepEqual((await refused(await move(id, 'issue', {version: 4, address_id: own.id}, duyet), 409, 'DOS-STATE-01')).allowed.map(one => one.id), ['note']);
  for (const method of ['DELETE', 'PUT', 'PATCH'])
    assert.equal((await city.get(`/api/dossiers/${id}`, {method, headers: duyet})).status, 405);
});

test('two officers on one file: the second one is told who was quicker, and nothing is lost', async () => {
  const {id, file_no} = await received();
  const answers = await Promise.all([move(id, 'appraise', {version: 1}), move(id, 'submit', {version: 1}, duyet), move(id, 'take', {version: 1}, chief), move(id, 'refuse', {version: 1, reason: 'x'}, chief)]);
  assert.deepEqual(answers.map(one => one.status).sort(), [200, 409, 409, 409]);
  for (const answer of answers.filter(one => one.status === 409)) {
    const body = await answer.json();
    assert.equal(body.code, 'DOS-STALE-01');
    assert.match(body.detail, new RegExp(`Hồ sơ ${file_no} vừa được (an|duyet|chief) thay đổi lúc \\d\\d:\\d\\d \\d\\d/\\d\\d/\\d{4}`));
  }
  const file = await show(id);
  assert.deepEqual([file.version, file.history.length], [2, 2]);
  await refused(await move(id, 'note', {note: 'không có phiên bản'}), 428, 'EDIT-BASE-01');
});

test('an officer sees the files of the own ward; visitors and viewers none', async () => {
  const here = await received(), there = await received({parcel: parcels[2]}, binh);
  await refused(await receive({parcel: parcels[2]}), 400, 'DOS-PLACE-01');
  assert.equal((await show(there.id, duyet)).unit_id, wards[2]);
  for (const [path, init] of [['', {}], ['/receipt', {}], ['/papers/1', {}]])
    await refused(await city.get(`/api/dossiers/${there.id}${path}`, {headers: an, ...init}), 404, 'DOS-FIND-01');
  await refused(await move(there.id, 'appraise', {version: 1}), 404, 'DOS-FIND-01');
  await refused(await post(`/api/dossiers/${there.id}/papers`, {name: 'application'}), 404, 'DOS-FIND-01');
  const ids = async who => (await queue('?limit=200', who)).dossiers.map(one => one.id);
  assert.ok((await ids(an)).includes(here.id) && !(await ids(an)).includes(there.id));
  assert.ok((await ids(binh)).includes(there.id) && !(await ids(binh)).includes(here.id));
  assert.ok((await ids(duyet)).includes(here.id) && (await ids(duyet)).includes(there.id));
  assert.deepEqual((await queue(`?q=${there.file_no}`)).dossiers, []);
  for (const [who, status] of [[{}, 401], [viewer, 403]])
    for (const path of ['/api/dossiers', `/api/dossiers/${here.id}`, `/api/dossiers/${here.id}/receipt`, `/api/dossiers/${here.id}/papers/1`])
      assert.equal((await city.get(path, {headers: who})).status, status, path);
  assert.equal((await receive({}, viewer)).status, 403);
  assert.equal((await receive({}, {})).status, 401);
  const layers = await city.json('/ogc/collections');
  assert.ok(!JSON.stringify(layers).includes(name));
});

test('the queue: oldest deadline first, page by page; by number, state and hand', async () => {
  const made = [await received(), await received(), await received({parcel: parcels[1]})];
  const whole = (await queue('?limit=200')).dossiers;
  assert.deepEqual(whole.map(one => one.due_at), whole.map(one => one.due_at).sort());
  const pages = [];
  for (let next = ''; next !== null;) {
    const page = await queue(`?limit=2${next && `&after=${next}`}`);
    pages.push(...page.dossiers.map(one => one.id));
    next = page.next;
  }
  assert.deepEqual(pages, whole.map(one => one.id));
  const last = whole.find(one => one.id === made[2].id);
  assert.equal(last.applicant.name, name);
  assert.deepEqual([last.applicant.id_number, last.applicant.contact], [null, null], 'a queue tells names alone');
  assert.ok(last.hours_left > 60 && last.hours_left < 90, String(last.hours_left));
  assert.deepEqual((await queue(`?q=${encodeURIComponent(` ${made[1].file_no.toLowerCase()} `)}`)).dossiers.map(one => one.id), [made[1].id]);
  assert.deepEqual((await queue(`?parcel=${parcels[1]}`)).dossiers.map(one => one.id), [made[2].id]);
  assert.deepEqual((await queue('?q=HS-1999-000001')).dossiers, []);
  assert.ok((await queue('?mine=1&limit=200')).dossiers.every(one => one.mine));
  assert.deepEqual((await queue('?mine=1', duyet)).dossiers, []);
  assert.ok((await queue('?state=closed')).dossiers.every(one => !one.open && one.hours_left === null));
  assert.ok((await queue('?state=signing')).dossiers.every(one => one.state === 'signing'));
  assert.deepEqual((await queue(`?unit=${wards[2]}`)).dossiers, []);
  for (const wrong of ['state=lost', 'limit=0', 'limit=201', 'unit=x', 'after=1', 'after=a-b', 'after=-', 'parcel=0', 'bogus=1'])
    assert.equal((await city.get(`/api/dossiers?${wrong}`, {headers: an})).status, 400, wrong);
});

test('who does not know whether it arrived sends it again: one file', async () => {
  const key = {...an, 'idempotency-key': 'quầy 1, lần 7'.normalize('NFC').replace(/[^ -~]/g, '-')};
  const answers = await Promise.all([1, 2, 3].map(() => receive({}, key)));
  const made = await Promise.all(answers.map(one => done(one, 201)));
  assert.equal(new Set(made.map(one => one.id)).size, 1);
  assert.equal(new Set(made.map(one => one.receipt_url)).size, 1);
  assert.equal((await receive({note: 'khác'}, key)).status, 422);
});

test('what is wrong with an intake is said, and nothing is kept', async () => {
  const before = (await queue('?limit=200', duyet)).dossiers.length;
  for (const [body, status, code, where] of [
    [{parcel: 99999}, 400, 'DOS-PLACE-01'], [{parcel: 'x'}, 400, 'DOS-MEMBER-01', '/parcel'], [{parcel: -1}, 400, 'DOS-MEMBER-01'], [{parcel: 1e300}, 400, 'DOS-MEMBER-01'],
    [{parcel: null}, 400, 'DOS-PLACE-01'], [{parcel: null, sheet: '12'}, 400, 'DOS-PLACE-01'], [{parcel: null, sheet: '12', number: '99'}, 400, 'DOS-PLACE-01'],
    [{kind: 'marriage'}, 400, 'DOS-MEMBER-01', '/kind'], [{kind: 7}, 400, 'DOS-MEMBER-01'],
    [{applicant: null}, 400, 'DOS-MEMBER-01'], [{applicant: {}}, 400, 'PER-TEXT-02', '/applicant/name'], [{applicant: {name: 7}}, 400, 'DOS-MEMBER-01'],
    [{applicant: {name: 'a'.repeat(1000)}}, 400, 'PER-TEXT-01'], [{applicant: {name, contact: 'a'.repeat(5000)}}, 400, 'PER-TEXT-01'],
    [{papers: ['passport']}, 400, 'DOS-PAPER-01'], [{papers: 'application'}, 400, 'DOS-MEMBER-01'], [{papers: [1]}, 400, 'DOS-MEMBER-01'], [{papers: Array(41).fill('application')}, 400, 'DOS-MEMBER-01'],
    [{note: 'a'.repeat(3000)}, 400, 'DOS-TEXT-01'], [{note: {}}, 400, 'DOS-MEMBER-01'], [{due_at: '2099-01-01'}, 422, 'EDIT-VALUE-09'],
  ]) {
    const answer = await refused(await receive(body), status, code);
    if (where) assert.equal(answer.where, where);
  }
  assert.equal((await post('/api/dossiers', '{"parcel":')).status, 400);
  assert.equal((await post('/api/dossiers', '[]')).status, 422);
  assert.equal((await post('/api/dossiers', '{}', an, 'text/plain')).status, 415);
  assert.equal((await post('/api/dossiers', JSON.stringify({note: 'a'.repeat(70000)}))).status, 413);
  const several = await refused(await receive({parcel: null, sheet: '12', number: '3'}, duyet), 409, 'DOS-PLACE-02');
  assert.match(several.detail, /2/);
  assert.equal((await queue('?limit=200', duyet)).dossiers.length, before);
  const found = await received({parcel: null, sheet: '12', number: '2'});
  assert.equal((await show(found.id)).parcel.id, parcels[1]);
  for (const [id, act] of [['x', 'appraise'], ['0', 'appraise'], ['99999999999999999999', 'appraise'], [found.id, 'explode']])
    assert.equal((await move(id, act, {version: 1})).status, 404);
  await refused(await move(found.id, 'request_supplement', {version: 1, papers: []}), 400, 'DOS-PAPER-02');
  await refused(await move(found.id, 'request_supplement', {version: 1, papers: ['passport']}), 400, 'DOS-PAPER-01');
  await refused(await move(found.id, 'note', {version: 1, reason: 'a'.repeat(3000)}), 400, 'DOS-TEXT-01');
});

test('papers: a scan is what its bytes say, of bounded size, and comes back the same', async () => {
  const {id} = await received(), papers = `/api/dossiers/${id}/papers`;
  const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(1500000, 7)]);
  const scan = await done(await post(`${papers}?name=land_paper`, png, an, 'image/png'), 201);
  const shown = await done(await post(papers, {name: 'old_certificate'}), 201);
  assert.deepEqual([scan.ordinal, shown.ordinal, shown.version], [2, 3, 3]);
  const back = await city.get(`${papers}/2`, {headers: an});
  assert.deepEqual([back.status, back.headers.get('content-type'), back.headers.get('cache-control')], [200, 'image/png', 'no-store']);
  assert.match(back.headers.get('content-disposition'), /^inline; filename="HS-\d{4}-\d{6}-2\.png"$/);
  assert.ok(Buffer.from(await back.arrayBuffer()).equals(png));
  const file = await show(id);
  assert.deepEqual([file.papers[1].media_type, file.papers[1].bytes, file.papers[1].by], ['image/png', png.length, 'an']);
  await refused(await post(`${papers}?name=land_paper`, pdf, an, 'image/png'), 400, 'DOS-PAPER-04');
  await refused(await post(`${papers}?name=land_paper`, '<html><script>alert(1)</script>', an, 'application/pdf'), 400, 'DOS-PAPER-04');
  await refused(await post(`${papers}?name=land_paper`, '', an, 'application/octet-stream'), 400, 'DOS-PAPER-04');
  await refused(await post(`${papers}?name=passport`, pdf, an, 'application/pdf'), 400, 'DOS-PAPER-01');
  await refused(await post(papers, pdf, an, 'application/pdf'), 400, 'DOS-PAPER-01');
  assert.equal((await post(`${papers}?name=land_paper`, pdf, an, 'text/html')).status, 415);
  assert.equal((await post(`${papers}?name=land_paper`, Buffer.concat([pdf, Buffer.alloc(20 << 20)]), an, 'application/pdf')).status, 413);
  for (const ordinal of ['1', '3', '4', 'x', '0', '-2']) await refused(await city.get(`${papers}/${ordinal}`, {headers: an}), 404, 'DOS-PAPER-06');
  assert.equal((await show(id)).version, 3);
});

/** The text of the QR code in a page, as a telephone reads it. */
async function codeIn(html) {
  const [, side] = /viewBox="0 0 (\d+) \d+"/.exec(html), path = /<path fill="#000" d="([^"]+)"/.exec(html)[1];
  const size = Number(side), scale = 6, pixels = Buffer.alloc((size * scale) ** 2, 255);
  for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)/g))
    for (let j = 0; j < scale; j++) pixels.fill(0, (y * scale + j) * size * scale + x * scale, (y * scale + j) * size * scale + (Number(x) + Number(run)) * scale);
  await writeFile(join(home, 'code.pgm'), Buffer.concat([Buffer.from(`P5 ${size * scale} ${size * scale} 255\n`), pixels]));
  return execFileSync('zbarimg', ['-q', '--raw', join(home, 'code.pgm')], {encoding: 'utf8'}).trim();
}

test('the receipt leads to a page that tells where the file stands, and of nobody', async () => {
  const made = await received({applicant: {name: 'Trần <b>Thị</b> Mẫu', id_number: idNumber, contact}, note: 'ghi chú riêng'});
  await moved(made.id, 'request_supplement', {version: 1, papers: ['land_paper'], note: 'gọi 0900 000 123', reason: 'thiếu của bà Mẫu'});
  const sheet = await city.get(`/api/dossiers/${made.id}/receipt`, {headers: an}), html = await sheet.text();
  assert.match(sheet.headers.get('content-type'), /^text\/html/);
  assert.ok(html.includes('Trần &lt;b&gt;Thị&lt;/b&gt; Mẫu') && html.includes(made.file_no) && html.includes('Đơn đề nghị'));
  assert.ok(!html.includes(idNumber) && !html.includes('<script'));
  assert.equal(await codeIn(html), made.receipt_url);
  const path = new URL(made.receipt_url).pathname;
  const page = await city.get(path, {headers: {accept: 'text/html'}}), text = await page.text();
  assert.equal(page.status, 200);
  assert.ok(text.includes(made.file_no) && text.includes('Chờ bổ sung') && text.includes('Giấy tờ về quyền sử dụng đất') && text.includes('Một cửa'));
  const english = await (await city.get(`${path}?f=html`, {headers: {'accept-language': 'en'}})).text();
  assert.ok(english.includes('Waiting for papers') && english.includes('Paper of the right to the land'));
  const json = await city.json(`${path}?f=json`);
  assert.deepEqual([json.file_no, json.state, json.steps.map(one => one.state)], [made.file_no, 'supplement', ['received', 'supplement']]);
  assert.deepEqual([json.due_at, json.missing.length, json.contact.vi], [null, 1, 'Bộ phận Một cửa nơi nộp hồ sơ']);
  for (const said of [text, english, JSON.stringify(json)])
    for (const secret of ['Mẫu', 'Trần', idNumber, '0900', 'riêng', '"an"', '12/1', 'user:', 'script', String(parcels[0]).padStart(9, '0')])
      assert.ok(!said.includes(secret), `${secret} in ${said}`);
});

test('codes that do not exist are refused in words, and soon have to wait; true ones never', async () => {
  const made = await received(), path = new URL(made.receipt_url).pathname;
  const wrong = await city.get('/s/000000000000000000000000', {headers: {accept: 'text/html'}});
  assert.equal(wrong.status, 404);
  assert.match(await wrong.text(), /Không tìm thấy hồ sơ với mã này/);
  await refused(await city.get(`${path.slice(0, -1)}?f=json`), 404, 'DOS-RECEIPT-01');
  await refused(await city.get(`/s/${'a'.repeat(5000)}`), 404, 'DOS-RECEIPT-01');
  await refused(await city.get(`/s/${encodeURIComponent("' OR 1=1 --")}`), 404, 'DOS-RECEIPT-01');
  const seen = new Set();
  for (let i = 0; i < 30; i++) seen.add((await city.get(`/s/${i}`)).status);
  assert.deepEqual([...seen].sort(), [404, 429]);
  assert.equal((await city.get(path)).status, 200);
  assert.equal((await city.get('/s/1', {headers: {accept: 'text/html'}})).status, 429);
});

test('queues are told of a change; who reads of people is written down', async () => {
  const listen = async headers => {
    const stop = new AbortController(), answer = await city.get('/api/events', {headers, signal: stop.signal});
    const heard = {text: '', stop: () => stop.abort()};
    (async () => {
      for await (const piece of answer.body) heard.text += Buffer.from(piece).toString();
    })().catch(() => {});
    return heard;
  };
  const [own, foreign, visitor] = [await listen(an), await listen(binh), await listen({})];
  const made = await received();
  for (let i = 0; i < 100 && !own.text.includes(made.file_no); i++) await new Promise(resolve => setTimeout(resolve, 50));
  assert.match(own.text, new RegExp(`event: dossier\ndata: {"id":${made.id},"file_no":"${made.file_no}","state":"received","version":1}`));
  assert.ok(!foreign.text.includes(made.file_no) && !visitor.text.includes(made.file_no));
  for (const one of [own, foreign, visitor]) one.stop();
  const file = await show(made.id);
  await city.stop();
  const rows = rowsOf(`SELECT purpose FROM access_log WHERE person_id = ${file.applicant.id} AND record_id = ${made.id}`);
  assert.deepEqual(rows, ['dossier']);
  assert.ok(rowsOf("SELECT count(*) FROM access_log WHERE purpose IN ('queue', 'scan', 'receipt')")[0] > 10);
  city = await serve(dir);
});

test('the same by commands, beside the server and without it', async () => {
  const run = async (...words) => JSON.parse(await must('dossier', ...words, '--json'));
  const made = await run('receive', dir, '--sheet', '12', '--number', '1', '--name', name, '--paper', 'application', '--note', 'qua lệnh');
  assert.match(made.file_no, /^HS-\d{4}-\d{6}$/);
  assert.equal((await show(made.id)).applicant.name, name);
  const late = await dothi('dossier', 'move', dir, made.file_no, 'submit', '--version', '9', '--lang', 'en');
  assert.equal(late.code, 75, late.stderr);
  assert.match(late.stderr, /changed the file HS-.*\[DOS-STALE-01\]/s);
  await city.stop();
  assert.equal((await run('move', dir, made.file_no, 'request_supplement', '--paper', 'land_paper')).state, 'supplement');
  assert.equal((await dothi('dossier', 'move', dir, made.file_no, 'issue', '--json')).code, 75);
  assert.equal((await dothi('dossier', 'move', dir, made.file_no, 'fly')).code, 65);
  assert.equal((await dothi('dossier', 'show', dir, 'HS-1999-000001')).code, 65);
  const file = await run('show', dir, made.file_no);
  assert.deepEqual([file.state, file.applicant, file.papers.map(one => one.state)], ['supplement', null, ['shown', 'asked']]);
  assert.ok((await run('list', dir, '--state', 'supplement')).some(one => one.id === made.id));
  const listed = await must('dossier', 'list', dir, '--lang', 'en'), shown = await must('dossier', 'show', dir, made.file_no);
  assert.ok(listed.includes(made.file_no) && listed.includes('Waiting for papers') && shown.includes('request_supplement'));
  assert.ok(!(listed + shown).includes(name));
  assert.match(await must('dossier', '--help', '--lang', 'en'), /receive DIR/);
  city = await serve(dir);
});

test('the sample city has files to learn with, due around today, of nobody', async () => {
  const sample = await demo(500);
  try {
    const list = async state => JSON.parse(await must('dossier', 'list', join(sample.folder, 'city'), '--json', '--state', state));
    const files = [...(await list('open')), ...(await list('closed'))];
    assert.ok(files.length >= 11, String(files.length));
    assert.ok(files.every(one => one.training && one.parcel.label && one.unit_id));
    for (const state of ['received', 'appraisal', 'supplement', 'signing', 'issued', 'refused', 'replaced', 'revoked']) assert.ok(files.some(one => one.state === state), state);
    assert.ok(files.filter(one => /issued|replaced|revoked/.test(one.state)).every(one => one.address.label));
    const running = files.filter(one => one.open && !one.paused_at);
    assert.ok(running.some(one => one.overdue && one.hours_left <= 0) && running.some(one => one.hours_left > 40));
    assert.ok(running.every(one => Math.abs(Date.parse(one.due_at) - Date.now()) < 30 * 86400e3));
    const {receipt_url} = JSON.parse(await must('dossier', 'show', join(sample.folder, 'city'), files[0].file_no, '--json'));
    assert.match(await (await sample.get(`${receipt_url}?f=html`)).text(), /HỒ SƠ TẬP HUẤN/);
  } finally {
    await sample.stop();
    await rm(sample.folder, {recursive: true});
  }
});

/** Rows of one column of the register. */
function rowsOf(sql) {
  const said = postgres
    ? execFileSync('psql', [readFileSync(join(dir, 'store.conf'), 'utf8').trim().split(/\s*=\s*/).slice(1).join('='), '-qAtX', '-c', sql], {encoding: 'utf8'})
    : execFileSync('sqlite3', [join(dir, 'city.sqlite'), sql], {encoding: 'utf8'});
  return said.split('\n').filter(row => row);
}
