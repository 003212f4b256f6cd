/** Whose claim it is (DOMAIN.md 12.5, 12.21), which order stands behind it (12.28), and what an NDC text means (12.29). */
import { describe, expect, test } from '@jest/globals';
import { foldClaims, type Claim } from '../../src/decide/fold-claims.ts';
import { everNamed } from '../../src/decide/mark-people.ts';
import {
  choosePrescription,
  matchPatient,
  type PatientPool,
  type PrescriptionRow,
  type Wanted,
} from '../../src/decide/match-patient.ts';
import { resolveNdc } from '../../src/decide/resolve-ndc.ts';
import { DEFAULT_POLICY } from '../../src/model/policy.ts';

const NDC = '00093104801';
const EHR = new Set(['EHR']);
const said = { familyCompare: 'ROE', givenCompare: 'JANE', birthDate: '1980-02-03', sex: 'F' };
const claim = (values: Partial<Claim>): Wanted['claim'] => ({
  idAuthority: null,
  idValue: null,
  familyCompare: null,
  givenCompare: null,
  birthDate: null,
  sex: null,
  rxNumber: '77',
  prescriberId: 'N1',
  ...values,
});
const order = (values: Partial<PrescriptionRow> = {}): PrescriptionRow => ({
  id: 'o1',
  sourceSystem: 'EHR',
  orderNumber: '1',
  patientId: 'p9',
  visitNumber: null,
  rxNumber: null,
  ndc: { kind: 'LISTED', ndc11: NDC },
  writtenDate: '2026-03-01',
  prescriberNpi: 'N1',
  visit: null,
  ...values,
});
const pool = (values: Partial<PatientPool> = {}): PatientPool => ({
  byIdentifier: new Map(),
  byName: new Map(),
  prescriptionsByRx: new Map(),
  prescriptionsByPrescriber: new Map(),
  ...values,
});
const named = (...rows: [string, string, string | null][]): PatientPool =>
  pool({
    byName: new Map([['ROE|JANE|1980-02-03', rows.map(([id, sourceSystem, sex]) => ({ id, sourceSystem, sex }))]]),
  });
const match = (values: Partial<Claim>, of: PatientPool, sources = EHR): string => {
  const found = matchPatient(
    { claim: claim(values), ndc11: NDC, writtenDate: '2026-03-01' },
    of,
    sources,
    DEFAULT_POLICY,
  );
  if (found.kind === 'MATCHED') return `${found.patientId} by ${found.method}`;
  return found.kind === 'SEVERAL' ? `SEVERAL ${found.patientIds.join()}` : found.kind;
};

describe('matchPatient', () => {
  const identified = pool({
    ...named(['p2', 'EHR', 'F']),
    byIdentifier: new Map([['H|1', [{ id: 'p1', sourceSystem: 'EHR' }]]]),
  });
  test('a found identifier decides, otherwise the name does', () => {
    expect(match({ ...said, idAuthority: 'H', idValue: '1' }, identified)).toBe('p1 by IDENTIFIER');
    expect(match({ ...said, idAuthority: 'H', idValue: '2' }, identified)).toBe('p2 by NAME');
    expect(match({ idAuthority: 'H', idValue: '2' }, identified)).toBe('NONE');
  });
  test('of one EHR the record that the identifier names, not those that list it; other EHRs stay', () => {
    const listed = (...rows: [string, string, boolean][]) =>
      match(
        { idAuthority: 'H', idValue: '1' },
        pool({
          byIdentifier: new Map([
            ['H|1', rows.map(([id, sourceSystem, namedByIt]) => ({ id, sourceSystem, namedByIt }))],
          ]),
        }),
        new Set(['EHR', 'OTHER']),
      );
    expect(listed(['p1', 'EHR', true], ['p2', 'EHR', false])).toBe('p1 by IDENTIFIER');
    expect(listed(['p1', 'EHR', false], ['p2', 'EHR', false])).toBe('SEVERAL p1,p2');
    expect(listed(['p1', 'EHR', true], ['p2', 'OTHER', false])).toBe('SEVERAL p1,p2');
  });
  test('an identifier without authority is none', () =>
    expect(match({ ...said, idAuthority: '', idValue: '1' }, identified)).toBe('p2 by NAME'));
  test('several', () => expect(match(said, named(['p2', 'EHR', null], ['p1', 'EHR', null]))).toBe('SEVERAL p1,p2'));
  test('sex contradicts only when both are M or F', () => {
    expect(match(said, named(['p1', 'EHR', 'M']))).toBe('NONE');
    expect(match(said, named(['p1', 'EHR', 'U']))).toBe('p1 by NAME');
    expect(match(said, named(['p1', 'EHR', 'M'], ['p2', 'EHR', 'F']))).toBe('p2 by NAME');
  });
  test('only the EHRs that serve the entity count', () => {
    expect(match(said, named(['p1', 'OTHER', null], ['p2', 'EHR', null]))).toBe('p2 by NAME');
    expect(match(said, named(['p1', 'OTHER', null]))).toBe('NONE');
    expect(match(said, named(['p1', 'OTHER', null], ['p2', 'EHR', null]), new Set(['EHR', 'OTHER']))).toBe(
      'SEVERAL p1,p2',
    );
  });
  test('part of a name is nothing to look for', () =>
    expect(match({ familyCompare: 'ROE' }, named(['p1', 'EHR', null]))).toBe('NO_KEY'));

  describe('without patient fields', () => {
    test('the only order with the prescription number tells', () => {
      expect(match({}, pool({ prescriptionsByRx: new Map([['77', [order()]]]) }))).toBe('p9 by PRESCRIPTION');
    });
    test('else the only order of product, prescriber and date', () => {
      const two = [order(), order({ id: 'o2', patientId: 'p8' })];
      const by = (...rows: PrescriptionRow[]) =>
        pool({ prescriptionsByRx: new Map([['77', two]]), prescriptionsByPrescriber: new Map([['N1', rows]]) });
      expect(match({}, by(order({ writtenDate: '2026-03-02', ndc: { kind: 'LISTED', ndc11: '00093104899' } })))).toBe(
        'p9 by PRESCRIPTION',
      );
      expect(match({}, by(order({ writtenDate: '2026-03-03' })))).toBe('NO_KEY');
      expect(match({}, by(order({ ndc: { kind: 'LISTED', ndc11: '00093999901' } })))).toBe('NO_KEY');
      expect(match({}, by(...two))).toBe('NO_KEY');
    });
  });
});

