/** Outbound files: at the partner exactly once, or uncertain until its folder or a person tells; never sent again on a guess. */
import { mkdtempSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { FileTarget } from '../../adapters/pickup/target.ts';
import { openFolderTarget } from '../../adapters/transports/folder/target.ts';
import { openSftpTarget } from '../../adapters/transports/sftp/target.ts';
import { type Lease, LeaseLost, takeLease } from '../../src/db/lease.ts';
import { newId } from '../../src/db/ids.ts';
import { tenantId, withTenant } from '../../src/db/tenant.ts';
import { decideFile, type Fate, listFiles, OutboundRefused, queueFile, releaseFile } from '../../src/outbound/queue.ts';
import { sendPass } from '../../src/outbound/send.ts';
import { deliverNow, outboundLease, startSender } from '../../src/outbound/sender.ts';
import type { SftpFaults } from '../../src/simulate/sftp-session.ts';
import { type TestDatabase, testDatabase, waitFor } from '../support/database.ts';
import { type Partner, startPartner } from '../support/sftp-partner.ts';

const FEED = 'orders';
const NOW = new Date('2026-03-04T12:00:00Z');
const clock = (): Date => NOW;
const log = (): void => undefined;
let database: TestDatabase;
let partner: Partner;
let tenant = tenantId(newId());
const faults: SftpFaults = {};

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  tenant = tenantId(newId());
  for (const key of Object.keys(faults) as (keyof SftpFaults)[]) delete faults[key];
  partner = await startPartner(faults);
});
afterEach(() => partner.server.stop());

const open = (): Promise<FileTarget> => {
  const { hostKeySha256, ...access } = partner.access;
  return openSftpTarget({ access, folder: '/in', pinned: () => Promise.resolve(hostKeySha256), log });
};
const queue = (name: string, text: string, state: 'DRAFT' | 'QUEUED' = 'QUEUED') =>
  withTenant(database.ingest, tenant, (tx) =>
    queueFile(tx, { feed: FEED, name, bytes: Buffer.from(text), state, by: 'test', now: NOW }),
  );
const files = () => withTenant(database.ingest, tenant, (tx) => listFiles(tx, FEED));
const states = async () => (await files()).map(({ name, state }) => `${name} ${state}`);
const decide = (id: string, fate: Fate) =>
  withTenant(database.ingest, tenant, (tx) => decideFile(tx, id, fate, { by: 'ann', reason: 'asked them', now: NOW }));
const deliver = (change: Partial<Parameters<typeof deliverNow>[0]> = {}) =>
  deliverNow({ db: database.ingest, tenant, feed: FEED, open, clock, log, ...change });
const leased = async (): Promise<Lease> => {
  const lease = await takeLease(database.ingest, outboundLease(tenant, FEED), { renews: false });
  if (lease === null) throw new Error('the lease is not free');
  return lease;
};

test('a queued file arrives under its name, once; a draft only after its release', async () => {
  const { id } = await queue('PO-1.x12', 'ISA*1~');
  const draft = await queue('PO-2.x12', 'ISA*2~', 'DRAFT');
  expect(await deliver()).toEqual({ sent: 1, uncertain: 0, failed: 0, postponed: 0, failure: null });
  expect(partner.names('in')).toEqual(['PO-1.x12']);
  expect(partner.content('in', 'PO-1.x12')).toBe('ISA*1~');
  expect(await deliver()).toBeNull();
  expect(await queue('PO-1.x12', 'ISA*1~')).toEqual({ id, made: false });
  await withTenant(database.ingest, tenant, (tx) => releaseFile(tx, draft.id));
  await deliver();
  expect(await states()).toEqual(['PO-2.x12 SENT', 'PO-1.x12 SENT']);
});

test('a name is used once, and must be plain', async () => {
  await queue('PO-1.x12', 'one');
  await expect(queue('PO-1.x12', 'other')).rejects.toThrow(OutboundRefused);
  for (const name of ['../x', 'a/b', '.x', '-rf', 'x\n', 'a..b', 'PO.part', '', 'x'.repeat(151)])
    await expect(queue(name, 'x')).rejects.toThrow('plain file name');
});

