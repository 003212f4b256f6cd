/** What people do to messages: an edited one that takes the place of another, and payloads put back to be read again. */
import { sql } from 'drizzle-orm';
import { index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { instant, tenantId } from './columns.ts';

/**
 * One payload supersedes another: a fact that a person made, append-only, and an input of every rebuild. What the replaced
 * payload said counts no more; its bytes stay.
 */
export const messageEdit = pgTable(
  'message_edit',
  {
    tenantId: tenantId(),
    /** The payload that counts no more. It is replaced once; the next edit replaces its replacement. */
    originalId: uuid('original_id').notNull(),
    /** The payload that takes its place. */
    editedId: uuid('edited_id').notNull(),
    at: instant('at').notNull(),
    /** Who: the name of an account or of an API key. */
    editor: text('editor').notNull(),
    /** Why, in the editor's words. */
    reason: text('reason').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.originalId] }),
    unique('message_edit_edited').on(t.tenantId, t.editedId),
  ],
);

/** Payloads that were set aside and shall be read again, a batch at a time, until somebody stops it. */
export const messageReplay = pgTable(
  'message_replay',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    /** RUNNING, DONE or STOPPED. */
    state: text('state').notNull().default('RUNNING'),
    /** Which payloads: states, feed, receipt times. */
    feed: text('feed'),
    states: text('states').array().notNull(),
    since: instant('since'),
    /** Only what was received before: the start of the replay at the latest. */
    until: instant('until').notNull(),
    /** Counted when it was asked for. */
    total: integer('total').notNull(),
    done: integer('done').notNull().default(0),
    /** Up to here everything has been put back. */
    lastId: uuid('last_id'),
    startedAt: instant('started_at').notNull(),
    endedAt: instant('ended_at'),
    /** Who, and why. */
    startedBy: text('started_by').notNull(),
    reason: text('reason').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index('message_replay_running')
      .on(t.tenantId, t.id)
      .where(sql`state = 'RUNNING'`),
  ],
);
