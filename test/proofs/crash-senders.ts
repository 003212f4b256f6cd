/**
 * The partners of a crash proof: MLLP senders that keep a journal of what they were told, and what they send. Patient senders
 * send again until they are answered; careless ones drop what is under way when the hub dies and never learn its fate.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MllpClient } from '../../adapters/transports/mllp/client.ts';
import type { Cast } from '../../src/simulate/world/build.ts';

/** What a sender knows of a message: sent, acknowledged, refused for good, or lost sight of. */
export type Told = 'invoke' | 'ok' | 'fail' | 'unknown';

/** A message or file in the journal. */
export interface Entry {
  tenant: string;
  feed: string;
  controlId: string;
  sha256: string;
  told: Told;
}

const PATIENT_CONNECTIONS = 3;
const HANDS = 24;
/** Of so many messages one is sent again after it was acknowledged, as real interface engines do. */
const RESENT = 200;
/** Messages about one visit. */
const PER_VISIT = 4;

export const sha256Of = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** What all partners were told. */
export class CrashJournal {
  readonly entries = new Map<string, Entry>();
  /** Messages answered AA. */
  acked = 0;
  /** Acknowledged and not compared with the database yet. */
  unchecked: Entry[] = [];
  /** When the last acknowledgement came, milliseconds of performance.now(). */
  lastAckAt = 0;

  invoke(entry: Omit<Entry, 'told'>): Entry {
    const kept: Entry = { ...entry, told: 'invoke' };
    this.entries.set(`${entry.feed} ${entry.controlId}`, kept);
    return kept;
  }

  ok(entry: Entry): void {
    entry.told = 'ok';
    this.acked += 1;
    this.unchecked.push(entry);
    this.lastAckAt = performance.now();
  }

  /** Messages answered AA among those that were begun after the first so many. */
  ackedAfter(begun: number): number {
    return [...this.entries.values()].slice(begun).filter(({ told }) => told === 'ok').length;
  }

  count(told: Told): number {
    return [...this.entries.values()].filter((entry) => entry.told === told).length;
  }
}

/** A small admission or update: about 350 bytes, four about each visit. */
function smallMessage({ name, tenant }: Cast, controlId: string, sequence: number, now: Date): string {
  const stamp = now.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
  const visit = Math.floor(sequence / PER_VISIT);
  const trigger = sequence % PER_VISIT === 0 ? 'A04' : 'A08';
  const location = tenant.entities[0]?.sites[0]?.location ?? 'MAIN';
  return [
    `MSH|^~\\&|EHRSIM|${tenant.facility}|THROUGHLINE|${name.toUpperCase()}|${stamp}||ADT^${trigger}^ADT_A01|${controlId}|P|2.5.1||||||UNICODE UTF-8`,
    `EVN|${trigger}|${stamp}`,
    `PID|1||K${visit}^^^${tenant.authority}^MR||Crash${visit % 97}^Test${visit % 89}||19700101|F|||1 Synthetic Way^^Anytown^${tenant.state}^60601`,
    `PV1|1|O|${location}^^^${tenant.facility}||||||||||||||||KV${visit}|||||||||||||||||||||||||${stamp}`,
    '',
  ].join('\r');
}

/** All senders of a proof. */
export class Senders {
  /** Messages that may be begun in all; the driver raises it with every fault. */
  allowed = 0;
  #begun = 0;
  #stopping = false;
  readonly #journal: CrashJournal;
  readonly #patient: { cast: Cast; client: MllpClient }[];
  readonly #careless: { cast: Cast; port: number; client: MllpClient }[];
  readonly #work: Promise<void>[];
  readonly #label: string;

  constructor(casts: readonly Cast[], ports: ReadonlyMap<string, number>, journal: CrashJournal, label: string) {
    this.#journal = journal;
    this.#label = label;
    const client = (cast: Cast): MllpClient =>
      new MllpClient('127.0.0.1', ports.get(cast.name) ?? 0, { inFlight: HANDS, retryMs: 50, refusals: 10_000 });
    this.#patient = casts.flatMap((cast) =>
      Array.from({ length: PATIENT_CONNECTIONS }, () => ({ cast, client: client(cast) })),
    );
    this.#careless = casts.map((cast) => ({ cast, port: ports.get(cast.name) ?? 0, client: client(cast) }));
    this.#work = [...this.#patient, ...this.#careless].flatMap((line) =>
      Array.from({ length: HANDS }, () => this.#send(line)),
    );
  }

  /** One hand: begins a message whenever that is allowed. `line.client` may be replaced meanwhile. */
  async #send(line: { cast: Cast; client: MllpClient }): Promise<void> {
    while (!this.#stopping) {
      if (this.#begun >= this.allowed) {
        await sleep(25);
        continue;
      }
      const sequence = (this.#begun += 1);
      const controlId = `${this.#label}${sequence}`;
      const text = smallMessage(line.cast, controlId, sequence, new Date());
      await this.#tell(line.cast, line.client, controlId, text);
      if (sequence % RESENT === 0) await line.client.send(text).catch(() => undefined);
    }
  }

  async #tell(cast: Cast, client: MllpClient, controlId: string, text: string): Promise<void> {
    const feed = `${cast.name}-adt`;
    const entry = this.#journal.invoke({ tenant: cast.name, feed, controlId, sha256: sha256Of(text) });
    try {
      const answer = await client.send(text);
      if (answer.code === 'AA' || answer.code === 'CA') this.#journal.ok(entry);
      else entry.told = 'fail';
    } catch {
      entry.told = 'unknown';
    }
  }

  /** Sends messages of the world beside the others; resolves when all are answered. */
  async story(cast: Cast, messages: readonly { controlId: string; text: string }[]): Promise<void> {
    const line = this.#patient.find((one) => one.cast.name === cast.name);
    if (line === undefined) return;
    await Promise.all(messages.map(({ controlId, text }) => this.#tell(cast, line.client, controlId, text)));
  }

  /** The careless senders drop their connections and what is under way on them. */
  hubDied(): void {
    for (const line of this.#careless) {
      line.client.close();
      line.client = new MllpClient('127.0.0.1', line.port, { inFlight: HANDS, retryMs: 50, refusals: 10_000 });
    }
  }

  /** Begins nothing new and waits until everything under way is answered. */
  async finish(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#work);
    this.close();
  }

  /** Drops all connections. */
  close(): void {
    this.#stopping = true;
    for (const { client } of [...this.#patient, ...this.#careless]) client.close();
  }
}
