/**
 * Separators written as text. Viewers, editors and ticket systems show control characters as `<FS>`, `␜` or `^\`, and files
 * copied out of them come that way. Which of these a file uses is told by its beginning, and only where it has no real ones.
 */

/** What stands for each control character. */
export interface Notation {
  /** As a remark names it. */
  name: string;
  start: string;
  end: string;
  segment: readonly string[];
  group: string;
  field: string;
}

/** Start and end of a record. */
export const STX = '\u0002';
export const ETX = '\u0003';

const hex = (name: string, write: (code: string) => string): Notation => ({
  name,
  start: write('02'),
  end: write('03'),
  segment: [write('1E')],
  group: write('1D'),
  field: write('1C'),
});

/** One line per notation, each character a byte of the file (the pictures are three bytes in UTF-8). */
const NOTATIONS: readonly Notation[] = [
  { name: 'names', start: '<STX>', end: '<ETX>', segment: ['<RS>', '<SS>'], group: '<GS>', field: '<FS>' },
  { name: 'carets', start: '^B', end: '^C', segment: ['^^'], group: '^]', field: '^\\' },
  {
    name: 'pictures',
    start: '\u00E2\u0090\u0082',
    end: '\u00E2\u0090\u0083',
    segment: ['\u00E2\u0090\u009E'],
    group: '\u00E2\u0090\u009D',
    field: '\u00E2\u0090\u009C',
  },
  hex('codes', (code) => `<${code}>`),
  hex('codes', (code) => `<0x${code}>`),
  hex('codes', (code) => `\\x${code}`),
  hex('codes', (code) => `\\x${code.toLowerCase()}`),
];

/** How the records of a file are marked, and what has to be done to their text. */
export interface Marks {
  start: Buffer;
  end: Buffer;
  /** Null = separators are what they should be. */
  notation: Notation | null;
  /** A text of the file, one character a byte, with real separators. */
  translate(text: string): string;
}

const mark = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Bytes of a file that tell how it is written. */
export const HEAD_BYTES = 64 * 1024;

/** The marks of a file by its beginning. */
export function marksOf(head: Uint8Array): Marks {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
  const notation = hasSeparators(head) ? undefined : NOTATIONS.find(({ field }) => text.includes(`${field}AM`));
  if (!notation) return { start: mark(STX), end: mark(ETX), notation: null, translate: (same) => same };
  const { start, end, segment, group, field } = notation;
  const meanings = new Map([...segment.map((sign) => [sign, '\u001E'] as const), [group, '\u001D'], [field, '\u001C']]);
  const signs = new RegExp([...meanings.keys()].map(literally).join('|'), 'g');
  return {
    start: mark(head.includes(0x02) ? STX : start),
    end: mark(head.includes(0x03) ? ETX : end),
    notation,
    translate: (sent) => sent.replaceAll(signs, (sign) => meanings.get(sign) ?? sign),
  };
}

/** A text as a pattern of itself. */
const literally = (text: string): string =>
  text.replaceAll(/./gs, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);

const hasSeparators = (head: Uint8Array): boolean => head.includes(0x1c) || head.includes(0x1d) || head.includes(0x1e);
