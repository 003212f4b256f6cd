/** The server process of the embedded database: started, awaited, watched, started again when it dies, stopped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { totalmem } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Premises } from './embedded-account.ts';
import { readPostmasterFile } from './postmaster.ts';

/** What the supervisor needs of the embedded options. */
export interface ServerOptions {
  log?: (message: string) => void;
  settings?: Record<string, string>;
}

const START_MS = 60_000;
const STOP_MS = 30_000;
const POLL_MS = 10;
const FIRST_BACKOFF_MS = 50;
const LAST_BACKOFF_MS = 5_000;
/** After this long without a death the backoff begins anew. */
const STABLE_MS = 60_000;
/** Longest path of a Unix socket on Linux, without the final zero. */
const SOCKET_PATH_MAX = 107;

/** A twelfth of the memory, between 128 MB and 1 GB: what a load of a million claims writes to again and again fits in. */
const bufferMegabytes = (bytes: number): number => Math.min(1024, Math.max(128, Math.floor(bytes / 12 / 1024 ** 2)));

/** Hard defaults: loopback, checked and synced storage, nothing of a statement in the log. */
const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  password_encryption: 'scram-sha-256',
  shared_buffers: `${bufferMegabytes(totalmem())}MB`,
  max_wal_size: '4GB',
  wal_compression: 'on',
  max_connections: '100',
  jit: 'off',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  huge_pages: 'off',
  // A first load grows tables from nothing within seconds; without statistics the planner scans them whole.
  autovacuum_naptime: '3s',
  autovacuum_analyze_threshold: '500',
  autovacuum_analyze_scale_factor: '0.5',
  autovacuum_vacuum_insert_threshold: '20000',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_line_prefix: '',
  // The text of an ERROR can hold a patient's value; the hub reports failed statements itself, without values.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

/** Environment of the server's programs: nothing of the hub's own (keys, URLs) reaches them. */
export const serverEnvironment = (place: Premises): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  LC_ALL: 'C',
  TZ: 'UTC',
  LD_LIBRARY_PATH: join(place.binaries.root, 'lib'),
});

export class Supervised {
  readonly #place: Premises;
  readonly #port: number;
  readonly #options: ServerOptions;
  readonly #restartListeners = new Set<() => void>();
  readonly #lastLines: string[] = [];
  #child: ChildProcess | undefined;
  #stopping = false;
  #restarting: Promise<void> | undefined;
  readonly #atExit = (): void => {
    this.#child?.kill('SIGINT');
  };

  constructor(place: Premises, port: number, options: ServerOptions) {
    this.#place = place;
    this.#port = port;
    this.#options = options;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  onRestart(listener: () => void): void {
    this.#restartListeners.add(listener);
  }

  /** Starts and waits until connections are accepted. */
  async start(): Promise<void> {
    // A hub that ends without stop() (an uncaught error) still asks the server to shut down.
    process.on('exit', this.#atExit);
    try {
      await this.#launch();
    } catch (error) {
      process.off('exit', this.#atExit);
      throw error;
    }
  }

  /** Fast shutdown, then immediate when that takes too long. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#restarting;
    process.off('exit', this.#atExit);
    const child = this.#child;
    this.#child = undefined;
    if (!child || hasEnded(child)) return;
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
    });
    child.kill('SIGINT');
    const timer = setTimeout(() => child.kill('SIGQUIT'), STOP_MS);
    await ended;
    clearTimeout(timer);
  }

  async #launch(): Promise<void> {
    const { data, binaries, account } = this.#place;
    this.#lastLines.length = 0;
    const child = spawn(binaries.postgres, this.#args(), {
      ...account,
      cwd: data,
      env: serverEnvironment(this.#place),
      // Own process group: Ctrl-C reaches the hub only, which finishes its work before it stops the database.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let failure: Error | undefined;
    child.once('error', (error) => (failure = error));
    if (child.stderr) createInterface({ input: child.stderr }).on('line', (line) => this.#hear(line));
    const startedAt = performance.now();
    for (; performance.now() - startedAt < START_MS; await sleep(POLL_MS)) {
      if (failure !== undefined || hasEnded(child)) throw this.#explain(failure);
      const file = readPostmasterFile(data);
      if (file !== undefined && file.pid === child.pid && file.status === 'ready') {
        this.#child = child;
        this.#watch(child, startedAt);
        return;
      }
    }
    child.kill('SIGQUIT');
    throw new Error(`The embedded database was not ready within ${START_MS / 1000} s (it may still be recovering).`);
  }

  #args(): string[] {
    const { data } = this.#place;
    const socket = `${data}/.s.PGSQL.${this.#port}`;
    const settings: Record<string, string> = {
      ...SETTINGS,
      port: String(this.#port),
      // The data directory is closed to others (0700), so the socket is too; a path too long for a socket gets none.
      unix_socket_directories: Buffer.byteLength(socket) <= SOCKET_PATH_MAX ? data : '',
      ...this.#options.settings,
    };
    return ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  }

  #watch(child: ChildProcess, startedAt: number): void {
    const died = (): void => {
      if (this.#stopping) return;
      this.#options.log?.('the embedded database died; starting it again');
      const stable = performance.now() - startedAt > STABLE_MS;
      this.#restarting ??= this.#relaunch(stable).finally(() => (this.#restarting = undefined));
    };
    if (hasEnded(child)) died();
    else child.once('exit', died);
  }

  /** Tries until it runs or stop() is called: what killed it (full disk, memory) may take a while to go away. */
  async #relaunch(stable: boolean): Promise<void> {
    let pause = stable ? FIRST_BACKOFF_MS : FIRST_BACKOFF_MS * 2;
    while (!this.#stopping) {
      try {
        await this.#launch();
        for (const listener of this.#restartListeners) listener();
        return;
      } catch (error) {
        this.#options.log?.(error instanceof Error ? error.message : 'the embedded database did not start');
      }
      await sleep(pause);
      pause = Math.min(pause * 2, LAST_BACKOFF_MS);
    }
  }

  #hear(line: string): void {
    this.#lastLines.push(line);
    if (this.#lastLines.length > 10) this.#lastLines.shift();
    this.#options.log?.(line);
  }

  #explain(failure: Error | undefined): Error {
    const said = this.#lastLines.join(' ');
    if (/Address already in use/i.test(said)) {
      return new Error(
        `Port ${this.#port} on 127.0.0.1 is in use: the embedded database needs it. ` +
          'Set another with HUB_DATABASE_PORT (or database.port in hub.yaml).',
      );
    }
    return new Error(`The embedded database did not start: ${failure?.message ?? said}`);
  }
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;
