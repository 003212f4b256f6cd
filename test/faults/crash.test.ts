/**
 * The crash proof at a tiny size: hubs killed at three places lose and double nothing, and the two sabotaged builds are found
 * out by the same driver and checker. The long runs: `npm run proof -- crash`, `npm run proof -- crash-sabotage`.
 */
import { beforeAll, expect, test } from '@jest/globals';
import { INTAKE_POINTS, readFaults } from '../../src/db/fault.ts';
import { refuseSabotage } from '../../src/db/sabotage.ts';
import { isClean, runCrash, type CrashOptions, type CrashResult } from '../proofs/crash-run.ts';
import { OF_REPAIRS, planFaults } from '../proofs/crash-plan.ts';

const TINY = { seed: 7, databaseKills: 0, terminations: 0, messages: 300 } as const;
const RUNS: Record<string, CrashOptions> = {
  sound: { ...TINY, kills: 3, stalls: 1, points: ['before-store', 'stored-before-ack', 'normalize-in-transaction'] },
  repairs: { ...TINY, kills: 4, points: [...OF_REPAIRS] },
  // The kill at a place may come before an early answer is heard; while nothing can be stored, an early answer is always a loss.
  'ack-first': { ...TINY, kills: 1, stalls: 1, points: ['before-store'], sabotage: 'ack-first', chain: false },
  // Resends need no kill: every two hundredth message is sent again after it was acknowledged.
  'no-dedupe': { ...TINY, kills: 0, sabotage: 'no-dedupe', chain: false },
};
const results: Record<string, CrashResult> = {};

beforeAll(async () => {
  // Each waits for processes to start most of the time: together they take as long as the longest.
  await Promise.all(Object.entries(RUNS).map(async ([name, options]) => (results[name] = await runCrash(options))));
}, 150_000);

test('killed at three places, the hub loses and doubles nothing, keeps the laws and is rebuilt the same', () => {
  const { lines, history, problems, acked } = results['sound']!;
  expect(problems).toEqual([]);
  expect(history).toMatchObject({ lost: [], doubled: [], altered: [], invented: [] });
  expect(lines.map(({ injected }) => injected)).toEqual([true, true, true, true]);
  expect(acked).toBeGreaterThanOrEqual(TINY.messages);
  expect(isClean(results['sound']!)).toBe(true);
});

test('killed while messages are edited and replayed, it keeps every edit once and is rebuilt the same', () => {
  const { lines, history, problems } = results['repairs']!;
  expect(problems).toEqual([]);
  expect(history).toMatchObject({ lost: [], doubled: [], altered: [], invented: [] });
  expect(lines.map(({ fault, injected }) => [fault.split(':')[0], injected])).toEqual(
    [...OF_REPAIRS].map((point) => [point, true]),
  );
});

test('a hub that answers before it stores is found out by what it loses', () => {
  const { history } = results['ack-first']!;
  expect(history.lost.length).toBeGreaterThanOrEqual(10);
  expect(isClean(results['ack-first']!)).toBe(false);
});

test('a hub that stores resends again is found out by what it doubles', () => {
  const { history } = results['no-dedupe']!;
  expect(history.doubled.length).toBeGreaterThan(0);
  expect(isClean(results['no-dedupe']!)).toBe(false);
});

test('faults and their sabotage are refused outside fault runs', () => {
  expect(() => readFaults({ FAULT: 'before-store:1' })).toThrow('Unset FAULT');
  expect(() => readFaults({ FAULT: 'nowhere:1', HUB_FAULTS: '1' })).toThrow('Points: frame-read');
  expect(() => readFaults({ FAULT: 'before-store:0', HUB_FAULTS: '1' })).toThrow('<point>:<passage>');
  expect([...readFaults({ FAULT: 'before-store:3, after-ack:1', HUB_FAULTS: '1' })]).toEqual([
    ['before-store', 3],
    ['after-ack', 1],
  ]);
  expect(() => refuseSabotage({ HUB_SABOTAGE: 'ack-first' })).toThrow('Unset HUB_SABOTAGE');
  expect(() => refuseSabotage({ HUB_SABOTAGE: 'no-tenant-filter', HUB_FAULTS: '1' })).toThrow('Unset HUB_SABOTAGE');
  expect(() => refuseSabotage({ HUB_SABOTAGE: 'no-dedupe', HUB_FAULTS: '1' })).not.toThrow();
});

test('a plan has all the faults asked for, at every place, and follows from its seed', () => {
  const counts = { kills: 100, databaseKills: 10, terminations: 50 };
  const plan = planFaults(counts, 3);
  expect(plan).toEqual(planFaults(counts, 3));
  expect(plan.filter((one) => 'passage' in one)).toHaveLength(100);
  expect(plan.filter(({ fault }) => fault === 'database-killed')).toHaveLength(10);
  expect(plan.filter(({ fault }) => fault === 'backend-terminated')).toHaveLength(50);
  expect(new Set(plan.map(({ fault }) => fault)).size).toBe(INTAKE_POINTS.length + 2);
});
