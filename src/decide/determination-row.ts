/** A determination as its table holds it, and whether a new judgement says anything that the stored one does not. */
import type { Judgement } from './judge.ts';
import { encodeVerdicts, type DraftVerdicts, type ResultTree } from './verdict-codec.ts';

/** What a determination says: everything but its identity, its time and its place in the sequence. */
export interface DeterminationContent {
  status: string;
  bucket: string | null;
  orderable: boolean;
  reason: string | null;
  provisional: boolean;
  absence: boolean;
  patientId: string | null;
  encounterId: string | null;
  prescriptionId: string | null;
  /** Bytes as hex; they say the same only while the dispense's claim is the same. */
  verdicts: string;
}

/** The determination in force of a dispense for an entity. */
export interface StoredDetermination extends DeterminationContent {
  id: string;
  dispenseId: string;
  entity: string;
  winning: boolean;
}

/** A judgement whose verdicts wait for the numbers of their rule results. */
export interface Drafted {
  entity: string;
  winning: boolean;
  content: Omit<DeterminationContent, 'verdicts'>;
  draft: DraftVerdicts;
}

/** Failures that a feed which may still deliver would take back (12.6). */
const ABSENCES = new Set([
  'PATIENT_NOT_FOUND',
  'NO_QUALIFYING_VISIT',
  'NAMED_VISIT_NOT_FOUND',
  'PRESCRIPTION_NOT_FOUND',
]);

function failsByAbsence({ verdicts }: Judgement): boolean {
  for (const { answer, reason } of verdicts.values()) if (answer === 'FAIL' && ABSENCES.has(reason)) return true;
  return false;
}

/** Takes a judgement apart; its rule results are named in `tree`. */
export function draftOf(judgement: Judgement, tree: ResultTree): Drafted {
  const { facts } = judgement;
  const known = {
    claim: facts.dispense.claimId,
    patient: facts.patient.kind === 'MATCHED' ? facts.patient.patientId : null,
    encounter: judgement.visit?.id ?? null,
    prescription: facts.prescription?.id ?? null,
  };
  return {
    entity: judgement.entity,
    winning: judgement.winning,
    content: {
      status: judgement.status,
      bucket: judgement.bucket,
      orderable: judgement.orderable && judgement.bucket !== null,
      reason: judgement.reason,
      provisional: judgement.provisional,
      absence: failsByAbsence(judgement),
      patientId: known.patient,
      encounterId: known.encounter,
      prescriptionId: known.prescription,
    },
    draft: tree.draft(judgement.verdicts, known),
  };
}

/** The content of a judgement, once its rule results have numbers. */
export const contentOf = ({ content, draft }: Drafted): DeterminationContent => ({
  ...content,
  verdicts: encodeVerdicts(draft),
});

/** True when the stored determination already says it of the same claim. */
export const saysTheSame = (stored: StoredDetermination, content: DeterminationContent): boolean =>
  stored.status === content.status &&
  stored.bucket === content.bucket &&
  stored.orderable === content.orderable &&
  stored.reason === content.reason &&
  stored.provisional === content.provisional &&
  stored.absence === content.absence &&
  stored.patientId === content.patientId &&
  stored.encounterId === content.encounterId &&
  stored.prescriptionId === content.prescriptionId &&
  stored.verdicts === content.verdicts;
