/**
 * A payload taken apart for people who look for what is wrong in it: segments, fields and components as they were sent, with
 * their escapes. It reads what no mapping knows (Z segments, fields nobody asks for) and never fails.
 */
import type { TreeField, TreeUnit } from '../../contract.ts';
import { decodeMessage } from './charset.ts';
import { messageBytes } from './parse.ts';

/** Segments that speak of the message and not of a patient. */
const HARMLESS = new Set(['MSH', 'EVN', 'MSA', 'ERR', 'SFT', 'BHS', 'FHS', 'BTS', 'FTS']);

/** The messages of a payload. */
export function treeOf(bytes: Uint8Array): TreeUnit[] {
  return [...messageBytes(bytes)].map((message, index) => ({
    position: `message ${index + 1}`,
    segments: segmentsOf(message),
  }));
}

function segmentsOf(message: Uint8Array): TreeUnit['segments'] {
  const first = linesOf(decodeMessage(message, '').text)[0] ?? '';
  const charset = first.split(first.charAt(3) || '|', 18)[17] ?? '';
  const lines = linesOf(decodeMessage(message, charset.split(first.charAt(5) || '~')[0]?.trim() ?? '').text);
  const header = lines[0] ?? '';
  const isHeader = /^msh/i.test(header) && header.length > 3;
  const field = isHeader ? header.charAt(3) : '|';
  const encoding = isHeader ? (header.split(field)[1] ?? '') : '^~\\&';
  return lines.map((line) => segmentOf(line, field, encoding));
}

const linesOf = (text: string): string[] =>
  text
    .split(/[\r\n]+/)
    .map((line) => line.trimStart())
    .filter((line) => line !== '');

function segmentOf(line: string, separator: string, encoding: string): TreeUnit['segments'][number] {
  const [first = '', ...rest] = line.split(separator);
  const name = first.slice(0, 3).toUpperCase();
  const values = name === 'MSH' ? [separator, ...rest] : rest;
  const harmless = HARMLESS.has(name);
  const fields = values.flatMap((value, index): TreeField[] => {
    if (value === '') return [];
    const place = `${name}-${index + 1}`;
    const isEncoding = name === 'MSH' && index < 2;
    return [{ place, value, harmless, parts: isEncoding ? [] : partsOf(place, value, encoding) }];
  });
  return { name, fields };
}

/** Repetitions and components; a field of one component has none. */
function partsOf(place: string, value: string, encoding: string): TreeField['parts'] {
  const [component = '', repetition = ''] = encoding;
  const repeated = repetition === '' ? [value] : value.split(repetition);
  const parts = repeated.flatMap((text, index) => {
    const base = repeated.length > 1 ? `${place}[${index + 1}]` : place;
    const components = component === '' ? [text] : text.split(component);
    return components.flatMap((part, at) => (part === '' ? [] : [{ place: `${base}.${at + 1}`, value: part }]));
  });
  return parts.length === 1 && parts[0]?.value === value ? [] : parts;
}
