/** The folds: what statements add up to, whatever the order in which they are handed over. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PrescriptionEvent, VisitAction, VisitEvent } from '../../src/model/records.ts';
import { type EhrEvent, type StoredEvent, patientKey } from '../../src/normalize/ehr/event.ts';
import { foldPatient, identifiersOf } from '../../src/normalize/ehr/fold-patient.ts';
import { foldPrescription } from '../../src/normalize/ehr/fold-prescription.ts';
import { foldVisit } from '../../src/normalize/ehr/fold-visit.ts';
import { numberedId, orderEvent, patientEvent, visitEvent } from './normalize-world.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 2, 15, minute)).toISOString();
const stored = <E extends EhrEvent>(...events: E[]): StoredEvent<E>[] =>
  events.map((event, index) => ({
    event,
    zone: 'America/Chicago',
    rawId: numberedId(index + 1),
    position: 'message 1',
  }));

describe('patient', () => {
  test('absent says nothing, null deletes, a later statement wins', () => {
    const events = stored(
      patientEvent({ eventAt: at(2), sex: null, postalCode: undefined }),
      patientEvent({ eventAt: at(1), postalCode: '60601', familyName: 'Before' }),
    );
    expect(foldPatient(events)).toMatchObject({
      familyName: 'Müller-Ono Jr.',
      familyCompare: 'MULLERONO',
      givenCompare: 'ADA',
      sex: null,
      postalCode: '60601',
      rawId: numberedId(1),
    });
  });

  test('a name without comparable letters compares with nothing', () => {
    expect(foldPatient(stored(patientEvent({ familyName: '李' })))).toMatchObject({
      familyName: '李',
      familyCompare: null,
    });
  });

  test('identifiers are the union of all that was stated', () => {
    const account = { authority: 'LUNA', type: 'AN', value: '7' };
    const events = stored(patientEvent(), patientEvent({ identifiers: [account] }), patientEvent());
    expect(identifiersOf(events)).toEqual([{ authority: 'LUNA', type: 'MR', value: 'M1' }, account]);
    expect(patientKey([account, { authority: 'A', type: 'PI', value: '1' }])).toBe('A|PI|1');
    expect(patientKey([])).toBeNull();
    const resource = { authority: 'Patient', type: 'FHIR', value: '7' };
    expect(patientKey([{ authority: 'A', type: 'MR', value: '1' }, resource])).toBe('Patient|FHIR|7');
  });
});

const status = (...actions: VisitAction[]) =>
  foldVisit(stored(...actions.map((action, index) => visitEvent({ action, eventAt: at(index) }))))?.status;

describe('the course of a visit that one version tells', () => {
  const version = (minute: number, more: Partial<VisitEvent> = {}): VisitEvent =>
    visitEvent({ action: 'STAND', eventAt: at(minute), controlId: String(minute).padStart(3, '0'), ...more });
  const past = (...phases: [number, VisitAction, string | null][]): Pick<VisitEvent, 'past'> => ({
    past: phases.map(([minute, action, patientClass]) => ({ at: at(minute), action, patientClass })),
  });
  const course = (...events: VisitEvent[]): string[] | undefined =>
    foldVisit(stored(...events))?.history.map((phase) => `${phase.at.slice(14, 16)} ${phase.status} ${phase.class}`);

  test('is its history, with what holds now at the end', () => {
    const emergency = version(40, {
      patientClass: 'I',
      ...past([5, 'STAND', 'P'], [10, 'STAND', 'E'], [20, 'STAND', 'I']),
    });
    expect(course(emergency)).toEqual(['05 ACTIVE PREADMIT', '10 ACTIVE EMER', '20 ACTIVE IMP']);
    expect(course(version(40, { action: 'CANCEL', ...past([10, 'STAND', 'O'], [30, 'CANCEL', 'O']) }))).toEqual([
      '10 ACTIVE AMB',
      '30 CANCELLED AMB',
    ]);
  });

  test('replaces what earlier versions said of that time, not what they said before it nor what came after', () => {
    const events = [
      version(3, { patientClass: 'P' }),
      version(12, { action: 'CANCEL' }),
      version(40, { patientClass: 'I', ...past([10, 'STAND', 'E'], [20, 'STAND', 'I']) }),
      visitEvent({
        action: 'DELETE',
        eventAt: at(50),
        controlId: '050',
        patientClass: undefined,
        patientIdentifiers: [],
      }),
    ];
    const expected = ['03 ACTIVE PREADMIT', '10 ACTIVE EMER', '20 ACTIVE IMP', '50 DELETED IMP'];
    expect(course(...events)).toEqual(expected);
    expect(course(...events.toReversed())).toEqual(expected);
  });

  test('does not hold any longer when a later version tells another or none', () => {
    const told = version(40, past([10, 'CANCEL', 'O'], [20, 'STAND', 'O']));
    expect(course(told, version(45, past([15, 'STAND', 'O'])))).toEqual(['15 ACTIVE AMB']);
    expect(course(told, version(45))).toEqual(['40 ACTIVE AMB']);
  });

  test('of a version without a time leads to what holds now', () => {
    const timeless = visitEvent({ action: 'STAND', eventAt: '1970-01-01T00:00:00.000Z', controlId: '' });
    expect(course({ ...timeless, ...past([10, 'STAND', 'E'], [20, 'STAND', 'O']) })).toEqual([
      '10 ACTIVE EMER',
      '20 ACTIVE AMB',
    ]);
  });

  test('leaves the present alone', () => {
    const without = version(40, { patientClass: 'I' });
    const { history: _told, ...present } = foldVisit(stored({ ...without, ...past([10, 'CANCEL', 'E']) })) ?? {};
    const { history: _alone, ...expected } = foldVisit(stored(without)) ?? {};
    expect(present).toEqual(expected);
  });
});

describe('visit', () => {
  test.each<[VisitAction[], string | undefined]>([
    [['OPEN'], 'ACTIVE'],
    [['OPEN', 'CANCEL'], 'CANCELLED'],
    [['OPEN', 'CANCEL', 'UPDATE'], 'CANCELLED'],
    [['CANCEL', 'OPEN'], 'ACTIVE'],
    [['OPEN', 'DELETE'], 'DELETED'],
    [['OPEN', 'NO_SHOW', 'UPDATE'], 'NO_SHOW'],
    [['UPDATE'], 'ACTIVE'],
    [['NO_SHOW'], undefined],
    [['STAND', 'CANCEL', 'STAND'], 'ACTIVE'],
    [['STAND', 'DELETE'], 'DELETED'],
  ])('%j is %s', (actions, expected) => {
    expect(status(...actions)).toBe(expected);
  });

  test.each([
    ['I', 'IMP'],
    ['o', 'AMB'],
    ['R', 'AMB'],
    ['E', 'EMER'],
    ['OBS', 'OBSENC'],
    ['P', 'PREADMIT'],
    ['B', 'UNKNOWN'],
    [null, 'UNKNOWN'],
  ])('class %s is %s', (patientClass, expected) => {
    expect(foldVisit(stored(visitEvent({ patientClass })))?.class).toBe(expected);
  });

  test('the start is PV1-44, else the first A01/A04, and its date is that of the zone', () => {
    const opened = visitEvent({ eventAt: '2026-03-03T04:00:00.000Z' });
    const updated = visitEvent({ action: 'UPDATE', eventAt: '2026-03-01T00:00:00.000Z' });
    expect(foldVisit(stored(opened, updated))).toMatchObject({ startedAt: opened.eventAt, startDate: '2026-03-02' });
    const stated = { ...updated, startedAt: '2026-02-28T12:00:00.000Z', startedAtText: '202602280600' };
    expect(foldVisit(stored(opened, stated))).toMatchObject({
      startedAt: stated.startedAt,
      startDate: '2026-02-28',
      startedAtText: '202602280600',
    });
    expect(foldVisit(stored(updated))).toMatchObject({ startedAt: null, startDate: null });
    // The time of a FHIR record is not that of the visit.
    expect(foldVisit(stored({ ...opened, action: 'STAND' }))).toMatchObject({ startedAt: null, startDate: null });
  });
});

describe('prescription', () => {
  test('numbers are normalised, an exact NDC is resolved, an ambiguous one waits', () => {
    expect(foldPrescription(stored(orderEvent()))).toMatchObject({
      status: 'ACTIVE',
      rxNumber: '777',
      ndc11: '00093104801',
      quantity: '30.000',
    });
    expect(foldPrescription(stored(orderEvent({ ndcText: '0093104801' })))).toMatchObject({ ndc11: null });
  });

  test.each([
    [['NW', 'CA'], 'CANCELLED'],
    [['NW', 'OC', 'XO'], 'CANCELLED'],
    [['CA', 'NW'], 'ACTIVE'],
  ])('%j is %s', (controls, expected) => {
    const events = controls.map((control, index) => orderEvent({ control, eventAt: at(index) }));
    expect(foldPrescription(stored(...events))?.status).toBe(expected);
  });
});

const permuted = <E>(events: E[]) =>
  fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length }));

test('no fold depends on the order in which statements are handed over', () => {
  const time = fc.integer({ min: 0, max: 3 }).map(at);
  const stated = fc.constantFrom(undefined, null, 'A', 'B');
  const visits = fc.record({
    action: fc.constantFrom<VisitAction>('OPEN', 'UPDATE', 'CANCEL', 'DELETE', 'NO_SHOW'),
    eventAt: time,
    controlId: fc.constantFrom('1', '2'),
    patientClass: fc.constantFrom(undefined, null, 'I', 'O'),
    location: stated,
    startedAt: fc.oneof(fc.constantFrom(undefined, null), time),
  });
  const orders = fc.record({
    control: fc.constantFrom('NW', 'XO', 'CA', 'OC'),
    eventAt: time,
    controlId: fc.constantFrom('1', '2'),
    rxNumber: stated,
    visitNumber: stated,
  });
  fc.assert(
    fc.property(
      fc
        .array(visits, { maxLength: 6 })
        .map((list) => stored(...list.map((one) => visitEvent(one as Partial<VisitEvent>))))
        .chain(permuted),
      ([one, other]) => {
        expect(foldVisit(other)).toEqual(foldVisit(one));
      },
    ),
  );
  fc.assert(
    fc.property(
      fc
        .array(orders, { maxLength: 6 })
        .map((list) => stored(...list.map((one) => orderEvent(one as Partial<PrescriptionEvent>))))
        .chain(permuted),
      ([one, other]) => {
        expect(foldPrescription(other)).toEqual(foldPrescription(one));
      },
    ),
  );
});
