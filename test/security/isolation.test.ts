/** Tenants are kept apart through every root field and edge: with both protections, and by the predicate alone. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { layOut, type Siege } from './isolation-probes.ts';

let siege: Siege;
beforeAll(async () => {
  siege = await layOut();
});
afterAll(() => siege.database.close());

test('as it runs: nothing of another tenant is answered', async () => {
  const { probes, leaks } = await siege.run();
  expect(leaks).toEqual([]);
  expect(probes).toBeGreaterThan(120);
});

test('with row-level security switched off the predicate alone keeps tenants apart', async () => {
  await siege.dropRowSecurity();
  expect((await siege.run()).leaks).toEqual([]);
});
