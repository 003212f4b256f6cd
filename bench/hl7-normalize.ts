/**
 * `hl7-normalize`: a backlog of ADT messages, each a payload of its own, from the queue to canonical rows. Processor time of the
 * hub per message, and whether its memory stays level: the run has a process of its own that reports as it goes.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connect, type Database } from '../src/db/client.ts';
import { normalizeStage } from '../src/normalize/normalize.ts';
import { createReceiver } from '../src/receive/receiver.ts';
import { benchContext, NOW } from './bench-hub.ts';
import { runChild } from './children.ts';
import { startDatabase } from './database.ts';
import { rounded, type Bench, type BenchOptions, type Figure } from './figure.ts';
import { adtMessage } from './hl7-messages.ts';

const MESSAGES = 200_000;
/** Deliveries under way at once while the backlog is stored. */
const SENDERS = 64;
const MEGABYTE = 1024 * 1024;

interface NormalizeInput {
  ingestUrl: string;
  messages: number;
}

interface NormalizeAnswer {
  seconds: number;
  cpuSeconds: number;
  /** Heap in use after each tenth of the messages, collected. */
  heapMb: number[];
  peakRssMb: number;
}

/** The bench. */
export const hl7Normalize: Bench = {
  name: 'hl7-normalize',
  about: 'a backlog of 200,000 mixed ADT messages to canonical rows: processor time and memory',
  run,
};

async function run({ size = MESSAGES, log }: BenchOptions): Promise<Figure[]> {
  const database = await startDatabase();
  const ingest = connect(database.ingestUrl, { role: 'ingest', max: 16 });
  try {
    const { tenant } = await benchContext(ingest);
    await store(ingest, tenant.id, size);
    await database.owner.query('checkpoint');
    log(`${size} messages wait`);
    const input: NormalizeInput = { ingestUrl: database.ingestUrl, messages: size };
    const answer = await runChild<NormalizeAnswer>('hl7-normalize', input);
    const [row] = await database.owner.query<{ done: number; encounters: number; merged: number }>(
      `select (select count(*)::int from raw_state where state = 'DONE') as done, (select count(*)::int from encounter) as encounters,
         (select count(*)::int from patient_link) as merged`,
    );
    if (row?.done !== size) throw new Error(`${row?.done ?? 0} of ${size} messages were read`);
    log(`${row.encounters} encounters, ${row.merged} merges`);
    return figures(size, answer);
  } finally {
    await ingest.end();
    await database.stop();
  }
}

async function store(
  ingest: Database,
  tenant: Parameters<ReturnType<typeof createReceiver>['receive']>[0],
  size: number,
): Promise<void> {
  const receiver = createReceiver(ingest, { clock: () => NOW });
  let next = 0;
  const send = async (): Promise<void> => {
    while (next < size) {
      const index = next;
      next += 1;
      await receiver.receive(tenant, 'ehr', {
        controlId: `B${index}`,
        name: 'bench',
        bytes: Buffer.from(adtMessage(index)),
      });
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, send));
}

function figures(size: number, { seconds, cpuSeconds, heapMb, peakRssMb }: NormalizeAnswer): Figure[] {
  const figure = (name: string, value: number, unit: string, against: string | null = null): Figure => ({
    bench: 'hl7-normalize',
    figure: name,
    value: rounded(value),
    unit,
    ratio: null,
    against,
  });
  // The first tenth fills caches; from there on nothing may grow with the number of messages.
  const [, early = 0] = heapMb;
  const late = heapMb.at(-1) ?? 0;
  return [
    figure(`cpu-per-message-${size}`, (cpuSeconds * 1e6) / size, 'us'),
    figure(`messages-per-second-${size}`, size / seconds, '/s'),
    figure(
      `heap-growth-${size}`,
      late - early,
      'MB',
      `heap of the last tenth ${rounded(late)} MB, of the second ${rounded(early)} MB`,
    ),
    figure(`peak-rss-${size}`, peakRssMb, 'MB'),
  ];
}

/** Collects garbage now, so that only what is held is counted. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  return typeof gc === 'function' ? () => void gc() : () => undefined;
}

/** The child's work. */
export async function normalizeMessages(text: string): Promise<NormalizeAnswer> {
  const input: NormalizeInput = JSON.parse(text);
  const collect = collector();
  const ingest = connect(input.ingestUrl, { role: 'ingest', max: 2 });
  try {
    const context = await benchContext(ingest);
    const start = performance.now();
    const before = process.cpuUsage();
    const heapMb: number[] = [];
    let done = 0;
    for (;;) {
      const worked = await normalizeStage.run(context);
      if (worked === 0) break;
      done += worked;
      while (heapMb.length < Math.floor((done * 10) / input.messages)) {
        collect();
        heapMb.push(process.memoryUsage().heapUsed / MEGABYTE);
      }
    }
    const { user, system } = process.cpuUsage(before);
    return {
      seconds: (performance.now() - start) / 1000,
      cpuSeconds: (user + system) / 1e6,
      heapMb,
      peakRssMb: process.resourceUsage().maxRSS / 1024,
    };
  } finally {
    await ingest.end();
  }
}
