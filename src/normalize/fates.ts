/** What became of payloads: their counters, their states, and those that keep failing. */
import { REMARK } from '../../adapters/contract.ts';
import type { StageContext } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import type { TenantTransaction } from '../db/tenant.ts';
import type { Unit } from './batch.ts';
import type { Outcome } from './read-payload.ts';
import { type PlacedError, writeErrors } from './record-errors.ts';

const ATTEMPTS = statement(import.meta.url, 'count-attempts.sql');

/** Tries before a payload that keeps failing is set aside. */
const MOST_ATTEMPTS = 5;

/** Counters of law L3. */
export interface Counts {
  accepted: number;
  rejected: number;
  duplicate: number;
  ignored: number;
}

type Read = Extract<Outcome, { kind: 'READ' }>;

/** Units that were read. */
export const unitsRead = ({ units, claims }: Read): number => units.length + (claims?.plain.units ?? 0);

/** Units are accepted, rejected, duplicate or ignored, each exactly one of them. */
export function countsOf({ units, claims }: Read): Counts {
  const { plain } = claims ?? { plain: { units: 0, duplicates: 0 } };
  const counts = { ...NONE, accepted: plain.units - plain.duplicates, duplicate: plain.duplicates };
  for (const unit of units) counts[fateOf(unit)] += 1;
  return counts;
}

/** Counters of a payload of which nothing was read. */
export const NONE: Counts = { accepted: 0, rejected: 0, duplicate: 0, ignored: 0 };

function fateOf({ records, errors, ignored, duplicates }: Unit): keyof Counts {
  if (records === 0) return errors.length > 0 && ignored !== REMARK ? 'rejected' : 'ignored';
  return duplicates === records ? 'duplicate' : 'accepted';
}

/** State and counters of a payload that was read as a whole. */
export function stateOf(outcome: Exclude<Outcome, { kind: 'FAILED' }>): Record<string, string | number> {
  if (outcome.kind === 'HELD') return { state: 'HELD', records: 0, ...NONE };
  const counts = countsOf(outcome);
  const unreadable = counts.rejected > 0 && counts.rejected === unitsRead(outcome);
  return { state: unreadable ? 'REJECTED' : 'DONE', records: unitsRead(outcome), ...counts };
}

/** Counts failed tries; a payload that has had its last one gets a record error and a case. */
export async function countAttempts(
  tx: TenantTransaction,
  context: StageContext,
  failures: readonly Extract<Outcome, { kind: 'FAILED' }>[],
): Promise<void> {
  if (failures.length === 0) return;
  const ids = failures.map(({ raw }) => raw.rawId);
  const counted = await run<{ rawId: string; state: string }>(tx, ATTEMPTS, [
    tx.tenantId,
    ids,
    MOST_ATTEMPTS,
    context.clock().toISOString(),
  ]);
  const aside = new Set(counted.filter(({ state }) => state === 'QUARANTINED').map(({ rawId }) => rawId));
  await writeErrors(tx, failures.filter(({ raw }) => aside.has(raw.rawId)).map(quarantineError));
}

const quarantineError = ({ raw, reason }: Extract<Outcome, { kind: 'FAILED' }>): PlacedError => ({
  raw,
  feed: undefined,
  position: '',
  ordinal: 0,
  error: {
    code: 'RECORD_INVALID',
    field: '',
    message: `set aside after ${MOST_ATTEMPTS} failed tries (${reason})`,
    original: '',
  },
  accepted: false,
});
