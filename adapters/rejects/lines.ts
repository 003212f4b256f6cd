/** Lines of a table: the header, then each rejected line as it was sent with position, field and reason as further columns. */
import type { ReasonsAt } from './index.ts';

const TITLES = ['REJECT_POSITION', 'REJECT_FIELD', 'REJECT_REASON'];
/** A quoted cell may hold line breaks; a quote that stays open longer than this is a damaged one. */
const LINES_MAX = 50;

const oddQuotes = (text: string): boolean => text.split('"').length % 2 === 0;

const asCell = (text: string, delimiter: string): string =>
  text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** The option, else the sign of those in use that the first line has most of. */
function delimiterOf(first: string, option: unknown): string {
  if (typeof option === 'string' && option !== '') return option;
  const count = (sign: string): number => first.split(sign).length;
  return [',', '|', '\t', ';'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}

/** All lines without their ends; the end is that of the first line. */
function linesOf(text: string): { lines: string[]; end: string } {
  const end = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
  return { lines: text.split(end === '\r\n' ? '\n' : end).map((line) => line.replace(/\r$/, '')), end };
}

/** The line and those that an open quote of it runs on to. */
function wholeLine(lines: readonly string[], at: number, end: string): string {
  const first = lines[at] ?? '';
  if (!oddQuotes(first)) return first;
  for (let last = at + 1; last < Math.min(lines.length, at + LINES_MAX); last += 1)
    if (oddQuotes(lines[last] ?? '')) return lines.slice(at, last + 1).join(end);
  return first;
}

/** `line 17`. */
export function cutLines(
  text: string,
  reasons: ReasonsAt,
  options: Readonly<Record<string, unknown>>,
): { text: string; records: number } {
  const { lines, end } = linesOf(text);
  const delimiter = delimiterOf(lines[0] ?? '', options['delimiter']);
  const out: string[] = [];
  if (options['header'] !== false && !reasons.has('line 1')) out.push([lines[0], ...TITLES].join(delimiter));
  const numbered = [...reasons].map(([place, found]) => ({ at: Number(place.slice('line '.length)) - 1, found }));
  for (const { at, found } of numbered.sort((a, b) => a.at - b.at)) {
    const fields = found.map(({ field }) => field).join('; ');
    const alone = found.length === 1;
    const messages = found
      .map(({ field, message }) => (alone || field === '' ? message : `${field}: ${message}`))
      .join('; ');
    const cells = [`line ${at + 1}`, fields, messages].map((cell) => asCell(cell, delimiter));
    out.push([wholeLine(lines, at, end), ...cells].join(delimiter));
  }
  return { text: out.map((line) => line + end).join(''), records: numbered.length };
}
