// Erasing a person: the values are nowhere in the files, the chain still holds.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {dothi, filesWith, must, serve, temporaryFolder} from './city.mjs';

let folder, dir;
before(async () => {
  folder = await temporaryFolder();
  dir = join(folder, 'city');
  await must('init', dir, '--crs', '9210', '--name', 'Phường thử');
});
after(() => rm(folder, {recursive: true}));

const found = (...texts) => filesWith(dir, ...texts);
const enter = async n => JSON.parse(await must('person', 'add', dir, '--name', `Nguyễn Kanari ${n}`, '--id-number', `07400${n}12345`, '--contact', `${n} đường Kanari`, '--json')).person_id;

for (const served of [false, true])
  test(`a person is erased ${served ? 'while the city is served' : 'by the command alone'}`, async context => {
    const city = served && await serve(dir, '--quiet');
    if (city) context.after(() => city.stop());
    const persons = [];
    for (let n = 10; n < 40; n++) persons.push(await enter(n));
    const shown = JSON.parse(await must('person', 'show', dir, String(persons[3]), '--purpose', 'cấp giấy', '--json'));
    assert.equal(shown.name, 'Nguyễn Kanari 13');
    assert.ok(found('Nguyễn Kanari 13').length);
    for (const id of persons) await must('person', 'erase', dir, String(id), '--reason', 'theo yêu cầu');
    assert.deepEqual(found(...persons.flatMap((_, i) => [`Nguyễn Kanari ${10 + i}`, `07400${10 + i}12345`, `${10 + i} đường Kanari`])), []);
    const after = JSON.parse(await must('person', 'show', dir, String(persons[3]), '--purpose', 'xem lại', '--json'));
    assert.deepEqual([after.name, after.erased, after.sha256], ['', true, shown.sha256]);
    assert.equal((await dothi('audit', 'verify', dir)).code, 0);
    assert.notEqual((await dothi('person', 'erase', dir, '99999', '--reason', 'x')).code, 0);
  });
