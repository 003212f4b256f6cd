/**
 * The MLLP listener: frames of all connections go to `deliver`, and a frame is answered when that has resolved, never
 * before. The port a sender connects to, with its client certificate or its address where several feeds share a port, tells
 * the feed; nothing in the message does. The meaning of messages and answers is handed in (`Answers`).
 */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type SecureContextOptions, Server as TlsServer, TLSSocket } from 'node:tls';
import type { Deliver, Running } from '../../contract.ts';
import { Connection } from './connection.ts';
import { certificateNames, type Door, doorFor, doorOf, plainAddress, type Refusal } from './doors.ts';
import { type FeedFigures, Figures } from './figures.ts';
import { FRAME_MAX } from './framing.ts';
import { Room } from './room.ts';

/** What became of a frame; the answer's code follows from it. */
export type Outcome = 'STORED' | 'FAILED' | 'UNREADABLE' | 'INCOMPLETE' | 'REFUSED' | 'VERSION';

/** What a frame's header says: take it, or why not. UNREADABLE and INCOMPLETE are stored all the same, ANSWER is not answered. */
export type Verdict = 'TAKE' | 'UNREADABLE' | 'INCOMPLETE' | 'REFUSED' | 'VERSION' | 'ANSWER';

/** What the listener must be told about the messages in its frames. */
export interface Answers {
  /** The sender's key of the message (MSH-10), and whether the message may come in. */
  examine(frame: Uint8Array): { controlId: string | undefined; verdict: Verdict };
  /** The answers to send, in order; none when the sender wants none. */
  acknowledge(frame: Uint8Array, outcome: Outcome, own: () => { controlId: string; at: Date }): Uint8Array[];
}

/** What a port shows its callers, in PEM. With `ca` a caller must show a certificate of that authority. */
export interface TlsIdentity {
  key: string;
  cert: string;
  ca?: string | undefined;
}

/** A feed that arrives over MLLP. */
export interface MllpFeed {
  feed: string;
  /** 0 = any free port, one of its own. */
  port: number;
  /** Addresses or networks (`10.1.0.0/16`) that may send; absent = any. */
  address?: readonly string[] | undefined;
  /** Client certificates that may send: `CN=...`, `DNS:...` or `SHA256:...`; absent = any that `tls.ca` knows. */
  certificate?: readonly string[] | undefined;
  /** Absent = clear text. Feeds of one port have the same. */
  tls?: TlsIdentity | undefined;
  /** Connections at once. Default: all that the port takes. */
  connections?: number | undefined;
  /** Close a connection on which nothing came or went for so long, milliseconds. Default 0 = never. */
  idleMs?: number | undefined;
  deliver: Deliver;
  /** How its messages are answered; absent = as those of the listener. */
  answers?: Answers | undefined;
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
    | 'INCOMPLETE'
    | 'REFUSED'
    | 'VERSION'
    | 'ANSWER'
    | 'NOT_STORED'
    | 'IDLE'
    | 'SOCKET';
  /** '' when the connection belongs to no feed. */
  feed: string;
  remote: string;
  /** Bytes for STRAY_BYTES, the reason for NOT_ALLOWED, an error's name or code for NOT_STORED and SOCKET. */
  detail: string;
}

/** Bounds of the listener. */
export interface MllpLimits {
  /** Content of one frame, bytes. */
  frameBytes: number;
  /** From a frame's first byte to its last, milliseconds. */
  frameMs: number;
  /** Frames of one connection that wait for their storing, and their bytes. */
  inFlight: number;
  inFlightBytes: number;
  /** The same over all connections; the bytes include those of unfinished frames. */
  inFlightTotal: number;
  bytesTotal: number;
  /** Connections per port. */
  connections: number;
  /** Bytes outside frames after which a connection is closed. */
  strayBytes: number;
}

export const MLLP_LIMITS: Readonly<MllpLimits> = {
  frameBytes: FRAME_MAX,
  frameMs: 30_000,
  inFlight: 64,
  inFlightBytes: 2 * FRAME_MAX,
  inFlightTotal: 2_048,
  bytesTotal: 16 * FRAME_MAX,
  connections: 1_024,
  strayBytes: 64 * 1024,
};

/** Longest TLS handshake, milliseconds. */
const HANDSHAKE_MS = 10_000;

/** What peers get to close their half when the listener stops, milliseconds. */
const CLOSE_MS = 500;

/** Settings of a listener. */
export interface MllpOptions {
  host: string;
  feeds: readonly MllpFeed[];
  answers: Answers;
  /** Time of the answers. */
  clock: () => Date;
  onFault?: (fault: MllpFault) => void;
  limits?: Partial<MllpLimits>;
  /** What may be held in memory, shared with other listeners; default one of its own, by the limits. */
  room?: Room;
}

/** A listener at work. */
export interface MllpListener extends Running {
  /** The port each feed is served on. */
  ports: ReadonlyMap<string, number>;
  /** What came since the start, by feed, with who is or was connected. */
  feeds(): FeedFigures[];
  /** Shows callers of a feed's port this from now on; who is connected stays so. @throws when it cannot be used. */
  present(feed: string, identity: TlsIdentity): void;
}

