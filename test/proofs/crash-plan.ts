/** Which faults a crash proof injects, in which order: a pure function of its seed. */
import { INTAKE_POINTS, type FaultPoint } from '../../src/db/fault.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** One fault. A `kill` arms a place for its n-th passage; the others happen from outside. */
export type Fault = { fault: FaultPoint; passage: number } | { fault: OutsideFault };

/**
 * The database server is killed, a connection is ended, or nothing can be stored for a while and then the hub is killed: what it
 * has acknowledged meanwhile is lost for certain, so a hub that answers too early cannot get away with it.
 */
export type OutsideFault = 'database-killed' | 'backend-terminated' | 'store-stalled';

/** How many of each. */
export interface FaultCounts {
  kills: number;
  databaseKills: number;
  terminations: number;
  /** Default 0. */
  stalls?: number;
  /** Only these places; absent = all in turn but those of FHIR, which test/faults/fhir-crash.test.ts passes. */
  points?: readonly FaultPoint[];
}

/** Highest passage that is drawn: places that every frame passes are met deep inside a burst, rare ones at once. */
const DEEPEST: Partial<Record<FaultPoint, number>> = {
  'frame-read': 150,
  'after-ack': 150,
  'before-store': 12,
  'stored-before-ack': 12,
  'file-read': 3,
  'file-stored-before-archive': 3,
  'normalize-in-transaction': 4,
  'normalize-committed': 4,
  'decide-in-transaction': 2,
  'decide-committed': 2,
  'exceptions-in-transaction': 2,
  'edit-in-transaction': 3,
  'edit-committed': 3,
};

/** Places that only a large file passes. */
export const OF_LARGE_FILES: ReadonlySet<FaultPoint> = new Set([
  'file-pieces-stored',
  'portion-in-transaction',
  'portion-committed',
]);

/** Places that only somebody who repairs messages passes. */
export const OF_REPAIRS: ReadonlySet<FaultPoint> = new Set([
  'edit-in-transaction',
  'edit-committed',
  'replay-in-transaction',
  'replay-committed',
]);

/** The faults in order: kills at all places in turn, database faults spread among them in groups. */
export function planFaults(counts: FaultCounts, seed: number): Fault[] {
  const random = seededRandom(seed);
  const points = counts.points ?? INTAKE_POINTS;
  const groups = Math.max(1, counts.databaseKills);
  const plan: Fault[] = [];
  const upTo = (total: number, group: number): number => Math.floor((total * (group + 1)) / groups);
  for (let group = 0; group < groups; group += 1) {
    for (let kill = group === 0 ? 0 : upTo(counts.kills, group - 1); kill < upTo(counts.kills, group); kill += 1) {
      const fault = points[kill % points.length] ?? 'before-store';
      plan.push({ fault, passage: 1 + Math.floor(random() * (DEEPEST[fault] ?? 1)) });
    }
    const before = group === 0 ? 0 : upTo(counts.terminations, group - 1);
    for (let left = upTo(counts.terminations, group) - before; left > 0; left -= 1)
      plan.push({ fault: 'backend-terminated' });
    if (group < counts.databaseKills) plan.push({ fault: 'database-killed' });
  }
  for (let left = counts.stalls ?? 0; left > 0; left -= 1) plan.push({ fault: 'store-stalled' });
  return plan;
}
