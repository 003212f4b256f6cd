/**
 * `mllp-ack`: acknowledgements per second that are durable. The product's listener and receiver (group commit) against the
 * same listener whose deliver stores each message in a transaction of its own: same statement, role, indexes, durability; and,
 * with many senders, against node-hl7-server that stores each message the same way.
 */
import { createHash } from 'node:crypto';
import type { Deliver } from '../adapters/contract.ts';
import { answers } from '../adapters/formats/hl7v2/ack.ts';
import { listenMllp } from '../adapters/transports/mllp/server.ts';
import { connect, type Database } from '../src/db/client.ts';
import { newId } from '../src/db/ids.ts';
import { statement } from '../src/db/statement.ts';
import type { TenantId } from '../src/db/tenant.ts';
import { createReceiver } from '../src/receive/receiver.ts';
import { benchContext } from './bench-hub.ts';
import { runChild } from './children.ts';
import { emptyTables, startDatabase, type BenchDatabase } from './database.ts';
import { interleave, median, percentile, rounded, type Bench, type BenchOptions, type Figure } from './figure.ts';
import type { SendersAnswer, SendersInput } from './mllp-senders.ts';
import { listenNodeHl7Server } from './node-hl7-server.ts';

const STORE = statement(import.meta.url, '../src/receive/store-deliveries.sql');
/** As the hub's own pool for deliveries. */
const POOL = 4;
/** Each message of the baseline waits for its own commit, so it gains by connections: it gets all that help it. */
const BASELINE_POOL = 32;
const SENDERS = [64, 8, 1] as const;
const WARM_SECONDS = 0.5;
const SECONDS = 3;
const BASELINE = 'an insert per message';
const PACKAGE = 'node-hl7-server';
/** Senders with which the package is compared. */
const MANY = 64;

/** Something that listens: answers its port and how to stop it. */
type Listen = () => Promise<{ port: number; stop(): Promise<void> }>;

/** One round's outcome. */
interface Round {
  /** Durable acknowledgements per second. */
  rate: number;
  p99: number;
}

interface Scene {
  database: BenchDatabase;
  ingest: Database;
  /** The baseline's pool. */
  single: Database;
  tenant: TenantId;
  options: BenchOptions;
  rounds: number;
}

/** The bench. `--size` is the number of senders, instead of 64, 8 and 1. */
export const mllpAck: Bench = {
  name: 'mllp-ack',
  about: 'durable MLLP acknowledgements per second with 64, 8 and 1 senders',
  run: async (options) => {
    const database = await startDatabase();
    const ingest = connect(database.ingestUrl, { role: 'ingest', max: POOL });
    const single = connect(database.ingestUrl, { role: 'ingest', max: BASELINE_POOL });
    try {
      const { tenant } = await benchContext(ingest);
      const scene: Scene = { database, ingest, single, tenant: tenant.id, options, rounds: 0 };
      const figures: Figure[] = [];
      for (const senders of options.size === undefined ? SENDERS : [options.size])
        figures.push(...(await measure(scene, senders)));
      return figures;
    } finally {
      await single.end();
      await ingest.end();
      await database.stop();
    }
  },
};

const medianOf = (rounds: readonly Round[], key: keyof Round): number => median(rounds.map((one) => one[key]));

async function measure(scene: Scene, senders: number): Promise<Figure[]> {
  const { ingest, single, tenant, options } = scene;
  const receiver = createReceiver(ingest, { clock: () => new Date() });
  const hub = (): Promise<Round> => round(scene, 'group commit', senders, ours(receiver.deliverTo(tenant, 'ehr')));
  const inserts = insertEach(single, tenant);
  const { measured, baseline } = await interleave(options.rounds, hub, () =>
    round(scene, BASELINE, senders, ours(inserts)),
  );
  const rate = { hub: medianOf(measured, 'rate'), baseline: medianOf(baseline, 'rate') };
  const p99 = { hub: medianOf(measured, 'p99'), baseline: medianOf(baseline, 'p99') };
  const figure = (name: string, unit: string, value: number, other: number, ratio: number): Figure => ({
    bench: 'mllp-ack',
    figure: `${name}-${senders}`,
    value: rounded(value),
    unit,
    ratio: rounded(ratio),
    against: `${BASELINE}: ${rounded(other)} ${unit}`,
  });
  const figures = [
    figure('durable-acks', 'acks/s', rate.hub, rate.baseline, rate.hub / rate.baseline),
    figure('p99-ms', 'ms', p99.hub, p99.baseline, p99.baseline / p99.hub),
  ];
  if (senders !== MANY) return figures;
  const others = await interleave(options.rounds, hub, () =>
    round(scene, PACKAGE, senders, () => listenNodeHl7Server(inserts)),
  );
  return [...figures, againstPackage(medianOf(others.measured, 'rate'), medianOf(others.baseline, 'rate'))];
}

const againstPackage = (hub: number, other: number): Figure => ({
  bench: 'mllp-ack',
  figure: `durable-acks-${MANY}-vs-${PACKAGE}`,
  value: rounded(hub),
  unit: 'acks/s',
  ratio: rounded(hub / other),
  against: `${PACKAGE}, ${BASELINE}: ${rounded(other)} acks/s`,
});

/** The product's own listener. */
const ours =
  (deliver: Deliver): Listen =>
  async () => {
    const listener = await listenMllp({
      host: '127.0.0.1',
      feeds: [{ feed: 'ehr', port: 0, deliver }],
      answers: answers({ productionOnly: false }),
      clock: () => new Date(),
    });
    return { port: listener.ports.get('ehr') ?? 0, stop: () => listener.stop() };
  };

/** Listens, lets the senders send, and compares what they were told with what is stored. */
async function round(scene: Scene, label: string, senders: number, listen: Listen): Promise<Round> {
  const { database, options } = scene;
  await emptyTables(database.owner, ['raw_message', 'raw_receipt', 'raw_state']);
  const listener = await listen();
  scene.rounds += 1;
  const input: SendersInput = {
    host: '127.0.0.1',
    port: listener.port,
    senders,
    seconds: SECONDS,
    warmSeconds: WARM_SECONDS,
    prefix: `R${scene.rounds}-`,
  };
  let sent: SendersAnswer;
  try {
    sent = await runChild<SendersAnswer>('mllp-senders', input);
  } finally {
    await listener.stop();
  }
  const [row] = await database.owner.query<{ stored: number }>('select count(*) as stored from raw_message');
  const stored = row?.stored ?? 0;
  if (sent.refused > 0) throw new Error(`${label}: ${sent.refused} messages were refused`);
  if (stored < sent.acknowledged) throw new Error(`${label}: ${sent.acknowledged} acknowledged, ${stored} stored`);
  const rate = sent.counted / sent.seconds;
  const p99 = percentile(sent.latencies, 0.99);
  options.log(`${senders} senders, ${label}: ${Math.round(rate)} acks/s, p99 ${p99.toFixed(1)} ms`);
  return { rate, p99 };
}

/** The baseline: one round trip and one commit per message, as many at once as the pool has connections. */
function insertEach(single: Database, tenant: TenantId): Deliver {
  return async ({ controlId, name, bytes }) => {
    const rawId = newId();
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const received = new Date().toISOString();
    const row = [[rawId], ['ehr'], [controlId], [sha256], [name], [received], [bytes], [bytes.length], [0]];
    await single.batch([{ text: STORE.text, params: [tenant, ...row] }], { settings: { 'hub.tenant': tenant } });
    return { rawId, duplicate: false };
  };
}
