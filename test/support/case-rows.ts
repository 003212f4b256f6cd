/** Exception cases and their causes in the read tests' world. */
import type { PgTable } from 'drizzle-orm/pg-core';
import * as tables from '../../drizzle/tables/index.ts';
import { newId } from '../../src/db/ids.ts';
import { type Dice, instant, type RowValues } from './rows.ts';

type Rows = [PgTable, RowValues[]][];

/** Cases of several states, causes by dispenses and invoice lines. */
export function caseRows(dice: Dice, base: RowValues, ids: Record<string, string[]>): Rows {
  const subjects = ['A|1', 'A|2', 'B|1', 'C|9'];
  const cases = subjects.map((subject, index) => ({
    ...base,
    id: newId(),
    code: index % 2 ? 'SITE_UNMAPPED' : 'PRICE_VARIANCE',
    subject,
    severity: dice.pick(['HIGH', 'LOW', 'ODD']),
    state: dice.pick(['OPEN', 'RESOLVED']),
    dollars: dice.maybe('3.50'),
    opened_at: instant(dice),
  }));
  const causes = cases.flatMap((item, index) =>
    Array.from({ length: 3 }, (_, n) => ({
      ...base,
      code: item.code,
      subject: item.subject,
      source: `x:${n}`,
      dispense_id: dice.maybe(dice.pick(ids['dispense'] ?? [])),
      invoice_line_id: index % 2 ? dice.pick(ids['invoice_line'] ?? []) : null,
    })),
  );
  return [
    [tables.exceptionCase, cases],
    [tables.exceptionCause, causes],
  ];
}
