/** Sends many messages over several connections: as many hands per connection as it may have messages under way. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { MllpClient } from './client.ts';

/** How to share the work out. */
export interface SendAllOptions {
  /** Messages under way per connection; the connection's `inFlight` should be as much. Default 1. */
  hands?: number;
  /** Most messages a second over all connections. Default: no bound. */
  perSecond?: number | undefined;
}

/**
 * Hands each message to `send` with the connection that is free for it. With one connection and one hand they go out in their
 * order, each after the answer to the one before. Rejects with the first failure, and begins nothing new after it.
 */
export async function sendAll<M>(
  clients: readonly MllpClient[],
  messages: Iterable<M>,
  send: (client: MllpClient, message: M) => Promise<void>,
  { hands = 1, perSecond }: SendAllOptions = {},
): Promise<void> {
  const source = messages[Symbol.iterator]();
  const started = performance.now();
  let taken = 0;
  let failed = false;
  const work = async (client: MllpClient): Promise<void> => {
    for (let next = source.next(); next.done !== true && !failed; next = source.next()) {
      if (perSecond !== undefined) {
        const due = started + (taken * 1_000) / perSecond;
        taken += 1;
        await sleep(Math.max(0, due - performance.now()));
      }
      await send(client, next.value);
    }
  };
  const workers = clients.flatMap((client) => Array.from({ length: hands }, () => work(client)));
  try {
    await Promise.all(workers);
  } finally {
    failed = true;
  }
}
