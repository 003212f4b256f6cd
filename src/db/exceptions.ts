/**
 * What raises exception cases. A stage says, for the things it looked at (sources), which causes stand now; causes that are
 * gone are removed, and the touched subjects are marked so that src/monitor opens or closes their cases.
 */
import type { ExceptionCode } from '../model/verdict.ts';
import type { Transaction } from './client.ts';
import { run, statement } from './statement.ts';
import type { TenantId } from './tenant.ts';

const FORGET_ERRORS = statement(import.meta.url, 'forget-errors.sql');
const REPLACE_CAUSES = statement(import.meta.url, 'replace-causes.sql');

/** One reason for a case to be open. `subject` is the natural key of the case (DOMAIN.md 12.40). */
export interface Cause {
  code: ExceptionCode;
  subject: string;
  /** What raises it: `dispense:<id>`, `encounter:<id>`, `raw:<id>#<ordinal>`, `invoice_line:<id>`, `ledger:<key>`, `outbound:<id>`. */
  source: string;
  /** A sentence without patient values. */
  detail: string;
  dollars?: string | null;
  dispenseId?: string | null;
  invoiceLineId?: string | null;
}

/** Makes `causes` all that the given sources raise; every source of `causes` must be among `sources`. */
export async function replaceCauses(
  tx: Transaction,
  tenant: TenantId,
  sources: readonly string[],
  causes: readonly Cause[],
): Promise<void> {
  if (sources.length === 0) return;
  const unique = [
    ...new Map(causes.map((cause) => [`${cause.code}\u0000${cause.subject}\u0000${cause.source}`, cause])).values(),
  ];
  const column = <T>(pick: (cause: Cause) => T): T[] => unique.map(pick);
  await run(tx, REPLACE_CAUSES, [
    tenant,
    [...new Set(sources)],
    column((one) => one.code),
    column((one) => one.subject),
    column((one) => one.source),
    column((one) => one.detail),
    column((one) => one.dollars ?? null),
    column((one) => one.dispenseId ?? null),
    column((one) => one.invoiceLineId ?? null),
  ]);
}

/** Takes back what was said about the content of payloads: record errors, and the causes that they raised. */
export async function forgetErrors(tx: Transaction, tenant: TenantId, rawIds: readonly string[]): Promise<void> {
  if (rawIds.length === 0) return;
  const gone = await run<{ rawId: string; ordinal: number }>(tx, FORGET_ERRORS, [tenant, rawIds]);
  const sources = gone.map(({ rawId, ordinal }) => `raw:${rawId}#${ordinal}`);
  await replaceCauses(tx, tenant, sources, []);
}
