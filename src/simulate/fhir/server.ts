/**
 * A FHIR R4 server for the demonstration and for tests: search with paging, `_lastUpdated`, `_sort` and `_include`, `_history`,
 * `$export`, a token endpoint, on the real wire; on request it misbehaves (mood.ts).
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Exports } from './exports.ts';
import { Mood, type Asked } from './mood.ts';
import { FhirStore, type FhirResource, type Version } from './store.ts';
import { SimTokens, type SimClient } from './tokens.ts';

/** What a server is started with. */
export interface FhirServerOptions {
  /** Loopback port; 0 = any. */
  port: number;
  store: FhirStore;
  clock: () => Date;
  bad?: boolean;
  client?: SimClient | null;
  /** False: `_sort` is not honoured, as on some servers. */
  sorts?: boolean;
  /** False: there is no `_history`. */
  history?: boolean;
  /** Told of every page that is given out. */
  onPage?: (page: GivenPage) => void;
}

/** A page that a client was given. */
export interface GivenPage {
  /** `Encounter`, `Encounter/_history`. */
  scope: string;
  /** Where the client said that it begins; '' = at the beginning, null = a page after the first. */
  since: string | null;
  /** The body as sent. */
  text: string;
}

/** A running server. */
export interface FhirSimulator {
  port: number;
  /** Base URL. */
  url: string;
  mood: Mood;
  tokens: SimTokens;
  /** Requests so far, by what was asked. */
  requests: Record<string, number>;
  /** True when a client has read all types to the end since the last change, and has come back since. */
  caughtUp(types: readonly string[]): boolean;
  stop(): Promise<void>;
}

interface Listing {
  path: string;
  versions: Version[];
  count: number;
  includes: string[];
  sorted: boolean;
  history: boolean;
  since: string;
  /** Changes of the store when it was made. */
  size: number;
}

interface Reply {
  status: number;
  body?: object | string;
  headers?: Record<string, string>;
}

const MOST_PER_PAGE = 500;

/** What `Type:parameter` of an `_include` points at. */
const INCLUDES: Readonly<Record<string, (resource: FhirResource) => string[]>> = {
  'MedicationRequest:requester': (one) => referencesIn(one['requester']),
  'Encounter:participant': (one) => referencesIn(one['participant']),
  'ServiceRequest:performer': (one) => referencesIn(one['performer']),
  'DocumentReference:author': (one) => referencesIn(one['author']),
};

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  const found = 'reference' in value && typeof value.reference === 'string' ? [value.reference] : [];
  return [...found, ...Object.values(value).flatMap(referencesIn)];
}

class Simulator {
  readonly mood: Mood;
  readonly tokens: SimTokens;
  readonly requests: Record<string, number> = {};
  private readonly listings = new Map<string, Listing>();
  private readonly exports: Exports;
  private readonly finished = new Map<string, number>();
  private readonly back = new Map<string, number>();
  private next = 0;
  url = '';

  constructor(private readonly options: FhirServerOptions) {
    this.mood = new Mood(options.bad ?? false);
    this.tokens = new SimTokens(options.client ?? null, options.clock);
    this.exports = new Exports(options.store, () => this.url);
  }

  caughtUp(types: readonly string[]): boolean {
    return types.every((type) => (this.back.get(type) ?? -1) >= this.options.store.size);
  }

