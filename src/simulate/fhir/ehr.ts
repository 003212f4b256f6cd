/**
 * The demonstration's FHIR EHR: a server over what the world tells. Its history follows from the seed; what happened live is
 * kept in a file, so that after a restart it still has what a hub may not have asked for yet.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { FHIR_TYPES, type SimResource } from '../world/fhir-resources.ts';
import { startFhirServer, type FhirSimulator } from './server.ts';
import { FhirStore } from './store.ts';

/** What it is started with. */
export interface FhirEhrOptions {
  port: number;
  clock: () => Date;
  /** Holds what happened live, one version a line. */
  liveFile: string;
}

/** Whole lines only: a crash may have cut the last one. */
function linesOf(file: string): SimResource[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line): SimResource => JSON.parse(line));
}

/** A running EHR. */
export class FhirEhr {
  private loaded = false;

  private constructor(
    private readonly store: FhirStore,
    private readonly server: FhirSimulator,
    private readonly options: FhirEhrOptions,
  ) {}

  /** Starts the server, empty. @throws Error naming the port and the setting. */
  static async start(options: FhirEhrOptions): Promise<FhirEhr> {
    const store = new FhirStore();
    return new FhirEhr(store, await startFhirServer({ port: options.port, store, clock: options.clock }), options);
  }

  get port(): number {
    return this.server.port;
  }

  /** Puts the history in, then what happened live in earlier runs. */
  load(history: readonly SimResource[]): void {
    if (this.loaded) return;
    this.loaded = true;
    for (const { resource, at } of [...history, ...linesOf(this.options.liveFile)]) this.store.put(resource, at);
  }

  /** Something happens now. */
  live(resources: readonly SimResource[]): void {
    const at = this.options.clock().toISOString();
    if (resources.length === 0) return;
    const lines = resources.map(({ resource }) => `${JSON.stringify({ resource, at })}\n`);
    appendFileSync(this.options.liveFile, lines.join(''));
    for (const { resource } of resources) this.store.put(resource, at);
  }

  /** True when the hub has asked for everything. */
  caughtUp(): boolean {
    return this.server.caughtUp(FHIR_TYPES);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
