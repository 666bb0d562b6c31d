// The private cluster that tests/postgres/cluster.sh has started: stopped, started and meddled with.
import {execFile, execFileSync} from 'node:child_process';
import {promisify} from 'node:util';
import {postgres} from '../http/city.mjs';

const run = promisify(execFile);
const {DOTHI_POSTGRES_FOLDER: folder, DOTHI_POSTGRES_BIN: bin} = process.env;
if (!postgres) throw new Error('run it by tests/postgres/cluster.sh');

/** Runs a command as the user that the cluster belongs to. */
export function asOwner(...command) {
  const as = process.getuid() === 0 ? ['setpriv', '--reuid', 'postgres', '--regid', 'postgres', '--init-groups'] : [];
  const [program, ...rest] = [...as, 'env', '-C', '/', 'LC_ALL=C.UTF-8', ...command];
  execFileSync(program, rest, {stdio: 'ignore'});
}

const control = (...words) => asOwner(`${bin}/pg_ctl`, '-D', `${folder}/data`, '-l', `${folder}/log`, '-w', '-t', '60', ...words);

/** Ends every backend at once, as a crash would. */
export const stopHard = () => control('stop', '-m', 'immediate');
export const start = () => control('start');

/** Rows of a query, as texts. */
export async function sql(text, address = postgres) {
  const {stdout} = await run('psql', [address, '-qAtX', '-F', '\t', '-v', 'ON_ERROR_STOP=1', '-c', text], {maxBuffer: 1 << 26});
  return stdout.split('\n').filter(Boolean).map(line => line.split('\t'));
}

/** Ends one connection of Dothi, chosen by the caller's dice. */
export const killBackend = dice => sql(`SELECT pg_terminate_backend(pid) FROM (SELECT pid, row_number() OVER (ORDER BY pid) n, count(*) OVER () c
  FROM pg_stat_activity WHERE application_name = 'dothi') x WHERE n = 1 + floor(${dice} * c)`);
