/** What `postmaster.pid` in a data directory tells, and how a server that a killed hub left running is stopped. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './hub-lock.ts';

/** The lines of postmaster.pid that matter. */
export interface PostmasterFile {
  pid: number;
  port: number;
  /** `starting`, `ready`, `stopping`; '' while the file is being written. */
  status: string;
}

const FAST_MS = 30_000;
const IMMEDIATE_MS = 10_000;

/** The file's content; undefined when there is none. */
export function readPostmasterFile(data: string): PostmasterFile | undefined {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), status: (lines[7] ?? '').trim() };
  } catch {
    return undefined;
  }
}

/**
 * Makes the data directory free to start in. A live postmaster of this directory is stopped: it is not our child, so it
 * could not be watched. A pid file that would make PostgreSQL refuse although nothing runs there (the id belongs to
 * something else by now, or to a dead process nobody waited for) is removed.
 * Call it only with the hub lock held: otherwise the server may be another hub's.
 */
export async function stopOrphan(data: string): Promise<void> {
  const file = readPostmasterFile(data);
  if (file === undefined) return;
  if (isAlive(file.pid) && isServerOf(file.pid, data)) await stopPostmaster(file.pid, data);
  await serversGone(data);
  // Without /proc PostgreSQL itself must find the servers of a dead postmaster, for which it needs the file.
  const misleading = existsSync('/proc/self/cwd') || isAlive(file.pid);
  if (misleading && readPostmasterFile(data)?.pid === file.pid) rmSync(join(data, 'postmaster.pid'), { force: true });
}

async function stopPostmaster(pid: number, data: string): Promise<void> {
  for (const [signal, wait] of [
    ['SIGINT', FAST_MS],
    ['SIGQUIT', IMMEDIATE_MS],
    ['SIGKILL', IMMEDIATE_MS],
  ] as const) {
    if (await endsWithin(pid, signal, wait)) return;
  }
  throw new Error(`A PostgreSQL (process ${pid}) left running in ${data} does not stop. End it, then start again.`);
}

/** Server processes end by themselves when their postmaster is gone; no file may be touched before the last has. */
async function serversGone(data: string): Promise<void> {
  for (const until = performance.now() + IMMEDIATE_MS; serverProcesses(data).length > 0; await sleep(20)) {
    if (performance.now() < until) continue;
    throw new Error(
      `Processes ${serverProcesses(data).join(', ')} of a killed PostgreSQL still use ${data}. End them, then start again.`,
    );
  }
}

/** Every server process works in its data directory. Empty where there is no /proc: PostgreSQL then checks by itself. */
function serverProcesses(data: string): number[] {
  if (!existsSync('/proc/self/cwd')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && isServerOf(pid, data) && isAlive(pid));
}

async function endsWithin(pid: number, signal: NodeJS.Signals, wait: number): Promise<boolean> {
  try {
    process.kill(pid, signal);
  } catch {
    return true;
  }
  for (const until = performance.now() + wait; performance.now() < until; await sleep(20)) {
    if (!isAlive(pid)) return true;
  }
  return !isAlive(pid);
}

/** A server's working directory is its data directory; where that cannot be seen, its name has to do. */
function isServerOf(pid: number, data: string): boolean {
  if (existsSync('/proc/self/cwd')) {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === data;
    } catch {
      return false;
    }
  }
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes('postgres');
}
