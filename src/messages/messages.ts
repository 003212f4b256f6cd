/** Messages and files as people look for them: lists a page at a time, one with its errors and edits, and its bytes. */
import { type Queryable } from '../db/client.ts';
import { run, statement } from '../db/statement.ts';
import type { TenantId } from '../db/tenant.ts';

const LIST = statement(import.meta.url, 'list-messages.sql');
const ONE = statement(import.meta.url, 'show-message.sql');
const ERRORS = statement(import.meta.url, 'find-errors.sql');
const EDITS = statement(import.meta.url, 'find-edits.sql');
const BYTES = statement(import.meta.url, 'read-bytes.sql');
const ERRORS_SHOWN = 1_000;

/** States of a payload. */
export const MESSAGE_STATES = ['PENDING', 'DONE', 'HELD', 'REJECTED', 'QUARANTINED', 'SUPERSEDED'] as const;
/** What became of records: at least one of them was, or something could not be read. */
export const MESSAGE_OUTCOMES = ['ACCEPTED', 'REJECTED', 'DUPLICATE', 'IGNORED', 'ERRORS'] as const;

/** Which messages; absent or null = no condition. */
export interface MessageFilter {
  feed?: string | null;
  states?: readonly string[] | null;
  since?: string | null;
  until?: string | null;
  controlId?: string | null;
  outcome?: (typeof MESSAGE_OUTCOMES)[number] | null;
}

/** One line of the list. */
export interface MessageLine {
  id: string;
  feed: string;
  receivedAt: string;
  state: string;
  attempts: number;
  records: number;
  accepted: number;
  rejected: number;
  duplicate: number;
  ignored: number;
  controlId: string;
  name: string;
  sizeBytes: number;
  /** Values and records that could not be read. */
  errors: number;
}

/** One message without its bytes. */
export interface MessageFacts extends Omit<MessageLine, 'errors'> {
  month: string;
  /** Null when the feed is no longer declared. */
  format: string | null;
  kind: string | null;
  processedAt: string | null;
  /** Stored pieces of a large file; 0 = its bytes are in one row. */
  parts: number;
  sha256: string;
  supersededBy: string | null;
  supersedes: string | null;
}

/** A value or record that could not be read; `original` is PHI. */
export interface MessageError {
  ordinal: number;
  position: string;
  field: string;
  message: string;
  original: string;
  accepted: boolean;
}

/** One edit of a chain. */
export interface MessageEdit {
  originalId: string;
  editedId: string;
  at: string;
  editor: string;
  reason: string;
}

/** A page of messages, the latest first. `before` = id of the last line of the page before. */
export const listMessages = (
  tx: Queryable,
  tenant: TenantId,
  filter: MessageFilter,
  page: { first: number; before?: string | null | undefined },
): Promise<MessageLine[]> =>
  run<MessageLine>(tx, LIST, [
    tenant,
    filter.feed ?? null,
    filter.states ?? null,
    filter.since ?? null,
    filter.until ?? null,
    filter.controlId ?? null,
    filter.outcome ?? null,
    page.before ?? null,
    page.first,
  ]);

/** One message; undefined = the tenant has none of this id. */
export async function findMessage(tx: Queryable, tenant: TenantId, id: string): Promise<MessageFacts | undefined> {
  const [found] = await run<MessageFacts>(tx, ONE, [tenant, id]);
  return found;
}

/** What could not be read in it, at most a thousand. */
export const errorsOfMessage = (tx: Queryable, tenant: TenantId, id: string): Promise<MessageError[]> =>
  run<MessageError>(tx, ERRORS, [tenant, id, ERRORS_SHOWN]);

/** The edits that lead to it and from it. */
export const editsOfMessage = (tx: Queryable, tenant: TenantId, id: string): Promise<MessageEdit[]> =>
  run<MessageEdit>(tx, EDITS, [tenant, id]);

/** Its bytes; undefined for a large file, whose bytes are in pieces. */
export async function bytesOfMessage(
  tx: Queryable,
  tenant: TenantId,
  { id, month, parts }: Pick<MessageFacts, 'id' | 'month' | 'parts'>,
): Promise<Uint8Array | undefined> {
  if (parts > 0) return undefined;
  const [row] = await run<{ payload: Uint8Array }>(tx, BYTES, [tenant, month, id]);
  return row?.payload;
}
