/** What people decide about interfaces, who is connected to them, and the files that go out through them. */
import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant, tenantId } from './columns.ts';

/** Decisions about a feed, append-only: a trusted host key, a pause, a request to poll now, the fate of an outbound file. */
export const feedDecision = pgTable(
  'feed_decision',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    feed: text('feed').notNull(),
    /** TRUST, PAUSE, RESUME, RUN, OUTBOUND, SHOW_PHI. */
    kind: text('kind').notNull(),
    /** What it is about: a fingerprint, the id of an outbound file, else empty. */
    subject: text('subject').notNull(),
    /** What the person saw: the server and the pin that was replaced, or the state and the fate chosen. */
    detail: jsonb('detail').notNull(),
    reason: text('reason').notNull(),
    decidedBy: text('decided_by').notNull(),
    decidedAt: instant('decided_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    // The decision that counts is the last of its kind (uuidv7 sorts by time).
    index('feed_decision_last').on(t.tenantId, t.feed, t.kind, t.id),
  ],
);

/**
 * Files on their way to a partner. DRAFT -> QUEUED -> SENDING -> SENT | UNCERTAIN | FAILED. The intent to rename is stored
 * before the rename is asked for: without it nothing can have arrived, with it only the partner's folder or a person knows.
 */
export const outboundFile = pgTable(
  'outbound_file',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    feed: text('feed').notNull(),
    /** Final name at the partner. Never used twice for one feed: it is what an uncertain delivery is recognised by. */
    name: text('name').notNull(),
    payload: bytes('payload').notNull(),
    sha256: text('sha256').notNull(),
    sizeBytes: integer('size_bytes').notNull(),
    state: text('state').notNull(),
    /** Begun deliveries. */
    attempts: integer('attempts').notNull().default(0),
    /** Name of the present attempt's upload; every attempt has its own. */
    temporaryName: text('temporary_name'),
    /** When the rename was about to be asked for; null = it was not. */
    renameIntendedAt: instant('rename_intended_at'),
    /** Fencing token of the lease under which it is being sent. */
    leaseToken: text('lease_token'),
    /** What is known: why it failed or is uncertain, or how it was found to have arrived. */
    detail: text('detail').notNull().default(''),
    createdAt: instant('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    sentAt: instant('sent_at'),
    /** Of the one X12 group in it: whom it is for (ISA08), GS01, GS06 without zeros. Null = none that is known. */
    partner: text('partner'),
    functionalCode: text('functional_code'),
    controlNumber: text('control_number'),
    /** A 997 or 999 of the partner is expected. */
    expectsAcknowledgement: boolean('expects_acknowledgement').notNull().default(false),
    /** Receipt of the first one; what it says stands in edi_acknowledgement. */
    acknowledgedAt: instant('acknowledged_at'),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('outbound_file_name').on(t.tenantId, t.feed, t.name),
    // The sender's queue: what is not finished, oldest first.
    index('outbound_file_open')
      .on(t.tenantId, t.feed, t.id)
      .where(sql`state in ('QUEUED', 'SENDING', 'UNCERTAIN')`),
    // What is counted for people and monitors.
    index('outbound_file_state').on(t.tenantId, t.feed, t.state),
    index('outbound_file_unacknowledged')
      .on(t.tenantId, t.id)
      .where(sql`expects_acknowledgement and acknowledged_at is null and state = 'SENT'`),
  ],
);

const count = (name: string) => bigint(name, { mode: 'number' }).notNull();

/**
 * What the listener of each hub knows of its feeds: one row per hub process and feed, written every few seconds while it runs.
 * Counts begin with the process. A row that was not seen for a while belongs to a hub that is gone.
 */
export const feedListener = pgTable(
  'feed_listener',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    feed: text('feed').notNull(),
    /** Host, process and a random part, as in leases. */
    hub: text('hub').notNull(),
    port: integer('port').notNull(),
    startedAt: instant('started_at').notNull(),
    seenAt: instant('seen_at').notNull(),
    connections: integer('connections').notNull(),
    messages: count('messages'),
    bytes: count('bytes'),
    brokenFrames: count('broken_frames'),
    /** `{kind, reason, count}`: messages that were answered badly, callers that were turned away. */
    refusals: jsonb('refusals').notNull(),
    /** Last day of the certificate that is shown; null = clear text. */
    certificateEndsAt: instant('certificate_ends_at'),
    /** Why the certificate of the files is not shown; '' = it is. */
    certificateProblem: text('certificate_problem').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index('feed_listener_feed').on(t.tenantId, t.feed),
    // Those that are forgotten.
    index('feed_listener_seen').on(t.tenantId, t.seenAt),
  ],
);

/** Senders of a listener: a certificate's first name, else an address. */
export const feedSender = pgTable(
  'feed_sender',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    listenerId: uuid('listener_id').notNull(),
    feed: text('feed').notNull(),
    sender: text('sender').notNull(),
    connections: integer('connections').notNull(),
    since: instant('since'),
    lastMessageAt: instant('last_message_at'),
    messages: count('messages'),
    bytes: count('bytes'),
    refused: count('refused'),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), index('feed_sender_listener').on(t.tenantId, t.listenerId)],
);
