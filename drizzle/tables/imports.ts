/**
 * What each file of master or reference data changed: counts against what was known before it, which lists were whole, how
 * many dispenses it had decided again. The rows themselves are versions in their own tables.
 */
import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { instant, tenantId } from './columns.ts';

/** One record kind of one file. Public files have a row in every tenant. */
export const dataImport = pgTable(
  'data_import',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    rawId: uuid('raw_id').notNull(),
    /** Record kind: prescriberAffiliation, coveredEntity ... */
    kind: text('kind').notNull(),
    feed: text('feed').notNull(),
    receivedAt: instant('received_at').notNull(),
    /** Different keys in the file; added + changed + ended + unchanged less those that ended by absence. */
    rows: integer('rows').notNull(),
    added: integer('added').notNull(),
    changed: integer('changed').notNull(),
    /** Their end came nearer, or a whole list names them no more. */
    ended: integer('ended').notNull(),
    unchanged: integer('unchanged').notNull(),
    /** True = to be counted (again): the file is new, or an earlier one came after it. */
    waiting: boolean('waiting').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('data_import_file').on(t.tenantId, t.rawId, t.kind),
    index('data_import_received').on(t.tenantId, t.receivedAt, t.id),
    index('data_import_waiting')
      .on(t.tenantId, t.id)
      .where(sql`waiting`),
  ],
);

/** A file that was the whole list of a kind: earlier versions of its feed end with it unless it names them. */
export const dataSnapshot = pgTable(
  'data_snapshot',
  {
    tenantId: tenantId(),
    kind: text('kind').notNull(),
    feed: text('feed').notNull(),
    /** Part of the list that the file is about; '' = all of it. */
    within: text('within_part').notNull(),
    knownFrom: instant('known_from').notNull(),
    rawId: uuid('raw_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.kind, t.feed, t.within, t.knownFrom, t.rawId] })],
);

/**
 * Rows of a file that said again what was current: they make no versions, but they were said. An earlier file that comes late
 * needs them, a whole list names by them. One row per kind and portion of a file; the arrays run side by side.
 */
export const dataSighting = pgTable(
  'data_sighting',
  {
    tenantId: tenantId(),
    rawId: uuid('raw_id').notNull(),
    kind: text('kind').notNull(),
    id: uuid('id').notNull(),
    knownFrom: instant('known_from').notNull(),
    /** Hashes of the keys. */
    keys: bigint('keys', { mode: 'bigint' }).array().notNull(),
    ordinals: integer('ordinals').array().notNull(),
    positions: text('positions').array().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.rawId, t.kind, t.id] }),
    index('data_sighting_known').on(t.tenantId, t.kind, t.knownFrom),
  ],
);

/** Dispenses that a file had decided again, counted when they were marked: history of processing, not a function of facts. */
export const importEffect = pgTable(
  'import_effect',
  {
    tenantId: tenantId(),
    rawId: uuid('raw_id').notNull(),
    dispenses: integer('dispenses').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.rawId] })],
);
