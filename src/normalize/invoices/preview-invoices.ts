/** What the invoices of a file would change: numbers that are new, other content of known numbers, what is known already. */
import { run, statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import type { InvoiceRecord } from '../../model/records.ts';
import { type Item, itemsOf } from '../batch.ts';
import { recordset } from '../recordset.ts';
import type { ImportCounts, ImportDetail } from '../versions/count-imports.ts';

const CURRENT = statement(import.meta.url, 'find-current.sql');

type Number = Pick<InvoiceRecord, 'wholesaler' | 'accountNumber' | 'invoiceNumber'>;
type Said = Pick<InvoiceRecord, 'kind' | 'invoiceDate' | 'total'> & { lines: number };

const keyOf = ({ wholesaler, accountNumber, invoiceNumber }: Number): string[] => [
  wholesaler,
  accountNumber,
  invoiceNumber,
];
const saidOf = ({ kind, invoiceDate, total, lines }: Said): Record<string, unknown> => ({
  kind,
  invoiceDate,
  total,
  lines,
});

/** Compares portion by portion: `before` what is written, then `after`. */
export class InvoicePreview {
  /** What was current before the file, by number; null = the number is new. */
  readonly #before = new Map<string, Said | null>();
  readonly #details = new Map<string, ImportDetail>();

  /** Looks up what is current of the numbers that these items name for the first time. */
  async before(tx: TenantTransaction, items: readonly Item[]): Promise<void> {
    const named = new Map(itemsOf(items, 'invoice').map(({ record }) => [keyOf(record).join('\n'), record]));
    const unseen = [...named].filter(([key]) => !this.#before.has(key));
    if (unseen.length === 0) return;
    const numbers = unseen.map(([, { wholesaler, accountNumber, invoiceNumber }]) => ({
      wholesaler,
      accountNumber,
      invoiceNumber,
    }));
    const known = await run<Number & Said>(tx, CURRENT, [tx.tenantId, recordset(numbers)]);
    for (const [key] of unseen) this.#before.set(key, null);
    for (const row of known) this.#before.set(keyOf(row).join('\n'), row);
  }

  /** The items are written: what was known already counts among the duplicates of its unit. */
  after(items: readonly Item[]): void {
    for (const { unit, record } of itemsOf(items, 'invoice')) {
      if (unit.duplicates > 0) continue;
      const key = keyOf(record);
      const before = this.#before.get(key.join('\n')) ?? null;
      this.#details.set(key.join('\n'), {
        effect: before === null ? 'ADDED' : 'CHANGED',
        key,
        before: before && saidOf(before),
        after: saidOf({ ...record, lines: record.lines.length }),
      });
    }
  }

  /** Nothing for a file without invoices; at most `most` of each effect. */
  result(most: number): (ImportCounts & { kind: 'invoice'; details: ImportDetail[] })[] {
    const rows = this.#before.size;
    if (rows === 0) return [];
    const of = (effect: ImportDetail['effect']): ImportDetail[] =>
      [...this.#details.values()].filter((detail) => detail.effect === effect);
    const [added, changed] = [of('ADDED'), of('CHANGED')];
    const unchanged = rows - added.length - changed.length;
    const details = [...added.slice(0, most), ...changed.slice(0, most)];
    return [{ kind: 'invoice', rows, added: added.length, changed: changed.length, ended: 0, unchanged, details }];
  }
}
