/** The simulators against the product's transports: what they write is a configuration, what they send arrives, and they resume. */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { FORMATS } from '../../adapters/index.ts';
import type { Deliver, DeliverFile, Running } from '../../adapters/contract.ts';
import { answers } from '../../adapters/formats/hl7v2/ack.ts';
import { startFhir } from '../../adapters/transports/fhir/index.ts';
import { startFolder } from '../../adapters/transports/folder/index.ts';
import { listenMllp, type MllpFeed } from '../../adapters/transports/mllp/server.ts';
import { startSftp } from '../../adapters/transports/sftp/index.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { Journal } from '../../src/simulate/journal.ts';
import { startSimulators, type Simulators } from '../../src/simulate/simulators.ts';
import { trickleStep, CLAIM_TICKS, INVOICE_TICKS } from '../../src/simulate/trickle.ts';
import { buildWorld, castsOf } from '../../src/simulate/world/build.ts';
import { memoryCursors } from '../support/fhir-feed.ts';
import { receivedFile } from '../support/received-file.ts';
import { freePort } from '../support/demo-process.ts';

const WORLD = { seed: 'test', today: '2026-11-22', scale: 0.01 };
const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

const log = (): void => undefined;
const clock = (): Date => new Date('2026-11-22T12:00:00Z');

/** Everything the hub's transports took, by feed. */
type Taken = Map<string, { name: string; text: string }[]>;

/** A hub without a database: the transports of the written configuration, and a memory. */
async function listen(configuration: string, taken: Taken): Promise<Running> {
  const { feeds, directory } = loadConfiguration(configuration, FORMATS);
  const running: Running[] = [];
  const mllp: MllpFeed[] = [];
  for (const { feed, source } of feeds) {
    const take = (name: string, bytes: Uint8Array): void =>
      void taken.set(feed, [...(taken.get(feed) ?? []), { name, text: Buffer.from(bytes).toString('utf8') }]);
    const deliver: Deliver = ({ name, bytes }) => {
      take(name, bytes);
      return Promise.resolve({ rawId: '', duplicate: false });
    };
    const deliverFile: DeliverFile = async (delivery) => {
      const { name, bytes, sha256 } = await receivedFile(delivery);
      take(name, bytes);
      return { rawId: '', duplicate: false, sha256 };
    };
    if ('mllp' in source) mllp.push({ feed, port: source.mllp.port, deliver });
    if ('fhir' in source) {
      const config = { ...source.fhir, pollSeconds: 0.05, pauseMs: 1 };
      running.push(await startFhir({ config, deliver, cursors: memoryCursors(), clock, log }));
    }
    if ('sftp' in source)
      running.push(startSftp({ config: { ...source.sftp, pollSeconds: 0.05 }, deliver: deliverFile, log }));
    if ('folder' in source)
      running.push(
        startFolder({
          config: { ...source.folder, path: join(directory, source.folder.path), pollSeconds: 0.05 },
          deliver: deliverFile,
          log,
        }),
      );
  }
  running.push(
    await listenMllp({
      host: '127.0.0.1',
      feeds: mllp,
      answers: answers({ productionOnly: true }),
      clock,
      onFault: log,
    }),
  );
  return {
    async stop() {
      await Promise.all(running.map((one) => one.stop()));
    },
  };
}

async function start(directory: string): Promise<Simulators> {
  const simulators = await startSimulators({
    directory,
    ports: { sftp: 0, fhir: 0, mllp: { mercy: await freePort(), lakeside: await freePort() } },
    world: WORLD,
    clock,
    log,
  });
  open.push(simulators);
  return simulators;
}

