/**
 * The rows that bear on a batch of dispenses, gathered set-based by their keys (arrays in, rows out) and looked up in memory.
 * Here everything that the claims alone ask for; what depends on the matched patient follows in patient-facts.ts.
 */
import type { Transaction } from '../db/client.ts';
import { run, statement, type Statement } from '../db/statement.ts';
import type { TenantId } from '../db/tenant.ts';
import { addDays, quarterOf, within } from '../model/calendar.ts';
import type { PlanType } from '../model/records.ts';
import type { FoldedDispense } from './fold-claims.ts';
import type { Setting } from './load-setting.ts';
import {
  identifierKey,
  nameKey,
  withoutPatient,
  type IdentifiedPatientRow,
  type NamedPatientRow,
  type PatientPool,
} from './match-patient.ts';
import { ndcCandidates, resolveNdc } from './resolve-ndc.ts';
import type * as facts from './rules/facts.ts';

const load = (file: string): Statement => statement(import.meta.url, file);
const PHARMACIES = load('facts-pharmacies.sql');
const ARRANGEMENTS = load('facts-arrangements.sql');
const DRUGS = load('facts-drugs.sql');
const PLANS = load('facts-plans.sql');
const POLICIES = load('facts-medicaid-policies.sql');
const EXCLUSIONS = load('facts-exclusions.sql');
const RESTRICTIONS = load('facts-restrictions.sql');
const ROSTER = load('facts-roster.sql');
const BY_IDENTIFIER = load('facts-patients-by-identifier.sql');
const BY_NAME = load('facts-patients-by-name.sql');
const BY_NUMBER = load('facts-prescriptions-by-number.sql');
const BY_PRESCRIBER = load('facts-prescriptions-by-prescriber.sql');

/** An order as the statements answer it, its drug not yet resolved. */
export interface OrderRow {
  id: string;
  sourceSystem: string;
  orderNumber: string;
  patientId: string | null;
  visitNumber: string | null;
  rxNumber: string | null;
  ndcText: string | null;
  ndc11: string | null;
  writtenDate: string | null;
  prescriberNpi: string | null;
}

interface PharmacyRow extends facts.PharmacyFacts {
  ncpdp: string;
  inHouseOf: string;
  inHouseFrom: string | null;
}
type ArrangementRow = Omit<facts.Arrangement, 'kind'> & { ncpdp: string; entity: string };
type PlanRow = { id: string; bin: string; pcn: string; group: string; planType: PlanType; state: string } & Period;
type Period = { from: string | null; to: string | null };

/** `id` null = the quarter is loaded, without rows of the tenant. */
type ExclusionBookRow = Omit<facts.ExclusionRow, 'id'> & { id: string | null; id340b: string };

/** Lookups over the gathered rows. */
export interface FactBook {
  pharmacies: ReadonlyMap<string, PharmacyRow>;
  arrangements: ReadonlyMap<string, ArrangementRow[]>;
  drugs: Map<string, facts.DrugFacts>;
  plans: ReadonlyMap<string, PlanRow[]>;
  medicaidPolicies: ReadonlyMap<string, facts.MedicaidPolicyRow[]>;
  exclusions: ReadonlyMap<string, ExclusionBookRow[]>;
  restrictions: ReadonlyMap<string, facts.RestrictionRow[]>;
  roster: ReadonlyMap<string, facts.RosterRow[]>;
  patients: Omit<PatientPool, 'prescriptionsByRx' | 'prescriptionsByPrescriber'>;
  ordersByNumber: OrderRow[];
  ordersByPrescriber: OrderRow[];
}

const distinct = (values: Iterable<string | null>): string[] => [
  ...new Set([...values].filter((value): value is string => value !== null && value !== '')),
];

/** All payers of a dispense: each open claim's own and those that it names besides (12.3); all of the primary's when closed. */
export function payersOf(folded: FoldedDispense): { bin: string; pcn: string; group: string }[] {
  const { primary } = folded;
  if (folded.open.length < 2 && primary.otherPayers.length === 0)
    return [{ bin: primary.bin, pcn: primary.pcn, group: primary.payerGroup }];
  const claims = folded.open.length > 0 ? folded.open : [primary];
  const payers = claims.flatMap((claim) => [
    { bin: claim.bin, pcn: claim.pcn, group: claim.payerGroup },
    ...claim.otherPayers.filter((payer) => payer.bin !== ''),
  ]);
  return [...new Map(payers.map((payer) => [`${payer.bin}|${payer.pcn}|${payer.group}`, payer])).values()];
}

