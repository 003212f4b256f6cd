import { participates } from '../../model/calendar.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { Facts } from './facts.ts';
import { fail, pass, unknown } from './verdicts.ts';

/** Rule 1: the participation of the parent entity covers the date of service (12.20). */
export function entityParticipating(facts: Facts): Verdict {
  const { registration } = facts.entity;
  if (registration === null) return unknown('ENTITY_NOT_IN_OPAIS', []);
  const { startDate, terminationDate } = registration;
  const seen = (note: string) => [{ kind: 'covered_entity', id: registration.id, note }];
  if (!participates(facts.dispense.dateOfService, startDate, terminationDate)) {
    const early = startDate !== null && facts.dispense.dateOfService < startDate;
    return fail('NOT_PARTICIPATING', seen(early ? 'STARTS_LATER' : 'ENDED_BEFORE'));
  }
  // Not participating any more, but OPAIS does not say since when.
  if (!registration.participating && terminationDate === null)
    return unknown('TERMINATION_DATE_MISSING', seen('NOT_PARTICIPATING'));
  return pass('PARTICIPATING', seen('COVERS_DATE_OF_SERVICE'));
}
