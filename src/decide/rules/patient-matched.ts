import type { Evidence, Verdict } from '../../model/verdict.ts';
import { mayStillDeliver, type Facts } from './facts.ts';
import { fail, pass, unknown } from './verdicts.ts';

/** Rule 3: exactly one patient of the EHRs that serve the entity is the claim's patient (12.5, 12.21). */
export function patientMatched(facts: Facts): Verdict {
  const { patient, dispense } = facts;
  const claim = (note: string): Evidence[] => [{ kind: 'claim', id: dispense.claimId, note }];
  if (patient.kind === 'MATCHED') {
    const evidence: Evidence[] = [{ kind: 'patient', id: patient.patientId, note: `BY_${patient.method}` }];
    if (patient.prescriptionId !== undefined)
      evidence.push({ kind: 'prescription', id: patient.prescriptionId, note: 'NAMES_PATIENT' });
    return pass(`MATCHED_BY_${patient.method}`, evidence);
  }
  if (patient.kind === 'SEVERAL')
    return unknown(
      'SEVERAL_PATIENTS',
      patient.patientIds.map((id) => ({ kind: 'patient', id, note: `BY_${patient.method}` })),
      { code: 'PATIENT_AMBIGUOUS', subject: dispense.subject },
    );
  if (patient.kind === 'NO_KEY') return unknown('PATIENT_FIELDS_MISSING', claim('NO_PATIENT_KEY'));
  return mayStillDeliver(facts)
    ? unknown('PATIENT_NOT_YET_KNOWN', claim('NO_SUCH_PATIENT'))
    : fail('PATIENT_NOT_FOUND', claim('NO_SUCH_PATIENT'));
}
