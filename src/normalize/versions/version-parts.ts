/** Pieces of SQL from which the statements of a table of versions are put together, written from its spec. */
import { tenantPredicate } from '../../db/tenant.ts';
import type { VersionColumn, VersionSpec } from './version-spec.ts';

/** Where a version came from and since when it is known. */
export const PROVENANCE: VersionColumn[] = [
  { name: 'id', type: 'uuid', member: '' },
  { name: 'known_from', type: 'timestamptz', member: '' },
  { name: 'raw_id', type: 'uuid', member: '' },
  { name: 'position', type: 'text', member: '' },
  { name: 'ordinal', type: 'integer', member: '' },
];

/** Columns of an alias, with commas. */
export const list = (alias: string, columns: readonly VersionColumn[]): string =>
  columns.map(({ name }) => `${alias}.${name}`).join(', ');

/** The expressions of the unique index on current rows: a missing start is one value, not many. */
const keyOf = (alias: string, { key }: VersionSpec): string[] =>
  key.map(({ name, type }) => (type === 'date' ? `coalesce(${alias}.${name}, '-infinity')` : `${alias}.${name}`));

/** A kind and what its statements have in common. The tenant is `$1` in all of them, also where the table has none. */
export interface Parts {
  kind: string;
  spec: VersionSpec;
  /** Where rows as they come in wait: the key and values, where they came from, their feed. */
  stage: string;
  /** Those of them that are no mere repetitions: with `key_hash` and their fate. */
  judged: string;
  /** `$1` compared with the tenant of an alias, where the table has one; ends in `and`. */
  own: (alias: string) => string;
  keysOf: (alias: string) => string;
  /** The key as a number: what sightings remember of a row. */
  hashOf: (alias: string) => string;
  same: (left: string, right: string) => string;
  differs: (left: string, right: string) => string;
  /** When and where a row was said, for comparisons. */
  place: (alias: string) => string;
  /** Change and followed columns as an array. */
  told: (alias: string) => string;
  /** The feed that brought a payload. */
  feedOf: (alias: string) => string;
  /** Hashes of the keys that a payload (parameter) said again. */
  sighted: (payload: string) => string;
}

/** The pieces of a kind. */
export function partsOf(kind: string, spec: VersionSpec): Parts {
  const told = [...(spec.change?.columns ?? []), ...(spec.followed ?? [])];
  return {
    kind,
    spec,
    stage: `${spec.table}_stage`,
    judged: `${spec.table}_judged`,
    own: (alias) => (spec.scope === 'tenant' ? `${tenantPredicate(alias)} and ` : '$1::uuid is not null and '),
    keysOf: (alias) => keyOf(alias, spec).join(', '),
    hashOf: (alias) =>
      `hashtextextended(concat_ws(chr(31), ${spec.key
        .map(({ name, type }) => (type === 'date' ? `coalesce(${alias}.${name}::text, '')` : `${alias}.${name}`))
        .join(', ')}), 0)`,
    same: (left, right) => {
      const others = keyOf(right, spec);
      return keyOf(left, spec)
        .map((column, index) => `${column} = ${others[index]}`)
        .join(' and ');
    },
    differs: (left, right) =>
      spec.values.length === 0
        ? 'false'
        : `(${list(left, spec.values)}) is distinct from (${list(right, spec.values)})`,
    place: (alias) => `(${alias}.known_from, ${alias}.raw_id, ${alias}.ordinal)`,
    told: (alias) => `array[${told.map((name) => `${alias}.${name}`).join(', ')}]::text[]`,
    feedOf: (alias) => `(select r.feed from raw_state r where r.tenant_id = $1::uuid and r.raw_id = ${alias}.raw_id)`,
    sighted: (payload) =>
      `select distinct u.key_hash from data_sighting d cross join lateral unnest(d.keys) as u (key_hash)
       where d.tenant_id = $1::uuid and d.kind = '${kind}' and d.raw_id = ${payload}`,
  };
}