  async answer(request: IncomingMessage, body: string): Promise<Reply> {
    const url = new URL(request.url ?? '/', this.url);
    const path = url.pathname.replace(/^\/fhir\/?/, '');
    if (path === 'token') return this.grant(body);
    if (path === 'metadata')
      return { status: 200, body: { resourceType: 'CapabilityStatement', fhirVersion: '4.0.1' } };
    const asked: Asked = url.searchParams.has('_page')
      ? 'next page'
      : /^[A-Z][A-Za-z]+$/.test(path)
        ? 'first page'
        : 'other';
    this.requests[asked] = (this.requests[asked] ?? 0) + 1;
    if (!this.tokens.allows(request.headers.authorization)) return { status: 401, body: outcome('login') };
    const misdeed = this.mood.next(asked);
    if (misdeed === 'TOO_MANY') return { status: 429, headers: { 'retry-after': '0' } };
    if (misdeed === 'BROKEN') return { status: 500, body: 'Internal error' };
    if (misdeed === 'EXPIRED') return { status: 410, body: outcome('not-found') };
    if (path.startsWith('export/')) return this.export(path, request.method ?? 'GET');
    if (path.endsWith('$export')) return this.kickOff(url, request);
    const [, type, id] = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]+)$/.exec(path) ?? [];
    if (type !== undefined && id !== undefined && id !== '_history') return this.read(type, id);
    if (asked === 'next page') return this.page(url.searchParams.get('_page') ?? '', misdeed === 'REPEATED');
    return this.list(path, url);
  }

  private read(type: string, id: string): Reply {
    const resource = this.options.store.read(type, id);
    return resource === null ? { status: 404, body: outcome('not-found') } : { status: 200, body: resource };
  }

  private list(path: string, url: URL): Reply {
    const [, type = '', history] = /^([A-Z][A-Za-z]+)(\/_history)?$/.exec(path) ?? [];
    if (type === '' || (history !== undefined && this.options.history === false))
      return { status: 404, body: outcome('not-supported') };
    const { store } = this.options;
    const { searchParams } = url;
    const since = instantOf(searchParams.get(history === undefined ? '_lastUpdated' : '_since'));
    const sorted = searchParams.get('_sort') === '_lastUpdated' && this.options.sorts !== false;
    const versions = history === undefined ? store.living(type, since) : store.history(type, since);
    if (sorted) versions.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
    const token = `t${(this.next += 1)}`;
    const count = Math.min(Number(searchParams.get('_count') ?? '50') || 50, MOST_PER_PAGE);
    const includes = searchParams.getAll('_include');
    if (history === undefined) this.back.set(type, this.finished.get(type) ?? -1);
    this.listings.set(token, {
      path,
      versions,
      count,
      includes,
      sorted,
      history: history !== undefined,
      since,
      size: store.size,
    });
    return this.page(`${token}.0`, false);
  }

  /** A page of a listing. A repeated one says it is this page and is the one before. */
  private page(token: string, repeated: boolean): Reply {
    const [name = '', at = '0'] = token.split('.');
    const listing = this.listings.get(name);
    if (listing === undefined) return { status: 410, body: outcome('not-found') };
    const from = Number(at);
    const shown = repeated ? Math.max(0, from - listing.count) : from;
    const versions = listing.versions.slice(shown, shown + listing.count);
    const more = from + listing.count < listing.versions.length;
    if (!more && !listing.history) this.finished.set(listing.path, listing.size);
    const link = [
      { relation: 'self', url: `${this.url}/${listing.path}${listing.sorted ? '?_sort=_lastUpdated' : ''}` },
    ];
    if (more) link.push({ relation: 'next', url: `${this.url}?_page=${name}.${from + listing.count}` });
    const entry = listing.history ? versions.map(historyEntry) : this.searchEntries(listing, versions);
    const type = listing.history ? 'history' : 'searchset';
    const text = JSON.stringify({ resourceType: 'Bundle', type, total: listing.versions.length, link, entry });
    this.options.onPage?.({ scope: listing.path, since: from === 0 ? listing.since : null, text });
    return { status: 200, body: text, headers: { 'content-type': 'application/fhir+json' } };
  }

  private searchEntries(listing: Listing, versions: readonly Version[]): object[] {
    const found = versions.map(({ type, id, resource }) => ({
      fullUrl: `${this.url}/${type}/${id}`,
      resource,
      search: { mode: 'match' },
    }));
    const wanted = versions.flatMap(({ resource }) =>
      listing.includes.flatMap((include) => (resource === null ? [] : (INCLUDES[include]?.(resource) ?? []))),
    );
    const included = [...new Set(wanted)].flatMap((reference) => {
      const [type = '', id = ''] = reference.split('/');
      const resource = this.options.store.read(type, id);
      return resource === null ? [] : [{ fullUrl: `${this.url}/${reference}`, resource, search: { mode: 'include' } }];
    });
    return [...found, ...included];
  }

  private kickOff(url: URL, { headers }: IncomingMessage): Reply {
    if (headers['prefer'] !== 'respond-async') return { status: 400, body: outcome('required') };
    const types = (url.searchParams.get('_type') ?? 'Patient').split(',');
    const since = instantOf(url.searchParams.get('_since'));
    const job = this.exports.begin(types, since, this.options.clock().toISOString());
    return { status: 202, headers: { 'content-location': job } };
  }

  private export(path: string, method: string): Reply {
    const [, id = '', file] = path.split('/');
    if (file !== undefined) {
      const text = this.exports.file(id, file);
      return text === undefined ? { status: 404 } : { status: 200, body: text };
    }
    if (method === 'DELETE') return { status: this.exports.end(id) ? 202 : 404 };
    const manifest = this.exports.look(id);
    if (manifest === undefined) return { status: 404, body: outcome('not-found') };
    return manifest === null ? { status: 202, headers: { 'retry-after': '0' } } : { status: 200, body: manifest };
  }

  private async grant(body: string): Promise<Reply> {
    const granted = await this.tokens.grant(new URLSearchParams(body), `${this.url}/token`);
    return granted === null ? { status: 400, body: { error: 'invalid_client' } } : { status: 200, body: granted };
  }
}

/** `ge2026-03-01T00:00:00Z` or an instant alone; '' = from the beginning. */
const instantOf = (text: string | null): string => {
  const at = Date.parse((text ?? '').replace(/^ge/, ''));
  return Number.isNaN(at) ? '' : new Date(at).toISOString();
};

const outcome = (code: string): object => ({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code }] });

const historyEntry = ({ type, id, version, at, resource }: Version): object => ({
  ...(resource === null ? {} : { resource }),
  request: { method: resource === null ? 'DELETE' : 'PUT', url: `${type}/${id}` },
  response: { status: resource === null ? '204' : '200', lastModified: at, etag: `W/"${version}"` },
});

function reply(response: ServerResponse, { status, body, headers }: Reply): void {
  const type = typeof body === 'string' ? 'application/fhir+ndjson' : 'application/fhir+json';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Starts the server on loopback. @throws Error naming the port when it cannot be had. */
export async function startFhirServer(options: FhirServerOptions): Promise<FhirSimulator> {
  const simulator = new Simulator(options);
  const server = createServer((request, response) => {
    void bodyOf(request)
      .then((body) => simulator.answer(request, body))
      .then(
        (answer) => reply(response, answer),
        () => reply(response, { status: 500 }),
      );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on (${error.code ?? 'error'})`;
      reject(
        new Error(`port ${options.port} of the FHIR simulator ${reason}: set HUB_FHIR_PORT to another one`, {
          cause: error,
        }),
      );
    });
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  simulator.url = `http://127.0.0.1:${port}/fhir`;
  return {
    port,
    url: simulator.url,
    mood: simulator.mood,
    tokens: simulator.tokens,
    requests: simulator.requests,
    caughtUp: (types) => simulator.caughtUp(types),
    async stop() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