/** Feeds that share a port; each feed on port 0 gets one of its own. */
function doorsByPort(feeds: readonly MllpFeed[]): { port: number; doors: Door[] }[] {
  const ports: { port: number; doors: Door[] }[] = [];
  for (const feed of feeds) {
    const shared = feed.port === 0 ? undefined : ports.find(({ port }) => port === feed.port);
    if (shared) shared.doors.push(doorOf(feed));
    else ports.push({ port: feed.port, doors: [doorOf(feed)] });
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

/** What a TLS port is opened with, and what may be replaced while it is open. */
const secure = ({ key, cert, ca }: TlsIdentity): SecureContextOptions => ({
  key,
  cert,
  minVersion: 'TLSv1.2',
  ...(ca === undefined ? {} : { ca }),
});

/** The names of the certificate that a caller showed and that was checked; none without TLS. */
function namesOf(socket: Socket): string[] {
  const certificate = socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate() : undefined;
  return certificate === undefined ? [] : certificateNames(certificate);
}

class Listener implements MllpListener {
  readonly ports = new Map<string, number>();
  readonly #options: MllpOptions;
  readonly #limits: MllpLimits;
  readonly #room: Room;
  readonly #figures: Figures;
  readonly #connections = new Set<Connection>();
  readonly #servers: Server[] = [];
  /** The server of each feed. */
  readonly #serverOf = new Map<string, Server>();
  /** All sockets, also those that are still shaking hands and those that are nobody's. */
  readonly #sockets = new Set<Socket>();
  readonly #nextId: () => string;

  constructor(options: MllpOptions) {
    this.#options = options;
    this.#limits = { ...MLLP_LIMITS, ...options.limits };
    this.#room = options.room ?? new Room({ frames: this.#limits.inFlightTotal, bytes: this.#limits.bytesTotal });
    this.#figures = new Figures(
      options.clock,
      options.feeds.map(({ feed }) => feed),
    );
    this.#nextId = controlIds(options.clock);
  }

  feeds(): FeedFigures[] {
    return this.#figures.feeds();
  }

  async open(): Promise<void> {
    for (const { port, doors } of doorsByPort(this.#options.feeds)) {
      const server = this.#serve(doors);
      const bound = await bind(server, port, this.#options.host);
      this.#servers.push(server);
      for (const { feed } of doors) {
        this.ports.set(feed.feed, bound);
        this.#serverOf.set(feed.feed, server);
      }
    }
  }

  present(feed: string, identity: TlsIdentity): void {
    const server = this.#serverOf.get(feed);
    if (!(server instanceof TlsServer)) throw new Error(`the port of ${feed} speaks no TLS`);
    server.setSecureContext(secure(identity));
  }

  async stop(): Promise<void> {
    const closing = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
    await Promise.all([...this.#connections].map((connection) => connection.finish()));
    const late = setTimeout(() => this.#sockets.forEach((socket) => socket.destroy()), CLOSE_MS);
    await Promise.all(closing);
    clearTimeout(late);
  }

  #serve(doors: readonly Door[]): Server {
    const sockets = { noDelay: true, keepAlive: true, allowHalfOpen: true };
    const accept = (socket: Socket): void => this.#accept(socket, doors);
    const tls = doors[0]?.feed.tls;
    const server =
      tls === undefined
        ? createServer(sockets, accept)
        : createTlsServer(
            {
              ...sockets,
              ...secure(tls),
              handshakeTimeout: HANDSHAKE_MS,
              ...(tls.ca === undefined ? {} : { requestCert: true, rejectUnauthorized: true }),
            },
            accept,
          );
    server.maxConnections = this.#limits.connections;
    server.on('drop', (told) => this.#turnAway(doors, plainAddress(told?.remoteAddress), 'connections'));
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    // A caller that breaks off the handshake stays half open until its time is up.
    server.on('tlsClientError', (_error: Error, socket: TLSSocket) => {
      this.#turnAway(doors, plainAddress(socket.remoteAddress), 'tls');
      socket.destroy();
    });
    return server;
  }

  #turnAway(doors: readonly Door[], remote: string, reason: Refusal): void {
    const feeds = doors.map(({ feed }) => feed.feed);
    this.#figures.turnedAway(feeds, reason);
    this.#options.onFault?.({ kind: 'NOT_ALLOWED', feed: '', remote, detail: reason });
  }

  #accept(socket: Socket, doors: readonly Door[]): void {
    const remote = plainAddress(socket.remoteAddress);
    const names = namesOf(socket);
    const door = doorFor(doors, { address: remote, names });
    const full = typeof door === 'object' && this.#figures.connections(door.feed.feed) >= mostOf(door);
    if (typeof door === 'string' || full) {
      this.#turnAway(doors, remote, typeof door === 'string' ? door : 'connections');
      socket.on('error', () => {}).destroy();
      return;
    }
    const { feed } = door;
    const connection = new Connection({
      socket,
      remote,
      feed,
      idleMs: feed.idleMs ?? 0,
      tally: this.#figures.opened(feed.feed, names[0] ?? remote),
      answers: feed.answers ?? this.#options.answers,
      own: () => ({ controlId: this.#nextId(), at: this.#options.clock() }),
      limits: this.#limits,
      room: this.#room,
      onFault: this.#options.onFault ?? ((): void => {}),
    });
    this.#connections.add(connection);
    socket.once('close', () => this.#connections.delete(connection));
  }
}

const mostOf = ({ feed }: Door): number => feed.connections ?? Number.POSITIVE_INFINITY;

/**
 * Listens on the ports of all feeds.
 * @throws the error of the first port that cannot be bound (EADDRINUSE) or whose key cannot be used, with nothing left open.
 */
export async function listenMllp(options: MllpOptions): Promise<MllpListener> {
  const listener = new Listener(options);
  try {
    await listener.open();
  } catch (error) {
    await listener.stop();
    throw error;
  }
  return listener;
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
