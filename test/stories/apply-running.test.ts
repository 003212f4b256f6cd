/** What is applied beside a running hub is taken over by it: new sources, changed ones, pauses; nothing under way is lost. */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { freePort } from '../support/demo-process.ts';
import { HubPlace } from '../support/hub-place.ts';
import { openTcpProxy } from '../support/proxy.ts';
import { type Partner, startPartner } from '../support/sftp-partner.ts';
import { waitFor } from '../support/wait-for.ts';

// A hub and a dozen commands, each in a process of its own, and the machine may be busy.
jest.setTimeout(240_000);
const LONG = 60_000;

let database: TestDatabase;
let partner: Partner;
let proxy: Awaited<ReturnType<typeof openTcpProxy>>;
let opened: string[] = [];
let place: HubPlace;
let hub: ChildProcess;
let hubEnded: Promise<unknown>;
let said = '';
let adtPort: number;
const EHR = { kind: 'ehr', format: { hl7v2: {} }, serves: ['DSH010001'] };

beforeAll(async () => {
  database = await testDatabase();
  partner = await startPartner({ onOpen: (path) => opened.push(path) });
  adtPort = await freePort();
  proxy = await openTcpProxy('127.0.0.1', partner.access.port);
  place = new HubPlace(database, { http: { port: await freePort() } });
  place.feed('adt', { mllp: { port: adtPort } }, EHR);
  const started = place.start(['serve']);
  hub = started.child;
  hubEnded = started.ended;
  hub.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await hubSays('Throughline serves');
});
afterAll(async () => {
  hub.kill('SIGINT');
  await hubEnded;
  await proxy.close();
  await partner.server.stop();
  rmSync(partner.directory, { recursive: true });
  place.remove();
  await database.close();
});

/** Waits for a text in the hub's log, from `after` on; answers where the log ended. */
const hubSays = (text: string, after = 0): Promise<number> =>
  waitFor(`the hub to say "${text}"`, () => (said.includes(text, after) ? said.length : false), LONG);
const run = (...args: string[]) => place.start(['feed', ...args]).ended;
async function apply(): Promise<void> {
  const { status, stderr } = await run('apply');
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
}
const payloads = (feed: string) =>
  database.owner.query<{ name: string; state: string; accepted: number }>(
    `select r.name, s.state, s.accepted from raw_message r join raw_state s on s.tenant_id = r.tenant_id and s.raw_id = r.id
     where r.feed = $1 order by r.received_at`,
    [feed],
  );
const done = (feed: string, files: number) =>
  waitFor(
    `${files} files of ${feed}`,
    async () => {
      const rows = await payloads(feed);
      return rows.length >= files && rows.every(({ state }) => state === 'DONE') ? rows : false;
    },
    LONG,
  );
const claims = (from: number, count = 3): string =>
  [
    'STATUS,NCPDP,RX,FILL,DOS,AT,NDC,QTY',
    ...Array.from(
      { length: count },
      (_, at) => `P,5900011,${from + at},0,2026-03-01,2026-03-01T10:00:00,70101010330,30`,
    ),
    '',
  ].join('\n');
const frame = (id: string): string =>
  `\x0bMSH|^~\\&|EHR|M|HUB|H|20260301120000||ADT^A08|${id}|P|2.5.1\rEVN|A08|20260301120000\r\x1c\r`;

/** Connects, or null when nobody listens. */
const dial = (port: number): Promise<Socket | null> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(null));
  });
const listens = (port: number) => waitFor(`a listener on ${port}`, () => dial(port), LONG);
const silent = (port: number) => waitFor(`nobody on ${port}`, async () => (await dial(port)) === null, LONG);
async function exchange(socket: Socket, id: string): Promise<string> {
  const answer = new Promise<string>((resolve) => socket.once('data', (bytes) => resolve(bytes.toString())));
  socket.write(frame(id));
  return answer;
}

