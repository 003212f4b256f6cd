/** Who may send, over TLS and clear text: certificates, addresses, caps, and what is counted of each sender. */
import { X509Certificate } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { makeAuthority, makeIdentity, type Identity } from '../../../test/support/certificates.ts';
import type { Deliver } from '../../contract.ts';
import { answers } from '../../formats/hl7v2/ack.ts';
import { MllpClient, type ClientTls } from './client.ts';
import { frame, FrameDecoder } from './framing.ts';
import { listenMllp, type MllpFault, type MllpFeed, type MllpLimits, type MllpListener } from './server.ts';

const utf8 = (content: string): Uint8Array => new TextEncoder().encode(content);
const message = (id: string, more = ''): string =>
  `MSH|^~\\&|EHR|MAIN|HUB|LUNA|20260302150405||ADT^A04^ADT_A01|${id}|P|2.5.1${more}\rPID|1||M1\r`;
const NOW = new Date('2026-03-02T15:04:05Z');

async function until(label: string, condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`waited in vain: ${label}`);
}

let authority: Identity;
let server: Identity;
let north: Identity;
let south: Identity;
let stranger: Identity;
beforeAll(() => {
  authority = makeAuthority('Test Authority');
  server = makeIdentity(authority, 'Test Authority', { commonName: 'hub', dns: ['localhost'] });
  north = makeIdentity(authority, 'Test Authority', { commonName: 'north', dns: ['ehr.north.example'] });
  south = makeIdentity(authority, 'Test Authority', { commonName: 'south', dns: ['ehr.south.example'] });
  stranger = makeIdentity(makeAuthority('Other'), 'Other', { commonName: 'north', dns: ['ehr.north.example'] });
});

const open: { stop(): Promise<void> }[] = [];
const clients: MllpClient[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(open.splice(0).map((one) => one.stop()));
});

interface Listening {
  listener: MllpListener;
  port: number;
  faults: MllpFault[];
  /** Feed and control id of what was delivered. */
  seen: string[];
}

/** Listens for feeds of one port. */
async function listen(
  feeds: (Partial<MllpFeed> & { feed: string })[],
  limits: Partial<MllpLimits> = {},
  deliver?: Deliver,
): Promise<Listening> {
  const faults: MllpFault[] = [];
  const seen: string[] = [];
  const to =
    (feed: string): Deliver =>
    (delivery) => {
      seen.push(`${feed} ${delivery.controlId}`);
      return deliver?.(delivery) ?? Promise.resolve({ rawId: 'r', duplicate: false });
    };
  const probe = connectable();
  const port = await probe;
  const listener = await listenMllp({
    host: 'localhost',
    feeds: feeds.map((feed) => ({ port, deliver: to(feed.feed), ...feed })),
    answers: answers({ productionOnly: false }),
    clock: () => NOW,
    onFault: (fault) => faults.push(fault),
    limits,
  });
  open.push(listener);
  return { listener, port, faults, seen };
}

/** A free port: feeds that share one cannot ask for any. */
async function connectable(): Promise<number> {
  const listener = await listenMllp({
    host: 'localhost',
    feeds: [{ feed: 'probe', port: 0, deliver: () => Promise.reject(new Error('nothing is sent here')) }],
    answers: answers({ productionOnly: false }),
    clock: () => NOW,
  });
  const port = listener.ports.get('probe') ?? 0;
  await listener.stop();
  return port;
}

const client = (port: number, tls?: ClientTls): MllpClient => {
  const made = new MllpClient('localhost', port, { retryMs: 20, losses: 1, ...(tls === undefined ? {} : { tls }) });
  clients.push(made);
  return made;
};
const as = (identity: Identity): ClientTls => ({ ca: authority.cert, ...identity });
const mutual = (): { key: string; cert: string; ca: string } => ({ ...server, ca: authority.cert });

