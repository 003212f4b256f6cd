/**
 * Golden queries: beside each `.graphql` the answer (`.json`) and the SQL that was sent (`.sql`), so that a change of either
 * shows in review. Made anew with HUB_GOLDEN=write.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { buildReadModel } from '../../schema/index.ts';
import { ROLES } from '../../src/access/classes.ts';
import { makeScope } from '../../src/access/scope.ts';
import { ReadCompiler } from '../../src/read/answer.ts';
import { cursorKey } from '../../src/read/cursor.ts';
import { requestOf } from '../../src/read/request.ts';
import { insertReference, insertTenant, type WorldTenant } from '../support/chain-world.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

const FOLDER = 'test/graphql/golden';
const QUERIES = readdirSync(FOLDER).filter((file) => file.endsWith('.graphql'));
const model = buildReadModel();
let database: TestDatabase;
let tenant: WorldTenant;

beforeAll(async () => {
  database = await testDatabase();
  await insertReference(database.owner);
  tenant = await insertTenant(database.owner, 21);
});
afterAll(() => database.close());

/** One clause a line, so that a difference can be read. */
const readable = (sql: string): string =>
  `${sql.replaceAll(/ (?=left join|from \(select|where |order by t\d)/g, '\n')}\n`;

test.each(QUERIES)('%s', async (file) => {
  const source = readFileSync(`${FOLDER}/${file}`, 'utf8');
  const role = ROLES.find((one) => source.startsWith(`# role: ${one}\n`));
  if (role === undefined) throw new Error(`${file} does not begin with its role`);
  const sent: string[] = [];
  const compiler = new ReadCompiler({
    model,
    db: database.read,
    cursorKey: cursorKey(),
    clock: () => new Date('2026-03-03T20:00:00Z'),
    onStatement: (text) => sent.push(text),
  });
  const answer = await compiler.answer(requestOf(model, parse(source), null, {}), makeScope(tenant.id, 'golden', role));
  const { errors, redactions } = answer;
  const json = `${JSON.stringify({ data: JSON.parse(Buffer.concat(answer.data).toString()), errors, redactions }, null, 2)}\n`;
  const sql = sent.map(readable).join('\n');
  const golden = `${FOLDER}/${file.replace('.graphql', '')}`;
  if (process.env['HUB_GOLDEN'] === 'write') {
    writeFileSync(`${golden}.json`, json);
    writeFileSync(`${golden}.sql`, sql);
  }
  expect(sql).toBe(readFileSync(`${golden}.sql`, 'utf8'));
  // Compared without layout, which the formatter owns; the order of the keys counts.
  const kept: unknown = JSON.parse(readFileSync(`${golden}.json`, 'utf8'));
  expect(JSON.parse(json)).toEqual(kept);
  expect(JSON.stringify(JSON.parse(json))).toBe(JSON.stringify(kept));
});
