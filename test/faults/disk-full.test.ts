/**
 * A small file system under the embedded database and senders that do not stop (RELIABILITY F7, R7): deliveries are refused
 * before PostgreSQL meets a full disk, nothing that was acknowledged is lost, and taking begins again by itself.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { answers } from '../../adapters/formats/hl7v2/ack.ts';
import { readAcknowledgement } from '../../adapters/transports/mllp/answer-code.ts';
import { connect, type Database } from '../../src/db/client.ts';
import { type EmbeddedDatabase, startEmbedded } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import { tenantId } from '../../src/db/tenant.ts';
import {
  DiskNearlyFull,
  freeSpace,
  isBelowWatermark,
  watchDisk,
  watermarkBytes,
} from '../../src/receive/disk-watermark.ts';
import { createReceiver } from '../../src/receive/receiver.ts';
import { waitFor } from '../support/wait-for.ts';

const MEGABYTE = 1024 ** 2;
const SIZE_MB = 288;
const BALLAST_MB = 48;
const SENDERS = 4;
const TENANT = tenantId('0190f6a8-7b1c-7def-8123-456789abcdef');

/** A small file system of our own; undefined where this account may not mount one. */
function mountSmall(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'hub-disk-'));
  const done = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,mode=711`, 'tmpfs', folder]);
  if (done.status === 0) return folder;
  rmSync(folder, { recursive: true });
  return undefined;
}

const place = mountSmall();
let server: EmbeddedDatabase | undefined;
let db: Database | undefined;

beforeAll(async () => {
  if (place === undefined) return;
  chmodSync(place, 0o711);
  server = await startEmbedded({
    directory: join(place, 'hub'),
    port: 0,
    settings: { max_wal_size: '48MB', min_wal_size: '32MB', wal_keep_size: '0' },
    openPlace: join(place, 'open'),
  });
  const passwords = { hub_ingest: 'ingest', hub_read: 'read', hub_monitor: 'monitor' };
  await migrate({ ownerUrl: server.ownerUrl, passwords, now: new Date() });
  const url = new URL(server.ownerUrl);
  url.username = 'hub_ingest';
  url.password = 'ingest';
  db = connect(url.href, { role: 'ingest', max: 4 });
  await db.query(`insert into tenant (id, name, title, zone) values ($1, 'small', 'small', 'UTC')`, [TENANT]);
});
afterAll(async () => {
  await db?.end();
  await server?.stop();
  if (place !== undefined) {
    spawnSync('umount', ['-l', place]);
    rmSync(place, { recursive: true, force: true });
  }
});

test('the watermark follows the size of the disk, or the setting', () => {
  const of = (totalMb: number, minimum?: number): number =>
    watermarkBytes({ total: totalMb * MEGABYTE }, minimum) / MEGABYTE;
  expect([of(100_000), of(1_000_000), of(1_000), of(200), of(200, 20), of(200, 0)]).toEqual([
    10_000, 10_240, 256, 100, 20, 0,
  ]);
  expect(isBelowWatermark({ free: 255 * MEGABYTE, total: 1_000 * MEGABYTE }, undefined)).toBe(true);
  expect(isBelowWatermark({ free: 257 * MEGABYTE, total: 1_000 * MEGABYTE }, undefined)).toBe(false);
});

test('a refusal is answered over MLLP as not stored', () => {
  const message = Buffer.from('MSH|^~\\&|EHR|A|HUB|B|20260322150405||ADT^A04|M1|P|2.5.1\r');
  const [answer] = answers({ productionOnly: true }).acknowledge(message, 'FAILED', () => ({
    controlId: 'A1',
    at: new Date(0),
  }));
  expect(readAcknowledgement(answer ?? new Uint8Array())).toMatchObject({ code: 'AR', controlId: 'M1' });
});

test('senders that keep sending are refused before the disk is full and served again when there is room', async () => {
  if (place === undefined || db === undefined || server === undefined) {
    process.stderr.write('NOT RUN: disk full (this account may not mount a tmpfs)\n');
    return;
  }
  const ballast = join(place, 'ballast');
  writeFileSync(ballast, Buffer.alloc(BALLAST_MB * MEGABYTE, 1));
  const pid = server.pid;
  const changes: boolean[] = [];
  const disk = await watchDisk({
    space: () => freeSpace(place),
    minimumMegabytes: undefined,
    onChange: (refusing) => changes.push(refusing),
  });
  const receiver = createReceiver(db, { clock: () => new Date(), refusing: () => disk.refusing() });
  const acknowledged: string[] = [];
  const refusals: unknown[] = [];
  let leastFree = Infinity;
  let sending = true;
  const senders = Array.from({ length: SENDERS }, async (_, sender) => {
    for (let count = 0; sending; await sleep(6)) {
      const controlId = `${sender}-${count}`;
      const stored = await receiver
        .receive(TENANT, 'small-adt', { controlId, name: 'x', bytes: randomBytes(16 * 1024) })
        .then(
          () => true,
          (error: unknown) => !refusals.push(error),
        );
      const { bavail, bsize } = statfsSync(place);
      leastFree = Math.min(leastFree, bavail * bsize);
      if (!stored) continue;
      acknowledged.push(controlId);
      count += 1;
    }
  });
  await waitFor('refusals', () => disk.refusing(), 60_000);
  await sleep(3_000);
  const before = acknowledged.length;
  await sleep(500);
  expect(acknowledged.length).toBe(before);
  rmSync(ballast);
  const freed = performance.now();
  await waitFor('deliveries taken again', () => acknowledged.length > before, 10_000);
  expect(performance.now() - freed).toBeLessThan(10_000);
  sending = false;
  await Promise.all(senders);
  await disk.stop();

  expect(before).toBeGreaterThan(100);
  expect(refusals.filter((error) => !(error instanceof DiskNearlyFull))).toEqual([]);
  expect(refusals.length).toBeGreaterThan(SENDERS);
  expect(changes.slice(0, 2)).toEqual([true, false]);
  expect(leastFree).toBeGreaterThan(16 * MEGABYTE);
  expect(server.pid).toBe(pid);
  const owner = connect(server.ownerUrl, { role: 'owner', max: 1 });
  const stored = await owner.query<{ id: string; bytes: number }>(
    `select r.control_id as id, octet_length(m.payload) as bytes from raw_receipt r join raw_message m on m.id = r.raw_id`,
  );
  await owner.end();
  expect(new Set(stored.filter(({ bytes }) => bytes === 16 * 1024).map(({ id }) => id))).toEqual(new Set(acknowledged));
  process.stderr.write(
    `disk full: ${acknowledged.length} acknowledged, ${refusals.length} refused, least free ${Math.round(leastFree / MEGABYTE)} MB of ${SIZE_MB}\n`,
  );
}, 120_000);
