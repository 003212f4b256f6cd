/**
 * The disk watermark (RELIABILITY F7, R7): while the file system of the embedded database is nearly full, deliveries are
 * refused, so that senders keep what they have and PostgreSQL never meets a full disk in the middle of a commit.
 */
import { statfs } from 'node:fs/promises';

const MEGABYTE = 1024 ** 2;
/** What PostgreSQL needs to come to rest: a checkpoint, a few WAL segments of 16 MB. */
const MINIMUM_MEGABYTES = 256;
/** Nobody waits for 10 % of a large disk: above this it is free space enough for any backlog. */
const SHARE = 0.1;
const SHARE_MOST_MEGABYTES = 10 * 1024;
/** No disk is asked more often than this, milliseconds. */
const EVERY_MS = 1_000;

/** Bytes of a file system; `free` is what an ordinary account may still write. */
export interface Space {
  free: number;
  total: number;
}

/** Space of the file system that holds `folder`. Rejects when the folder is not there. */
export async function freeSpace(folder: string): Promise<Space> {
  const { bavail, bsize, blocks } = await statfs(folder);
  return { free: bavail * bsize, total: blocks * bsize };
}

/**
 * Free bytes below which deliveries are refused: the configured minimum, else 256 MB or a tenth of the disk (at most 10 GB),
 * whichever is more. On a disk smaller than 512 MB a minimum that could never be met becomes half of the disk.
 */
export function watermarkBytes({ total }: Pick<Space, 'total'>, minimumMegabytes: number | undefined): number {
  if (minimumMegabytes !== undefined) return minimumMegabytes * MEGABYTE;
  const share = Math.min(total * SHARE, SHARE_MOST_MEGABYTES * MEGABYTE);
  return Math.max(share, Math.min(MINIMUM_MEGABYTES * MEGABYTE, total / 2));
}

/** True while deliveries are to be refused. */
export const isBelowWatermark = (space: Space, minimumMegabytes: number | undefined): boolean =>
  space.free < watermarkBytes(space, minimumMegabytes);

/** HUB_MINIMUM_FREE_MB, else the setting, else undefined (the default). Throws on what is no number. */
export function minimumFreeMegabytes(environment: NodeJS.ProcessEnv, setting: number | undefined): number | undefined {
  const text = environment['HUB_MINIMUM_FREE_MB'];
  if (text === undefined || text === '') return setting;
  if (!/^\d{1,9}$/.test(text)) throw new Error('HUB_MINIMUM_FREE_MB must be a whole number of megabytes');
  return Number(text);
}

/** The disk is nearly full: the delivery was not stored and nothing is wrong with it. */
export class DiskNearlyFull extends Error {
  override readonly name = 'DiskNearlyFull';
  constructor() {
    super('The disk of the database is nearly full: deliveries are refused until there is room again.');
  }
}

/** What a watch is made of. */
export interface DiskWatchOptions {
  space: () => Promise<Space>;
  minimumMegabytes: number | undefined;
  /** Told once when refusing begins and once when it ends. */
  onChange: (refusing: boolean, space: Space) => void;
}

/** Watches a disk by timer, so that asking costs a delivery nothing. */
export interface DiskWatch {
  /** True while deliveries are refused. */
  refusing(): boolean;
  stop(): Promise<void>;
}

/** Looks at once and then every second; what cannot be looked at (the folder went away) changes nothing. */
export async function watchDisk(options: DiskWatchOptions): Promise<DiskWatch> {
  let refusing = false;
  const look = async (): Promise<void> => {
    const space = await options.space().catch(() => undefined);
    if (space === undefined) return;
    const below = isBelowWatermark(space, options.minimumMegabytes);
    if (below === refusing) return;
    refusing = below;
    options.onChange(refusing, space);
  };
  await look();
  let current = Promise.resolve();
  const timer = setInterval(() => {
    current = look();
  }, EVERY_MS);
  timer.unref();
  return {
    refusing: () => refusing,
    stop: async () => {
      clearInterval(timer);
      await current;
    },
  };
}
