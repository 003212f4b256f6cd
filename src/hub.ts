/**
 * Puts the hub together and takes it apart: database, self-check, configuration, receivers and transports, worker, HTTP. The
 * order matters: nothing listens before the database is checked, and on stop what takes deliveries stops first.
 */
import { isAbsolute, join } from 'node:path';
import { FORMATS } from '../adapters/index.ts';
import type { Deliver, Running } from '../adapters/contract.ts';
import { answers } from '../adapters/formats/hl7v2/ack.ts';
import type { PollReport, TransportLog } from '../adapters/pickup/source.ts';
import { startFhir, type FhirConfig } from '../adapters/transports/fhir/index.ts';
import { startFolder } from '../adapters/transports/folder/index.ts';
import { listenMllp, type MllpFeed } from '../adapters/transports/mllp/server.ts';
import { startSftp } from '../adapters/transports/sftp/index.ts';
import { applyConfiguration } from './config/apply.ts';
import type { Configuration } from './config/load.ts';
import type { FeedConfig } from './config/schema.ts';
import { connect, type Database, DatabaseError } from './db/client.ts';
import { databaseEnvironment, openDatabase, type OpenedDatabase } from './db/open.ts';
import { fault, type FaultPoint } from './db/fault.ts';
import { selfCheck } from './db/self-check.ts';
import type { StageContext, Tenant } from './db/stage.ts';
import { startHttp } from './http/server.ts';
import type { Log } from './log.ts';
import { PIPELINE } from './pipeline.ts';
import { freeSpace, minimumFreeMegabytes, watchDisk, type DiskWatch } from './receive/disk-watermark.ts';
import { feedCursors } from './receive/feed-cursors.ts';
import { createReceiver, type Receiver } from './receive/receiver.ts';
import { startWorker } from './worker.ts';

/** What a hub needs to run. */
export interface HubOptions {
  /** `.hub`: embedded database, keys. */
  directory: string;
  configuration: Configuration;
  log: Log;
  clock: () => Date;
  environment: NodeJS.ProcessEnv;
  /** Refuse HL7 test and training messages (MSH-11 T, D). */
  productionOnly: boolean;
}

/** A running hub. */
export interface Hub {
  opened: OpenedDatabase;
  tenants: Tenant[];
  ingest: Database;
  read: Database;
  httpPort: number;
  stop(): Promise<void>;
}

/** The hub refuses to serve: the database could show one tenant's rows to another. `findings` are sentences with cures. */
export class RefusesToServe extends Error {
  override readonly name = 'RefusesToServe';
  readonly findings: string[];
  constructor(findings: string[]) {
    super(`The hub refuses to serve:\n  ${findings.join('\n  ')}`);
    this.findings = findings;
  }
}

/** Opens and checks the database. @throws RefusesToServe. */
export async function openChecked(
  options: Pick<HubOptions, 'directory' | 'clock' | 'environment' | 'log'> & {
    mode: 'serve' | 'attach';
    port?: number | undefined;
  },
): Promise<OpenedDatabase & { pools: { ingest: Database; read: Database; monitor: Database } }> {
  const environment = databaseEnvironment(options.environment);
  const opened = await openDatabase({
    directory: options.directory,
    ...environment,
    port: environment.port ?? options.port,
    mode: options.mode,
    now: options.clock(),
    log: (detail) => options.log({ level: 'info', event: 'database', detail }),
  });
  const schema = opened.schema;
  const pools = {
    ingest: connect(opened.ingestUrl, { role: 'ingest', schema, max: 8 }),
    read: connect(opened.readUrl, { role: 'read', schema, max: 4 }),
    monitor: connect(opened.monitorUrl, { role: 'monitor', schema, max: 2 }),
  };
  const end = async (): Promise<void> => {
    await Promise.all([pools.ingest.end(), pools.read.end(), pools.monitor.end()]);
    await opened.stop();
  };
  try {
    const findings = await selfCheck([pools.ingest, pools.read, pools.monitor], { schema });
    if (findings.length > 0) throw new RefusesToServe(findings);
  } catch (error) {
    await end();
    throw error;
  }
  return { ...opened, pools, stop: end };
}

const at = (directory: string, path: string): string => (isAbsolute(path) ? path : join(directory, path));

interface Intake {
  options: HubOptions;
  ingest: Database;
  receiver: Receiver;
  tenants: Tenant[];
}

function tenantOf({ tenants }: Intake, feed: FeedConfig): Tenant {
  const tenant = tenants.find((one) => one.name === feed.tenant);
  if (tenant === undefined) throw new Error(`feed ${feed.feed} names an unknown tenant`);
  return tenant;
}

/** What a transport hands its deliveries to: stored under the feed's tenant. */
function deliverTo(intake: Intake, feed: FeedConfig): Deliver {
  const { receiver } = intake;
  const tenant = tenantOf(intake, feed);
  const deliver = receiver.deliverTo(tenant.id, feed.feed);
  const [before, after] = passages(feed);
  return async (delivery) => {
    fault.point(before);
    const receipt = await deliver(delivery);
    if (after !== null) fault.point(after);
    return receipt;
  };
}

