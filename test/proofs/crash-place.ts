/** Where a crash proof runs: a folder of its own, a generated configuration on free ports, and `hub serve` in a process. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { connect, type Database } from '../../src/db/client.ts';
import { attachEmbedded } from '../../src/db/embedded.ts';
import { readPostmasterFile } from '../../src/db/postmaster.ts';
import type { Cast } from '../../src/simulate/world/build.ts';
import {
  CLAIM_FEEDS,
  INVOICE_FEEDS,
  MASTER_FILES,
  REFERENCE_FEEDS,
  type SimFile,
} from '../../src/simulate/world/feeds.ts';
import { freePort } from '../support/demo-process.ts';

const MAIN = join(process.cwd(), 'dist', 'src', 'main.js');

/** How a process ended. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A hub process: `hub serve`, or a command beside it. */
export class HubProcess {
  output = '';
  ending: Ending | undefined;
  /** Resolves when the process is gone. */
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;

  constructor(args: readonly string[], environment: NodeJS.ProcessEnv) {
    const { NODE_OPTIONS: _jest, NODE_ENV: _test, ...inherited } = process.env;
    this.#child = spawn(process.execPath, ['--no-warnings', MAIN, ...args], {
      env: { ...inherited, NO_COLOR: '1', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const collect = (chunk: Buffer): void => {
      this.output = (this.output + chunk.toString('utf8')).slice(-4_000_000);
    };
    this.#child.stdout?.on('data', collect);
    this.#child.stderr?.on('data', collect);
    // A proof that is broken off asks its hub to stop, which stops its database too.
    const stop = (): void => void this.#child.kill('SIGTERM');
    process.on('exit', stop);
    this.ended = new Promise((resolve) => {
      this.#child.on('close', (code, signal) => {
        process.off('exit', stop);
        this.ending = { code, signal };
        resolve(this.ending);
      });
    });
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<Ending> {
    if (this.ending === undefined) this.#child.kill(signal);
    return this.ended;
  }
}

/** A feed's file before it is written; the hub checks it when it starts. */
export interface FeedFile {
  feed: string;
  [key: string]: unknown;
}

const folderFeed = (
  feed: string,
  tenant: string,
  kind: string,
  format: object,
  timezone = 'America/Chicago',
): FeedFile => ({
  feed,
  tenant,
  kind,
  source: { folder: { path: join('in', feed), pollSeconds: 0.2, after: 'archive' } },
  format,
  timezone,
});

function feedsOf(casts: readonly Cast[], mllp: ReadonlyMap<string, number>): FeedFile[] {
  return [
    ...casts.map(({ name, tenant }) => ({
      feed: `${name}-adt`,
      tenant: name,
      kind: 'ehr',
      source: { mllp: { port: mllp.get(name) } },
      format: { hl7v2: {} },
      timezone: tenant.zone,
      serves: tenant.entities.map(({ id }) => id),
    })),
    ...casts.flatMap(({ name }) =>
      Object.entries(MASTER_FILES).map(([record, stem]) =>
        folderFeed(`${name}-${stem}`, name, 'master', { 'master-csv': { record } }),
      ),
    ),
    ...Object.entries(CLAIM_FEEDS).map(([feed, { tenant, format, options }]) =>
      folderFeed(feed, tenant, 'claims', { [format]: options }),
    ),
    ...Object.entries(INVOICE_FEEDS).map(([feed, { tenant, format, options }]) =>
      folderFeed(feed, tenant, 'invoices', { [format]: options }),
    ),
    ...Object.entries(REFERENCE_FEEDS).map(([feed, format]) =>
      folderFeed(feed, 'public', 'reference', { [format]: {} }),
    ),
  ];
}

/** Folder, ports and configuration of one proof. */
export class CrashPlace {
  readonly #root = mkdtempSync(join(tmpdir(), 'hub-crash-'));
  readonly #hub = join(this.#root, 'hub');
  readonly #config = join(this.#root, 'config');
  /** Port of the API. */
  http = 0;
  /** MLLP port of each tenant's EHR feed. */
  readonly mllp = new Map<string, number>();

  /** Finds ports and writes the configuration, with feeds of its own if wanted; nothing runs yet. */
  static async make(casts: readonly Cast[], others: readonly FeedFile[] = []): Promise<CrashPlace> {
    const place = new CrashPlace();
    for (const { name } of casts) place.mllp.set(name, await freePort());
    mkdirSync(join(place.#config, 'feeds'), { recursive: true });
    mkdirSync(join(place.#root, 'staging'));
    place.http = await freePort();
    const hub = {
      http: { port: place.http },
      database: { port: await freePort() },
      tenants: casts.map(({ name, tenant }) => ({
        name,
        zone: tenant.zone,
        entities: tenant.entities.map(({ id }) => id),
        policy: tenant.policy,
      })),
    };
    writeFileSync(join(place.#config, 'hub.yaml'), stringify(hub));
    for (const feed of [...feedsOf(casts, place.mllp), ...others])
      writeFileSync(join(place.#config, 'feeds', `${feed.feed}.yaml`), stringify(feed, { lineWidth: 0 }));
    return place;
  }

  /** Runs `hub <args>` with this place's folders. */
  hub(args: readonly string[], environment: NodeJS.ProcessEnv = {}): HubProcess {
    return new HubProcess(['--directory', this.#hub, '--config', this.#config, ...args], environment);
  }

  #inbox = (feed: string): string => join(this.#config, 'in', feed);

  /** Puts a whole file into its feed's folder, in one step. */
  drop({ feed, bytes }: SimFile, name: string): void {
    mkdirSync(this.#inbox(feed), { recursive: true });
    const staged = join(this.#root, 'staging', name);
    writeFileSync(staged, bytes);
    renameSync(staged, join(this.#inbox(feed), name));
  }

  /** Files that the hub has not taken away yet. */
  filesWaiting(): number {
    const inboxes = join(this.#config, 'in');
    if (!existsSync(inboxes)) return 0;
    return readdirSync(inboxes).reduce(
      (sum, feed) => sum + readdirSync(this.#inbox(feed)).filter((name) => name !== 'archive').length,
      0,
    );
  }

  /** Runs statements as the owner of the running hub's database. Throws while none runs. */
  async asOwner<T>(work: (db: Database) => Promise<T>): Promise<T> {
    const url = attachEmbedded(this.#hub);
    if (url === undefined) throw new Error('no hub runs');
    const db = connect(url, { role: 'owner', max: 1, applicationName: 'crash proof' });
    try {
      return await work(db);
    } finally {
      await db.end();
    }
  }

  /** Process id of the database server that accepts connections; undefined while none does. */
  databaseProcess(): number | undefined {
    const file = readPostmasterFile(join(this.#hub, 'postgres'));
    return file?.status === 'ready' ? file.pid : undefined;
  }

  /** SIGKILL to the database server itself; answers its process id, undefined when none ran. */
  killDatabase(): number | undefined {
    const pid = this.databaseProcess();
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    return pid;
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}
