/** Rules 1 to 10 in the order in which the first FAIL becomes the reason; rule 11 needs all candidates (judge.ts). */
import type { RuleCode, Verdict } from '../../model/verdict.ts';
import { claimTimely } from './claim-timely.ts';
import { drugCovered } from './drug-covered.ts';
import { encounterQualifying } from './encounter-qualifying.ts';
import { entityParticipating } from './entity-participating.ts';
import type { Facts } from './facts.ts';
import { manufacturerPolicy } from './manufacturer-policy.ts';
import { medicaidCarve } from './medicaid-carve.ts';
import { patientMatched } from './patient-matched.ts';
import { pharmacyRegistered } from './pharmacy-registered.ts';
import { prescriberAffiliated } from './prescriber-affiliated.ts';
import { prescriptionOrigin } from './prescription-origin.ts';
import type { Earlier } from './verdicts.ts';

/** A rule: facts of one dispense for one entity, and what the rules before it said, to a verdict. Pure. */
export type Rule = (facts: Facts, earlier: Earlier) => Verdict;

export const RULES: readonly (readonly [Exclude<RuleCode, 'NOT_DUPLICATE'>, Rule])[] = [
  ['ENTITY_PARTICIPATING', entityParticipating],
  ['PHARMACY_REGISTERED', pharmacyRegistered],
  ['PATIENT_MATCHED', patientMatched],
  ['ENCOUNTER_QUALIFYING', encounterQualifying],
  ['PRESCRIBER_AFFILIATED', prescriberAffiliated],
  ['PRESCRIPTION_ORIGIN', prescriptionOrigin],
  ['DRUG_COVERED', drugCovered],
  ['MEDICAID_CARVE', medicaidCarve],
  ['MANUFACTURER_POLICY', manufacturerPolicy],
  ['CLAIM_TIMELY', claimTimely],
];
