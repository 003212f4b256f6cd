/** How the bytes of a file become text when nothing in the file says it: UTF-8, else windows-1252. Shared by the file formats. */

import type { Source } from '../contract.ts';
import { bytesOf, stepsOf } from '../source.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const windows1252 = new TextDecoder('windows-1252');
const visible = (text: string): string => (text.includes('\u0000') ? text.replaceAll('\u0000', '\uFFFD') : text);

/**
 * Text of a whole file, without a byte order mark. Bytes that are not UTF-8 are read as windows-1252 (older FDA files,
 * spreadsheets saved on Windows). NUL becomes U+FFFD: PostgreSQL's text cannot hold it, and the damage stays visible.
 */
export function decodeText(bytes: Uint8Array): string {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    text = windows1252.decode(bytes);
  }
  return visible(text);
}

/**
 * How the bytes of a file are to be read, as `decodeText` would decide. One look at the whole of it before it is read: what is
 * handed on cannot be taken back.
 */
async function encodingOf(source: Source): Promise<'utf-8' | 'windows-1252'> {
  const strict = new TextDecoder('utf-8', { fatal: true });
  const valid = (bytes?: Uint8Array): boolean => {
    try {
      strict.decode(bytes, { stream: bytes !== undefined });
      return true;
    } catch {
      return false;
    }
  };
  for await (const bytes of stepsOf(source)) if (!valid(bytes)) return 'windows-1252';
  return valid() ? 'utf-8' : 'windows-1252';
}

/** The text of a file piece by piece, as `decodeText` would read the whole. Who reads it twice looks for the encoding once. */
export async function* textsOf(source: Source, known?: 'utf-8' | 'windows-1252'): AsyncGenerator<string> {
  if (source.size <= source.step) {
    yield decodeText(await bytesOf(source));
    return;
  }
  const decoder = new TextDecoder(known ?? (await encodingOf(source)));
  for await (const bytes of stepsOf(source)) yield visible(decoder.decode(bytes, { stream: true }));
  yield visible(decoder.decode());
}

/** A byte that is not UTF-8 was met. */
class NotUtf8 extends Error {
  override readonly name = 'NotUtf8';
}

async function* strictTexts(source: Source): AsyncGenerator<string> {
  const strict = new TextDecoder('utf-8', { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return visible(strict.decode(bytes, { stream: bytes !== undefined }));
    } catch {
      throw new NotUtf8();
    }
  };
  for await (const bytes of stepsOf(source)) yield decode(bytes);
  yield decode();
}

/**
 * Goes through the text of a file once for those who read it twice, and answers its encoding on the way; `look` begins anew
 * where the file turns out not to be UTF-8.
 */
export async function lookThrough(
  source: Source,
  look: (texts: AsyncIterable<string>) => Promise<void>,
): Promise<'utf-8' | 'windows-1252'> {
  try {
    await look(strictTexts(source));
    return 'utf-8';
  } catch (error) {
    if (!(error instanceof NotUtf8)) throw error;
    await look(textsOf(source, 'windows-1252'));
    return 'windows-1252';
  }
}
