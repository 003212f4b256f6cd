/** Several hubs over one database: one polls a feed, another takes over when it is gone, and whoever lost its turn does nothing more. */
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { DeliverFile, Running } from '../../adapters/contract.ts';
import type { PollReport } from '../../adapters/pickup/source.ts';
import { startFolder } from '../../adapters/transports/folder/index.ts';
import { recordDecision } from '../../src/db/feed-decisions.ts';
import { newId } from '../../src/db/ids.ts';
import { LeaseLost } from '../../src/db/lease.ts';
import { type TenantId, tenantId, withTenant } from '../../src/db/tenant.ts';
import { turnsAt } from '../../src/receive/turns.ts';
import { type TestDatabase, testDatabase, waitFor } from '../support/database.ts';
import { receivedFile } from '../support/received-file.ts';

const FEED = 'claims';
let database: TestDatabase;
const running: Running[] = [];
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

const place = (): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'turns-')), 'in');
  mkdirSync(join(path, 'archive'), { recursive: true });
  return path;
};

/** A tenant whose feed is declared. */
async function declared(): Promise<TenantId> {
  const tenant = tenantId(newId());
  await withTenant(database.ingest, tenant, (tx) =>
    tx.query(
      `insert into feed (tenant_id, name, kind, format, transport, source_system, serves, zone, options)
       values ($1::uuid, $2, 'claims', 'claim-extract', 'folder', 'x', '{}', 'UTC', '{}')`,
      [tenant, FEED],
    ),
  );
  return tenant;
}
const pause = (tenant: TenantId, paused: boolean) =>
  withTenant(database.ingest, tenant, (tx) =>
    tx.query('update feed set paused = $2 where tenant_id = $1::uuid', [tenant, paused]),
  );
const expire = () => database.owner.query(`update lease set expires_at = '-infinity'`);

/** A hub's poller at a folder. */
function hub(tenant: TenantId, path: string, change: { pollSeconds?: number; deliver?: DeliverFile } = {}) {
  const names: string[] = [];
  const polls: PollReport[] = [];
  const poller = startFolder({
    config: { path, match: '*.txt', pollSeconds: change.pollSeconds ?? 0.02, after: 'archive' },
    deliver:
      change.deliver ??
      (async (file) => {
        const { name, sha256 } = await receivedFile(file);
        names.push(name);
        return { rawId: 'raw', duplicate: false, sha256 };
      }),
    log: () => undefined,
    onPoll: (report) => polls.push(report),
    turns: turnsAt(database.ingest, tenant, FEED),
  });
  running.push(poller);
  return { names, polls, poller };
}

test('of two hubs one polls; when it stops the other takes over at once', async () => {
  const [tenant, path] = [await declared(), place()];
  const first = hub(tenant, path);
  await waitFor('the first polls', () => first.polls.length > 2);
  const second = hub(tenant, path);
  writeFileSync(join(path, 'a.txt'), 'a');
  await waitFor('it is read', () => first.names.length === 1);
  await waitFor('more polls', () => first.polls.length > 12);
  expect(second.polls).toEqual([]);
  await first.poller.stop();
  writeFileSync(join(path, 'b.txt'), 'b');
  await waitFor('the second reads', () => second.names.length === 1);
  expect(first.names).toEqual(['a.txt']);
  expect(second.names).toEqual(['b.txt']);
});

test('a hub that lost its turn while it stored a file does not touch the file; the one that took over does', async () => {
  const [tenant, path] = [await declared(), place()];
  const gate = Promise.withResolvers<void>();
  let entered = false;
  const asleep = hub(tenant, path, {
    deliver: async (file) => {
      const { sha256 } = await receivedFile(file);
      entered = true;
      await gate.promise;
      return { rawId: 'raw', duplicate: false, sha256 };
    },
  });
  writeFileSync(join(path, 'a.txt'), 'a');
  await waitFor('it is being stored', () => entered);
  await expire();
  const turns = turnsAt(database.ingest, tenant, FEED);
  const turn = await turns.ask();
  expect(turn).not.toBeNull();
  await waitFor('the sleeper hears that it lost', async () => {
    const [row] = await database.owner.query<{ token: string }>('select token from lease where name like $1', [
      `%${tenant}%`,
    ]);
    return row?.token === '2';
  });
  // What the sleeper's own renewal would tell it within seconds.
  await new Promise((resolve) => setTimeout(resolve, 5_500));
  gate.resolve();
  await waitFor('its poll ends', () => asleep.polls.some(({ failure }) => failure?.includes('is lost') === true));
  expect(readdirSync(path).sort()).toEqual(['a.txt', 'archive']);
  expect(readdirSync(join(path, 'archive'))).toEqual([]);
  await turns.end();
});

test('a turn says so when it is over', async () => {
  const tenant = await declared();
  const mine = turnsAt(database.ingest, tenant, FEED);
  const turn = (await mine.ask())!;
  turn.check();
  await expire();
  const theirs = turnsAt(database.ingest, tenant, FEED);
  expect(await theirs.ask()).not.toBeNull();
  expect(await mine.ask()).toBeNull();
  expect(() => turn.check()).toThrow(LeaseLost);
  await theirs.end();
});

test('a paused feed is left alone, also in the middle of a poll; resumed it goes on', async () => {
  const [tenant, path] = [await declared(), place()];
  let stored = 0;
  const deliver: DeliverFile = async (file) => {
    const { sha256 } = await receivedFile(file);
    stored += 1;
    if (stored === 1) await pause(tenant, true);
    return { rawId: 'raw', duplicate: false, sha256 };
  };
  for (const name of ['a', 'b', 'c']) writeFileSync(join(path, `${name}.txt`), name);
  hub(tenant, path, { deliver });
  await waitFor('the first is stored and away', () => readdirSync(join(path, 'archive')).length === 1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(stored).toBe(1);
  await pause(tenant, false);
  await waitFor('the others too', () => readdirSync(join(path, 'archive')).length === 3);
  expect(stored).toBe(3);
});

test('a person asks for a poll: the hub does not wait for its hour', async () => {
  const [tenant, path] = [await declared(), place()];
  const { polls, names } = hub(tenant, path, { pollSeconds: 3600 });
  await waitFor('the first poll', () => polls.length === 1);
  writeFileSync(join(path, 'a.txt'), 'a');
  for (let ask = 2; ask <= 3; ask += 1) {
    await withTenant(database.ingest, tenant, (tx) =>
      recordDecision(tx, { feed: FEED, kind: 'RUN', by: 'ann', reason: '', now: new Date() }),
    );
    await waitFor('another poll', () => polls.length === ask);
  }
  expect(names).toEqual(['a.txt']);
});
