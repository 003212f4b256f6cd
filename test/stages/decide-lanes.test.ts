/** More waits than a batch takes: two lanes share it, and every prescription is decided once. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { decideStage } from '../../src/decide/decide.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { publicData } from './decide-public-data.ts';
import { NPI, PHARMACY, World } from './decide-world.ts';

const PRESCRIPTIONS = 2100;
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await publicData(database.ingest);
});
afterAll(() => database.close());

async function manyClaims(name: string): Promise<World> {
  const w = await new World(database.ingest, name).setUp();
  await w.pharmacy(PHARMACY);
  await w.roster(NPI, '2020-01-01', null);
  await w.plan('610000', 'COMMERCIAL');
  await w.visit(await w.patient(), '2026-03-01');
  await w.claim({ rx_number: '1' });
  await w.query(
    `insert into claim_transaction
     select (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'transaction_key', gen_random_uuid(), 'rx_number', n::text))).*
     from claim_transaction c cross join generate_series(2, ${PRESCRIPTIONS}) as n where c.tenant_id = $1::uuid`,
  );
  await w.query(
    `insert into decision_work (tenant_id, ncpdp, rx_number, cause)
     select c.tenant_id, c.ncpdp, c.rx_number, 'CLAIM' from claim_transaction c where c.tenant_id = $1::uuid`,
  );
  return w;
}

test('two lanes decide everything once', async () => {
  const w = await manyClaims('lanes');
  expect(database.ingest.freeLinks).toBe(4);
  const running = decideStage.run(w.context);
  let fewest = 4;
  const watching = setInterval(() => (fewest = Math.min(fewest, database.ingest.freeLinks)), 1);
  expect(await running).toBe(PRESCRIPTIONS);
  clearInterval(watching);
  expect(fewest).toBe(2);
  expect(await decideStage.run(w.context)).toBe(0);
  expect(
    await w.query(
      `select count(distinct t.dispense_id) as dispenses, count(*) as determinations, count(distinct encode(t.verdicts, 'hex')) as verdicts
       from determination t where t.tenant_id = $1::uuid and t.current and t.winning and t.status = 'ELIGIBLE'`,
    ),
  ).toEqual([{ dispenses: PRESCRIPTIONS, determinations: PRESCRIPTIONS, verdicts: 1 }]);
});

test('a lane that fails leaves the work of its batch, and the stage says so', async () => {
  const w = await manyClaims('failing');
  await database.owner.query(
    `alter table dispense add constraint no_last check (not (rx_number = '${PRESCRIPTIONS}' and tenant_id = '${w.context.tenant.id}'))`,
  );
  await expect(decideStage.run(w.context)).rejects.toThrow('insert-dispenses');
  const [left] = await w.query<{ waiting: number; decided: number }>(
    `select (select count(*) from decision_work w where w.tenant_id = $1::uuid) as waiting,
       (select count(*) from dispense d where d.tenant_id = $1::uuid) as decided`,
  );
  expect((left?.waiting ?? 0) + (left?.decided ?? 0)).toBe(PRESCRIPTIONS);
  expect(left?.waiting).toBeGreaterThan(0);
  await database.owner.query('alter table dispense drop constraint no_last');
  while ((await decideStage.run(w.context)) > 0);
  expect(await w.query('select count(*) as decided from dispense where tenant_id = $1::uuid')).toEqual([
    { decided: PRESCRIPTIONS },
  ]);
});
