/**
 * The MLLP listener: frames of all connections go to `deliver`, and a frame is answered when that has resolved, never
 * before. The port a sender connects to (and its address, where several feeds share a port) tells the feed; nothing in the
 * message does. The meaning of messages and answers is handed in (`Answers`).
 */
import { BlockList, createServer, isIPv6, type Server, type Socket } from 'node:net';
import type { Deliver, Running } from '../../contract.ts';
import { Connection } from './connection.ts';
import { FRAME_MAX } from './framing.ts';

/** What became of a frame; the answer's code follows from it. */
export type Outcome = 'STORED' | 'FAILED' | 'UNREADABLE' | 'REFUSED';

/** What the listener must be told about the messages in its frames. */
export interface Answers {
  /** The sender's key of the message (MSH-10); undefined = the frame cannot be read. */
  controlIdOf(frame: Uint8Array): string | undefined;
  /** True for messages that must not come in here at all (test messages in production). */
  isRefused(frame: Uint8Array): boolean;
  /** The answers to send, in order; none when the sender wants none. */
  acknowledge(frame: Uint8Array, outcome: Outcome, own: () => { controlId: string; at: Date }): Uint8Array[];
}

/** A feed that arrives over MLLP. */
export interface MllpFeed {
  feed: string;
  /** 0 = any free port, one of its own. */
  port: number;
  /** Addresses or networks (`10.1.0.0/16`) that may send; absent = any. The first feed of a port that fits gets the connection. */
  address?: readonly string[] | undefined;
  deliver: Deliver;
  /** Called when the socket has taken the answers to a frame. */
  onAnswered?: () => void;
}

/** Something a monitor wants to know; never carries content. */
export interface MllpFault {
  kind:
    | 'NOT_ALLOWED'
    | 'STRAY_BYTES'
    | 'FRAME_CUT'
    | 'FRAME_TOO_LARGE'
    | 'FRAME_LATE'
    | 'UNREADABLE'
    | 'REFUSED'
    | 'NOT_STORED'
    | 'SOCKET';
  /** '' when the connection belongs to no feed. */
  feed: string;
  remote: string;
  /** Bytes for STRAY_BYTES, an error's name or code for NOT_STORED and SOCKET. */
  detail: string;
}

/** Bounds of the listener. */
export interface MllpLimits {
  /** Content of one frame, bytes. */
  frameBytes: number;
  /** From a frame's first byte to its last, milliseconds. */
  frameMs: number;
  /** Frames of one connection that wait for their storing. */
  inFlight: number;
  /** The same over all connections. */
  inFlightTotal: number;
  /** Connections per port. */
  connections: number;
  /** Bytes outside frames after which a connection is closed. */
  strayBytes: number;
}

export const MLLP_LIMITS: Readonly<MllpLimits> = {
  frameBytes: FRAME_MAX,
  frameMs: 30_000,
  inFlight: 64,
  inFlightTotal: 2_048,
  connections: 1_024,
  strayBytes: 64 * 1024,
};

/** Settings of a listener. */
export interface MllpOptions {
  host: string;
  feeds: readonly MllpFeed[];
  answers: Answers;
  /** Time of the answers. */
  clock: () => Date;
  onFault?: (fault: MllpFault) => void;
  limits?: Partial<MllpLimits>;
}

/** A listener at work. */
export interface MllpListener extends Running {
  /** The port each feed is served on. */
  ports: ReadonlyMap<string, number>;
}

/** Counts the frames that wait, over all connections of a listener; connections that stopped reading wait for room. */
export class Room {
  readonly #most: number;
  #taken = 0;
  readonly #waiting = new Set<() => void>();

  constructor(most: number) {
    this.#most = most;
  }

  take(): void {
    this.#taken += 1;
  }

  /** Frees a place and lets those who wait look again, in the order in which they began to wait. */
  free(): void {
    this.#taken -= 1;
    if (this.full) return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const look of waiting) look();
  }

  get full(): boolean {
    return this.#taken >= this.#most;
  }

  wait(look: () => void): void {
    this.#waiting.add(look);
  }
}

const plainAddress = (address = ''): string => address.replace(/^::ffff:(?=\d+\.)/, '');

/** The addresses of a feed as a list that networks can be asked of; undefined = anybody. Throws on what is no address. */
function allowed(addresses: readonly string[] | undefined): BlockList | undefined {
  if (!addresses) return undefined;
  const list = new BlockList();
  for (const address of addresses) {
    const [base = '', bits] = address.split('/');
    const family = isIPv6(base) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(base, family);
    else list.addSubnet(base, Number(bits), family);
  }
  return list;
}

interface Door {
  feed: MllpFeed;
  list: BlockList | undefined;
}

const admits = ({ list }: Door, address: string): boolean =>
  list === undefined || list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

/** Feeds that share a port; each feed on port 0 gets one of its own. */
function doorsByPort(feeds: readonly MllpFeed[]): { port: number; doors: Door[] }[] {
  const ports: { port: number; doors: Door[] }[] = [];
  for (const feed of feeds) {
    const door: Door = { feed, list: allowed(feed.address) };
    const shared = feed.port === 0 ? undefined : ports.find(({ port }) => port === feed.port);
    if (shared) shared.doors.push(door);
    else ports.push({ port: feed.port, doors: [door] });
  }
  return ports;
}

function bind(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : port);
    });
  });
}

/**
 * Listens on the ports of all feeds.
 * @throws the error of the first port that cannot be bound (EADDRINUSE), with nothing left open.
 */
export async function listenMllp(options: MllpOptions): Promise<MllpListener> {
  const limits: MllpLimits = { ...MLLP_LIMITS, ...options.limits };
  const room = new Room(limits.inFlightTotal);
  const connections = new Set<Connection>();
  const onFault = options.onFault ?? ((): void => {});
  const nextId = controlIds(options.clock);
  const servers: Server[] = [];
  const ports = new Map<string, number>();

  const accept = (socket: Socket, doors: readonly Door[]): void => {
    const remote = plainAddress(socket.remoteAddress);
    const door = doors.find((one) => admits(one, remote));
    if (!door) {
      onFault({ kind: 'NOT_ALLOWED', feed: '', remote, detail: '' });
      socket.on('error', () => {}).destroy();
      return;
    }
    const own = (): { controlId: string; at: Date } => ({ controlId: nextId(), at: options.clock() });
    const connection = new Connection({
      socket,
      remote,
      feed: door.feed,
      answers: options.answers,
      own,
      limits,
      room,
      onFault,
    });
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  };
  const stop = async (): Promise<void> => {
    const closing = servers.map((server) => new Promise((resolve) => server.close(resolve)));
    await Promise.all([...connections].map((connection) => connection.finish()));
    await Promise.all(closing);
  };
  try {
    for (const { port, doors } of doorsByPort(options.feeds)) {
      const server = createServer({ noDelay: true, keepAlive: true, allowHalfOpen: true }, (socket) =>
        accept(socket, doors),
      );
      server.maxConnections = limits.connections;
      const bound = await bind(server, port, options.host);
      servers.push(server);
      for (const { feed } of doors) ports.set(feed.feed, bound);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { ports, stop };
}

/** Control ids of our answers: unique over restarts (start time) and inside a run (counter), at most 20 signs. */
function controlIds(clock: () => Date): () => string {
  const start = clock().getTime().toString(36).toUpperCase();
  const process = Math.floor(Math.random() * 36 ** 3)
    .toString(36)
    .toUpperCase();
  let count = 0;
  return () => `${start}${process.padStart(3, '0')}${(count += 1).toString(36).toUpperCase()}`;
}