test('a pharmacy is wired beside a running hub; a sender that was connected before still is', async () => {
  const old = await listens(adtPort);
  let closed = false;
  old.once('close', () => (closed = true));
  const sample = join(place.folder, 'sample.csv');
  writeFileSync(
    sample,
    'NCPDP_ID,RX_NBR,FILL_NBR,FILL_DATE,NDC,QTY_DISP,STATUS\n5900011,7001,0,03/01/2026,70101010330,30,PAID\n',
  );
  expect((await run('init', 'acme-claims', '--sample', sample)).status).toBe(0);
  const file = join(place.folder, 'feeds', 'acme-claims.yaml');
  const drafted = readFileSync(file, 'utf8');
  const box = join(place.folder, 'acme');
  mkdirSync(box);
  writeFileSync(
    file,
    drafted.replace(/source:\n +manual: true/, `source: { folder: { path: ${box}, pollSeconds: 0.1 } }`),
  );
  expect((await run('preview', 'acme-claims', '--sample', sample)).stdout).toContain('1 rows: 1 ok');
  await apply();
  writeFileSync(join(box, 'ACME_1.csv'), readFileSync(sample));
  expect(await done('acme-claims', 1)).toEqual([{ name: 'ACME_1.csv', state: 'DONE', accepted: 1 }]);
  expect(readdirSync(box)).toEqual(['archive']);

  // Another hospital, on a port of its own; then on another; then gone.
  const [first, second] = [await freePort(), await freePort()];
  place.feed('adt-two', { mllp: { port: first } }, EHR);
  await apply();
  const sender = await listens(first);
  expect(await exchange(sender, 'T1')).toContain('MSA|AA|T1');
  place.feed('adt-two', { mllp: { port: second } }, EHR);
  await apply();
  await listens(second);
  await silent(first);
  rmSync(join(place.folder, 'feeds', 'adt-two.yaml'));
  await apply();
  await silent(second);
  expect(closed).toBe(false);
  expect(await exchange(old, 'A1')).toContain('MSA|AA|A1');
  old.destroy();
});

test('a transfer under way goes to its end before the feed changes, and nothing is fetched twice', async () => {
  const source = (match: string) => ({
    sftp: { ...partner.access, port: proxy.port, path: '/out', pollSeconds: 0.1, match },
  });
  place.feed('slow', source('A_*'));
  await apply();
  await hubSays('feed slow runs as applied');
  proxy.delay(30);
  opened = [];
  partner.put('out', 'A_1.csv', claims(1_000, 40_000));
  partner.put('out', 'B_1.csv', claims(90_000));
  await waitFor('the transfer begins', () => opened.includes('/out/A_1.csv'), LONG);
  place.feed('slow', source('B_*'));
  const before = said.length;
  await apply();
  const after = await hubSays('feed slow changes: what is under way goes to its end first', before);
  expect(await payloads('slow')).toEqual([]);
  expect(said.slice(before, after)).not.toContain('feed slow runs as applied');
  proxy.delay(0);
  await hubSays('feed slow runs as applied', after);
  const rows = await done('slow', 2);
  expect(rows.map(({ name, accepted }) => [name, accepted])).toEqual([
    ['A_1.csv', 40_000],
    ['B_1.csv', 3],
  ]);
  expect(opened.filter((path) => path === '/out/A_1.csv')).toHaveLength(1);
  await waitFor('both are archived', () => partner.names('out/archive').length === 2, LONG);
});

test('a pause and its end are noticed as well', async () => {
  const boxes = ['left', 'right'].map((name) => join(place.folder, name));
  for (const box of boxes) mkdirSync(box);
  for (const [at, path] of boxes.entries()) place.feed(`box-${at}`, { folder: { path, pollSeconds: 0.1 } });
  await apply();
  for (const [at, box] of boxes.entries()) writeFileSync(join(box, 'one.csv'), claims(2_000 + at * 10));
  await done('box-0', 1);
  await done('box-1', 1);
  expect((await run('pause', 'box-0')).status).toBe(0);
  for (const [at, box] of boxes.entries()) writeFileSync(join(box, 'two.csv'), claims(3_000 + at * 10));
  await done('box-1', 2);
  expect(readdirSync(boxes[0]!).sort()).toEqual(['archive', 'two.csv']);
  expect(await payloads('box-0')).toHaveLength(1);
  expect((await run('resume', 'box-0')).status).toBe(0);
  await done('box-0', 2);
});

test('what cannot be started is told and tried again; the rest of what was applied is served', async () => {
  const port = await freePort();
  const taken = createServer().listen(port, '127.0.0.1');
  place.feed('adt-three', { mllp: { port } }, EHR);
  const box = join(place.folder, 'third');
  mkdirSync(box);
  place.feed('box-3', { folder: { path: box, pollSeconds: 0.1 } });
  await apply();
  await hubSays(`MLLP port ${port} could not be started: Cannot listen for MLLP on 127.0.0.1:${port} (EADDRINUSE)`);
  writeFileSync(join(box, 'one.csv'), claims(4_000));
  await done('box-3', 1);
  await new Promise((resolve) => taken.close(resolve));
  await hubSays(`MLLP port ${port} runs as applied`);
  const sender = await listens(port);
  expect(await exchange(sender, 'T3')).toContain('MSA|AA|T3');
  sender.destroy();
});
