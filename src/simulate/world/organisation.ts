/** What a tenant of the demonstration world consists of. The tenants themselves: `mercy.ts` and `lakeside.ts`. */
import type { AccountType, PlanType } from '../../model/records.ts';

/** A site with its EHR location. */
export interface SimSite {
  /** 340B ID. */
  id: string;
  name: string;
  /** PV1-3.1. */
  location: string;
  start: string;
  termination: string | null;
}

/** A parent covered entity. */
export interface SimEntity {
  id: string;
  /** OPAIS entity type. */
  type: string;
  name: string;
  start: string;
  termination: string | null;
  medicaidNumber: string;
  npi: string;
  sites: SimSite[];
}

/** A registration of a pharmacy with an entity. */
interface SimArrangement {
  entity: string;
  begin: string;
  termination: string | null;
}

/** A pharmacy. */
export interface SimPharmacy {
  ncpdp: string;
  npi: string;
  name: string;
  state: string;
  opaisId: string;
  /** 340B ID of the entity that runs it; '' = a contract pharmacy. */
  inHouseOf: string;
  arrangements: SimArrangement[];
  carveInFor: string[];
  /** Name of its claims feed. */
  feed: string;
  /** False: its claims carry no patient (DOMAIN 12.21, method PRESCRIPTION). */
  sendsPatient: boolean;
}

/** A payer plan as claims name it. */
export interface SimPlan {
  bin: string;
  pcn: string;
  group: string;
  type: PlanType;
  state: string;
  name: string;
  /** False: claims use it, the plan list does not know it. */
  listed: boolean;
}

/** A Medicaid decision. */
interface SimMedicaidPolicy {
  entity: string;
  state: string;
  planType: PlanType;
  decision: 'CARVE_IN' | 'CARVE_OUT';
}

/** A labeler's contract-pharmacy policy. */
interface SimManufacturerPolicy {
  labeler: string;
  from: string;
  exemptEntityTypes: string[];
  designated: string[];
}

/** A wholesaler account. */
export interface SimAccount {
  wholesaler: string;
  number: string;
  type: AccountType;
  entity: string;
  ncpdp: string;
  /** Name of the invoice feed. */
  feed: string;
}

/** A tenant. */
export interface SimTenant {
  name: string;
  title: string;
  zone: string;
  state: string;
  /** Rule parameters that differ from the defaults (hub.yaml `policy`). */
  policy: Record<string, string | number | boolean>;
  /** PV1-3.4. */
  facility: string;
  /** Assigning authority of medical record numbers. */
  authority: string;
  ehrFeed: string;
  /** Feed of a second EHR, which speaks FHIR; absent = there is none. */
  fhirFeed?: string;
  /** First letter of all control ids, visit and order numbers. */
  letter: string;
  entities: SimEntity[];
  pharmacies: SimPharmacy[];
  plans: SimPlan[];
  medicaid: SimMedicaidPolicy[];
  manufacturers: SimManufacturerPolicy[];
  accounts: SimAccount[];
  /** OPAIS contract pharmacies that no pharmacy row explains (PHARMACY_UNMAPPED): entity and OPAIS pharmacy id. */
  unmappedContracts: { entity: string; opaisId: string; name: string }[];
  /** Entities listed on the Medicaid Exclusion File. */
  excluded: string[];
}

/** First day of the quarter `back` quarters before that of `day`. Negative = later. */
export function quarterStart(day: string, back: number): string {
  const months = Number(day.slice(0, 4)) * 12 + Math.floor((Number(day.slice(5, 7)) - 1) / 3) * 3 - back * 3;
  return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}-01`;
}

/** Account numbers: one per entity, pharmacy and type, from `first` on. */
export function accountsOf(
  wholesaler: string,
  feed: string,
  first: number,
  lines: readonly [entity: string, ncpdp: string, types: AccountType[]][],
): SimAccount[] {
  const flat = lines.flatMap(([entity, ncpdp, types]) => types.map((type) => ({ entity, ncpdp, type })));
  return flat.map(({ entity, ncpdp, type }, index) => ({
    wholesaler,
    number: String(first + index),
    type,
    entity,
    ncpdp,
    feed,
  }));
}

/** The entity with this 340B ID. @throws RangeError when the tenant has none. */
export function entityOf(tenant: SimTenant, id: string): SimEntity {
  const found = tenant.entities.find((entity) => entity.id === id);
  if (found === undefined) throw new RangeError(`no entity ${id}`);
  return found;
}
