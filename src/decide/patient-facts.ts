/**
 * The EHR side of a batch: whose claim each is for each candidate entity, and then the orders and visits of those patients.
 * Separate from the fact book because it asks with what the book answered.
 */
import type { Transaction } from '../db/client.ts';
import { run, statement } from '../db/statement.ts';
import type { TenantId } from '../db/tenant.ts';
import { addDays } from '../model/calendar.ts';
import { lookUpDrugs, ndcIn, type FactBook, type OrderRow } from './fact-book.ts';
import type { Setting } from './load-setting.ts';
import {
  choosePrescription,
  matchPatient,
  type PatientPool,
  type PrescriptionRow,
  type Wanted,
} from './match-patient.ts';
import { mergedPatients, type MergedPatients } from './merged-patients.ts';
import { gatherReferrals, type PatientReferral } from './referral-facts.ts';
import type { EntityFacts, Facts, PatientRow, VisitRow } from './rules/facts.ts';

const ORDERS = statement(import.meta.url, 'facts-prescriptions-of-patients.sql');
const VISITS = statement(import.meta.url, 'facts-visits.sql');

/** A dispense judged for an entity: who is the patient, what did the patient's EHRs say? */
export interface PatientQuestion {
  entity: EntityFacts;
  wanted: Wanted;
}

export type PatientAnswer = Pick<Facts, 'patient' | 'prescription' | 'visits' | 'referrals'>;

interface OrderOfPatientRow extends OrderRow {
  visitId: string | null;
  visitPatientId: string | null;
  visitClass: string;
  visitStatus: string;
  visitStartedAt: string | null;
  visitStartDate: string | null;
  visitSite: string | null;
}

/** First and last day that matter for a patient. */
interface Span {
  from: string;
  to: string;
}

/** Reads what all questions of the batch need; each is then answered when it is asked. */
export async function gatherPatientFacts(
  tx: Transaction,
  tenant: TenantId,
  setting: Setting,
  book: FactBook,
  questions: readonly PatientQuestion[],
): Promise<(question: PatientQuestion) => PatientAnswer> {
  await lookUpDrugs(tx, tenant, book, unresolved([...book.ordersByNumber, ...book.ordersByPrescriber]));
  const people = await mergedPatients(tx, tenant, namedIn(book));
  const pool: PatientPool = {
    byIdentifier: asPersons(book.patients.byIdentifier, people),
    byName: asPersons(book.patients.byName, people),
    prescriptionsByRx: Map.groupBy(
      book.ordersByNumber.map((row) => orderOf(book, people, row)),
      (row) => row.rxNumber ?? '',
    ),
    prescriptionsByPrescriber: Map.groupBy(
      book.ordersByPrescriber.map((row) => orderOf(book, people, row)),
      (row) => row.prescriberNpi ?? '',
    ),
  };
  const sourcesOf = ({ entity }: PatientQuestion): ReadonlySet<string> =>
    setting.ehr.get(entity.id340b)?.sources ?? NO_SOURCES;
  const { policy } = setting;
  const match = oncePerDispense(sourcesOf, ({ wanted }, sources) => matchPatient(wanted, pool, sources, policy));
  const matched = new Map(questions.map((question) => [question, match(question)]));
  const { orders, visits, referrals } = await gatherRecords(tx, tenant, setting, spansOf(matched), people);
  await lookUpDrugs(tx, tenant, book, unresolved(orders));
  const ordersOf = Map.groupBy(orders, (row) => personOf(people, row.patientId));
  const visitsOf = Map.groupBy(visits, (visit) => visit.patientId);
  const referralsOf = Map.groupBy(referrals, (referral) => referral.patientId);
  return oncePerDispense(sourcesOf, (question, sources) => {
    const patient = matched.get(question) ?? { kind: 'NONE' };
    if (patient.kind !== 'MATCHED') return { patient, prescription: null, visits: [], referrals: [] };
    const { wanted } = question;
    const ofPrescriber = (ordersOf.get(patient.patientId) ?? [])
      .filter((row) => row.prescriberNpi === wanted.claim.prescriberId)
      .map((row) => orderOf(book, people, row, visitOf(row, people)));
    return {
      patient,
      prescription: choosePrescription(wanted, ofPrescriber, sources, policy),
      visits: (visitsOf.get(patient.patientId) ?? []).filter(
        (visit) => sources.has(visit.sourceSystem) && inBounds(visit.startDate, wanted.writtenDate, setting),
      ),
      referrals: (referralsOf.get(patient.patientId) ?? []).filter(
        (referral) => sources.has(referral.sourceSystem) && inBounds(referral.orderedDate, wanted.writtenDate, setting),
      ),
    };
  });
}

const NO_SOURCES: ReadonlySet<string> = new Set();

