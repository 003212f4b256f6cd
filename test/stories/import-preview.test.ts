/** A roster file previewed and then imported: the preview keeps nothing and tells what the import does, to the dispense. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { FORMATS } from '../../adapters/index.ts';
import { inMemory } from '../../adapters/source.ts';
import type { StageContext, Tenant } from '../../src/db/stage.ts';
import { withTenant } from '../../src/db/tenant.ts';
import { markStage } from '../../src/decide/mark.ts';
import { normalizeStage } from '../../src/normalize/normalize.ts';
import { countImportsStage } from '../../src/normalize/versions/count-imports.ts';
import { NotMasterData, previewImport } from '../../src/preview-import.ts';
import { createReceiver } from '../../src/receive/receiver.ts';
import { buildWorld } from '../../src/simulate/world/build.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { contextsOf, settle, stateOf, storeFacts } from '../support/small-hub.ts';
import { configurationOf, deliveriesOf } from '../support/world.ts';

const TODAY = '2026-03-31';
const NOW = new Date(`${TODAY}T18:00:00Z`);
const world = buildWorld({ seed: 'import-preview', today: TODAY, scale: 0.01 });
const ROSTER = 'mercy-roster';
const CLAIMS = 'mercy-rx-claims';
let database: TestDatabase;
let tenants: Tenant[];
let context: StageContext;

beforeAll(async () => {
  database = await testDatabase();
  tenants = await storeFacts(
    database.ingest,
    configurationOf(world),
    deliveriesOf(world),
    new Date(`${TODAY}T06:00:00Z`),
  );
  await settle(contextsOf(database.ingest, tenants, NOW));
  const tenant = tenants.find(({ name }) => name === 'mercy');
  if (tenant === undefined) throw new Error('no tenant mercy');
  context = { db: database.ingest, tenant, tenants, clock: () => NOW, formats: FORMATS };
});
afterAll(() => database.close());

const query = <Row>(text: string, ...params: unknown[]) =>
  withTenant(database.ingest, context.tenant.id, (tx) => tx.query<Row>(text, [context.tenant.id, ...params]));

/** The roster as delivered, without its busiest prescriber. */
async function shortened(): Promise<{ bytes: Uint8Array; npi: string; dispenses: number }> {
  const [busiest] = await query<{ npi: string; dispenses: number }>(
    `select d.prescriber_id as npi, count(*)::int as dispenses from dispense d
     where d.tenant_id = $1::uuid and exists (
       select 1 from prescriber_affiliation a where a.tenant_id = $1::uuid and a.npi = d.prescriber_id and a.known_to is null)
     group by 1 order by 2 desc, 1 limit 1`,
  );
  const file = deliveriesOf(world).findLast(({ feed }) => feed === ROSTER);
  if (busiest === undefined || file === undefined) throw new Error('the world has no roster');
  const lines = new TextDecoder().decode(file.bytes).split('\n');
  const bytes = new TextEncoder().encode(lines.filter((line) => !line.includes(busiest.npi)).join('\n'));
  return { bytes, ...busiest };
}

test('the preview keeps nothing and foretells the import', async () => {
  await query(
    `update feed set options = options || '{"absent": "ended"}' where tenant_id = $1::uuid and name = $2`,
    ROSTER,
  );
  const { bytes, npi, dispenses } = await shortened();
  expect(dispenses).toBeGreaterThan(2);
  const before = await stateOf(database.ingest, tenants);

  const file = { name: 'roster.csv', source: inMemory(bytes) };
  const preview = await previewImport(context, ROSTER, file, 5);
  expect(preview).toMatchObject({ feed: ROSTER, held: null, lines: { rejected: 0 } });
  expect(preview.dispenses).toEqual([{ tenant: 'mercy', dispenses }]);
  const [kind] = preview.kinds;
  expect(kind).toMatchObject({ kind: 'prescriberAffiliation', added: 0, changed: 0 });
  expect(kind?.ended).toBeGreaterThan(0);
  expect(kind?.details.map(({ effect, key, after }) => [effect, key[0], after])).toContainEqual(['ENDED', npi, null]);
  expect((await stateOf(database.ingest, tenants)).digest).toBe(before.digest);
  expect(await query(`select 1 from decision_work where tenant_id = $1::uuid`)).toHaveLength(0);

  const receiver = createReceiver(database.ingest, { clock: () => NOW });
  await receiver.receiveFile(context.tenant.id, ROSTER, {
    name: 'roster.csv',
    content: (async function* content() {
      yield await Promise.resolve(bytes);
    })(),
  });
  for (const stage of [normalizeStage, countImportsStage, markStage]) while ((await stage.run(context)) > 0);
  const applied = await query<Record<string, unknown>>(
    `select d.rows, d.added, d.changed, d.ended, d.unchanged, e.dispenses
     from data_import d join import_effect e on e.tenant_id = $1::uuid and e.raw_id = d.raw_id
     where d.tenant_id = $1::uuid and d.feed = $2 order by d.received_at desc limit 1`,
    ROSTER,
  );
  const { details: _details, kind: _kind, ...counts } = kind!;
  expect(applied).toEqual([{ ...counts, dispenses }]);
  await settle(contextsOf(database.ingest, tenants, NOW));
  expect((await stateOf(database.ingest, tenants)).breaches).toEqual([]);
});

