/** Scalars of the API: exact decimals and calendar dates travel as text, instants as ISO 8601 in UTC. */
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';

/** A scalar that is text on both sides; `read` answers the canonical text, or undefined when the text is not one. */
function textScalar(name: string, description: string, read: (text: string) => string | undefined): GraphQLScalarType {
  const parse = (value: unknown): string => {
    const text = typeof value === 'string' ? read(value) : undefined;
    if (text === undefined) throw new GraphQLError(`${name} cannot represent this value. ${description}`);
    return text;
  };
  return new GraphQLScalarType({
    name,
    description,
    serialize: String,
    parseValue: parse,
    parseLiteral: (node: ValueNode) => parse(node.kind === Kind.STRING ? node.value : undefined),
  });
}

function calendarDate(text: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text.startsWith('0000')) return undefined;
  const day = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text ? undefined : text;
}

function instant(text: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (!match || calendarDate(match[1] ?? '') === undefined) return undefined;
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

export const DateScalar = textScalar('Date', 'A calendar date, YYYY-MM-DD.', calendarDate);
export const DateTimeScalar = textScalar('DateTime', 'An instant, ISO 8601 with an offset; answered in UTC.', instant);
export const DecimalScalar = textScalar('Decimal', 'An exact decimal as text, such as "30.000".', (text) =>
  /^-?\d{1,12}(\.\d{1,6})?$/.test(text) ? text : undefined,
);
