// dothi user: accounts, scopes and tokens from the command line, without a server and beside one.
import assert from 'node:assert/strict';
import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {dothi, filesWith, must, serve, temporaryFolder} from './city.mjs';

const square = (name, x, y) => ({type: 'Feature', properties: {code: name, name}, geometry: {type: 'Polygon', coordinates: [[[x, y], [x + 0.01, y], [x + 0.01, y + 0.01], [x, y + 0.01], [x, y]]]}});

let home, folder;
before(async () => {
  home = await temporaryFolder();
  folder = join(home, 'city');
  const file = join(home, 'wards.geojson');
  await writeFile(file, JSON.stringify({type: 'FeatureCollection', features: [square('Phú Cường', 106.65, 10.97), square('Phú Lợi', 106.66, 10.97)]}));
  await must('init', folder, '--crs', '9210', '--name', 'Thành phố thử');
  await must('import', folder, file, '--layer', 'admin_unit');
});
after(async () => rm(home, {recursive: true}));

/** Runs "dothi user ... --json" on the folder; must succeed. */
const user = async (verb, ...words) => JSON.parse(await must('user', ...verb.split(' '), folder, ...words, '--json'));
/** Must fail with the exit status and the code. */
async function refused(status, code, verb, ...words) {
  const done = await dothi('user', ...verb.split(' '), folder, ...words, '--lang', 'en');
  assert.equal(done.code, status, done.stderr);
  assert.ok(done.stderr.includes(`[${code}]`), done.stderr);
  assert.ok(!/sqlite|errno|null/i.test(done.stderr), done.stderr);
  return done;
}

test('an account is made with a link, and nothing but the link is on stdout', async () => {
  const done = await dothi('user', 'add', folder, 'Lan', '--role', 'administrator', '--lang', 'en');
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stdout, /^\/login\?once=dothi_once_[0-9a-f]{64}\n$/);
  assert.match(done.stderr, /"lan" \(Administrator\) was made/);
  assert.match(done.stderr, /public_base_url/);
  const vietnamese = await dothi('user', 'passwd', folder, 'lan', '--lang', 'vi');
  assert.match(vietnamese.stderr, /Gửi riêng cho chủ tài khoản "lan"/);
  assert.notEqual(vietnamese.stdout, done.stdout);
});

test('a configured public address makes it a whole address', async () => {
  await writeFile(join(folder, 'dothi.conf'), 'public_base_url = https://dothi.example/phu/\n');
  const {link, valid_until} = await user('passwd', 'lan');
  assert.match(link, /^https:\/\/dothi\.example\/phu\/login\?once=dothi_once_/);
  const days = (Date.parse(valid_until) - Date.now()) / 86400000;
  assert.ok(days > 6.9 && days < 7.1, valid_until);
  await rm(join(folder, 'dothi.conf'));
});

test('what is wrong with an account is said', async () => {
  await refused(2, 'CMD-OPTION-08', 'add', 'minh');
  const done = await refused(2, 'USER-ROLE-01', 'add', 'minh', '--role', 'chief');
  assert.match(done.stderr, /viewer, surveyor, officer/);
  await refused(2, 'USER-ROLE-01', 'add', 'minh', '--role', 'public');
  await refused(65, 'ACC-LOGIN-01', 'add', 'a b', '--role', 'viewer');
  await refused(75, 'ACC-LOGIN-02', 'add', 'LAN', '--role', 'viewer');
  await refused(65, 'USER-FIND-01', 'lock', 'nobody');
  await refused(65, 'ACC-PUBLIC-01', 'passwd', 'public');
  await refused(75, 'ACC-ROLE-02', 'lock', 'lan');
  await refused(75, 'ACC-ROLE-02', 'role', 'lan', 'viewer');
  await refused(2, 'CMD-VERB-02', 'lok', 'lan');
  await refused(2, 'CMD-WORD-01', 'lock');
});

