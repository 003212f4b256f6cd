/** Processor time of a database: of its postmaster, the processes it has and those it had. Linux only. */
import { readFileSync } from 'node:fs';

/** Clock ticks of a second, the same on every Linux that Node runs on. */
const TICKS = 100;
/** Fields behind the name, from 0: utime, stime, cutime, cstime. */
const FIRST = 11;
const LAST = 15;

function ticksOf(pid: number | string): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name stands in brackets and may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(FIRST, LAST).reduce((sum, ticks) => sum + Number(ticks), 0);
}

/** Seconds that a server has used so far; null where nobody tells. A process that ends meanwhile is counted with its parent. */
export function databaseSeconds(postmaster: number): number | null {
  try {
    const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim().split(' ');
    let ticks = ticksOf(postmaster);
    for (const child of children) {
      try {
        ticks += ticksOf(child);
      } catch {
        // It has ended: its time is in the parent's.
      }
    }
    return ticks / TICKS;
  } catch {
    return null;
  }
}
