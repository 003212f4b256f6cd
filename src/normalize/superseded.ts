/**
 * Payloads that a person has replaced (src/messages/edit.ts): they are read once more only to know what they said, which is
 * then taken back. A rebuild meets them before anything of them counts and comes out the same.
 */
import { forgetErrors } from '../db/exceptions.ts';
import { run, statement } from '../db/statement.ts';
import type { TenantTransaction } from '../db/tenant.ts';
import type { Item, RawPayload } from './batch.ts';
import type { Outcome } from './read-payload.ts';

const FIND = statement(import.meta.url, 'find-superseded.sql');

/** A batch, parted in what counts and what counts no more. */
export interface Parted {
  counting: Outcome[];
  superseded: RawPayload[];
  /** What the superseded payloads say. */
  withdrawn: Item[];
}

/** Parts the outcomes of a batch. */
export async function partSuperseded(tx: TenantTransaction, outcomes: readonly Outcome[]): Promise<Parted> {
  const rows = await run<{ rawId: string }>(tx, FIND, [tx.tenantId, outcomes.map(({ raw }) => raw.rawId)]);
  const gone = new Set(rows.map(({ rawId }) => rawId));
  const replaced = outcomes.filter(({ raw }) => gone.has(raw.rawId));
  return {
    counting: outcomes.filter(({ raw }) => !gone.has(raw.rawId)),
    superseded: replaced.map(({ raw }) => raw),
    withdrawn: replaced.flatMap((outcome) => (outcome.kind === 'READ' ? outcome.items : [])),
  };
}

/** Takes back their record errors; answers their states. */
export async function settleSuperseded(
  tx: TenantTransaction,
  superseded: readonly RawPayload[],
): Promise<Record<string, unknown>[]> {
  const ids = superseded.map(({ rawId }) => rawId);
  await forgetErrors(tx, tx.tenantId, ids);
  const none = { records: 0, accepted: 0, rejected: 0, duplicate: 0, ignored: 0 };
  return superseded.map((raw) => ({ ...raw, ...none, state: 'SUPERSEDED' }));
}
