/** The child of the bench `opais`: stores a register as a transport does and normalizes until nothing waits. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { connect } from '../src/db/client.ts';
import { normalizeStage } from '../src/normalize/normalize.ts';
import { createReceiver } from '../src/receive/receiver.ts';
import { benchContext } from './bench-hub.ts';
import { serveChild } from './children.ts';

const READ_BYTES = 256 * 1024;

/** A file to import. */
export interface FileInput {
  ingestUrl: string;
  path: string;
  /** Days after the first file. */
  receipt: number;
}

/** What importing it took. */
export interface FileAnswer {
  seconds: number;
  peakRssMb: number;
  /** Processor time of the child from the first byte on, in microseconds. */
  hubCpu: number;
}

async function normalizeRegister(json: string): Promise<FileAnswer> {
  const { ingestUrl, path, receipt }: FileInput = JSON.parse(json);
  const ingest = connect(ingestUrl, { role: 'ingest', max: 2 });
  try {
    const bench = await benchContext(ingest);
    const tenant = bench.tenants.find(({ name }) => name === 'public');
    if (tenant === undefined) throw new Error('there is no public tenant');
    const context = { ...bench, tenant };
    const clock = (): Date => new Date(context.clock().getTime() + receipt * 86_400_000);
    const receiver = createReceiver(ingest, { clock });
    const started = performance.now();
    const used = process.cpuUsage();
    const content = createReadStream(path, { highWaterMark: READ_BYTES });
    await receiver.receiveFile(tenant.id, 'opais', { name: basename(path), content });
    while ((await normalizeStage.run(context)) > 0);
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(used);
    return { seconds, peakRssMb: process.resourceUsage().maxRSS / 1024, hubCpu: user + system };
  } finally {
    await ingest.end();
  }
}

serveChild(normalizeRegister);
