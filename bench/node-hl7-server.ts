/**
 * The listener of the npm package node-hl7-server as a baseline. As published it keeps every message of a connection and reads
 * it again with the next, so that its tenth message is ten; here it is patched, while it loads, to forget what it has handled.
 */
import { once } from 'node:events';
import { registerHooks } from 'node:module';
import { createServer } from 'node:net';
import type { Deliver } from '../adapters/contract.ts';

const INBOUND = '/node-hl7-server/lib/esm/server/inbound.js';
/** Where a whole frame is there: from here on the patched text speaks of `handled`. */
const WHOLE = "this.emit('data.raw', loadedMessage);";

function forgetting(source: string): string {
  const [before, after] = source.split(WHOLE);
  if (before === undefined || after === undefined)
    throw new Error('node-hl7-server is another than the one patched here');
  return `${before}const handled = loadedMessage; loadedMessage = ''; this.emit('data.raw', handled);${after.replaceAll('loadedMessage', 'handled')}`;
}

registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context);
    return url.endsWith(INBOUND) ? { ...loaded, source: forgetting(String(loaded.source)) } : loaded;
  },
});

/** Its `port: 0` cannot be asked afterwards which port it became. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Listens; each message is answered AA when `deliver` has stored it. */
export async function listenNodeHl7Server(deliver: Deliver): Promise<{ port: number; stop(): Promise<void> }> {
  const { Server } = await import('node-hl7-server');
  const port = await freePort();
  const inbound = new Server({ bindAddress: '127.0.0.1' }).createInbound({ port }, async (request, response) => {
    const message = request.getMessage();
    const controlId = message.get('MSH.10').toString();
    await deliver({ controlId, name: 'mllp', bytes: Buffer.from(message.toString()) });
    await response.sendResponse('AA');
  });
  await once(inbound, 'listen');
  return { port, stop: async () => void (await inbound.close()) };
}
