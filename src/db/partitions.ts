/**
 * Month partitions of the raw payloads: made ahead, with a default partition behind them, so that a message is never refused
 * because a month has no place. A month whose rows already lie in the default partition stays there.
 */
import { DatabaseError, type Queryable } from './client.ts';

const PARENTS = ['raw_message', 'raw_chunk'];
const MONTHS_AHEAD = 3;

/** First days of the month of `now` (UTC) and of the months after it that need a partition. */
export function monthsAhead(now: Date, ahead: number = MONTHS_AHEAD): string[] {
  return Array.from({ length: ahead + 1 }, (_, index) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + index, 1)).toISOString().slice(0, 10),
  );
}

/** Statements for the partitions that are missing; `existing` are the names of the tables there are. */
export function partitionStatements(existing: ReadonlySet<string>, now: Date): string[] {
  return PARENTS.filter((parent) => existing.has(parent)).flatMap((parent) => partsOf(parent, existing, now));
}

function partsOf(parent: string, existing: ReadonlySet<string>, now: Date): string[] {
  const months = monthsAhead(now, MONTHS_AHEAD + 1);
  const named = months.slice(0, -1).map((from, index) => ({
    name: `${parent}_${from.slice(0, 7).replace('-', '_')}`,
    from,
    to: months[index + 1] ?? '',
  }));
  const missing = named.filter((month) => !existing.has(month.name));
  const parts = missing.map(
    (month) =>
      `create table "${month.name}" partition of "${parent}" for values from ('${month.from}') to ('${month.to}')`,
  );
  const fallback = `${parent}_default`;
  return existing.has(fallback) ? parts : [...parts, `create table "${fallback}" partition of "${parent}" default`];
}

/** Runs one of the statements; a month that already has rows in the default partition is left there (23514). */
export async function makePartition(on: Queryable, text: string): Promise<boolean> {
  try {
    await on.query(text, [], { name: 'make partition' });
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && error.sqlstate === '23514') return false;
    throw error;
  }
}
