/**
 * `hl7-normalize`: a backlog of ADT messages, each a payload of its own, from the queue to canonical rows. Processor time of the
 * hub and of its database connections per message, and whether memory stays level: the run has a process of its own that
 * is looked at after 10,000 messages and at the end.
 */
import { readFileSync } from 'node:fs';
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
/** Caches are full by then; from there on nothing may grow with the number of messages. */
const EARLY = 10_000;
/** Ticks of a processor per second, as Linux counts them. */
const TICKS = 100;

interface NormalizeInput {
  ingestUrl: string;
  messages: number;
}

interface NormalizeAnswer {
  seconds: number;
  cpuSeconds: number;
  /** Of the database processes behind the hub's connections. */
  databaseCpuSeconds: number;
  /** After 10,000 messages, at half of them, at the end. */
  memory: Memory[];
  peakRssMb: number;
}

/** What the process holds, after a collection. */
interface Memory {
  messages: number;
  heapMb: number;
  residentMb: number;
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

function figures(
  size: number,
  { seconds, cpuSeconds, databaseCpuSeconds, memory, peakRssMb }: NormalizeAnswer,
): Figure[] {
  const figure = (name: string, value: number, unit: string, against: string | null = null): Figure => ({
    bench: 'hl7-normalize',
    figure: `${name}-${size}`,
    value: rounded(value),
    unit,
    ratio: null,
    against,
  });
  const growth = (name: string, of: (at: Memory) => number): Figure => {
    const held = memory.map(of);
    const says = memory.map((at) => `${rounded(of(at))} MB after ${at.messages}`).join(', ');
    return figure(name, (held.at(-1) ?? 0) - (held[0] ?? 0), 'MB', says);
  };
  return [
    figure('cpu-per-message', (cpuSeconds * 1e6) / size, 'us'),
    figure('database-cpu-per-message', (databaseCpuSeconds * 1e6) / size, 'us'),
    figure('messages-per-second', size / seconds, '/s'),
    growth('heap-growth', ({ heapMb }) => heapMb),
    growth('resident-growth', ({ residentMb }) => residentMb),
    figure('peak-rss', peakRssMb, 'MB'),
  ];
}

/** Processor seconds that the database has spent on this role's connections; 0 where /proc does not tell. */
async function databaseSeconds(ingest: Database): Promise<number> {
  const rows = await ingest.query<{ pid: number }>(
    `select pid from pg_stat_activity where usename = current_user and application_name like 'hub%'`,
  );
  return rows.reduce((sum, { pid }) => sum + secondsOf(pid), 0);
}

function secondsOf(pid: number): number {
  try {
    // Behind the name, which may hold blanks: state is the first field, utime and stime the twelfth and thirteenth.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return 0;
  }
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
    const databaseBefore = await databaseSeconds(ingest);
    const memory: Memory[] = [];
    const remember = (messages: number): void => {
      collect();
      const { heapUsed, rss } = process.memoryUsage();
      memory.push({ messages, heapMb: heapUsed / MEGABYTE, residentMb: rss / MEGABYTE });
    };
    const looks = [Math.min(EARLY, input.messages / 5), input.messages / 2];
    let done = 0;
    for (;;) {
      const worked = await normalizeStage.run(context);
      if (worked === 0) break;
      done += worked;
      if (done >= (looks[memory.length] ?? Number.POSITIVE_INFINITY)) remember(done);
    }
    const { user, system } = process.cpuUsage(before);
    const seconds = (performance.now() - start) / 1000;
    remember(done);
    return {
      seconds,
      cpuSeconds: (user + system) / 1e6,
      databaseCpuSeconds: (await databaseSeconds(ingest)) - databaseBefore,
      memory,
      peakRssMb: process.resourceUsage().maxRSS / 1024,
    };
  } finally {
    await ingest.end();
  }
}
