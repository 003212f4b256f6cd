/** The demonstration world through the whole pipeline: every dispense ends as its story says, every code and rule really occurs. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { FORMATS } from '../../adapters/index.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import type { Tenant } from '../../src/db/stage.ts';
import { EXCEPTION_CODES, RULE_CODES } from '../../src/model/verdict.ts';
import { DEFAULT_PORTS, sftpPasswords, writeDemoConfiguration } from '../../src/simulate/demo-files.ts';
import { buildWorld, type World } from '../../src/simulate/world/build.ts';
import type { SimDispense } from '../../src/simulate/world/events.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { fhirPages } from '../support/fhir-pages.ts';
import { contextsOf, settle, stateOf, storeFacts, type FeedDelivery } from '../support/small-hub.ts';
import { verdictRows } from '../support/verdicts.ts';

const SCALE = Number(process.env['WORLD_SCALE'] ?? '0.03');
const TODAY = '2026-11-22';
const NOW = new Date(`${TODAY}T18:00:00Z`);

let database: TestDatabase;
let tenants: Tenant[];
const world: World = buildWorld({ seed: 'throughline', today: TODAY, scale: SCALE });

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function deliveries(): FeedDelivery[] {
  const files = [
    ...world.reference,
    ...world.tenants.flatMap(({ master, claims, invoices }) => [...master, ...claims, ...invoices]),
  ].map(({ feed, name, bytes }) => ({ feed, name, bytes, controlId: hash(bytes) }));
  const messages: { delivery: FeedDelivery; place: number }[] = world.tenants.flatMap(({ tenant, messages: all }) =>
    all.map(({ controlId, text }, index) => {
      const bytes = new TextEncoder().encode(text);
      const delivery = {
        feed: tenant.ehrFeed,
        name: 'mllp',
        bytes,
        controlId: controlId === '' ? hash(bytes) : controlId,
      };
      return { delivery, place: index / all.length };
    }),
  );
  for (const { tenant, resources } of world.tenants)
    messages.push(
      ...fhirPages(tenant.fhirFeed ?? '', resources).map((delivery, index, all) => ({
        delivery,
        place: index / all.length,
      })),
    );
  // All EHRs deliver until the end: a feed that has been silent for long would make answers provisional.
  const interleaved = messages.sort((a, b) => a.place - b.place).map(({ delivery }) => delivery);
  return [...files, ...interleaved];
}

beforeAll(async () => {
  database = await testDatabase();
  const directory = mkdtempSync(join(tmpdir(), 'world-'));
  sftpPasswords(directory);
  const fingerprint = `SHA256:${Buffer.alloc(32).toString('base64')}`;
  writeDemoConfiguration({ directory, ports: DEFAULT_PORTS, casts: world.tenants, fingerprint });
  const facts = deliveries();
  const start = new Date(NOW.getTime() - (facts.length + 60) * 1000);
  tenants = await storeFacts(database.ingest, loadConfiguration(directory, FORMATS), facts, start);
  await settle(contextsOf(database.ingest, tenants, NOW));
}, 600_000);
afterAll(() => database.close());

const keyOf = (dispense: SimDispense): string =>
  [dispense.pharmacy.ncpdp, dispense.rx, dispense.fill, dispense.dateOfService, dispense.dispensingStatus].join('|');
const tenantId = (name: string): string => tenants.find((tenant) => tenant.name === name)?.id ?? '';

test('every dispense ends as its story says', async () => {
  const surprises: Record<string, number> = {};
  for (const { name, dispenses } of world.tenants) {
    const rows = await database.owner.query<{
      key: string;
      state: string;
      status: string | null;
      reason: string | null;
      entity: string | null;
    }>(
      `select concat_ws('|', ncpdp, rx_number, fill_number, date_of_service, dispensing_status) as key, state, status, reason, entity
         from dispense where tenant_id = $1::uuid`,
      [tenantId(name)],
    );
    const found = new Map(rows.map((row) => [row.key, row]));
    expect(found.size).toBeGreaterThan(dispenses.length * 0.95);
    for (const dispense of dispenses) {
      const row = found.get(keyOf(dispense));
      const opened = row?.state === 'OPEN';
      const outcome = opened ? row.status : row?.state === 'REVERSED' ? 'REVERSED' : 'NEVER_OPENED';
      const entity = outcome === 'ELIGIBLE' && row?.entity !== dispense.entity ? ` for ${row?.entity ?? ''}` : '';
      if (outcome === dispense.outcome && entity === '') continue;
      const what = `${name} ${dispense.story}: expected ${dispense.outcome}, is ${outcome ?? 'nothing'}${entity} (${row?.reason ?? ''})`;
      surprises[what] = (surprises[what] ?? 0) + 1;
    }
  }
  expect(surprises).toEqual({});
});

test('every exception code occurs and every rule fails somewhere', async () => {
  const codes = await database.owner.query<{ code: string }>('select distinct code from exception_case', []);
  expect(EXCEPTION_CODES.filter((code) => !codes.some((row) => row.code === code))).toEqual([]);
  const failed = await database.owner.query<{ rule: string }>(
    `select distinct v.rule from determination t, ${verdictRows('t')} where t.current and v.answer = 'FAIL'`,
    [],
  );
  expect(RULE_CODES.filter((code) => !failed.some((row) => row.rule === code))).toEqual([]);
});

test('visits, claims and invoice lines are all there, and the laws hold', async () => {
  for (const { name, expected } of world.tenants) {
    const count = async (sql: string): Promise<number> => {
      const [row] = await database.owner.query<{ count: string }>(sql, [tenantId(name)]);
      return Number(row?.count);
    };
    expect(await count("select count(*) from encounter where tenant_id = $1::uuid and status <> 'MERGED'")).toBe(
      expected.visits,
    );
  }
  const { breaches } = await stateOf(database.ingest, tenants);
  expect(breaches).toEqual([]);
});

test('most eligible dispenses are repaid in full, from encounter to invoice line', async () => {
  const [row] = await database.owner.query<{ eligible: string; repaid: string }>(
    `select count(*) as eligible,
            count(*) filter (where encounter_id is not null and prescription_id is not null and quantity <=
              (select coalesce(sum(a.quantity), 0) from allocation a where a.tenant_id = d.tenant_id and a.dispense_id = d.id)) as repaid
       from dispense d where status = 'ELIGIBLE'`,
    [],
  );
  expect(Number(row?.repaid) / Number(row?.eligible)).toBeGreaterThan(0.7);
});
