/** The migration after which a row of the queue of changes holds many keys: what waits is kept. */
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { connect } from '../../src/db/client.ts';
import { newId } from '../../src/db/ids.ts';
import { MIGRATIONS_FOLDER, migrate } from '../../src/db/migrate.ts';
import { emptyDatabase } from '../support/database.ts';

const NAME = '0018_leaner_changes_and_claims.sql';

test('a key that waits becomes a row of one key', async () => {
  const database = await emptyDatabase();
  const owner = connect(database.ownerUrl, { role: 'owner', max: 1 });
  const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  const migrateTo = async (names: readonly string[]): Promise<void> => {
    for (const name of names) copyFileSync(join(MIGRATIONS_FOLDER, name), join(folder, name));
    await migrate({ ownerUrl: database.ownerUrl, now: new Date('2026-11-26T12:00:00Z'), folder, registry: {} });
  };
  try {
    await migrateTo(readdirSync(MIGRATIONS_FOLDER).filter((name) => name.endsWith('.sql') && name < NAME));
    const [north, south, file] = [newId(), newId(), newId()];
    const waiting: [string, string, string, string | null][] = [
      [north, 'CLAIM', '1234567|777', null],
      [north, 'ALL', '', file],
      [south, 'PLAN', '610,"001"', file],
    ];
    for (const [tenant, kind, key, rawId] of waiting)
      await owner.query('insert into change (tenant_id, id, kind, key, raw_id) values ($1, $2, $3, $4, $5)', [
        tenant,
        newId(),
        kind,
        key,
        rawId,
      ]);
    await migrateTo([NAME]);
    expect(await owner.query('select tenant_id, kind, keys, raw_id from change order by id')).toEqual(
      waiting.map(([tenant, kind, key, rawId]) => ({ tenant_id: tenant, kind, keys: [key], raw_id: rawId })),
    );
  } finally {
    await owner.end();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  }
});
