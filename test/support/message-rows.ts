/** Rows of the read tests' world around messages: payloads with and without errors, edits, replays. */
import type { PgTable } from 'drizzle-orm/pg-core';
import * as tables from '../../drizzle/tables/index.ts';
import { newId } from '../../src/db/ids.ts';
import type { Dice, RowValues } from './rows.ts';

/** Rows for the given states of payloads; some payloads are missing, as after a loss. */
export function messageRows(dice: Dice, base: RowValues, states: readonly RowValues[]): [PgTable, RowValues[]][] {
  const kept = states.filter((_, index) => index !== 4);
  const messages = kept.map((state, index) => ({
    ...base,
    id: state['raw_id'],
    month: state['month'],
    feed: state['feed'],
    name: `file ${index}`,
    control_id: dice.pick(['alpha', 'beta', `C${index}`]),
    received_at: state['received_at'],
    size_bytes: 10 + index,
    payload: '\\x00',
  }));
  const errors = kept.slice(0, 3).flatMap((state) =>
    Array.from({ length: 2 }, (_, ordinal) => ({
      ...base,
      id: newId(),
      raw_id: state['raw_id'],
      feed: state['feed'],
      ordinal,
      field: dice.pick(['PID-7', '']),
      original: dice.pick(['', 'PHI']),
      accepted: dice.chance(0.5),
    })),
  );
  const edits = [0, 2].map((index) => ({
    ...base,
    original_id: states[index]?.['raw_id'],
    edited_id: states[index + 1]?.['raw_id'],
    editor: 'ann',
    reason: 'told by phone',
  }));
  const replays = ['RUNNING', 'DONE', 'ODD'].map((state) => ({
    ...base,
    id: newId(),
    state,
    feed: dice.maybe('alpha'),
    states: ['HELD', 'REJECTED'],
    total: dice.below(9),
    done: 0,
    ended_at: dice.maybe('2026-03-03T10:00:00Z'),
  }));
  return [
    [tables.rawMessage, messages],
    [tables.recordError, errors],
    [tables.messageEdit, edits],
    [tables.messageReplay, replays],
  ];
}
