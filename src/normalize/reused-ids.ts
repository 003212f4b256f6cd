/**
 * A control id that comes again with other content is a message of its own, but a sender that counts its messages wrongly must
 * be told. Which of several messages is flagged follows from their receipts alone: every one but the first received, whichever
 * is read first, so that any order of work and every rebuild say the same.
 */
import { run, statement } from '../db/statement.ts';
import type { TenantTransaction } from '../db/tenant.ts';
import type { FeedSettings, RawPayload } from './batch.ts';
import type { PlacedError } from './record-errors.ts';
import { recordset } from './recordset.ts';

const FIND = statement(import.meta.url, 'find-reused-ids.sql');

/** Before the errors that reading finds. */
const ORDINAL = -1;

/** Errors of all messages that share a control id with one of these. Files are known by their hash and cannot. */
export async function reusedIds(
  tx: TenantTransaction,
  read: readonly { raw: RawPayload; feed: FeedSettings }[],
): Promise<PlacedError[]> {
  const sent = read.filter(({ feed, raw }) => feed.transport === 'mllp' && !raw.controlId.startsWith('sha256:'));
  if (sent.length === 0) return [];
  const keyOf = (feed: string, controlId: string): string => JSON.stringify([feed, controlId]);
  const byKey = new Map(sent.map((one) => [keyOf(one.raw.feed, one.raw.controlId), one]));
  const keys = [...byKey.values()].map(({ raw }) => ({ feed: raw.feed, controlId: raw.controlId }));
  const rows = await run<{ feed: string; controlId: string; rawId: string }>(tx, FIND, [tx.tenantId, recordset(keys)]);
  return rows.flatMap(({ feed, controlId, rawId }) => {
    const one = byKey.get(keyOf(feed, controlId));
    return one === undefined ? [] : [flag({ ...one.raw, rawId }, one.feed)];
  });
}

const flag = (raw: RawPayload, feed: FeedSettings): PlacedError => ({
  raw,
  feed,
  position: 'message 1',
  ordinal: ORDINAL,
  error: {
    code: 'RECORD_INVALID',
    field: 'MSH-10',
    message: 'the control id was used before for another content',
    original: '',
  },
  accepted: true,
});
