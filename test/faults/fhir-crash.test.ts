/**
 * A hub that reads a FHIR server is killed while a page is read, after it was stored and before the watermark moved, and after
 * it moved; and the same with an export. Started again, it has everything, nothing twice, and is rebuilt the same.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { connect } from '../../src/db/client.ts';
import { attachEmbedded } from '../../src/db/embedded.ts';
import type { FaultPoint } from '../../src/db/fault.ts';
import { HubProcess } from '../proofs/crash-place.ts';
import { freePort } from '../support/demo-process.ts';
import { closeAll, filled, serve } from '../support/fhir-feed.ts';
import { waitFor } from '../support/wait-for.ts';

const ENCOUNTERS = 40;
const KILLS: [FaultPoint, number][] = [
  ['fhir-page-read', 3],
  ['fhir-page-stored-before-watermark', 2],
  ['fhir-watermark-moved', 2],
];
const root = mkdtempSync(join(tmpdir(), 'hub-fhir-'));
const config = join(root, 'config');
let hub: HubProcess | undefined;

function writeFeed(feed: string, url: string, source: object): void {
  const fhir = { url, privateNetwork: true, types: ['Patient', 'Encounter'], pollSeconds: 0.2, count: 4, ...source };
  const declared = { feed, tenant: 'north', kind: 'ehr', source: { fhir }, format: { fhir: {} }, timezone: 'UTC' };
  writeFileSync(join(config, 'feeds', `${feed}.yaml`), stringify(declared));
}

const start = (args: string[], fault = ''): HubProcess =>
  new HubProcess(['--directory', join(root, 'hub'), '--config', config, ...args], { HUB_FAULTS: '1', FAULT: fault });

/** Rows of a statement over the running hub's database. */
async function rows<Row>(text: string): Promise<readonly Row[]> {
  const url = attachEmbedded(join(root, 'hub'));
  if (url === undefined) throw new Error('no hub runs');
  const db = connect(url, { role: 'owner', max: 1 });
  try {
    return await db.query<Row>(text);
  } finally {
    await db.end();
  }
}

const encounters = (): Promise<readonly { system: string; count: number }[]> =>
  rows(
    `select source_system as system, count(*)::int as count from encounter where status = 'ACTIVE' group by 1 order by 1`,
  );

beforeAll(async () => {
  const server = await serve(filled(ENCOUNTERS));
  const exporting = await serve(filled(ENCOUNTERS));
  mkdirSync(join(config, 'feeds'), { recursive: true });
  const tenants = [{ name: 'north', zone: 'UTC', entities: ['DSH990001'] }];
  const hubYaml = { http: { port: await freePort() }, database: { port: await freePort() }, tenants };
  writeFileSync(join(config, 'hub.yaml'), stringify(hubYaml));
  writeFeed('asked', server.url, { overlapSeconds: 0 });
  writeFeed('exported', exporting.url, { bulk: { everyHours: 24 } });
});
afterAll(async () => {
  await hub?.end('SIGTERM');
  await closeAll();
  rmSync(root, { recursive: true, force: true });
});

test('killed at each place, it goes on and loses and doubles nothing', async () => {
  for (const [point, passage] of KILLS) {
    hub = start(['serve'], `${point}:${passage}`);
    await waitFor(`the end at ${point}`, () => hub?.ending !== undefined, 60_000);
    expect({ point, ending: hub.ending }).toEqual({ point, ending: { code: null, signal: 'SIGKILL' } });
  }
  hub = start(['serve']);
  await waitFor('the hub', () => hub?.output.includes('Throughline serves') ?? false, 60_000);
  const all = [
    { system: 'asked', count: ENCOUNTERS },
    { system: 'exported', count: ENCOUNTERS },
  ];
  await waitFor('everything', async () => JSON.stringify(await encounters()) === JSON.stringify(all), 60_000);
  // A payload is stored once for its bytes, and every one of them is processed.
  const [stored] = await rows<{ doubled: number; unprocessed: number; finished: number }>(
    `select (select count(*) from (select 1 from raw_message group by tenant_id, feed, sha256 having count(*) > 1) x)::int as doubled,
       (select count(*) from raw_state where state <> 'DONE')::int as unprocessed,
       (select count(*) from feed_cursor where scope = '$export' and position like '%"job":null%')::int as finished`,
  );
  expect(stored).toEqual({ doubled: 0, unprocessed: 0, finished: 1 });
  const verify = start(['verify', '--rebuild']);
  const { code } = await verify.ended;
  expect({ code, output: code === 0 ? '' : verify.output }).toEqual({ code: 0, output: '' });
}, 300_000);
