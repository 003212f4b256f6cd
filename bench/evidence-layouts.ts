/** The two layouts that `evidence` compares: the product's own tables, and the table it had before, whose verdicts were jsonb. */
import { verdicts } from '../schema/verdicts.ts';
import { run, statement } from '../src/db/statement.ts';
import type { Transaction } from '../src/db/client.ts';
import { tenantPredicate, type TenantId } from '../src/db/tenant.ts';
import { tableModel } from '../src/read/tables.ts';

/** A determination as decided. */
export interface DecidedRow {
  id: string;
  dispense_id: string;
  patient_id: string | null;
  encounter_id: string | null;
  prescription_id: string | null;
  policy_version_id: string | null;
  decided_at: string;
  decision_date: string;
  orderable: boolean;
  provisional: boolean;
  absence: boolean;
  winning: boolean;
  entity: string;
  status: string;
  bucket: string | null;
  reason: string | null;
  /** The stored bytes, as hex. */
  bytes: string;
  /** What they say. */
  verdicts: { rule: string; answer: string; reason: string; evidence: { kind: string; id: string; note?: string }[] }[];
}

/** One way to store determinations. */
export interface Layout {
  name: string;
  /** The tables whose bytes count, the determinations first. */
  tables: string[];
  /** Made anew before each round; empty for the product's own tables. */
  ddl: string[];
  insert(tx: Transaction, tenant: TenantId, rows: readonly DecidedRow[]): Promise<unknown>;
}

/** The first $2 determinations ($1 tenant) with their verdicts spelled out, in the order in which they were written. */
export const DECIDED_ROWS = `select t.id, t.dispense_id, t.patient_id, t.encounter_id, t.prescription_id, t.policy_version_id, t.decided_at,
    t.decision_date, t.orderable, t.provisional, t.absence, t.winning, t.entity, t.status, t.bucket, t.reason,
    encode(t.verdicts, 'hex') as bytes,
    (${verdicts({
      row: 't',
      from: (table, alias, condition) =>
        `${tableModel(table).name} ${alias} where ${tenantPredicate(alias)} and ${condition}`,
      now: () => 'now()',
    })}) as verdicts
  from determination t where t.tenant_id = $1::uuid order by t.id limit $2::int`;

const INSERT = statement(new URL('../src/decide/decide.ts', import.meta.url).href, 'insert-determinations.sql');

/** As the stage writes it. */
export const PRODUCT: Layout = {
  name: 'determination',
  tables: ['determination', 'rule_result'],
  ddl: [],
  insert: (tx, tenant, rows) => {
    const column = <T>(pick: (row: DecidedRow) => T): T[] => rows.map(pick);
    return run(tx, INSERT, [
      tenant,
      column((row) => row.id),
      column((row) => row.dispense_id),
      column((row) => row.patient_id),
      column((row) => row.encounter_id),
      column((row) => row.prescription_id),
      column(() => true),
      column((row) => row.orderable),
      column((row) => row.provisional),
      column((row) => row.absence),
      column((row) => row.winning),
      column((row) => row.entity),
      column((row) => row.status),
      column((row) => row.bucket),
      column((row) => row.reason),
      column((row) => row.bytes),
      rows[0]?.policy_version_id ?? null,
      rows[0]?.decision_date,
      rows[0]?.decided_at,
    ]);
  },
};

const COLUMNS =
  'id uuid, dispense_id uuid, entity text, sequence integer, status text, bucket text, orderable boolean, reason text, provisional boolean, patient_id uuid, encounter_id uuid, prescription_id uuid, verdicts jsonb, policy_version_id uuid, decision_date date, decided_at timestamptz, current boolean, winning boolean';
const NAMES = COLUMNS.replaceAll(/(\w+) \w+/g, '$1');

/** As the product stored them first: verdicts as jsonb, and an index more. */
export const JSONB: Layout = {
  name: 'jsonb',
  tables: ['bench_jsonb'],
  ddl: [
    'drop table if exists bench_jsonb',
    `create table bench_jsonb (tenant_id uuid, ${COLUMNS}, primary key (tenant_id, id), unique (tenant_id, dispense_id, entity, sequence))`,
    'create index on bench_jsonb (tenant_id, dispense_id) where current',
    'create index on bench_jsonb (tenant_id, dispense_id) where current and provisional',
    `create index on bench_jsonb (tenant_id, entity) where current and status = 'INELIGIBLE'`,
    'create index on bench_jsonb (tenant_id, patient_id) where current',
    // As every tenant table: forced row-level security is checked for each inserted row.
    'alter table bench_jsonb enable row level security',
    `create policy tenant_isolation on bench_jsonb using (tenant_id = nullif(current_setting('hub.tenant', true), '')::uuid)`,
    'grant select, insert on bench_jsonb to hub_ingest',
  ],
  insert: (tx, tenant, rows) =>
    tx.query(
      `insert into bench_jsonb (tenant_id, ${NAMES}) select $1::uuid, ${NAMES} from json_to_recordset($2::json) as r (${COLUMNS})`,
      [tenant, JSON.stringify(rows.map((row) => ({ ...row, sequence: 1, current: true })))],
    ),
};
