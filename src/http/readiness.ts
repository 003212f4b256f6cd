/** Ready = the database answers and has exactly the migrations of this program. */
import type { Database } from '../db/client.ts';
import { loadMigrations, MIGRATIONS_FOLDER, pendingMigrations } from '../db/migrate.ts';
import { run, statement } from '../db/statement.ts';

const APPLIED = statement(import.meta.url, 'applied-migrations.sql');

/** True when the hub can answer. Why not is not told: this is asked without a key. */
export async function isReady(db: Database): Promise<boolean> {
  try {
    const marks = await run<{ name: string; sha256: string }>(db, APPLIED);
    return pendingMigrations(loadMigrations(MIGRATIONS_FOLDER), marks).length === 0;
  } catch {
    return false;
  }
}
