/** HL7 messages: each as it was sent, followed by one ZRJ segment (position, field, reason) for every reason. */
import { BATCH, runsOf } from '../formats/hl7v2/parse.ts';
import type { Reason, ReasonsAt } from './index.ts';

/** Escapes the standard's own delimiters, which these segments are written with. */
const SIGNS: Readonly<Record<string, string>> = { '\\': 'E', '|': 'F', '^': 'S', '&': 'T', '~': 'R' };
const escaped = (text: string): string => text.replaceAll(/[\\|^&~]/g, (sign) => `\\${SIGNS[sign] ?? ''}\\`);

const segment = ({ position, field, message }: Reason): string =>
  ['ZRJ', ...[position, field, message].map((part) => escaped(part))].join('|');

/** `message 2`. */
export function cutMessages(text: string, reasons: ReasonsAt): { text: string; records: number } {
  const bytes = Buffer.from(text, 'latin1');
  const out: string[] = [];
  let messages = 0;
  let records = 0;
  for (const { head, start, end } of runsOf(bytes)) {
    if (BATCH.has(head)) continue;
    messages += 1;
    const found = reasons.get(`message ${messages}`);
    if (found === undefined) continue;
    records += 1;
    out.push(`${[text.slice(start, end), ...found.map((reason) => segment(reason))].join('\r')}\r`);
  }
  return { text: out.join(''), records };
}
