/**
 * A file on its way in, of any size: hashed while it passes, and stored piece by piece as soon as it proves to be large, so
 * that nobody ever holds a whole file. The pieces are committed before the raw message that makes them mean something
 * (receiver.ts); until then nobody sees them, and a transfer that breaks off leaves nothing behind.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import type { Database } from '../db/client.ts';
import { fault } from '../db/fault.ts';
import { firstIdOf, newId } from '../db/ids.ts';
import { run, statement } from '../db/statement.ts';
import { type TenantId, withTenant } from '../db/tenant.ts';

const STORE = statement(import.meta.url, 'store-chunks.sql');
const DROP = statement(import.meta.url, 'drop-chunks.sql');
const SWEEP = statement(import.meta.url, 'sweep-chunks.sql');

const compress = promisify(zstdCompress);
const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Size of all pieces of a file but the last. A file that fits into one is stored as a message is: in one row. */
const PIECE_BYTES = 1024 * 1024;
/** Pieces of one commit: the next are read while it is under way, so twice as many are held. */
const PIECES_TOGETHER = 4;
/** A transfer that still runs after this time is taken for broken off. */
const ABANDONED_AFTER_MS = 7 * 24 * 3_600_000;

/** Where and when a file comes in. */
export interface FileIntake {
  db: Database;
  tenant: TenantId;
  receivedAt: string;
  /** Asked before each commit; throws when nothing may be stored. */
  admit: () => void;
}

/** A file that has passed: in memory (`parts` 0) or in stored pieces. */
export interface TakenFile {
  rawId: string;
  sha256: string;
  sizeBytes: number;
  parts: number;
  bytes: Uint8Array;
}

/** First day of the month of receipt (UTC): the partition of a payload. */
const monthOf = (receivedAt: string): string => `${receivedAt.slice(0, 7)}-01`;

/** Takes a file in. Rejects, leaving no pieces behind, when its content breaks off or cannot be stored. */
export async function takeFile(intake: FileIntake, content: AsyncIterable<Uint8Array>, salt = ''): Promise<TakenFile> {
  const rawId = newId();
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let parts = 0;
  let held: Buffer[] = [];
  let storing = Promise.resolve();
  const store = async (): Promise<void> => {
    await storing;
    storing = storePieces(intake, rawId, parts, held);
    // Its failure is met at the next step.
    storing.catch(() => undefined);
    parts += held.length;
    held = [];
  };
  try {
    for await (const piece of piecesOf(content)) {
      hash.update(piece);
      sizeBytes += piece.length;
      held.push(piece);
      if (held.length >= PIECES_TOGETHER) await store();
    }
    if (parts + held.length > 1) await store();
    await storing;
  } catch (error) {
    await storing.catch(() => undefined);
    await dropPieces(intake, rawId).catch(() => undefined);
    throw error;
  }
  const sha256 = hash.update(salt).digest('hex');
  return { rawId, sha256, sizeBytes, parts, bytes: held[0] ?? new Uint8Array() };
}

/** The same bytes in pieces of one size, each in memory of its own. */
async function* piecesOf(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let piece = Buffer.allocUnsafe(PIECE_BYTES);
  let filled = 0;
  for await (const chunk of content) {
    for (let at = 0; at < chunk.length;) {
      const taken = Math.min(PIECE_BYTES - filled, chunk.length - at);
      piece.set(chunk.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
      if (filled < PIECE_BYTES) continue;
      yield piece;
      piece = Buffer.allocUnsafe(PIECE_BYTES);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

async function storePieces(intake: FileIntake, rawId: string, from: number, pieces: readonly Buffer[]): Promise<void> {
  const { db, tenant, receivedAt, admit } = intake;
  admit();
  const compressed = await Promise.all(pieces.map((piece) => compress(piece, FAST)));
  const parts = pieces.map((_, index) => from + index);
  const sizes = pieces.map(({ length }) => length);
  const params = [tenant, monthOf(receivedAt), rawId, parts, sizes, compressed];
  await withTenant(db, tenant, (tx) => run(tx, STORE, params));
  fault.point('file-pieces-stored');
}

/** Deletes the pieces of a file that is not wanted after all: it broke off, or its bytes are here already. */
export async function dropPieces({ db, tenant, receivedAt }: FileIntake, rawId: string): Promise<void> {
  await withTenant(db, tenant, (tx) => run(tx, DROP, [tenant, monthOf(receivedAt), rawId]));
}

/** Deletes what transfers left behind that ended with their process. */
export async function sweepPieces(db: Database, tenants: readonly TenantId[], now: Date): Promise<void> {
  const until = new Date(now.getTime() - ABANDONED_AFTER_MS);
  const month = monthOf(new Date(until.getTime() - 31 * 24 * 3_600_000).toISOString());
  for (const tenant of tenants) await withTenant(db, tenant, (tx) => run(tx, SWEEP, [tenant, month, firstIdOf(until)]));
}