/** Candidates of one dispense whom the same EHRs serve follow each other and have the same answer. */
function oncePerDispense<Answer>(
  sourcesOf: (question: PatientQuestion) => ReadonlySet<string>,
  ask: (question: PatientQuestion, sources: ReadonlySet<string>) => Answer,
): (question: PatientQuestion) => Answer {
  let last: { wanted: Wanted; sources: ReadonlySet<string>; answer: Answer } | undefined;
  return (question) => {
    const { wanted } = question;
    const sources = sourcesOf(question);
    if (last?.wanted !== wanted || last.sources !== sources) last = { wanted, sources, answer: ask(question, sources) };
    return last.answer;
  };
}

/** Drug texts of orders that only the directory can resolve. */
const unresolved = (rows: readonly OrderRow[]): (string | null)[] =>
  rows.flatMap((row) => (row.ndc11 === null ? [row.ndcText] : []));

/** All patient records that the batch could mean. */
const namedIn = ({ patients, ordersByNumber, ordersByPrescriber }: FactBook): Set<string> =>
  new Set([
    ...[...patients.byIdentifier.values(), ...patients.byName.values()].flat().map(({ id }) => id),
    ...[...ordersByNumber, ...ordersByPrescriber].flatMap(({ patientId }) => (patientId === null ? [] : [patientId])),
  ]);

/** Each record as the one that stands for its person: several records of one person are not several people. */
const asPersons = <Row extends PatientRow>(
  found: ReadonlyMap<string, Row[]>,
  people: MergedPatients,
): Map<string, Row[]> =>
  new Map([...found].map(([key, rows]) => [key, rows.map((row) => ({ ...row, id: people.survivor(row.id) }))]));

const personOf = (people: MergedPatients, patientId: string | null): string | null =>
  patientId === null ? null : people.survivor(patientId);

const orderOf = (
  book: FactBook,
  people: MergedPatients,
  row: OrderRow,
  visit: VisitRow | null = null,
): PrescriptionRow => ({
  ...row,
  patientId: personOf(people, row.patientId),
  ndc: row.ndc11 === null ? ndcIn(book, row.ndcText) : { kind: 'LISTED', ndc11: row.ndc11 },
  visit,
});

const visitOf = (row: OrderOfPatientRow, people: MergedPatients): VisitRow | null =>
  row.visitId === null || row.visitNumber === null
    ? null
    : {
        id: row.visitId,
        sourceSystem: row.sourceSystem,
        visitNumber: row.visitNumber,
        patientId: personOf(people, row.visitPatientId),
        class: row.visitClass,
        status: row.visitStatus,
        startedAt: row.visitStartedAt,
        startDate: row.visitStartDate,
        site: row.visitSite,
      };

/** Written dates by matched patient: one row per patient is asked for, however many fills there are. */
function spansOf(matched: ReadonlyMap<PatientQuestion, PatientAnswer['patient']>): Map<string, Span> {
  const spans = new Map<string, Span>();
  for (const [question, patient] of matched) {
    const written = question.wanted.writtenDate;
    if (patient.kind !== 'MATCHED' || written === null) continue;
    const span = spans.get(patient.patientId);
    if (!span) spans.set(patient.patientId, { from: written, to: written });
    else {
      if (written < span.from) span.from = written;
      if (written > span.to) span.to = written;
    }
  }
  return spans;
}

async function gatherRecords(
  tx: Transaction,
  tenant: TenantId,
  { policy }: Setting,
  spans: ReadonlyMap<string, Span>,
  people: MergedPatients,
): Promise<{ orders: OrderOfPatientRow[]; visits: VisitRow[]; referrals: PatientReferral[] }> {
  if (spans.size === 0) return { orders: [], visits: [], referrals: [] };
  const asked = [...spans].flatMap(([person, span]) => people.members(person).map((id) => ({ id, ...span })));
  const columns = (before: number, after: number): unknown[] => [
    tenant,
    asked.map(({ id }) => id),
    asked.map((span) => addDays(span.from, -before)),
    asked.map((span) => addDays(span.to, after)),
  ];
  const inLookback = columns(policy.lookbackDays, policy.writtenGraceDays);
  const [orders, visits, referrals] = await Promise.all([
    run<OrderOfPatientRow>(tx, ORDERS, columns(policy.writtenMatchDays, policy.writtenMatchDays)),
    run<VisitRow>(tx, VISITS, inLookback),
    policy.referralsAllowed ? gatherReferrals(tx, inLookback, people) : [],
  ]);
  const ofPersons = visits.map((visit) => ({ ...visit, patientId: personOf(people, visit.patientId) }));
  return { orders, visits: ofPersons, referrals };
}

/** 12.25; a visit without a start may be in them. */
const inBounds = (date: string | null, writtenDate: string | null, { policy }: Setting): boolean =>
  date === null ||
  (writtenDate !== null &&
    addDays(writtenDate, -policy.lookbackDays) <= date &&
    date <= addDays(writtenDate, policy.writtenGraceDays));
