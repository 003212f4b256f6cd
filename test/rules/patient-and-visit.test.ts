/** Rules 3 to 6: patient, visit, prescriber and order (DOMAIN.md 12.5 to 12.8, 12.21 to 12.28), and what all rules have in common. */
import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { encounterQualifying, qualifyingVisit } from '../../src/decide/rules/encounter-qualifying.ts';
import { RULES } from '../../src/decide/rules/index.ts';
import { patientMatched } from '../../src/decide/rules/patient-matched.ts';
import { prescriberAffiliated } from '../../src/decide/rules/prescriber-affiliated.ts';
import { prescriptionOrigin } from '../../src/decide/rules/prescription-origin.ts';
import { addDays } from '../../src/model/calendar.ts';
import type { RuleCode, Verdict } from '../../src/model/verdict.ts';
import { type Changes, earlier, entityOf, factsWith, NPI, registered, said, visit } from './facts-builder.ts';

type Case = [string, Changes, string];

describe('3 PATIENT_MATCHED', () => {
  const subject = '1234567|77|0|2026-03-10';
  test.each<Case>([
    ['one', {}, 'PASS MATCHED_BY_NAME'],
    [
      'by order',
      { patient: { kind: 'MATCHED', method: 'PRESCRIPTION', patientId: 'p', prescriptionId: 'o' } },
      'PASS MATCHED_BY_PRESCRIPTION',
    ],
    [
      'several',
      { patient: { kind: 'SEVERAL', method: 'NAME', patientIds: ['p', 'q'] } },
      `UNKNOWN SEVERAL_PATIENTS PATIENT_AMBIGUOUS ${subject}`,
    ],
    ['none, window open', { patient: { kind: 'NONE' }, windowOpen: true }, 'UNKNOWN PATIENT_NOT_YET_KNOWN'],
    ['none, feed late', { patient: { kind: 'NONE' }, ehrLate: true }, 'UNKNOWN PATIENT_NOT_YET_KNOWN'],
    ['none, window closed', { patient: { kind: 'NONE' } }, 'FAIL PATIENT_NOT_FOUND'],
    ['nothing to look for', { patient: { kind: 'NO_KEY' } }, 'UNKNOWN PATIENT_FIELDS_MISSING'],
  ])('%s', (_name, changes, expected) => {
    expect(said(patientMatched(factsWith(changes)))).toBe(expected);
  });
});

