// Certificates of house numbers: the paper, its page, what it proves, and what is refused.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, readFileSync} from 'node:fs';
import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {databaseOf, dothi, must, postgres, serve, temporaryFolder} from './city.mjs';
import {person} from './people.mjs';

const run = promisify(execFile);
const east = 600000, north = 1215000, metres = '<http://www.opengis.net/def/crs/EPSG/0/9210>';
const ward = 'Phường Thủ Dầu Một', province = 'Thành phố Hồ Chí Minh';
let folder, dir, city, officer, viewer, stranger;
const houses = {}; // parcel id -> address

const rectangle = (x, y, width, height) => ({type: 'Polygon', coordinates: [[[x, y], [x + width, y], [x + width, y + height], [x, y + height], [x, y]]]});
const sha256 = bytes => createHash('sha256').update(bytes).digest('hex');

async function load(layer, records, ...more) {
  const file = join(folder, `${layer}.geojson`);
  await writeFile(file, JSON.stringify({type: 'FeatureCollection', features: records.map(([properties, geometry]) => ({type: 'Feature', properties, geometry}))}));
  await must('import', dir, file, '--layer', layer, '--crs', '9210', '--yes', ...more);
}

/** Statements in the register's own database, while nobody has it open. */
async function sql(statement) {
  if (!postgres) return (await run('sqlite3', [join(dir, 'city.sqlite'), statement])).stdout.trim();
  const [, schema] = /active_schema=(\w+)/.exec(databaseOf(dir));
  return (await run('psql', [postgres, '-qAtX', '-v', 'ON_ERROR_STOP=1', '-c', `SET search_path TO ${schema}, public; ${statement}`])).stdout.trim();
}

before(async () => {
  folder = await temporaryFolder();
  dir = join(folder, 'city');
  await must('init', dir, '--crs', '9210', '--name', 'Thủ Dầu Một');
  await load('admin_unit', [[{code: '25747', name: ward, kind: 'phường', parent_name: province}, rectangle(east - 2000, north - 2000, 4000, 4000)],
    [{code: '25748', name: 'Phường Phú Lợi', kind: 'phường', parent_name: province}, rectangle(east + 3000, north - 2000, 1000, 1000)]], '--valid-from', '2020-01-01');
  await load('street', [[{name: 'Yersin', kind: 'main', width_m: 7, direction: 'forward', open_ends: 2}, {type: 'LineString', coordinates: [[east - 100, north + 22], [east + 300, north + 22]]}]]);
  const lots = [...Array(24)].map((_, i) => [{map_sheet: '12', parcel_no: String(300 + i), land_use: 'ODT', area_legal_m2: 93.6}, rectangle(east + 5.2 * i, north, 5.2, 18)]);
  await load('parcel', lots);
  await sql(`INSERT INTO numbering_scheme (id, street_id, state, version, document, made_by, made_at) VALUES (1, 1, 'approved', 3, '45/QĐ-UBND', 'user:1', 1)`);
  officer = await person(dir, 'an', 'officer');
  viewer = await person(dir, 'chi', 'viewer');
  stranger = await person(dir, 'dung', 'officer', '--ward', '2');
  city = await serve(dir);
  for (const parcel_id of [1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16])
    houses[parcel_id] = await done(await post('/api/addresses/issue', {parcel_id}));
});
after(async () => {
  await city?.stop();
  await rm(folder, {recursive: true});
});

const post = (path, body, who = officer, headers = {}) => city.get(path, {method: 'POST', body: JSON.stringify(body), headers: {'content-type': 'application/json', ...who, ...headers}});
async function done(answer, status = 201) {
  const body = await answer.json();
  assert.equal(answer.status, status, JSON.stringify(body));
  return body;
}
async function refused(answer, status, code) {
  const body = await answer.json();
  assert.deepEqual([answer.status, body.code], [status, code], JSON.stringify(body));
  return body;
}

