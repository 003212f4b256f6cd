/** Recomputes what the lines of an account and drug supply after credits, and reports credits that found nothing to reduce. */
import type { Transaction } from '../db/client.ts';
import { replaceCauses, type Cause } from '../db/exceptions.ts';
import type { LedgerKey } from '../db/postings.ts';
import { run, statement } from '../db/statement.ts';
import type { TenantId } from '../db/tenant.ts';
import { fromThousandths, toThousandths } from '../model/quantity.ts';
import { netCredits, type DocumentLine } from './credits.ts';

const LOAD_SUPPLY = statement(import.meta.url, 'load-supply.sql');
const SET_EFFECTIVE = statement(import.meta.url, 'set-effective.sql');

/** An account and a drug whose lines hang together through credits. */
export interface SupplyGroup {
  wholesaler: string;
  accountNumber: string;
  ndc11: string | null;
}

interface SupplyRow extends Omit<DocumentLine, 'quantity'> {
  wholesaler: string;
  accountNumber: string;
  ndc11: string;
  lineNumber: string;
  entity: string | null;
  ncpdp: string | null;
  bucket: string | null;
  quantity: string | null;
  effectiveQuantity: string | null;
  amount: string;
  current: boolean;
  state: string;
}

/** What the netting touched: lines whose receipts must be compared, keys whose allocation must be computed. */
export interface Touched {
  lineIds: string[];
  keys: LedgerKey[];
}

const creditSource = (row: SupplyRow): string => `credit_line:${row.id}`;

function excessCause(row: SupplyRow, excess: number): Cause {
  return {
    code: 'INVOICE_UNMATCHED',
    subject: [row.wholesaler, row.accountNumber, row.invoiceNumber, row.lineNumber].join('|'),
    source: creditSource(row),
    detail: `credit of ${fromThousandths(excess)} units found no line to reduce`,
    dollars: row.amount.replace('-', ''),
    dispenseId: null,
    invoiceLineId: row.id,
  };
}

const active = (row: SupplyRow): boolean => row.current && row.quantity !== null && row.bucket !== null;

/** The sign of a line, not the kind of its document, says whether goods came or went back. */
function asDocumentLine(row: SupplyRow): DocumentLine {
  const quantity = toThousandths(row.quantity ?? '0');
  return { ...row, kind: quantity < 0 ? 'CREDIT' : 'INVOICE', quantity: Math.abs(quantity) };
}

function groupRows(rows: readonly SupplyRow[]): Map<string, SupplyRow[]> {
  const groups = new Map<string, SupplyRow[]>();
  for (const row of rows) {
    const key = `${row.wholesaler}|${row.accountNumber}|${row.ndc11}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

/** Nets the groups of the given lines and stores each line's effective quantity. */
export async function netSupply(tx: Transaction, tenant: TenantId, groups: readonly SupplyGroup[]): Promise<Touched> {
  const named = new Map(
    groups
      .filter((group) => group.ndc11 !== null)
      .map((group) => [`${group.wholesaler}|${group.accountNumber}|${group.ndc11 ?? ''}`, group]),
  );
  const wanted = [...named.values()];
  const rows = await run<SupplyRow>(tx, LOAD_SUPPLY, [
    tenant,
    wanted.map((one) => one.wholesaler),
    wanted.map((one) => one.accountNumber),
    wanted.map((one) => one.ndc11 ?? ''),
  ]);
  const effective = new Map<string, string>();
  const causes: Cause[] = [];
  for (const group of groupRows(rows).values()) {
    const lines = group.filter(active).map(asDocumentLine);
    const netted = netCredits(lines);
    for (const row of group) {
      effective.set(row.id, fromThousandths(active(row) ? (netted.effective.get(row.id) ?? 0) : 0));
      const excess = netted.excess.get(row.id) ?? 0;
      if (excess > 0) causes.push(excessCause(row, excess));
    }
  }
  await run(tx, SET_EFFECTIVE, [tenant, [...effective.keys()], [...effective.values()]]);
  await replaceCauses(tx, tenant, rows.map(creditSource), causes);
  const keys = rows.flatMap((row) =>
    row.entity !== null && row.ncpdp !== null && row.bucket !== null
      ? [{ entity: row.entity, ncpdp: row.ncpdp, ndc11: row.ndc11, bucket: row.bucket }]
      : [],
  );
  return { lineIds: rows.map((row) => row.id), keys };
}
