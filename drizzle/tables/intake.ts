/** What came in, as it came, and what became of it. Everything else in the database can be rebuilt from here. */
import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { bytes, day, instant, provenance, tenantId } from './columns.ts';

/** The organisations that run their 340B programme here. The `public` tenant owns the raw files of public feeds. */
export const tenant = pgTable('tenant', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull().unique(),
  title: text('title').notNull(),
  zone: text('zone').notNull(),
});

/** Parent covered entities of a tenant (hub.yaml `entities`). */
export const tenantEntity = pgTable(
  'tenant_entity',
  { tenantId: tenantId(), id340b: text('id340b').notNull() },
  (t) => [primaryKey({ columns: [t.tenantId, t.id340b] })],
);

/** Declared interfaces (feeds/*.yaml), as last applied. */
export const feed = pgTable(
  'feed',
  {
    tenantId: tenantId(),
    name: text('name').notNull(),
    kind: text('kind').notNull(),
    format: text('format').notNull(),
    transport: text('transport').notNull(),
    /** Two feeds of one EHR share a source system: visit and order numbers are unique inside it. */
    sourceSystem: text('source_system').notNull(),
    /** Parent 340B IDs that an EHR feed delivers for. */
    serves: text('serves').array().notNull(),
    zone: text('zone').notNull(),
    options: jsonb('options').notNull(),
    warnAfterSeconds: integer('warn_after_seconds'),
    errorAfterSeconds: integer('error_after_seconds'),
    /** An outbound file that is not acknowledged by then raises ACK_MISSING. */
    acknowledgedWithinSeconds: integer('acknowledged_within_seconds').notNull().default(86_400),
    paused: boolean('paused').notNull().default(false),
    /** The feed's file as last applied, secrets left out: what `hub feed diff` compares with. */
    declared: jsonb('declared'),
    /** Also when nothing had changed: running hubs look into the files again when it moves. */
    appliedAt: instant('applied_at'),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.name] })],
);

/** Every payload as received, append-only. Partitioned by month (migration 0001 adds what drizzle-kit cannot say). */
export const rawMessage = pgTable(
  'raw_message',
  {
    tenantId: tenantId(),
    /** First day of the month of receipt (UTC): the partition key. */
    month: day('month').notNull(),
    id: uuid('id').notNull(),
    feed: text('feed').notNull(),
    name: text('name').notNull(),
    controlId: text('control_id').notNull(),
    receivedAt: instant('received_at').notNull(),
    sha256: text('sha256').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    /** Pieces in `raw_chunk` that hold the bytes of a large file; 0 = they are here. */
    parts: integer('parts').notNull().default(0),
    payload: bytes('payload').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.month, t.id] })],
);

/**
 * The bytes of large files in pieces of one size, so that nobody ever holds a whole file. Pieces whose raw message never came
 * (a transfer that broke off) mean nothing and are swept away. Partitioned by month as `raw_message` is.
 */
export const rawChunk = pgTable(
  'raw_chunk',
  {
    tenantId: tenantId(),
    month: day('month').notNull(),
    rawId: uuid('raw_id').notNull(),
    /** From 0. */
    part: integer('part').notNull(),
    /** Hash of this piece as it lies here (law L1): the whole file's hash cannot be made again by a statement. */
    sha256: bytes('sha256').notNull(),
    /** Bytes of the file in this piece. */
    sizeBytes: integer('size_bytes').notNull(),
    /** They, compressed (zstd): a file of claims is an eighth of itself, on its way here, in the log and on the disk. */
    bytes: bytes('bytes').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.month, t.rawId, t.part] })],
);

/** Deduplicates deliveries: a unique key on the partitioned table would have to contain the month. */
export const rawReceipt = pgTable(
  'raw_receipt',
  {
    tenantId: tenantId(),
    feed: text('feed').notNull(),
    controlId: text('control_id').notNull(),
    sha256: text('sha256').notNull(),
    rawId: uuid('raw_id').notNull(),
    month: day('month').notNull(),
    receivedAt: instant('received_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.feed, t.controlId, t.sha256] })],
);

/**
 * What became of a payload. PENDING -> DONE | HELD (must not be read) | REJECTED (nothing readable) | QUARANTINED (poison) |
 * SUPERSEDED (another took its place: `message_edit`).
 */
export const rawState = pgTable(
  'raw_state',
  {
    tenantId: tenantId(),
    rawId: uuid('raw_id').notNull(),
    month: day('month').notNull(),
    feed: text('feed').notNull(),
    receivedAt: instant('received_at').notNull(),
    state: text('state').notNull().default('PENDING'),
    attempts: integer('attempts').notNull().default(0),
    /** As in `raw_message`: above 0 the payload is normalized portion by portion. */
    parts: integer('parts').notNull().default(0),
    /**
     * Records of the payload: received = accepted + rejected + duplicate + ignored (law L3). While a large file is PENDING,
     * those of the portions that are committed: where reading goes on.
     */
    records: integer('records').notNull().default(0),
    accepted: integer('accepted').notNull().default(0),
    rejected: integer('rejected').notNull().default(0),
    duplicate: integer('duplicate').notNull().default(0),
    ignored: integer('ignored').notNull().default(0),
    processedAt: instant('processed_at'),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.rawId] }),
    // The normalizer's queue: oldest pending first (uuidv7 sorts by receipt).
    index('raw_state_pending')
      .on(t.tenantId, t.rawId)
      .where(sql`state = 'PENDING'`),
    // Large files that wait or are being read.
    index('raw_state_pending_files')
      .on(t.tenantId, t.rawId)
      .where(sql`state = 'PENDING' and parts > 0`),
    // What was set aside, for lists and replays: few rows of many.
    index('raw_state_aside')
      .on(t.tenantId, t.state, t.rawId)
      .where(sql`state in ('HELD', 'REJECTED', 'QUARANTINED')`),
    // Feed freshness: latest receipt of a feed.
    index('raw_state_feed').on(t.tenantId, t.feed, t.receivedAt),
  ],
);

/** Values and records that could not be read, with field and position; `original` is PHI. */
export const recordError = pgTable(
  'record_error',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    feed: text('feed').notNull(),
    /** Ordinal of the error inside its payload. */
    ordinal: integer('ordinal').notNull(),
    field: text('field').notNull(),
    message: text('message').notNull(),
    original: text('original').notNull(),
    /** False = the whole record was refused. */
    accepted: boolean('accepted').notNull(),
    ...provenance(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), unique('record_error_place').on(t.tenantId, t.rawId, t.ordinal)],
);

/**
 * How far a feed that asks (FHIR) has read: written after what was read is stored. A scope is one search, history or export
 * of the feed; the position is the transport's own text. Without it everything is read again, which changes nothing.
 */
export const feedCursor = pgTable(
  'feed_cursor',
  {
    tenantId: tenantId(),
    feed: text('feed').notNull(),
    scope: text('scope').notNull(),
    position: text('position').notNull(),
    movedAt: instant('moved_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.feed, t.scope] })],
);
