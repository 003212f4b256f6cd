/**
 * The FHIR server as the poller sees it: requests with the token of the moment, only to the server's own origin, repeated
 * with growing pauses while the server is busy or down. Faults are told without URLs: those may name a patient.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, type Call, type Limits, open, type Opened, send, TooLarge } from './request.ts';
import { FhirFault } from './fault.ts';
import type { TokenSource } from './token.ts';
import { PrivateAddress } from './addresses.ts';

/** What a server is reached with. */
export interface ServerOptions {
  base: URL;
  limits: Limits & { maxBytes: number };
  tokens: TokenSource;
  /** Origins besides the server's own from which export files may come. */
  fileOrigins: readonly string[];
  signal: AbortSignal;
  clock: () => Date;
  /** Pause between two tries; tests make it short. */
  pauseMs: number;
}

const TRIES = 6;
const LONGEST_PAUSE_MS = 60_000;
const LONGEST_RETRY_AFTER_MS = 600_000;

const busy = (status: number): boolean => status === 408 || status === 429 || (status >= 500 && status !== 501);

/** Milliseconds of a Retry-After (seconds or a date); undefined when there is none that can be read. */
export function retryAfter(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now.getTime();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS) : undefined;
}

/** Requests to one server. */
export class FhirServer {
  constructor(private readonly options: ServerOptions) {}

  get base(): URL {
    return this.options.base;
  }

  get stopped(): boolean {
    return this.options.signal.aborted;
  }

  /** A URL below the base: `Encounter`, `Patient/$export`. */
  at(path: string): URL {
    const base = this.base.href.endsWith('/') ? this.base.href : `${this.base.href}/`;
    return new URL(path, base);
  }

  /** A link of the server, verbatim. @throws FhirFault when it leaves the server. */
  follow(link: string, from: URL, files = false): URL {
    let url: URL;
    try {
      url = new URL(link, from);
    } catch {
      throw new FhirFault('the server gave a link that is no URL');
    }
    const allowed = url.origin === this.base.origin || (files && this.options.fileOrigins.includes(url.origin));
    if (!allowed || url.username !== '')
      throw new FhirFault('the server gave a link that leaves it; it was not followed');
    return url;
  }

  /** A pause that ends at once when the poller is stopped. */
  async pause(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: this.options.signal }).catch(() => {
      throw new FhirFault('stopped');
    });
  }

  /** GET (or DELETE), repeated while the server is busy. Any other status is the caller's to judge. */
  async ask(
    what: string,
    url: URL,
    headers: Record<string, string> = {},
    method: Call['method'] = 'GET',
  ): Promise<Answer> {
    return this.persist(what, async (authorization) => {
      const accept = { accept: 'application/fhir+json', ...headers, ...authorization };
      return send({ url, method, headers: accept }, this.options.limits, this.options.signal);
    });
  }

  /** GET of a file that is read as a stream. The token goes along only to the server itself. */
  async openFile(what: string, url: URL, withToken: boolean): Promise<Opened> {
    return this.persist(what, async (authorization) => {
      const token = withToken && url.origin === this.base.origin ? authorization : {};
      const headers = { accept: 'application/fhir+ndjson', ...token };
      const opened = await open({ url, method: 'GET', headers }, this.options.limits, this.options.signal);
      if (opened.status !== 200) opened.body.resume();
      return opened;
    });
  }

  private async persist<T extends { status: number; headers: Answer['headers'] }>(
    what: string,
    attempt: (authorization: Record<string, string>) => Promise<T>,
  ): Promise<T> {
    let refused = false;
    for (let tried = 1; ; tried += 1) {
      const answer = await this.once(what, attempt);
      const status = answer instanceof FhirFault ? 0 : answer.status;
      if (status === 401 && !refused) {
        refused = true;
        this.options.tokens.forget();
        continue;
      }
      if (!(answer instanceof FhirFault) && !busy(status)) return answer;
      const fault = answer instanceof FhirFault ? answer : new FhirFault(`${what} answered ${status}`, status);
      if (tried >= TRIES || this.stopped) throw fault;
      const asked =
        answer instanceof FhirFault ? undefined : retryAfter(answer.headers['retry-after'], this.options.clock());
      // Half of the pause is chance, so that many pollers do not come back together.
      const grown = Math.min(this.options.pauseMs * 2 ** (tried - 1), LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
      await this.pause(asked ?? grown);
    }
  }

  /** One try; a network fault is an answer too. @throws FhirFault for what trying again cannot cure. */
  private async once<T>(
    what: string,
    attempt: (authorization: Record<string, string>) => Promise<T>,
  ): Promise<T | FhirFault> {
    const token = await this.options.tokens.token();
    try {
      return await attempt(token === undefined ? {} : { authorization: `Bearer ${token}` });
    } catch (error) {
      if (this.stopped) throw new FhirFault('stopped', 0, { cause: error });
      if (error instanceof PrivateAddress || error instanceof TooLarge) throw new FhirFault(error.message);
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
      return new FhirFault(`${what} failed (${code})`, 0, { cause: error });
    }
  }
}