test('a connection that breaks before the rename is carried out: the file arrives with the next pass, once', async () => {
  await queue('PO-1.x12', 'order one');
  let cuts = 0;
  faults.onRename = (when) => {
    if (when === 'after' || cuts > 0) return;
    cuts += 1;
    partner.server.disconnectAll();
    throw new Error('cut');
  };
  await deliver();
  expect(await states()).toEqual(['PO-1.x12 UNCERTAIN']);
  expect(partner.names('in')).toHaveLength(1);
  await deliver();
  expect(await states()).toEqual(['PO-1.x12 QUEUED']);
  expect(partner.names('in')).toEqual([]);
  await deliver();
  expect(await states()).toEqual(['PO-1.x12 SENT']);
  expect(partner.names('in')).toEqual(['PO-1.x12']);
  expect(partner.content('in', 'PO-1.x12')).toBe('order one');
});

test('a connection that breaks after the rename: the folder tells that it arrived', async () => {
  await queue('PO-1.x12', 'order one');
  let renames = 0;
  faults.onRename = (when) => {
    if (when === 'before') return;
    renames += 1;
    partner.server.disconnectAll();
  };
  await deliver();
  expect(await states()).toEqual(['PO-1.x12 UNCERTAIN']);
  await deliver();
  expect((await files())[0]).toMatchObject({ state: 'SENT', detail: expect.stringContaining('SHA-256') });
  expect(renames).toBe(1);
  expect(partner.names('in')).toEqual(['PO-1.x12']);
});

test('taken by the partner before anybody could look: a person decides, nothing is sent again before', async () => {
  const { id } = await queue('PO-1.x12', 'order one');
  let renames = 0;
  faults.onRename = (when, path) => {
    if (when === 'before') return;
    renames += 1;
    if (renames > 1) return;
    unlinkSync(path);
    partner.server.disconnectAll();
  };
  for (let pass = 0; pass < 4; pass += 1) await deliver();
  expect((await files())[0]).toMatchObject({
    state: 'UNCERTAIN',
    detail: expect.stringContaining('may have been taken'),
  });
  expect(renames).toBe(1);
  expect(partner.names('in')).toEqual([]);
  await decide(id, 'sent');
  expect(await deliver()).toBeNull();
  expect((await files())[0]).toMatchObject({ state: 'SENT', detail: 'decided by ann: sent (asked them)' });
  const facts = await withTenant(database.ingest, tenant, (tx) =>
    tx.query('select kind, subject, detail, decided_by from feed_decision where tenant_id = $1::uuid', [tenant]),
  );
  expect(facts).toEqual([
    {
      kind: 'OUTBOUND',
      subject: id,
      detail: { fate: 'sent', was: 'UNCERTAIN', name: 'PO-1.x12' },
      decided_by: 'ann',
    },
  ]);
  await expect(decide(id, 'send-again')).rejects.toThrow('is SENT');
  expect(renames).toBe(1);
});

test('another file of that name is never replaced', async () => {
  partner.put('in', 'PO-1.x12', 'somebody else');
  const { id } = await queue('PO-1.x12', 'order one');
  await queue('PO-2.x12', 'order two');
  expect(await deliver()).toMatchObject({ sent: 1, failed: 1 });
  expect(partner.content('in', 'PO-1.x12')).toBe('somebody else');
  expect(partner.names('in')).toEqual(['PO-1.x12', 'PO-2.x12']);
  unlinkSync(partner.path('in', 'PO-1.x12'));
  await decide(id, 'send-again');
  await deliver();
  expect(partner.content('in', 'PO-1.x12')).toBe('order one');
});

test('one that takes the name between the look and the rename: uncertain, and both are left alone', async () => {
  await queue('PO-1.x12', 'order one');
  faults.onRename = (when, path) => {
    if (when === 'before') writeFileSync(path, 'a stranger');
    throw new Error('the name is taken');
  };
  await deliver();
  await deliver();
  expect((await files())[0]).toMatchObject({ state: 'UNCERTAIN', detail: expect.stringContaining('other content') });
  expect(partner.content('in', 'PO-1.x12')).toBe('a stranger');
});

test('a sender that lost its lease stops before the rename, and when it wakes up later its upload is gone', async () => {
  await queue('PO-1.x12', 'order one');
  const asleep = await leased();
  let other: Promise<unknown> = Promise.resolve();
  let wake: () => void = () => undefined;
  const sleeping = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const target = await open();
  // It falls asleep just before the rename, after its last look at the lease.
  const first = sendPass({
    db: database.ingest,
    tenant,
    feed: FEED,
    lease: { token: asleep.token, check: () => undefined },
    clock,
    open: () =>
      Promise.resolve({
        ...target,
        rename: async (from, to) => {
          wake();
          await other;
          await target.rename(from, to);
        },
      }),
  }).catch((error: unknown) => error);
  const gate = Promise.withResolvers<void>();
  other = gate.promise;
  await sleeping;
  await database.owner.query(`update lease set expires_at = '-infinity'`);
  await deliver();
  await deliver();
  expect(await states()).toEqual(['PO-1.x12 SENT']);
  unlinkSync(partner.path('in', 'PO-1.x12'));
  gate.resolve();
  await first;
  expect(partner.names('in')).toEqual([]);
  expect(await states()).toEqual(['PO-1.x12 SENT']);
});

