/** A configuration folder over a test database, and the `hub` command run on it in processes of its own. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { FORMATS } from '../../adapters/index.ts';
import { applyConfiguration } from '../../src/config/apply.ts';
import { type Configuration, loadConfiguration } from '../../src/config/load.ts';
import type { Tenant } from '../../src/db/stage.ts';
import type { TestDatabase } from './database.ts';

const MAIN = join(process.cwd(), 'dist', 'src', 'main.js');

/** One ended command. */
export interface Ended {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** The folder; `tenants` after `apply`. */
export class HubPlace {
  readonly folder = mkdtempSync(join(tmpdir(), 'hub-place-'));
  readonly #database: TestDatabase;

  constructor(database: TestDatabase, hub: Readonly<Record<string, unknown>> = {}) {
    this.#database = database;
    mkdirSync(join(this.folder, 'feeds'));
    const tenants = [{ name: 'mercy', zone: 'America/Chicago', entities: ['DSH010001'] }];
    writeFileSync(join(this.folder, 'hub.yaml'), stringify({ tenants, ...hub }));
  }

  /** Writes `feeds/<name>.yaml`; a claims feed of tenant mercy unless told otherwise. */
  feed(name: string, source: unknown, more: Readonly<Record<string, unknown>> = {}): void {
    const options = { delimiter: ',', header: true, map: CLAIM_MAP };
    const declared = { feed: name, tenant: 'mercy', kind: 'claims', timezone: 'America/Chicago' };
    const text = stringify({ ...declared, source, format: { 'claim-extract': options }, ...more });
    writeFileSync(join(this.folder, 'feeds', `${name}.yaml`), text);
  }

  configuration(): Configuration {
    return loadConfiguration(this.folder, FORMATS);
  }

  /** Stores the configuration as a starting hub does. */
  apply(): Promise<Tenant[]> {
    return applyConfiguration(this.#database.ingest, this.configuration(), new Date());
  }

  get #environment(): NodeJS.ProcessEnv {
    const { NODE_OPTIONS: _jest, ...environment } = process.env;
    const { ingestUrl, readUrl, monitorUrl } = this.#database;
    return {
      ...environment,
      NODE_ENV: 'development',
      NO_COLOR: '1',
      DATABASE_URL: ingestUrl,
      DATABASE_READ_URL: readUrl,
      DATABASE_MONITOR_URL: monitorUrl,
    };
  }

  #arguments(args: readonly string[]): string[] {
    return ['--no-warnings', MAIN, '--directory', join(this.folder, '.hub'), '--config', this.folder, ...args];
  }

  /** Runs a command to its end; `environment` is added to ours. */
  hub(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Ended {
    const env = { ...this.#environment, ...environment };
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, this.#arguments(args), {
      env,
      encoding: 'utf8',
    });
    return { status, signal, stdout, stderr };
  }

  /** Starts a command beside a test whose own servers it needs. */
  start(args: readonly string[], environment: NodeJS.ProcessEnv = {}): { child: ChildProcess; ended: Promise<Ended> } {
    const env = { ...this.#environment, ...environment };
    const child = spawn(process.execPath, this.#arguments(args), { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream]?.on('data', (chunk: Buffer) => {
        output[stream] += chunk.toString('utf8');
      });
    const ended = new Promise<Ended>((resolve) =>
      child.on('close', (status, signal) => resolve({ status, signal, ...output })),
    );
    return { child, ended };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The least that a claim extract can be mapped by. */
export const CLAIM_MAP = {
  status: { from: 'STATUS', lookup: { P: 'paid', R: 'reversed' } },
  'pharmacy.ncpdp': 'NCPDP',
  'rx.number': 'RX',
  'fill.number': 'FILL',
  dateOfService: 'DOS',
  adjudicatedAt: 'AT',
  ndc: 'NDC',
  quantity: 'QTY',
};
