/**
 * A hub that is killed while nothing can be stored: another session holds the table of receipts, senders go on, and what the hub
 * has waiting is rolled back with its connections. Whatever it acknowledged meanwhile is lost, whoever was faster.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../src/db/client.ts';
import type { HubProcess } from './crash-place.ts';
import type { CrashJournal, Senders } from './crash-senders.ts';

/** Messages that senders may begin meanwhile. */
const MESSAGES = 500;
/** As many acknowledgements are more than enough: one message in two hundred is sent again although it was acknowledged. */
const ENOUGH = 20;

/** What a stall is made of. */
export interface Stall {
  hub: HubProcess;
  journal: CrashJournal;
  senders: Senders;
  /** How long to wait for acknowledgements that a sound hub does not give. */
  ms: number;
}

/** Stalls, kills, lets go; answers how many messages were acknowledged that were begun while nothing could be stored. */
export const killWhileStalled = (owner: Database, { hub, journal, senders, ms }: Stall): Promise<number> =>
  owner.transaction(async (tx) => {
    // Waits for what is being stored; what comes later waits behind it.
    await tx.query('lock table raw_receipt in exclusive mode');
    const begun = journal.entries.size;
    senders.allowed = Math.max(senders.allowed, begun) + MESSAGES;
    for (const until = performance.now() + ms; performance.now() < until; await sleep(20))
      if (journal.ackedAfter(begun) >= ENOUGH || hub.ending !== undefined) break;
    const acked = journal.ackedAfter(begun);
    await hub.end('SIGKILL');
    // Its connections would still commit what was sent over them.
    await tx.query(
      `select pg_terminate_backend(pid, 10000) from pg_stat_activity
       where application_name like 'hub %' and datname = current_database()`,
    );
    return acked;
  });
