/** What tests of FHIR feeds share: a simulated server, a poller with cursors in memory, and what it delivered. */
import { FORMATS } from '../../adapters/index.ts';
import { readAll } from '../../adapters/source.ts';
import type { Delivery } from '../../adapters/contract.ts';
import type { PollReport, Turns } from '../../adapters/pickup/source.ts';
import { startFhir, type Cursors, type FhirConfig } from '../../adapters/transports/fhir/index.ts';
import { startFhirServer, type FhirServerOptions } from '../../src/simulate/fhir/server.ts';
import { FhirStore } from '../../src/simulate/fhir/store.ts';

/** Positions that a restarted poller finds again, as in the database. */
export function memoryCursors(): Cursors & { positions: Map<string, string> } {
  const positions = new Map<string, string>();
  return {
    positions,
    read: (scope) => Promise.resolve(positions.get(scope) ?? null),
    write(scope, position) {
      positions.set(scope, position);
      return Promise.resolve();
    },
  };
}

/** A feed's `source.fhir` with short pauses. */
export const fhirConfig = (url: string, change: Partial<FhirConfig> = {}): FhirConfig => ({
  url,
  types: ['Patient', 'Encounter'],
  pollSeconds: 0.02,
  overlapSeconds: 60,
  count: 5,
  include: {},
  deletions: 'history',
  maxBytes: 1024 * 1024,
  privateNetwork: true,
  fileOrigins: [],
  pauseMs: 1,
  ...change,
});

const open: { stop(): Promise<void> }[] = [];

/** Whatever a test began; stopped by `closeAll`. */
export const opened = <T extends { stop(): Promise<void> }>(one: T): T => {
  open.push(one);
  return one;
};

/** Stops everything, latest first. */
export async function closeAll(): Promise<void> {
  for (const one of open.splice(0).reverse()) await one.stop();
}

const START = Date.parse('2026-03-01T00:00:00Z');
/** Instant of a minute of the test's history. */
export const at = (minute: number): string => new Date(START + minute * 60_000).toISOString();
const clock = (): Date => new Date();

/** Patients and encounters, one a minute. */
export function filled(count: number): FhirStore {
  const store = new FhirStore();
  for (let index = 0; index < count; index += 1) {
    store.put({ resourceType: 'Patient', id: `p${index}`, birthDate: '1980-01-01' }, at(index));
    store.put(
      { resourceType: 'Encounter', id: `e${index}`, status: 'finished', subject: { reference: `Patient/p${index}` } },
      at(index),
    );
  }
  return store;
}

/** A simulated server over a store. */
export async function serve(store: FhirStore, change: Partial<FhirServerOptions> = {}) {
  const server = await startFhirServer({ port: 0, store, clock, ...change });
  return opened(server);
}

/** A poller with everything it delivered and said. */
export async function poll(
  config: FhirConfig,
  cursors = memoryCursors(),
  failAfter = Number.POSITIVE_INFINITY,
  turns?: Turns,
) {
  const delivered: Delivery[] = [];
  const polls: PollReport[] = [];
  const said: string[] = [];
  const running = await startFhir({
    config,
    cursors,
    clock,
    ...(turns === undefined ? {} : { turns }),
    deliver(delivery) {
      if (delivered.length >= failAfter) return Promise.reject(new Error('the database is away'));
      delivered.push(delivery);
      return Promise.resolve({ rawId: 'raw', duplicate: false });
    },
    log: ({ message }) => void said.push(message),
    onPoll: (report) => polls.push(report),
  });
  opened(running);
  return { delivered, polls, said, cursors, running };
}

/** Waits for a condition. */
export async function until(label: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 15_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited in vain until ${label}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Two whole polls after this moment. */
export const twoMore = async (polls: readonly PollReport[]): Promise<void> => {
  const seen = polls.length;
  await until('two more polls', () => polls.length >= seen + 2);
};

/** Visits and patients as the format reads what was delivered; the latest statement of each. */
export async function known(delivered: readonly Delivery[]): Promise<Map<string, string>> {
  const format = FORMATS.get('fhir');
  if (format === undefined) throw new Error('no format');
  const state = new Map<string, { order: string; said: string }>();
  for (const { bytes } of delivered)
    for (const unit of await readAll(format, bytes, { feed: 'f', zone: 'UTC', sha256: '', options: {} }))
      for (const record of unit.records) {
        if (record.type !== 'patient' && record.type !== 'visit') continue;
        const name = record.type === 'visit' ? record.visitNumber : (record.identifiers[0]?.value ?? '');
        const order = `${record.eventAt} ${record.controlId}`;
        const said = record.type === 'visit' ? record.action : (record.birthDate ?? '');
        if ((state.get(name)?.order ?? '') <= order) state.set(name, { order, said });
      }
  return new Map([...state].sort().map(([name, { said }]) => [name, said]));
}