const certify = (parcel, more = {}, who = officer) => {
  const {id, version} = houses[parcel];
  return post('/api/certificates', {address_id: id, version, signer: 'Trần Văn Bình', ...more}, who);
};
async function paper(id, name = `${id}.pdf`, who = officer) {
  const answer = await city.get(`/api/certificates/${name}`, {headers: who});
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'application/pdf');
  return Buffer.from(await answer.arrayBuffer());
}
let kept = 0;
/** The bytes as a file; its path. */
async function file(bytes) {
  const path = join(folder, `${++kept}.pdf`);
  await writeFile(path, bytes);
  return path;
}
/** The text of a paper: as it stands, and with all blanks as one. */
async function textOf(bytes) {
  const {stdout} = await run('pdftotext', ['-layout', await file(bytes), '-']);
  return stdout.normalize('NFC').replace(/\s+/g, ' ');
}
async function pixels(path, dpi) {
  const stem = path.replace(/\.pdf$/, `-${dpi}`);
  await run('pdftoppm', ['-r', String(dpi), '-gray', '-singlefile', path, stem]);
  const bytes = readFileSync(`${stem}.pgm`), [, width, height] = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.subarray(0, 40).toString('latin1'));
  return {width: Number(width), height: Number(height), gray: bytes.subarray(bytes.length - width * height), image: `${stem}.pgm`};
}
const page = (code, lang = 'vi') => city.json(`/v/${code}?f=json`, {headers: {'accept-language': lang}});
const holder = {name: 'Nguyễn Thị Ngọc Ánh', id_number: '074188000123', contact: '0901 234 567'};

test('a paper says all of it, in letters that are right, and is in order as a file', async () => {
  const made = await done(await certify(7, {holder}));
  assert.deepEqual([made.state, made.number, made.year, made.paper_number], ['valid', 1, new Date().getUTCFullYear(), `1/${made.year}/GCN-SN`]);
  assert.match(made.code, /^[0-9A-HJKMNP-TV-Z]{20}$/);
  const bytes = await paper(made.id), path = await file(bytes), text = await textOf(bytes);
  for (const part of ['CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 'Độc lập – Tự do – Hạnh phúc', 'ỦY BAN NHÂN DÂN', 'PHƯỜNG THỦ DẦU MỘT', 'GIẤY CHỨNG NHẬN SỐ NHÀ',
    `Số: ${made.paper_number}`, `${houses[7].label}, phường Thủ Dầu Một, ${province[0].toLowerCase()}${province.slice(1)}`, 'Yersin', 'thửa đất số 306, tờ bản đồ số 12, diện tích 93,6 m²',
    holder.name, holder.id_number, 'Trần Văn Bình', 'CHỦ TỊCH', 'theo cấu hình của đơn vị; phương án đánh số nhà được duyệt tại 45/QĐ-UBND', 'tỷ lệ 1:500',
    `Mã: ${made.code.match(/.{5}/g).join('-')}`, made.data_sha256, /ngày \d\d tháng \d\d năm \d{4}/, `số nhà ${houses[7].id} bản 1, thửa 7 bản 1, đường 1 bản 1`])
    assert.ok(part instanceof RegExp ? part.test(text) : text.includes(part), `${part} in ${text}`);
  assert.ok(!text.includes('DỮ LIỆU MẪU') && !text.includes('XEM TRƯỚC') && !text.includes(holder.contact));
  assert.match((await run('qpdf', ['--check', path])).stdout, /No syntax or stream encoding errors/);
  const fonts = (await run('pdffonts', [path])).stdout.trim().split('\n').slice(2);
  assert.ok(fonts.length >= 2 && fonts.every(line => /^[A-Z]{6}\+NotoSans.* yes yes yes /.test(line)), fonts.join('\n'));
  const info = (await run('pdfinfo', [path])).stdout;
  assert.match(info, /Tagged: +yes/);
  assert.match(info, new RegExp(`Title: +Giấy chứng nhận số nhà ${made.paper_number}`));
  assert.match(info, /Pages: +1\n[^]*Page size: .*\(A4\)/);
  assert.match((await run('qpdf', ['--show-object=trailer', path])).stdout, /Root/);
  assert.ok(bytes.includes('/Lang (vi-VN)'));
  const structure = (await run('pdfinfo', ['-struct', path])).stdout;
  for (const part of ['Document', 'H1', 'P ', 'Table', 'TR', 'TH', 'TD', 'Figure']) assert.ok(structure.includes(part.trim()), `${part} in ${structure}`);
  assert.deepEqual(await paper(made.id), bytes, 'always the same bytes');
  assert.equal(sha256(bytes), made.file_sha256);
  assert.equal(sha256(JSON.stringify(made.data)), made.data_sha256, 'the data, as they were hashed');
  assert.deepEqual(Object.keys(made.data), Object.keys(made.data).sort(), 'keys in order');
  assert.ok(!JSON.stringify(made).includes(holder.name), 'the name is with the person alone');
});

