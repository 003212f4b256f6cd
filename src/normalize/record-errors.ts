/** What could not be read: rows of `record_error` for people, and causes of RECORD_INVALID cases (DOMAIN 12.18, 12.40). */
import { REMARK } from '../../adapters/contract.ts';
import { type Cause, replaceCauses } from '../db/exceptions.ts';
import { newId } from '../db/ids.ts';
import { run, statement } from '../db/statement.ts';
import type { TenantTransaction } from '../db/tenant.ts';
import type { RecordError } from '../model/records.ts';
import type { FeedSettings, RawPayload } from './batch.ts';
import type { Outcome } from './read-payload.ts';
import { chunks, recordset } from './recordset.ts';

const INSERT = statement(import.meta.url, 'insert-record-errors.sql');
const ROWS_PER_STATEMENT = 5_000;

/** An error with its place. Ordinal 0 speaks of the payload as a whole. */
export interface PlacedError {
  raw: RawPayload;
  feed: FeedSettings | undefined;
  position: string;
  ordinal: number;
  error: RecordError;
  /** False = the whole record was refused. */
  accepted: boolean;
}

/** All errors of an outcome, numbered through the payload. */
export function errorsOf(outcome: Outcome): PlacedError[] {
  if (outcome.kind === 'FAILED') return [];
  const { raw, feed } = outcome;
  if (outcome.kind === 'HELD')
    return [{ raw, feed, position: outcome.position, ordinal: 0, error: outcome.error, accepted: false }];
  return outcome.units
    .flatMap((unit) => unit.errors.map((error) => ({ unit, error })))
    .map(({ unit: { position, records, ignored }, error }, index) => ({
      raw,
      feed,
      position,
      ordinal: outcome.errorsBefore + index + 1,
      error,
      accepted: records > 0 || ignored === REMARK,
    }));
}

/** Stores errors and raises their causes. `settled`: payloads whose earlier failure as a whole is over. */
export async function writeErrors(
  tx: TenantTransaction,
  errors: readonly PlacedError[],
  settled: readonly RawPayload[] = [],
): Promise<void> {
  if (errors.length + settled.length === 0) return;
  for (const chunk of chunks(errors, ROWS_PER_STATEMENT))
    await run(tx, INSERT, [tx.tenantId, recordset(chunk.map(errorRow))]);
  const sources = [...errors.map(sourceOf), ...settled.map((raw) => sourceOf({ raw, ordinal: 0 }))];
  await replaceCauses(tx, tx.tenantId, sources, errors.map(causeOf));
}

const sourceOf = ({ raw, ordinal }: { raw: RawPayload; ordinal: number }): string => `raw:${raw.rawId}#${ordinal}`;

const causeOf = (placed: PlacedError): Cause => ({
  code: 'RECORD_INVALID',
  subject: subjectOf(placed),
  source: sourceOf(placed),
  detail: placed.error.field === '' ? placed.error.message : `${placed.error.field}: ${placed.error.message}`,
});

/** `file#position`; the file alone for what is wrong with it as a whole. A message has no file name: its feed and control id. */
function subjectOf({ raw, feed, position, error }: PlacedError): string {
  const file = feed?.transport === 'mllp' ? `${raw.feed} ${raw.controlId}` : raw.name;
  return position === '' || error.field === 'trailer' ? file : `${file}#${position}`;
}

const errorRow = ({ raw, position, ordinal, error, accepted }: PlacedError) => ({
  id: newId(),
  feed: raw.feed,
  ordinal,
  field: error.field,
  message: error.message,
  original: error.original,
  accepted,
  rawId: raw.rawId,
  position,
});
