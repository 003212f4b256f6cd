/**
 * Keyset cursors: the ordering's column value and the row's key, signed. Made inside the statement (the answer is finished
 * text), checked here. The signature is HMAC-SHA-256 over tenant, field and ordering, so that a cursor that was altered,
 * or comes from another tenant, list or ordering is BAD_CURSOR. Format: base64url of 32 bytes signature + JSON array.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const BLOCK = 64;

/** The two padded halves of an HMAC key, as the database needs them (it has sha256 but no hmac). */
export interface CursorKey {
  inner: Buffer;
  outer: Buffer;
}

/** Derives the pads from a secret of the installation; without one, a random secret that lives as long as the process. */
export function cursorKey(secret: Uint8Array = randomBytes(32)): CursorKey {
  const key = Buffer.alloc(BLOCK);
  (secret.length > BLOCK ? sha256(secret) : Buffer.from(secret)).copy(key);
  return { inner: Buffer.from(key.map((byte) => byte ^ 0x36)), outer: Buffer.from(key.map((byte) => byte ^ 0x5c)) };
}

const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** What a cursor says: the ordering's value (null sorts as PostgreSQL sorts it) and the key of the row. */
export interface Position {
  value: string | null;
  key: string;
}

/** Reads a cursor; undefined = it is not one of ours for this context. */
export function readCursor(key: CursorKey, context: string, cursor: string): Position | undefined {
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.length < 36 || bytes.toString('base64url') !== cursor) return undefined;
  const payload = bytes.subarray(32);
  const expected = sha256(key.outer, sha256(key.inner, Buffer.from(context), payload));
  if (!timingSafeEqual(expected, bytes.subarray(0, 32))) return undefined;
  const [value, rowKey] = JSON.parse(payload.toString('utf8')) as [string | null, string];
  return { value, key: rowKey };
}

/** Makes a cursor as the statement does; for tests and for callers that hold rows. */
export function makeCursor(key: CursorKey, context: string, position: Position): string {
  const payload = Buffer.from(`[${JSON.stringify(position.value)}, ${JSON.stringify(position.key)}]`);
  const signature = sha256(key.outer, sha256(key.inner, Buffer.from(context), payload));
  return Buffer.concat([signature, payload]).toString('base64url');
}

/**
 * SQL of the JSON text of a cursor. `value` and `rowKey` are text expressions; `context`, `inner` and `outer` parameters.
 * encode() breaks base64 after 76 characters, hence the translate().
 */
export function cursorSql(
  value: string,
  rowKey: string,
  parameters: { context: string; inner: string; outer: string },
): string {
  const payload = `convert_to(json_build_array(${value}, ${rowKey})::text, 'UTF8')`;
  const inner = `sha256(decode(${parameters.inner}::text, 'hex') || convert_to(${parameters.context}::text, 'UTF8') || ${payload})`;
  const bytes = `sha256(decode(${parameters.outer}::text, 'hex') || ${inner}) || ${payload}`;
  return `'"' || translate(encode(${bytes}, 'base64'), E'+/=\\n', '-_') || '"'`;
}