test('100 m measure right at the printed scale', async () => {
  const {certificates: [made]} = await city.json(`/api/certificates?address=${houses[7].id}`, {headers: officer});
  const bytes = await paper(made.id), path = await file(bytes), dpi = 508; // 20 pixels a mm
  const scale = Number(/tỷ lệ 1:(\d+)/.exec(await textOf(bytes))[1]), metresOfBar = {200: 10, 500: 20, 1000: 50}[scale];
  const {width, height, gray} = await pixels(path, dpi);
  let longest = 0;
  // The bar is the longest dark stretch below the head that is no frame: of the map's frame it is a third.
  for (let y = Math.round(height * 0.3); y < height; y++)
    for (let x = 0, from = 0; x <= width; x++)
      if (x === width || gray[y * width + x] > 100) {
        if (x - from > longest && x - from < 0.5 * width) longest = x - from;
        from = x + 1;
      }
  const mm = longest / 20 - 0.15; // its rim is drawn half outside on both ends
  assert.ok(Math.abs(mm / metresOfBar * 100 - 100_000 / scale) < 0.4, `100 m are ${mm / metresOfBar * 100} mm at 1:${scale}`);
});

test('the code leads to the page, with the same hashes and nothing personal', async () => {
  const {certificates: [made]} = await city.json(`/api/certificates?address=${houses[7].id}`, {headers: officer});
  const bytes = await paper(made.id), {image} = await pixels(await file(bytes), 150);
  const {stdout} = await run('zbarimg', ['--nodbus', '-q', '--raw', image]);
  assert.equal(stdout.trim(), `${city.url}/v/${made.code}`);
  const answer = await fetch(stdout.trim(), {headers: {accept: 'text/html'}}), html = await answer.text();
  assert.equal(answer.status, 200);
  assert.ok(html.includes(made.data_sha256) && html.includes(sha256(bytes)) && html.includes('Còn giá trị') && !html.includes('<script'));
  for (const part of [holder.name, holder.id_number, holder.contact, 'Ngọc Ánh']) assert.ok(!html.includes(part));
  const told = await page(made.code);
  assert.deepEqual([told.state, told.data_sha256, told.file_sha256, told.paper_number, told.changes], ['valid', made.data_sha256, sha256(bytes), made.paper_number, []]);
  assert.deepEqual([told.label, told.unit_issued, told.unit_now], [houses[7].label, ward, ward]);
  // As people type it.
  assert.equal((await page(made.code.toLowerCase().match(/.{5}/g).join('-'))).file_sha256, made.file_sha256);
  const unknown = await city.get('/v/00000-00000-00000-00000', {headers: {accept: 'text/html'}});
  assert.equal(unknown.status, 404);
  assert.match(await unknown.text(), /CERT-BAD-01[^]*Không tìm thấy giấy này[^]*Gọi[^]*Bộ phận Một cửa/);
  await refused(await city.get('/v/nonsense?f=json'), 404, 'CERT-BAD-01');
});