describe('certificates', () => {
  test('TLS without client certificates: the message comes in, clear text does not', async () => {
    const { port, seen, faults, listener } = await listen([{ feed: 'ehr', tls: server }]);
    expect((await client(port, { ca: authority.cert }).send(message('C1'))).code).toBe('AA');
    await expect(client(port).send(message('C2'))).rejects.toThrow('no answer from localhost');
    expect(seen).toEqual(['ehr C1']);
    expect(faults.map(({ kind, detail }) => `${kind} ${detail}`)).toContain('NOT_ALLOWED tls');
    expect(listener.feeds()[0]?.turnedAway.get('tls')).toBeGreaterThan(0);
  });

  test('a receiver with another certificate is not spoken to', async () => {
    const { port, seen } = await listen([{ feed: 'ehr', tls: stranger }]);
    await expect(client(port, { ca: authority.cert }).send(message('C1'))).rejects.toThrow('no answer');
    expect(seen).toEqual([]);
  });

  test('feeds of one port are told apart by the certificate, whatever the message says', async () => {
    const { port, seen, listener } = await listen([
      { feed: 'north', tls: mutual(), certificate: ['CN=north'] },
      { feed: 'south', tls: mutual(), certificate: ['dns:EHR.south.example'] },
    ]);
    expect((await client(port, as(north)).send(message('N1').replace('EHR|MAIN', 'south|south'))).code).toBe('AA');
    expect((await client(port, as(south)).send(message('S1').replace('EHR|MAIN', 'north|north'))).code).toBe('AA');
    expect(seen).toEqual(['north N1', 'south S1']);
    expect(listener.feeds().flatMap(({ senders }) => senders)).toMatchObject([
      { feed: 'north', sender: 'cn=north', connections: 1, since: NOW, lastFrameAt: NOW, frames: 1, naks: 0 },
      { feed: 'south', sender: 'cn=south', connections: 1, frames: 1 },
    ]);
  });

  test('no certificate, another authority, another name, or two feeds that fit: turned away, and said why', async () => {
    const { port, seen, faults, listener } = await listen([
      { feed: 'a', tls: mutual(), certificate: ['CN=south', 'DNS:ehr.south.example'] },
      { feed: 'b', tls: mutual(), certificate: ['DNS:ehr.south.example'] },
    ]);
    for (const tls of [{ ca: authority.cert }, { ...as(stranger) }, as(north), as(south)])
      await expect(client(port, tls).send(message('C1'))).rejects.toThrow('no answer');
    expect(seen).toEqual([]);
    expect(new Set(faults.map(({ kind, detail }) => `${kind} ${detail}`))).toEqual(
      new Set(['NOT_ALLOWED tls', 'NOT_ALLOWED certificate', 'NOT_ALLOWED ambiguous']),
    );
    expect([...(listener.feeds()[1]?.turnedAway.keys() ?? [])].sort()).toEqual(['ambiguous', 'certificate', 'tls']);
  });

  test('an expired certificate is not let in', async () => {
    const old = makeIdentity(authority, 'Test Authority', {
      commonName: 'north',
      validFrom: new Date(Date.now() - 2_000_000),
      validTo: new Date(Date.now() - 1_000_000),
    });
    const { port, seen } = await listen([{ feed: 'north', tls: mutual(), certificate: ['CN=north'] }]);
    await expect(client(port, as(old)).send(message('C1'))).rejects.toThrow('no answer');
    expect(seen).toEqual([]);
  });

  test('a fingerprint names one certificate only', async () => {
    const { fingerprint256 } = new X509Certificate(north.cert);
    const again = makeIdentity(authority, 'Test Authority', { commonName: 'north' });
    const { port, seen } = await listen([{ feed: 'north', tls: mutual(), certificate: [`SHA256:${fingerprint256}`] }]);
    expect((await client(port, as(north)).send(message('C1'))).code).toBe('AA');
    await expect(client(port, as(again)).send(message('C2'))).rejects.toThrow('no answer');
    expect(seen).toEqual(['north C1']);
  });

  test('a TLS sender that closes its half after sending is answered', async () => {
    const { port } = await listen([{ feed: 'ehr', tls: server }]);
    const socket = connectTls({ host: 'localhost', port, ca: authority.cert });
    sockets.push(socket);
    const decoder = new FrameDecoder();
    const answered: string[] = [];
    socket.on('data', (chunk: Uint8Array) => {
      for (const event of decoder.push(chunk)) answered.push(event.kind);
    });
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.end(frame(utf8(message('C1'))));
    await closed;
    expect(answered).toEqual(['frame']);
  });
});

