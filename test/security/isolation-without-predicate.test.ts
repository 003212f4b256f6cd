/** The same attacks with the tenant predicate taken out of every statement: row-level security alone, then nothing. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Siege } from './isolation-probes.ts';

let siege: Siege;
beforeAll(async () => {
  // The switch is read when src/db/sabotage.ts loads.
  process.env['HUB_SABOTAGE'] = 'no-tenant-filter';
  const { layOut } = await import('./isolation-probes.ts');
  siege = await layOut();
});
afterAll(() => siege.database.close());

test('row-level security alone keeps tenants apart', async () => {
  expect((await siege.run()).leaks).toEqual([]);
});

test('without both the probes report leaks by list, edge, id and filter: the test can fail', async () => {
  await siege.dropRowSecurity();
  const { probes, leaks } = await siege.run();
  expect(leaks.length).toBeGreaterThan(probes / 2);
  for (const kind of ['{ dispenses(first: 50)', 'pharmacy {', '{ dispense(id:', 'filter: { patient']) {
    expect(leaks.some((probe) => probe.includes(kind))).toBe(true);
  }
});
