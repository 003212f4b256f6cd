/**
 * Whose claim it is (DOMAIN.md 12.21) and which EHR prescription stands behind it (12.28). Pure: the rows that could match
 * were gathered for the whole batch and are looked up here by key.
 */
import { daysBetween } from '../model/calendar.ts';
import type { Policy } from '../model/policy.ts';
import type { Claim } from './fold-claims.ts';
import type { NdcResolution, PatientMatch, PatientRow, PrescriptionMatch, VisitRow } from './rules/facts.ts';

/** An order of an EHR that is not cancelled, its drug resolved like a claim's. */
export interface PrescriptionRow {
  id: string;
  sourceSystem: string;
  orderNumber: string;
  patientId: string | null;
  visitNumber: string | null;
  rxNumber: string | null;
  ndc: NdcResolution;
  writtenDate: string | null;
  prescriberNpi: string | null;
  visit: VisitRow | null;
}

/** A patient who carries the identifier; `namedByIt`: it is the one that names the record in its EHR. */
export interface IdentifiedPatientRow extends PatientRow {
  namedByIt?: boolean;
}

export interface NamedPatientRow extends PatientRow {
  sex: string | null;
}

/** Everybody who could be meant, by what a claim can say. */
export interface PatientPool {
  /** `authority|value`. */
  byIdentifier: ReadonlyMap<string, IdentifiedPatientRow[]>;
  /** `FAMILY|GIVEN|birth date`. */
  byName: ReadonlyMap<string, NamedPatientRow[]>;
  prescriptionsByRx: ReadonlyMap<string, PrescriptionRow[]>;
  prescriptionsByPrescriber: ReadonlyMap<string, PrescriptionRow[]>;
}

/** What of a claim tells its patient. */
export type PatientClaim = Pick<
  Claim,
  'rxNumber' | 'prescriberId' | 'familyCompare' | 'givenCompare' | 'birthDate' | 'sex' | 'idAuthority' | 'idValue'
>;

/** What of the dispense the matching looks at. */
export interface Wanted {
  claim: PatientClaim;
  ndc11: string | null;
  writtenDate: string | null;
}

/** The identifier that a claim states, as the key of the pool; null without authority or value. */
export const identifierKey = (claim: PatientClaim): string | null =>
  claim.idAuthority && claim.idValue ? `${claim.idAuthority}|${claim.idValue}` : null;

/** Family name, given name and birth date as the key of the pool; null when one is missing. */
export const nameKey = (claim: PatientClaim): string | null =>
  claim.familyCompare && claim.givenCompare && claim.birthDate
    ? `${claim.familyCompare}|${claim.givenCompare}|${claim.birthDate}`
    : null;

/** True for a claim that says nothing about its patient: only its prescription can. */
export const withoutPatient = (claim: PatientClaim): boolean =>
  !claim.idValue && !claim.familyCompare && !claim.givenCompare && !claim.birthDate;

/** Product without package: nine digits, ten of a 12-digit code. */
export const productOf = (ndc11: string): string => ndc11.slice(0, -2);

/** Rule 3's question, for the EHRs `sources` that serve the judged entity. */
export function matchPatient(
  wanted: Wanted,
  pool: PatientPool,
  sources: ReadonlySet<string>,
  policy: Policy,
): PatientMatch {
  const { claim } = wanted;
  if (withoutPatient(claim)) return matchByPrescription(wanted, pool, sources, policy);
  const identifier = identifierKey(claim);
  const identified = identifier === null ? [] : owners(served(pool.byIdentifier.get(identifier), sources));
  if (identified.length > 0) return oneOf('IDENTIFIER', identified);
  const name = nameKey(claim);
  if (name === null) return identifier === null ? { kind: 'NO_KEY' } : { kind: 'NONE' };
  const named = served(pool.byName.get(name), sources).filter((row) => !sexContradicts(claim.sex, row.sex));
  return named.length > 0 ? oneOf('NAME', named) : { kind: 'NONE' };
}

