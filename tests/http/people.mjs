// Accounts for the tests, made with the real command while no server or any server runs.
import {must} from './city.mjs';

/** An account of a role with a token; resolves to the headers that name it. */
export async function person(folder, login, role, ...scopes) {
  await must('user', 'add', folder, login, '--role', role, '--json', ...scopes);
  return token(folder, login);
}

/** The headers of a new token of an account. */
export async function token(folder, login, ...options) {
  const made = JSON.parse(await must('user', 'token', 'add', folder, login, '--name', 'test', '--json', ...options));
  return {authorization: `Bearer ${made.token}`};
}

/** All versions of a record, page by page. */
export async function versionsOf(city, record, headers) {
  const all = [];
  for (let path = `${record}/versions?limit=1000`; path;) {
    const page = await city.json(path, {headers});
    all.push(...page.versions);
    const next = page.links.find(one => one.rel === 'next');
    path = next && new URL(next.href).pathname + new URL(next.href).search;
  }
  return all;
}
