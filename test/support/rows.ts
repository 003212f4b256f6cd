/** Direct builders of table rows for read tests: what is not given is filled by type, so a test names only what it is about. */
import type { PgTable } from 'drizzle-orm/pg-core';
import { getTableConfig } from 'drizzle-orm/pg-core';
import type { Database } from '../../src/db/client.ts';
import { newId } from '../../src/db/ids.ts';

export type RowValues = Record<string, unknown>;

const FILLERS: [RegExp, () => unknown][] = [
  [/^uuid/, newId],
  [/\[\]$/, () => []],
  [/^(text|varchar)/, () => ''],
  [/^(integer|bigint|numeric)/, () => 0],
  [/^boolean/, () => false],
  [/^date/, () => '2026-01-15'],
  [/^timestamp/, () => '2026-01-15T12:00:00Z'],
  [/^jsonb/, () => []],
];

/** Inserts rows (columns in snake_case) as the owner, past row-level security; answers them as sent. */
export async function insertRows(owner: Database, table: PgTable, rows: readonly RowValues[]): Promise<RowValues[]> {
  const config = getTableConfig(table);
  const full = rows.map((row) => {
    const filled: RowValues = { ...row };
    for (const column of config.columns) {
      if (filled[column.name] !== undefined || !column.notNull) continue;
      const filler = FILLERS.find(([type]) => type.test(column.getSQLType()))?.[1];
      if (filler === undefined) throw new Error(`no filler for ${config.name}.${column.name}`);
      filled[column.name] = filler();
    }
    return filled;
  });
  const text = `insert into ${config.name} select * from jsonb_populate_recordset(null::${config.name}, $1::text::jsonb)`;
  await owner.query(text, [JSON.stringify(full)], { prepare: false });
  return full;
}

/** Seeded random numbers in [0, 1) (mulberry32): the same seed gives the same world and the same queries. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Picks of a seeded source. */
export class Dice {
  readonly next: () => number;

  constructor(seed: number) {
    this.next = random(seed);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** The value, or sometimes null. */
  maybe<T>(value: T, probability = 0.8): T | null {
    return this.chance(probability) ? value : null;
  }
}

/** A day and an instant of the first months of 2026. */
export const day = (dice: Dice): string => `2026-0${1 + dice.below(3)}-${10 + dice.below(4)}`;
export const instant = (dice: Dice): string => `${day(dice)}T0${dice.below(9)}:30:15.${100 + dice.below(900)}Z`;
