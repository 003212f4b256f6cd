import { within } from '../../model/calendar.ts';
import { isNpi } from '../../model/npi.ts';
import type { Evidence, Verdict } from '../../model/verdict.ts';
import type { Facts, ReferralRow, RosterRow } from './facts.ts';
import { fail, pass, unknown, type Earlier } from './verdicts.ts';

/**
 * Rule 5: a roster row of the prescriber with any site of the family covers the date written (12.27); or the patient was sent
 * to the prescriber and a note came back, when the policy allows referrals.
 */
export function prescriberAffiliated(facts: Facts, earlier: Earlier): Verdict {
  const byRoster = onRoster(facts, earlier);
  if (byRoster.answer !== 'FAIL') return byRoster;
  const referrals = facts.referrals.filter((referral) => names(referral, facts.dispense.prescriberId));
  const closed = referrals.findLast(({ notes }) => notes.length > 0);
  if (closed !== undefined) return pass('CLOSED_LOOP_REFERRAL', loopOf(closed));
  if (referrals.length === 0) return byRoster;
  // What was seen and does not count yet.
  return { ...byRoster, evidence: [...byRoster.evidence, ...referrals.flatMap(loopOf)] };
}

/** The order sends the patient to the prescriber, or the note that came back is the prescriber's. */
const names = ({ performerNpi, notes }: ReferralRow, npi: string | null): boolean =>
  npi !== null && (performerNpi === npi || notes.some(({ authorNpi }) => authorNpi === npi));

const loopOf = ({ id, notes: [note] }: ReferralRow): Evidence[] =>
  note === undefined
    ? [{ kind: 'referral', id, note: 'NO_CONSULT_NOTE' }]
    : [
        { kind: 'referral', id, note: 'ORDER_OUT' },
        { kind: 'consultNote', id: note.id, note: 'CONSULT_NOTE_BACK' },
      ];

function onRoster(facts: Facts, earlier: Earlier): Verdict {
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
