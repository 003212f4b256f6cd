/**
 * A TCP proxy before a database or a listener that makes the link as bad as networks can: late, cut into small pieces, ended by
 * a reset, or open and silent.
 */
import net from 'node:net';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';

/** A bad link. */
export interface BadLink {
  /** true = bytes of both directions vanish, connections stay open. */
  swallow(on: boolean): void;
  /** Bytes travel in pieces of at most so many; undefined = as they come. */
  slice(most: number | undefined): void;
  /** Every piece travels so long, milliseconds. */
  delay(ms: number): void;
  /** Ends all connections with a reset; answers how many. */
  reset(): number;
  close(): Promise<void>;
}

/** The proxy before a database. */
export interface Proxy extends BadLink {
  /** The database's URL through the proxy. */
  url: string;
}

/** Opens a proxy before the server of `url`. */
export async function openProxy(url: string): Promise<Proxy> {
  const target = new URL(url);
  const through = new URL(url);
  const { port, ...link } = await openTcpProxy(target.hostname, Number(target.port));
  through.port = String(port);
  return { url: through.href, ...link };
}

/** Opens a proxy before any port. */
export async function openTcpProxy(host: string, to: number): Promise<BadLink & { port: number }> {
  const sockets = new Set<net.Socket>();
  const weather: Weather = { swallowing: false, most: undefined, ms: 0 };
  const server = net.createServer({ noDelay: true }, (client) => {
    const upstream = net.connect({ port: to, host, noDelay: true });
    for (const [from, into] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      forward(from, into, weather);
      from.on('error', () => into.destroy());
      from.on('close', () => {
        sockets.delete(from);
        into.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    swallow: (on) => {
      weather.swallowing = on;
    },
    slice: (most) => {
      weather.most = most;
    },
    delay: (ms) => {
      weather.ms = ms;
    },
    reset: () => {
      const all = [...sockets];
      for (const socket of all) socket.resetAndDestroy();
      return all.length / 2;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

interface Weather {
  swallowing: boolean;
  most: number | undefined;
  ms: number;
}

/** Hands on what comes, in order; pieces that are cut or delayed leave in turns of the loop of their own. */
function forward(from: net.Socket, into: net.Socket, weather: Weather): void {
  let waiting = 0;
  let last = Promise.resolve();
  const send = (bytes: Buffer): void => void (weather.swallowing || into.destroyed || into.write(bytes));
  const later = async (bytes: Buffer, { most = bytes.length, ms }: Weather): Promise<void> => {
    if (ms > 0) await sleep(ms);
    for (let at = 0; at < bytes.length; at += most) {
      send(bytes.subarray(at, at + most));
      await turn();
    }
    waiting -= 1;
  };
  from.on('data', (bytes) => {
    if (waiting === 0 && weather.most === undefined && weather.ms === 0) send(bytes);
    else {
      waiting += 1;
      const now = { ...weather };
      last = last.then(() => later(bytes, now));
    }
  });
}
