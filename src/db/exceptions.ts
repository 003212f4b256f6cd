/**
 * How stages raise exceptions (DOMAIN.md 8). A stage states which causes stand for the things it has just looked at; the
 * difference is written and the touched cases are marked. A case is open exactly while a cause stands; the monitor opens and
 * closes it (src/monitor).
 */
import type { ExceptionCode } from '../model/verdict.ts';
import type { Transaction } from './client.ts';
import { run, statement } from './statement.ts';
import type { TenantId } from './tenant.ts';

/** One reason for a case. */
export interface Cause {
  code: ExceptionCode;
  /** Natural key of the case (12.40). */
  subject: string;
  /** What raises it: `dispense:<id>`, `encounter:<id>`, `raw:<id>#<ordinal>`, `invoice_line:<id>` ... */
  source: string;
  /** Sentence without patient values. */
  detail: string;
  /** Dollars at stake, exact decimal; null = none known. */
  dollars?: string | null;
  dispenseId?: string | null;
  invoiceLineId?: string | null;
}

const REPLACE = statement(import.meta.url, 'replace-causes.sql');

/**
 * Makes `causes` all that the `sources` raise: causes of these sources that are not listed go, new and changed ones are
 * written, and each touched case is marked. Every cause's source must be among `sources`.
 */
export async function replaceCauses(
  tx: Transaction,
  tenant: TenantId,
  sources: readonly string[],
  causes: readonly Cause[],
): Promise<void> {
  if (sources.length === 0) return;
  const rows = causes.map((cause) => ({
    code: cause.code,
    subject: cause.subject,
    source: cause.source,
    detail: cause.detail,
    dollars: cause.dollars ?? null,
    dispense_id: cause.dispenseId ?? null,
    invoice_line_id: cause.invoiceLineId ?? null,
  }));
  await run(tx, REPLACE, [tenant, sources, JSON.stringify(rows)]);
}
