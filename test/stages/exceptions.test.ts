/** Cases follow causes: they open, add their dollars up, close with the last cause and open again (DOMAIN.md 8). */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { replaceCauses, type Cause } from '../../src/db/exceptions.ts';
import { withTenant } from '../../src/db/tenant.ts';
import { exceptionStage } from '../../src/monitor/exceptions.ts';
import { DUE_DAYS, SEVERITY } from '../../src/monitor/severity.ts';
import { EXCEPTION_CODES } from '../../src/model/verdict.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { World } from './decide-world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const plan = (source: string, dollars: string | null = null): Cause => ({
  code: 'PLAN_UNKNOWN',
  subject: '610000||',
  source,
  detail: 'No plan.',
  dollars,
});
const raise = (w: World, sources: string[], causes: Cause[]): Promise<void> =>
  withTenant(database.ingest, w.tenant.id, (tx) => replaceCauses(tx, w.tenant.id, sources, causes));
const cases = (w: World): Promise<unknown[]> =>
  w.query(
    'select code, subject, state, severity, dollars, opened_at, closed_at, due_at from exception_case where tenant_id = $1',
  );

test('a case lives exactly as long as its causes', async () => {
  const w = await new World(database.ingest, 'cases').setUp();
  await raise(w, ['dispense:1', 'dispense:2'], [plan('dispense:1', '10.00'), plan('dispense:2', '2.50')]);
  await w.settle([exceptionStage]);
  const opened = {
    code: 'PLAN_UNKNOWN',
    subject: '610000||',
    state: 'OPEN',
    severity: 'MEDIUM',
    opened_at: '2026-03-12T12:00:00.000Z',
    due_at: '2026-03-19T12:00:00.000Z',
    closed_at: null,
  };
  expect(await cases(w)).toEqual([{ ...opened, dollars: '12.50' }]);

  w.now = '2026-03-13T12:00:00.000Z';
  await raise(w, ['dispense:1'], []);
  await w.settle([exceptionStage]);
  expect(await cases(w)).toEqual([{ ...opened, dollars: '2.50' }]);

  await raise(w, ['dispense:2'], []);
  await w.settle([exceptionStage]);
  expect(await cases(w)).toEqual([
    { ...opened, state: 'RESOLVED', dollars: null, closed_at: '2026-03-13T12:00:00.000Z' },
  ]);

  w.now = '2026-03-20T12:00:00.000Z';
  await raise(w, ['dispense:3'], [plan('dispense:3')]);
  await w.settle([exceptionStage]);
  expect(await cases(w)).toEqual([
    { ...opened, dollars: null, opened_at: '2026-03-20T12:00:00.000Z', due_at: '2026-03-27T12:00:00.000Z' },
  ]);
});

test('the same causes again touch nothing; causes of other sources stay', async () => {
  const w = await new World(database.ingest, 'quiet').setUp();
  await raise(w, ['dispense:1', 'dispense:2'], [plan('dispense:1'), plan('dispense:2')]);
  await w.settle([exceptionStage]);
  await raise(w, ['dispense:1'], [plan('dispense:1')]);
  expect(await w.query('select code from exception_work where tenant_id = $1')).toEqual([]);
  expect(await w.query('select source from exception_cause where tenant_id = $1 order by source')).toHaveLength(2);
});

test('every code has a severity and a due date', () => {
  for (const code of EXCEPTION_CODES) expect(DUE_DAYS[SEVERITY[code]]).toBeGreaterThan(0);
});
