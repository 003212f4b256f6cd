/** Loading of `.sql` files, and the sabotage switch that takes the tenant predicate away. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { refuseSabotage, withoutTenantFilter } from '../../src/db/sabotage.ts';
import { statement, statements, stripComments } from '../../src/db/statement.ts';
import { tenantId, tenantPredicate } from '../../src/db/tenant.ts';

test('a statement is named by its folder and file, sent without comments, and registered', () => {
  const folder = mkdtempSync(join(tmpdir(), 'statement-'));
  writeFileSync(join(folder, 'count-them.sql'), '-- What.\n-- Served by x.\nselect 1 -- one\nfrom t;\n');
  const loaded = statement(pathToFileURL(join(folder, 'module.ts')).href, 'count-them.sql');
  rmSync(folder, { recursive: true });
  expect(loaded.name).toMatch(/^statement-.+\/count-them$/);
  expect(loaded.text).toBe('select 1\nfrom t');
  expect(loaded.source).toContain('-- What.');
  expect(statements()).toContain(loaded);
  expect(statement(pathToFileURL(join(folder, 'module.ts')).href, 'count-them.sql')).toBe(loaded);
});

test('text in quotes is no comment', () => {
  const source = `select '-- not', "a--b", $$ -- body $$, $x$ /* kept */ $x$ /* gone
  */ , '/* kept */' -- gone`;
  expect(stripComments(source)).toBe(`select '-- not', "a--b", $$ -- body $$, $x$ /* kept */ $x$   , '/* kept */'`);
});

test('sabotage takes away the tenant predicate and nothing else', () => {
  const text = `select 1 from a join b on b.tenant_id = $1::uuid and b.id = a.tenant_id_text
    where a.tenant_id = $1 and tenant_id = $1::uuid and c.tenant_id = $10 and d.tenant_id = e.tenant_id`;
  expect(withoutTenantFilter(text, false)).toBe(text);
  expect(withoutTenantFilter(text, true))
    .toBe(`select 1 from a join b on $1::uuid is not null and b.id = a.tenant_id_text
    where $1::uuid is not null and $1::uuid is not null and c.tenant_id = $10 and d.tenant_id = e.tenant_id`);
  expect(tenantPredicate('d')).toBe('d.tenant_id = $1::uuid');
});

test('sabotage is refused outside tests', () => {
  expect(() => refuseSabotage({ HUB_SABOTAGE: 'no-tenant-filter' })).toThrow('Unset HUB_SABOTAGE');
  expect(() => refuseSabotage({ HUB_SABOTAGE: 'no-tenant-filter', NODE_ENV: 'production' })).toThrow(
    'Unset HUB_SABOTAGE',
  );
  expect(() => refuseSabotage({ HUB_SABOTAGE: 'no-tenant-filter', NODE_ENV: 'test' })).not.toThrow();
  expect(() => refuseSabotage({})).not.toThrow();
});

test('a tenant id is a lower-case UUID, and a refusal does not repeat the text', () => {
  expect(tenantId('0190f6a8-7b1c-7def-8123-456789abcdef')).toBe('0190f6a8-7b1c-7def-8123-456789abcdef');
  for (const text of ['', 'x', '0190F6A8-7b1c-7def-8123-456789abcdef', `0190f6a8-7b1c-7def-8123-456789abcdef' or true`])
    expect(() => tenantId(text)).toThrow(/^a tenant id is a UUID in lower case$/);
});
