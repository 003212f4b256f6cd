/** The tables that `evidence` compares: the product's, and candidates that say the same in fewer bytes. */
import { VerdictCodec, type KnownIds, type StoredVerdict } from './evidence-codec.ts';

/** A determination as decided, with the claim of its dispense. */
export interface DecidedRow {
  id: string;
  dispense_id: string;
  entity: string;
  sequence: number;
  status: string;
  bucket: string | null;
  orderable: boolean;
  reason: string | null;
  provisional: boolean;
  patient_id: string | null;
  encounter_id: string | null;
  prescription_id: string | null;
  verdicts: StoredVerdict[];
  policy_version_id: string | null;
  decision_date: string;
  decided_at: string;
  current: boolean;
  winning: boolean;
  claim_id: string | null;
}

/** One way to store determinations. */
export interface Layout {
  name: string;
  /** What it is, for the report. */
  about: string;
  /** `create table` and indexes; the table's name is `bench_<name>` with `_` for `-`. */
  ddl: string[];
  /** Columns to insert and their types in the recordset; `bytea` travels as hex. */
  columns: readonly (readonly [name: string, type: string])[];
  /** The inserted row without its tenant. */
  row(decided: DecidedRow): Record<string, unknown>;
}

const tableOf = (name: string): string => `bench_${name.replaceAll('-', '_')}`;
const knownOf = (row: DecidedRow): KnownIds => ({
  patient: row.patient_id,
  encounter: row.encounter_id,
  prescription: row.prescription_id,
  claim: row.claim_id,
});

/** Today's columns but for the verdicts. */
const PLAIN: readonly (readonly [string, string])[] = [
  ['id', 'uuid'],
  ['dispense_id', 'uuid'],
  ['entity', 'text'],
  ['sequence', 'int'],
  ['status', 'text'],
  ['bucket', 'text'],
  ['orderable', 'boolean'],
  ['reason', 'text'],
  ['provisional', 'boolean'],
  ['patient_id', 'uuid'],
  ['encounter_id', 'uuid'],
  ['prescription_id', 'uuid'],
  ['policy_version_id', 'uuid'],
  ['decision_date', 'date'],
  ['decided_at', 'timestamptz'],
  ['current', 'boolean'],
  ['winning', 'boolean'],
];

/** The product's table with all its keys and indexes, the verdicts in another type. */
function asToday(name: string, about: string, type: 'jsonb' | 'bytea', verdicts: (row: DecidedRow) => unknown): Layout {
  const table = tableOf(name);
  return {
    name,
    about,
    ddl: [
      `create table ${table} (like determination including all)`,
      ...(type === 'jsonb' ? [] : [`alter table ${table} alter verdicts type bytea using null`]),
    ],
    columns: [...PLAIN, ['verdicts', type]],
    row: ({ claim_id: _claim, ...row }) => ({ ...row, verdicts: verdicts({ ...row, claim_id: _claim }) }),
  };
}

const flagsOf = (row: DecidedRow): number =>
  Number(row.current) + 2 * Number(row.winning) + 4 * Number(row.orderable) + 8 * Number(row.provisional);
const LETTERS: Record<string, string> = { ELIGIBLE: 'E', PENDING: 'P', HELD: 'H', INELIGIBLE: 'I' };

/**
 * Wide columns first, codes for words, flags in one number, the policy version by a number; the index of current determinations
 * is left out because the sequence's index begins with the dispense as well. `own` = with an id of its own.
 */
function lean(name: string, about: string, own: boolean): Layout {
  const table = tableOf(name);
  const codec = new VerdictCodec({ known: true, numbered: true });
  const rules = new Map<string, number>();
  return {
    name,
    about,
    ddl: [
      `create table ${table} (tenant_id uuid not null, ${own ? 'id uuid not null, ' : ''}dispense_id uuid not null, patient_id uuid,
        encounter_id uuid, prescription_id uuid, decided_at timestamptz not null, decision_date date not null,
        sequence smallint not null, policy smallint not null, reason smallint, flags smallint not null, status "char" not null,
        bucket "char", entity text collate "C" not null, verdicts bytea not null,
        primary key (tenant_id, dispense_id, entity, sequence))`,
      `create index on ${table} (tenant_id, patient_id) where flags & 1 = 1`,
      ...(own ? [`create unique index on ${table} (tenant_id, id)`] : []),
    ],
    columns: [
      ...(own ? ([['id', 'uuid']] as const) : []),
      ['dispense_id', 'uuid'],
      ['patient_id', 'uuid'],
      ['encounter_id', 'uuid'],
      ['prescription_id', 'uuid'],
      ['decided_at', 'timestamptz'],
      ['decision_date', 'date'],
      ['sequence', 'smallint'],
      ['policy', 'smallint'],
      ['reason', 'smallint'],
      ['flags', 'smallint'],
      ['status', '"char"'],
      ['bucket', '"char"'],
      ['entity', 'text'],
      ['verdicts', 'bytea'],
    ],
    row: (row) => {
      if (row.reason !== null && !rules.has(row.reason)) rules.set(row.reason, rules.size);
      return {
        ...row,
        policy: 1,
        reason: row.reason === null ? null : (rules.get(row.reason) ?? null),
        flags: flagsOf(row),
        status: LETTERS[row.status] ?? '?',
        bucket: row.bucket?.[0] ?? null,
        verdicts: codec.encode(row.verdicts, knownOf(row)).toString('hex'),
      };
    },
  };
}

/** Without the keys of objects and the names of rules. */
const asArrays = (verdicts: readonly StoredVerdict[]): unknown[] =>
  verdicts.map(({ answer, reason, evidence }) => [
    answer[0],
    reason,
    ...evidence.flatMap(({ kind, id, note }) => [kind, id, note ?? 0]),
  ]);

function asBytes(name: string, about: string, known: boolean, numbered: boolean): Layout {
  const codec = new VerdictCodec({ known, numbered });
  return asToday(name, about, 'bytea', (row) => codec.encode(row.verdicts, knownOf(row)).toString('hex'));
}

/** All layouts, today's first; made anew because their dictionaries fill while they write. */
export const layouts = (): Layout[] => [
  asToday('jsonb', 'as today', 'jsonb', (row) => row.verdicts),
  asToday('jsonb-arrays', 'jsonb without keys and rule names', 'jsonb', (row) => asArrays(row.verdicts)),
  asBytes('bytes', 'bytes: codes for words, ids as 16 bytes', false, false),
  asBytes('bytes-known', 'the same, ids that stand in columns not repeated', true, false),
  asBytes('bytes-numbered', 'the same, master and reference rows by a number of 3 bytes', true, true),
  asToday('without', "no verdicts at all: what the row's other columns and indexes cost", 'bytea', () => ''),
  lean('lean', 'bytes-numbered in a row of codes, without the index of current determinations', true),
  lean('lean-keyless', 'the same without an id of its own', false),
];

/** The insert of a layout, set-based as the product's. */
export function insertText({ name, columns }: Layout): string {
  const recordset = columns.map(([column, type]) => `${column} ${type === 'bytea' ? 'text' : type}`).join(', ');
  const values = columns.map(([column, type]) => (type === 'bytea' ? `decode(r.${column}, 'hex')` : `r.${column}`));
  return `insert into ${tableOf(name)} (tenant_id, ${columns.map(([column]) => column).join(', ')})
    select $1::uuid, ${values.join(', ')} from json_to_recordset($2::json) as r (${recordset})`;
}

/** Name of a layout's table. */
export const layoutTable = (layout: Layout): string => tableOf(layout.name);
