/** Notices that somebody has applied something beside a running hub: it looks every few seconds. */
import type { Running } from '../adapters/contract.ts';
import { appliedFeeds, appliedTimes, takeOver } from './config/applied.ts';
import { ConfigurationError, type Configuration } from './config/load.ts';
import type { Database } from './db/client.ts';
import type { Tenant } from './db/stage.ts';
import type { Log } from './log.ts';

const EVERY_MS = 3_000;

/** What a watch needs. */
export interface AppliedWatch {
  db: Database;
  tenants: readonly Tenant[];
  /** What the hub started with. */
  configuration: Configuration;
  /** Reads the files again. @throws ConfigurationError. */
  load: () => Configuration;
  /** Takes over what changed. May throw a sentence for people: it is tried again. */
  adopt: (configuration: Configuration) => void;
  /** Called at every look that finds nothing new. */
  idle: () => void;
  log: Log;
}

/** Looks every few seconds whether something was applied, and hands it over. */
export function watchApplied({ db, tenants, configuration, load, adopt, idle, log }: AppliedWatch): Running {
  let current = configuration;
  let seen = '';
  let told = '';
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  const say = (level: 'warn' | 'error', notes: readonly string[]): void => {
    const text = notes.join('; ');
    if (text !== '' && text !== told) log({ level, event: 'feeds', detail: text });
    told = text;
  };
  const look = async (): Promise<void> => {
    const times = await appliedTimes(db, tenants);
    if (times === seen) return idle();
    const next = takeOver(current, load(), await appliedFeeds(db, tenants));
    adopt(next.configuration);
    current = next.configuration;
    seen = times;
    say('warn', next.notes);
  };
  const schedule = (): void => {
    if (stopping) return;
    timer = setTimeout(() => {
      looking = look()
        .catch((error: unknown) => {
          const cause =
            error instanceof ConfigurationError ? error.problems : [error instanceof Error ? error.message : ''];
          say('error', [`what was applied could not be taken over: ${cause.join('; ')}`]);
        })
        .finally(schedule);
    }, EVERY_MS);
  };
  schedule();
  return {
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
