/** Links that are late, cut into pieces of a few bytes or reset (RELIABILITY F-series): before the database and before the MLLP listener. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { answers } from '../../adapters/formats/hl7v2/ack.ts';
import { MllpClient } from '../../adapters/transports/mllp/client.ts';
import { listenMllp, type MllpListener } from '../../adapters/transports/mllp/server.ts';
import { connect, type Database, DatabaseError } from '../../src/db/client.ts';
import { newId } from '../../src/db/ids.ts';
import { tenantId } from '../../src/db/tenant.ts';
import { createReceiver } from '../../src/receive/receiver.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { openProxy, openTcpProxy, type BadLink, type Proxy } from '../support/proxy.ts';

const PIECE = 7;
const LATE_MS = 15;
/** Of either kind in turn, while messages are sent. */
const RESETS = 16;
const TENANT = tenantId(newId());
const clock = (): Date => new Date('2026-03-02T15:04:05.000Z');

let database: TestDatabase;
let proxy: Proxy;
let pool: Database;
let listener: MllpListener;
let line: BadLink & { port: number };

beforeAll(async () => {
  database = await testDatabase();
  await database.owner.query(`insert into tenant (id, name, title, zone) values ($1, 'north', 'north', 'UTC')`, [
    TENANT,
  ]);
  proxy = await openProxy(database.ingestUrl);
  pool = connect(proxy.url, { role: 'ingest', max: 4 });
  const receiver = createReceiver(pool, { clock });
  listener = await listenMllp({
    host: '127.0.0.1',
    feeds: [{ feed: 'ehr', port: 0, deliver: receiver.deliverTo(TENANT, 'ehr') }],
    answers: answers({ productionOnly: false }),
    clock,
  });
  line = await openTcpProxy('127.0.0.1', listener.ports.get('ehr') ?? 0);
});
afterAll(async () => {
  await line.close();
  await listener.stop();
  await pool.end();
  await proxy.close();
  await database.close();
});

const message = (controlId: string): string =>
  `MSH|^~\\&|EHR|MAIN|HUB|LUNA|20260302150405||ADT^A04^ADT_A01|${controlId}|P|2.5.1\rPID|1||M${controlId}\rNTE|1||${'é'.repeat(40)}\r`;

/** Control ids with the number of receipts, payloads and states of each. */
const stored = (prefix: string): Promise<{ id: string; rows: number }[]> =>
  database.owner.query(
    `select r.control_id as id, count(*)::int as rows from raw_receipt r
     join raw_message m on m.tenant_id = r.tenant_id and m.id = r.raw_id join raw_state s on s.tenant_id = r.tenant_id and s.raw_id = r.raw_id
     where r.control_id like $1 group by 1 order by 1`,
    [`${prefix}%`],
  );

test('a database that answers late and in pieces of seven bytes answers the same', async () => {
  proxy.slice(PIECE);
  proxy.delay(LATE_MS);
  try {
    const long = 'ü€'.repeat(2_000);
    const asked = Array.from({ length: 12 }, (_, index) =>
      index % 2 === 0
        ? pool.query<{ n: number; t: string }>('select $1::int as n, $2::text as t', [index, long])
        : pool.transaction(async (tx) => {
            await tx.query('select 1');
            return tx.query<{ n: number; t: string }>('select $1::int as n, $2::text as t', [index, long]);
          }),
    );
    expect((await Promise.all(asked)).flat()).toEqual(Array.from({ length: 12 }, (_, n) => ({ n, t: long })));
  } finally {
    proxy.slice(undefined);
    proxy.delay(0);
  }
});

test('connections that are reset lose what was under way, said as such, and the pool goes on', async () => {
  const outcomes: unknown[] = [];
  let on = true;
  const busy = Array.from({ length: 8 }, async () => {
    while (on)
      outcomes.push(
        await pool.query('select pg_sleep(0.003), $1::text', ['x'.repeat(3_000)]).catch((error: unknown) => error),
      );
  });
  let resets = 0;
  for (let time = 0; time < 10; time += 1) {
    await sleep(40);
    resets += proxy.reset();
  }
  on = false;
  await Promise.all(busy);
  const failed = outcomes.filter((outcome) => !Array.isArray(outcome));
  expect(resets).toBeGreaterThan(10);
  expect(failed.length).toBeGreaterThan(0);
  expect(failed.filter((error) => !(error instanceof DatabaseError && error.connectionLost))).toEqual([]);
  expect(await Promise.all([1, 2, 3, 4].map((n) => pool.query('select $1::int as n', [n])))).toEqual(
    [1, 2, 3, 4].map((n) => [{ n }]),
  );
});

test('messages that arrive late and in pieces of seven bytes are stored as they were sent, each once', async () => {
  line.slice(PIECE);
  line.delay(LATE_MS);
  const sender = new MllpClient('127.0.0.1', line.port, { inFlight: 8 });
  try {
    const ids = Array.from({ length: 40 }, (_, index) => `S${String(index).padStart(2, '0')}`);
    const codes = await Promise.all(ids.map((id) => sender.send(message(id))));
    expect(codes.map(({ code, controlId }) => [code, controlId])).toEqual(ids.map((id) => ['AA', id]));
    expect(await stored('S')).toEqual(ids.map((id) => ({ id, rows: 1 })));
    const [row] = await database.owner.query<{ text: string }>(
      `select convert_from(payload, 'UTF8') as text from raw_message where control_id = 'S07'`,
    );
    expect(row?.text).toBe(message('S07'));
  } finally {
    sender.close();
    line.slice(undefined);
    line.delay(0);
  }
});

test('senders and database connections that are reset again and again: all is acknowledged, each stored once', async () => {
  const senders = Array.from(
    { length: 3 },
    () => new MllpClient('127.0.0.1', line.port, { inFlight: 8, retryMs: 10, refusals: 1_000 }),
  );
  const ids = Array.from({ length: 300 }, (_, index) => `R${String(index).padStart(3, '0')}`);
  const sending = Promise.all(
    ids.map(async (id, index) => {
      await sleep(index * 5);
      return (await senders[index % 3]?.send(message(id)))?.code;
    }),
  );
  let resets = 0;
  for (let time = 0; time < RESETS; time += 1) {
    await sleep(100);
    resets += time % 2 === 0 ? line.reset() : proxy.reset();
  }
  const codes = await sending;
  expect(resets).toBeGreaterThan(RESETS / 2);
  for (const sender of senders) sender.close();
  expect(codes.filter((code) => code !== 'AA')).toEqual([]);
  expect(await stored('R')).toEqual(ids.map((id) => ({ id, rows: 1 })));
}, 60_000);