test('states and roles', async () => {
  assert.equal((await user('add', 'hoa', '--role', 'officer')).role, 'officer');
  assert.equal((await user('role', 'hoa', 'planner')).role, 'planner');
  assert.equal((await user('lock', 'hoa')).state, 'locked');
  await refused(75, 'ACC-STATE-02', 'passwd', 'hoa');
  assert.equal((await user('unlock', 'hoa')).state, 'active');
  assert.equal((await user('close', 'hoa')).state, 'closed');
  await refused(75, 'ACC-STATE-01', 'unlock', 'hoa');
  await refused(75, 'ACC-LOGIN-02', 'add', 'hoa', '--role', 'viewer');
  const {accounts} = await user('list');
  assert.deepEqual(accounts.map(one => [one.login, one.role, one.state]), [['hoa', 'planner', 'closed'], ['lan', 'administrator', 'active'], ['public', 'public', 'active']]);
  const table = await must('user', 'list', folder, '--lang', 'en');
  assert.match(table, /^Login +Role +State +Password +Scope +Made on\nhoa +Planner +closed +not set +\d{4}-\d\d-\d\d\nlan /);
  assert.ok(table.split('\n').every(line => line === line.trimEnd()));
});

test('scopes: what they name must be there', async () => {
  await refused(2, 'CMD-LAYER-01', 'add', 'minh', '--role', 'officer', '--layer', 'parcels');
  await refused(2, 'SCOPE-FIELD-01', 'add', 'minh', '--role', 'officer', '--layer', 'street', '--field', 'land_use');
  await refused(2, 'SCOPE-FIELD-02', 'add', 'minh', '--role', 'officer', '--field', 'nothing');
  await refused(2, 'SCOPE-WARD-01', 'add', 'minh', '--role', 'officer', '--ward', '3');
  await refused(2, 'SCOPE-WARD-01', 'add', 'minh', '--role', 'officer', '--ward', 'phu-cuong');
  assert.ok(!(await user('list')).accounts.some(one => one.login === 'minh'), 'nothing of it is left');
  await refused(2, 'SCOPE-OPTIONS-01', 'scope set', 'lan');
  const many = [...Array(12).keys()].flatMap(() => ['--layer', 'parcel', '--field', 'land_use']);
  assert.ok(many.length / 2 <= 64);
  await refused(65, 'ACC-SCOPE-02', 'scope set', 'lan', ...many, ...many.slice(0, 24));
});

test('scopes: every layer in every ward', async () => {
  await user('add', 'minh', '--role', 'officer', '--layer', 'parcel', '--layer', 'building', '--ward', '1', '--ward', '2');
  const {scopes: scope} = await user('scope show', 'minh');
  assert.deepEqual(scope.map(row => [row.layer, row.unit_id, row.field, row.may_write]), [['parcel', 1, null, true], ['parcel', 2, null, true], ['building', 1, null, true], ['building', 2, null, true]]);
  const table = await must('user', 'scope', 'show', folder, 'minh', '--lang', 'en');
  assert.match(table, /parcel +1 Phú Cường +all +read, and write/);
  assert.equal((await user('scope set', 'minh', '--layer', 'parcel', '--field', 'land_use', '--field', 'source_attributes', '--read-only')).scopes.length, 2);
  assert.equal((await user('scope add', 'minh', '--layer', 'street')).scopes.length, 3);
  assert.deepEqual((await user('scope clear', 'minh')).scopes, []);
  assert.match(await must('user', 'scope', 'show', folder, 'minh', '--lang', 'en'), /may do all that the role Officer allows/);
});