describe('4 ENCOUNTER_QUALIFYING', () => {
  const only = (values: Parameters<typeof visit>[0]): Changes => ({ visits: [visit(values)] });
  const named = (of: ReturnType<typeof visit> | null, changes: Changes = {}): Changes => ({
    prescription: { id: 'o1', sourceSystem: 'EHR', visitNumber: 'V9', visit: of },
    ...changes,
  });
  test.each<Case>([
    ['a visit on the written date', {}, 'PASS VISIT_IN_WINDOW'],
    ['first day of the look-back', only({ startDate: '2025-03-01' }), 'PASS VISIT_IN_WINDOW'],
    ['a day earlier', only({ startDate: '2025-02-28' }), 'FAIL NO_QUALIFYING_VISIT'],
    ['grace day after', only({ startDate: '2026-03-02' }), 'PASS VISIT_IN_WINDOW'],
    ['two days after', only({ startDate: '2026-03-03' }), 'FAIL NO_QUALIFYING_VISIT'],
    ['emergency', only({ class: 'EMER' }), 'PASS VISIT_IN_WINDOW'],
    ['observation', only({ class: 'OBSENC' }), 'PASS VISIT_IN_WINDOW'],
    ['inpatient', only({ class: 'IMP' }), 'FAIL NO_QUALIFYING_VISIT'],
    ['pre-admission', only({ class: 'PREADMIT' }), 'FAIL NO_QUALIFYING_VISIT'],
    ['class unknown', only({ class: 'UNKNOWN' }), 'UNKNOWN VISIT_UNCLEAR'],
    ['cancelled', only({ status: 'CANCELLED' }), 'FAIL NO_QUALIFYING_VISIT'],
    ['no-show', only({ status: 'NO_SHOW' }), 'FAIL NO_QUALIFYING_VISIT'],
    ['site unmapped', only({ site: null }), 'UNKNOWN VISIT_UNCLEAR'],
    ['unmapped but inpatient', only({ site: null, class: 'IMP' }), 'FAIL NO_QUALIFYING_VISIT'],
    ['start missing', only({ startDate: null, startedAt: null }), 'UNKNOWN VISIT_UNCLEAR'],
    ['site of another entity', only({ site: 'CAH7' }), 'FAIL NO_QUALIFYING_VISIT'],
    [
      'site not registered yet on that day',
      {
        entity: {
          ...entityOf('DSH1'),
          family: new Map([['DSH1A', registered({ id340b: 'DSH1A', startDate: '2026-03-02' })]]),
        },
      },
      'FAIL NO_QUALIFYING_VISIT',
    ],
    ['nothing yet, window open', { visits: [], windowOpen: true }, 'UNKNOWN VISIT_NOT_YET_KNOWN'],
    ['nothing yet, feed late', { visits: [], ehrLate: true }, 'UNKNOWN VISIT_NOT_YET_KNOWN'],
    [
      'one unclear beside one that passes',
      { visits: [visit({ site: null }), visit({ visitNumber: 'V2' })] },
      'PASS VISIT_IN_WINDOW',
    ],
    ['written date missing', { dispense: { writtenDate: null } }, 'UNKNOWN WRITTEN_DATE_MISSING'],
    ['named visit qualifies', named(visit({ visitNumber: 'V9', startDate: '2026-01-01' })), 'PASS NAMED_VISIT'],
    [
      'named visit does not, another would',
      named(visit({ visitNumber: 'V9', class: 'IMP' })),
      'FAIL NAMED_VISIT_NOT_QUALIFYING',
    ],
    [
      'named visit out of bounds',
      named(visit({ visitNumber: 'V9', startDate: '2024-01-01' })),
      'FAIL NAMED_VISIT_NOT_QUALIFYING',
    ],
    [
      'named visit of somebody else',
      named(visit({ visitNumber: 'V9', patientId: 'p2' })),
      'FAIL NAMED_VISIT_NOT_QUALIFYING',
    ],
    ['named visit unclear', named(visit({ visitNumber: 'V9', site: null })), 'UNKNOWN VISIT_UNCLEAR'],
    ['named visit not here, window open', named(null, { windowOpen: true }), 'UNKNOWN NAMED_VISIT_NOT_YET_KNOWN'],
    ['named visit not here, window closed', named(null), 'FAIL NAMED_VISIT_NOT_FOUND'],
    [
      'named visit not here, policy lax',
      named(null, { policy: { namedEncounterBinds: false } }),
      'PASS VISIT_IN_WINDOW',
    ],
  ])('%s', (_name, changes, expected) => {
    expect(said(encounterQualifying(factsWith(changes), earlier()))).toBe(expected);
  });

  test('repeats rule 3 when that did not pass', () => {
    const none = factsWith({ patient: { kind: 'NONE' } });
    expect(said(encounterQualifying(none, earlier({ PATIENT_MATCHED: 'FAIL' })))).toBe('FAIL PATIENT_NOT_MATCHED');
    expect(said(encounterQualifying(none, earlier({ PATIENT_MATCHED: 'UNKNOWN' })))).toBe(
      'UNKNOWN PATIENT_NOT_MATCHED',
    );
  });

  test.each<[string, Parameters<typeof visit>[0][], string]>([
    [
      'before the grace day',
      [
        { visitNumber: 'V1', startDate: '2026-03-02' },
        { visitNumber: 'V2', startDate: '2026-02-01' },
      ],
      'V2',
    ],
    [
      'the latest start',
      [
        { visitNumber: 'V1', startDate: '2026-01-02' },
        { visitNumber: 'V2', startDate: '2026-02-01' },
      ],
      'V2',
    ],
    [
      'the later hour',
      [
        { visitNumber: 'V1', startedAt: '2026-03-01T15:00:00.000Z' },
        { visitNumber: 'V2', startedAt: '2026-03-01T16:00:00.000Z' },
      ],
      'V2',
    ],
    ['then the visit number', [{ visitNumber: 'V3' }, { visitNumber: 'V2' }], 'V2'],
  ])('prefers %s', (_name, visits, chosen) => {
    for (const order of [visits, visits.toReversed()])
      expect(qualifyingVisit(factsWith({ visits: order.map((one) => visit(one)) }))?.visitNumber).toBe(chosen);
  });

  test('says of losers why they lost, at most twenty of them', () => {
    const visits = [
      visit(),
      visit({ visitNumber: 'V0', class: 'IMP' }),
      visit({ visitNumber: 'V2', startDate: '2026-02-01' }),
    ];
    expect(encounterQualifying(factsWith({ visits }), earlier()).evidence).toEqual([
      { kind: 'encounter', id: 'V1', note: 'QUALIFIES' },
      { kind: 'encounter', id: 'V2', note: 'ANOTHER_VISIT_PREFERRED' },
      { kind: 'encounter', id: 'V0', note: 'CLASS_IMP' },
    ]);
    const many = Array.from({ length: 30 }, (_, index) => visit({ visitNumber: `V${index}`, class: 'IMP' }));
    expect(encounterQualifying(factsWith({ visits: many }), earlier()).evidence).toHaveLength(21);
  });
});

