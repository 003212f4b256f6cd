/** Certificates that are renewed while senders are connected: real handshakes before and after, and files that cannot be used. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { answers } from '../../adapters/formats/hl7v2/ack.ts';
import { MllpClient } from '../../adapters/transports/mllp/client.ts';
import { listenMllp, type MllpListener } from '../../adapters/transports/mllp/server.ts';
import { mllpTls } from '../../src/config/mllp.ts';
import { feedSchema, hubSchema } from '../../src/config/schema.ts';
import type { LogEntry } from '../../src/log.ts';
import { CertificateWatch } from '../../src/mllp-certificates.ts';
import { type Identity, makeAuthority, makeIdentity } from '../support/certificates.ts';

const DAY_MS = 86_400_000;
const first = makeAuthority('First');
const second = makeAuthority('Second');
const identity = (authority: Identity, name: string, validTo?: Date): Identity =>
  makeIdentity(authority, authority === first ? 'First' : 'Second', {
    commonName: name,
    dns: ['localhost'],
    ...(validTo === undefined ? {} : { validTo }),
  });
const sender = identity(first, 'sender');
const laterSender = identity(second, 'sender');

let folder: string;
let listener: MllpListener;
let watch: CertificateWatch;
let port: number;
const logged: LogEntry[] = [];
const clients: MllpClient[] = [];

const write = (files: Partial<Record<'key' | 'cert' | 'ca', string>>): void => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.pem`), text);
};
const hub = hubSchema.parse({
  mllp: { tls: { key: 'key.pem', cert: 'cert.pem', ca: 'ca.pem' } },
  tenants: [{ name: 'luna', zone: 'UTC', entities: ['DSH010001'] }],
});
const feed = feedSchema.parse({
  feed: 'adt',
  tenant: 'luna',
  kind: 'ehr',
  source: { mllp: { port: 2575 } },
  format: { hl7v2: {} },
  timezone: 'UTC',
});
const read = () => mllpTls(folder, hub, feed)!;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-tls-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  logged.length = 0;
  write({ ...identity(first, 'old'), ca: first.cert });
  const deliver = () => Promise.resolve({ rawId: 'r', duplicate: false });
  listener = await listenMllp({
    host: 'localhost',
    feeds: [{ feed: 'adt', port: 0, tls: read(), deliver }],
    answers: answers({ productionOnly: false }),
    clock: () => new Date(),
  });
  port = listener.ports.get('adt')!;
  watch = new CertificateWatch({
    ports: [{ feed: 'adt', shown: read(), read }],
    present: (name, shown) => listener.present(name, shown),
    clock: () => new Date(),
    log: (entry) => logged.push(entry),
    everyMs: 3_600_000,
  });
});
afterEach(async () => {
  watch.stop();
  for (const client of clients.splice(0)) client.close();
  await listener.stop();
});

/** Common name that the port shows to a caller who trusts both authorities; undefined = it does not want the caller. */
async function shownTo({ key, cert }: Identity): Promise<string | undefined> {
  const socket = await new Promise<TLSSocket | undefined>((resolve) => {
    const made = connect({ host: 'localhost', port, ca: [first.cert, second.cert], key, cert }, () => resolve(made));
    made.on('error', () => resolve(undefined));
  });
  if (socket === undefined) return undefined;
  // With TLS 1.3 a caller learns that it is not wanted after the handshake.
  const wanted = await new Promise<boolean>((resolve) => {
    socket.once('close', () => resolve(false));
    socket.resume();
    setTimeout(() => resolve(true), 150);
  });
  const name = socket.getPeerX509Certificate()?.subject.replace('CN=', '');
  socket.destroy();
  return wanted ? name : undefined;
}
const client = (ca: Identity, { key, cert }: Identity): MllpClient => {
  const made = new MllpClient('localhost', port, { tls: { ca: ca.cert, key, cert }, losses: 0 });
  clients.push(made);
  return made;
};
const message = (id: string): string => `MSH|^~\\&|E|M|HUB|L|20260302150405||ADT^A04|${id}|P|2.5.1\rPID|1||M1`;
const details = (): string[] => logged.map(({ level, detail }) => `${level}: ${detail}`);

test('new files are shown from the next handshake on; who is connected stays', async () => {
  const before = client(first, sender);
  expect((await before.send(message('A1'))).code).toBe('AA');
  expect(await shownTo(sender)).toBe('old');
  const [{ senders }] = listener.feeds() as [ReturnType<MllpListener['feeds']>[0]];
  const since = senders.find(({ connections }) => connections > 0)?.since;

  write({ ...identity(second, 'new'), ca: second.cert });
  watch.look();
  expect(await shownTo(laterSender)).toBe('new');
  // The authority of senders is another too.
  expect(await shownTo(sender)).toBeUndefined();
  // The connection from before goes on, and is the same one.
  expect((await before.send(message('A2'))).code).toBe('AA');
  expect(listener.feeds()[0]?.senders.find(({ connections }) => connections > 0)?.since).toEqual(since);
  expect((await client(second, laterSender).send(message('A3'))).code).toBe('AA');
  expect(watch.state('adt')?.problem).toBe('');
  expect(details()).toEqual([expect.stringMatching(/^info: new files are shown; the certificate ends on /)]);
});

test.each([
  ['is no certificate', () => write({ cert: 'not a certificate' }), /cannot be used together/],
  ['is of another key', () => write({ cert: identity(first, 'other').cert }), /cannot be used together/],
  ['is gone', () => rmSync(join(folder, 'key.pem')), /cannot be used together \(ENOENT\)/],
  [
    'has expired',
    () => write(identity(first, 'expired', new Date(Date.now() - DAY_MS / 2))),
    /the new certificate holds from .* to /,
  ],
])('a file that %s changes nothing, and is told once', async (_what, spoil, says) => {
  spoil();
  watch.look();
  // Files that are replaced one after the other do not fit for a moment.
  expect(details()).toEqual([]);
  watch.look();
  watch.look();
  expect(details()).toEqual([expect.stringMatching(/^error: the former one is kept: /)]);
  expect(watch.state('adt')?.problem).toMatch(says);
  expect(await shownTo(sender)).toBe('old');

  write(identity(first, 'mended'));
  watch.look();
  expect(watch.state('adt')?.problem).toBe('');
  expect(details().slice(1)).toEqual([
    expect.stringMatching(/^info: new files are shown/),
    'info: the port shows what its files hold',
  ]);
  expect(await shownTo(sender)).toBe('mended');
});

test('without a change nothing is shown anew', () => {
  watch.look();
  watch.look();
  expect(logged).toEqual([]);
});