test('the history arrives whole over MLLP, FHIR, SFTP and folders, and is not sent again after a restart', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'demo-'));
  const taken: Taken = new Map();
  const first = await start(directory);
  expect(first.historyDelivered).toBe(false);
  const hub = await listen(first.configuration, taken);
  open.push(hub);
  const steps = new Set<string>();
  const loaded = await first.loadHistory(({ step }) => steps.add(step));
  const world = buildWorld(WORLD);
  expect([...steps]).toEqual(['master data', 'messages', 'claims', 'invoices']);
  const pages = (taken.get('lakeside-fhir') ?? []).map(({ text }) => text).join();
  for (const { resource } of world.tenants.flatMap(({ resources }) => resources))
    expect(pages).toContain(`"id":"${resource.id}"`);
  for (const { tenant, messages, claims, invoices, master } of world.tenants) {
    const ids = (taken.get(tenant.ehrFeed) ?? []).map(({ text }) => text);
    expect(new Set(ids)).toEqual(new Set(messages.map(({ text }) => text)));
    for (const file of [...claims, ...invoices, ...master])
      expect(
        taken
          .get(file.feed)
          ?.some(({ name, text }) => name === file.name && text === Buffer.from(file.bytes).toString('utf8')),
      ).toBe(true);
  }
  expect(taken.get('opais')).toHaveLength(1);
  expect(loaded.messages.refused).toBeGreaterThan(0);
  // This hub without a database forgets how far it has asked: over FHIR it asks again.
  const sent = (): number =>
    [...taken].reduce((sum, [feed, all]) => sum + (feed === 'lakeside-fhir' ? 0 : all.length), 0);
  const arrived = sent();
  await hub.stop();
  await first.stop();
  open.length = 0;

  const again = await start(directory);
  expect(again.historyDelivered).toBe(true);
  expect(again.sftpFingerprint).toBe(first.sftpFingerprint);
  const hubAgain = await listen(again.configuration, taken);
  open.push(hubAgain);
  const { messages } = await again.loadHistory(() => undefined);
  expect(messages.acknowledged).toBe(0);
  expect(sent() - arrived).toBe(messages.refused);
});

test('secrets are private, and the password is not in the configuration', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'demo-'));
  const { configuration } = await start(directory);
  const secret = join(configuration, 'secrets', 'riverside-claims');
  expect(statSync(secret).mode & 0o777).toBe(0o600);
  const yaml = readFileSync(join(configuration, 'feeds', 'riverside-claims.yaml'), 'utf8');
  expect(yaml).not.toContain(readFileSync(secret, 'utf8').trim());
  expect(yaml).toContain('hostKeySha256: SHA256:');
  expect(readdirSync(join(configuration, 'feeds')).length).toBeGreaterThan(25);
});

test('a port in use is a clear error', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'demo-'));
  const { ports } = await start(directory);
  const clash = startSimulators({
    directory: mkdtempSync(join(tmpdir(), 'demo-')),
    ports: { sftp: ports.sftp, fhir: 0 },
    world: WORLD,
    clock,
    log,
  });
  await expect(clash).rejects.toThrow(`port ${ports.sftp}`);
});

test('the trickle is a function of seed and tick and is readable', () => {
  const casts = castsOf(WORLD);
  const [cast] = casts;
  if (cast === undefined) throw new Error('no cast');
  const tick = 1_795_000_000 - (1_795_000_000 % INVOICE_TICKS);
  const step = trickleStep(cast, 'test', tick);
  expect(trickleStep(cast, 'test', tick)).toEqual(step);
  expect(new Set(step.files.map(({ feed }) => feed)).size).toBeGreaterThan(1);
  expect(step.files.some(({ name }) => name.endsWith('.810'))).toBe(true);
  const ids = Array.from({ length: CLAIM_TICKS }, (_, index) => trickleStep(cast, 'test', tick + index).messages)
    .flat()
    .map(({ controlId }) => controlId);
  expect(ids.length).toBeGreaterThan(5);
  expect(new Set(ids).size).toBe(ids.length);
});

test('the trickle reaches the hub', async () => {
  const taken: Taken = new Map();
  const simulators = await start(mkdtempSync(join(tmpdir(), 'demo-')));
  open.push(await listen(simulators.configuration, taken));
  const trickle = simulators.startTrickle();
  const end = performance.now() + 10_000;
  while (!taken.has('mercy-adt') && performance.now() < end) await new Promise((wake) => setTimeout(wake, 50));
  await trickle.stop();
  expect(taken.has('mercy-adt') || taken.has('lakeside-adt')).toBe(true);
});

test('a journal forgets a line that a crash cut off', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'journal-')), 'taken.txt');
  new Journal(path).add('one');
  appendFileSync(path, 'tw');
  const journal = new Journal(path);
  expect([journal.has('one'), journal.has('tw')]).toEqual([true, false]);
  journal.add('two');
  expect(new Journal(path).entries()).toEqual(['one', 'two']);
});
