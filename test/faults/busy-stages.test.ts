/** A hub whose stages hold every connection they may have, as with many tenants and a backlog: senders are answered all the same. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MllpClient } from '../../adapters/transports/mllp/client.ts';
import { feedSchema, hubSchema } from '../../src/config/schema.ts';
import { startHub, type Hub } from '../../src/hub.ts';
import { freePort } from '../support/demo-process.ts';
import { waitFor } from '../support/wait-for.ts';

/** More than the stages' pool has. */
const STAGES = 12;
const folder = mkdtempSync(join(tmpdir(), 'hub-busy-'));
let hub: Hub;
let port: number;

beforeAll(async () => {
  port = await freePort();
  const feed = { feed: 'north-adt', tenant: 'north', kind: 'ehr', format: { hl7v2: {} }, timezone: 'America/Chicago' };
  hub = await startHub({
    directory: join(folder, 'hub'),
    configuration: {
      directory: folder,
      hub: hubSchema.parse({
        http: { port: await freePort() },
        database: { port: await freePort() },
        tenants: [{ name: 'north', zone: 'America/Chicago', entities: ['DSH000001'] }],
      }),
      feeds: [feedSchema.parse({ ...feed, source: { mllp: { port } }, serves: ['DSH000001'] })],
    },
    log: () => undefined,
    clock: () => new Date(),
    environment: {},
    productionOnly: false,
  });
}, 120_000);
afterAll(async () => {
  await hub.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a message is acknowledged while every connection of the stages is taken', async () => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let holding = 0;
  const stages = Array.from({ length: STAGES }, () =>
    hub.ingest
      .transaction(async (tx) => {
        await tx.query('select 1');
        holding += 1;
        await released;
      })
      // Those that found no connection in time, as a stage may.
      .catch(() => undefined),
  );
  const sender = new MllpClient('127.0.0.1', port, { refusals: 0, answerMs: 30_000 });
  try {
    await waitFor('all connections to be taken', () => holding >= 8);
    const text = 'MSH|^~\\&|EHR|MAIN|HUB|LUNA|20260302150405||ADT^A04^ADT_A01|C1|P|2.5.1\rPID|1||M1\r';
    expect((await sender.send(text)).code).toBe('AA');
  } finally {
    sender.close();
    release();
    await Promise.all(stages);
  }
}, 60_000);
