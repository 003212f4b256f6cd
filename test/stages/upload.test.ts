/** Files by HTTP: durable before the answer, once, within bounds, for the key's own tenant only. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deliverUnpacked } from '../../adapters/pickup/unpack.ts';
import { createKey, ROLES, type Role } from '../../src/access/keys.ts';
import { newId } from '../../src/db/ids.ts';
import { type TenantId, tenantId, withTenant } from '../../src/db/tenant.ts';
import { type RunningHttp, startHttp } from '../../src/http/server.ts';
import { createReceiver } from '../../src/receive/receiver.ts';
import { type TestDatabase, testDatabase, waitFor } from '../support/database.ts';

const MAX = 8 * 1024 ** 2;
const NOW = new Date('2026-03-04T12:00:00Z');
let database: TestDatabase;
let http: RunningHttp;
let refusing = false;
let broken = false;
const [mine, theirs] = [tenantId(newId()), tenantId(newId())];
const keys = new Map<Role, string>();
const faults: unknown[] = [];

beforeAll(async () => {
  database = await testDatabase();
  for (const [tenant, name, transport] of [
    [mine, 'claims', 'manual'],
    [mine, 'adt', 'mllp'],
    [mine, 'paused', 'folder'],
    [theirs, 'others', 'manual'],
  ] as const)
    await withTenant(database.ingest, tenant, (tx) =>
      tx.query(
        `insert into feed (tenant_id, name, kind, format, transport, source_system, serves, zone, options, paused)
         values ($1::uuid, $2, 'claims', 'claim-extract', $3, 'x', '{}', 'UTC', '{}', $4)`,
        [tenant, name, transport, name === 'paused'],
      ),
    );
  const receiver = createReceiver(database.ingest, { clock: () => NOW, refusing: () => refusing });
  http = await startHttp({
    port: 0,
    read: database.read,
    monitor: database.monitor,
    clock: () => NOW,
    tenants: [{ id: mine, name: 'mine', zone: 'UTC' }],
    onFault: (error) => faults.push(error),
    upload: {
      maxBytes: MAX,
      deliver: (tenant, feed, file) => {
        if (broken) throw new Error('a fault with a VALUE in it');
        return deliverUnpacked(receiver.deliverFilesTo(tenant, feed), file);
      },
    },
  });
  for (const role of ROLES)
    keys.set(role, await createKey(database.ingest, { tenantId: mine, name: role, role, days: 30, now: NOW }));
});
afterAll(async () => {
  await http.stop();
  await database.close();
});

interface Sent {
  role?: Role | null;
  feed?: string;
  headers?: Record<string, string>;
}
async function send(
  body: string | Uint8Array,
  { role = 'operator', feed = 'claims', headers = { 'x-file-name': 'a.csv' } }: Sent = {},
) {
  const authorization = role === null ? {} : { authorization: `Bearer ${keys.get(role) ?? ''}` };
  const response = await fetch(`http://127.0.0.1:${http.port}/feeds/${feed}/files`, {
    method: 'POST',
    headers: { ...authorization, ...headers },
    body: Buffer.from(body),
  });
  const answer = (await response.json()) as {
    files?: { rawId: string; duplicate: boolean; sha256: string }[];
    held?: string;
    errors?: { message: string }[];
  };
  return { status: response.status, retryAfter: response.headers.get('retry-after'), ...answer };
}
const stored = (tenant: TenantId = mine) =>
  withTenant(database.ingest, tenant, (tx) =>
    tx.query<{ name: string; size: number; parts: number }>(
      `select m.name, m.size_bytes::int as size, m.parts from raw_message m join raw_state s on s.tenant_id = $1::uuid
         and s.raw_id = m.id where m.tenant_id = $1::uuid order by m.id`,
      [tenant],
    ),
  );
const count = async (): Promise<number> => (await stored()).length;

test('a file is stored before the answer; the same bytes under any name are told as a duplicate', async () => {
  const first = await send('one,two\n');
  expect(first).toMatchObject({ status: 201, files: [{ duplicate: false }] });
  expect(await stored()).toEqual([{ name: 'a.csv', size: 8, parts: 0 }]);
  const again = await send('one,two\n', { headers: { 'content-disposition': 'attachment; filename="b.csv"' } });
  expect(again).toMatchObject({ status: 200, files: [{ duplicate: true, rawId: first.files?.[0]?.rawId }] });
  expect(await count()).toBe(1);
});

test('a large body is stored in pieces; one that is too large leaves nothing', async () => {
  const large = Buffer.alloc(5 * 1024 ** 2, 'x');
  expect((await send(large)).status).toBe(201);
  expect((await stored()).at(-1)).toMatchObject({ size: large.length, parts: 5 });
  const before = await count();
  expect((await send(Buffer.alloc(MAX + 1, 'y'))).status).toBe(413);
  const chunked = await fetch(`http://127.0.0.1:${http.port}/feeds/claims/files`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.get('operator') ?? ''}`, 'x-file-name': 'c.csv' },
    body: new ReadableStream({
      start(controller) {
        for (let at = 0; at < 10; at += 1) controller.enqueue(Buffer.alloc(1024 ** 2, 'z'));
        controller.close();
      },
    }),
    duplex: 'half',
  }).catch((error: unknown) => error);
  if (chunked instanceof Response) expect(chunked.status).toBe(413);
  expect(await count()).toBe(before);
  const pieces = await database.owner.query('select distinct raw_id from raw_chunk');
  expect(pieces).toHaveLength(1);
});

test('a sender that goes away in the middle leaves nothing', async () => {
  const before = await count();
  const socket = connect(http.port, '127.0.0.1');
  socket.write(
    `POST /feeds/claims/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${keys.get('operator') ?? ''}\r\n` +
      `X-File-Name: half.csv\r\nContent-Length: 4000000\r\n\r\n${'h'.repeat(2_500_000)}`,
  );
  await waitFor('its first piece is stored', async () => {
    const rows = await database.owner.query(
      'select 1 from raw_chunk c where not exists (select 1 from raw_message m where m.id = c.raw_id)',
    );
    return rows.length > 0 || socket.bytesWritten > 2_500_000;
  });
  socket.destroy();
  await waitFor('its pieces are gone', async () => {
    const rows = await database.owner.query(
      'select 1 from raw_chunk c where not exists (select 1 from raw_message m where m.id = c.raw_id)',
    );
    return rows.length === 0;
  });
  expect(await count()).toBe(before);
});

test('only an operator key, only its own tenant, only feeds that take files', async () => {
  const before = await count();
  expect((await send('x', { role: null })).status).toBe(401);
  for (const role of ROLES.filter((one) => one !== 'operator')) expect((await send('x', { role })).status).toBe(403);
  expect((await send('x', { feed: 'others' })).status).toBe(404);
  expect((await send('x', { feed: 'nowhere' })).status).toBe(404);
  expect((await send('x', { feed: 'adt' })).status).toBe(409);
  expect(await send('x', { feed: 'paused' })).toMatchObject({ status: 503, retryAfter: '60' });
  expect(await count()).toBe(before);
  expect(await stored(theirs)).toEqual([]);
});

test.each(['../a.csv', '/etc/passwd', 'a\\b', '.hidden', '-rf', 'a..b', '', 'a/b.csv'])(
  'the name %j is refused',
  async (name) => {
    const before = await count();
    expect((await send(`of ${name}`, { headers: { 'x-file-name': name } })).status).toBe(400);
    expect((await send(`of ${name}`, { headers: {} })).status).toBe(400);
    expect(await count()).toBe(before);
  },
);

test('a packed file is stored unpacked; a bomb is kept as it came and told', async () => {
  const packed = await send(gzipSync('three,four\n'), { headers: { 'x-file-name': 'c.csv.gz' } });
  expect(packed.status).toBe(201);
  expect((await stored()).at(-1)).toMatchObject({ name: 'c.csv', size: 11 });
  const bomb = readFileSync('adapters/formats/packed/samples/bomb.zip');
  const held = await send(bomb, { headers: { 'x-file-name': 'b.zip' } });
  expect(held).toMatchObject({ status: 201, held: expect.stringContaining('100 times') });
  expect((await stored()).at(-1)).toMatchObject({ name: 'b.zip', size: bomb.length });
});

test('when nothing may be stored the sender is told to come again; of a fault nothing is told', async () => {
  refusing = true;
  expect(await send('later')).toMatchObject({ status: 503, retryAfter: '60' });
  refusing = false;
  expect((await send('later')).status).toBe(201);
  broken = true;
  const failed = await send('fault');
  expect(failed.status).toBe(500);
  expect(JSON.stringify(failed)).not.toContain('VALUE');
  expect(faults).toHaveLength(1);
  broken = false;
});
