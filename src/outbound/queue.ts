/**
 * The outbound queue: files that stages make (orders) or people hand over, kept until they are known to be at the partner.
 * A name is used once per feed, because an uncertain delivery is recognised by it.
 */
import { createHash } from 'node:crypto';
import { type Decider, recordDecision } from '../db/feed-decisions.ts';
import { newId } from '../db/ids.ts';
import { run, statement } from '../db/statement.ts';
import type { TenantTransaction } from '../db/tenant.ts';

const INSERT = statement(import.meta.url, 'insert-file.sql');
const RELEASE = statement(import.meta.url, 'release-file.sql');
const DECIDE = statement(import.meta.url, 'decide-file.sql');
const FIND = statement(import.meta.url, 'find-file.sql');
const LIST = statement(import.meta.url, 'list-files.sql');

/** DRAFT waits for a release; UNCERTAIN may be at the partner, which its folder or a person must say; FAILED did not arrive. */
export type OutboundState = 'DRAFT' | 'QUEUED' | 'SENDING' | 'SENT' | 'UNCERTAIN' | 'FAILED';

/** A file to be delivered. */
export interface NewOutboundFile {
  feed: string;
  /** Its name at the partner: letters, digits and `._@+=, -`. */
  name: string;
  bytes: Uint8Array;
  /** Default QUEUED. */
  state?: 'DRAFT' | 'QUEUED';
  by: string;
  now: Date;
  /** The X12 group in it; absent = none, or one that nobody is to watch. */
  group?: OutboundGroup;
}

/** What a partner's acknowledgement names. */
export interface OutboundGroup {
  /** ISA08: whom it is for. */
  partner: string;
  /** GS01. */
  functionalCode: string;
  /** GS06 without leading zeros. */
  controlNumber: string;
  expectsAcknowledgement: boolean;
}

/** A file of the queue, for people. */
export interface OutboundFile {
  id: string;
  feed: string;
  name: string;
  sizeBytes: number;
  state: OutboundState;
  attempts: number;
  detail: string;
  createdAt: string;
  createdBy: string;
  sentAt: string | null;
  expectsAcknowledgement: boolean;
  acknowledgedAt: string | null;
}

/** What was asked of the queue cannot be: a sentence for people. */
export class OutboundRefused extends Error {
  override readonly name = 'OutboundRefused';
}

/** Partners pick files up by pattern, and temporary names end in `.part`: a final name must be plain and must not. */
const NAME = /^[A-Za-z0-9](?!.*\.\.)[A-Za-z0-9._@+=, -]{0,149}$/;

/**
 * Takes a file into the queue, once: the same name with the same bytes answers the file that is there.
 * @throws OutboundRefused for an unusable name, or one that other bytes have.
 */
export async function queueFile(tx: TenantTransaction, file: NewOutboundFile): Promise<{ id: string; made: boolean }> {
  const { feed, name, bytes, state = 'QUEUED', by, now, group } = file;
  if (!NAME.test(name) || name.endsWith('.part'))
    throw new OutboundRefused('the name must be a plain file name of at most 150 letters, digits and "._@+=, -"');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const [row] = await run<{ id: string; same: boolean; made: boolean }>(tx, INSERT, [
    tx.tenantId,
    newId(),
    feed,
    name,
    bytes,
    sha256,
    state,
    now.toISOString(),
    by,
    group?.partner ?? null,
    group?.functionalCode ?? null,
    group?.controlNumber ?? null,
    group?.expectsAcknowledgement ?? false,
  ]);
  if (row === undefined) throw new OutboundRefused('another process queues a file of that name; try again');
  if (!row.same) throw new OutboundRefused(`${feed} has had a file named ${name} with other content: use another name`);
  return { id: row.id, made: row.made };
}

/** Lets a draft go out; false when it is no draft. */
export const releaseFile = async (tx: TenantTransaction, id: string): Promise<boolean> =>
  (await run(tx, RELEASE, [tx.tenantId, id])).length > 0;

/** Newest files of the tenant, or of one feed. */
export const listFiles = (tx: TenantTransaction, feed: string | null): Promise<OutboundFile[]> =>
  run<OutboundFile>(tx, LIST, [tx.tenantId, feed]);

/** `sent`: it is at the partner; `send-again`: it is not, deliver it; `give-up`: it is not and shall not be. */
export type Fate = 'sent' | 'send-again' | 'give-up';

const FATES: Record<Fate, { state: OutboundState; from: OutboundState[] }> = {
  sent: { state: 'SENT', from: ['UNCERTAIN', 'FAILED'] },
  'send-again': { state: 'QUEUED', from: ['UNCERTAIN', 'FAILED'] },
  'give-up': { state: 'FAILED', from: ['DRAFT', 'QUEUED', 'UNCERTAIN'] },
};

/**
 * A person decides about a file; kept as a fact.
 * @throws OutboundRefused when there is no such file, or it stands where nothing is to be decided.
 */
export async function decideFile(tx: TenantTransaction, id: string, fate: Fate, decider: Decider): Promise<void> {
  const [found] = await run<{ feed: string; name: string; state: OutboundState }>(tx, FIND, [tx.tenantId, id]);
  if (found === undefined) throw new OutboundRefused('there is no such outbound file');
  const { state, from } = FATES[fate];
  const detail = `decided by ${decider.by}: ${fate}${decider.reason === '' ? '' : ` (${decider.reason})`}`;
  const sentAt = state === 'SENT' ? decider.now.toISOString() : null;
  const changed = await run(tx, DECIDE, [tx.tenantId, id, state, detail, sentAt, from]);
  if (changed.length === 0)
    throw new OutboundRefused(`${found.name} is ${found.state}: "${fate}" can be said of ${from.join(', ')} only`);
  await recordDecision(tx, {
    ...decider,
    feed: found.feed,
    kind: 'OUTBOUND',
    subject: id,
    detail: { fate, was: found.state, name: found.name },
  });
}
