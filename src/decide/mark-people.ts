/** From patients, visits and orders that changed to the prescriptions at a pharmacy whose answer hangs on them. */
import type { Transaction } from '../db/client.ts';
import { run, statement, type Statement } from '../db/statement.ts';
import type { TenantId } from '../db/tenant.ts';
import { compareFamilyName, compareGivenName } from '../model/names.ts';
import type { Identifier } from '../model/records.ts';
import { joinedPatients } from './merged-patients.ts';

const load = (file: string): Statement => statement(import.meta.url, file);
const MARK_PATIENTS = load('mark-patients.sql');
const MARK_NAMES = load('mark-names.sql');
const MARK_IDENTIFIERS = load('mark-identifiers.sql');
const STATEMENTS = load('read-patient-statements.sql');
const OF_VISITS = load('read-visit-patients.sql');
const OF_ORDERS = load('read-prescription-patients.sql');
const OF_DRUGS = load('read-drug-patients.sql');
const VISITS_AT = load('read-visits-at.sql');

interface PatientStatement {
  id: string;
  familyName: string | null;
  givenName: string | null;
  birthDate: string | null;
  identifiers: Identifier[] | null;
}

/** A name and birth date that a claim could carry, in compared form. */
export interface ComparedPerson {
  family: string;
  given: string;
  birthDate: string;
}

async function patientIds(
  tx: Transaction,
  sql: Statement,
  tenant: TenantId,
  keys: readonly string[],
): Promise<string[]> {
  if (keys.length === 0) return [];
  return (await run<{ patientId: string }>(tx, sql, [tenant, keys])).map((row) => row.patientId);
}

/** Patients who have, had, or by an order may have the given visits. */
export const patientsOfVisits = (tx: Transaction, tenant: TenantId, visits: readonly string[]): Promise<string[]> =>
  patientIds(tx, OF_VISITS, tenant, visits);

/** Patients whom the given orders are or were for. */
export const patientsOfOrders = (tx: Transaction, tenant: TenantId, orders: readonly string[]): Promise<string[]> =>
  patientIds(tx, OF_ORDERS, tenant, orders);

/** Patients with orders whose short drug code may mean one of the given products. */
export const patientsOfDrugs = (tx: Transaction, tenant: TenantId, products: readonly string[]): Promise<string[]> =>
  patientIds(tx, OF_DRUGS, tenant, products);

/** Visits at `facility|location` places. */
export async function visitsAt(tx: Transaction, tenant: TenantId, places: readonly string[]): Promise<string[]> {
  if (places.length === 0) return [];
  return (await run<{ id: string }>(tx, VISITS_AT, [tenant, places])).map((row) => row.id);
}

/**
 * Marks the dispenses matched to `affected` patients, and for `changed` ones also the claims that could match them now or
 * could have before: a patient who changes the name makes another one unique.
 */
export async function markPatients(
  tx: Transaction,
  tenant: TenantId,
  changedRecords: readonly string[],
  affected: readonly string[],
): Promise<void> {
  // Records of one person answer for each other.
  const changed = await joinedPatients(tx, tenant, changedRecords);
  const matched = [...changed, ...(await joinedPatients(tx, tenant, affected))];
  if (matched.length > 0) await run(tx, MARK_PATIENTS, [tenant, [...new Set(matched)], 'PATIENT']);
  if (changed.length === 0) return;
  const statements = await run<PatientStatement>(tx, STATEMENTS, [tenant, changed]);
  const people = everNamed(statements);
  await run(tx, MARK_NAMES, [
    tenant,
    people.map((one) => one.family),
    people.map((one) => one.given),
    people.map((one) => one.birthDate),
  ]);
  const identifiers = new Map(
    statements.flatMap((row) => row.identifiers ?? []).map((one) => [`${one.authority}|${one.value}`, one]),
  );
  await run(tx, MARK_IDENTIFIERS, [
    tenant,
    [...identifiers.values()].map((one) => one.authority),
    [...identifiers.values()].map((one) => one.value),
  ]);
}

/** Every combination of names and birth dates that each patient was ever stated with: a message may change only one of them. */
export function everNamed(statements: readonly PatientStatement[]): ComparedPerson[] {
  const people = new Map<string, ComparedPerson>();
  for (const own of Map.groupBy(statements, (row) => row.id).values()) {
    const families = stated(
      own.map((row) => row.familyName),
      compareFamilyName,
    );
    const givens = stated(
      own.map((row) => row.givenName),
      compareGivenName,
    );
    const dates = stated(
      own.map((row) => row.birthDate),
      (date) => date,
    );
    for (const family of families)
      for (const given of givens)
        for (const birthDate of dates) people.set(`${family}|${given}|${birthDate}`, { family, given, birthDate });
  }
  return [...people.values()];
}

const stated = (values: readonly (string | null)[], compare: (value: string) => string): string[] =>
  [...new Set(values.flatMap((value) => (value ? [compare(value)] : [])))].filter((value) => value !== '');
