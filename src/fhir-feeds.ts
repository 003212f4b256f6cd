/** The FHIR side of a running hub: one poller for each feed that asks a FHIR server. */
import type { Deliver, Running } from '../adapters/contract.ts';
import { startFhir } from '../adapters/transports/fhir/index.ts';
import { keySetOf } from '../adapters/transports/fhir/key-set.ts';
import type { Configuration } from './config/load.ts';
import type { Database } from './db/client.ts';
import { fault } from './db/fault.ts';
import { sabotaged } from './db/sabotage.ts';
import type { Tenant } from './db/stage.ts';
import type { Log } from './log.ts';
import { feedCursors } from './receive/feed-cursors.ts';
import type { Receiver } from './receive/receiver.ts';
import { turnsAt } from './receive/turns.ts';
import type { TransportGroup } from './transports.ts';

/** What FHIR feeds need of the hub. */
interface FhirIntake {
  db: Database;
  receiver: Receiver;
  tenants: readonly Tenant[];
  clock: () => Date;
  log: Log;
}

/** How late a sabotaged hub stores a page: its position has moved by then. */
const LATE_MS = 200;

/** Stores a page under the feed's tenant. */
const pagesTo =
  (deliver: Deliver): Deliver =>
  async (delivery) => {
    fault.point('fhir-page-read');
    if (sabotaged('watermark-first')) {
      setTimeout(() => void deliver(delivery).catch(() => undefined), LATE_MS);
      return { rawId: '', duplicate: false };
    }
    const receipt = await deliver(delivery);
    fault.point('fhir-page-stored-before-watermark');
    return receipt;
  };

/** One group for each feed that asks a FHIR server. */
export function fhirGroups(
  { db, receiver, tenants, clock, log }: FhirIntake,
  { feeds }: Configuration,
): TransportGroup[] {
  return feeds.flatMap(({ feed, tenant: owner, source }): TransportGroup[] => {
    if (!('fhir' in source)) return [];
    const start = (): Promise<Running> => {
      const tenant = tenants.find((one) => one.name === owner);
      if (tenant === undefined) return Promise.reject(new Error(`feed ${feed} names an unknown tenant`));
      return startFhir({
        config: source.fhir,
        deliver: pagesTo(receiver.deliverTo(tenant.id, feed)),
        cursors: feedCursors(db, tenant.id, feed, clock),
        turns: turnsAt(db, tenant.id, feed),
        clock,
        log: ({ level, message }) => log({ level, event: 'transport', feed, detail: message }),
      });
    };
    return [{ key: `feed ${feed}`, signature: JSON.stringify({ owner, source }), start }];
  });
}

/** Public keys of the feeds that sign for their tokens, by feed. @throws when a key cannot be read, naming feed and setting. */
export async function keySets({ feeds }: Configuration): Promise<Map<string, object>> {
  const found = new Map<string, object>();
  for (const { feed, source } of feeds) {
    if (!('fhir' in source) || source.fhir.smart === undefined) continue;
    const set = await keySetOf(source.fhir.smart).catch((error: unknown) => {
      throw new Error(`feed ${feed}: ${error instanceof Error ? error.message : 'its keys cannot be read'}`);
    });
    found.set(feed, set);
  }
  return found;
}

/** Renews published key sets by what is applied; those of before stay published while a key cannot be read. */
export const renewKeySets =
  (published: Map<string, object>, log: Log) =>
  (next: Configuration): void => {
    keySets(next).then(
      (sets) => {
        published.clear();
        for (const [feed, set] of sets) published.set(feed, set);
      },
      (error: unknown) =>
        log({ level: 'error', event: 'keys', detail: error instanceof Error ? error.message : 'unknown' }),
    );
  };