test('a parcel that is changed later leaves the bytes, and the page tells what changed', async () => {
  const made = await done(await certify(9)), bytes = await paper(made.id);
  const x = east + 5.2 * 8, order = {parcels: [
    {id: 9, version: 1, properties: {area_legal_m2: 90}, geometry: rectangle(x, north, 5.0, 18)},
    {id: 10, version: 1, properties: {area_legal_m2: 97.2}, geometry: {type: 'Polygon', coordinates: [[[x + 5.0, north], [x + 10.4, north], [x + 10.4, north + 18], [x + 5.0, north + 18], [x + 5.0, north]]]}},
  ]};
  const answer = await post('/api/parcels/redraw', order, officer, {'content-crs': metres});
  assert.equal(answer.status, 201, await answer.text());
  assert.deepEqual(await paper(made.id), bytes);
  const told = await page(made.code);
  assert.equal(told.state, 'valid');
  assert.deepEqual(told.changes, [{what: 'area_m2', then: '93,6', now: '90'}, {what: 'outline', then: null, now: null}]);
  assert.match(told.message, /dữ liệu đã đổi sau ngày cấp/);
  assert.match(await (await city.get(`/v/${made.code}?f=html`)).text(), /Dữ liệu đã đổi sau ngày cấp[^]*Diện tích thửa[^]*Ranh giới thửa đất/);
});

test('a later paper replaces the one before; a revoked one says so', async () => {
  const first = await done(await certify(11)), second = await done(await certify(11, {signer_title: 'KT. CHỦ TỊCH – PHÓ CHỦ TỊCH'}));
  const told = await page(first.code);
  assert.deepEqual([told.state, told.replaced_by], ['replaced', second.paper_number]);
  assert.match(told.message, new RegExp(`Giấy này đã được thay bằng giấy số ${second.paper_number} ngày \\d\\d/\\d\\d/\\d{4}`));
  assert.ok((await textOf(await paper(second.id))).includes('KT. CHỦ TỊCH – PHÓ CHỦ TỊCH'));
  const {certificates} = await city.json(`/api/certificates?address=${houses[11].id}`, {headers: officer});
  assert.deepEqual(certificates.map(one => [one.id, one.state, one.replaced_by]), [[second.id, 'valid', null], [first.id, 'replaced', second.id]]);
  await refused(await post(`/api/certificates/${first.id}/revoke`, {reason: 'nhầm'}), 409, 'CERT-END-01');
  await refused(await post(`/api/certificates/${second.id}/revoke`, {reason: ''}), 400, 'CERT-REASON-01');
  assert.equal((await done(await post(`/api/certificates/${second.id}/revoke`, {reason: 'cấp nhầm chủ'}), 200)).state, 'revoked');
  const gone = await page(second.code, 'en');
  assert.deepEqual([gone.state, JSON.stringify(gone).includes('cấp nhầm')], ['revoked', false], 'why is for the office alone');
  assert.match(gone.message, /was revoked on/);
  assert.equal((await done(await certify(11))).state, 'valid', 'and a new one can be issued');
});

test('the same request sent again is the same certificate', async () => {
  const key = {'idempotency-key': 'giay-1'}, body = {address_id: houses[15].id, version: houses[15].version, signer: 'Trần Văn Bình'};
  const first = await done(await post('/api/certificates', body, officer, key)), again = await done(await post('/api/certificates', body, officer, key));
  assert.deepEqual(again, first);
  assert.equal((await post('/api/certificates', {...body, signer: 'Khác'}, officer, key)).status, 422);
});

