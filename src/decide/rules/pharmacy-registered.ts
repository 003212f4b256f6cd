import { participates } from '../../model/calendar.ts';
import type { Evidence, Verdict } from '../../model/verdict.ts';
import type { Arrangement, Facts } from './facts.ts';
import { fail, pass } from './verdicts.ts';

/** Arrangements of the entity's family with the pharmacy that are in force on the date of service. */
export const arrangementsInForce = (facts: Facts): Arrangement[] =>
  facts.arrangements.filter((row) => participates(facts.dispense.dateOfService, row.from, row.termination));

/** True when the pharmacy is the entity's own on the date of service (mixed use). */
export const inHouse = (facts: Facts): boolean => arrangementsInForce(facts).some((row) => row.kind === 'IN_HOUSE');

/** Rule 2: an arrangement of any 340B ID of the family with the pharmacy is in force on the date of service (12.20). */
export function pharmacyRegistered(facts: Facts): Verdict {
  const { dateOfService, ncpdp } = facts.dispense;
  const inForce = arrangementsInForce(facts);
  if (inForce.length > 0) {
    const evidence = inForce.map((row) => seen(row, `${row.kind}_IN_FORCE`));
    return pass(inHouse(facts) ? 'IN_HOUSE' : 'CONTRACT', evidence);
  }
  if (facts.arrangements.length === 0) return fail('NO_ARRANGEMENT', []);
  const lapsed = facts.arrangements.some((row) => row.termination !== null && row.termination <= dateOfService);
  const evidence = facts.arrangements.map((row) =>
    seen(row, row.termination !== null && row.termination <= dateOfService ? 'ENDED_BEFORE' : 'STARTS_LATER'),
  );
  if (!lapsed) return fail('NOT_YET_REGISTERED', evidence);
  return fail('REGISTRATION_LAPSED', evidence, {
    code: 'REGISTRATION_LAPSED',
    subject: `${facts.entity.id340b}|${ncpdp}`,
  });
}

const seen = (row: Arrangement, note: string): Evidence => ({
  kind: row.kind === 'IN_HOUSE' ? 'pharmacy' : 'contract_pharmacy',
  id: row.id,
  note,
});
