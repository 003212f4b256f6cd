/** Which quarter an exclusion file is about, from the text above its columns. */
import { quarterOf } from '../../../src/model/calendar.ts';

/** `2026Q3`. */
export const isQuarter = (text: string): boolean => /^\d{4}[Qq][1-4]$/.test(text);

const pad = (number: string): string => number.padStart(2, '0');

/** The quarter that a title names, or the one in which the first date in it lies; null = neither. */
export function quarterIn(title: string): string | null {
  const named = /\b(20\d{2})\s?[Qq]([1-4])\b/.exec(title);
  if (named) return `${named[1]}Q${named[2]}`;
  const turned = /\b[Qq](?:uarter\s)?([1-4])[,\s]{1,2}(20\d{2})\b/.exec(title);
  if (turned) return `${turned[2]}Q${turned[1]}`;
  const compact = /\b(20\d{2})-?(\d{2})-?(\d{2})\b/.exec(title);
  if (compact) return quarterOf(`${compact[1]}-${compact[2]}-${compact[3]}`);
  const american = /\b(\d{1,2})\/(\d{1,2})\/(20\d{2})\b/.exec(title);
  if (american) return quarterOf(`${american[3]}-${pad(american[1] ?? '')}-${pad(american[2] ?? '')}`);
  return null;
}