test('many at once: each gets a number of its own, none is missing, one of an address is valid', async () => {
  const parcels = [12, 13, 14, 15, 12, 13, 12, 12], answers = await Promise.all(parcels.map(parcel => certify(parcel)));
  const made = await Promise.all(answers.map(answer => done(answer)));
  assert.equal(new Set(made.map(one => one.number)).size, parcels.length);
  assert.equal(new Set(made.map(one => one.code)).size, parcels.length);
  for (const parcel of [12, 13, 14, 15]) {
    const {certificates} = await city.json(`/api/certificates?address=${houses[parcel].id}`, {headers: officer});
    assert.deepEqual(certificates.map(one => one.state), ['valid', ...certificates.slice(1).map(() => 'replaced')]);
  }
  const states = (await sql('SELECT number, state FROM counter_number ORDER BY number')).split('\n').map(line => line.split('|'));
  assert.deepEqual(states.map(([number]) => Number(number)), states.map((_, i) => i + 1), 'no gap');
  assert.ok(states.every(([, state]) => state === 'used'), states.join(' '));
});

test('what cannot be issued is refused, and nothing is left of it', async () => {
  const {id, version} = houses[16], body = {address_id: id, version, signer: 'Trần Văn Bình'};
  const before = await sql('SELECT count(*) FROM counter_number'), people = await sql('SELECT count(*) FROM person');
  await refused(await post('/api/certificates', {...body, version: 7}), 409, 'EDIT-STALE-01');
  await refused(await post('/api/certificates', {address_id: id, signer: 'B'}), 428, 'EDIT-BASE-01');
  await refused(await post('/api/certificates', {...body, address_id: 4711}), 404, 'HTTP-RECORD-01');
  await refused(await post('/api/certificates', {...body, signer: ''}), 400, 'CERT-TEXT-01');
  await refused(await post('/api/certificates', {...body, signer: 'x'.repeat(121)}), 400, 'CERT-TEXT-01');
  for (const name of ['Nguyễn\u0007Văn', 'abc\u202Etxt', 'A\u0000B', 'A\u0085B'])
    assert.equal((await certify(16, {holder: {name}})).status, 400, JSON.stringify(name));
  assert.equal((await certify(16, {}, viewer)).status, 403);
  assert.ok([403, 404].includes((await certify(16, {}, stranger)).status), 'of another ward');
  assert.ok([403, 404].includes((await city.get('/api/certificates/1.pdf', {headers: stranger})).status));
  assert.equal((await certify(16, {}, {})).status, 401);
  assert.equal((await certify(16, {person_id: 99999})).status, 404);
  assert.equal((await certify(16, {nonsense: 1})).status, 422);
  assert.deepEqual([await sql('SELECT count(*) FROM counter_number'), await sql('SELECT count(*) FROM person')], [before, people]);
  // What only the drawing finds costs the number, which says why; the person is erased again.
  await refused(await certify(16, {holder: {name: 'עברית'}}), 400, 'PAPER-LETTER-01');
  assert.equal(await sql(`SELECT count(*) FROM counter_number WHERE state = 'void' AND reason = 'PAPER-LETTER-01'`), '1');
  assert.equal(await sql('SELECT count(*) FROM person WHERE name IS NOT NULL'), people);
  assert.deepEqual((await city.json(`/api/certificates?address=${id}`, {headers: officer})).certificates, []);
  assert.equal((await city.get(`/api/certificates?address=${id}`, {headers: viewer})).status, 403);
  assert.equal((await city.get('/api/certificates/1.pdf', {headers: viewer})).status, 403);
  assert.equal((await city.get('/api/certificates/1.pdf')).status, 401);
  assert.equal((await city.get('/api/certificates/4711.pdf', {headers: officer})).status, 404);
});

