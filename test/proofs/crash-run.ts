/**
 * Drives real hub processes through a list of faults while partners send without a pause, and compares at the end what the
 * partners were told with what is stored, the conservation laws, and the state rebuilt from facts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RebuildResult } from '../../src/rebuild.ts';
import { trickleStep } from '../../src/simulate/trickle.ts';
import { buildWorld, castsOf, type Cast } from '../../src/simulate/world/build.ts';
import type { SimFile } from '../../src/simulate/world/feeds.ts';
import { waitFor } from '../support/wait-for.ts';
import { withLargeFile } from './crash-files.ts';
import { checkHistory, checkRecent, type HistoryFindings } from './crash-history.ts';
import { CrashPlace, type HubProcess } from './crash-place.ts';
import { Repairs, untimed } from './crash-repairs.ts';
import {
  OF_LARGE_FILES,
  OF_REPAIRS,
  type OutsideFault,
  planFaults,
  type Fault,
  type FaultCounts,
} from './crash-plan.ts';
import { CrashJournal, Senders, sha256Of } from './crash-senders.ts';
import { killWhileStalled } from './crash-stall.ts';

/** What a run is made of. */
export interface CrashOptions extends FaultCounts {
  seed: number;
  /** Messages to be acknowledged at least. */
  messages: number;
  /** A protection to take away: the run must then find something. */
  sabotage?: 'ack-first' | 'no-dedupe';
  /** false = small messages only, and no laws or rebuild at the end: enough for places before the stages. Default true. */
  chain?: boolean;
  /** Gets one JSON line per fault. */
  say?: (line: string) => void;
}

/** One fault as it went. */
export interface FaultLine {
  fault: string;
  seed: number;
  /** False when the place was never passed and the process was killed from outside instead. */
  injected: boolean;
  /** Messages acknowledged so far. */
  acked: number;
  /** Of the messages acknowledged since the last line: not stored, stored twice. */
  lost: number;
  doubled: number;
  /** From the fault to the next acknowledgement. */
  recovery_ms: number;
}

/** Outcome of a run. */
export interface CrashResult {
  lines: FaultLine[];
  acked: number;
  files: number;
  history: HistoryFindings;
  /** Breaches of laws, an unequal rebuild, a hub that ended by itself. Empty = all is well. */
  problems: string[];
  seconds: number;
}

const READY_MS = 120_000;
const KILLED_WITHIN_MS = 15_000;
const LATE_MS = 1_500;
const RECOVERY_MS = 60_000;
const SETTLE_MS = 1_200_000;
const MOST_TRIES = 3;
const TICK = 300;
/** Seconds of the trickle whose messages go with a claim file. */
const MESSAGE_TICKS = 20;

class CrashRun {
  readonly #options: CrashOptions;
  readonly #journal = new CrashJournal();
  readonly #lines: FaultLine[] = [];
  readonly #problems: string[] = [];
  readonly #casts: readonly Cast[];
  readonly #today = new Date().toISOString().slice(0, 10);
  readonly #base = Math.floor(Date.now() / 1000 / TICK) * TICK;
  readonly #stories: Promise<void>[] = [];
  readonly #place: CrashPlace;
  readonly #senders: Senders;
  readonly #repairs = new Repairs();
  #files = 0;
  #lives = 0;
  #hub: HubProcess | undefined;
  /** Faults whose first acknowledgement afterwards has not come. */
  #unrecovered: { line: FaultLine; at: number; since: number }[] = [];

  constructor(options: CrashOptions, place: CrashPlace, casts: readonly Cast[]) {
    this.#options = options;
    this.#place = place;
    this.#casts = casts;
    this.#senders = new Senders(casts, place.mllp, this.#journal, `C${options.seed}-`);
  }