test('tokens: shown once, listed, revoked', async () => {
  await refused(2, 'CMD-OPTION-08', 'token add', 'minh');
  await refused(2, 'CMD-OPTION-06', 'token add', 'minh', '--name', 'x', '--days', '0');
  await refused(2, 'CMD-LAYER-01', 'token add', 'minh', '--name', 'x', '--layer', 'x');
  const made = await user('token add', 'minh', '--name', 'QGIS phòng đo đạc', '--read-only', '--layer', 'parcel', '--layer', 'street', '--days', '30');
  assert.match(made.token, /^dothi_1_[0-9a-f]{40}$/);
  const done = await dothi('user', 'token', 'add', folder, 'minh', '--name', 'b', '--lang', 'en');
  assert.match(done.stdout, /^dothi_2_[0-9a-f]{40}\n$/);
  const [first, second] = (await user('token list')).tokens;
  assert.deepEqual([first.login, first.name, first.may_write, first.layers, second.layers], ['minh', 'QGIS phòng đo đạc', false, ['parcel', 'street'], null]);
  assert.ok(!JSON.stringify(await user('token list', 'minh')).includes(made.token.slice(8)));
  assert.ok((await user('token revoke', '1')).revoked_at);
  await refused(65, 'TOK-FIND-01', 'token revoke', '77');
  assert.match(await must('user', 'token', 'list', folder, '--lang', 'en'), /1 +minh +QGIS phòng đo đạc +revoked/);
  assert.equal((await user('token list', 'lan')).tokens.length, 0);
});

test('beside a running server all of it has its effect at once', async () => {
  const server = await serve(folder, '--quiet');
  const items = '/ogc/collections/admin_unit/items';
  const as = (token, path = items) => server.get(path, {headers: {Authorization: `Bearer ${token}`}});
  try {
    const {link} = await user('add', 'mai', '--role', 'administrator');
    assert.ok(link.startsWith(`${server.url}/login?once=`), link);
    const entered = await server.get('/api/session/link', {method: 'POST', headers: {'Content-Type': 'application/json'},
      body: JSON.stringify({link: new URL(link).searchParams.get('once'), password: 'ba con mèo trên mái ngói'})});
    assert.equal(entered.status, 201, await entered.clone().text());

    const {token, id} = await user('token add', 'mai', '--name', 'test');
    assert.equal((await as(token)).status, 200);
    await user('lock', 'mai');
    assert.equal((await as(token)).status, 401);
    await user('unlock', 'mai');
    assert.equal((await as(token)).status, 200);
    await user('token revoke', String(id));
    assert.equal((await as(token)).status, 401);

    assert.equal((await server.json(items)).numberMatched, 2);
    await user('scope set', 'public', '--layer', 'street');
    assert.notEqual((await server.get(items)).status, 200);
    await user('scope set', 'public', '--layer', 'admin_unit', '--ward', '1');
    const seen = await server.json(items);
    assert.ok(seen.features.length <= 1);
    await user('scope clear', 'public');
    assert.equal((await server.json(items)).numberMatched, 2);

    // The same refusals, with the same words and exit statuses.
    await refused(75, 'ACC-LOGIN-02', 'add', 'mai', '--role', 'viewer');
    await refused(2, 'SCOPE-WARD-01', 'scope set', 'minh', '--ward', '99');
    const failed = await dothi('user', 'lock', folder, 'nobody', '--json', '--lang', 'vi');
    assert.equal(failed.code, 65);
    assert.equal(JSON.parse(failed.stdout).error.code, 'USER-FIND-01');
    assert.match(failed.stderr, /Không có tài khoản "nobody"/);
  } finally {
    const how = await server.stop();
    assert.equal(how.code, 0, how.talk);
    assert.ok(!/dothi_once_|ba con mèo/.test(how.talk), 'no secret in the log');
  }
});

test('no link or token is kept in the register as it was shown', async () => {
  const {link} = await user('passwd', 'minh');
  const {token} = await user('token add', 'minh', '--name', 'kept');
  for (const secret of [link.slice(-64), token.slice(-40)]) assert.deepEqual(filesWith(folder, secret), []);
});

test('help names the verbs of a group', async () => {
  const all = await must('--help', '--lang', 'en');
  assert.match(all, /dothi user …/);
  assert.ok(!all.includes('user token'));
  const group = await must('user', '--help', '--lang', 'en');
  for (const verb of ['add', 'passwd', 'role', 'lock', 'unlock', 'close', 'list', 'scope show', 'scope set', 'scope add', 'scope clear', 'token add', 'token list', 'token revoke'])
    assert.ok(group.includes(`dothi user ${verb} DIR`), verb);
  assert.match(await must('user', 'token', 'add', '--help', '--lang', 'en'), /--days N/);
  assert.equal((await dothi('user', 'token')).code, 2);
});
