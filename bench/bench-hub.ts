/** The one tenant of all benches, its feeds, and a context for the stages. */
import { FORMATS } from '../adapters/index.ts';
import { applyConfiguration } from '../src/config/apply.ts';
import { feedSchema, hubSchema } from '../src/config/schema.ts';
import type { Database } from '../src/db/client.ts';
import type { StageContext, Tenant } from '../src/db/stage.ts';

/** Noon of the benches' today; decisions read no other clock. */
export const NOW = new Date('2026-03-02T18:00:00Z');
/** Parent entities of the tenant: two, so that a shared pharmacy has a winner and a loser. */
export const ENTITIES = ['DSH340001', 'CAH340002'] as const;

/** How the claim extract of the benches is read; dates as ISO, so that COPY reads the same file. */
export const EXTRACT_OPTIONS = {
  delimiter: '|',
  header: true,
  map: {
    status: { from: 'TXN', lookup: { PAID: 'paid', REV: 'reversed' } },
    'pharmacy.ncpdp': 'NCPDP_ID',
    'rx.number': 'RX_NO',
    'fill.number': 'FILL_NO',
    dateOfService: { from: 'FILL_DT', as: 'date', format: 'yyyy-MM-dd' },
    adjudicatedAt: { from: 'ADJ_TS', as: 'instant', format: 'yyyy-MM-dd HH:mm:ss' },
    ndc: 'NDC',
    quantity: 'QTY',
    unit: 'UOM',
    daysSupply: 'DAYS',
    dateWritten: { from: 'WRITTEN_DT', as: 'date', format: 'yyyy-MM-dd' },
    'prescriber.id': 'PRESCRIBER_NPI',
    'payer.bin': 'BIN',
    'payer.pcn': 'PCN',
    'payer.group': 'GRP',
    'payer.cardholder': 'CARDHOLDER',
    'patient.lastName': 'PAT_LAST',
    'patient.firstName': 'PAT_FIRST',
    'patient.birthDate': { from: 'PAT_DOB', as: 'date', format: 'yyyy-MM-dd' },
    'patient.sex': 'PAT_SEX',
    'patient.id': { from: 'PAT_MRN', authority: 'BENCH', type: 'MR' },
    'amounts.ingredientCost': 'ING_COST',
    'amounts.dispensingFee': 'DISP_FEE',
    'amounts.patientPay': 'COPAY',
    'amounts.totalPaid': 'PAID',
    otherCoverage: 'OCC',
    submissionClarification: 'SCC',
    basisOfCost: 'BASIS',
    compound: 'CMPD',
  },
};

const hub = { tenants: [{ name: 'bench', zone: 'America/Chicago', entities: [...ENTITIES] }] };
const feed = { tenant: 'bench', timezone: 'America/Chicago', source: { manual: true } };
const FEEDS = [
  { ...feed, feed: 'ehr', kind: 'ehr', format: { hl7v2: {} }, serves: [...ENTITIES], sourceSystem: 'ehr' },
  { ...feed, feed: 'opais', tenant: 'public', kind: 'reference', format: { opais: {} } },
  { ...feed, feed: 'claims', kind: 'claims', format: { 'claim-extract': EXTRACT_OPTIONS } },
  { ...feed, feed: 'batches', kind: 'claims', format: { 'ncpdp-batch': {} } },
];

/** Stores tenant and feeds (twice changes nothing). */
export async function benchContext(ingest: Database): Promise<StageContext> {
  const configuration = {
    directory: '.',
    hub: hubSchema.parse(hub),
    feeds: FEEDS.map((declared) => feedSchema.parse(declared)),
  };
  const tenants: Tenant[] = await applyConfiguration(ingest, configuration, NOW);
  const tenant = tenants.find(({ name }) => name === 'bench');
  if (tenant === undefined) throw new Error('the tenant was not stored');
  return { db: ingest, tenant, tenants, clock: () => NOW, formats: FORMATS };
}
