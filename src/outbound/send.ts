/**
 * Delivers the outbound files of one feed: uploaded under a temporary name, renamed when complete, recorded. Where it is not
 * known whether a rename happened (a crash or a lost connection in between) the partner's folder is asked, and when that cannot
 * tell either, a person; nothing is ever sent again on a guess.
 */
import type { SourceFile } from '../../adapters/pickup/source.ts';
import type { FileTarget } from '../../adapters/pickup/target.ts';
import type { Database } from '../db/client.ts';
import { fault } from '../db/fault.ts';
import { feedState } from '../db/feed-decisions.ts';
import { type Lease, LeaseLost } from '../db/lease.ts';
import { run, statement } from '../db/statement.ts';
import { readTenant, type TenantId, withTenant } from '../db/tenant.ts';
import type { OutboundState } from './queue.ts';

const OPEN = statement(import.meta.url, 'read-open.sql');
const BEGIN = statement(import.meta.url, 'begin-sending.sql');
const INTEND = statement(import.meta.url, 'intend-rename.sql');
const END = statement(import.meta.url, 'end-attempt.sql');

/** Begun deliveries after which a file waits for a person; a partner that cannot be reached does not count. */
const MOST_ATTEMPTS = 10;

/** What a pass over a feed's queue needs. The lease makes this the only sender. */
export interface Sending {
  db: Database;
  tenant: TenantId;
  feed: string;
  lease: Pick<Lease, 'token' | 'check'>;
  open: () => Promise<FileTarget>;
  clock: () => Date;
}

/** What a pass did. */
export interface SendReport {
  sent: number;
  /** Files whose fate only a person can tell; counted at every pass. */
  uncertain: number;
  failed: number;
  /** Will be looked at again by the next pass. */
  postponed: number;
  /** Class or code of the last error; null when there was none. */
  failure: string | null;
}

interface OpenFile {
  id: string;
  name: string;
  sha256: string;
  sizeBytes: number;
  state: 'QUEUED' | 'SENDING' | 'UNCERTAIN';
  attempts: number;
  temporaryName: string | null;
  renameIntended: boolean;
  detail: string;
}

/** What the partner's folder says of a file. */
type Sight = 'absent' | 'same' | 'same size' | 'other';

/** Works through the queue once; connects only when there is something to do. Errors: of the connection, LeaseLost. */
export async function sendPass(sending: Sending): Promise<SendReport> {
  const report: SendReport = { sent: 0, uncertain: 0, failed: 0, postponed: 0, failure: null };
  const files = await openFiles(sending.db, sending.tenant, sending.feed);
  if (files.length === 0) return report;
  let target = await sending.open();
  try {
    for (const file of files) {
      sending.lease.check();
      // A person may pause a feed in the middle of a long queue.
      if ((await feedState(sending.db, sending.tenant, sending.feed)).paused) break;
      try {
        count(report, await new Attempt(sending, target, file).run());
      } catch (error) {
        if (error instanceof LeaseLost) throw error;
        // One file that cannot be delivered must not hold back the others; a partner that is gone ends the pass here.
        report.postponed += 1;
        report.failure = kindOf(error);
        await target.close().catch(() => undefined);
        target = await sending.open();
      }
    }
  } finally {
    await target.close().catch(() => undefined);
  }
  return report;
}

/** What is not finished for a feed, oldest first, at most a hundred. */
export const openFiles = (db: Database, tenant: TenantId, feed: string): Promise<OpenFile[]> =>
  readTenant<OpenFile>(db, tenant, OPEN.text, [feed], OPEN.name);

function count(report: SendReport, end: OutboundState): void {
  if (end === 'SENT') report.sent += 1;
  else if (end === 'UNCERTAIN') report.uncertain += 1;
  else if (end === 'FAILED') report.failed += 1;
  else report.postponed += 1;
}

const kindOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown failure';
  const code = 'code' in error ? error.code : undefined;
  // A number is the status by which an SFTP server says no.
  return typeof code === 'number' ? `status ${code}` : typeof code === 'string' ? code : error.name;
};

/** One file on its way. */
class Attempt {
  readonly #sending: Sending;
  readonly #target: FileTarget;
  readonly #file: OpenFile;

  constructor(sending: Sending, target: FileTarget, file: OpenFile) {
    this.#sending = sending;
    this.#target = target;
    this.#file = file;
  }

  run(): Promise<OutboundState> {
    return this.#file.state === 'QUEUED' ? this.#deliver() : this.#settle();
  }

