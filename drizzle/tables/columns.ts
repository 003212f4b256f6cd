/** Column shapes that several tables share, so that a tenant id or a source position looks the same everywhere. */
import { customType, date, integer, numeric, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** Owner of the row; first column of every key (SCALE-OUT 2). */
export const tenantId = () => uuid('tenant_id').notNull();
/** Instants are timestamptz, read as ISO 8601 UTC text. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'string' });
/** Calendar dates, read as `YYYY-MM-DD`. */
export const day = (name: string) => date(name, { mode: 'string' });
/** Billing units (EA, ML, GM), exact. */
export const units = (name: string) => numeric(name, { precision: 14, scale: 3 });
/** Package prices (MASTER-DATA: numeric(14,4)). */
export const price = (name: string) => numeric(name, { precision: 14, scale: 4 });
/** Dollars and cents. */
export const money = (name: string) => numeric(name, { precision: 14, scale: 2 });
/** Payload bytes. */
export const bytes = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

/** Provenance of a canonical row: the raw message and the position in it. */
export const provenance = () => ({
  rawId: uuid('raw_id').notNull(),
  position: text('position').notNull(),
});

/** Bitemporal columns of master data: when it holds (last day counts) and when we knew it (null = still current). */
export const bitemporal = () => ({
  validFrom: day('valid_from'),
  validTo: day('valid_to'),
  knownFrom: instant('known_from').notNull(),
  knownTo: instant('known_to'),
  ...provenance(),
  /** Ordinal of the row in its file: two rows of one key in one file, the later counts. */
  ordinal: integer('ordinal').notNull(),
});
