/**
 * Certificates of MLLP ports that are renewed while the hub runs: their files are read again by timer, and what has changed is
 * shown from the next handshake on. Senders that are connected stay so. Files that cannot be used change nothing: the port
 * keeps what it shows, the log and `hub doctor` say why.
 */
import { X509Certificate } from 'node:crypto';
import type { TlsIdentity } from '../adapters/transports/mllp/server.ts';
import type { Log } from './log.ts';

/** A port that shows a certificate. */
export interface CertifiedPort {
  /** A feed of the port. */
  feed: string;
  /** What the port shows when the watch begins. */
  shown: TlsIdentity;
  /** Reads the files. @throws a sentence that names the setting. */
  read(): TlsIdentity;
}

/** What a port shows. */
export interface CertificateState {
  endsAt: Date;
  /** Why it does not show what its files hold; '' = it does. */
  problem: string;
}

/** What a watch is made of. */
export interface CertificateWatchOptions {
  ports: readonly CertifiedPort[];
  present(feed: string, identity: TlsIdentity): void;
  clock: () => Date;
  log: Log;
  /** Default: ten seconds. */
  everyMs?: number;
}

const EVERY_MS = 10_000;

const same = (left: TlsIdentity, right: TlsIdentity): boolean =>
  left.key === right.key && left.cert === right.cert && left.ca === right.ca;

const holdsAt = (certificate: X509Certificate, now: Date): boolean =>
  certificate.validFromDate <= now && now <= certificate.validToDate;

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

interface Watched {
  port: CertifiedPort;
  shown: TlsIdentity;
  certificate: X509Certificate;
  /** As it was found at the last look; '' = nothing. */
  found: string;
  /** As it was told: files that are being replaced one by one do not fit for a moment. */
  told: string;
}

/** Watches the files of all ports. */
export class CertificateWatch {
  readonly #options: CertificateWatchOptions;
  readonly #watched: Watched[];
  readonly #timer: NodeJS.Timeout;

  constructor(options: CertificateWatchOptions) {
    this.#options = options;
    this.#watched = options.ports.map((port) => ({
      port,
      shown: port.shown,
      certificate: new X509Certificate(port.shown.cert),
      found: '',
      told: '',
    }));
    this.#timer = setInterval(() => this.look(), options.everyMs ?? EVERY_MS);
    this.#timer.unref();
  }

  /** Reads the files of every port, and shows what has changed. */
  look(): void {
    for (const watched of this.#watched) this.#lookAt(watched);
  }

  /** What the port of a feed shows; undefined = it shows nothing, or is not watched. */
  state(feed: string): CertificateState | undefined {
    const watched = this.#watched.find(({ port }) => port.feed === feed);
    return watched && { endsAt: watched.certificate.validToDate, problem: watched.told };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #lookAt(watched: Watched): void {
    const { feed } = watched.port;
    const problem = this.#renew(watched);
    if (problem !== '' && problem === watched.found && problem !== watched.told) {
      watched.told = problem;
      this.#options.log({ level: 'error', event: 'certificate', feed, detail: `the former one is kept: ${problem}` });
    }
    if (problem === '' && watched.told !== '') {
      watched.told = '';
      this.#options.log({ level: 'info', event: 'certificate', feed, detail: 'the port shows what its files hold' });
    }
    watched.found = problem;
  }

  /** Answers why the files' content is not shown; '' = it is. */
  #renew(watched: Watched): string {
    const { port, shown } = watched;
    try {
      const identity = port.read();
      if (same(identity, shown)) return '';
      const certificate = new X509Certificate(identity.cert);
      const now = this.#options.clock();
      if (!holdsAt(certificate, now) && holdsAt(watched.certificate, now))
        return `the new certificate holds from ${certificate.validFrom} to ${certificate.validTo}`;
      this.#options.present(port.feed, identity);
      Object.assign(watched, { shown: identity, certificate });
      this.#options.log({
        level: 'info',
        event: 'certificate',
        feed: port.feed,
        detail: `new files are shown; the certificate ends on ${certificate.validToDate.toISOString().slice(0, 10)}`,
      });
      return '';
    } catch (error) {
      return sentenceOf(error);
    }
  }
}
