/** From an NDC as sent to the one package of the directory that it means (DOMAIN.md 3 and 12.29). */
import { readNdc } from '../model/ndc.ts';
import type { NdcResolution } from './rules/facts.ts';

/** All 11-digit forms that a text may mean: what must be looked up in the directory. */
export function ndcCandidates(text: string | null): string[] {
  const reading = readNdc(text ?? '');
  if (reading.kind === 'UNREADABLE') return [];
  return reading.kind === 'AMBIGUOUS' ? reading.candidates : [reading.ndc11];
}

/**
 * Resolves a text against the directory. An exact code keeps its value even when it is not listed; a short or ambiguous
 * one has a value only through the directory.
 */
export function resolveNdc(text: string | null, listed: (ndc11: string) => boolean): NdcResolution {
  if (text === null) return { kind: 'MISSING', ndc11: null };
  const reading = readNdc(text);
  if (reading.kind === 'UNREADABLE') return { kind: 'UNKNOWN', ndc11: null };
  const [only, ...others] = ndcCandidates(text).filter(listed);
  if (only !== undefined && others.length === 0) return { kind: 'LISTED', ndc11: only };
  if (reading.kind === 'AMBIGUOUS') return { kind: 'AMBIGUOUS', ndc11: null };
  return { kind: 'UNKNOWN', ndc11: reading.kind === 'EXACT' ? reading.ndc11 : null };
}
