/** A determination as its table holds it, and whether a new judgement says anything that the stored one does not. */
import { isDeepStrictEqual } from 'node:util';
import type { Judgement } from './judge.ts';

/** Stored verdict: one element of `determination.verdicts`. */
interface StoredVerdict {
  rule: string;
  answer: string;
  reason: string;
  evidence: { kind: string; id: string; note?: string }[];
}

/** What a determination says: everything but its identity, its time and its place in the sequence. */
export interface DeterminationContent {
  status: string;
  bucket: string | null;
  orderable: boolean;
  reason: string | null;
  provisional: boolean;
  patientId: string | null;
  encounterId: string | null;
  prescriptionId: string | null;
  verdicts: StoredVerdict[];
}

/** The determination in force of a dispense for an entity. */
export interface StoredDetermination extends DeterminationContent {
  id: string;
  dispenseId: string;
  entity: string;
  winning: boolean;
}

/** The content of a judgement. */
export function contentOf(judgement: Judgement): DeterminationContent {
  const { facts } = judgement;
  return {
    status: judgement.status,
    bucket: judgement.bucket,
    orderable: judgement.orderable && judgement.bucket !== null,
    reason: judgement.reason,
    provisional: judgement.provisional,
    patientId: facts.patient.kind === 'MATCHED' ? facts.patient.patientId : null,
    encounterId: judgement.visit?.id ?? null,
    prescriptionId: facts.prescription?.id ?? null,
    verdicts: [...judgement.verdicts].map(([rule, { answer, reason, evidence }]) => ({
      rule,
      answer,
      reason,
      evidence,
    })),
  };
}

/** True when the stored determination already says it. */
export function saysTheSame(stored: StoredDetermination, content: DeterminationContent): boolean {
  const said = new Map<string, unknown>(Object.entries(stored));
  return Object.entries(content).every(([name, value]) => isDeepStrictEqual(said.get(name), value));
}
