import { within } from '../../model/calendar.ts';
import { isNpi } from '../../model/npi.ts';
import type { Verdict } from '../../model/verdict.ts';
import type { Facts, RosterRow } from './facts.ts';
import { fail, pass, unknown, type Earlier } from './verdicts.ts';

/** Rule 5: a roster row of the prescriber with any site of the family covers the date written (12.27). */
export function prescriberAffiliated(facts: Facts, earlier: Earlier): Verdict {
  const { prescriberId, writtenDate, claimId } = facts.dispense;
  const unreadable = { code: 'PRESCRIBER_UNKNOWN' as const, subject: prescriberId ?? '' };
  if (prescriberId === null || !isNpi(prescriberId))
    return unknown('PRESCRIBER_ID_INVALID', [{ kind: 'claim', id: claimId, note: 'NOT_AN_NPI' }], unreadable);
  if (facts.roster.length === 0) {
    // One case for all its claims, and only where the prescription is otherwise ours.
    const ours =
      earlier.get('PATIENT_MATCHED')?.answer === 'PASS' && earlier.get('ENCOUNTER_QUALIFYING')?.answer === 'PASS';
    return fail(
      'NOT_ON_ROSTER',
      [{ kind: 'claim', id: claimId, note: 'NO_ROSTER_ROW' }],
      ours ? unreadable : undefined,
    );
  }
  const rows = facts.roster.filter((row) => facts.entity.family.has(row.entity) || row.entity === facts.entity.id340b);
  if (rows.length === 0)
    return fail(
      'ON_ROSTER_OF_ANOTHER_ENTITY',
      facts.roster.map((row) => ({ kind: 'roster', id: row.id, note: 'OTHER_ENTITY' })),
    );
  if (writtenDate === null)
    return unknown('WRITTEN_DATE_MISSING', [{ kind: 'claim', id: claimId, note: 'NO_WRITTEN_DATE' }]);
  const notes = rows.map((row) => ({ row, note: noteOf(facts, row, writtenDate) }));
  const covering = notes.filter(({ note }) => note === 'COVERS_WRITTEN_DATE');
  const evidence = (covering.length > 0 ? covering : notes).map(({ row, note }) => ({
    kind: 'roster',
    id: row.id,
    note,
  }));
  if (covering.length > 0) return pass('ON_ROSTER', evidence);
  return fail('ROSTER_DOES_NOT_COVER', evidence);
}

function noteOf(facts: Facts, row: RosterRow, writtenDate: string): string {
  if (row.affiliation === 'REFERRAL' && !facts.policy.referralsAllowed) return 'REFERRAL_NOT_ALLOWED';
  if (within(writtenDate, row.from, row.to)) return 'COVERS_WRITTEN_DATE';
  return row.from !== null && writtenDate < row.from ? 'STARTS_LATER' : 'ENDED_BEFORE';
}
