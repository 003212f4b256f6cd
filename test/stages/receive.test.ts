/** Receiving over a real database and real sockets: durable before the answer, each delivery once, tenants apart. */
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { answers } from '../../adapters/formats/hl7v2/ack.ts';
import { MllpClient } from '../../adapters/transports/mllp/client.ts';
import { listenMllp } from '../../adapters/transports/mllp/server.ts';
import { newId } from '../../src/db/ids.ts';
import { readTenant, tenantId, type TenantId } from '../../src/db/tenant.ts';
import { createReceiver, type Receiver } from '../../src/receive/receiver.ts';
import { testDatabase, waitFor, type TestDatabase } from '../support/database.ts';

interface Stored {
  tenant: string;
  feed: string;
  controlId: string;
  sha256: string;
  payload: Uint8Array;
  state: string;
}

let database: TestDatabase;
let north: TenantId;
let south: TenantId;
const clock = (): Date => new Date('2026-03-02T15:04:05.000Z');
const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);
const delivery = (controlId: string, content = `content of ${controlId}`) => ({
  controlId,
  name: 'test',
  bytes: bytes(content),
});
const message = (id: string, more = ''): string =>
  `MSH|^~\\&|EHR|MAIN|HUB|LUNA|20260302150405||ADT^A04^ADT_A01|${id}|P|2.5.1${more}\rPID|1||M1\r`;

/** Everything that is stored, as the superuser sees it: payload, receipt and state must all be there. */
async function allStored(): Promise<Stored[]> {
  return database.owner.query<Stored>(
    `select m.tenant_id as tenant, m.feed, m.control_id as "controlId", m.sha256, m.payload, s.state
     from raw_message m
     join raw_receipt r on r.tenant_id = m.tenant_id and r.raw_id = m.id and r.month = m.month and r.sha256 = m.sha256
     join raw_state s on s.tenant_id = m.tenant_id and s.raw_id = m.id and s.month = m.month
     order by m.id`,
  );
}

async function counts(): Promise<Record<string, number>> {
  const rows = await database.owner.query<{ name: string; count: string }>(
    `select 'message' as name, count(*) from raw_message union all select 'receipt', count(*) from raw_receipt
     union all select 'state', count(*) from raw_state`,
  );
  return Object.fromEntries(rows.map((row) => [row.name, Number(row.count)]));
}

beforeAll(async () => {
  database = await testDatabase();
  north = tenantId(newId());
  south = tenantId(newId());
  for (const [id, name] of [
    [north, 'north'],
    [south, 'south'],
  ])
    await database.owner.query('insert into tenant (id, name, title, zone) values ($1::uuid, $2, $2, $3)', [
      id,
      name,
      'UTC',
    ]);
});
afterAll(() => database.close());
afterEach(async () => {
  await database.owner.query('truncate raw_message, raw_receipt, raw_state');
});

const receiver = (): Receiver => createReceiver(database.ingest, { clock });

describe('group commit', () => {
  test('resolves with payload, receipt and pending state committed', async () => {
    const content = 'MSH with \u00e9 and \u0000 and \u000b';
    const receipt = await receiver().receive(north, 'ehr', delivery('C1', content));
    expect(receipt.duplicate).toBe(false);
    const [stored, ...more] = await allStored();
    expect(more).toEqual([]);
    expect(stored).toMatchObject({ tenant: north, feed: 'ehr', controlId: 'C1', state: 'PENDING' });
    expect(Buffer.from(stored?.payload ?? []).toString('utf8')).toBe(content);
    expect(stored?.sha256).toBe(createHash('sha256').update(content).digest('hex'));
  });

  test('a resend is the message it was; the same control id with other content is new', async () => {
    const hub = receiver();
    const first = await hub.receive(north, 'ehr', delivery('C1'));
    expect(await hub.receive(north, 'ehr', delivery('C1'))).toEqual({ rawId: first.rawId, duplicate: true });
    const corrected = await hub.receive(north, 'ehr', delivery('C1', 'corrected'));
    expect(corrected.duplicate).toBe(false);
    const otherFeed = await hub.receive(north, 'lab', delivery('C1'));
    expect(new Set([first.rawId, corrected.rawId, otherFeed.rawId]).size).toBe(3);
    expect(await counts()).toEqual({ message: 3, receipt: 3, state: 3 });
  });

  test('resends in one flush and from two processes are stored once', async () => {
    const one = receiver();
    const two = receiver();
    const all = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        (index % 2 ? one : two).receive(north, 'ehr', delivery(`C${index % 10}`)),
      ),
    );
    expect(all.filter((receipt) => !receipt.duplicate)).toHaveLength(10);
    expect(new Set(all.map((receipt) => receipt.rawId)).size).toBe(10);
    expect(await counts()).toEqual({ message: 10, receipt: 10, state: 10 });
  });

  test('tenants share a flush and nothing else', async () => {
    const hub = receiver();
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        hub.receive(index % 2 ? north : south, 'ehr', delivery(`C${index >> 1}`)),
      ),
    );
    const stored = await allStored();
    expect(stored).toHaveLength(40);
    for (const tenant of [north, south])
      expect(
        stored
          .filter((row) => row.tenant === tenant)
          .map((row) => row.controlId)
          .sort(),
      ).toEqual(Array.from({ length: 20 }, (_, index) => `C${index}`).sort());
  });

  test('what nobody can store is refused alone; those beside it go through', async () => {
    const hub = receiver();
    // A NUL sign is no text for PostgreSQL.
    const outcomes = await Promise.allSettled(
      ['C1', 'C\u00002', 'C3'].map((controlId) => hub.receive(north, 'ehr', delivery(controlId, 'x'))),
    );
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await allStored()).map((row) => row.controlId)).toEqual(['C1', 'C3']);
    expect((await hub.receive(north, 'ehr', delivery('C4'))).duplicate).toBe(false);
  });

  test('what one tenant stored is not there for another, nor for nobody', async () => {
    await receiver().receive(north, 'ehr', delivery('C1'));
    const seenBy = async (tenant: TenantId): Promise<number[]> => {
      const tables = ['raw_message', 'raw_receipt', 'raw_state'];
      const rows = tables.map((table) => readTenant(database.ingest, tenant, `select $1::uuid from ${table}`));
      return (await Promise.all(rows)).map((found) => found.length);
    };
    expect([await seenBy(north), await seenBy(south)]).toEqual([
      [1, 1, 1],
      [0, 0, 0],
    ]);
    expect(await database.ingest.query('select 1 from raw_message')).toHaveLength(0);
  });

  test('tells who has new work, and only after the commit', async () => {
    const told: string[] = [];
    const hub = createReceiver(database.ingest, { clock, onStored: (tenants) => told.push(...tenants) });
    await hub.receive(north, 'ehr', delivery('C1'));
    await hub.receive(north, 'ehr', delivery('C1'));
    await hub.settled();
    expect(told).toEqual([north]);
  });
});

