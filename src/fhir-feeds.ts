/** The FHIR side of a running hub: one poller for each feed that asks a FHIR server. */
import type { Deliver, Running } from '../adapters/contract.ts';
import { startFhir } from '../adapters/transports/fhir/index.ts';
import type { Configuration } from './config/load.ts';
import type { Database } from './db/client.ts';
import { fault } from './db/fault.ts';
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

/** Stores a page under the feed's tenant. */
const pagesTo =
  (deliver: Deliver): Deliver =>
  async (delivery) => {
    fault.point('fhir-page-read');
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