  /** Starts a hub and waits until it serves; false when its fault came before. */
  async #start(fault: string): Promise<boolean> {
    const { sabotage } = this.#options;
    const hub = this.#place.hub(['serve'], {
      HUB_FAULTS: '1',
      FAULT: fault,
      ...(sabotage === undefined ? {} : { HUB_SABOTAGE: sabotage }),
    });
    this.#hub = hub;
    await waitFor('a hub', () => hub.ending !== undefined || hub.output.includes('Throughline serves'), READY_MS);
    this.#lives += 1;
    if (hub.ending !== undefined && hub.ending.signal !== 'SIGKILL')
      throw new Error(`the hub does not start:\n${hub.output.slice(-2000)}`);
    return hub.ending === undefined;
  }

  #drop(files: readonly SimFile[]): void {
    for (const file of files) {
      const sha256 = sha256Of(file.bytes);
      const tenant = this.#casts.find(({ name }) => file.feed.startsWith(name))?.name ?? '';
      const entry = this.#journal.invoke({ tenant, feed: file.feed, controlId: sha256, sha256 });
      this.#place.drop(file, `${(this.#files += 1)}_${file.name}`);
      // Nothing tells a partner more than that the file is gone, which is waited for before the history is checked.
      entry.told = 'ok';
    }
  }

  /** The chain's own traffic of one life: visits and orders, their claim files (one of them large if wanted), an invoice. */
  #story(life: number, large = false): void {
    if (this.#options.chain === false) return;
    if (life === 1) this.#firstStory();
    const cast = this.#casts[life % this.#casts.length];
    if (cast === undefined) return;
    const tick = this.#base - (life + 1) * TICK;
    const steps = Array.from({ length: MESSAGE_TICKS }, (_, index) =>
      trickleStep(cast, `crash ${this.#options.seed}`, tick - MESSAGE_TICKS + 1 + index),
    );
    const files = steps.flatMap((step) => step.files);
    this.#drop(large ? withLargeFile(files) : files);
    this.#stories.push(
      this.#senders.story(
        cast,
        steps.flatMap(({ messages }) => messages),
      ),
    );
  }

  /** The small world that everything else happens in. */
  #firstStory(): void {
    const world = buildWorld({ seed: `crash ${this.#options.seed}`, today: this.#today, scale: 0.002 });
    const all = (of: (tenant: (typeof world.tenants)[number]) => SimFile[]): SimFile[] => world.tenants.flatMap(of);
    this.#drop([...world.reference, ...all((one) => one.master), ...all((one) => one.claims)]);
    this.#drop(all((one) => one.invoices));
    for (const { name, messages } of world.tenants) {
      const cast = this.#casts.find((one) => one.name === name);
      const readable = messages.filter((message) => !message.malformed && !message.resent && message.controlId !== '');
      if (cast !== undefined) this.#stories.push(this.#senders.story(cast, readable));
    }
  }

  #struck(fault: string, injected: boolean): void {
    const { seed } = this.#options;
    const line: FaultLine = { fault, seed, injected, acked: 0, lost: 0, doubled: 0, recovery_ms: 0 };
    this.#senders.hubDied();
    this.#lines.push(line);
    const at = performance.now();
    this.#unrecovered.push({ line, at, since: at });
  }

  /** Completes the lines of faults after which something was acknowledged again. */
  async #recovered(): Promise<boolean> {
    const back = this.#unrecovered.filter(({ since }) => this.#journal.lastAckAt > since);
    const [first] = back;
    if (first === undefined) return this.#unrecovered.length === 0;
    const ms = this.#journal.lastAckAt;
    this.#unrecovered = this.#unrecovered.filter((one) => !back.includes(one));
    // While the hub or its database is down the comparison waits for a later line.
    const found = await this.#place
      .asOwner((db) => checkRecent(db, this.#journal))
      .catch(() => ({ lost: 0, doubled: 0 }));
    for (const { line, at } of back) {
      line.acked = this.#journal.acked;
      line.recovery_ms = Math.round(ms - at);
    }
    Object.assign(first.line, found);
    for (const { line } of back) this.#options.say?.(JSON.stringify(line));
    return this.#unrecovered.length === 0;
  }

  /** Waits for a condition; partners that have used up their allowance get a little more, so that something always happens. */
  async #while(going: () => boolean, ms: number): Promise<void> {
    const began = performance.now();
    for (let more = LATE_MS; going() && performance.now() - began < ms; await sleep(20)) {
      await this.#recovered();
      if (performance.now() - began < more) continue;
      more += LATE_MS;
      this.#senders.allowed += 200;
    }
  }

  async #waitForAck(): Promise<void> {
    await this.#while(() => this.#unrecovered.length > 0, RECOVERY_MS);
    if (this.#unrecovered.length > 0) this.#problems.push(`no acknowledgement within ${RECOVERY_MS} ms of a fault`);
  }

  /** One life that ends at a place; again when the place was not passed. */
  async #kill({ fault, passage }: Extract<Fault, { passage: number }>): Promise<void> {
    for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
      const at = `${fault}:${attempt === 0 ? passage : 1}`;
      if (await this.#start(at)) {
        this.#story(this.#lives, OF_LARGE_FILES.has(fault));
        if (OF_REPAIRS.has(fault)) await this.#repair();
        await this.#while(() => this.#hub?.ending === undefined, KILLED_WITHIN_MS);
      }
      const injected = this.#hub?.ending !== undefined;
      const ending = await this.#hub?.end('SIGKILL');
      if (ending?.signal !== 'SIGKILL') this.#problems.push(`the hub ended by itself with ${ending?.code} (${at})`);
      this.#struck(at, injected);
      if (injected) return;
    }
    this.#problems.push(`${fault} was never passed`);
  }

  /** Lets somebody edit and replay until the hub is gone, with something that was set aside. */
  async #repair(): Promise<void> {
    const [cast] = this.#casts;
    const hub = this.#hub;
    if (cast === undefined || hub === undefined || this.#options.chain === false) return;
    await this.#place.asOwner((db) => this.#repairs.prepare(db, cast.name)).catch(() => undefined);
    this.#stories.push(this.#senders.story(cast, [untimed(`U${this.#options.seed}-${this.#lives}`)]));
    void this.#repairs.during(this.#place.http, `${cast.name}-adt`, () => hub.ending === undefined);
  }

  async #terminateBackend(): Promise<boolean> {
    const [row] = await this.#place.asOwner((db) =>
      db.query<{ ended: boolean }>(
        `select pg_terminate_backend(pid) as ended from pg_stat_activity
         where application_name like 'hub %' and datname = current_database()
         order by state = 'idle', random() limit 1`,
      ),
    );
    return row?.ended === true;
  }

  /** Recovered is the hub with the first answer after a new server is there: orphaned backends commit for a moment longer. */
  async #killDatabase(): Promise<void> {
    const killed = this.#place.killDatabase();
    this.#struck('database-killed', killed !== undefined);
    const struck = this.#unrecovered.splice(0);
    await waitFor(
      'a new database server',
      () => ![undefined, killed].includes(this.#place.databaseProcess()),
      RECOVERY_MS,
    );
    const since = performance.now();
    this.#unrecovered = struck.map((one) => ({ ...one, since }));
  }

  /** Nothing can be stored for a while, then the hub is killed. A hub that acknowledges early gets the time to do so. */
  async #stall(hub: HubProcess): Promise<void> {
    const early = this.#options.sabotage === 'ack-first';
    const stall = { hub, journal: this.#journal, senders: this.#senders, ms: early ? RECOVERY_MS : LATE_MS };
    const acked = await this.#place.asOwner((db) => killWhileStalled(db, stall));
    this.#struck('store-stalled', true);
    if (!early && acked > 0) this.#problems.push(`${acked} messages acknowledged while nothing could be stored`);
  }

  /** A fault from outside on a hub that, unless it is killed, must live through it. */
  async #disturb(fault: OutsideFault): Promise<void> {
    if (this.#hub === undefined || this.#hub.ending !== undefined) {
      await this.#start('');
      this.#story(this.#lives);
      await this.#waitForAck();
    }
    if (fault === 'store-stalled') {
      if (this.#hub !== undefined) await this.#stall(this.#hub);
      return;
    }
    const before = this.#journal.acked;
    await this.#while(() => this.#journal.acked < before + 50, LATE_MS * 2);
    if (fault === 'backend-terminated') this.#struck(fault, await this.#terminateBackend());
    else await this.#killDatabase();
    await this.#waitForAck();
    const ending = this.#hub?.ending;
    if (ending !== undefined) this.#problems.push(`the hub ended with ${ending.code ?? ending.signal} after ${fault}`);
  }

  /** Ends a hub that outlived database faults the polite way, so that the next can be armed. */
  async #stopPolitely(): Promise<void> {
    if (this.#hub === undefined || this.#hub.ending !== undefined) return;
    const { code } = await this.#hub.end('SIGTERM');
    if (code !== 0) this.#problems.push(`the hub stopped with exit code ${code}`);
  }

  /** Everything is answered, taken and processed. */
  async #settle(): Promise<void> {
    if (this.#hub === undefined || this.#hub.ending !== undefined) await this.#start('');
    this.#senders.allowed = Number.POSITIVE_INFINITY;
    await waitFor('enough messages', () => this.#journal.acked >= this.#options.messages, SETTLE_MS);
    await this.#waitForAck();
    await Promise.all([this.#senders.finish(), ...this.#stories]);
    await waitFor('files to be taken', () => this.#place.filesWaiting() === 0, SETTLE_MS);
    if (this.#options.chain === false) return;
    await waitFor('work to be done', async () => (await this.#waiting()) === 0, SETTLE_MS);
  }

  async #waiting(): Promise<number> {
    const tables = ['change', 'decision_work', 'accumulator_work', 'invoice_work', 'allocation_work', 'exception_work'];
    const [row] = await this.#place.asOwner((db) =>
      db.query<{ waiting: number }>(
        `select ((select count(*) from raw_state where state = 'PENDING')
         + (select count(*) from message_replay where state = 'RUNNING')
         + ${tables.map((table) => `(select count(*) from ${table})`).join(' + ')})::int as waiting`,
      ),
    );
    return row?.waiting ?? 0;
  }

  async #verify(): Promise<void> {
    const command = this.#place.hub(['verify', '--rebuild', '--json']);
    const { code } = await command.ended;
    if (code !== 0) this.#problems.push(`hub verify --rebuild answered ${code}: ${findingsOf(command.output)}`);
  }

  async run(): Promise<CrashResult> {
    const started = performance.now();
    const plan = planFaults(this.#options, this.#options.seed);
    for (const [index, fault] of plan.entries()) {
      this.#senders.allowed = Math.max(
        this.#senders.allowed,
        Math.ceil((this.#options.messages * (index + 1)) / plan.length),
      );
      if (!('passage' in fault)) {
        await this.#disturb(fault.fault);
        continue;
      }
      await this.#stopPolitely();
      await this.#kill(fault);
    }
    await this.#settle();
    const history = await this.#place.asOwner((db) => checkHistory(db, this.#journal));
    this.#problems.push(...(await this.#place.asOwner((db) => this.#repairs.check(db))));
    // Said before the rebuild, which takes as long as everything before it.
    this.#options.say?.(JSON.stringify({ history, acked: this.#journal.acked, files: this.#files }));
    if (this.#options.chain !== false) await this.#verify();
    await this.#stopPolitely();
    const seconds = (performance.now() - started) / 1000;
    const { acked } = this.#journal;
    return { lines: this.#lines, acked, files: this.#files, history, problems: this.#problems, seconds };
  }

  async close(): Promise<void> {
    this.#senders.close();
    await this.#stopPolitely().catch(() => undefined);
    this.#place.remove();
  }
}

/** What `hub verify --rebuild --json` found, shortly: breached laws, parts that the rebuilt state has otherwise. */
function findingsOf(output: string): string {
  const from = output.indexOf('{"ok"');
  if (from < 0) return output.slice(-1000);
  const { laws, rebuild } = JSON.parse(output.slice(from, output.lastIndexOf('}') + 1)) as Verification;
  const breached = laws
    .filter(({ breaches }) => breaches.length > 0)
    .map(({ law, tenant, breaches }) => `${law} ${tenant}: ${breaches.length} breaches (${breaches[0]})`);
  const different = (rebuild?.live ?? []).flatMap((live) => {
    const again = rebuild?.rebuilt.find((part) => part.tenant === live.tenant && part.part === live.part);
    return again?.sha256 === live.sha256
      ? []
      : [`${live.tenant}/${live.part} differs (${live.rows} rows, ${again?.rows} rebuilt)`];
  });
  return [...breached, ...different].join('; ');
}

interface Verification {
  laws: { law: string; tenant: string; breaches: string[] }[];
  rebuild: Pick<RebuildResult, 'live' | 'rebuilt'> | null;
}

/** Runs one crash proof from beginning to end; everything it started is gone afterwards. */
export async function runCrash(options: CrashOptions): Promise<CrashResult> {
  const casts = castsOf({ seed: `crash ${options.seed}`, today: new Date().toISOString().slice(0, 10) });
  const run = new CrashRun(options, await CrashPlace.make(casts), casts);
  try {
    return await run.run();
  } finally {
    await run.close();
  }
}

/** True when nothing is wrong. */
export const isClean = ({ history, problems }: CrashResult): boolean =>
  problems.length === 0 &&
  [history.lost, history.doubled, history.altered, history.invented].every((one) => one.length === 0);