test('names that are meant to harm stand on the paper as they are', async () => {
  const name = '<b>Robert</b>"); DROP TABLE -- {plate} & \\(x\\) ' + 'Tôn Nữ Thị '.repeat(12) + 'W'.repeat(40);
  const made = await done(await certify(16, {holder: {name}})), bytes = await paper(made.id);
  const text = (await textOf(bytes)).replaceAll(' ', '');
  for (const part of ['<b>Robert</b>");DROPTABLE--{plate}&\\(x\\)', 'W'.repeat(40)]) assert.ok(text.includes(part), `${part} in ${text}`);
  assert.match((await run('qpdf', ['--check', await file(bytes)])).stdout, /No syntax/);
});

test('a preview is marked as one and writes nothing', async () => {
  const before = await sql('SELECT count(*) FROM counter_number');
  const answer = await certify(8, {check: true, holder});
  assert.equal(answer.status, 200);
  const bytes = Buffer.from(await answer.arrayBuffer()), text = await textOf(bytes);
  assert.ok(text.includes('BẢN XEM TRƯỚC') && text.includes('Số: …/') && text.includes(holder.name) && !text.includes('/v/'));
  assert.equal(await sql('SELECT count(*) FROM counter_number'), before);
});

/** Signs the bytes around the hole as a program of a signer does. */
async function sign(bytes, name) {
  const [, from, to, rest] = /\/ByteRange \[0 (\d+) (\d+) (\d+)/.exec(bytes.toString('latin1')).map(Number);
  assert.equal(to + rest, bytes.length);
  const covered = join(folder, `${name}.bin`), der = join(folder, `${name}.der`), key = join(folder, `${name}.key`), cert = join(folder, `${name}.pem`);
  if (!existsSync(cert))
    await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-utf8', '-subj', `/CN=${name}`, '-days', '30', '-keyout', key, '-out', cert]);
  await writeFile(covered, Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]));
  await run('openssl', ['cms', '-sign', '-binary', '-cades', '-md', 'sha256', '-outform', 'DER', '-in', covered, '-signer', cert, '-inkey', key, '-out', der]);
  const hex = readFileSync(der).toString('hex');
  return Buffer.concat([bytes.subarray(0, from + 1), Buffer.from(hex, 'latin1'), bytes.subarray(from + 1 + hex.length)]);
}
const give = (id, bytes) => city.get(`/api/certificates/${id}/signed`, {method: 'POST', body: bytes, headers: {'content-type': 'application/pdf', ...officer}});

test('a signature from outside is verified and kept; one that is not right is refused', async () => {
  const made = await done(await certify(5)), bytes = await paper(made.id), open = await paper(made.id, `${made.id}/signable.pdf`);
  assert.ok(open.subarray(0, bytes.length).equals(bytes), 'begins with the paper');
  await refused(await give(made.id, bytes), 400, 'CERT-SIGN-03');
  await refused(await give(made.id, open), 400, 'CERT-SIGN-02');
  const signed = await sign(open, 'Trần Văn Bình');
  const broken = Buffer.from(signed);
  broken[signed.length - 10] ^= 1;
  assert.equal((await give(made.id, broken)).status, 400);
  const other = Buffer.from(signed);
  other[100] ^= 1;
  await refused(await give(made.id, other), 400, 'CERT-SIGN-03');
  await refused(await give(made.id, Buffer.concat([signed, Buffer.from('\n% more\n')])), 400, 'CERT-SIGN-02');
  const kept = await done(await give(made.id, signed));
  assert.deepEqual(kept.signatures.map(one => [one.signer, one.issuer, one.trusted, one.file_sha256]), [['Trần Văn Bình', 'Trần Văn Bình', false, sha256(signed)]]);
  assert.ok(Math.abs(Date.parse(kept.signatures[0].signed_at) - Date.now()) < 300_000);
  const pdfsig = (await run('pdfsig', ['-nocert', await file(signed)])).stdout;
  assert.match(pdfsig, /Signature is Valid/);
  assert.match(pdfsig, /Total document signed/);
  assert.match((await run('qpdf', ['--check', await file(signed)])).stdout, /No syntax/);
  assert.deepEqual(await paper(made.id), bytes);
  assert.deepEqual(await paper(made.id, `${made.id}/signed.pdf`), signed);
  assert.deepEqual((await page(made.code)).signatures.map(one => [one.signer, one.trusted]), [['Trần Văn Bình', false]]);
  await refused(await give(made.id, signed), 400, 'CERT-SIGN-03'); // it continues the paper, not the signed file
  // A city that names whom it trusts.
  await writeFile(join(dir, 'signers.pem'), readFileSync(join(folder, 'Trần Văn Bình.pem')));
  const next = await done(await certify(4));
  const trusted = await done(await give(next.id, await sign(await paper(next.id, `${next.id}/signable.pdf`), 'Trần Văn Bình')));
  assert.equal(trusted.signatures[0].trusted, true);
  const stranger = await done(await certify(6));
  assert.equal((await done(await give(stranger.id, await sign(await paper(stranger.id, `${stranger.id}/signable.pdf`), 'Người lạ')))).signatures[0].trusted, false);
});