const served = <Row extends PatientRow>(rows: Row[] | undefined, sources: ReadonlySet<string>): Row[] =>
  (rows ?? []).filter((row) => sources.has(row.sourceSystem));

/**
 * Whose identifier it is: a record that it names, before records of the same EHR that only carry it. Messages during a merge
 * list the numbers of both, and when the merge is undone the number is its own record's again.
 */
function owners(rows: IdentifiedPatientRow[]): PatientRow[] {
  const named = new Set(rows.filter(({ namedByIt }) => namedByIt === true).map(({ sourceSystem }) => sourceSystem));
  return rows.filter(({ namedByIt, sourceSystem }) => namedByIt === true || !named.has(sourceSystem));
}

function oneOf(method: 'IDENTIFIER' | 'NAME', rows: PatientRow[]): PatientMatch {
  const ids = [...new Set(rows.map((row) => row.id))].sort();
  const [only] = ids;
  return ids.length === 1 && only !== undefined
    ? { kind: 'MATCHED', method, patientId: only }
    : { kind: 'SEVERAL', method, patientIds: ids };
}

const sexContradicts = (a: string | null, b: string | null): boolean =>
  (a === 'M' && b === 'F') || (a === 'F' && b === 'M');

/** Uniquely by prescription number, else by product, prescriber and date; otherwise the claim has no key at all. */
function matchByPrescription(
  wanted: Wanted,
  pool: PatientPool,
  sources: ReadonlySet<string>,
  policy: Policy,
): PatientMatch {
  const known = (row: PrescriptionRow): boolean => row.patientId !== null && sources.has(row.sourceSystem);
  const byRx = (pool.prescriptionsByRx.get(wanted.claim.rxNumber) ?? []).filter(known);
  const byProduct = (pool.prescriptionsByPrescriber.get(wanted.claim.prescriberId ?? '') ?? []).filter(
    (row) => known(row) && sameProductAndDate(row, wanted, policy),
  );
  const [found] = byRx.length === 1 ? byRx : byProduct;
  if ((byRx.length !== 1 && byProduct.length !== 1) || !found || found.patientId === null) return { kind: 'NO_KEY' };
  return { kind: 'MATCHED', method: 'PRESCRIPTION', patientId: found.patientId, prescriptionId: found.id };
}

/** The best matching prescription of the patient, whatever the policy makes of it (12.28). */
export function choosePrescription(
  wanted: Wanted,
  ofPatient: readonly PrescriptionRow[],
  sources: ReadonlySet<string>,
  policy: Policy,
): PrescriptionMatch | null {
  const { claim, writtenDate } = wanted;
  if (writtenDate === null || claim.prescriberId === null) return null;
  const distance = (row: PrescriptionRow): number => Math.abs(daysBetween(row.writtenDate ?? writtenDate, writtenDate));
  const otherRx = (row: PrescriptionRow): number => (row.rxNumber === claim.rxNumber ? 0 : 1);
  const [best] = ofPatient
    .filter((row) => sources.has(row.sourceSystem) && row.prescriberNpi === claim.prescriberId)
    .filter((row) => sameProductAndDate(row, wanted, policy))
    .sort((a, b) => distance(a) - distance(b) || otherRx(a) - otherRx(b) || (a.orderNumber < b.orderNumber ? -1 : 1));
  if (!best) return null;
  return { id: best.id, sourceSystem: best.sourceSystem, visitNumber: best.visitNumber, visit: best.visit };
}

function sameProductAndDate(row: PrescriptionRow, wanted: Wanted, policy: Policy): boolean {
  if (row.ndc.ndc11 === null || wanted.ndc11 === null || row.writtenDate === null || wanted.writtenDate === null)
    return false;
  return (
    productOf(row.ndc.ndc11) === productOf(wanted.ndc11) &&
    Math.abs(daysBetween(row.writtenDate, wanted.writtenDate)) <= policy.writtenMatchDays
  );
}
