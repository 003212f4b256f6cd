/** Waiting for a condition, never for a time. */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks until the condition holds and answers what it gave. Throws after `ms` (default 10 s) naming what was waited for.
 */
export async function waitFor<T>(
  label: string,
  condition: () => T | Promise<T>,
  ms: number = 10_000,
): Promise<Exclude<Awaited<T>, false | undefined | null>> {
  const until = performance.now() + ms;
  for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
    const value = await condition();
    if (value !== false && value !== undefined && value !== null) {
      return value as Exclude<Awaited<T>, false | undefined | null>;
    }
    if (performance.now() > until) throw new Error(`waited ${ms} ms in vain for: ${label}`);
    await sleep(pause);
  }
}
