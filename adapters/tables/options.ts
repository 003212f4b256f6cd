/** Feed options of table formats: which ones exist, and the ones that all of them share. */
import type { TableOptions } from './layout.ts';
import { nearestName } from './nearest-name.ts';

const DELIMITERS: Readonly<Record<string, string>> = { comma: ',', tab: '\t', pipe: '|', semicolon: ';' };

/** The problem of every option that a format does not know, with the nearest one that it does. */
export function unknownOptions(options: Readonly<Record<string, unknown>>, known: readonly string[]): string[] {
  return Object.keys(options)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const meant = known[nearestName(name, known)];
      const hint = meant === undefined ? '' : `, did you mean ${meant}?`;
      return `unknown option ${name}${hint} (known: ${known.length === 0 ? 'none' : known.join(', ')})`;
    });
}

/** Problems of `delimiter` and `headers`, which every table format of our own layouts takes. */
export function tableProblems(options: Readonly<Record<string, unknown>>, headers: readonly string[]): string[] {
  const problems: string[] = [];
  const delimiter = options['delimiter'];
  if (delimiter !== undefined && !(typeof delimiter === 'string' && Object.hasOwn(DELIMITERS, delimiter)))
    problems.push(`delimiter must be one of ${Object.keys(DELIMITERS).join(', ')}`);
  const renamed = options['headers'];
  if (renamed === undefined) return problems;
  if (typeof renamed !== 'object' || renamed === null || Array.isArray(renamed))
    return [...problems, 'headers must map our header to the header of the file'];
  for (const [ours, theirs] of Object.entries(renamed)) {
    if (!headers.includes(ours)) problems.push(`headers: ${ours} is not one of ${headers.join(', ')}`);
    if (typeof theirs !== 'string' || theirs.trim() === '')
      problems.push(`headers: ${ours} needs the header of the file`);
  }
  return problems;
}

/** `delimiter` and `headers` as the reader takes them; the options have passed tableProblems. */
export function tableOptions(options: Readonly<Record<string, unknown>>): TableOptions {
  const delimiter = options['delimiter'];
  const headers = options['headers'];
  return {
    ...(typeof delimiter === 'string' ? { delimiter: DELIMITERS[delimiter] ?? ',' } : {}),
    ...(typeof headers === 'object' && headers !== null
      ? { headers: Object.fromEntries(Object.entries(headers)) }
      : {}),
  };
}
