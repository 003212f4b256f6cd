/**
 * The process is killed with SIGKILL at every place that an outbound file passes, then started again: the file is at the
 * partner exactly once, or, where only the partner can know, uncertain until a person decides.
 */
import { unlinkSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { OUTBOUND_POINTS } from '../../src/db/fault.ts';
import { type TenantId, withTenant } from '../../src/db/tenant.ts';
import { queueFile } from '../../src/outbound/queue.ts';
import { deliverNow } from '../../src/outbound/sender.ts';
import { outboundPlace } from '../../src/places.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { HubPlace } from '../support/hub-place.ts';
import { type Partner, startPartner } from '../support/sftp-partner.ts';

let database: TestDatabase;
let partner: Partner;
let place: HubPlace;
let renames = 0;
let tenant: TenantId;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  renames = 0;
  partner = await startPartner({ onRename: (when) => void (when === 'after' && (renames += 1)) });
  place = new HubPlace(database);
  place.feed('orders', { sftp: { ...partner.access, path: '/out', outboundPath: '/in' } });
  tenant = (await place.apply()).find(({ name }) => name === 'mercy')!.id;
});
afterEach(async () => {
  place.remove();
  await partner.server.stop();
});

/** A command that must not block this process: the partner's server lives in it. */
async function hub(args: string[], environment: NodeJS.ProcessEnv = {}) {
  return place.start(['feed', 'outbound', ...args], environment).ended;
}
async function stateOf(name: string): Promise<string | undefined> {
  const rows = await database.owner.query<{ state: string }>('select state from outbound_file where name = $1', [name]);
  return rows[0]?.state;
}
async function killedAt(point: string, name: string): Promise<void> {
  const bytes = Buffer.from(`order of ${name}`);
  await withTenant(database.ingest, tenant, (tx) =>
    queueFile(tx, { feed: 'orders', name, bytes, by: 'test', now: new Date() }),
  );
  const killed = await hub(['deliver', 'orders'], { FAULT: `${point}:1`, HUB_FAULTS: '1' });
  expect(killed.signal).toBe('SIGKILL');
  // What a successor waits for is not what is tested here.
  await database.owner.query(`update lease set expires_at = '-infinity'`);
}
async function deliverTwice(): Promise<void> {
  const about = { db: database.ingest, tenant, directory: place.folder, log: () => undefined };
  const open = outboundPlace(place.configuration().feeds[0]!, about)!;
  for (let pass = 0; pass < 2; pass += 1) await deliverNow({ ...about, feed: 'orders', open, clock: () => new Date() });
}

test.each(OUTBOUND_POINTS)('killed at %s: sent exactly once', async (point) => {
  const name = `${point}.x12`;
  await killedAt(point, name);
  await deliverTwice();
  expect(await stateOf(name)).toBe('SENT');
  expect(partner.names('in')).toEqual([name]);
  expect(partner.content('in', name)).toBe(`order of ${name}`);
  expect(renames).toBe(1);
});

test('killed after the rename, and the partner took the file: a person decides, and it is not sent twice', async () => {
  await killedAt('outbound-renamed', 'taken.x12');
  unlinkSync(partner.path('in', 'taken.x12'));
  await deliverTwice();
  expect(await stateOf('taken.x12')).toBe('UNCERTAIN');
  const listed = await hub(['list', 'orders', '--json']);
  expect(listed.status).toBe(2);
  const { id } = JSON.parse(listed.stdout.split('\n').find((line) => line.includes('taken.x12'))!) as { id: string };
  const resolved = await hub(['resolve', 'orders', id, '--as', 'sent', '--by', 'ann', '--reason', 'they confirmed']);
  expect(resolved).toMatchObject({ status: 0, stdout: expect.stringContaining('as decided by ann') });
  await deliverTwice();
  expect(await stateOf('taken.x12')).toBe('SENT');
  expect(renames).toBe(1);
  expect((await hub(['resolve', 'orders', id, '--as', 'send-again'])).status).toBe(64);
});
