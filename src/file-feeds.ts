/** The file side of a running hub: one pick-up for each SFTP or folder feed, one sender for each that files are delivered to. */
import { join } from 'node:path';
import type { DeliverFile, Finishing } from '../adapters/contract.ts';
import type { PollReport, TransportLog } from '../adapters/pickup/source.ts';
import { startFolder } from '../adapters/transports/folder/index.ts';
import { startSftp } from '../adapters/transports/sftp/index.ts';
import type { Configuration } from './config/load.ts';
import type { FeedConfig } from './config/schema.ts';
import type { Database } from './db/client.ts';
import { fault } from './db/fault.ts';
import type { Tenant } from './db/stage.ts';
import type { Log } from './log.ts';
import { startSender } from './outbound/sender.ts';
import { outboundPlace, pinnedKey, placeAt } from './places.ts';
import type { Receiver } from './receive/receiver.ts';
import { turnsAt } from './receive/turns.ts';
import type { TransportGroup } from './transports.ts';

/** What file feeds need of the hub. */
export interface FileIntake {
  /** `.hub`: holds the spool. */
  directory: string;
  /** What relative paths start from. */
  folder: string;
  db: Database;
  receiver: Receiver;
  tenants: readonly Tenant[];
  clock: () => Date;
  log: Log;
}

/** One feed with what is needed to serve it. */
export interface Served {
  feed: FeedConfig;
  tenant: Tenant;
  intake: FileIntake;
}

/** What a transport hands its files to: stored under the feed's tenant. */
function deliverFilesTo({ feed, tenant, intake }: Served): DeliverFile {
  const deliver = intake.receiver.deliverFilesTo(tenant.id, feed.feed);
  return async (file) => {
    fault.point('file-read');
    const receipt = await deliver(file);
    fault.point('file-stored-before-archive');
    return receipt;
  };
}

/** After a poll that stored files, all of them are moved away. */
const passedPoll = ({ delivered }: PollReport): void => {
  if (delivered > 0) fault.point('file-archived');
};

const sayOf =
  ({ feed, intake }: Served, event: string): TransportLog =>
  ({ level, message }) =>
    intake.log({ level, event, feed: feed.feed, detail: message });

/** What `hub feed run` has otherwise than a running hub. */
interface PickupChange {
  pollSeconds?: number;
  onPoll?: (report: PollReport) => void;
}

/** Starts polling a feed's place; empty for feeds that have none. */
export function startPickup(served: Served, change: PickupChange = {}): Finishing[] {
  const { feed, tenant, intake } = served;
  const { source } = feed;
  const rules = change.pollSeconds === undefined ? {} : { pollSeconds: change.pollSeconds };
  const common = {
    deliver: deliverFilesTo(served),
    log: sayOf(served, 'transport'),
    onPoll: change.onPoll ?? passedPoll,
    turns: turnsAt(intake.db, tenant.id, feed.feed),
    spoolFolder: join(intake.directory, 'spool'),
  };
  if ('sftp' in source) {
    const { sftp } = source;
    const pinned = (): Promise<string | null> => pinnedKey(intake.db, tenant.id, feed.feed, sftp);
    return [startSftp({ ...common, config: { ...sftp, ...rules }, pinned })];
  }
  if (!('folder' in source)) return [];
  const path = placeAt(intake.folder, source.folder.path);
  return [startFolder({ ...common, config: { ...source.folder, ...rules, path } })];
}

function startDelivery(served: Served): Finishing[] {
  const { feed, tenant, intake } = served;
  const { db, clock, folder } = intake;
  const log = sayOf(served, 'outbound');
  const open = outboundPlace(feed, { db, tenant: tenant.id, directory: folder, log });
  return open === null ? [] : [startSender({ db, tenant: tenant.id, feed: feed.feed, open, clock, log })];
}

/** One group for each feed that files come or go through. */
export function fileGroups(intake: FileIntake, { feeds }: Configuration): TransportGroup[] {
  return feeds.flatMap((feed): TransportGroup[] => {
    if (!('sftp' in feed.source || 'folder' in feed.source)) return [];
    const start = (): Promise<Finishing> => {
      const tenant = intake.tenants.find((one) => one.name === feed.tenant);
      if (tenant === undefined) return Promise.reject(new Error(`feed ${feed.feed} names an unknown tenant`));
      const served: Served = { feed, tenant, intake };
      return Promise.resolve(together([...startPickup(served), ...startDelivery(served)]));
    };
    const { tenant, source } = feed;
    return [{ key: `feed ${feed.feed}`, signature: JSON.stringify({ tenant, source }), start }];
  });
}

const together = (all: readonly Finishing[]): Finishing => ({
  finish: async () => void (await Promise.all(all.map((one) => one.finish()))),
  stop: async () => void (await Promise.all(all.map((one) => one.stop()))),
});