test('a public file is previewed for every tenant', async () => {
  const shared = tenants.find(({ name }) => name === 'public');
  const file = deliveriesOf(world).findLast(({ feed }) => feed === 'opais');
  if (shared === undefined || file === undefined) throw new Error('the world has no register');
  const text = new TextDecoder().decode(file.bytes).replaceAll(/"participating": ?"TRUE"/g, '"participating":"FALSE"');
  const source = inMemory(new TextEncoder().encode(text));
  const preview = await previewImport({ ...context, tenant: shared }, 'opais', { name: 'opais.json', source }, 3);
  const entities = preview.kinds.find(({ kind }) => kind === 'coveredEntity');
  expect(entities?.ended).toBeGreaterThan(2);
  expect(preview.dispenses.map(({ tenant }) => tenant).sort()).toEqual(['lakeside', 'mercy']);
  for (const { dispenses } of preview.dispenses) expect(dispenses).toBeGreaterThan(0);
});

test('a file that is not read says why; a feed of something else is refused', async () => {
  const file = (text: string) => ({ name: 'x', source: inMemory(new TextEncoder().encode(text)) });
  expect((await previewImport(context, ROSTER, file('a,b\n1,2\n'), 5)).held).toMatch(
    /^line 1: column "NPI" is missing/,
  );
  const claims = deliveriesOf(world).find(({ feed }) => feed === CLAIMS);
  const other = { name: 'x', source: inMemory(claims?.bytes ?? new Uint8Array()) };
  await expect(previewImport(context, CLAIMS, other, 5)).rejects.toThrow(NotMasterData);
});

test('invoices are previewed: new numbers, other content of known ones, what is known', async () => {
  const feed = 'mercy-invoices';
  const file = deliveriesOf(world).findLast((one) => one.feed === feed);
  const text = new TextDecoder().decode(file?.bytes);
  const preview = (changed: string) =>
    previewImport(context, feed, { name: 'x', source: inMemory(new TextEncoder().encode(changed)) }, 3);
  const same = await preview(text);
  expect(same.kinds).toMatchObject([{ kind: 'invoice', added: 0, changed: 0, details: [] }]);
  const rows = same.kinds[0]?.rows ?? 0;
  expect(same.kinds[0]?.unchanged).toBe(rows);
  expect(rows).toBeGreaterThan(0);
  const [head = '', date = '', number = ''] = /BIG\*(\d{8})\*([^*~]+)/.exec(text) ?? [];
  const renumbered = await preview(text.replace(head, `${head}X`));
  expect(renumbered.kinds).toMatchObject([{ added: 1, changed: 0, unchanged: rows - 1 }]);
  expect(renumbered.kinds[0]?.details).toMatchObject([{ effect: 'ADDED', before: null }]);
  const redated = await preview(text.replace(head, `BIG*20260101*${number}`));
  expect(redated.kinds).toMatchObject([{ added: 0, changed: 1, unchanged: rows - 1 }]);
  const iso = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
  expect(redated.kinds[0]?.details).toMatchObject([
    { effect: 'CHANGED', before: { invoiceDate: iso }, after: { invoiceDate: '2026-01-01' } },
  ]);
});
