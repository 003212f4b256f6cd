/**
 * The demonstration world: two tenants, a month of history, everything that a real month has. Pure and seeded: the same
 * seed, day and scale give the same bytes. What each story should lead to is known by construction (`Expectation`).
 */
import { EXCEPTION_CODES, RULE_CODES } from '../../model/verdict.ts';
import { byFeedAndDay, claimFiles } from './claim-files.ts';
import { ehrStream, type SimMessage } from './ehr-stream.ts';
import type { Outcome, SimDispense } from './events.ts';
import type { SimFile } from './feeds.ts';
import { fhirPatients, fhirResources, type SimResource } from './fhir-resources.ts';
import { invoiceFiles } from './invoice-files.ts';
import { lakeside } from './lakeside.ts';
import { masterFiles } from './master-files.ts';
import { mercy } from './mercy.ts';
import type { SimTenant } from './organisation.ts';
import { medicalStaff, People, type Medical, type SimPatient } from './people.ts';
import { purchases, type SimInvoice } from './purchases.ts';
import { Random } from './random.ts';
import { referenceFiles } from './reference-files.ts';
import { STORIES } from './stories/index.ts';
import type { TenantName } from './story.ts';
import { Teller } from './teller.ts';

/** What to build. */
export interface WorldOptions {
  seed: string;
  /** Last day of the history is the day before; `YYYY-MM-DD`. */
  today: string;
  /** 1 = about 8,600 dispenses and 10,900 visits. */
  scale?: number;
}

/** One tenant's part. */
export interface WorldTenant extends Cast {
  /** HL7 messages in the order in which they are sent. */
  messages: SimMessage[];
  /** What the tenant's FHIR server stores, in the order of its clock; empty when it has none. */
  resources: SimResource[];
  claims: SimFile[];
  invoices: SimFile[];
  master: SimFile[];
  /** What was told, for tests that compare dispense by dispense. */
  dispenses: readonly SimDispense[];
  expected: Expectation;
}

/** What the hub should find, by construction. */
interface Expectation {
  visits: number;
  orders: number;
  /** Claim transactions in the files, resent files not counted. */
  transactions: number;
  invoices: number;
  invoiceLines: number;
  outcomes: Record<Outcome, number>;
  /** Rules that FAIL and exceptions that open for some dispense or document, and how many were meant to do so. */
  provoked: Record<string, number>;
}

/** Everything. */
export interface World {
  options: Required<WorldOptions>;
  tenants: WorldTenant[];
  reference: SimFile[];
}

/** Days of history. */
const HISTORY_DAYS = 31;
const DISPENSES: Record<TenantName, number> = { mercy: 5150, lakeside: 3700 };
const FIRST_NPI: Record<TenantName, number> = { mercy: 170_010_000, lakeside: 170_020_000 };
/** Visits without a prescription, per dispense. */
const QUIET_VISITS = 0.3;

function numbering(letter: string) {
  let visits = 0;
  let orders = 0;
  let prescriptions = 1_000_000;
  return {
    visit: () => `${letter}V${String((visits += 1)).padStart(7, '0')}`,
    order: () => `${letter}O${String((orders += 1)).padStart(7, '0')}`,
    rx: () => String((prescriptions += 1)),
  };
}

/** Tells every story at least twice, the first time before the waiting window. */
function tellAll(teller: Teller, name: TenantName, dispenses: number): void {
  const told = STORIES.filter((story) => (story.share[name] ?? 0) > 0);
  const shares = told.reduce((sum, story) => sum + (story.share[name] ?? 0), 0);
  for (const story of told) {
    const count = Math.max(2, Math.round(((story.share[name] ?? 0) / shares) * dispenses));
    for (let index = 0; index < count; index += 1) story.tell(teller, story.name, index === 0);
  }
  for (let index = 0; index < dispenses * QUIET_VISITS; index += 1) {
    const entity = teller.random.pick(teller.tenant.entities.filter(({ termination }) => termination === null)).id;
    teller.visit(teller.somebody(entity), entity, teller.day(false));
  }
}

function countProvoked(
  dispenses: readonly SimDispense[],
  documents: readonly SimInvoice[],
  tenant: SimTenant,
): Record<string, number> {
  const provoked: Record<string, number> = {};
  const add = (code: string, count = 1) => {
    provoked[code] = (provoked[code] ?? 0) + count;
  };
  const stories = new Map(STORIES.map((story) => [story.name, story]));
  for (const { story, outcome } of dispenses) {
    if (outcome === 'PENDING') continue;
    for (const code of [...(stories.get(story)?.fails ?? []), ...(stories.get(story)?.opens ?? [])]) add(code);
  }
  for (const { story } of documents) if (EXCEPTION_CODES.some((code) => code === story)) add(story);
  add('ROSTER_OVERLAP');
  if (tenant.unmappedContracts.length > 0) add('PHARMACY_UNMAPPED', tenant.unmappedContracts.length);
  return provoked;
}