test('the wording is the city\'s own; a template that is wrong is told with its line', async () => {
  const own = join(dir, 'templates/certificate.txt'), brought = readFileSync(new URL('../../server/templates/certificate.txt', import.meta.url), 'utf8');
  await mkdir(join(dir, 'templates'));
  await writeFile(own, brought.replace('GIẤY CHỨNG NHẬN SỐ NHÀ', 'CHỨNG NHẬN SỐ NHÀ THEO MẪU RIÊNG').replace('/GCN-SN', '/CN-TDM'));
  const made = await done(await certify(8));
  assert.match(made.paper_number, /^\d+\/\d{4}\/CN-TDM$/);
  assert.ok((await textOf(await paper(made.id))).includes('CHỨNG NHẬN SỐ NHÀ THEO MẪU RIÊNG'));
  const faults = [['row: a | {plaet}', 'TEMPLATE-FIELD-01', /plaet/], ['row: a {plate}', 'TEMPLATE-ROW-01', /./], ['text: {plate', 'TEMPLATE-BRACE-01', /./], ['blink: x', 'TEMPLATE-WORD-01', /blink/], ['[nowhere]', 'TEMPLATE-SECTION-01', /nowhere/]];
  for (const [line, code, named] of faults) {
    await writeFile(own, `[paper]\ntitle: a\nnumber: {number}\n[body]\ntext: b\n${line}\n`);
    const answer = await (await certify(8)).json();
    assert.equal(answer.code, code, line);
    assert.match(answer.detail, /dòng 6/);
    assert.match(answer.detail, named);
    const doctor = await dothi('doctor', dir, '--json');
    assert.ok(doctor.stdout.includes(code), doctor.stdout);
  }
  for (const bytes of [Buffer.alloc(70_000, 'text: a\n'), Buffer.from([0xff, 0xfe, 0, 1]), Buffer.from('')]) {
    await writeFile(own, bytes);
    assert.match((await (await certify(8)).json()).code, /^TEMPLATE-/);
  }
  await rm(join(dir, 'templates'), {recursive: true});
});

test('who takes a paper is noted', async () => {
  const rows = await sql(`SELECT count(*) FROM access_log WHERE record_id = ${houses[7].id} AND purpose = 'certificate' AND person_id IS NOT NULL`);
  assert.ok(Number(rows) >= 2, rows);
});

