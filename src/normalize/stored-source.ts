/** The bytes of a large file in `raw_chunk` as a format reads them: any range, in reads of their own outside the transaction that writes. */
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import type { Source } from '../../adapters/contract.ts';
import type { Database } from '../db/client.ts';
import { statement } from '../db/statement.ts';
import { readTenant, type TenantId } from '../db/tenant.ts';

const READ = statement(import.meta.url, 'read-chunks.sql');
const decompress = promisify(zstdDecompress);
const STEP_BYTES = 64 * 1024;

/** Which file. */
interface StoredFile {
  month: string;
  rawId: string;
  sizeBytes: number;
}

/** Pieces are immutable: what is read once stays right, in whatever transaction it is used. */
export class StoredSource implements Source {
  readonly size: number;
  readonly step = STEP_BYTES;
  readonly #db: Database;
  readonly #tenant: TenantId;
  readonly #raw: StoredFile;
  /** The piece read last: a walk in steps asks for each piece several times. */
  #piece: { part: number; bytes: Promise<Uint8Array> } | undefined;
  #pieceBytes = 0;

  constructor(db: Database, tenant: TenantId, raw: StoredFile) {
    this.#db = db;
    this.#tenant = tenant;
    this.#raw = raw;
    this.size = raw.sizeBytes;
  }

  async read(from: number, to: number): Promise<Uint8Array> {
    const end = Math.min(to, this.size);
    if (from >= end) return new Uint8Array();
    // Whoever parses a large file lets others at the processor between its steps.
    await setImmediate();
    const size = (this.#pieceBytes ||= (await this.#part(0)).length);
    const found: Uint8Array[] = [];
    for (let part = Math.floor(from / size); part * size < end; part += 1) {
      const bytes = await this.#part(part);
      found.push(bytes.subarray(Math.max(0, from - part * size), end - part * size));
    }
    return found.length === 1 && found[0] ? found[0] : Buffer.concat(found);
  }

  #part(part: number): Promise<Uint8Array> {
    if (this.#piece?.part === part) return this.#piece.bytes;
    const bytes = this.#fetch(part);
    this.#piece = { part, bytes };
    return bytes;
  }

  async #fetch(part: number): Promise<Uint8Array> {
    const { month, rawId } = this.#raw;
    const [row] = await readTenant<{ bytes: Uint8Array }>(
      this.#db,
      this.#tenant,
      READ.text,
      [month, rawId, part],
      READ.name,
    );
    if (!row) throw new MissingPiece();
    return decompress(row.bytes);
  }
}

/** A piece of a stored file is not there: the database has lost what it promised to keep. */
class MissingPiece extends Error {
  override readonly name = 'MissingPiece';
}