function passages({ source }: FeedConfig): [FaultPoint, FaultPoint | null] {
  if ('mllp' in source) return ['frame-read', null];
  return 'fhir' in source
    ? ['fhir-page-read', 'fhir-page-stored-before-watermark']
    : ['file-read', 'file-stored-before-archive'];
}

/** After a poll that stored files, all of them are moved away. */
const onPoll = ({ delivered }: PollReport): void => {
  if (delivered > 0) fault.point('file-archived');
};

function pollFhir(
  intake: Intake,
  feed: FeedConfig,
  config: FhirConfig,
  deliver: Deliver,
  log: TransportLog,
): Promise<Running> {
  const { clock } = intake.options;
  const cursors = feedCursors(intake.ingest, tenantOf(intake, feed).id, feed.feed, clock);
  return startFhir({ config, deliver, cursors, clock, log });
}

async function startTransports(intake: Intake): Promise<Running[]> {
  const { configuration, log, clock, productionOnly } = intake.options;
  const running: Running[] = [];
  const mllp: MllpFeed[] = [];
  for (const feed of configuration.feeds) {
    const deliver = deliverTo(intake, feed);
    const say: TransportLog = (event) =>
      log({ level: event.level, event: 'transport', feed: feed.feed, detail: event.message });
    const { source } = feed;
    if ('mllp' in source)
      mllp.push({ feed: feed.feed, ...source.mllp, deliver, onAnswered: () => fault.point('after-ack') });
    else if ('sftp' in source) running.push(startSftp({ config: source.sftp, deliver, log: say, onPoll }));
    else if ('fhir' in source) running.push(await pollFhir(intake, feed, source.fhir, deliver, say));
    else if ('folder' in source)
      running.push(
        startFolder({
          config: { ...source.folder, path: at(configuration.directory, source.folder.path) },
          deliver,
          log: say,
          onPoll,
        }),
      );
  }
  if (mllp.length > 0) {
    const onFault = ({
      kind,
      feed,
      remote,
      detail,
    }: {
      kind: string;
      feed: string;
      remote: string;
      detail: string;
    }): void => log({ level: 'warn', event: 'mllp', kind, feed, remote, detail });
    running.push(
      await listenMllp({
        host: configuration.hub.mllp.host,
        feeds: mllp,
        answers: answers({ productionOnly }),
        clock,
        onFault,
      }),
    );
  }
  return running;
}

/** The disk of the embedded database; null when the operator's own server holds the data. */
async function watchDatabaseDisk(
  { directory, environment, configuration, log }: HubOptions,
  opened: OpenedDatabase,
): Promise<DiskWatch | null> {
  if (opened.embedded === undefined) return null;
  const folder = join(directory, 'postgres');
  return watchDisk({
    space: () => freeSpace(folder),
    minimumMegabytes: minimumFreeMegabytes(environment, configuration.hub.database.minimumFreeMegabytes),
    onChange: (refusing, { free }) =>
      log({
        level: refusing ? 'error' : 'info',
        event: 'disk',
        detail: refusing
          ? 'the disk is nearly full: deliveries are refused until there is room'
          : 'there is room again: deliveries are taken',
        count: Math.round(free / 1024 ** 2),
      }),
  });
}

/** Starts everything. @throws sentences that name the setting to change. */
export async function startHub(options: HubOptions): Promise<Hub> {
  const { configuration, log, clock } = options;
  const opened = await openChecked({ ...options, mode: 'serve', port: configuration.hub.database.port });
  const started: Running[] = [];
  const stop = async (): Promise<void> => {
    for (const one of started.toReversed()) await one.stop();
    await opened.stop();
  };
  try {
    const { ingest, read, monitor } = opened.pools;
    const tenants = await applyConfiguration(ingest, configuration, clock());
    const contexts: StageContext[] = tenants.map((tenant) => ({
      db: ingest,
      tenant,
      tenants,
      clock,
      formats: FORMATS,
    }));
    const worker = startWorker(PIPELINE, contexts, log);
    started.push(worker);
    const disk = await watchDatabaseDisk(options, opened);
    if (disk !== null) started.push(disk);
    const refusing = (): boolean => disk?.refusing() ?? false;
    const http = await startHttp({
      host: configuration.hub.http.host,
      port: configuration.hub.http.port,
      read,
      monitor,
      clock,
      tenants,
      refusing,
      // A DatabaseError speaks in names and codes only; of anything else just the class is told.
      onFault: (error) =>
        log({
          level: 'error',
          event: 'http',
          detail: error instanceof DatabaseError ? error.message : error instanceof Error ? error.name : 'unknown',
        }),
    });
    started.push(http);
    const receiver = createReceiver(ingest, { clock, onStored: () => worker.wake(), refusing });
    started.push({ stop: () => receiver.settled() });
    started.push(...(await startTransports({ options, ingest, receiver, tenants })));
    return { opened, tenants, ingest, read, httpPort: http.port, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
