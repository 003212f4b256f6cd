import { within } from '../../model/calendar.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { Facts } from './facts.ts';
import { fail, pass, unknown } from './verdicts.ts';

const PRESCRIPTION_DRUG = 'HUMAN PRESCRIPTION DRUG';

/** Rule 7: the NDC is a prescription-only drug, marketed on the date of service, not an excluded orphan drug (12.29). */
export function drugCovered(facts: Facts): Verdict {
  const { dispense, drug, entity, policy } = facts;
  const { ndc } = dispense;
  const claim = (note: string) => [{ kind: 'claim', id: dispense.claimId, note }];
  if (ndc.kind === 'MISSING' || dispense.ndcText === null) return unknown('NDC_MISSING', claim('NO_NDC'));
  if (ndc.kind === 'AMBIGUOUS')
    return unknown('NDC_AMBIGUOUS', claim('NDC_AMBIGUOUS'), { code: 'NDC_AMBIGUOUS', subject: dispense.ndcText });
  if (ndc.kind === 'UNKNOWN' || drug === null)
    return unknown('NDC_UNKNOWN', claim('NDC_NOT_LISTED'), { code: 'NDC_UNKNOWN', subject: dispense.ndcText });
  const seen = (note: string) => [
    { kind: 'drug_package', id: drug.packageId, note },
    ...(drug.productId === null ? [] : [{ kind: 'drug_product', id: drug.productId }]),
  ];
  if (drug.productId === null) return unknown('PRODUCT_UNKNOWN', seen('PRODUCT_NOT_LISTED'));
  if (drug.productType.toUpperCase() !== PRESCRIPTION_DRUG) return fail('NOT_PRESCRIPTION_ONLY', seen('PRODUCT_TYPE'));
  if (!within(dispense.dateOfService, drug.from, drug.to))
    return fail(
      'NOT_MARKETED',
      seen(drug.to !== null && drug.to < dispense.dateOfService ? 'ENDED_BEFORE' : 'STARTS_LATER'),
    );
  if (drug.orphan) {
    if (entity.registration === null) return unknown('ENTITY_NOT_IN_OPAIS', seen('ORPHAN_DESIGNATED'));
    if (policy.orphanExcludedTypes.includes(entity.registration.entityType))
      return fail('ORPHAN_DRUG', seen('ORPHAN_DESIGNATED'));
  }
  return pass('COVERED', seen('MARKETED'));
}
