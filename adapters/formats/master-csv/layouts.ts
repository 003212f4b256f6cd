/**
 * The layouts of MASTER-DATA.md for a tenant's own master data, one table per record. A new layout is one entry here; the
 * compiler asks for a column for every field of its record.
 */
import type { AccountType, MasterRecord, PlanType } from '../../../src/model/records.ts';
import { MONEY, PRICE } from '../../../src/model/decimal-text.ts';
import * as cell from '../../tables/cells.ts';
import { filled, meaningful, missable, spare } from '../../tables/layout.ts';
import type { Layout } from '../../tables/layout.ts';

/** The records that this format reads: the values of the feed option `record`. */
export type MasterKind = MasterRecord['kind'];

/** The fields of one record. */
export type MasterRow<K extends MasterKind> = Extract<MasterRecord, { kind: K }>['row'];

const PLAN_TYPES: readonly PlanType[] = [
  'COMMERCIAL',
  'MEDICARE_D',
  'MEDICAID_FFS',
  'MEDICAID_MCO',
  'CASH',
  'OTHER',
  'UNKNOWN',
];
const ACCOUNT_TYPES: readonly AccountType[] = ['340B', 'GPO', 'WAC'];
const AFFILIATIONS = ['STAFF', 'LOCUM', 'REFERRAL'] as const;
const DECISIONS = ['CARVE_IN', 'CARVE_OUT'] as const;

const since = (header: string) => meaningful<string | null>(header, cell.date, null);
const words = (header: string) => spare(header, cell.text, '');
const codes = (header: string) => meaningful(header, cell.code, '');
const planType = () => filled('Plan Type', cell.oneOf(PLAN_TYPES));

/** Layout of every record, by the record's name. */
export const LAYOUTS: { readonly [K in MasterKind]: Layout<MasterRow<K>> } = {
  prescriberAffiliation: {
    npi: filled('NPI', cell.npi),
    familyName: words('Last Name'),
    givenName: words('First Name'),
    entity: filled('340B ID', cell.capitals),
    from: since('Start'),
    to: since('End'),
    taxonomy: words('Taxonomy'),
    affiliation: missable(meaningful('Kind', cell.oneOf(AFFILIATIONS), 'STAFF')),
  },
  locationCrosswalk: {
    facility: codes('Facility'),
    location: filled('EHR Location', cell.code),
    site: filled('340B ID', cell.capitals),
    from: since('From'),
    to: since('To'),
    costReportLine: words('Cost Report Line'),
  },
  pharmacy: {
    ncpdp: filled('NCPDP', cell.ncpdp),
    npi: spare('NPI', cell.npi, ''),
    dea: spare('DEA', cell.code, ''),
    name: words('Name'),
    state: spare('State', cell.state, ''),
    opaisPharmacyId: codes('OPAIS Pharmacy Id'),
    address: words('Address'),
    inHouseOf: meaningful('In House Of', cell.capitals, ''),
    inHouseFrom: since('In House From'),
    carveInReportedFor: meaningful('Medicaid Carve In Reported For', cell.listOf(cell.capitals), []),
    feed: codes('Feed'),
  },
  plan: {
    bin: filled('BIN', cell.bin),
    pcn: codes('PCN'),
    group: codes('Group'),
    planType: planType(),
    state: meaningful('State', cell.state, ''),
    name: words('Name'),
    from: since('From'),
    to: since('To'),
  },
  medicaidPolicy: {
    entity: filled('340B ID', cell.capitals),
    state: filled('State', cell.state),
    planType: planType(),
    decision: filled('Decision', cell.oneOf(DECISIONS)),
    from: since('From'),
    to: since('To'),
    marker420: missable(codes('Marker 420-DK')),
    marker423: missable(codes('Marker 423-DN')),
  },
  manufacturerPolicy: {
    labeler: filled('Labeler', cell.labeler),
    from: since('From'),
    to: since('To'),
    exemptEntityTypes: meaningful('Exempt Entity Types', cell.listOf(cell.capitals), []),
    exemptStates: meaningful('Exempt States', cell.listOf(cell.state), []),
    designated: meaningful('Designated', cell.listOf(cell.designation), []),
    source: words('Source'),
  },
  wholesalerAccount: {
    wholesaler: filled('Wholesaler', cell.code),
    accountNumber: filled('Account Number', cell.code),
    accountType: filled('Type', cell.oneOf(ACCOUNT_TYPES)),
    entity: filled('Bill To 340B ID', cell.capitals),
    ncpdp: meaningful('Ship To NCPDP', cell.ncpdp, ''),
    hin: spare('HIN', cell.code, ''),
    dea: spare('DEA', cell.code, ''),
  },
  drugPrice: {
    ndc11: filled('NDC', cell.ndc11),
    accountType: filled('Account Type', cell.oneOf(ACCOUNT_TYPES)),
    packagePrice: filled('Package Price', cell.amount(PRICE)),
    from: since('Effective From'),
    to: since('Effective To'),
  },
  feeSchedule: {
    ncpdp: filled('NCPDP', cell.ncpdp),
    entity: filled('340B ID', cell.capitals),
    planType: planType(),
    fee: filled('Fee', cell.amount(MONEY)),
    from: since('From'),
    to: since('To'),
  },
};

/** True for a name that the option `record` may have. */
export const isMasterKind = (name: unknown): name is MasterKind =>
  typeof name === 'string' && Object.hasOwn(LAYOUTS, name);