test('choosePrescription: date distance, then prescription number, then order number', () => {
  const choose = (...rows: PrescriptionRow[]) =>
    [rows, rows.toReversed()].map(
      (of) =>
        choosePrescription({ claim: claim({}), ndc11: NDC, writtenDate: '2026-03-01' }, of, EHR, DEFAULT_POLICY)?.id ??
        null,
    );
  expect(choose(order({ id: 'a', writtenDate: '2026-03-02', rxNumber: '77' }), order({ id: 'b' }))).toEqual(['b', 'b']);
  expect(choose(order({ id: 'a', orderNumber: '2', rxNumber: '77' }), order({ id: 'b' }))).toEqual(['a', 'a']);
  expect(choose(order({ id: 'a', orderNumber: '2' }), order({ id: 'b' }))).toEqual(['b', 'b']);
  expect(choose(order({ prescriberNpi: 'N2' }))).toEqual([null, null]);
  expect(choose(order({ sourceSystem: 'OTHER' }))).toEqual([null, null]);
});

test.each<[string | null, string[], string, string | null]>([
  ['00093-1048-01', [NDC], 'LISTED', NDC],
  [NDC, [], 'UNKNOWN', NDC],
  ['0093104801', [NDC], 'LISTED', NDC],
  ['0093104801', [NDC, '00931004801'], 'AMBIGUOUS', null],
  ['0093104801', [], 'AMBIGUOUS', null],
  ['93104801', [NDC], 'LISTED', NDC],
  ['93104801', [], 'UNKNOWN', null],
  ['aspirin', [], 'UNKNOWN', null],
  [null, [], 'MISSING', null],
])('resolveNdc %s with %j is %s', (text, directory, kind, ndc11) => {
  expect(resolveNdc(text, (one) => directory.includes(one))).toEqual({ kind, ndc11 });
});

test('everNamed: every combination that a patient was stated with, compared', () => {
  const statement = (familyName: string | null, givenName: string | null, birthDate: string | null, id = 'p') => ({
    id,
    familyName,
    givenName,
    birthDate,
    identifiers: null,
  });
  expect(
    everNamed([
      statement('Müller', 'Eva', null),
      statement('Roe', null, '1980-02-03'),
      statement('Doe', 'Jan', '1990-01-01', 'q'),
    ]),
  ).toEqual([
    { family: 'MULLER', given: 'EVA', birthDate: '1980-02-03' },
    { family: 'ROE', given: 'EVA', birthDate: '1980-02-03' },
    { family: 'DOE', given: 'JAN', birthDate: '1990-01-01' },
  ]);
});

test('no claims make no dispense', () => expect(foldClaims([])).toEqual({ dispenses: [], orphans: [] }));
