/**
 * The tables that are kept as versions (a tenant's master data, public reference data): which record kind fills them, what
 * names a row, what it says and which change its difference makes. One line per column; `import-versions.ts` does the rest.
 */
import type { ChangeKind } from '../../db/changes.ts';
import type { MasterRecord, ReferenceRecord } from '../../model/records.ts';

type Kind = MasterRecord['kind'] | ReferenceRecord['kind'];

/** A column: its name in the table, its PostgreSQL type, the member of the record's row that fills it. */
export interface VersionColumn {
  name: string;
  type: string;
  member: string;
}

/** How one record kind is kept. */
export interface VersionSpec {
  table: string;
  /** Tenant tables carry `tenant_id` and validity dates, reference tables neither. */
  scope: 'tenant' | 'reference';
  /** What names a row: one row per key is current. */
  key: VersionColumn[];
  /** What it says about the key. */
  values: VersionColumn[];
  /** Change of later stages, keyed by these columns joined with `|`; undefined = nothing is decided by this table. */
  change?: { kind: ChangeKind; columns: string[] };
  /** Columns that other parts of normalizing follow (the NPI of a pharmacy). */
  followed?: string[];
  /** A value never seen in this column changes answers beyond its own row: everything is marked. */
  announces?: string;
  /** Column that ends a row's period; a date that comes nearer is an end, not just a change. */
  end?: string;
  /**
   * What a whole list does not name any more has held until then: the row stays, with its last day in `ended_on`. Elsewhere it was
   * a mistake or is gone, and counts no more.
   */
  endsByList?: true;
  /** Column by which a file may be the whole list of a part only (the quarter of an exclusion file). */
  within?: string;
}

/** `name type [member]`, the member being the camel-case name where it is left out. */
function columns(...lines: string[]): VersionColumn[] {
  return lines.map((line) => {
    const [name = '', type = '', member] = line.split(' ');
    return {
      name,
      type,
      member: member ?? name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
    };
  });
}

const FROM = 'valid_from date from';
const TO = 'valid_to date to';
const END = 'valid_to';

