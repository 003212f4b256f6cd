/**
 * One window of a search or a history: all pages from the watermark on. A page is stored before the watermark moves, so a
 * crash repeats at most what was stored already; what was stored is not stored again while its version is the same.
 */
import { createHash } from 'node:crypto';
import type { Deliver } from '../../contract.ts';
import { readPage, type Page } from './page.ts';
import { FhirFault } from './fault.ts';
import type { FhirServer } from './server.ts';

/** Where polling stands, in the database. A scope is a search (`Encounter`), a history or the export. */
export interface Cursors {
  read(scope: string): Promise<string | null>;
  write(scope: string, position: string): Promise<void>;
}

/** What a window is made of. */
export interface Window {
  scope: string;
  /** The first page for everything from `since` (null = from the beginning). */
  first(since: Date | null, sorted: boolean): URL;
  /** Store only pages with deletions: the search brings the rest. */
  deletionsOnly: boolean;
  overlapMs: number;
}

/** What it runs with. */
export interface WindowTools {
  server: FhirServer;
  deliver: Deliver;
  cursors: Cursors;
  clock: () => Date;
  /** Versions of this scope stored lately. */
  seen: Seen;
  warn: (message: string) => void;
}

/** Pages of one window: more means that the server goes round in circles. */
const MOST_PAGES = 100_000;
const RESTARTS = 5;
/** Tries of a page that comes again in the place of another. */
const REPEATS = 3;
/** Above this many, versions are forgotten; storing one again changes nothing. */
const MOST_SEEN = 200_000;

/** Versions that need not be stored again. */
export class Seen {
  private readonly versions = new Map<string, number>();

  has(key: string): boolean {
    return this.versions.has(key);
  }

  add(key: string, at: number | null): void {
    if (this.versions.size >= MOST_SEEN) this.versions.clear();
    this.versions.set(key, at ?? Number.MAX_SAFE_INTEGER);
  }

  /** Forgets what no later window can bring. */
  forgetBefore(at: number): void {
    for (const [key, time] of this.versions) if (time < at) this.versions.delete(key);
  }
}

/** The server's pages cannot be trusted: the window begins again. */
class Unsteady extends Error {
  override readonly name = 'Unsteady';
}

/** The server does not know this search or history. */
export class Unsupported extends FhirFault {}

