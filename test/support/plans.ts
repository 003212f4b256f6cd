/**
 * What a statement promises ("Served by ...") and what the planner says: names of indexes on both sides, so that a promise
 * can be held against the plan. The statements have no statistics here, so nothing is asked about costs.
 */
import type { Database } from '../../src/db/client.ts';
import { statement, type Statement } from '../../src/db/statement.ts';

const STAGE = statement(import.meta.resolve('../../src/normalize/claims/write-claims.ts'), 'create-stage.sql');

/** An index of the schema; partitions count as the table they are part of. */
export interface Index {
  name: string;
  table: string;
  primary: boolean;
  unique: boolean;
}

/** What a plan uses. */
export interface PlanUse {
  /** Indexes read, and those that decide a conflict. */
  indexes: Set<string>;
  /** Indexes asked for a whole tenant, or for everything. */
  walked: Set<string>;
  /** Tables read from end to end. */
  scanned: Set<string>;
  /** Tables read at all. */
  read: Set<string>;
  /** Tables that rows are inserted into. */
  inserted: Set<string>;
}

/** A promise: an index by its name, or any of several where the comment speaks of all keys of a table. */
export interface Promised {
  phrase: string;
  anyOf: string[];
}

/** All indexes of the schema and the table that each partition belongs to. */
export class Catalog {
  readonly indexes: readonly Index[];
  /** Partition (table or index) to what it is part of. */
  readonly #parents: ReadonlyMap<string, string>;

  private constructor(indexes: readonly Index[], parents: ReadonlyMap<string, string>) {
    this.indexes = indexes;
    this.#parents = parents;
  }

  static async read(owner: Database): Promise<Catalog> {
    const indexes = await owner.query<Index>(
      `select i.relname as name, t.relname as table, x.indisprimary as primary, x.indisunique as unique
       from pg_index x join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
       join pg_namespace n on n.oid = t.relnamespace where n.nspname = 'hub' and not t.relispartition`,
    );
    const parents = await owner.query<{ child: string; parent: string }>(
      `select c.relname as child, p.relname as parent from pg_inherits h join pg_class c on c.oid = h.inhrelid
       join pg_class p on p.oid = h.inhparent join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'hub'`,
    );
    return new Catalog(indexes, new Map(parents.map(({ child, parent }) => [child, parent])));
  }

  whole(name: string): string {
    return this.#parents.get(name) ?? name;
  }

  primaryOf(table: string): string[] {
    return this.indexes.filter((index) => index.table === table && index.primary).map(({ name }) => name);
  }

  uniqueOf(table: string): string[] {
    return this.indexes.filter((index) => index.table === table && index.unique).map(({ name }) => name);
  }

  tableOf(index: string): string | undefined {
    return this.indexes.find(({ name }) => name === index)?.table;
  }
}

/** The text after "Served by" up to its full stop; undefined when the statement promises nothing. */
export function servedBy({ source }: Pick<Statement, 'source'>): string | undefined {
  const comments = (/^(?:--[^\n]*\n)*/.exec(source)?.[0] ?? '').replaceAll(/\n?-- /g, ' ');
  return /Served by (.*?)\.(?:\s|$)/.exec(comments)?.[1];
}