/** Every kind of master and reference record. */
export const VERSION_SPECS: Record<Kind, VersionSpec> = {
  prescriberAffiliation: {
    table: 'prescriber_affiliation',
    scope: 'tenant',
    end: END,
    endsByList: true,
    key: columns('npi text', 'entity text', FROM),
    values: columns('family_name text', 'given_name text', 'taxonomy text', 'affiliation text', TO),
    change: { kind: 'ROSTER', columns: ['npi'] },
  },
  locationCrosswalk: {
    table: 'location_crosswalk',
    scope: 'tenant',
    end: END,
    endsByList: true,
    key: columns('facility text', 'location text', FROM),
    values: columns('site text', 'cost_report_line text', TO),
    change: { kind: 'CROSSWALK', columns: ['facility', 'location'] },
    followed: ['facility', 'location'],
  },
  pharmacy: {
    table: 'pharmacy',
    scope: 'tenant',
    key: columns('ncpdp text'),
    values: columns(
      'npi text',
      'dea text',
      'name text',
      'state text',
      'opais_pharmacy_id text',
      'address text',
      'in_house_of text',
      'in_house_from date',
      'carve_in_reported_for text[]',
      'feed text',
    ),
    change: { kind: 'PHARMACY', columns: ['ncpdp'] },
    followed: ['npi'],
  },
  plan: {
    table: 'plan',
    scope: 'tenant',
    end: END,
    key: columns('bin text', 'pcn text', 'payer_group text group', FROM),
    values: columns('plan_type text', 'state text', 'name text', TO),
    change: { kind: 'PLAN', columns: ['bin'] },
  },
  medicaidPolicy: {
    table: 'medicaid_policy',
    scope: 'tenant',
    end: END,
    key: columns('entity text', 'state text', 'plan_type text', FROM),
    values: columns('decision text', 'marker_420 text', 'marker_423 text', TO),
    change: { kind: 'MEDICAID_POLICY', columns: ['entity'] },
  },
  manufacturerPolicy: {
    table: 'manufacturer_policy',
    scope: 'tenant',
    end: END,
    key: columns('labeler text', FROM),
    values: columns('exempt_entity_types text[]', 'exempt_states text[]', 'designated text[]', 'source text', TO),
    change: { kind: 'MANUFACTURER', columns: ['labeler'] },
  },
  wholesalerAccount: {
    table: 'wholesaler_account',
    scope: 'tenant',
    key: columns('wholesaler text', 'account_number text'),
    values: columns('account_type text', 'entity text', 'ncpdp text', 'hin text', 'dea text'),
    change: { kind: 'ACCOUNT', columns: ['wholesaler', 'account_number'] },
  },
  drugPrice: {
    table: 'drug_price',
    scope: 'tenant',
    end: END,
    key: columns('ndc11 text', 'account_type text', FROM),
    values: columns('package_price numeric(14,4)', TO),
    change: { kind: 'PRICE', columns: ['ndc11'] },
  },
  feeSchedule: {
    table: 'fee_schedule',
    scope: 'tenant',
    end: END,
    key: columns('ncpdp text', 'entity text', 'plan_type text', FROM),
    values: columns('fee numeric(14,2)', TO),
  },
  coveredEntity: {
    table: 'covered_entity',
    scope: 'reference',
    end: 'termination_date',
    key: columns('id340b text'),
    values: columns(
      'parent340b text',
      'name text',
      'sub_name text',
      'entity_type text',
      'state text',
      'participating boolean',
      'start_date date',
      'termination_date date',
    ),
    change: { kind: 'ENTITY', columns: ['id340b'] },
  },
  contractPharmacy: {
    table: 'contract_pharmacy',
    scope: 'reference',
    end: 'termination_date',
    key: columns('id340b text', 'contract_id text'),
    values: columns('opais_pharmacy_id text', 'name text', 'begin_date date', 'termination_date date'),
    change: { kind: 'ENTITY', columns: ['id340b'] },
  },
  medicaidNumber: {
    table: 'medicaid_number',
    scope: 'reference',
    key: columns('id340b text', 'state text', 'number text', 'number_kind text'),
    values: [],
    change: { kind: 'ENTITY', columns: ['id340b'] },
  },
  medicaidExclusion: {
    table: 'medicaid_exclusion',
    scope: 'reference',
    key: columns('quarter text', 'id340b text', 'state text', 'medicaid_number text', 'npi text'),
    values: [],
    change: { kind: 'ENTITY', columns: ['id340b'] },
    // A quarter that is not loaded is UNKNOWN for everybody (12.30); its first row makes it "not listed" for the others.
    announces: 'quarter',
    within: 'quarter',
  },
  drugProduct: {
    table: 'drug_product',
    scope: 'reference',
    end: 'marketing_end',
    key: columns('product_ndc text'),
    values: columns(
      'product_type text',
      'name text',
      'labeler_name text',
      'dosage_form text',
      'strength text',
      'schedule text',
      'marketing_start date',
      'marketing_end date',
    ),
    change: { kind: 'DRUG', columns: ['product_ndc'] },
  },
  drugPackage: {
    table: 'drug_package',
    scope: 'reference',
    end: 'marketing_end',
    key: columns('ndc11 text'),
    values: columns(
      'package_ndc text',
      'product_ndc text',
      'description text',
      'package_size numeric(14,3)',
      'unit text',
      'marketing_start date',
      'marketing_end date',
    ),
    change: { kind: 'DRUG', columns: ['product_ndc'] },
  },
  nadacPrice: {
    table: 'nadac_price',
    scope: 'reference',
    key: columns('ndc11 text', 'effective_from date from'),
    values: columns('unit_cost numeric(14,5)', 'unit text'),
  },
  hcpcsNdc: {
    table: 'hcpcs_ndc',
    scope: 'reference',
    key: columns('hcpcs text', 'ndc11 text'),
    values: columns('drug_name text', 'labeler_name text', 'dosage text', 'bill_units numeric(14,3)'),
  },
  orphanDesignation: {
    table: 'orphan_designation',
    scope: 'reference',
    key: columns('product_ndc text'),
    values: columns('designated boolean'),
    change: { kind: 'DRUG', columns: ['product_ndc'] },
  },
};
