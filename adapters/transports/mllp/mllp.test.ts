/** The listener and the client over real sockets. */
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Deliver, Delivery } from '../../contract.ts';
import { answers } from '../../formats/hl7v2/ack.ts';
import { readAcknowledgement, type Acknowledgement } from './answer-code.ts';
import { MllpClient } from './client.ts';
import { frame, FrameDecoder } from './framing.ts';
import { listenMllp, type MllpFault, type MllpFeed, type MllpListener, type MllpOptions } from './server.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const utf8 = (content: string): Uint8Array => new TextEncoder().encode(content);
const message = (id: string, more = ''): string =>
  `MSH|^~\\&|EHR|MAIN|HUB|LUNA|20260302150405||ADT^A04^ADT_A01|${id}|P|2.5.1${more}\rPID|1||M1\r`;

async function until(label: string, condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`waited in vain: ${label}`);
}
const stored: Deliver = () => Promise.resolve({ rawId: 'r', duplicate: false });

describe('listener', () => {
  const open: { stop(): Promise<void> }[] = [];
  const clients: MllpClient[] = [];
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    for (const socket of sockets.splice(0)) socket.destroy();
    await Promise.all(open.splice(0).map((one) => one.stop()));
  });

  async function listen(
    deliver: Deliver,
    more: Partial<MllpOptions> & { feed?: Partial<MllpFeed>; productionOnly?: boolean } = {},
  ): Promise<{ listener: MllpListener; port: number; faults: MllpFault[] }> {
    const { feed, productionOnly = false, ...options } = more;
    const faults: MllpFault[] = [];
    const listener = await listenMllp({
      host: '127.0.0.1',
      feeds: [{ feed: 'ehr', port: 0, deliver, ...feed }],
      answers: answers({ productionOnly }),
      clock: () => new Date('2026-03-02T15:04:05Z'),
      onFault: (fault) => faults.push(fault),
      ...options,
    });
    open.push(listener);
    return { listener, port: listener.ports.get('ehr') ?? 0, faults };
  }
  const client = (port: number, inFlight = 1): MllpClient => {
    const made = new MllpClient('127.0.0.1', port, { inFlight, retryMs: 20, refusals: 2 });
    clients.push(made);
    return made;
  };
  /** A socket with no manners: writes bytes, collects answers. */
  async function raw(port: number): Promise<{ socket: Socket; acks: Acknowledgement[]; closed: Promise<void> }> {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    const acks: Acknowledgement[] = [];
    const decoder = new FrameDecoder();
    socket.on('data', (chunk: Uint8Array) => {
      for (const event of decoder.push(chunk)) if (event.kind === 'frame') acks.push(readAcknowledgement(event.bytes));
    });
    socket.on('error', () => {});
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    return { socket, acks, closed };
  }
  test('answers only after deliver has resolved, with the sender’s own id', async () => {
    const commit = Promise.withResolvers<undefined>();
    const seen: Delivery[] = [];
    const { port } = await listen(async (delivery) => {
      seen.push(delivery);
      await commit.promise;
      return { rawId: 'r', duplicate: false };
    });
    const { socket, acks } = await raw(port);
    socket.write(frame(utf8(message('C1'))));
    await until('delivery', () => seen.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(acks).toEqual([]);
    commit.resolve(undefined);
    await until('answer', () => acks.length === 1);
    expect({ code: acks[0]?.code, controlId: acks[0]?.controlId }).toEqual({ code: 'AA', controlId: 'C1' });
    expect(seen[0]?.controlId).toBe('C1');
  });

  test('answers in the order of the frames whatever order storing ends in', async () => {
    const releases: (() => void)[] = [];
    const { port } = await listen(async () => {
      await new Promise<void>((resolve) => releases.push(resolve));
      return { rawId: 'r', duplicate: false };
    });
    const { socket, acks } = await raw(port);
    socket.write(Buffer.concat(['C1', 'C2', 'C3'].map((id) => frame(utf8(message(id))))));
    await until('three deliveries', () => releases.length === 3);
    for (const release of releases.reverse()) release();
    await until('three answers', () => acks.length === 3);
    expect(acks.map((ack) => ack.controlId)).toEqual(['C1', 'C2', 'C3']);
  });

  test('a storing that fails is answered AR and the sender sends again', async () => {
    let attempts = 0;
    const { port, faults } = await listen((delivery) => {
      attempts += 1;
      return attempts < 3 ? Promise.reject(new RangeError(text(delivery.bytes))) : stored(delivery);
    });
    expect((await client(port).send(message('C1'))).code).toBe('AA');
    expect(attempts).toBe(3);
    expect(faults.map(({ kind, detail }) => `${kind} ${detail}`)).toEqual([
      'NOT_STORED RangeError',
      'NOT_STORED RangeError',
    ]);
  });

  test('a frame without a message is stored under its hash and answered AR, one without an id AE', async () => {
    const seen: Delivery[] = [];
    const { port } = await listen((delivery) => {
      seen.push(delivery);
      return stored(delivery);
    });
    const { socket, acks } = await raw(port);
    for (const content of ['hello', '', 'MSH|', 'PID|1||M1\r', `MSH|^~\\&|||||||ADT^A04|${'9'.repeat(300)}|P|2.5`])
      socket.write(frame(utf8(content)));
    await until('five answers', () => acks.length === 5);
    expect(acks.map((ack) => ack.code)).toEqual(['AR', 'AR', 'AR', 'AR', 'AE']);
    expect(seen.map((delivery) => /^sha256:[0-9a-f]{64}$/.test(delivery.controlId))).toEqual(Array(5).fill(true));
  });

  test('test messages are refused where only production data is taken, and not stored', async () => {
    const seen: Delivery[] = [];
    const deliver: Deliver = (delivery) => {
      seen.push(delivery);
      return stored(delivery);
    };
    const { port } = await listen(deliver, { productionOnly: true });
    const training = message('T1').replace('|P|', '|T|');
    expect((await client(port).send(training)).code).toBe('AR');
    expect((await client(port).send(message('C1'))).code).toBe('AA');
    expect(seen.map((delivery) => delivery.controlId)).toEqual(['C1']);
  });

  test('too large and too slow frames are told so and the connection is closed, others go on', async () => {
    const { port, faults } = await listen(stored, { limits: { frameBytes: 500, frameMs: 100 } });
    const large = await raw(port);
    large.socket.write(utf8(`\u000b${message('BIG')}${'x'.repeat(600)}`));
    await large.closed;
    expect(large.acks.map((ack) => ack.code)).toEqual(['AR']);
    const slow = await raw(port);
    slow.socket.write(utf8(`\u000b${message('SLOW')}`));
    await slow.closed;
    expect(slow.acks.map((ack) => ack.code)).toEqual(['AR']);
    expect(faults.map((fault) => fault.kind)).toEqual(['FRAME_TOO_LARGE', 'FRAME_LATE']);
    expect((await client(port).send(message('C1'))).code).toBe('AA');
  });

  test('an address that is not listed is not spoken to; feeds of one port are told apart by address', async () => {
    const seen: string[] = [];
    const to =
      (feed: string): Deliver =>
      (delivery) => {
        seen.push(feed);
        return stored(delivery);
      };
    const { port: probe, listener } = await listen(stored);
    await listener.stop();
    open.pop();
    const both = await listenMllp({
      host: '127.0.0.1',
      feeds: [
        { feed: 'far', port: probe, address: ['10.0.0.0/8'], deliver: to('far') },
        { feed: 'near', port: probe, address: ['127.0.0.1'], deliver: to('near') },
      ],
      answers: answers({ productionOnly: false }),
      clock: () => new Date(0),
    });
    open.push(both);
    expect((await client(probe).send(message('C1'))).code).toBe('AA');
    expect(seen).toEqual(['near']);
    const closedDoor = await listen(stored, { feed: { address: ['10.0.0.1'] } });
    const { closed, acks } = await raw(closedDoor.port);
    await closed;
    expect(acks).toEqual([]);
    expect(closedDoor.faults.map((fault) => fault.kind)).toEqual(['NOT_ALLOWED']);
  });

  test.each([
    { inFlight: 4, inFlightTotal: 1_000, most: 16 },
    { inFlight: 1_000, inFlightTotal: 6, most: 16 },
  ])('stops reading while too much waits, and reads on afterwards: $inFlight of $inFlightTotal', async (bounds) => {
    const { most, ...limits } = bounds;
    const releases: (() => void)[] = [];
    const { port } = await listen(
      async () => {
        await new Promise<void>((resolve) => releases.push(resolve));
        return { rawId: 'r', duplicate: false };
      },
      { limits },
    );
    const senders = [client(port, 1_000), client(port, 1_000)];
    const big = 'x'.repeat(70_000);
    const all = senders.flatMap((sender, s) =>
      Array.from({ length: 60 }, (_, n) => sender.send(message(`S${s}N${n}`, `\rZZZ|${big}`))),
    );
    await until('some deliveries', () => releases.length >= 6);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(releases.length).toBeLessThan(most);
    let freed = 0;
    const done = Promise.all(all);
    await until('all delivered', () => {
      while (freed < releases.length) releases[freed++]?.();
      return freed === 120;
    });
    expect((await done).every((ack) => ack.code === 'AA')).toBe(true);
  });

  test('stop waits for what is under way and answers it', async () => {
    const commit = Promise.withResolvers<undefined>();
    const { port, listener } = await listen(async () => {
      await commit.promise;
      return { rawId: 'r', duplicate: false };
    });
    const { socket, acks, closed } = await raw(port);
    socket.write(frame(utf8(message('C1'))));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const stopped = listener.stop();
    setTimeout(() => commit.resolve(undefined), 50);
    await stopped;
    await closed;
    expect(acks.map((ack) => ack.controlId)).toEqual(['C1']);
  });

  test('a sender that closes its half after sending is answered', async () => {
    const { port } = await listen(stored);
    const { socket, acks, closed } = await raw(port);
    socket.end(frame(utf8(message('C1'))));
    await closed;
    expect(acks.map((ack) => ack.code)).toEqual(['AA']);
  });

  test('a port in use is an error, with nothing left open', async () => {
    const { port } = await listen(stored);
    await expect(listen(stored, { feed: { port } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('the client sends again what was not answered, in its order, when the listener comes back', async () => {
    // A receiver that dies on the first byte, as a hub killed before its commit.
    const dying = createServer((socket) => socket.on('error', () => {}).once('data', () => socket.destroy()));
    await new Promise<void>((resolve) => dying.listen(0, '127.0.0.1', resolve));
    const address = dying.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const sender = client(port, 3);
    const sent = ['C1', 'C2', 'C3', 'C4'].map((id) => sender.send(message(id)));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await new Promise((resolve) => dying.close(resolve));
    const seen: string[] = [];
    await listen(
      (delivery) => {
        seen.push(delivery.controlId);
        return stored(delivery);
      },
      { feed: { port } },
    );
    expect((await Promise.all(sent)).map((ack) => ack.controlId)).toEqual(['C1', 'C2', 'C3', 'C4']);
    expect(seen).toEqual(['C1', 'C2', 'C3', 'C4']);
  });
});