/** The promises of a "Served by" text. Throws for a phrase that names neither an index nor the key of a table. */
export function promises(text: string, catalog: Catalog): Promised[] {
  if (/^(the system catalogues' own indexes|no (?:table|index): .*)$/.test(text)) return [];
  const phrases = text.replaceAll(/\s*\([^)]*\)/g, '').split(/,\s*|\s+and\s+/);
  return phrases.map((phrase) => {
    const anyOf = indexesOf(phrase, catalog);
    if (anyOf.length === 0) throw new Error(`"${phrase}" names no index of the schema`);
    return { phrase, anyOf };
  });
}

function indexesOf(phrase: string, catalog: Catalog): string[] {
  const all = /^the (?:partial )?(primary|unique) keys(?: of the (?:work )?tables)?$/.exec(phrase)?.[1];
  if (all !== undefined)
    return catalog.indexes
      .filter((index) => (all === 'primary' ? index.primary : index.unique))
      .map(({ name }) => name);
  if (/^[a-z0-9_]+$/.test(phrase)) return catalog.indexes.filter(({ name }) => name === phrase).map(({ name }) => name);
  const [, table = ''] = /^(?:the primary key of )?([a-z_0-9]+?)(?:'s primary key)?$/.exec(phrase) ?? [];
  return catalog.primaryOf(table);
}

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  'Conflict Arbiter Indexes'?: string[];
  Operation?: string;
  Plans?: PlanNode[];
}

/** True when an index is asked for nothing but the tenant. */
const wholeTenant = (condition = ''): boolean =>
  condition.split(' AND ').every((part) => part === '' || /\btenant_id\b/.test(part));

function collect(node: PlanNode, use: PlanUse, catalog: Catalog): void {
  const { 'Node Type': type, 'Relation Name': relation, 'Index Name': index } = node;
  if (index !== undefined) {
    use.indexes.add(catalog.whole(index));
    if (wholeTenant(node['Index Cond'])) use.walked.add(catalog.whole(index));
  }
  for (const arbiter of node['Conflict Arbiter Indexes'] ?? []) use.indexes.add(catalog.whole(arbiter));
  if (relation !== undefined) {
    if (type === 'ModifyTable') {
      if (node.Operation === 'Insert') use.inserted.add(catalog.whole(relation));
    } else use.read.add(catalog.whole(relation));
    if (type === 'Seq Scan') use.scanned.add(catalog.whole(relation));
  }
  for (const child of node.Plans ?? []) collect(child, use, catalog);
}

/**
 * The generic plan of a statement, seen by the ingesting role, when only the promised indexes of the schema are there and
 * sequential scans are the last resort. Without statistics the planner cannot tell good indexes from bad ones; so the
 * others are hidden from it, and what it does then shows whether the promised ones are enough. Keys of tables that
 * it inserts into stay: conflicts are decided by them.
 */
export async function planUse(
  owner: Database,
  text: string,
  promised: readonly Promised[],
  catalog: Catalog,
): Promise<PlanUse> {
  const inserted = [...text.matchAll(/\binsert\s+into\s+(\w+)/gi)].flatMap((match) => catalog.uniqueOf(match[1] ?? ''));
  const only = [...promised.flatMap(({ anyOf }) => anyOf), ...inserted];
  const use: PlanUse = {
    indexes: new Set(),
    walked: new Set(),
    scanned: new Set(),
    read: new Set(),
    inserted: new Set(),
  };
  const rows = await owner
    .transaction(async (tx) => {
      await tx.query(
        `update pg_index set indisvalid = false from pg_class i, pg_namespace n
         where i.oid = indexrelid and n.oid = i.relnamespace and n.nspname = 'hub'
           and not coalesce((select p.relname from pg_inherits h join pg_class p on p.oid = h.inhparent where h.inhrelid = i.oid), i.relname) = any($1::text[])`,
        [only],
      );
      await tx.query('set local role hub_ingest');
      // Claims are staged in a table of the connection.
      if (text.includes('claim_stage')) await tx.query(STAGE.text);
      // A join that looks rows up one by one shows whether an index can be asked for the keys at hand.
      for (const way of ['seqscan', 'hashjoin', 'mergejoin', 'material', 'memoize', 'hashagg'])
        await tx.query(`set local enable_${way} = off`);
      const plans = await tx.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
        `explain (generic_plan, format json) ${text}`,
      );
      throw new Seen(plans);
    })
    .catch((error: unknown) => {
      if (error instanceof Seen) return error.rows;
      throw error;
    });
  for (const { Plan: plan } of rows[0]?.['QUERY PLAN'] ?? []) collect(plan, use, catalog);
  return use;
}

/** Carries the plan out of the transaction that must be rolled back. */
class Seen extends Error {
  constructor(readonly rows: readonly { 'QUERY PLAN': { Plan: PlanNode }[] }[]) {
    super('rolled back on purpose');
  }
}

/** Promises that the plan does not keep. What is only inserted into is kept under its keys without the plan naming them. */
export function broken(promised: readonly Promised[], use: PlanUse, catalog: Catalog): string[] {
  const kept = (index: string): boolean => {
    const table = catalog.tableOf(index) ?? '';
    return use.indexes.has(index) || (use.inserted.has(table) && !use.read.has(table));
  };
  return promised.filter(({ anyOf }) => !anyOf.some((index) => kept(index))).map(({ phrase }) => phrase);
}

const FILL_ROWS = 1_000;
/** One value of each type for row n; what marks a row as history stays null. */
const FILL: readonly [RegExp, string][] = [
  [/^uuid$/, `lpad(to_hex(n), 32, '0')::uuid`],
  [/^text$/, `'x' || n`],
  [/\[\]$/, `'{}'`],
  [/^(integer|bigint|numeric.*)$/, 'n'],
  [/^boolean$/, 'n % 2 = 0'],
  [/^date$/, `current_date - n`],
  [/^timestamp.*$/, `now() + make_interval(secs => n)`],
  [/^jsonb$/, `'[]'`],
  [/^bytea$/, `'x'`],
];

/** Gives every table of the schema rows of one tenant, all different, so that asking for a whole tenant looks dear. */
export async function fill(owner: Database): Promise<void> {
  const columns = await owner.query<{ table: string; name: string; type: string }>(
    `select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'hub' and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'schema_migration'
       and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by 1, a.attnum`,
  );
  const valueOf = ({ name, type }: { name: string; type: string }): string => {
    if (name === 'tenant_id') return `'00000000-0000-0000-0000-000000000001'::uuid`;
    if (name === 'known_to' || name === 'superseded_at') return 'null';
    if (name === 'month') return `date_trunc('month', now())::date`;
    return FILL.find(([pattern]) => pattern.test(type))?.[1] ?? 'null';
  };
  await owner.transaction(async (tx) => {
    await tx.query(`set local session_replication_role = replica`);
    for (const table of new Set(columns.map((column) => column.table))) {
      const own = columns.filter((column) => column.table === table);
      await tx.query(
        `insert into ${table} (${own.map(({ name }) => `"${name}"`).join(', ')}) select ${own.map((column) => valueOf(column)).join(', ')} from generate_series(1, ${FILL_ROWS}) n`,
      );
    }
  });
  await owner.query('analyze');
}
