/**
 * Whose account PostgreSQL runs under, and where that account can reach its files. PostgreSQL refuses to run as root, so
 * for root it runs as the OS user `postgres`; that user cannot enter a project below a closed folder such as /root, and then
 * programs and data live in /var/lib/throughline instead, with a symbolic link in `.hub`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type Binaries, findNative, repaired } from './embedded-binaries.ts';

/** The account of the server process; undefined = the account that runs the hub. */
export interface Account {
  uid: number;
  gid: number;
}

/** Where the server's programs and data are, and whose they are. */
export interface Premises {
  account: Account | undefined;
  binaries: Binaries;
  /** Real path of the data directory (no symbolic link in it). */
  data: string;
}

const OS_USER = 'postgres';
/** Where programs and data go when root's project is closed to others. */
const OPEN_PLACE = '/var/lib/throughline';

/** Decides account and places for `<directory>/postgres` and makes the data directory (0700). */
export function premises(directory: string, openPlace: string = OPEN_PLACE): Premises {
  // Keys in `.hub` are 0600 each; the folder itself may be entered (not listed) so that the server's account gets through.
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  const home = realpathSync(directory);
  const native = findNative();
  if (process.getuid?.() !== 0) {
    const data = dataDirectory(join(home, 'postgres'), undefined);
    refuseForeign(data);
    return { account: undefined, binaries: repaired(native), data };
  }
  const account = postgresAccount();
  chmodSync(home, statSync(home).mode | 0o111);
  const reachable = canEnter(home, account) && canEnter(join(native, 'bin'), account);
  const moved = lstatSync(join(home, 'postgres'), { throwIfNoEntry: false })?.isSymbolicLink() === true;
  if (reachable && !moved)
    return { account, binaries: repaired(native), data: dataDirectory(join(home, 'postgres'), account) };
  return elsewhere(home, native, account, openPlace);
}

/** Programs copied and data kept in a folder that the server's account can enter. */
function elsewhere(home: string, native: string, account: Account, openPlace: string): Premises {
  const place = join(openPlace, createHash('sha256').update(home).digest('hex').slice(0, 12));
  mkdirSync(place, { recursive: true, mode: 0o755 });
  if (!canEnter(place, account)) {
    throw new Error(
      `PostgreSQL cannot run as root, and the OS user "${OS_USER}" can reach neither ${home} nor ${place}. ` +
        'Move the project to a folder that others may enter (chmod o+x on its parents), run the hub as an ordinary user, or set DATABASE_URL.',
    );
  }
  const root = canEnter(join(native, 'bin'), account) ? native : copyNative(native, place);
  const link = join(home, 'postgres');
  const data = dataDirectory(join(place, 'data'), account);
  const present = lstatSync(link, { throwIfNoEntry: false });
  if (present !== undefined && !present.isSymbolicLink()) {
    throw new Error(
      `${link} is closed for the OS user "${OS_USER}" (a parent folder is not open to others): open the parents again`,
    );
  }
  if (present === undefined) symlinkSync(data, link);
  return { account, binaries: repaired(root), data };
}

/** A copy of the programs, made once per version: under a temporary name first, so that a killed copy is not used. */
function copyNative(native: string, place: string): string {
  const version = createHash('sha256')
    .update(String(statSync(join(native, 'bin', 'postgres')).size))
    .digest('hex')
    .slice(0, 8);
  const target = join(place, `programs-${version}`);
  if (existsSync(target)) return target;
  const unfinished = `${target}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  renameSync(unfinished, target);
  return target;
}

function dataDirectory(path: string, account: Account | undefined): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (account) chownSync(path, account.uid, account.gid);
  return realpathSync(path);
}

function refuseForeign(data: string): void {
  const owner = statSync(data).uid;
  if (process.getuid && owner !== process.getuid()) {
    throw new Error(
      `${data} belongs to another user (uid ${owner}). Run the hub as that user, or choose another directory.`,
    );
  }
}

/** True when the account can enter every folder down to `path`: owner, group or other `x` on each. */
export function canEnter(path: string, account: Account): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    const { mode, uid, gid } = statSync(folder);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Ids of the OS user `postgres`, which is made when it is missing. */
function postgresAccount(): Account {
  const found = lookUp();
  if (found) return found;
  // Debian and Red Hat have useradd, Alpine has adduser; both make a system user without a password.
  const made =
    spawnSync('useradd', ['--system', '--user-group', '--no-create-home', OS_USER]).status === 0 ||
    spawnSync('adduser', ['-S', '-D', '-H', OS_USER]).status === 0;
  const account = made ? lookUp() : undefined;
  if (account) return account;
  throw new Error(
    `PostgreSQL cannot run as root, and the OS user "${OS_USER}" could not be made. ` +
      'Make it (useradd --system postgres), run the hub as an ordinary user, or set DATABASE_URL.',
  );
}

function lookUp(): Account | undefined {
  try {
    const id = (flag: string): number =>
      Number(execFileSync('id', [flag, OS_USER], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim());
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}
