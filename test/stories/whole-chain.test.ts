/**
 * A small world through the whole pipeline on real PostgreSQL: what the world meant to happen happened, every rule failed and
 * every exception code opened somewhere, the laws hold, and neither order nor repetition of processing changes the state.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withTenant } from '../../src/db/tenant.ts';
import type { Tenant } from '../../src/db/stage.ts';
import { EXCEPTION_CODES, RULE_CODES } from '../../src/model/verdict.ts';
import { buildWorld } from '../../src/simulate/world/build.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { seededRandom } from '../support/seeded-random.ts';
import {
  contextsOf,
  forgetDerived,
  linesOf,
  processPermuted,
  settle,
  stateOf,
  storeFacts,
} from '../support/small-hub.ts';
import { configurationOf, deliveriesOf } from '../support/world.ts';
import { verdictRows } from '../support/verdicts.ts';

const TODAY = '2026-03-31';
const NOW = new Date(`${TODAY}T18:00:00Z`);
const RECEIVED = new Date(`${TODAY}T06:00:00Z`);
const world = buildWorld({ seed: 'whole-chain', today: TODAY, scale: 0.02 });
const SEEDS = (process.env['HUB_TEST_SEEDS'] ?? '1,2,3').split(',').map(Number);
let database: TestDatabase;
let tenants: Tenant[];
let digest: string;
let lines: Set<string>;

const query = <Row>(tenant: Tenant, text: string): Promise<readonly Row[]> =>
  withTenant(database.ingest, tenant.id, (tx) => tx.query<Row>(text, [tenant.id]));

beforeAll(async () => {
  database = await testDatabase();
  tenants = await storeFacts(database.ingest, configurationOf(world), deliveriesOf(world), RECEIVED);
  await settle(contextsOf(database.ingest, tenants, NOW));
  digest = (await stateOf(database.ingest, tenants)).digest;
  lines = await linesOf(database.ingest, tenants);
});
afterAll(() => database.close());

describe('what the world meant to happen', () => {
  for (const { name, expected } of world.tenants) {
    test(`${name}: every dispense ended as it was told`, async () => {
      const tenant = tenants.find((one) => one.name === name);
      const rows = await query<{ outcome: string; count: number }>(
        tenant!,
        `select case state when 'OPEN' then status when 'REVERSED' then 'REVERSED' else 'NEVER_OPENED' end as outcome, count(*)::int as count
         from dispense where tenant_id = $1 group by 1`,
      );
      const found = Object.fromEntries(rows.map((row) => [row.outcome, row.count]));
      for (const outcome of ['ELIGIBLE', 'PENDING', 'HELD', 'INELIGIBLE', 'REVERSED'] as const)
        expect([outcome, found[outcome] ?? 0]).toEqual([outcome, expected.outcomes[outcome]]);
    });
  }

  test('every rule fails and every exception code opens somewhere', async () => {
    const failed = new Set<string>();
    const opened = new Set<string>();
    for (const tenant of tenants) {
      const rules = await query<{ rule: string }>(
        tenant,
        `select distinct v.rule from determination d, ${verdictRows('d')} where d.tenant_id = $1 and v.answer = 'FAIL'`,
      );
      for (const { rule } of rules) failed.add(rule);
      const codes = await query<{ code: string }>(
        tenant,
        `select distinct code from exception_case where tenant_id = $1`,
      );
      for (const { code } of codes) opened.add(code);
    }
    expect(RULE_CODES.filter((rule) => !failed.has(rule))).toEqual([]);
    expect(EXCEPTION_CODES.filter((code) => !opened.has(code))).toEqual([]);
  });

  test('a bad frame, a bad claim line and a cut invoice are kept, named by field and position, and cost nothing beside them', async () => {
    const mercy = tenants.find((one) => one.name === 'mercy')!;
    const errors = await query<{ feed: string; position: string; field: string; raw: boolean }>(
      mercy,
      `select e.feed, e.position, e.field, exists (select 1 from raw_message m where m.tenant_id = $1 and m.id = e.raw_id) as raw from record_error e where e.tenant_id = $1`,
    );
    expect(errors.every((error) => error.raw && error.position !== '' && error.field !== '')).toBe(true);
    const feeds = errors.map((error) => error.feed);
    expect(feeds).toContain('mercy-adt');
    expect(feeds).toContain('mercy-invoices');
    expect(feeds.some((feed) => feed.endsWith('-claims'))).toBe(true);
    const [beside] = await query<{ accepted: number }>(
      mercy,
      `select sum(s.accepted)::int as accepted from raw_state s where s.tenant_id = $1 and exists (select 1 from record_error e where e.tenant_id = $1 and e.raw_id = s.raw_id)`,
    );
    expect(beside?.accepted).toBeGreaterThan(0);
  });
});

test('the laws hold', async () => {
  expect((await stateOf(database.ingest, tenants)).breaches).toEqual([]);
});

test.each(SEEDS)('processing in another order (seed %i) gives the identical digest', async (seed) => {
  await forgetDerived(database.owner);
  await processPermuted(contextsOf(database.ingest, tenants, NOW), seededRandom(seed));
  const state = await stateOf(database.ingest, tenants);
  expect(state.breaches).toEqual([]);
  const now = await linesOf(database.ingest, tenants);
  expect({
    lost: [...lines].filter((line) => !now.has(line)),
    new: [...now].filter((line) => !lines.has(line)),
  }).toEqual({ lost: [], new: [] });
  expect(state.digest).toBe(digest);
});

test('the digest notices a hand in any derived table', async () => {
  const hands = [
    `update hub.encounter set class = 'IMP' where visit_number = (select min(visit_number) from hub.encounter)`,
    `update hub.determination set reason = 'DRUG_COVERED' where id = (select min(id::text)::uuid from hub.determination where current)`,
    `update hub.accumulator_balance set available = available + 1 where id = (select min(id::text)::uuid from hub.accumulator_balance)`,
    `delete from hub.allocation where id = (select min(id::text)::uuid from hub.allocation where superseded_at is null)`,
    `update hub.patient set family_name = 'SOMEBODY' where key = (select min(key) from hub.patient)`,
  ];
  for (const hand of hands) {
    const before = (await stateOf(database.ingest, tenants)).digest;
    await database.owner.query(hand);
    expect((await stateOf(database.ingest, tenants)).digest).not.toBe(before);
  }
});