describe('caps and counts', () => {
  const raw = async (port: number): Promise<{ socket: Socket; closed: Promise<void> }> => {
    const socket = connect(port, 'localhost');
    sockets.push(socket);
    socket.on('error', () => {}).resume();
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    return { socket, closed };
  };

  test('a feed takes so many connections at once and no more, and takes the next when one has gone', async () => {
    const { port, faults, listener } = await listen([{ feed: 'ehr', connections: 2 }]);
    const first = await raw(port);
    await raw(port);
    await until('two connections', () => listener.feeds()[0]?.connections === 2);
    const third = await raw(port);
    await third.closed;
    expect(faults.map(({ kind, detail }) => `${kind} ${detail}`)).toEqual(['NOT_ALLOWED connections']);
    first.socket.destroy();
    await until('room for one more', () => listener.feeds()[0]?.connections === 1);
    expect((await client(port).send(message('C1'))).code).toBe('AA');
  });

  test('a connection on which nothing happens is closed, one with a frame under way is not', async () => {
    const commit = Promise.withResolvers<undefined>();
    const { port, faults, listener } = await listen([{ feed: 'ehr', idleMs: 100 }], {}, async () => {
      await commit.promise;
      return { rawId: 'r', duplicate: false };
    });
    const idle = await raw(port);
    const sent = client(port).send(message('C1'));
    await idle.closed;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(listener.feeds()[0]?.connections).toBe(1);
    commit.resolve(undefined);
    expect((await sent).code).toBe('AA');
    expect(faults.map(({ kind }) => kind)).toContain('IDLE');
  });

  test('frames, bytes, bad answers and broken frames are counted by feed and by sender', async () => {
    let stores = true;
    const { port, listener } = await listen([{ feed: 'ehr' }], { frameBytes: 300 }, () =>
      stores ? Promise.resolve({ rawId: 'r', duplicate: false }) : Promise.reject(new RangeError('no')),
    );
    const good = message('C1');
    await client(port).send(good);
    const { socket, closed } = await raw(port);
    stores = false;
    socket.write(frame(utf8(message('C2'))));
    socket.write(frame(utf8('hello')));
    socket.write('stray');
    socket.write(`\u000b${'x'.repeat(400)}`);
    await closed;
    const [figures] = listener.feeds();
    expect(figures).toMatchObject({ frames: 3, frameErrors: 2, bytes: good.length * 2 + 5 });
    expect(Object.fromEntries(figures?.naks ?? [])).toEqual({ failed: 2, unreadable: 1 });
    const senders = figures?.senders ?? [];
    expect(senders).toHaveLength(1);
    expect(senders[0]).toMatchObject({ feed: 'ehr', frames: 3, naks: 3 });
  });

  test('memory is bounded while many large frames arrive at once, and every one of them gets through', async () => {
    const size = 100_000;
    const { port, seen } = await listen([{ feed: 'ehr' }], { bytesTotal: 3 * size });
    const framed = frame(utf8(message('C', `\rZZZ|${'x'.repeat(size)}`)));
    const senders = await Promise.all(Array.from({ length: 12 }, () => raw(port)));
    // All begin and none ends: what has begun fills the room.
    for (const { socket } of senders) socket.write(framed.subarray(0, size - 10));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(seen).toEqual([]);
    for (const { socket } of senders) socket.write(framed.subarray(size - 10));
    await until('all twelve', () => seen.length === 12);
  });

  test('one sender that floods does not keep another waiting behind all of its frames', async () => {
    const order: string[] = [];
    const releases: (() => void)[] = [];
    const { port } = await listen([{ feed: 'ehr' }], { inFlight: 4 }, async ({ controlId }) => {
      order.push(controlId);
      await new Promise<void>((resolve) => releases.push(resolve));
      return { rawId: 'r', duplicate: false };
    });
    const flood = new MllpClient('localhost', port, { inFlight: 1_000 });
    clients.push(flood);
    const big = `\rZZZ|${'x'.repeat(50_000)}`;
    const flooding = Promise.all(Array.from({ length: 40 }, (_, n) => flood.send(message(`F${n}`, big))));
    await until('a queue of the flood', () => order.length >= 4);
    const other = client(port).send(message('OTHER'));
    await until('the other one', () => order.includes('OTHER'));
    expect(order.length).toBeLessThan(12);
    let freed = 0;
    await until('all', () => {
      while (freed < releases.length) releases[freed++]?.();
      return freed === 41;
    });
    expect((await other).code).toBe('AA');
    expect(await flooding).toHaveLength(40);
  });
});
