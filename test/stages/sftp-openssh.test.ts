/** What is asked of OpenSSH's own server beside the contract of all places: host keys, and files that go out. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { probeHostKey } from '../../adapters/transports/sftp/probe.ts';
import { startSftp } from '../../adapters/transports/sftp/index.ts';
import { openSftpTarget } from '../../adapters/transports/sftp/target.ts';
import type { PollReport } from '../../adapters/pickup/source.ts';
import { newId } from '../../src/db/ids.ts';
import { tenantId, withTenant } from '../../src/db/tenant.ts';
import { listFiles, queueFile } from '../../src/outbound/queue.ts';
import { deliverNow } from '../../src/outbound/sender.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { type OpenSsh, startOpenSsh } from '../support/openssh.ts';
import { openProxy } from '../support/proxy.ts';
import { waitFor } from '../support/wait-for.ts';

let ssh: OpenSsh | null;
let database: TestDatabase;
beforeAll(async () => {
  ssh = await startOpenSsh();
  database = await testDatabase();
});
afterAll(async () => {
  await ssh?.stop();
  await database.close();
});
const log = (): void => undefined;

test('to a host whose key is unknown or has changed no credential is sent', async () => {
  if (ssh === null) return;
  const { access, directory, fingerprint } = ssh;
  const out = join(directory, 'out');
  mkdirSync(out);
  writeFileSync(join(out, 'claims.txt'), 'one\n');
  const { hostKeySha256: _pin, ...unpinned } = access;
  const start = async (pinned: string | null): Promise<PollReport> => {
    const polls: PollReport[] = [];
    const running = startSftp({
      config: { ...unpinned, path: out, match: '*.txt', pollSeconds: 0.05, after: 'archive' },
      pinned: () => Promise.resolve(pinned),
      deliver: async () => ({ rawId: '', duplicate: false, sha256: '0'.repeat(64) }),
      log,
      onPoll: (report) => polls.push(report),
    });
    await waitFor('three polls', () => polls.length >= 3);
    await running.stop();
    return polls[0]!;
  };
  expect((await start(null)).failure).toContain('hub feed trust');
  expect((await start(`SHA256:${'A'.repeat(43)}`)).failure).toContain(fingerprint);
  expect(await probeHostKey(access, 5_000)).toEqual({ fingerprint, type: 'ssh-ed25519' });
  expect(ssh.attempts()).toBe(0);
  expect((await start(fingerprint)).failure).toBeNull();
  const before = ssh.attempts();
  expect(before).toBeGreaterThan(0);

  const changed = await ssh.changeHostKey();
  const { failure } = await start(fingerprint);
  expect(failure).toContain(changed);
  expect(failure).toContain(fingerprint);
  expect(ssh.attempts()).toBe(before);
  ssh.access.hostKeySha256 = changed;
});

test('outbound files arrive once, also when the connection breaks around the rename', async () => {
  if (ssh === null) return;
  const { access, directory } = ssh;
  const folder = join(directory, 'in');
  mkdirSync(folder);
  const proxy = await openProxy(`ssh://127.0.0.1:${access.port}`);
  const port = Number(new URL(proxy.url).port);
  const tenant = tenantId(newId());
  const cuts = new Map<string, 'before' | 'after'>([
    ['PO-2.x12', 'before'],
    ['PO-3.x12', 'after'],
  ]);
  const open = async () => {
    const target = await openSftpTarget({
      access: { ...access, port },
      folder,
      pinned: () => Promise.resolve(access.hostKeySha256),
      log,
    });
    return {
      ...target,
      rename: async (from: string, to: string): Promise<void> => {
        const cut = cuts.get(to);
        cuts.delete(to);
        if (cut === 'before') proxy.reset();
        await target.rename(from, to);
        // The answer is lost: for the sender it is not known to have happened.
        if (cut === 'after') {
          proxy.reset();
          throw new Error('connection lost');
        }
      },
    };
  };
  const names = ['PO-1.x12', 'PO-2.x12', 'PO-3.x12', 'PO-4.x12'];
  for (const name of names)
    await withTenant(database.ingest, tenant, (tx) =>
      queueFile(tx, { feed: 'orders', name, bytes: Buffer.from(name.repeat(50_000)), by: 'test', now: new Date() }),
    );
  for (let pass = 0; pass < 4; pass += 1)
    await deliverNow({ db: database.ingest, tenant, feed: 'orders', open, clock: () => new Date(), log });
  const files = await withTenant(database.ingest, tenant, (tx) => listFiles(tx, 'orders'));
  expect(files.map(({ state }) => state)).toEqual(['SENT', 'SENT', 'SENT', 'SENT']);
  expect(readdirSync(folder).sort()).toEqual(names);
  // OpenSSH too refuses to rename onto a file that is there.
  writeFileSync(join(folder, 'taken'), 'x');
  const target = await open();
  await expect(target.rename('PO-1.x12', 'taken')).rejects.toThrow();
  await target.close();
  await proxy.close();
});
