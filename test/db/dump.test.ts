/** The printed schema: the same twice, the same as the committed file, and different after a change. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { dumpSchema } from '../../src/db/dump.ts';
import { testDatabase } from '../support/database.ts';

test('drizzle/schema.sql is what the migrations make', async () => {
  const database = await testDatabase();
  const printed = await dumpSchema(database.owner, 'hub');
  expect(await dumpSchema(database.owner, 'hub')).toBe(printed);
  expect(printed).toBe(readFileSync(join(import.meta.dirname, '../../drizzle/schema.sql'), 'utf8'));
  await database.owner.query('alter table patient add column shoe_size integer not null default 42');
  await database.owner.query('create index patient_shoe on patient (tenant_id, shoe_size) where shoe_size > 40');
  await database.owner.query('alter table feed no force row level security');
  const changed = await dumpSchema(database.owner, 'hub');
  expect(changed).toContain('  shoe_size integer not null default 42');
  expect(changed).toContain(
    'create index patient_shoe on patient USING btree (tenant_id, shoe_size) WHERE (shoe_size > 40);',
  );
  expect(changed).toContain('-- feed: tenant, state; row level security not forced');
  await database.close();
});
