/**
 * Canonical facts for `decide` and `evidence`, made set-based in the tables: master and reference rows, patients with four visits
 * and orders each, two fills of each prescription. Everything a rule can say occurs, in proportions like a hospital's.
 */
import type { Database } from '../src/db/client.ts';
import { run, statement } from '../src/db/statement.ts';
import { withTenant, type TenantId } from '../src/db/tenant.ts';
import { npiFrom } from '../src/model/npi.ts';
import { emptyTables } from './database.ts';

/** The statements in order; `npis` = with the prescribers, `patients` = with the number of patients as second parameter. */
const STATEMENTS: readonly { file: string; second?: 'npis' | 'patients' }[] = [
  { file: 'entities' },
  { file: 'pharmacies' },
  { file: 'contracts' },
  { file: 'drug-products' },
  { file: 'drug-packages' },
  { file: 'orphans' },
  { file: 'roster', second: 'npis' },
  { file: 'plans' },
  { file: 'medicaid-policies' },
  { file: 'exclusions' },
  { file: 'restrictions' },
  { file: 'patients', second: 'patients' },
  { file: 'identifiers' },
  { file: 'visits' },
  { file: 'orders', second: 'npis' },
  { file: 'claims', second: 'npis' },
  { file: 'changes' },
];
const PRESCRIBERS = 400;
/** Four visits with a prescription of two fills each. */
const DISPENSES_PER_PATIENT = 8;

const FILLED_TABLES = [
  'covered_entity',
  'pharmacy',
  'contract_pharmacy',
  'drug_product',
  'drug_package',
  'orphan_designation',
  'prescriber_affiliation',
  'plan',
  'medicaid_policy',
  'medicaid_exclusion',
  'manufacturer_policy',
  'patient',
  'encounter',
  'prescription',
  'claim_transaction',
];
const DECIDED_TABLES = [
  'change',
  'decision_work',
  'dispense',
  'determination',
  'accumulator_work',
  'exception_cause',
  'exception_work',
];

/** Adds dispenses and determinations as they could have been decided, for benches that read. */
export async function fillDecided(owner: Database, ingest: Database, tenant: TenantId): Promise<void> {
  await withTenant(ingest, tenant, async (tx) => {
    for (const file of ['dispenses', 'determinations'])
      await run(tx, statement(import.meta.url, `world/${file}.sql`), [tenant]);
  });
  await owner.query('vacuum (analyze) dispense, determination');
  await owner.query('checkpoint');
}

/** Empties the tables and fills them for about `dispenses` dispenses (a multiple of eight). */
export async function fillWorld(owner: Database, ingest: Database, tenant: TenantId, dispenses: number): Promise<void> {
  await emptyTables(owner, [...FILLED_TABLES, ...DECIDED_TABLES]);
  const npis = Array.from({ length: PRESCRIBERS }, (_, index) => npiFrom(String(170_000_000 + index)));
  const second = { npis, patients: Math.ceil(dispenses / DISPENSES_PER_PATIENT) };
  await withTenant(ingest, tenant, async (tx) => {
    for (const { file, second: name } of STATEMENTS)
      await run(tx, statement(import.meta.url, `world/${file}.sql`), [tenant, ...(name ? [second[name]] : [])]);
  });
  // The tables of a hub that has run for a day have statistics.
  await owner.query(`vacuum (analyze) ${[...FILLED_TABLES, 'patient_identifier', 'change'].join(', ')}`);
  await owner.query('checkpoint');
}
