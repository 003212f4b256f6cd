/** One hub per `.hub`: a lock file with the process id, which a killed hub leaves behind and the next one takes over. */
import { closeSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Taken lock; release() removes the file. */
export interface HubLock {
  release(): void;
}

interface Holder {
  pid: number;
  /** Start time of the process in the kernel's count, so that a reused id is not taken for the old hub; '' if unknown. */
  started: string;
}

const FILE = 'hub.lock';

/** Takes `<directory>/hub.lock`. Throws a sentence with the holder's process id when another hub runs there. */
export function takeLock(directory: string): HubLock {
  const path = join(directory, FILE);
  const mine = JSON.stringify({ pid: process.pid, started: startOf(process.pid) } satisfies Holder);
  for (let attempt = 0; attempt < 20; attempt += 1) {
    try {
      const file = openSync(path, 'wx', 0o600);
      writeSync(file, mine);
      closeSync(file);
      return { release: () => release(path, mine) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = lockHolder(directory);
    if (holder !== undefined) {
      throw new Error(
        `Another hub (process ${holder}) uses ${directory}. Stop it first, or give this one its own directory (HUB_DIRECTORY).`,
      );
    }
    removeStale(path);
  }
  throw new Error(`${path} could not be taken: other hubs start in the same moment. Try again.`);
}

/** Process id of the living hub that holds the directory, undefined when there is none. */
export function lockHolder(directory: string): number | undefined {
  try {
    const holder = JSON.parse(readFileSync(join(directory, FILE), 'utf8')) as Holder;
    const living = isAlive(holder.pid) && (holder.started === '' || holder.started === startOf(holder.pid));
    return living ? holder.pid : undefined;
  } catch {
    return undefined;
  }
}

/** Renaming is atomic: of several starters only one moves the stale file away. */
function removeStale(path: string): void {
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
    unlinkSync(aside);
  } catch {
    // Somebody else was faster.
  }
}

function release(path: string, mine: string): void {
  try {
    if (readFileSync(path, 'utf8') === mine) unlinkSync(path);
  } catch {
    // Already gone.
  }
}

/** True when a process with this id runs, also one of another user. A dead process nobody has waited for does not run. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return processStat(pid)[0] !== 'Z';
}

/** When the process started; '' where there is no /proc. */
const startOf = (pid: number): string => processStat(pid)[19] ?? '';

/** The fields of /proc/<pid>/stat after the name: state first. */
function processStat(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
