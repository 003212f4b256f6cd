/** What a determination keeps: the claim that it judged, and rule results that all share. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { withTenant } from '../../src/db/tenant.ts';
import { settleResults } from '../../src/decide/rule-results.ts';
import type { NamedResult } from '../../src/decide/verdict-codec.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { publicData } from './decide-public-data.ts';
import { NPI, PHARMACY, World } from './decide-world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await publicData(database.ingest);
});
afterAll(() => database.close());

test('a claim that replaces another is judged anew, and the superseded answer keeps the claim that it judged', async () => {
  const w = await new World(database.ingest, 'replaced').setUp();
  await w.pharmacy(PHARMACY);
  await w.roster(NPI, '2020-01-01', null);
  await w.plan('610000', 'COMMERCIAL');
  await w.visit(await w.patient(), '2026-03-01');
  await w.claim();
  await w.settle();
  await w.claim({ code: 'B3', adjudicated_at: '2026-03-11T15:00:00Z' });
  await w.settle();
  const claims = await w.query<{ id: string }>(
    'select id from claim_transaction where tenant_id = $1 order by adjudicated_at',
  );
  expect(
    await w.query('select sequence, current, claim_id from determination where tenant_id = $1 order by sequence'),
  ).toEqual([
    { sequence: 1, current: false, claim_id: claims[0]?.id },
    { sequence: 2, current: true, claim_id: null },
  ]);
  expect(await w.query('select claim_id from dispense where tenant_id = $1')).toEqual([{ claim_id: claims[1]?.id }]);
});

test('two workers that state the same rule results at once agree on their numbers', async () => {
  const w = await new World(database.ingest, 'stating').setUp();
  const tenant = w.context.tenant.id;
  const stating = (reasons: string[]) =>
    withTenant(database.ingest, tenant, async (tx) => {
      const results = reasons.map((reason): NamedResult => ({
        rule: 'DRUG_COVERED',
        answer: 'PASS',
        reason,
        evidence: [],
        hex: '',
      }));
      await settleResults(tx, tenant, results);
      return results.map(({ hex }) => hex);
    });
  const [one, two, three] = await Promise.all([
    stating(['a', 'b', 'c']),
    stating(['b', 'c', 'd']),
    stating(['c', 'a']),
  ]);
  expect(two?.slice(0, 2)).toEqual(one?.slice(1));
  expect(three).toEqual([one?.[2], one?.[0]]);
  expect(new Set([...(one ?? []), ...(two ?? [])]).size).toBe(4);
  expect(await w.query('select reason from rule_result where tenant_id = $1')).toHaveLength(4);
});