function outcomesOf(dispenses: readonly SimDispense[]): Record<Outcome, number> {
  const outcomes: Record<Outcome, number> = {
    ELIGIBLE: 0,
    PENDING: 0,
    HELD: 0,
    INELIGIBLE: 0,
    REVERSED: 0,
    NEVER_OPENED: 0,
  };
  for (const { outcome } of dispenses) outcomes[outcome] += 1;
  return outcomes;
}

/** All claim files of a tenant by day; one file of each feed comes again under another name. */
function allClaimFiles(dispenses: readonly SimDispense[], tenant: SimTenant): SimFile[] {
  const files: SimFile[] = [];
  for (const [feed, days] of byFeedAndDay(dispenses)) {
    const ordered = [...days].sort(([a], [b]) => (a < b ? -1 : 1));
    const made = ordered.flatMap(([day, placed]) => claimFiles(feed, day, day.replaceAll('-', ''), placed, tenant));
    const again = made[2];
    files.push(...made, ...(again === undefined ? [] : [{ ...again, name: `RESENT_${again.name}` }]));
  }
  return files.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
}

/** A tenant and its prescribers: what stories are told about, here and in the trickle after the history. */
export interface Cast {
  name: TenantName;
  tenant: SimTenant;
  medical: Medical;
}

/** Both casts of a world. */
export function castsOf({ seed, today }: Pick<WorldOptions, 'seed' | 'today'>): Cast[] {
  return [mercy(today), lakeside(today)].map((tenant) => {
    const name = tenant.name === 'mercy' ? 'mercy' : 'lakeside';
    return { name, tenant, medical: medicalStaff(new Random(`${seed}/${name}/staff`), tenant, today, FIRST_NPI[name]) };
  });
}

function buildTenant({ name, tenant, medical }: Cast, { seed, today, scale }: Required<WorldOptions>): WorldTenant {
  const random = (part: string) => new Random(`${seed}/${name}/${part}`);
  const mrn = (count: number) => `${tenant.letter}${String(count).padStart(7, '0')}`;
  const people = new People(random('people'), tenant, today, mrn);
  const teller = new Teller(tenant, medical, people, random('stories'), numbering(tenant.letter), today, HISTORY_DAYS);
  tellAll(teller, name, Math.round(DISPENSES[name] * scale));
  const byFhir = fhirPatients(tenant, teller.visits);
  const byHl7 = (one: { patient: SimPatient }): boolean => !byFhir(one);
  const documents = purchases(tenant, teller.dispenses, random('invoices'), today, HISTORY_DAYS);
  return {
    name,
    tenant,
    medical,
    messages: ehrStream(tenant, teller.visits.filter(byHl7), teller.orders.filter(byHl7), random('stream')),
    resources: fhirResources(tenant, teller.visits.filter(byFhir), teller.orders.filter(byFhir)),
    claims: allClaimFiles(teller.dispenses, tenant),
    invoices: invoiceFiles(documents),
    master: masterFiles(tenant, medical, today),
    dispenses: teller.dispenses,
    expected: {
      visits: teller.visits.length,
      orders: teller.orders.length,
      transactions: teller.dispenses.reduce((sum, { transactions }) => sum + transactions.length, 0),
      invoices: new Set(documents.map(({ number }) => number)).size,
      invoiceLines: documents
        .filter(({ story }) => story !== 'superseded')
        .reduce((sum, { lines }) => sum + lines.length, 0),
      outcomes: outcomesOf(teller.dispenses),
      provoked: countProvoked(teller.dispenses, documents, tenant),
    },
  };
}

/** Builds the world. */
export function buildWorld(options: WorldOptions): World {
  const full = { scale: 1, ...options };
  const tenants = castsOf(full).map((cast) => buildTenant(cast, full));
  return {
    options: full,
    tenants,
    reference: referenceFiles(
      tenants.map(({ tenant }) => tenant),
      full.today,
    ),
  };
}

/** Rules and exception codes that no story of the world provokes; empty, or the demonstration hides something. */
export const unprovoked = (world: World): string[] =>
  [...RULE_CODES, ...EXCEPTION_CODES].filter((code) =>
    world.tenants.every(({ expected }) => (expected.provoked[code] ?? 0) === 0),
  );
