/**
 * Polls a FHIR R4 server: searches by `_lastUpdated` with an overlap, deletions by `_history`, bulk exports; a rest-hook may
 * wake it. What a page means is the format's business; here it only has to be whole, in order and stored.
 */
import type { Deliver, Finishing } from '../../contract.ts';
import type { PollReport, TransportLog, Turn, Turns } from '../../pickup/source.ts';
import { runExport, type BulkConfig } from './bulk.ts';
import { listenHook, type HookConfig } from './hook.ts';
import { send } from './request.ts';
import { FhirFault } from './fault.ts';
import { FhirServer } from './server.ts';
import { tokensOf, type TokenConfig } from './token.ts';
import { Seen, Unsupported, walkWindow, type Cursors, type Window } from './window.ts';

export type { Cursors } from './window.ts';

/** A feed's `source.fhir`. */
export interface FhirConfig extends TokenConfig {
  /** Base URL of the server. */
  url: string;
  /** Resource types that are searched or exported. */
  types: readonly string[];
  pollSeconds: number;
  /** How far each search reaches back behind what was seen: late commits and clocks that differ. */
  overlapSeconds: number;
  /** `_count` of a page. */
  count: number;
  /** Where the first search begins; absent = everything. */
  since?: string | undefined;
  /** `_include` values by type. */
  include: Readonly<Record<string, readonly string[]>>;
  /** `history` = deletions are looked for by `_history`; `none` = the server has no history, or the export tells them. */
  deletions: 'history' | 'none';
  /** Exports instead of searches. */
  bulk?: BulkConfig | undefined;
  hook?: HookConfig | undefined;
  /** Largest page, bytes. */
  maxBytes: number;
  /** The server may have a private or loopback address, and may speak plain HTTP. */
  privateNetwork: boolean;
  ca?: string | undefined;
  fileOrigins: readonly string[];
  /** Pause before a second try, milliseconds. */
  pauseMs: number;
}

/** What the transport is started with. */
export interface FhirStart {
  config: FhirConfig;
  deliver: Deliver;
  cursors: Cursors;
  clock: () => Date;
  log: TransportLog;
  /** Absent = the feed is ours alone. */
  turns?: Turns;
  onPoll?: (report: PollReport) => void;
}

const IDLE_MS = 60_000;
const STOP_WITHIN_MS = 10_000;
const LONGEST_PAUSE_MS = 300_000;
/** How long a person waits who asks for a poll, and a hub that another one may have left the feed to. */
const LISTEN_MS = 3_000;

class Poller implements Finishing {
  private readonly stopping = new AbortController();
  private readonly seen = new Map<string, Seen>();
  private readonly server: FhirServer;
  private readonly unsupported = new Set<string>();
  private failures = 0;
  private timer: NodeJS.Timeout | null = null;
  private current: Promise<void> | null = null;
  private woken = false;
  private finishing = false;

  constructor(private readonly start: FhirStart) {
    const { config, clock } = start;
    const limits = { ...config, idleMs: IDLE_MS };
    const { signal } = this.stopping;
    this.server = new FhirServer({
      base: new URL(config.url),
      limits,
      tokens: tokensOf(config, clock, (call) => send(call, limits, signal)),
      fileOrigins: config.fileOrigins,
      signal,
      clock,
      pauseMs: config.pauseMs,
    });
    this.schedule(0);
  }

  /** Polls now, or once more after the poll under way. */
  wake(): void {
    this.woken = true;
    if (this.current === null) this.schedule(0);
  }