describe('5 PRESCRIBER_AFFILIATED', () => {
  const roster = (values: object): Changes => ({
    roster: [{ id: 'r1', entity: 'DSH1A', affiliation: 'STAFF', from: '2020-01-01', to: null, ...values }],
  });
  test.each<Case>([
    ['covers', {}, 'PASS ON_ROSTER'],
    ['last day counts', roster({ to: '2026-03-01' }), 'PASS ON_ROSTER'],
    ['ended the day before', roster({ to: '2026-02-28' }), 'FAIL ROSTER_DOES_NOT_COVER'],
    ['starts later', roster({ from: '2026-03-02' }), 'FAIL ROSTER_DOES_NOT_COVER'],
    ['another entity', roster({ entity: 'CAH7' }), 'FAIL ON_ROSTER_OF_ANOTHER_ENTITY'],
    ['referral', roster({ affiliation: 'REFERRAL' }), 'FAIL ROSTER_DOES_NOT_COVER'],
    [
      'referral allowed',
      { ...roster({ affiliation: 'REFERRAL' }), policy: { referralsAllowed: true } },
      'PASS ON_ROSTER',
    ],
    ['no id', { dispense: { prescriberId: null } }, 'UNKNOWN PRESCRIBER_ID_INVALID PRESCRIBER_UNKNOWN'],
    [
      'a DEA number',
      { dispense: { prescriberId: 'AB1234563' } },
      'UNKNOWN PRESCRIBER_ID_INVALID PRESCRIBER_UNKNOWN AB1234563',
    ],
    ['on no roster', { roster: [] }, `FAIL NOT_ON_ROSTER PRESCRIBER_UNKNOWN ${NPI}`],
    ['written date missing', { dispense: { writtenDate: null } }, 'UNKNOWN WRITTEN_DATE_MISSING'],
  ])('%s', (_name, changes, expected) => {
    expect(said(prescriberAffiliated(factsWith(changes), earlier()))).toBe(expected);
  });

  const sent = (values: object = {}): Changes => ({
    roster: [],
    referrals: [
      {
        id: 'f1',
        sourceSystem: 'EHR',
        number: 'sr1',
        orderedDate: '2026-02-01',
        performerNpi: NPI,
        notes: [{ id: 'n1', authorNpi: null }],
        ...values,
      },
    ],
  });
  test.each<Case>([
    ['to the prescriber, and back', sent(), 'PASS CLOSED_LOOP_REFERRAL'],
    [
      'back from the prescriber',
      sent({ performerNpi: null, notes: [{ id: 'n1', authorNpi: NPI }] }),
      'PASS CLOSED_LOOP_REFERRAL',
    ],
    ['nothing came back', sent({ notes: [] }), `FAIL NOT_ON_ROSTER PRESCRIBER_UNKNOWN ${NPI}`],
    ['to somebody else', sent({ performerNpi: '1000000012' }), `FAIL NOT_ON_ROSTER PRESCRIBER_UNKNOWN ${NPI}`],
    ['on the roster anyway', { ...sent(), roster: factsWith().roster }, 'PASS ON_ROSTER'],
    ['off the roster by then', { ...sent(), ...roster({ to: '2026-02-28' }) }, 'PASS CLOSED_LOOP_REFERRAL'],
    [
      'no prescriber',
      { ...sent({ performerNpi: null }), dispense: { prescriberId: null } },
      'UNKNOWN PRESCRIBER_ID_INVALID PRESCRIBER_UNKNOWN',
    ],
  ])('referral %s', (_name, changes, expected) => {
    expect(said(prescriberAffiliated(factsWith(changes), earlier()))).toBe(expected);
  });

  test('names the referral and the note that closed the loop, or that none did', () => {
    expect(prescriberAffiliated(factsWith(sent()), earlier()).evidence).toEqual([
      { kind: 'referral', id: 'f1', note: 'ORDER_OUT' },
      { kind: 'consultNote', id: 'n1', note: 'CONSULT_NOTE_BACK' },
    ]);
    expect(prescriberAffiliated(factsWith(sent({ notes: [] })), earlier()).evidence).toContainEqual({
      kind: 'referral',
      id: 'f1',
      note: 'NO_CONSULT_NOTE',
    });
  });

  test('on no roster is no case where the prescription is not ours', () => {
    const verdict = prescriberAffiliated(factsWith({ roster: [] }), earlier({ ENCOUNTER_QUALIFYING: 'FAIL' }));
    expect(said(verdict)).toBe('FAIL NOT_ON_ROSTER');
  });
});

