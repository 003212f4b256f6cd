/**
 * Public reference data: OPAIS, the Medicaid Exclusion File, the FDA NDC directory, orphan designations, NADAC, the HCPCS
 * crosswalk. It belongs to no tenant. Kept as versions like master data: the current one of a key has `known_to` null.
 */
import { sql } from 'drizzle-orm';
import {
  boolean,
  index,
  integer,
  numeric,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { day, instant, provenance, units } from './columns.ts';

const KNOWN = sql`known_to is null`;
const version = () => ({
  knownFrom: instant('known_from').notNull(),
  knownTo: instant('known_to'),
  ordinal: integer('ordinal').notNull(),
  ...provenance(),
});

/** A covered entity or child site of OPAIS; `parent340b` equals `id340b` for a parent. */
export const coveredEntity = pgTable(
  'covered_entity',
  {
    id: uuid('id').notNull(),
    id340b: text('id340b').notNull(),
    parent340b: text('parent340b').notNull(),
    name: text('name').notNull(),
    subName: text('sub_name').notNull(),
    entityType: text('entity_type').notNull(),
    state: text('state').notNull(),
    participating: boolean('participating').notNull(),
    startDate: day('start_date'),
    /** First day that no longer counts (12.10). */
    terminationDate: day('termination_date'),
    ...version(),
  },
  (t) => [
    primaryKey({ columns: [t.id] }),
    unique('covered_entity_version').on(t.id340b, t.rawId, t.ordinal),
    uniqueIndex('covered_entity_current').on(t.id340b).where(KNOWN),
    index('covered_entity_raw').on(t.rawId),
    index('covered_entity_family').on(t.parent340b).where(KNOWN),
  ],
);

export const contractPharmacy = pgTable(
  'contract_pharmacy',
  {
    id: uuid('id').notNull(),
    id340b: text('id340b').notNull(),
    contractId: text('contract_id').notNull(),
    opaisPharmacyId: text('opais_pharmacy_id').notNull(),
    name: text('name').notNull(),
    beginDate: day('begin_date'),
    terminationDate: day('termination_date'),
    ...version(),
  },
  (t) => [
    primaryKey({ columns: [t.id] }),
    unique('contract_pharmacy_version').on(t.id340b, t.contractId, t.rawId, t.ordinal),
    uniqueIndex('contract_pharmacy_current').on(t.id340b, t.contractId).where(KNOWN),
    index('contract_pharmacy_raw').on(t.rawId),
    index('contract_pharmacy_pharmacy').on(t.opaisPharmacyId).where(KNOWN),
  ],
);

/** Medicaid numbers and NPIs that OPAIS lists for an entity. */
export const medicaidNumber = pgTable(
  'medicaid_number',
  {
    id: uuid('id').notNull(),
    id340b: text('id340b').notNull(),
    state: text('state').notNull(),
    number: text('number').notNull(),
    numberKind: text('number_kind').notNull(),
    ...version(),
  },
  (t) => [
    primaryKey({ columns: [t.id] }),
    unique('medicaid_number_version').on(t.id340b, t.state, t.number, t.numberKind, t.rawId, t.ordinal),
    uniqueIndex('medicaid_number_current').on(t.id340b, t.state, t.number, t.numberKind).where(KNOWN),
    index('medicaid_number_raw').on(t.rawId),
  ],
);

/** A row of the Medicaid Exclusion File: listed on the days of its period = carves in. */
export const medicaidExclusion = pgTable(
  'medicaid_exclusion',
  {
    id: uuid('id').notNull(),
    quarter: text('quarter').notNull(),
    id340b: text('id340b').notNull(),
    state: text('state').notNull(),
    medicaidNumber: text('medicaid_number').notNull(),
    npi: text('npi').notNull(),
    startDate: day('start_date'),
    /** First day that no longer counts (12.10). */
    terminationDate: day('termination_date'),
    ...version(),
  },
  (t) => [
    primaryKey({ columns: [t.id] }),
    unique('medicaid_exclusion_version')
      .on(t.quarter, t.id340b, t.state, t.medicaidNumber, t.npi, t.startDate, t.rawId, t.ordinal)
      .nullsNotDistinct(),
    uniqueIndex('medicaid_exclusion_current')
      .on(t.quarter, t.id340b, t.state, t.medicaidNumber, t.npi, sql`coalesce(start_date, '-infinity')`)
      .where(KNOWN),
    index('medicaid_exclusion_raw').on(t.rawId),
  ],
);

export const drugProduct = pgTable(
  'drug_product',
  {
    id: uuid('id').notNull(),
    /** Nine digits, 5-4 without hyphen. */
    productNdc: text('product_ndc').notNull(),
    productType: text('product_type').notNull(),
    name: text('name').notNull(),
    labelerName: text('labeler_name').notNull(),
    dosageForm: text('dosage_form').notNull(),
    strength: text('strength').notNull(),
    /** '', CII, CIII, CIV, CV. */
    schedule: text('schedule').notNull(),
    marketingStart: day('marketing_start'),
    marketingEnd: day('marketing_end'),
    ...version(),
  },
  (t) => [
    primaryKey({ columns: [t.id] }),
    unique('drug_product_version').on(t.productNdc, t.rawId, t.ordinal),
    uniqueIndex('drug_product_current').on(t.productNdc).where(KNOWN),
    index('drug_product_raw').on(t.rawId),
  ],
);

export const drugPackage = pgTable(
  'drug_package',
  {
    id: uuid('id').notNull(),
    ndc11: text('ndc11').notNull(),
    packageNdc: text('package_ndc').notNull(),
    productNdc: text('product_ndc').notNull(),
    description: text('description').notNull(),
    /** Billing units in a package; null = the description could not be read. */
    packageSize: units('package_size'),
    /** EA, ML or GM. */
    unit: text('unit').notNull(),
    marketingStart: day('marketing_start'),
    marketingEnd: day('marketing_end'),
    ...version(),
  },
  (t) => [
    primaryKey({ columns: [t.id] }),
    unique('drug_package_version').on(t.ndc11, t.rawId, t.ordinal),
    uniqueIndex('drug_package_current').on(t.ndc11).where(KNOWN),
    index('drug_package_raw').on(t.rawId),
    index('drug_package_product').on(t.productNdc).where(KNOWN),
  ],
);

export const orphanDesignation = pgTable(
  'orphan_designation',
  {
    id: uuid('id').notNull(),
    productNdc: text('product_ndc').notNull(),
    designated: boolean('designated').notNull(),
    ...version(),
  },
  (t) => [
    primaryKey({ columns: [t.id] }),
    unique('orphan_designation_version').on(t.productNdc, t.rawId, t.ordinal),
    uniqueIndex('orphan_designation_current').on(t.productNdc).where(KNOWN),
    index('orphan_designation_raw').on(t.rawId),
  ],
);

/** National average drug acquisition cost of a billing unit; the row with the latest start on or before a day applies. */
export const nadacPrice = pgTable(
  'nadac_price',
  {
    id: uuid('id').notNull(),
    ndc11: text('ndc11').notNull(),
    effectiveFrom: day('effective_from').notNull(),
    unitCost: numeric('unit_cost', { precision: 14, scale: 5 }).notNull(),
    /** EA, ML or GM. */
    unit: text('unit').notNull(),
    ...version(),
  },
  (t) => [
    primaryKey({ columns: [t.id] }),
    unique('nadac_price_version').on(t.ndc11, t.effectiveFrom, t.rawId, t.ordinal),
    uniqueIndex('nadac_price_current')
      .on(t.ndc11, sql`coalesce(effective_from, '-infinity')`)
      .where(KNOWN),
    index('nadac_price_raw').on(t.rawId),
  ],
);

/** Which HCPCS code bills a package, and how many billing units of the code it holds. */
export const hcpcsNdc = pgTable(
  'hcpcs_ndc',
  {
    id: uuid('id').notNull(),
    hcpcs: text('hcpcs').notNull(),
    ndc11: text('ndc11').notNull(),
    drugName: text('drug_name').notNull(),
    labelerName: text('labeler_name').notNull(),
    /** What one billing unit of the code is. */
    dosage: text('dosage').notNull(),
    billUnits: units('bill_units').notNull(),
    ...version(),
  },
  (t) => [
    primaryKey({ columns: [t.id] }),
    unique('hcpcs_ndc_version').on(t.hcpcs, t.ndc11, t.rawId, t.ordinal),
    uniqueIndex('hcpcs_ndc_current').on(t.hcpcs, t.ndc11).where(KNOWN),
    index('hcpcs_ndc_package').on(t.ndc11).where(KNOWN),
    index('hcpcs_ndc_raw').on(t.rawId),
  ],
);
