import type { Verdict } from '../../model/verdict.ts';
import { mayStillDeliver, type Facts } from './facts.ts';
import { fail, notApplicable, pass, unknown, type Earlier } from './verdicts.ts';

/** Rule 6: the EHR holds the prescription: same patient, product, prescriber, date written within a day (12.28). */
export function prescriptionOrigin(facts: Facts, earlier: Earlier): Verdict {
  const mode = facts.policy.prescriptionOrigin;
  if (mode === 'OFF') return notApplicable('POLICY_OFF');
  const { prescription, dispense } = facts;
  if (prescription) return pass('PRESCRIPTION_FOUND', [{ kind: 'prescription', id: prescription.id, note: 'MATCHES' }]);
  if (mode === 'PREFERRED') return notApplicable('PRESCRIPTION_NOT_FOUND');
  const matched = earlier.get('PATIENT_MATCHED');
  if (facts.patient.kind !== 'MATCHED')
    return (matched?.answer === 'FAIL' ? fail : unknown)('PATIENT_NOT_MATCHED', matched?.evidence ?? []);
  const claim = (note: string) => [{ kind: 'claim', id: dispense.claimId, note }];
  if (dispense.writtenDate === null || dispense.prescriberId === null || dispense.ndc.ndc11 === null)
    return unknown('CLAIM_FIELDS_MISSING', claim('NO_WRITTEN_DATE_PRESCRIBER_OR_NDC'));
  return mayStillDeliver(facts)
    ? unknown('PRESCRIPTION_NOT_YET_KNOWN', claim('NO_PRESCRIPTION'))
    : fail('PRESCRIPTION_NOT_FOUND', claim('NO_PRESCRIPTION'));
}
