/** MSH-18: how the bytes of a message become text. Only the first repetition counts; the others are reached by escapes nobody sends. */

/** The text of a message, and what was wrong with its character set ('' = nothing). */
export interface Decoded {
  text: string;
  fault: '' | 'UNKNOWN' | 'MISMATCH';
  /** Decodes further bytes of the same message (`\Xhh\`). */
  decode: (bytes: Uint8Array) => string;
}

type Decoder = InstanceType<typeof TextDecoder>;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });
const looseUtf8 = new TextDecoder('utf-8');
const windows1252 = new TextDecoder('windows-1252');

/** PostgreSQL's text cannot hold NUL, and no field may: it becomes the replacement sign, visibly. */
const withoutNul = (text: string): string => (text.includes('\u0000') ? text.replaceAll('\u0000', '\uFFFD') : text);

/** The decoder of an ISO 8859 part; part 1 is read as windows-1252, which holds all of its letters. */
function iso8859(part: string): Decoder | undefined {
  if (part === '1') return windows1252;
  try {
    return new TextDecoder(`iso-8859-${part}`);
  } catch {
    return undefined;
  }
}

/** The decoder that MSH-18 names; `'guess'` = UTF-8 unless the bytes say otherwise; undefined = unknown name. */
function decoderOf(name: string): Decoder | 'guess' | undefined {
  const upper = name.toUpperCase().replaceAll('_', '-');
  if (upper === '' || upper === 'ASCII' || upper === 'US-ASCII') return 'guess';
  if (upper === 'UNICODE UTF-8' || upper === 'UTF-8' || upper === 'UTF8' || upper === 'UNICODE') return strictUtf8;
  const part = /^(?:ISO[- ]?)?8859[/-](\d{1,2})$/.exec(upper)?.[1];
  return part === undefined ? undefined : iso8859(part);
}

function tryUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Decodes a whole message. Bytes that are not what MSH-18 says (or UTF-8 when it is empty) are read as windows-1252. */
export function decodeMessage(bytes: Uint8Array, charset: string): Decoded {
  const named = decoderOf(charset);
  if (named !== undefined && named !== 'guess' && named !== strictUtf8) {
    const decode = (more: Uint8Array): string => withoutNul(named.decode(more));
    return { text: decode(bytes), fault: '', decode };
  }
  const utf8 = tryUtf8(bytes);
  const fallback = utf8 === undefined ? windows1252 : looseUtf8;
  const decode = (more: Uint8Array): string => withoutNul(fallback.decode(more));
  const text = withoutNul(utf8 ?? windows1252.decode(bytes));
  if (named === undefined) return { text, fault: 'UNKNOWN', decode };
  return { text, fault: named === strictUtf8 && utf8 === undefined ? 'MISMATCH' : '', decode };
}