describe('6 PRESCRIPTION_ORIGIN', () => {
  const prescription = { id: 'o1', sourceSystem: 'EHR', visitNumber: null, visit: null };
  const required = (changes: Changes = {}): Changes => ({ ...changes, policy: { prescriptionOrigin: 'REQUIRED' } });
  test.each<Case>([
    ['found', { prescription }, 'PASS PRESCRIPTION_FOUND'],
    ['preferred, not found', {}, 'NOT_APPLICABLE PRESCRIPTION_NOT_FOUND'],
    ['off', { prescription, policy: { prescriptionOrigin: 'OFF' } }, 'NOT_APPLICABLE POLICY_OFF'],
    ['required, found', required({ prescription }), 'PASS PRESCRIPTION_FOUND'],
    ['required, not found', required(), 'FAIL PRESCRIPTION_NOT_FOUND'],
    ['required, window open', required({ windowOpen: true }), 'UNKNOWN PRESCRIPTION_NOT_YET_KNOWN'],
    ['required, no written date', required({ dispense: { writtenDate: null } }), 'UNKNOWN CLAIM_FIELDS_MISSING'],
  ])('%s', (_name, changes, expected) => {
    expect(said(prescriptionOrigin(factsWith(changes), earlier()))).toBe(expected);
  });

  test('without a patient it answers like rule 3, but only when REQUIRED', () => {
    const nobody: Changes = { patient: { kind: 'NONE' } };
    const failed = earlier({ PATIENT_MATCHED: 'FAIL' });
    expect(said(prescriptionOrigin(factsWith(required(nobody)), failed))).toBe('FAIL PATIENT_NOT_MATCHED');
    expect(said(prescriptionOrigin(factsWith(required(nobody)), earlier({ PATIENT_MATCHED: 'UNKNOWN' })))).toBe(
      'UNKNOWN PATIENT_NOT_MATCHED',
    );
    expect(prescriptionOrigin(factsWith(nobody), failed).answer).toBe('NOT_APPLICABLE');
  });
});

describe('all rules', () => {
  const date = fc.integer({ min: -800, max: 400 }).map((days) => addDays('2026-03-10', days));
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
  const arbitrary = fc
    .record({
      windowOpen: fc.boolean(),
      ehrLate: fc.boolean(),
      dispense: fc.record({
        writtenDate: maybe(date),
        prescriberId: maybe(fc.constantFrom(NPI, '1', '')),
        fillNumber: fc.integer({ min: 0, max: 3 }),
        receivedDate: date,
      }),
      visits: fc.array(
        fc.record({
          startDate: date,
          class: fc.constantFrom('AMB', 'IMP', 'UNKNOWN'),
          status: fc.constantFrom('ACTIVE', 'CANCELLED'),
          site: maybe(fc.constantFrom('DSH1A', 'CAH7')),
        }),
      ),
      roster: fc.array(
        fc.record({
          id: fc.uuid(),
          entity: fc.constantFrom('DSH1', 'CAH7'),
          affiliation: fc.constant('STAFF'),
          from: maybe(date),
          to: maybe(date),
        }),
      ),
      arrangements: fc.array(
        fc.record({
          id: fc.uuid(),
          kind: fc.constantFrom('CONTRACT' as const, 'IN_HOUSE' as const),
          id340b: fc.constant('DSH1'),
          from: maybe(date),
          termination: maybe(date),
        }),
      ),
    })
    .map(({ visits, ...rest }) =>
      factsWith({ ...rest, visits: visits.map((one, index) => visit({ ...one, visitNumber: `V${index}` })) }),
    );

  test('have a reason in every answer', () => {
    fc.assert(
      fc.property(arbitrary, (facts) => {
        const before = new Map<RuleCode, Verdict>();
        for (const [code, rule] of RULES) {
          const verdict = rule(facts, before);
          before.set(code, verdict);
          expect(verdict.reason).toMatch(/^[A-Z_]+$/);
        }
      }),
    );
  });

  test('never FAIL where a later fact could still heal: an open window leaves no absence FAIL', () => {
    fc.assert(
      fc.property(arbitrary, (facts) => {
        const open = { ...facts, windowOpen: true, visits: [] };
        expect(encounterQualifying(open, earlier()).answer).toBe('UNKNOWN');
      }),
    );
  });
});