/** Gathers for all dispenses of the batch; the statements travel together. */
export async function gatherBook(
  tx: Transaction,
  tenant: TenantId,
  setting: Setting,
  dispenses: readonly FoldedDispense[],
): Promise<FactBook> {
  const open = dispenses.filter((dispense) => dispense.state === 'OPEN');
  const claims = open.map((dispense) => dispense.primary);
  const ndcs = distinct(dispenses.flatMap((dispense) => ndcCandidates(dispense.primary.ndcText)));
  const ask = <Row>(sql: Statement, ...params: unknown[]) => run<Row>(tx, sql, [tenant, ...params]);
  const ncpdps = distinct(claims.map((claim) => claim.ncpdp));
  const [pharmacies, arrangements, drugs, plans, policies, exclusions, restrictions, roster, patients, orders] =
    await Promise.all([
      ask<PharmacyRow>(PHARMACIES, ncpdps),
      ask<ArrangementRow>(ARRANGEMENTS, ncpdps),
      ask<facts.DrugFacts & { ndc11: string }>(DRUGS, ndcs),
      ask<PlanRow>(PLANS, distinct(dispenses.flatMap(payersOf).map((payer) => payer.bin))),
      ask<facts.MedicaidPolicyRow & { entity: string }>(POLICIES),
      ask<ExclusionBookRow & { quarter: string }>(
        EXCLUSIONS,
        distinct(claims.map((claim) => quarterOf(claim.dateOfService))),
        setting.familyIds,
      ),
      ask<facts.RestrictionRow & { labeler: string }>(RESTRICTIONS, distinct(ndcs.map((ndc11) => ndc11.slice(0, 5)))),
      ask<facts.RosterRow & { npi: string }>(ROSTER, distinct(claims.map((claim) => claim.prescriberId))),
      gatherPatients(ask, open),
      gatherOrders(ask, open, setting),
    ]);
  return {
    pharmacies: new Map(pharmacies.map((row) => [row.ncpdp, row])),
    arrangements: Map.groupBy(arrangements, (row) => row.ncpdp),
    drugs: new Map(drugs.map((row) => [row.ndc11, row])),
    plans: Map.groupBy(plans, (row) => row.bin),
    medicaidPolicies: Map.groupBy(policies, (row) => row.entity),
    exclusions: Map.groupBy(exclusions, (row) => row.quarter),
    restrictions: Map.groupBy(restrictions, (row) => row.labeler),
    roster: Map.groupBy(roster, (row) => row.npi),
    patients,
    ...orders,
  };
}

type Ask = <Row>(sql: Statement, ...params: unknown[]) => Promise<Row[]>;

async function gatherPatients(ask: Ask, open: readonly FoldedDispense[]): Promise<FactBook['patients']> {
  const claims = open.map((dispense) => dispense.primary);
  const identified = [...new Map(claims.map((claim) => [identifierKey(claim), claim])).entries()].filter(
    ([key]) => key !== null,
  );
  const named = [...new Map(claims.map((claim) => [nameKey(claim), claim])).entries()].filter(([key]) => key !== null);
  const [identifiers, names] = await Promise.all([
    ask<IdentifiedPatientRow & { authority: string; value: string }>(
      BY_IDENTIFIER,
      identified.map(([, claim]) => claim.idAuthority),
      identified.map(([, claim]) => claim.idValue),
    ),
    ask<NamedPatientRow & { family: string; given: string; birthDate: string }>(
      BY_NAME,
      named.map(([, claim]) => claim.familyCompare),
      named.map(([, claim]) => claim.givenCompare),
      named.map(([, claim]) => claim.birthDate),
    ),
  ]);
  return {
    byIdentifier: Map.groupBy(identifiers, (row) => `${row.authority}|${row.value}`),
    byName: Map.groupBy(names, (row) => `${row.family}|${row.given}|${row.birthDate}`),
  };
}

async function gatherOrders(
  ask: Ask,
  open: readonly FoldedDispense[],
  { policy }: Setting,
): Promise<Pick<FactBook, 'ordersByNumber' | 'ordersByPrescriber'>> {
  const mute = open.filter((dispense) => withoutPatient(dispense.primary));
  const dated = mute.flatMap(({ primary: { prescriberId }, writtenDate }) =>
    prescriberId !== null && writtenDate !== null ? [{ prescriberId, writtenDate }] : [],
  );
  const [ordersByNumber, ordersByPrescriber] = await Promise.all([
    ask<OrderRow>(BY_NUMBER, distinct(mute.map((dispense) => dispense.rxNumber))),
    ask<OrderRow>(
      BY_PRESCRIBER,
      dated.map((one) => one.prescriberId),
      dated.map((one) => addDays(one.writtenDate, -policy.writtenMatchDays)),
      dated.map((one) => addDays(one.writtenDate, policy.writtenMatchDays)),
    ),
  ]);
  return { ordersByNumber, ordersByPrescriber };
}

/** Adds the packages that these texts may mean and that are not in the book yet. */
export async function lookUpDrugs(
  tx: Transaction,
  tenant: TenantId,
  book: FactBook,
  texts: Iterable<string | null>,
): Promise<void> {
  const missing = distinct([...texts].flatMap(ndcCandidates)).filter((ndc11) => !book.drugs.has(ndc11));
  if (missing.length === 0) return;
  const rows = await run<facts.DrugFacts & { ndc11: string }>(tx, DRUGS, [tenant, missing]);
  for (const row of rows) book.drugs.set(row.ndc11, row);
}

/** What a text means by the directory. */
export const ndcIn = (book: FactBook, text: string | null): facts.NdcResolution =>
  resolveNdc(text, (ndc11) => book.drugs.has(ndc11));

/** The plan of a payer on a day: BIN+PCN+group before BIN+PCN before BIN (12.30), of equals the latest start. */
export function planOf(
  book: FactBook,
  payer: { bin: string; pcn: string; group: string },
  date: string,
): PlanRow | null {
  const rows = (book.plans.get(payer.bin) ?? []).filter((row) => within(date, row.from, row.to));
  const find = (pcn: string, group: string): PlanRow | undefined =>
    rows.find((row) => row.pcn === pcn && row.group === group);
  return find(payer.pcn, payer.group) ?? find(payer.pcn, '') ?? find('', '') ?? null;
}
