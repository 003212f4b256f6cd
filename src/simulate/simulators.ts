/**
 * The demonstration's partners in one place: the SFTP server, the EHRs, the history and the trickle after it. Everything
 * they keep lies below `.hub/demo` and `.hub/sftp`; after a crash they go on where they were.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Running } from '../../adapters/contract.ts';
import {
  DEFAULT_PORTS,
  folderOf,
  SFTP_FEEDS,
  sftpPasswords,
  writeDemoConfiguration,
  type DemoPorts,
} from './demo-files.ts';
import { Ehr, type Sent } from './ehr.ts';
import { FhirEhr } from './fhir/ehr.ts';
import { Journal } from './journal.ts';
import { startSftpServer, type SftpServer } from './sftp-server.ts';
import { trickleStep } from './trickle.ts';
import { buildWorld, castsOf, type Cast, type World, type WorldOptions } from './world/build.ts';
import type { SimFile } from './world/feeds.ts';

/** What the simulators are started with. */
export interface SimulatorOptions {
  /** `.hub`. */
  directory: string;
  ports?: Partial<DemoPorts>;
  /** Used at the first start only; later starts go on with the world that was written down then. */
  world: WorldOptions;
  clock: () => Date;
  log: (event: { level: 'info' | 'warn' | 'error'; message: string }) => void;
}

/** How far the history is. */
export interface HistoryProgress {
  step: 'master data' | 'messages' | 'claims' | 'invoices';
  done: number;
  total: number;
}

/** What the history consisted of. */
interface HistoryLoaded {
  messages: Sent;
  files: number;
  expected: World['tenants'][number]['expected'][];
}

/** Running simulators. */
export interface Simulators {
  sftpFingerprint: string;
  /** Holds `hub.yaml` and `feeds/`. */
  configuration: string;
  ports: DemoPorts;
  /** True when an earlier run has delivered the whole history. */
  historyDelivered: boolean;
  /** Delivers what is not delivered yet; the hub must be listening. Resolves when the hub has taken everything. */
  loadHistory(progress: (progress: HistoryProgress) => void): Promise<HistoryLoaded>;
  /** A step a second from now on. */
  startTrickle(): Running;
  stop(): Promise<void>;
}

const WAIT_MS = 600_000;
const HISTORY_DONE = 'history delivered';
const REMEMBERED = z.object({ seed: z.string(), today: z.string(), scale: z.number() });