  /** Delivers a queued file. After an error it is put back or uncertain. */
  async #deliver(): Promise<OutboundState> {
    const { lease } = this.#sending;
    const { name } = this.#file;
    const temporary = `${name}.${lease.token}-${this.#file.attempts + 1}.part`;
    const payload = await this.#begin(temporary);
    if (payload === null) return this.#file.state;
    fault.point('outbound-begun');
    let intended = false;
    try {
      const sight = await this.#look();
      if (sight === 'same')
        return await this.#end('SENT', 'was there already: name, size and SHA-256 are those of the file');
      if (sight !== 'absent') return await this.#end('FAILED', 'another file of that name is at the partner');
      await this.#target.write(temporary, payload);
      if ((await this.#find(temporary))?.size !== payload.length) throw new Error('the upload is not complete');
      fault.point('outbound-uploaded');
      lease.check();
      await this.#intend();
      intended = true;
      fault.point('outbound-intended');
      lease.check();
      await this.#target.rename(temporary, name);
      fault.point('outbound-renamed');
      return await this.#end('SENT', 'renamed');
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      await this.#fail(intended, error);
      throw error;
    }
  }

  /**
   * Finds out what became of an attempt that was cut off. Its upload is removed before the file is put back: whoever made
   * that attempt may be asleep just before the rename, and must not wake up to one that still works.
   */
  async #settle(): Promise<OutboundState> {
    const { temporaryName, renameIntended } = this.#file;
    if (!renameIntended) {
      if (temporaryName !== null) await this.#target.remove(temporaryName).catch(() => undefined);
      return this.#end('QUEUED', 'an attempt was cut off before its end');
    }
    for (let look = 0; look < 2; look += 1) {
      const sight = await this.#look();
      if (sight === 'same')
        return this.#end('SENT', 'found at the partner: name, size and SHA-256 are those of the file');
      if (sight === 'same size')
        return this.#end('SENT', 'found at the partner: name and size are those of the file; it cannot be read there');
      if (sight === 'other') return this.#end('UNCERTAIN', 'a file of that name with other content is at the partner');
      if (temporaryName === null || (await this.#find(temporaryName)) === undefined) continue;
      // Gone in this moment = the rename happened after all: look again.
      const removed = await this.#target.remove(temporaryName).then(
        () => true,
        () => false,
      );
      if (removed) return this.#end('QUEUED', 'the upload lay there unrenamed and was removed');
    }
    return this.#end(
      'UNCERTAIN',
      'neither the file nor its upload is at the partner: it may have been taken there, or removed',
    );
  }

  async #look(): Promise<Sight> {
    const { name, sizeBytes, sha256 } = this.#file;
    const found = await this.#find(name);
    if (found === undefined) return 'absent';
    if (found.kind !== 'file' || found.size !== sizeBytes) return 'other';
    const seen = await this.#target.sha256(name, sizeBytes + 1);
    if (seen === null) return 'same size';
    return seen === sha256 ? 'same' : 'other';
  }

  async #find(wanted: string): Promise<SourceFile | undefined> {
    return (await this.#target.list()).find(({ name }) => name === wanted);
  }

  async #begin(temporary: string): Promise<Uint8Array | null> {
    const { db, tenant, lease } = this.#sending;
    const [row] = await withTenant(db, tenant, (tx) =>
      run<{ payload: Uint8Array }>(tx, BEGIN, [tenant, this.#file.id, temporary, lease.token]),
    );
    if (row === undefined) return null;
    this.#file.state = 'SENDING';
    this.#file.attempts += 1;
    this.#file.temporaryName = temporary;
    return row.payload;
  }

  async #intend(): Promise<void> {
    const { db, tenant, lease, clock } = this.#sending;
    const rows = await withTenant(db, tenant, (tx) =>
      run(tx, INTEND, [tenant, this.#file.id, lease.token, clock().toISOString()]),
    );
    if (rows.length === 0) throw new LeaseLost(`outbound files of ${this.#sending.feed}`);
  }

  /** Before the intent nothing can have arrived; after it the next pass looks. A database that is away leaves SENDING, which it looks at too. */
  async #fail(intended: boolean, error: unknown): Promise<void> {
    const detail = `${intended ? 'the connection broke while it was renamed' : 'the upload failed'} (${kindOf(error)})`;
    const end = intended ? 'UNCERTAIN' : this.#file.attempts >= MOST_ATTEMPTS ? 'FAILED' : 'QUEUED';
    await this.#end(end, detail).catch(() => undefined);
  }

  /** Stores the end of the attempt, unless somebody has changed the file meanwhile: then theirs stands. */
  async #end(state: OutboundState, detail: string): Promise<OutboundState> {
    const { db, tenant, clock } = this.#sending;
    const { id, temporaryName } = this.#file;
    if (this.#file.state === state && this.#file.detail === detail) return state;
    const sentAt = state === 'SENT' ? clock().toISOString() : null;
    await withTenant(db, tenant, (tx) =>
      run(tx, END, [tenant, id, this.#file.state, temporaryName, state, detail, sentAt]),
    );
    fault.point('outbound-recorded');
    return state;
  }
}
