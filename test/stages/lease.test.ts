/** Leases: one holder at a time by the database's clock, a token that only grows, and a holder that knows when it lost. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { expireLeases, type Lease, LeaseLost, leaseHolder, takeLease } from '../../src/db/lease.ts';
import { newId } from '../../src/db/ids.ts';
import { type TestDatabase, testDatabase, waitFor } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const take = (name: string, owner: string, leaseMs = 60_000, renews = false): Promise<Lease | null> =>
  takeLease(database.ingest, name, { owner, leaseMs, renews });
const expire = (name: string): Promise<unknown> =>
  database.owner.query(`update lease set expires_at = '-infinity' where name = $1`, [name]);

test('of many takers one gets it, and the next gets a higher token', async () => {
  const name = newId();
  const takers = await Promise.all(Array.from({ length: 8 }, (_, at) => take(name, `hub ${at}`)));
  const held = takers.filter((lease) => lease !== null);
  expect(held).toHaveLength(1);
  expect(await leaseHolder(database.ingest, name)).toMatch(/^hub \d$/);
  await held[0]?.release();
  expect(await leaseHolder(database.ingest, name)).toBeNull();
  const tokens = [Number(held[0]?.token)];
  for (let turn = 0; turn < 12; turn += 1) {
    const lease = await take(name, 'next');
    tokens.push(Number(lease?.token));
    await lease?.release();
  }
  expect(tokens).toEqual([...tokens].sort((a, b) => a - b));
  expect(new Set(tokens).size).toBe(tokens.length);
});

test('whoever was replaced cannot renew, knows that it lost, and cannot end the lease of its successor', async () => {
  const name = newId();
  const first = (await take(name, 'first'))!;
  await expire(name);
  const second = (await take(name, 'second'))!;
  expect(await first.renew()).toBe(false);
  expect(first.held()).toBe(false);
  expect(() => first.check()).toThrow(LeaseLost);
  await first.release();
  expect(await leaseHolder(database.ingest, name)).toBe('second');
  expect(await second.renew()).toBe(true);
});

test('a holder that hears nothing stops believing before the database does', async () => {
  const name = newId();
  const lease = (await take(name, 'deaf', 1_500))!;
  expect(lease.held()).toBe(true);
  await waitFor('it no longer believes', () => !lease.held());
  expect(await leaseHolder(database.ingest, name)).toBe('deaf');
});

test('renewed by itself it outlives its time; released it is not brought back by a renewal on its way', async () => {
  const name = newId();
  const lease = (await take(name, 'steady', 900, true))!;
  await sleep(1_800);
  expect(await leaseHolder(database.ingest, name)).toBe('steady');
  const renewal = lease.renew();
  await lease.release();
  await renewal;
  expect(await leaseHolder(database.ingest, name)).toBeNull();
  expect(await lease.renew()).toBe(false);
});

test('a hub that is alone frees them all', async () => {
  const names = [newId(), newId()];
  for (const name of names) await take(name, 'dead');
  await expireLeases(database.ingest);
  for (const name of names) expect(await take(name, 'new')).not.toBeNull();
});
