/** A TCP proxy before a server that can swallow all bytes (a link that is open and answers nothing) or cut all links. */
import net from 'node:net';

/** The running proxy. */
export interface Proxy {
  /** The server's URL through the proxy. */
  url: string;
  /** true = bytes of both directions vanish, connections stay open. */
  swallow(on: boolean): void;
  /** Breaks all connections; new ones are let through. */
  cut(): void;
  close(): Promise<void>;
}

/** Opens a proxy before the server of `url` (host and port count). */
export async function openProxy(url: string): Promise<Proxy> {
  const target = new URL(url);
  const sockets = new Set<net.Socket>();
  let swallowing = false;
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => {
        if (!swallowing) to.write(bytes);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const address = server.address();
  const through = new URL(url);
  through.port = String(typeof address === 'object' && address !== null ? address.port : 0);
  return {
    url: through.href,
    swallow: (on) => {
      swallowing = on;
    },
    cut,
    close: () =>
      new Promise((resolve) => {
        cut();
        server.close(() => resolve());
      }),
  };
}
