/** Formats of the demonstration's feeds: how its files are written and, in `feeds/*.yaml`, how the hub is told to read them. */

/** A pipe-delimited extract with patient, trailer with a count, times of adjudication. */
const fullExtract = (authority: string) => ({
  delimiter: '|',
  header: true,
  trailer: { prefix: 'TRL', count_in: 2 },
  map: {
    status: {
      from: 'TXN',
      lookup: { PAID: 'paid', REV: 'reversed', REBILL: 'rebilled', REJ: 'rejected', CAPT: 'captured' },
    },
    'pharmacy.ncpdp': 'NCPDP_ID',
    'rx.number': 'RX_NO',
    'fill.number': 'FILL_NO',
    dateOfService: { from: 'FILL_DT', as: 'date', format: 'MM/dd/yyyy' },
    adjudicatedAt: { from: 'ADJ_TS', as: 'instant', format: 'yyyy-MM-dd HH:mm:ss' },
    ndc: 'NDC',
    quantity: 'QTY',
    unit: 'UOM',
    daysSupply: 'DAYS',
    dateWritten: { from: 'WRITTEN_DT', as: 'date', format: 'MM/dd/yyyy' },
    'prescriber.id': 'PRESCRIBER_NPI',
    'payer.bin': 'BIN',
    'payer.pcn': 'PCN',
    'payer.group': 'GRP',
    'payer.cardholder': 'CARDHOLDER',
    otherCoverage: 'OTHER_COV',
    'patient.lastName': 'PAT_LAST',
    'patient.firstName': 'PAT_FIRST',
    'patient.birthDate': { from: 'PAT_DOB', as: 'date', format: 'yyyyMMdd' },
    'patient.sex': 'PAT_SEX',
    'patient.id': { from: 'PAT_MRN', authority, type: 'MR' },
    'amounts.ingredientCost': 'ING_COST',
    'amounts.totalPaid': 'PAID',
    dispensingStatus: 'PART_FILL',
  },
});

/** A comma-separated extract without patient and without trailer. */
const thinExtract = {
  delimiter: ',',
  header: true,
  map: {
    status: { from: 'ClaimStatus', lookup: { '1': 'paid', '2': 'reversed', '3': 'rebilled', '0': 'rejected' } },
    'pharmacy.npi': 'PharmacyNPI',
    'rx.number': 'RxNumber',
    'fill.number': 'FillNumber',
    dateOfService: 'DateOfService',
    adjudicatedAt: 'Adjudicated',
    ndc: 'NDC',
    quantity: 'Quantity',
    dateWritten: 'DatePrescribed',
    'prescriber.id': 'PrescriberNPI',
    'payer.bin': 'BIN',
    'payer.pcn': 'PCN',
    'payer.group': 'Group',
    otherCoverage: 'OtherCoverage',
    dispensingStatus: 'PartialFill',
  },
};

const batch = (authority: string) => ({ patientIdentifiers: { EA: { authority, type: 'MR' } } });

/** Claim feeds: format name and options. */
export const CLAIM_FEEDS: Record<string, { tenant: string; format: string; options: Record<string, unknown> }> = {
  'mercy-rx-claims': { tenant: 'mercy', format: 'claim-extract', options: fullExtract('MERCYMRN') },
  'riverside-claims': { tenant: 'mercy', format: 'ncpdp-batch', options: batch('MERCYMRN') },
  'cornercare-claims': { tenant: 'mercy', format: 'claim-extract', options: thinExtract },
  'lakeside-rx-claims': { tenant: 'lakeside', format: 'claim-extract', options: fullExtract('LAKEMRN') },
  'harbor-claims': { tenant: 'lakeside', format: 'ncpdp-batch', options: batch('LAKEMRN') },
};

/** Invoice feeds. */
export const INVOICE_FEEDS: Record<string, { tenant: string; format: string; options: Record<string, unknown> }> = {
  'mercy-invoices': { tenant: 'mercy', format: 'x12', options: { wholesaler: 'MIDWEST', acknowledge: true } },
  'lakeside-invoices': { tenant: 'lakeside', format: 'x12', options: { wholesaler: 'MIDWEST', acknowledge: true } },
  'pacsupply-invoices': { tenant: 'lakeside', format: 'invoice-csv', options: { wholesaler: 'PACSUPPLY' } },
};

/** A tenant's master data: record name of the format -> file stem. */
export const MASTER_FILES: Record<string, string> = {
  pharmacy: 'pharmacies',
  locationCrosswalk: 'crosswalk',
  prescriberAffiliation: 'roster',
  plan: 'plans',
  medicaidPolicy: 'medicaid-policies',
  manufacturerPolicy: 'manufacturer-policies',
  wholesalerAccount: 'accounts',
  drugPrice: 'prices',
  feeSchedule: 'fees',
};

/** Public reference feeds: feed name -> format name. */
export const REFERENCE_FEEDS: Record<string, string> = {
  opais: 'opais',
  'ndc-directory': 'fda-ndc',
  'exclusion-file': 'mef-csv',
  'orphan-drugs': 'orphan-csv',
};

/** A file on its way to a feed. */
export interface SimFile {
  feed: string;
  name: string;
  bytes: Uint8Array;
  /** Day on which the partner delivers it. */
  day: string;
}
