import { within } from '../../model/calendar.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { Facts, RestrictionRow } from './facts.ts';
import { inHouse } from './pharmacy-registered.ts';
import { fail, notApplicable, pass, unknown } from './verdicts.ts';

/** Rule 9: no contract-pharmacy restriction of the labeler bars this entity, state or pharmacy (12.31). */
export function manufacturerPolicy(facts: Facts): Verdict {
  if (inHouse(facts)) return notApplicable('IN_HOUSE');
  const { dispense } = facts;
  if (dispense.ndc.ndc11 === null)
    return unknown('NDC_UNRESOLVED', [{ kind: 'claim', id: dispense.claimId, note: 'LABELER_UNKNOWN' }]);
  const inForce = facts.restrictions.filter((row) => within(dispense.dateOfService, row.from, row.to));
  if (inForce.length === 0) return pass('NO_RESTRICTION');
  const judged = inForce.map((row) => ({ row, note: judgeRestriction(facts, row) }));
  const evidence = judged.map(({ row, note }) => ({ kind: 'manufacturer_policy', id: row.id, note }));
  if (judged.some(({ note }) => note === 'BARRED')) return fail('RESTRICTED', evidence);
  if (judged.some(({ note }) => note === 'STATE_OR_TYPE_UNKNOWN')) return unknown('STATE_OR_TYPE_UNKNOWN', evidence);
  return pass('EXEMPT', evidence);
}

function judgeRestriction(facts: Facts, row: RestrictionRow): string {
  const type = facts.entity.registration?.entityType ?? '';
  const state = facts.pharmacy?.state ?? '';
  const ids = [facts.entity.id340b, ...facts.entity.family.keys()];
  if (ids.some((id) => row.designated.includes(`${id}:${facts.dispense.ncpdp}`))) return 'DESIGNATED_PHARMACY';
  if (type !== '' && row.exemptEntityTypes.includes(type)) return 'EXEMPT_ENTITY_TYPE';
  if (state !== '' && row.exemptStates.includes(state)) return 'EXEMPT_STATE';
  const missing = (type === '' && row.exemptEntityTypes.length > 0) || (state === '' && row.exemptStates.length > 0);
  return missing ? 'STATE_OR_TYPE_UNKNOWN' : 'BARRED';
}
