/** The hub as its users run it: `hub demo` in a process of its own, on free ports, in a folder of its own, at a small scale. */
import { randomInt } from 'node:crypto';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from './wait-for.ts';

const MAIN = join(process.cwd(), 'dist', 'src', 'main.js');

/**
 * A port that nobody listens on and that no outgoing connection will be given either: below the range that the system draws
 * those from, or a test that connects much takes it before its owner listens.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 32_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (free) await new Promise<void>((resolve) => server.close(() => resolve()));
    if (free) return port;
  }
}

/** Folder, ports and environment of one demo; survives the processes that run it. */
export class DemoPlace {
  readonly directory = join(mkdtempSync(join(tmpdir(), 'hub-demo-')), 'hub');
  readonly ports: Record<
    'HUB_HTTP_PORT' | 'HUB_MLLP_PORT' | 'HUB_MLLP_PORT_2' | 'HUB_SFTP_PORT' | 'HUB_FHIR_PORT' | 'HUB_DATABASE_PORT',
    string
  >;
  readonly #scale: string;

  private constructor(ports: string[], scale: number) {
    const [http = '', mllp = '', second = '', sftp = '', fhir = '', database = ''] = ports;
    this.ports = {
      HUB_HTTP_PORT: http,
      HUB_MLLP_PORT: mllp,
      HUB_MLLP_PORT_2: second,
      HUB_SFTP_PORT: sftp,
      HUB_FHIR_PORT: fhir,
      HUB_DATABASE_PORT: database,
    };
    this.#scale = String(scale);
  }

  /** Finds ports; nothing runs yet. */
  static async make(scale: number): Promise<DemoPlace> {
    const ports: string[] = [];
    while (ports.length < 6) ports.push(String(await freePort()));
    return new DemoPlace(ports, scale);
  }

  get #environment(): NodeJS.ProcessEnv {
    const { NODE_OPTIONS: _jest, ...environment } = process.env;
    return { ...environment, ...this.ports, HUB_DEMO_SCALE: this.#scale, NODE_ENV: 'development', NO_COLOR: '1' };
  }

  /** Starts `hub demo`. */
  start(): RunningDemo {
    const child = spawn(process.execPath, ['--no-warnings', MAIN, '--directory', this.directory, 'demo'], {
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new RunningDemo(child);
  }

  /** Runs a command beside it and answers exit code and output. */
  hub(...args: string[]): { status: number | null; stdout: string; stderr: string } {
    const done = spawnSync(process.execPath, ['--no-warnings', MAIN, '--directory', this.directory, ...args], {
      env: this.#environment,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    return { status: done.status, stdout: done.stdout, stderr: done.stderr };
  }

  /** The demo's operator key. */
  key(tenant = 'mercy'): string {
    const file = tenant === 'mercy' ? 'demo-operator.key' : `demo-operator-${tenant}.key`;
    return readFileSync(join(this.directory, file), 'utf8').trim();
  }

  /** Asks GraphQL over HTTP. */
  async query(query: string): Promise<{ data: unknown; errors?: { message: string }[] }> {
    const response = await fetch(`http://127.0.0.1:${this.ports.HUB_HTTP_PORT}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.key()}` },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as { data: unknown; errors?: { message: string }[] };
  }

  remove(): void {
    if (existsSync(this.directory)) rmSync(join(this.directory, '..'), { recursive: true, force: true });
  }
}

/** A demo process. */
export class RunningDemo {
  output = '';
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;

  constructor(child: ChildProcess) {
    this.#child = child;
    const collect = (chunk: Buffer): void => {
      this.output += chunk.toString('utf8');
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    this.#exited = new Promise((resolve) => child.on('exit', (code) => resolve(code)));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits for a text in what it prints. */
  async printed(text: string, ms: number): Promise<void> {
    await waitFor(
      `"${text}" from the demo`,
      () => {
        if (this.#child.exitCode !== null)
          throw new Error(`the demo ended before it printed "${text}":\n${this.output}`);
        return this.output.includes(text);
      },
      ms,
    );
  }

  /** SIGKILL: nothing of the hub runs any more when this resolves; the database may. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  /** Ctrl-C; answers the exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGINT');
    return this.#exited;
  }
}
