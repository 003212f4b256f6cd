/** Carries the way to stop the server from set-up to tear-down: both run in jest's own process. */

const KEY = Symbol.for('hub.test.stopCluster');
const place = globalThis as { [KEY]?: () => Promise<void> };

/** Called by the set-up. */
export function keepForTeardown(stop: () => Promise<void>): void {
  place[KEY] = stop;
}

/** Called by the tear-down. */
export async function stopKept(): Promise<void> {
  await place[KEY]?.();
}
