/**
 * A tenant's own master data. Every file's rows are kept as versions: key columns + when we knew it. The current version of
 * a key has `known_to` null; `_raw` indexes tell what a file said. Overlaps of different rows are kept and reported, never refused (DOMAIN 12.27).
 */
import { sql } from 'drizzle-orm';
import { index, jsonb, pgTable, primaryKey, text, unique, uniqueIndex, uuid, date } from 'drizzle-orm/pg-core';
import { bitemporal, day, instant, money, price, tenantId } from './columns.ts';

const identity = () => ({ tenantId: tenantId(), id: uuid('id').notNull() });
const KNOWN = sql`known_to is null`;
/** A whole list did not name the row any more: its last day; of each key only the latest version has one. */
const endedOn = () => day('ended_on');
/** Rows whose periods count: what is current, and what whole lists have ended. */
const COUNTS = sql`known_to is null or ended_on is not null`;

export const prescriberAffiliation = pgTable(
  'prescriber_affiliation',
  {
    ...identity(),
    npi: text('npi').notNull(),
    /** 340B ID of the parent or one of its sites. */
    entity: text('entity').notNull(),
    familyName: text('family_name').notNull(),
    givenName: text('given_name').notNull(),
    taxonomy: text('taxonomy').notNull(),
    /** STAFF, LOCUM or REFERRAL. */
    affiliation: text('affiliation').notNull(),
    ...bitemporal(),
    endedOn: endedOn(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('prescriber_affiliation_version')
      .on(t.tenantId, t.npi, t.entity, t.validFrom, t.rawId, t.ordinal)
      .nullsNotDistinct(),
    uniqueIndex('prescriber_affiliation_current')
      .on(t.tenantId, t.npi, t.entity, sql`coalesce(valid_from, '-infinity')`)
      .where(COUNTS),
    index('prescriber_affiliation_raw').on(t.tenantId, t.rawId),
  ],
);

export const locationCrosswalk = pgTable(
  'location_crosswalk',
  {
    ...identity(),
    facility: text('facility').notNull(),
    location: text('location').notNull(),
    /** 340B ID of the site. */
    site: text('site').notNull(),
    costReportLine: text('cost_report_line').notNull(),
    ...bitemporal(),
    endedOn: endedOn(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('location_crosswalk_version')
      .on(t.tenantId, t.facility, t.location, t.validFrom, t.rawId, t.ordinal)
      .nullsNotDistinct(),
    uniqueIndex('location_crosswalk_current')
      .on(t.tenantId, t.facility, t.location, sql`coalesce(valid_from, '-infinity')`)
      .where(COUNTS),
    index('location_crosswalk_raw').on(t.tenantId, t.rawId),
  ],
);

export const pharmacy = pgTable(
  'pharmacy',
  {
    ...identity(),
    ncpdp: text('ncpdp').notNull(),
    npi: text('npi').notNull(),
    dea: text('dea').notNull(),
    name: text('name').notNull(),
    state: text('state').notNull(),
    opaisPharmacyId: text('opais_pharmacy_id').notNull(),
    address: text('address').notNull(),
    /** Parent 340B ID whose in-house pharmacy this is; '' = none. */
    inHouseOf: text('in_house_of').notNull(),
    inHouseFrom: day('in_house_from'),
    /** 340B IDs for which the arrangement is reported for Medicaid carve-in. */
    carveInReportedFor: text('carve_in_reported_for').array().notNull(),
    feed: text('feed').notNull(),
    ...bitemporal(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('pharmacy_version').on(t.tenantId, t.ncpdp, t.rawId, t.ordinal),
    uniqueIndex('pharmacy_current').on(t.tenantId, t.ncpdp).where(KNOWN),
    // Former versions as well: claims by an NPI may lie under a pharmacy that once had it.
    index('pharmacy_npi').on(t.tenantId, t.npi),
    index('pharmacy_raw').on(t.tenantId, t.rawId),
    index('pharmacy_opais').on(t.tenantId, t.opaisPharmacyId).where(KNOWN),
  ],
);

export const plan = pgTable(
  'plan',
  {
    ...identity(),
    bin: text('bin').notNull(),
    pcn: text('pcn').notNull(),
    payerGroup: text('payer_group').notNull(),
    planType: text('plan_type').notNull(),
    state: text('state').notNull(),
    name: text('name').notNull(),
    ...bitemporal(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('plan_version')
      .on(t.tenantId, t.bin, t.pcn, t.payerGroup, t.validFrom, t.rawId, t.ordinal)
      .nullsNotDistinct(),
    uniqueIndex('plan_current')
      .on(t.tenantId, t.bin, t.pcn, t.payerGroup, sql`coalesce(valid_from, '-infinity')`)
      .where(KNOWN),
    index('plan_raw').on(t.tenantId, t.rawId),
  ],
);

export const medicaidPolicy = pgTable(
  'medicaid_policy',
  {
    ...identity(),
    entity: text('entity').notNull(),
    state: text('state').notNull(),
    planType: text('plan_type').notNull(),
    decision: text('decision').notNull(),
    marker420: text('marker_420').notNull(),
    marker423: text('marker_423').notNull(),
    ...bitemporal(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('medicaid_policy_version')
      .on(t.tenantId, t.entity, t.state, t.planType, t.validFrom, t.rawId, t.ordinal)
      .nullsNotDistinct(),
    uniqueIndex('medicaid_policy_current')
      .on(t.tenantId, t.entity, t.state, t.planType, sql`coalesce(valid_from, '-infinity')`)
      .where(KNOWN),
    index('medicaid_policy_raw').on(t.tenantId, t.rawId),
  ],
);

export const manufacturerPolicy = pgTable(
  'manufacturer_policy',
  {
    ...identity(),
    /** First five digits of the NDC-11. */
    labeler: text('labeler').notNull(),
    exemptEntityTypes: text('exempt_entity_types').array().notNull(),
    exemptStates: text('exempt_states').array().notNull(),
    /** `340B ID:NCPDP` pairs. */
    designated: text('designated').array().notNull(),
    source: text('source').notNull(),
    ...bitemporal(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('manufacturer_policy_version').on(t.tenantId, t.labeler, t.validFrom, t.rawId, t.ordinal).nullsNotDistinct(),
    uniqueIndex('manufacturer_policy_current')
      .on(t.tenantId, t.labeler, sql`coalesce(valid_from, '-infinity')`)
      .where(KNOWN),
    index('manufacturer_policy_raw').on(t.tenantId, t.rawId),
  ],
);

export const wholesalerAccount = pgTable(
  'wholesaler_account',
  {
    ...identity(),
    wholesaler: text('wholesaler').notNull(),
    accountNumber: text('account_number').notNull(),
    accountType: text('account_type').notNull(),
    entity: text('entity').notNull(),
    ncpdp: text('ncpdp').notNull(),
    hin: text('hin').notNull(),
    dea: text('dea').notNull(),
    ...bitemporal(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('wholesaler_account_version').on(t.tenantId, t.wholesaler, t.accountNumber, t.rawId, t.ordinal),
    uniqueIndex('wholesaler_account_current').on(t.tenantId, t.wholesaler, t.accountNumber).where(KNOWN),
    index('wholesaler_account_raw').on(t.tenantId, t.rawId),
  ],
);

export const drugPrice = pgTable(
  'drug_price',
  {
    ...identity(),
    ndc11: text('ndc11').notNull(),
    accountType: text('account_type').notNull(),
    packagePrice: price('package_price').notNull(),
    ...bitemporal(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('drug_price_version')
      .on(t.tenantId, t.ndc11, t.accountType, t.validFrom, t.rawId, t.ordinal)
      .nullsNotDistinct(),
    uniqueIndex('drug_price_current')
      .on(t.tenantId, t.ndc11, t.accountType, sql`coalesce(valid_from, '-infinity')`)
      .where(KNOWN),
    index('drug_price_raw').on(t.tenantId, t.rawId),
  ],
);

export const feeSchedule = pgTable(
  'fee_schedule',
  {
    ...identity(),
    ncpdp: text('ncpdp').notNull(),
    entity: text('entity').notNull(),
    planType: text('plan_type').notNull(),
    fee: money('fee').notNull(),
    ...bitemporal(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('fee_schedule_version')
      .on(t.tenantId, t.ncpdp, t.entity, t.planType, t.validFrom, t.rawId, t.ordinal)
      .nullsNotDistinct(),
    uniqueIndex('fee_schedule_current')
      .on(t.tenantId, t.ncpdp, t.entity, t.planType, sql`coalesce(valid_from, '-infinity')`)
      .where(KNOWN),
    index('fee_schedule_raw').on(t.tenantId, t.rawId),
  ],
);

/** Effective-dated parameters of all rules (src/model/policy.ts); the newest row whose `valid_from` has come applies. */
export const policyVersion = pgTable(
  'policy_version',
  {
    ...identity(),
    validFrom: date('valid_from', { mode: 'string' }).notNull(),
    parameters: jsonb('parameters').notNull(),
    approvedBy: text('approved_by').notNull(),
    knownFrom: instant('known_from').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), unique('policy_version_from').on(t.tenantId, t.validFrom)],
);