test('a merger of wards leaves it valid, as issued and as of today', async () => {
  const made = await done(await certify(1)), today = new Date(Date.now() + 7 * 3600_000).toISOString().slice(0, 10);
  const file = join(folder, 'merged.geojson');
  await writeFile(file, JSON.stringify({type: 'FeatureCollection', features: [{type: 'Feature', properties: {code: '99999', name: 'Phường Bình Dương', kind: 'phường', parent_name: province}, geometry: rectangle(east - 2100, north - 2100, 4200, 4200)}]}));
  await must('import', dir, file, '--layer', 'admin_unit', '--crs', '9210', '--valid-from', today, '--yes');
  await must('units', 'reform', dir, '--date', today, '--document', '1/NQ', '--yes');
  const told = await page(made.code);
  assert.deepEqual([told.state, told.unit_issued, told.unit_now], ['valid', ward, 'Phường Bình Dương']);
  assert.deepEqual(told.changes.map(one => [one.what, one.then, one.now]), [['unit', ward, 'Phường Bình Dương']]);
  houses[1].version = (await sql(`SELECT version FROM address WHERE id = ${houses[1].id}`)) * 1;
  const again = await done(await certify(1)), text = await textOf(await paper(again.id));
  assert.ok(text.includes('phường Bình Dương') && text.includes(ward), text);
});

test('a number that is retired takes its certificate with it', async () => {
  const made = await done(await certify(6, {version: (await sql(`SELECT version FROM address WHERE id = ${houses[6].id}`)) * 1}));
  const answer = await post(`/api/addresses/${houses[6].id}/retire`, {version: made.address_version, reason: 'nhà đã phá'});
  assert.equal(answer.status, 200, await answer.text());
  const told = await page(made.code);
  assert.equal(told.state, 'revoked');
  assert.deepEqual(told.changes.map(one => one.what), ['number']);
  assert.equal((await city.json(`/api/certificates/${made.id}`, {headers: officer})).reason, 'nhà đã phá');
  await refused(await certify(6, {version: made.address_version + 1}), 409, 'CERT-STATE-01');
});

test('all of it without a server; a made-up city says so on its papers', async () => {
  await city.stop();
  city = undefined;
  await sql(`INSERT INTO setting (key, value) VALUES ('sample_city', 'true')`);
  const id = String(houses[14].id), pdf = join(folder, 'cli.pdf');
  const words = ['certificate', 'issue', dir, id, '--signer', 'Trần Văn Bình', '--output', pdf, '--json'];
  assert.match((await dothi(...words)).stderr, /CERT-URL-01/);
  await writeFile(join(dir, 'dothi.conf'), 'public_base_url = https://so.example.vn\n');
  const made = JSON.parse(await must(...words)), bytes = await readFile(pdf);
  assert.equal(sha256(bytes), made.file_sha256);
  assert.ok((await textOf(bytes)).includes('DỮ LIỆU MẪU'));
  assert.equal(made.url, `https://so.example.vn/v/${made.code}`);
  const told = JSON.parse(await must('certificate', 'verify', dir, made.code, '--json'));
  assert.deepEqual([told.state, told.file_sha256], ['valid', made.file_sha256]);
  assert.match(await must('certificate', 'verify', dir, made.code), /Tình trạng: Còn giá trị/);
  const open = join(folder, 'open.pdf'), signed = join(folder, 'signed.pdf');
  await must('certificate', 'show', dir, String(made.id), '--signable', '--output', open);
  await writeFile(signed, await sign(await readFile(open), 'Trần Văn Bình'));
  assert.match(await must('certificate', 'sign', dir, String(made.id), signed), /Trần Văn Bình/);
  const preview = join(folder, 'preview.pdf');
  await must('certificate', 'issue', dir, id, '--signer', 'B', '--check', '--output', preview);
  assert.ok((await textOf(await readFile(preview))).includes('BẢN XEM TRƯỚC'));
  assert.match((await dothi('certificate', 'revoke', dir, String(made.id))).stderr, /CERT-REASON-01/);
  assert.equal(JSON.parse(await must('certificate', 'revoke', dir, String(made.id), '--reason', 'thử', '--json')).state, 'revoked');
  assert.match((await dothi('certificate', 'verify', dir, 'ABC')).stderr, /CERT-BAD-01/);
  assert.match(await must('certificate', 'fields'), /\{plate\}/);
  assert.match(await must('audit', 'verify', dir), /./);
});
