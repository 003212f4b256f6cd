/** A tenant's master data in the layouts of MASTER-DATA.md: what it keeps about itself, as CSV. */
import { stringify } from 'csv-stringify/sync';
import { addDays } from '../../model/calendar.ts';
import { PACKAGES } from './drugs.ts';
import { MASTER_FILES, type SimFile } from './feeds.ts';
import type { SimTenant } from './organisation.ts';
import type { Medical } from './people.ts';

type Cell = string | null;
type Table = Cell[][];

const list = (values: readonly string[]): string => values.join(';');

const pharmacies = (tenant: SimTenant): Table => [
  [
    'Feed',
    'NCPDP',
    'NPI',
    'DEA',
    'Name',
    'State',
    'OPAIS Pharmacy Id',
    'Address',
    'In House Of',
    'In House From',
    'Medicaid Carve In Reported For',
  ],
  ...tenant.pharmacies.map((one, index) => [
    one.feed,
    one.ncpdp,
    one.npi,
    `BX${9_000_000 + index}`,
    one.name,
    one.state,
    one.opaisId,
    `${index + 1} Synthetic Avenue`,
    one.inHouseOf,
    one.inHouseOf === '' ? '' : (one.arrangements[0]?.begin ?? ''),
    list(one.carveInFor),
  ]),
];

const crosswalk = (tenant: SimTenant): Table => [
  ['Facility', 'EHR Location', '340B ID', 'From', 'To', 'Cost Report Line'],
  ...tenant.entities
    .flatMap(({ sites }) => sites)
    .map((site, index) => [tenant.facility, site.location, site.id, '2015-01-01', '', `${60 + index}.00`]),
];

const roster = (medical: Medical): Table => [
  ['NPI', 'Last Name', 'First Name', '340B ID', 'Start', 'End', 'Taxonomy', 'Kind'],
  ...[...medical.staff, ...medical.former].flatMap((one) =>
    one.affiliations.map((row) => [
      one.npi,
      one.family,
      one.given,
      row.entity,
      row.from,
      row.to,
      one.taxonomy,
      row.kind,
    ]),
  ),
];

const plans = (tenant: SimTenant): Table => [
  ['BIN', 'PCN', 'Group', 'Plan Type', 'State', 'Name', 'From', 'To'],
  ...tenant.plans
    .filter(({ listed }) => listed)
    .map((plan) => [plan.bin, plan.pcn, plan.group, plan.type, plan.state, plan.name, '2015-01-01', '']),
];

const medicaid = (tenant: SimTenant): Table => [
  ['340B ID', 'State', 'Plan Type', 'Decision', 'From', 'To', 'Marker 420-DK', 'Marker 423-DN'],
  ...tenant.medicaid.map((row) => [row.entity, row.state, row.planType, row.decision, '2015-01-01', '', '20', '08']),
];

const manufacturers = (tenant: SimTenant): Table => [
  ['Labeler', 'From', 'To', 'Exempt Entity Types', 'Exempt States', 'Designated', 'Source'],
  ...tenant.manufacturers.map((row) => [
    row.labeler,
    row.from,
    '',
    list(row.exemptEntityTypes),
    '',
    list(row.designated),
    'synthetic notice',
  ]),
];

const accounts = (tenant: SimTenant): Table => [
  ['Wholesaler', 'Account Number', 'Type', 'Bill To 340B ID', 'Ship To NCPDP', 'HIN', 'DEA'],
  ...tenant.accounts.map((one, index) => [
    one.wholesaler,
    one.number,
    one.type,
    one.entity,
    one.ncpdp,
    `HX${1_000_000 + index}`,
    '',
  ]),
];

const prices = (today: string): Table => [
  ['NDC', 'Account Type', 'Package Price', 'Effective From', 'Effective To'],
  ...PACKAGES.flatMap((drug) =>
    Object.entries(drug.prices).map(([type, price]) => [drug.ndc11, type, price, addDays(today, -400), '']),
  ),
];

const fees = (tenant: SimTenant): Table => [
  ['NCPDP', '340B ID', 'Plan Type', 'Fee', 'From', 'To'],
  ...tenant.pharmacies.flatMap((pharmacy) =>
    pharmacy.arrangements.map(({ entity }) => [pharmacy.ncpdp, entity, 'COMMERCIAL', '18.00', '2015-01-01', '']),
  ),
];

/** All master files of a tenant; the feed of a file is `<tenant>-<stem>`. */
export function masterFiles(tenant: SimTenant, medical: Medical, today: string): SimFile[] {
  const tables: Record<string, Table> = {
    pharmacy: pharmacies(tenant),
    locationCrosswalk: crosswalk(tenant),
    prescriberAffiliation: roster(medical),
    plan: plans(tenant),
    medicaidPolicy: medicaid(tenant),
    manufacturerPolicy: manufacturers(tenant),
    wholesalerAccount: accounts(tenant),
    drugPrice: prices(today),
    feeSchedule: fees(tenant),
  };
  return Object.entries(MASTER_FILES).map(([record, stem]) => ({
    feed: `${tenant.name}-${stem}`,
    name: `${stem}.csv`,
    bytes: new TextEncoder().encode(stringify(tables[record] ?? [])),
    day: today,
  }));
}