describe('over MLLP', () => {
  const open: { stop(): Promise<void> }[] = [];
  const clients: MllpClient[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await Promise.all(open.splice(0).map((one) => one.stop()));
  });

  async function listening(hub: Receiver): Promise<number> {
    const listener = await listenMllp({
      host: '127.0.0.1',
      feeds: [{ feed: 'ehr', port: 0, deliver: hub.deliverTo(north, 'ehr') }],
      answers: answers({ productionOnly: false }),
      clock,
    });
    open.push(listener);
    return listener.ports.get('ehr') ?? 0;
  }
  const client = (port: number, inFlight: number): MllpClient => {
    const made = new MllpClient('127.0.0.1', port, { inFlight, retryMs: 20, refusals: 1_000 });
    clients.push(made);
    return made;
  };

  test('every answer is preceded by its commit', async () => {
    const sender = client(await listening(receiver()), 1);
    for (let index = 0; index < 10; index += 1) {
      const ack = await sender.send(message(`C${index}`));
      expect([ack.code, ack.controlId]).toEqual(['AA', `C${index}`]);
      expect(await counts()).toEqual({ message: index + 1, receipt: index + 1, state: index + 1 });
    }
  });

  test('a frame that cannot be read is kept under its hash and answered AR', async () => {
    const port = await listening(receiver());
    const sender = new MllpClient('127.0.0.1', port, { refusals: 0 });
    clients.push(sender);
    expect((await sender.send('no message at all')).code).toBe('AR');
    expect((await allStored()).map((row) => [row.controlId, Buffer.from(row.payload).toString('utf8')])).toEqual([
      [`sha256:${createHash('sha256').update('no message at all').digest('hex')}`, 'no message at all'],
    ]);
  });

  test('database connections killed mid-flush: nothing acknowledged is missing, nothing is doubled', async () => {
    const port = await listening(receiver());
    const senders = Array.from({ length: 4 }, () => client(port, 8));
    const acknowledged: string[] = [];
    const total = 600;
    const all = Promise.all(
      Array.from({ length: total }, async (_, index) => {
        const ack = await senders[index % 4]?.send(message(`K${index}`));
        if (ack?.code === 'AA') acknowledged.push(ack.controlId);
      }),
    );
    let kills = 0;
    const killing = (async (): Promise<void> => {
      while (acknowledged.length < total) {
        const killed = await database.owner.query<{ done: boolean }>(
          `select pg_terminate_backend(pid) as done from pg_stat_activity
           where datname = current_database() and usename = 'hub_ingest' limit 1`,
        );
        kills += killed.length;
        const sure = [...acknowledged];
        const present = new Set((await allStored()).map((row) => row.controlId));
        expect(sure.filter((id) => !present.has(id))).toEqual([]);
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    })();
    await Promise.all([all, killing]);
    expect(kills).toBeGreaterThan(0);
    expect(await counts()).toEqual({ message: total, receipt: total, state: total });
    await waitFor('the pool to be whole again', async () => (await database.ingest.query('select 1')).length === 1);
  });

  test('a failing database is answered AR, never AA', async () => {
    const hub = createReceiver(database.ingest, { clock });
    const port = await listening(hub);
    await database.owner.query('alter table raw_state rename to raw_state_away');
    const sender = new MllpClient('127.0.0.1', port, { refusals: 0 });
    clients.push(sender);
    const refused = await sender.send(message('C1'));
    await database.owner.query('alter table raw_state_away rename to raw_state');
    expect(refused.code).toBe('AR');
    expect(await counts()).toEqual({ message: 0, receipt: 0, state: 0 });
    expect((await sender.send(message('C1'))).code).toBe('AA');
  });
});
