import type { Evidence, Verdict } from '../../model/verdict.ts';
import { mayStillDeliver, type Facts } from './facts.ts';
import { fail, pass, unknown } from './verdicts.ts';

/** Rule 3: exactly one patient of the EHRs that serve the entity is the claim's patient (12.5, 12.21). */
export function patientMatched(facts: Facts): Verdict {
  const match = facts.patient;
  switch (match.kind) {
    case 'MATCHED': {
      const evidence: Evidence[] = [{ kind: 'patient', id: match.patientId, note: `BY_${match.method}` }];
      if (match.prescriptionId !== undefined)
        evidence.push({ kind: 'prescription', id: match.prescriptionId, note: 'NAMES_PATIENT' });
      return pass(`MATCHED_BY_${match.method}`, evidence);
    }
    case 'SEVERAL':
      return unknown(
        'SEVERAL_PATIENTS',
        match.patientIds.map((id) => ({ kind: 'patient', id, note: `BY_${match.method}` })),
        { code: 'PATIENT_AMBIGUOUS', subject: facts.dispense.subject },
      );
    case 'NO_KEY':
      return unknown('PATIENT_FIELDS_MISSING', [{ kind: 'claim', id: facts.dispense.claimId, note: 'NO_PATIENT_KEY' }]);
    case 'NONE': {
      const evidence = [{ kind: 'claim', id: facts.dispense.claimId, note: 'NO_SUCH_PATIENT' }];
      return mayStillDeliver(facts) ? unknown('PATIENT_NOT_YET_KNOWN', evidence) : fail('PATIENT_NOT_FOUND', evidence);
    }
  }
}