/** The world of the first start, so that a restart on another day goes on with the same one. */
function rememberedWorld(directory: string, wanted: WorldOptions): Required<WorldOptions> {
  const path = join(directory, 'world.json');
  if (!existsSync(path)) writeFileSync(path, JSON.stringify({ scale: 1, ...wanted }));
  return REMEMBERED.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** Puts a file into a folder so that nobody sees it half written. */
function place(folder: string, staging: string, name: string, bytes: Uint8Array): void {
  mkdirSync(folder, { recursive: true });
  mkdirSync(staging, { recursive: true });
  writeFileSync(join(staging, name), bytes);
  renameSync(join(staging, name), join(folder, name));
}

const waiting = (folders: readonly string[]): number =>
  folders.reduce(
    (sum, folder) => sum + (existsSync(folder) ? readdirSync(folder).filter((name) => name !== 'archive').length : 0),
    0,
  );

class Demo {
  readonly ehrs: Map<string, Ehr>;
  private stopped = false;

  constructor(
    readonly directory: string,
    readonly casts: readonly Cast[],
    readonly world: Required<WorldOptions>,
    readonly server: SftpServer,
    readonly fhir: FhirEhr,
    readonly journal: Journal,
    ports: DemoPorts,
  ) {
    this.ehrs = new Map(
      casts.map(({ name }) => {
        const acknowledged = new Journal(join(directory, `acknowledged-${name}.txt`));
        return [name, new Ehr({ host: '127.0.0.1', port: ports.mllp[name] }, acknowledged)];
      }),
    );
  }

  ehr(name: string): Ehr {
    const found = this.ehrs.get(name);
    if (found === undefined) throw new RangeError(`no EHR of ${name}`);
    return found;
  }

  folder(feed: string): string {
    return SFTP_FEEDS.includes(feed) ? join(this.server.home(feed), 'out') : join(this.directory, folderOf(feed));
  }

  put(file: SimFile): void {
    const line = `${file.feed}/${file.name}`;
    if (this.journal.has(line)) return;
    place(this.folder(file.feed), join(this.directory, 'staging'), file.name, file.bytes);
    this.journal.add(line);
  }

  /** Puts files and waits until the hub has taken them away. */
  async deliver(
    step: HistoryProgress['step'],
    files: readonly SimFile[],
    progress: (progress: HistoryProgress) => void,
  ): Promise<void> {
    for (const file of files) this.put(file);
    const folders = [...new Set(files.map(({ feed }) => this.folder(feed)))];
    const end = performance.now() + WAIT_MS;
    for (let left = waiting(folders); ; left = waiting(folders)) {
      progress({ step, done: files.length - left, total: files.length });
      if (left === 0) return;
      if (this.stopped) throw new Error('stopped while the history was loading');
      if (performance.now() > end) throw new Error(`the hub has not taken ${left} files of ${step} in ten minutes`);
      await new Promise((wake) => setTimeout(wake, 200));
    }
  }

  /** Waits until the hub has asked the FHIR server for everything. */
  async askedFor(): Promise<void> {
    const end = performance.now() + WAIT_MS;
    while (!this.fhir.caughtUp()) {
      if (this.stopped) throw new Error('stopped while the history was loading');
      if (performance.now() > end) throw new Error('the hub has not read the FHIR server in ten minutes');
      await new Promise((wake) => setTimeout(wake, 200));
    }
  }

  async messages(world: World, progress: (progress: HistoryProgress) => void): Promise<Sent> {
    const total = world.tenants.reduce((sum, { messages }) => sum + messages.length, 0);
    const done = new Map<string, number>();
    this.fhir.load(world.tenants.flatMap(({ resources }) => resources));
    const sent = await Promise.all(
      world.tenants.map(({ name, messages }) =>
        this.ehr(name).send(messages, (count) => {
          done.set(name, count);
          progress({ step: 'messages', done: [...done.values()].reduce((sum, one) => sum + one, 0), total });
        }),
      ),
    );
    await this.askedFor();
    return sent.reduce((sum, one) => ({
      acknowledged: sum.acknowledged + one.acknowledged,
      refused: sum.refused + one.refused,
      skipped: sum.skipped + one.skipped,
    }));
  }

  /** Master data before messages before claims before invoices: any order gives the same answers, this one the least work. */
  async history(progress: (progress: HistoryProgress) => void): Promise<HistoryLoaded> {
    const world = buildWorld(this.world);
    const all = (of: (tenant: World['tenants'][number]) => SimFile[]) => world.tenants.flatMap(of);
    const master = [...world.reference, ...all(({ master: files }) => files)];
    const claims = all((tenant) => tenant.claims);
    const invoices = all((tenant) => tenant.invoices);
    await this.deliver('master data', master, progress);
    const messages = await this.messages(world, progress);
    await this.deliver('claims', claims, progress);
    await this.deliver('invoices', invoices, progress);
    this.journal.add(HISTORY_DONE);
    return {
      messages,
      files: master.length + claims.length + invoices.length,
      expected: world.tenants.map(({ expected }) => expected),
    };
  }

  async tick(second: number): Promise<void> {
    for (const cast of this.casts) {
      const step = trickleStep(cast, this.world.seed, second);
      for (const file of step.files) this.put(file);
      this.fhir.live(step.resources);
      await this.ehr(cast.name).send(step.messages);
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const ehr of this.ehrs.values()) ehr.close();
    await Promise.all([this.server.stop(), this.fhir.stop()]);
  }
}

function trickle(demo: Demo, { clock, log }: SimulatorOptions): Running {
  let current: Promise<void> | null = null;
  let stopping = false;
  const timer = setInterval(() => {
    // A slow hub gets fewer steps, not a growing queue of them.
    current ??= demo
      .tick(Math.floor(clock().getTime() / 1000))
      .catch((error: unknown) => {
        if (!stopping) log({ level: 'warn', message: `trickle: ${error instanceof Error ? error.message : 'failed'}` });
      })
      .finally(() => {
        current = null;
      });
  }, 1000);
  return {
    async stop() {
      stopping = true;
      clearInterval(timer);
      let deadline: NodeJS.Timeout | undefined;
      const late = new Promise<void>((wake) => {
        deadline = setTimeout(wake, 2000);
      });
      await Promise.race([current ?? Promise.resolve(), late]);
      clearTimeout(deadline);
    },
  };
}

/** Starts the SFTP server and writes the demonstration's configuration. The hub is started with it, then the history loaded. */
export async function startSimulators(options: SimulatorOptions): Promise<Simulators> {
  const home = resolve(options.directory);
  const configuration = join(home, 'demo');
  mkdirSync(configuration, { recursive: true });
  const ports = { ...DEFAULT_PORTS, ...options.ports };
  const world = rememberedWorld(configuration, options.world);
  const casts = castsOf(world);
  const fhir = await FhirEhr.start({
    port: ports.fhir,
    clock: options.clock,
    liveFile: join(configuration, 'fhir-live.ndjson'),
  });
  const server = await startSftpServer({
    port: ports.sftp,
    users: sftpPasswords(configuration),
    directory: join(home, 'sftp'),
    hostKeyFile: join(home, 'sftp-host-key'),
  }).catch(async (error: unknown) => {
    await fhir.stop();
    throw error;
  });
  for (const user of SFTP_FEEDS)
    for (const folder of ['out', 'in']) mkdirSync(join(server.home(user), folder), { recursive: true });
  const actual = { ...ports, sftp: server.port, fhir: fhir.port };
  writeDemoConfiguration({ directory: configuration, ports: actual, casts, fingerprint: server.fingerprint });
  const journal = new Journal(join(configuration, 'delivered.txt'));
  const demo = new Demo(configuration, casts, world, server, fhir, journal, actual);
  // A later run finds the server as it was left.
  if (journal.has(HISTORY_DONE)) fhir.load(buildWorld(world).tenants.flatMap(({ resources }) => resources));
  return {
    sftpFingerprint: server.fingerprint,
    configuration,
    ports: actual,
    historyDelivered: journal.has(HISTORY_DONE),
    loadHistory: (progress) => demo.history(progress),
    startTrickle: () => trickle(demo, options),
    stop: () => demo.stop(),
  };
}