test('a lease that is lost before the rename ends the pass: the intent is not stored and nothing is renamed', async () => {
  await queue('PO-1.x12', 'order one');
  const lease = await leased();
  let looks = 0;
  const pass = sendPass({
    db: database.ingest,
    tenant,
    feed: FEED,
    lease: {
      token: lease.token,
      check: () => {
        looks += 1;
        if (looks > 1) throw new LeaseLost('it');
      },
    },
    open,
    clock,
  });
  await expect(pass).rejects.toThrow(LeaseLost);
  expect(partner.names('in').every((name) => name.endsWith('.part'))).toBe(true);
  await lease.release();
  await deliver();
  await deliver();
  expect(partner.names('in')).toEqual(['PO-1.x12']);
});

test('while another hub delivers, or the feed is paused, nothing is done', async () => {
  await queue('PO-1.x12', 'order one');
  const lease = await leased();
  expect(await deliver()).toBeNull();
  await lease.release();
  await withTenant(database.ingest, tenant, (tx) =>
    tx.query(
      `insert into feed (tenant_id, name, kind, format, transport, source_system, serves, zone, options, paused)
       values ($1::uuid, $2, 'invoices', 'x12', 'sftp', 'x', '{}', 'UTC', '{}', true)`,
      [tenant, FEED],
    ),
  );
  expect(await deliver()).toBeNull();
  expect(partner.names('in')).toEqual([]);

  // Resumed, and paused again while the first of two is on its way.
  const pause = (paused: boolean) =>
    database.owner.query('update feed set paused = $1 where tenant_id = $2', [paused, tenant]);
  await pause(false);
  await queue('PO-2.x12', 'order two');
  let passed: Promise<unknown> = Promise.resolve();
  const slow = async (): Promise<FileTarget> => {
    const target = await open();
    return {
      ...target,
      rename: async (from, to) => {
        await (passed = pause(true));
        await target.rename(from, to);
      },
    };
  };
  expect(await deliver({ open: slow })).toMatchObject({ sent: 1, failure: null });
  await passed;
  expect(await states()).toEqual(['PO-2.x12 QUEUED', 'PO-1.x12 SENT']);
});

test('a server that shows another host key is sent nothing; the files wait', async () => {
  await queue('PO-1.x12', 'order one');
  const { hostKeySha256: _pin, ...access } = partner.access;
  const wrong = () =>
    openSftpTarget({ access, folder: '/in', pinned: () => Promise.resolve(`SHA256:${'A'.repeat(43)}`), log });
  await expect(deliver({ open: wrong })).rejects.toThrow('nothing was sent');
  const none = () => openSftpTarget({ access, folder: '/in', pinned: () => Promise.resolve(null), log });
  await expect(deliver({ open: none })).rejects.toThrow('hub feed trust');
  expect(partner.server.attempts).toEqual([]);
  expect(await states()).toEqual(['PO-1.x12 QUEUED']);
});

test('a folder is delivered to in the same way, and one that is not mounted is not made', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'share-'));
  await queue('PO-1.x12', 'order one');
  await expect(deliver({ open: () => openFolderTarget(join(folder, 'absent')) })).rejects.toThrow('ENOENT');
  await deliver({ open: () => openFolderTarget(folder) });
  expect(readdirSync(folder)).toEqual(['PO-1.x12']);
  rmSync(folder, { recursive: true });
});

test('the sender looks by itself until it is stopped', async () => {
  const sender = startSender({ db: database.ingest, tenant, feed: FEED, open, clock, log, everyMs: 20 });
  try {
    await queue('PO-1.x12', 'order one');
    await waitFor('the first', () => partner.names('in').includes('PO-1.x12'));
    await queue('PO-2.x12', 'order two');
    await waitFor('the second', async () => (await states()).every((state) => state.endsWith('SENT')));
  } finally {
    await sender.stop();
  }
  expect(partner.names('in')).toEqual(['PO-1.x12', 'PO-2.x12']);
});
