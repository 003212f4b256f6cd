/**
 * Drives the stages: for every tenant one loop that runs each stage until nothing waits, then sleeps until it is woken (a
 * payload was stored) or a second has passed. Any number of workers may run; the tables share the work out.
 */
import type { Running } from '../adapters/contract.ts';
import type { Stage, StageContext } from './db/stage.ts';

/** Longest time one stage may keep the loop while others wait. */
const STAGE_MS = 2_000;
const IDLE_MS = 1_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

/** A running worker. */
export interface Worker extends Running {
  /** Something was stored: look for work now. */
  wake(): void;
}

/** What the worker tells the log: names and counts, never values. */
export type WorkerLog = (event: { level: 'info' | 'error'; event: string; [key: string]: unknown }) => void;

/** Runs every stage of one tenant until nothing waits. @returns batches done. */
export async function drain(stages: readonly Stage[], context: StageContext): Promise<number> {
  let total = 0;
  for (;;) {
    const done = await runOnce(stages, context, Number.POSITIVE_INFINITY, () => false);
    if (done === 0) return total;
    total += done;
  }
}

async function runOnce(
  stages: readonly Stage[],
  context: StageContext,
  stageMs: number,
  stopped: () => boolean,
): Promise<number> {
  let total = 0;
  for (const stage of stages) {
    const until = performance.now() + stageMs;
    while (!stopped()) {
      const done = await stage.run(context);
      total += done;
      if (done === 0 || performance.now() > until) break;
    }
  }
  return total;
}

/** Starts one loop per tenant. */
export function startWorker(stages: readonly Stage[], contexts: readonly StageContext[], log: WorkerLog): Worker {
  let stopping = false;
  const sleepers = new Set<() => void>();
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        sleepers.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      sleepers.add(end);
    });
  const wake = (): void => {
    for (const end of sleepers) end();
  };
  const loop = async (context: StageContext): Promise<void> => {
    let pause = FIRST_PAUSE_MS;
    while (!stopping) {
      try {
        const done = await runOnce(stages, context, STAGE_MS, () => stopping);
        pause = FIRST_PAUSE_MS;
        if (done === 0) await sleep(IDLE_MS);
      } catch (error) {
        if (stopping) return;
        log({
          level: 'error',
          event: 'stage failed',
          tenant: context.tenant.name,
          error: error instanceof Error ? error.message : 'unknown',
        });
        await sleep(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
  };
  const loops = contexts.map(loop);
  return {
    wake,
    stop: async () => {
      stopping = true;
      wake();
      await Promise.all(loops);
    },
  };
}