  /** The poll under way goes to its end: an export may have run for hours. */
  async finish(): Promise<void> {
    this.finishing = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.current;
    await this.stop();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    if (this.timer !== null) clearTimeout(this.timer);
    let deadline: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      deadline = setTimeout(resolve, STOP_WITHIN_MS);
    });
    await Promise.race([this.current ?? Promise.resolve(), late]);
    clearTimeout(deadline);
    await this.start.turns?.end().catch(() => undefined);
  }

  private schedule(delay: number): void {
    if (this.finishing || this.stopping.signal.aborted) return;
    if (this.timer !== null) clearTimeout(this.timer);
    const wait = this.start.turns === undefined ? delay : Math.min(delay, LISTEN_MS);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.current = this.awake(delay - wait).then((next) => {
        this.current = null;
        this.schedule(this.woken ? 0 : next);
      });
    }, wait);
  }

  /** Polls when the time has come or somebody asks for it; answers when to look again. */
  private async awake(left: number): Promise<number> {
    const { turns, config } = this.start;
    const interval = config.pollSeconds * 1000;
    if (left > 0 && !this.woken && (await turns?.called().catch(() => false)) !== true) return left;
    const turn = await turns?.ask().catch(() => null);
    if (turns !== undefined && !turn) {
      // Another hub polls, or the feed is paused: what was seen before says nothing when it is our turn again.
      this.seen.clear();
      this.woken = false;
      return Math.min(interval, LISTEN_MS);
    }
    await this.poll(turn ?? null);
    return Math.min(interval * 2 ** Math.min(this.failures, 10), Math.max(LONGEST_PAUSE_MS, interval));
  }

  /** One poll. A type that fails does not hold back the others. */
  private async poll(turn: Turn | null): Promise<void> {
    this.woken = false;
    const report: PollReport = { delivered: 0, refused: 0, waiting: 0, failure: null };
    const deliver: Deliver = async (delivery) => {
      if (turn !== null && !(await turn.goOn())) throw new FhirFault('the feed is paused');
      turn?.check();
      const receipt = await this.start.deliver(delivery);
      report.delivered += 1;
      return receipt;
    };
    const attempt = async (work: () => Promise<void>): Promise<void> => {
      if (this.stopping.signal.aborted) return;
      try {
        turn?.check();
        await work();
      } catch (error) {
        // What a fault says is ours; the text of any other error may hold what the server sent.
        report.failure = error instanceof FhirFault ? error.message : error instanceof Error ? error.name : 'unknown';
      }
    };
    const { config } = this.start;
    const { bulk } = config;
    if (bulk === undefined) for (const type of config.types) await attempt(() => this.search(type, deliver));
    else await attempt(() => this.export(bulk, deliver));
    if (this.stopping.signal.aborted) return;
    this.failures = report.failure === null ? 0 : this.failures + 1;
    if (report.failure !== null)
      this.start.log({ level: 'warn', message: `polling failed (${this.failures} in a row): ${report.failure}` });
    this.start.onPoll?.(report);
  }

  private tools(deliver: Deliver) {
    const { cursors, clock, log } = this.start;
    const warn = (message: string): void => log({ level: 'warn', message });
    return { server: this.server, deliver, cursors, clock, warn };
  }

  private walk(window: Window, deliver: Deliver): Promise<Date> {
    const seen = this.seen.get(window.scope) ?? new Seen();
    this.seen.set(window.scope, seen);
    return walkWindow(window, { ...this.tools(deliver), seen });
  }

  private async export(bulk: BulkConfig, deliver: Deliver): Promise<void> {
    const { types, pauseMs } = this.start.config;
    await runExport(bulk, { ...this.tools(deliver), types, pauseMs: pauseMs * 10 });
  }

  private async search(type: string, deliver: Deliver): Promise<void> {
    const { config, cursors } = this.start;
    const opened = await this.walk(this.searchWindow(type), deliver);
    if (config.deletions === 'none' || this.unsupported.has(type)) return;
    const window = this.historyWindow(type);
    // Before the first search nothing was known, so nothing that was known can have been deleted. Stamps of resources count
    // too: the server's own clock may be ahead of them.
    if ((await cursors.read(window.scope)) === null) {
      const newest = Date.parse((await cursors.read(type)) ?? '');
      const from = Number.isNaN(newest) ? opened : new Date(Math.min(newest, opened.getTime()));
      await cursors.write(window.scope, from.toISOString());
    }
    try {
      await this.walk(window, deliver);
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      this.unsupported.add(type);
      this.start.log({ level: 'warn', message: `${error.message}: deletions of this type are not seen` });
    }
  }

  private searchWindow(type: string): Window {
    const { config } = this.start;
    return {
      scope: type,
      deletionsOnly: false,
      overlapMs: config.overlapSeconds * 1000,
      first: (since, sorted) => {
        const url = this.server.at(type);
        const from = since?.toISOString() ?? config.since;
        if (from !== undefined) url.searchParams.set('_lastUpdated', `ge${from}`);
        if (sorted) url.searchParams.set('_sort', '_lastUpdated');
        url.searchParams.set('_count', String(config.count));
        for (const include of config.include[type] ?? []) url.searchParams.append('_include', include);
        return url;
      },
    };
  }

  private historyWindow(type: string): Window {
    const { config } = this.start;
    return {
      scope: `${type}/_history`,
      deletionsOnly: true,
      overlapMs: config.overlapSeconds * 1000,
      first: (since) => {
        const url = this.server.at(`${type}/_history`);
        if (since !== null) url.searchParams.set('_since', since.toISOString());
        url.searchParams.set('_count', String(config.count));
        return url;
      },
    };
  }
}

/** Polls until stopped. @throws Error at once when the hook's port cannot be had. */
export async function startFhir(start: FhirStart): Promise<Finishing> {
  const poller = new Poller(start);
  const { hook } = start.config;
  if (hook === undefined) return poller;
  try {
    const listening = await listenHook(hook, () => poller.wake());
    return {
      async finish() {
        await listening.stop();
        await poller.finish();
      },
      async stop() {
        await listening.stop();
        await poller.stop();
      },
    };
  } catch (error) {
    await poller.stop();
    throw error;
  }
}
