/** The server's host key is pinned: without the right one nothing is sent, no password above all (RELIABILITY E16, A16). */
import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (key: Uint8Array): Buffer => createHash('sha256').update(key).digest();

const textOf = (bytes: Buffer): string => `SHA256:${bytes.toString('base64').replace(/=+$/, '')}`;

/** `SHA256:...` as `ssh-keygen -lf` prints it. */
export const fingerprintOf = (key: Uint8Array): string => textOf(digest(key));

/** A configured fingerprint in OpenSSH's spelling. @throws as `parseFingerprint`. */
export const fingerprintText = (text: string): string => textOf(parseFingerprint(text));

/** `ssh-ed25519`, `ssh-rsa`: a public key in SSH's wire form begins with the length and the name of its kind. */
export function keyType(key: Uint8Array): string {
  const length = key.length < 4 ? 0 : Buffer.from(key).readUInt32BE(0);
  const name = length > 64 ? '' : Buffer.from(key.subarray(4, 4 + length)).toString('latin1');
  return /^[a-z0-9@.-]+$/.test(name) ? name : 'unknown';
}

/**
 * Reads a configured fingerprint: OpenSSH's `SHA256:` base64 or 64 hex digits.
 * @throws Error naming the setting when it is neither.
 */
export function parseFingerprint(text: string): Buffer {
  const hex = text.replaceAll(':', '');
  if (/^[0-9a-fA-F]{64}$/.test(hex)) return Buffer.from(hex, 'hex');
  const bytes = Buffer.from(text.replace(/^SHA256:/, ''), 'base64');
  if (bytes.length === 32) return bytes;
  throw new Error('hostKeySha256 must be the fingerprint that "ssh-keygen -lf" prints (SHA256:...), or 64 hex digits');
}

/** A check for ssh2's `hostVerifier` that remembers what it refused. */
export function hostKeyCheck(pinned: string): { accepts(key: Uint8Array): boolean; refused(): string | null } {
  const expected = parseFingerprint(pinned);
  let refused: string | null = null;
  return {
    accepts(key) {
      const same = timingSafeEqual(digest(key), expected);
      refused = same ? null : fingerprintOf(key);
      return same;
    },
    refused: () => refused,
  };
}
