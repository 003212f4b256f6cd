/**
 * Where a server's subscription may knock, by rest-hook (R4) or with a notification of a topic (R5 backport: handshake, heartbeat,
 * event): a hint that there is something new, never a source of data. What is sent is thrown away unread, whatever it says; the
 * poll that it wakes reads again.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { Running } from '../../contract.ts';

/** A feed's `hook`. */
export interface HookConfig {
  port: number;
  host: string;
  /** Name of the header that carries the secret (Subscription.channel.header). */
  header: string;
  secret: string;
}

/** A notification with whole resources may be large; it is never held. */
const MOST_BYTES = 64 * 1024 * 1024;
const STOP_MS = 2_000;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function knows(request: IncomingMessage, { header, secret }: HookConfig): boolean {
  const sent = request.headers[header.toLowerCase()];
  return typeof sent === 'string' && timingSafeEqual(digest(sent), digest(secret));
}

/** Listens. @throws Error naming the setting when the port cannot be had. */
export async function listenHook(config: HookConfig, wake: () => void): Promise<Running & { port: number }> {
  const server = createServer((request, response) => {
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_BYTES) request.destroy();
    });
    if (!knows(request, config)) return void response.writeHead(401).end();
    // PUT is what FHIR servers use for a payload with the resource, POST for an empty one.
    if (request.method !== 'POST' && request.method !== 'PUT') return void response.writeHead(405).end();
    response.writeHead(200).end();
    wake();
  });
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on (${error.code ?? 'error'})`;
      reject(
        new Error(`Port ${config.port} on ${config.host} ${reason}: set source.fhir.hook.port.`, { cause: error }),
      );
    });
    server.listen(config.port, config.host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : config.port,
    async stop() {
      await new Promise<void>((resolve) => {
        const late = setTimeout(() => server.closeAllConnections(), STOP_MS);
        server.close(() => {
          clearTimeout(late);
          resolve();
        });
        server.closeIdleConnections();
      });
    },
  };
}