interface Walk {
  visited: Set<string>;
  fingerprints: Set<string>;
  /** Highest time so far, for the watermark. */
  highest: number | null;
  /** False once a page was older than one before it. */
  ascending: boolean;
  /** The server's clock when the window opened: the watermark never passes it. */
  opened: number;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** Walks the window from the watermark; answers the server's clock at its beginning. */
export async function walkWindow(window: Window, tools: WindowTools): Promise<Date> {
  let sorted = !window.deletionsOnly;
  for (let restart = 0; ;) {
    const position = await tools.cursors.read(window.scope);
    const watermark = position ? Date.parse(position) : null;
    try {
      return new Date(await walkOnce(window, tools, watermark, sorted));
    } catch (error) {
      if (error instanceof FhirFault && error.status === 400 && sorted) {
        // Not every server sorts by time; without it the watermark moves at the end of the window only.
        sorted = false;
        continue;
      }
      if (!(error instanceof Unsteady)) throw error;
      restart += 1;
      if (restart > RESTARTS) throw new FhirFault(`${window.scope}: ${error.message}, ${RESTARTS} times in a row`);
      tools.warn(`${window.scope}: ${error.message}; the window begins again`);
    }
  }
}

async function walkOnce(
  window: Window,
  tools: WindowTools,
  watermark: number | null,
  sorted: boolean,
): Promise<number> {
  const since = watermark === null ? null : new Date(watermark - window.overlapMs);
  const walk: Walk = { visited: new Set(), fingerprints: new Set(), highest: null, ascending: sorted, opened: 0 };
  let moved = watermark;
  const move = async (): Promise<void> => {
    if (walk.highest === null) return;
    const to = Math.max(Math.min(walk.highest, walk.opened), watermark ?? Number.MIN_SAFE_INTEGER);
    if (moved !== null && to <= moved) return;
    await tools.cursors.write(window.scope, iso(to));
    moved = to;
  };
  let url: URL | null = window.first(since, sorted);
  while (url !== null) {
    const page = await fetchPage(window, tools, walk, url);
    await store(window, tools, page, walk.visited.size);
    const wasAscending = walk.ascending;
    note(page, walk);
    if (walk.ascending && page.page.sorted) await move();
    else if (wasAscending && moved !== watermark) {
      // The server broke its own order: what was left out may be older than what came.
      await tools.cursors.write(window.scope, watermark === null ? '' : iso(watermark));
      moved = watermark;
    }
    url = page.page.next === null ? null : tools.server.follow(page.page.next, url);
  }
  await move();
  if (moved !== null) tools.seen.forgetBefore(moved - 2 * window.overlapMs);
  return walk.opened;
}

interface Fetched {
  page: Page;
  bytes: Uint8Array;
}

/** Asks for a page; one that comes in the place of another is asked for again. */
async function fetchPage(window: Window, tools: WindowTools, walk: Walk, url: URL): Promise<Fetched> {
  if (walk.visited.has(url.href)) throw new Unsteady('a next link leads back to a page that was read');
  if (walk.visited.size >= MOST_PAGES) throw new FhirFault(`${window.scope}: more than ${MOST_PAGES} pages`);
  const first = walk.visited.size === 0;
  walk.visited.add(url.href);
  for (let tried = 1; ; tried += 1) {
    const fetched = await askPage(window, tools, walk, url, first);
    const { entries, fingerprint } = fetched.page;
    if (entries.length === 0 || !walk.fingerprints.has(fingerprint)) {
      walk.fingerprints.add(fingerprint);
      return fetched;
    }
    if (tried >= REPEATS) throw new Unsteady('a page came again in the place of another');
    tools.warn(`${window.scope}: a page came again in the place of another; it is asked for again`);
  }
}

async function askPage(
  { scope, deletionsOnly }: Window,
  { server, clock }: WindowTools,
  walk: Walk,
  url: URL,
  first: boolean,
): Promise<Fetched> {
  const { status, headers, bytes } = await server.ask(scope, url);
  if (status !== 200) {
    if (first && (deletionsOnly ? [400, 404, 405, 501] : [404, 405, 501]).includes(status))
      throw new Unsupported(`${scope} answered ${status}`, status);
    if (!first && [400, 404, 410].includes(status)) throw new Unsteady('a next link has expired');
    throw new FhirFault(`${scope} answered ${status}`, status);
  }
  if (first) {
    const date = Date.parse(headers.date ?? '');
    walk.opened = Number.isNaN(date) ? clock().getTime() : date + 999;
  }
  const page = readPage(bytes);
  if (page === null) throw new FhirFault(`${scope}: the answer is no Bundle`);
  return { page, bytes };
}

/** Stores a page with something new. The control id is its content: bytes that came before are not stored again. */
async function store(
  window: Window,
  { deliver, seen }: WindowTools,
  { page, bytes }: Fetched,
  count: number,
): Promise<void> {
  const mine = page.entries.filter(({ deleted, aside }) => (window.deletionsOnly ? deleted : !aside));
  const fresh = mine.filter(({ key }) => !seen.has(key));
  if (fresh.length === 0) return;
  const controlId = createHash('sha256').update(bytes).digest('hex');
  await deliver({ controlId, name: `${window.scope} page ${count}`, bytes });
  for (const { key, at } of mine) seen.add(key, at);
}

function note({ page }: Fetched, walk: Walk): void {
  for (const { at, aside } of page.entries) {
    if (aside) continue;
    if (at === null) {
      walk.ascending = false;
      continue;
    }
    if (walk.highest !== null && at < walk.highest) walk.ascending = false;
    walk.highest = Math.max(walk.highest ?? at, at);
  }
}
