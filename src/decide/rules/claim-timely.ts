import { daysBetween } from '../../model/calendar.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { Facts } from './facts.ts';
import { fail, pass, unknown } from './verdicts.ts';

const HALF_YEAR_SCHEDULES = new Set(['CIII', 'CIV']);

/** Rule 10: received in time, and filled within the life of the prescription (12.32). */
export function claimTimely(facts: Facts): Verdict {
  const { dispense, policy, drug } = facts;
  const { dateOfService, writtenDate } = dispense;
  const seen = (note: string) => [{ kind: 'claim', id: dispense.claimId, note }];
  if (daysBetween(dateOfService, dispense.receivedDate) > policy.claimMaxAgeDays)
    return fail('RECEIVED_TOO_LATE', seen('RECEIPT'));
  const schedule = drug?.schedule ?? '';
  if (schedule === 'CII' && dispense.fillNumber > 0) return fail('SCHEDULE_II_REFILL', seen('FILL_NUMBER'));
  if (writtenDate === null) return unknown('WRITTEN_DATE_MISSING', seen('NO_WRITTEN_DATE'));
  const age = daysBetween(writtenDate, dateOfService);
  if (age < 0) return fail('FILLED_BEFORE_WRITTEN', seen('WRITTEN_DATE'));
  const life = HALF_YEAR_SCHEDULES.has(schedule) ? policy.prescriptionLifeDaysScheduled : policy.prescriptionLifeDays;
  return age > life ? fail('PRESCRIPTION_EXPIRED', seen('WRITTEN_DATE')) : pass('TIMELY', seen('RECEIPT'));
}
