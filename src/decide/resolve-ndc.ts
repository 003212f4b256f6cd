/** From an NDC as sent to the one package of the directory that it means (DOMAIN.md 3 and 12.29). */
import { readNdc } from '../model/ndc.ts';
import type { NdcResolution } from './rules/facts.ts';

/** All 11-digit forms that a text may mean: what must be looked up in the directory. */
export function ndcCandidates(text: string | null): string[] {
  if (text === null) return [];
  const reading = readNdc(text);
  switch (reading.kind) {
    case 'EXACT':
    case 'SHORT':
      return [reading.ndc11];
    case 'AMBIGUOUS':
      return reading.candidates;
    case 'UNREADABLE':
      return [];
  }
}

/**
 * Resolves a text against the directory. An exact code keeps its value even when it is not listed; a short or ambiguous
 * one has a value only through the directory.
 */
export function resolveNdc(text: string | null, listed: (ndc11: string) => boolean): NdcResolution {
  if (text === null) return { kind: 'MISSING', ndc11: null };
  const reading = readNdc(text);
  switch (reading.kind) {
    case 'EXACT':
      return { kind: listed(reading.ndc11) ? 'LISTED' : 'UNKNOWN', ndc11: reading.ndc11 };
    case 'SHORT':
      return listed(reading.ndc11) ? { kind: 'LISTED', ndc11: reading.ndc11 } : { kind: 'UNKNOWN', ndc11: null };
    case 'UNREADABLE':
      return { kind: 'UNKNOWN', ndc11: null };
    case 'AMBIGUOUS': {
      const found = reading.candidates.filter(listed);
      const [only] = found;
      return found.length === 1 && only !== undefined
        ? { kind: 'LISTED', ndc11: only }
        : { kind: 'AMBIGUOUS', ndc11: null };
    }
  }
}
