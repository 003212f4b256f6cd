/** From an SQL value to its JSON text, by the GraphQL type of the field: the same text that graphql-js would serialize. */
import { getNullableType, isEnumType, isListType, type GraphQLOutputType } from 'graphql';

/** Stands for "this non-null position has no value". A raw control character cannot occur in JSON text. */
export const HOLE = '\u0001';
const HOLE_SQL = 'chr(1)';

/** What is answered where there is no value. */
export const nothing = (nonNull: boolean): string => (nonNull ? HOLE_SQL : "'null'");

/** An SQL text literal. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * JSON text of `value`; null stays null. `sqlType` is the column's type when known (an id in a uuid column needs no
 * escaping). Instants are UTC with milliseconds.
 */
export function jsonText(value: string, type: GraphQLOutputType, sqlType = 'text'): string {
  const bare = getNullableType(type);
  if (isListType(bare)) return `to_json(${value})::text`;
  if (isEnumType(bare)) {
    // A value outside the enum has no GraphQL name and answers null.
    const known = bare
      .getValues()
      .map((item) => `when ${literal(String(item.value))} then ${literal(`"${item.name}"`)}`);
    return `case ${value} ${known.join(' ')} end`;
  }
  const name = 'name' in bare ? bare.name : '';
  switch (name) {
    case 'Int':
    case 'Float':
    case 'Boolean':
      return `(${value})::text`;
    case 'Date':
    case 'Decimal':
      return `'"' || (${value})::text || '"'`;
    case 'DateTime':
      return `'"' || to_char((${value}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '"'`;
    default:
      return sqlType === 'uuid' ? `'"' || (${value})::text || '"'` : `to_json((${value})::text)::text`;
  }
}
