/**
 * `chain-query`: pages of fifty dispenses with their chain through the product's GraphQL server against the floor: the very same
 * statements under the same role and transaction behind a bare HTTP server. The readers are a process of their own.
 */
import { createServer, type Server } from 'node:http';
import { createKey } from '../src/access/keys.ts';
import { connect, type Database, type Step, type TransactionOptions } from '../src/db/client.ts';
import type { Tenant } from '../src/db/stage.ts';
import { startHttp } from '../src/http/server.ts';
import { benchContext } from './bench-hub.ts';
import type { ReadersAnswer, ReadersInput } from './chain-reader.ts';
import { runChild } from './children.ts';
import { startDatabase, type BenchDatabase } from './database.ts';
import { fillDecided, fillWorld } from './decide-world.ts';
import { interleave, median, percentile, rounded, type Bench, type BenchOptions, type Figure } from './figure.ts';

const DISPENSES = 100_000;
/** As the hub's own read pool. */
const POOL = 4;
const READERS = 8;
const PAGES = 20;
const SECONDS = 3;
const WARM_SECONDS = 0.5;
/** Before anything counts each server answers for so long: a hub that has just started is still compiling its own code. */
const RUN_IN_SECONDS = 10;
const QUERY = `query Page($after: String) {
  dispenses(first: 50, after: $after) {
    nodes {
      id rxNumber fillNumber dateOfService ndc11 quantity unit status reason bucket entityId
      patient { id familyName givenName birthDate }
      encounter { id visitNumber class startedAt site { id340b name } }
      prescription { id number writtenDate prescriberNpi }
      claim { id adjudicatedAt totalPaid bin pcn }
      drug { ndc11 name packageSize }
      pharmacy { ncpdp name }
      determination { id status reason decidedAt winning }
      determinations(first: 5) { nodes { id entityId status reason } }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

const HEAD = Buffer.from('{"data":{"dispenses":');
const TAIL = Buffer.from('}}');

/** What the product sent to the database for one page. */
interface Sent {
  steps: readonly Step[];
  options: TransactionOptions;
}

/** One server under test. */
interface Target {
  name: string;
  port: number;
  path: string;
  headers: Record<string, string>;
  bodies: string[];
}

/** One round. */
interface Round {
  rate: number;
  p99: number;
  /** CPU of this process per page, milliseconds. */
  cpu: number;
  first: string;
}

/** The bench. `--size` is the number of dispenses. */
export const chainQuery: Bench = {
  name: 'chain-query',
  about: 'pages of fifty dispenses with their chain against the same SQL behind plain HTTP',
  run: async (options) => {
    const database = await startDatabase();
    const ingest = connect(database.ingestUrl, { role: 'ingest', max: 2, statementMs: 0 });
    try {
      const { tenant, tenants } = await benchContext(ingest);
      const size = options.size ?? DISPENSES;
      await fillWorld(database.owner, ingest, tenant.id, size);
      await fillDecided(database.owner, ingest, tenant.id);
      const key = await createKey(ingest, {
        tenantId: tenant.id,
        name: 'bench',
        role: 'operator',
        days: 1,
        now: new Date(),
      });
      return await serve(database, tenants, key, size, options);
    } finally {
      await ingest.end();
      await database.stop();
    }
  },
};

async function serve(
  { readUrl }: BenchDatabase,
  tenants: readonly Tenant[],
  key: string,
  size: number,
  options: BenchOptions,
): Promise<Figure[]> {
  const read = connect(readUrl, { role: 'read', max: POOL });
  const monitor = connect(readUrl, { role: 'read', max: 1 });
  const sent: Sent[] = [];
  const restore = recordBatches(read, sent);
  const hub = await startHttp({ port: 0, read, monitor, clock: () => new Date(), tenants });
  const headers = { authorization: `Bearer ${key}` };
  const bodies = await walkPages(hub.port, headers, sent);
  restore();
  const floor = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      answerFloor(read, sent[Number(Buffer.concat(chunks).toString())])
        .then((body) => response.setHeader('content-type', 'application/json').end(body))
        .catch(() => response.writeHead(500).end());
    });
  });
  const floorPort = await listen(floor);
  try {
    const measured: Target = { name: 'hub', port: hub.port, path: '/graphql', headers, bodies };
    const numbers = bodies.map((_, index) => String(index));
    const baseline: Target = { name: 'floor', port: floorPort, path: '/', headers: {}, bodies: numbers };
    for (const target of [measured, baseline]) await round(target, options, RUN_IN_SECONDS);
    return await compare(measured, baseline, size, options);
  } finally {
    floor.closeAllConnections();
    floor.close();
    await hub.stop();
    await read.end();
    await monitor.end();
  }
}

/** Keeps the statements and parameters of each transaction that reads data, until the answered function is called. */
function recordBatches(read: Database, sent: Sent[]): () => void {
  const batch = read.batch.bind(read);
  read.batch = (steps, options) => {
    if (steps.some((step) => step.options?.name === 'read dispenses')) sent.push({ steps, options: options ?? {} });
    return batch(steps, options);
  };
  return () => {
    read.batch = batch;
  };
}

/** Walks from page to page; afterwards `sent[n]` is what page n asked of the database. @returns the bodies to post. */
async function walkPages(port: number, headers: Record<string, string>, sent: Sent[]): Promise<string[]> {
  const bodies: string[] = [];
  let after: string | null = null;
  for (let page = 0; page < PAGES; page += 1) {
    const body = JSON.stringify({ query: QUERY, variables: { after } });
    bodies.push(body);
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    });
    const text = await response.text();
    const cursor = /"endCursor":"([^"]+)"/.exec(text)?.[1];
    if (cursor === undefined || text.includes('"errors"')) throw new Error(`page ${page}: ${text.slice(0, 300)}`);
    after = cursor;
  }
  if (sent.length !== PAGES) throw new Error(`${sent.length} statements for ${PAGES} pages`);
  return bodies;
}

async function answerFloor(read: Database, sent: Sent | undefined): Promise<Buffer> {
  if (sent === undefined) throw new Error('no such page');
  const [rows] = await read.batch(sent.steps, sent.options);
  return Buffer.concat([HEAD, rows?.[0]?.[0] as Buffer, TAIL]);
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

async function round(target: Target, options: BenchOptions, seconds = SECONDS): Promise<Round> {
  const { port, path, headers, bodies } = target;
  const input: ReadersInput = {
    port,
    path,
    headers,
    bodies,
    readers: READERS,
    seconds,
    warmSeconds: WARM_SECONDS,
  };
  const before = process.cpuUsage();
  const { counted, answered, latencies, first } = await runChild<ReadersAnswer>('chain-reader', input);
  const { user, system } = process.cpuUsage(before);
  const [rate, cpu, p99] = [counted / seconds, (user + system) / 1000 / answered, percentile(latencies, 0.99)];
  options.log(`${target.name}: ${rate.toFixed(0)} pages/s, p99 ${p99.toFixed(1)} ms, ${cpu.toFixed(2)} ms CPU a page`);
  return { rate, p99, cpu, first };
}

async function compare(measured: Target, baseline: Target, size: number, options: BenchOptions): Promise<Figure[]> {
  const rounds = await interleave(
    options.rounds,
    () => round(measured, options),
    () => round(baseline, options),
  );
  if (
    JSON.stringify(JSON.parse(rounds.measured[0]?.first ?? '')) !==
    JSON.stringify(JSON.parse(rounds.baseline[0]?.first ?? ''))
  )
    throw new Error('the hub and the floor answer differently');
  const of = (key: 'rate' | 'p99' | 'cpu') => ({
    hub: median(rounds.measured.map((one) => one[key])),
    floor: median(rounds.baseline.map((one) => one[key])),
  });
  const [rate, p99, cpu] = [of('rate'), of('p99'), of('cpu')];
  const figure = (name: string, unit: string, value: number, floor: number, ratio: number): Figure => ({
    bench: 'chain-query',
    figure: name,
    value: rounded(value),
    unit,
    ratio: rounded(ratio),
    against: `floor, ${size} dispenses: ${rounded(floor)} ${unit}`,
  });
  const ofFloor = rate.hub / rate.floor;
  return [
    {
      ...figure('chain-page-50-of-floor', 'of the floor', ofFloor, 1, ofFloor),
      against: 'the same SQL behind plain HTTP',
    },
    figure('chain-page-50', 'pages/s', rate.hub, rate.floor, ofFloor),
    figure('p99-ms', 'ms', p99.hub, p99.floor, p99.floor / p99.hub),
    figure('node-cpu-ms', 'ms', cpu.hub, cpu.floor, cpu.floor / cpu.hub),
  ];
}
