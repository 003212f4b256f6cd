/** Facts of a dispense that every rule passes; tests change what they are about. */
import { DEFAULT_POLICY, type Policy } from '../../src/model/policy.ts';
import type { RuleCode, Verdict } from '../../src/model/verdict.ts';
import type {
  DispenseFacts,
  DrugFacts,
  EntityFacts,
  Facts,
  RegisteredEntity,
  VisitRow,
} from '../../src/decide/rules/facts.ts';

export const NPI = '1000000004';

/** An OPAIS row in force since 2010. */
export const registered = (values: Partial<RegisteredEntity> = {}): RegisteredEntity => ({
  id: values.id340b ?? 'DSH1',
  id340b: 'DSH1',
  entityType: 'DSH',
  participating: true,
  startDate: '2010-01-01',
  terminationDate: null,
  ...values,
});

/** A parent with one site `<id>A`. */
export function entityOf(id340b: string, values: Partial<RegisteredEntity> = {}): EntityFacts {
  const registration = registered({ id340b, ...values });
  const site = registered({ id340b: `${id340b}A` });
  return {
    id340b,
    registration,
    family: new Map([
      [id340b, registration],
      [site.id340b, site],
    ]),
  };
}

export const visit = (values: Partial<VisitRow> = {}): VisitRow => ({
  id: values.visitNumber ?? 'V1',
  sourceSystem: 'EHR',
  visitNumber: 'V1',
  patientId: 'p1',
  class: 'AMB',
  status: 'ACTIVE',
  startedAt: `${values.startDate ?? '2026-03-01'}T15:00:00.000Z`,
  startDate: '2026-03-01',
  site: 'DSH1A',
  ...values,
});

/** What a test changes of the facts. */
export interface Changes extends Partial<Omit<Facts, 'policy' | 'dispense'>> {
  policy?: Partial<Policy>;
  dispense?: Partial<DispenseFacts>;
}

/** A drug that is covered. */
export const drug = (values: Partial<DrugFacts> = {}): DrugFacts => ({
  packageId: 'k1',
  productId: 'd1',
  productType: 'HUMAN PRESCRIPTION DRUG',
  schedule: '',
  packageSize: '100.000',
  from: '2000-01-01',
  to: null,
  orphan: false,
  ...values,
});

export function factsWith(changes: Changes = {}): Facts {
  const { policy, dispense, ...rest } = changes;
  return {
    policy: { ...DEFAULT_POLICY, ...policy },
    windowOpen: false,
    ehrLate: false,
    dispense: {
      subject: '1234567|77|0|2026-03-10',
      ncpdp: '1234567',
      rxNumber: '77',
      fillNumber: 0,
      dateOfService: '2026-03-10',
      ndcText: '00093104801',
      ndc: { kind: 'LISTED', ndc11: '00093104801' },
      quantity: '30.000',
      writtenDate: '2026-03-01',
      prescriberId: NPI,
      claimId: 'c1',
      receivedDate: '2026-03-11',
      ...dispense,
    },
    entity: entityOf('DSH1'),
    pharmacy: { id: 'ph1', state: 'IL', carveInReportedFor: [] },
    arrangements: [{ id: 'a1', kind: 'CONTRACT', id340b: 'DSH1', from: '2020-01-01', termination: null }],
    patient: { kind: 'MATCHED', method: 'NAME', patientId: 'p1' },
    prescription: null,
    visits: [visit()],
    referrals: [],
    roster: [{ id: 'r1', entity: 'DSH1A', affiliation: 'STAFF', from: '2020-01-01', to: null }],
    drug: drug(),
    payers: [{ bin: '610000', pcn: 'A', group: 'G', plan: { id: 'pl1', planType: 'COMMERCIAL', state: 'IL' } }],
    medicaidPolicies: [],
    exclusions: { loaded: true, rows: [] },
    restrictions: [],
    ...rest,
  };
}

/** What earlier rules said, for rules that look at it. */
export const earlier = (answers: Partial<Record<RuleCode, Verdict['answer']>> = {}): Map<RuleCode, Verdict> => {
  const said: Partial<Record<RuleCode, Verdict['answer']>> = {
    PATIENT_MATCHED: 'PASS',
    ENCOUNTER_QUALIFYING: 'PASS',
    ...answers,
  };
  return new Map(
    (['PATIENT_MATCHED', 'ENCOUNTER_QUALIFYING'] as const).map((code) => [
      code,
      { answer: said[code] ?? 'PASS', reason: 'EARLIER', evidence: [] },
    ]),
  );
};

/** `ANSWER REASON EXCEPTION subject`, for tables. */
export const said = (verdict: Verdict): string =>
  [
    verdict.answer,
    verdict.reason,
    'exception' in verdict && verdict.exception ? `${verdict.exception.code} ${verdict.exception.subject}` : '',
  ]
    .join(' ')
    .trim();
