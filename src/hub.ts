/**
 * Puts the hub together and takes it apart: database, self-check, configuration, receivers and transports, worker, HTTP. The
 * order matters: nothing listens before the database is checked, and on stop what takes deliveries stops first.
 */
import { join } from 'node:path';
import { FORMATS } from '../adapters/index.ts';
import type { Running } from '../adapters/contract.ts';
import { deliverUnpacked } from '../adapters/pickup/unpack.ts';
import { applyConfiguration } from './config/apply.ts';
import { type Configuration, loadConfiguration } from './config/load.ts';
import { connect, type Database, DatabaseError } from './db/client.ts';
import { databaseEnvironment, openDatabase, type OpenedDatabase } from './db/open.ts';
import { expireLeases } from './db/lease.ts';
import { selfCheck } from './db/self-check.ts';
import type { StageContext, Tenant } from './db/stage.ts';
import { fhirGroups, keySets, renewKeySets } from './fhir-feeds.ts';
import { type FileIntake, fileGroups } from './file-feeds.ts';
import { startHttp } from './http/server.ts';
import type { Log } from './log.ts';
import { messageCommands } from './message-commands.ts';
import { MllpPorts } from './mllp-feeds.ts';
import { PIPELINE } from './pipeline.ts';
import { freeSpace, minimumFreeMegabytes, watchDisk, type DiskWatch } from './receive/disk-watermark.ts';
import { createReceiver } from './receive/receiver.ts';
import { sweepPieces } from './receive/take-file.ts';
import { type TransportGroup, Transports } from './transports.ts';
import { watchApplied } from './watch-applied.ts';
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

/** The connections of a process, by what they are for; none is made before it is needed. */
interface Pools {
  ingest: Database;
  /** Of the same role, for deliveries alone: a sender never waits behind the stages of many tenants. */
  receive: Database;
  read: Database;
  monitor: Database;
}

/** Opens and checks the database. @throws RefusesToServe. */
export async function openChecked(
  options: Pick<HubOptions, 'directory' | 'clock' | 'environment' | 'log'> & {
    mode: 'serve' | 'attach';
    port?: number | undefined;
  },
): Promise<OpenedDatabase & { pools: Pools }> {
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
    receive: connect(opened.ingestUrl, { role: 'ingest', schema, max: 4, applicationName: 'hub receive' }),
    read: connect(opened.readUrl, { role: 'read', schema, max: 4 }),
    monitor: connect(opened.monitorUrl, { role: 'monitor', schema, max: 2 }),
  };
  const end = async (): Promise<void> => {
    await Promise.all(Object.values(pools).map((pool: Database) => pool.end()));
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

/** Starts the transports of all feeds, and goes on watching whether other sources are applied. */
async function startTransports(
  transports: Transports,
  intake: HubOptions & FileIntake,
  ports: MllpPorts,
  onAdopted: (next: Configuration) => void,
): Promise<Running[]> {
  const { configuration, db, tenants, log } = intake;
  const groups = (of: Configuration): TransportGroup[] => [
    ...fileGroups(intake, of),
    ...fhirGroups(intake, of),
    ...ports.groups(of),
  ];
  await transports.start(groups(configuration));
  // A configuration that was not read from files (tests, bench) cannot be read again.
  if (configuration.declared === undefined) return [];
  return [
    watchApplied({
      db,
      tenants,
      configuration,
      load: () => loadConfiguration(configuration.directory, FORMATS),
      adopt: (next) => {
        transports.adopt(groups(next));
        onAdopted(next);
      },
      idle: () => transports.retry(),
      log,
    }),
  ];
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
    const { ingest, receive, read, monitor } = opened.pools;
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
    const receiver = createReceiver(receive, { clock, onStored: () => worker.wake(), refusing });
    const spoolFolder = join(options.directory, 'spool');
    const ports = new MllpPorts({ ...options, db: ingest, receiver, tenants });
    const published = await keySets(configuration);
    const http = await startHttp({
      host: configuration.hub.http.host,
      port: configuration.hub.http.port,
      read,
      monitor,
      clock,
      tenants,
      refusing,
      upload: {
        maxBytes: configuration.hub.http.uploadMaxMegabytes * 1024 ** 2,
        deliver: (tenant, feed, file) => deliverUnpacked(receiver.deliverFilesTo(tenant, feed), file, { spoolFolder }),
      },
      keySets: published,
      commands: messageCommands({ db: ingest, formats: FORMATS, clock, log, wake: () => worker.wake() }),
      mllp: ({ name }) => ports.figures(name),
      // A DatabaseError speaks in names and codes only; of anything else just the class is told.
      onFault: (error) =>
        log({
          level: 'error',
          event: 'http',
          detail: error instanceof DatabaseError ? error.message : error instanceof Error ? error.name : 'unknown',
        }),
    });
    started.push(http);
    await sweepPieces(
      ingest,
      tenants.map(({ id }) => id),
      clock(),
    );
    started.push({ stop: () => receiver.settled() });
    // The embedded database is ours alone: whoever held a lease is gone.
    if (opened.embedded !== undefined) await expireLeases(ingest);
    const intake = { ...options, folder: configuration.directory, db: ingest, receiver, tenants };
    const transports = new Transports(log);
    started.push(transports);
    started.push(...(await startTransports(transports, intake, ports, renewKeySets(published, log))));
    return { opened, tenants, ingest, read, httpPort: http.port, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
