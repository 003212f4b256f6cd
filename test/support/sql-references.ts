/**
 * A small reader of SQL: which tables a statement refers to, under which alias, and whether the query block that names a
 * table compares its tenant_id with `$1`. It knows just enough for our own hand-written statements.
 */

/** One mention of a table in FROM, JOIN, USING, UPDATE, DELETE or INSERT. */
export interface Reference {
  table: string;
  alias: string;
  kind: 'read' | 'insert';
  /** The block compares this reference's tenant with `$1` (read), or its column list has tenant_id (insert). */
  carriesTenant: boolean;
}

const QUERY_START = /^\s*(select|with|insert|update|delete|values)\b/i;
const CLAUSE_END =
  /\b(where|group\s+by|order\s+by|having|window|limit|offset|returning|on\s+conflict|for\s+(?:no\s+key\s+)?update|for\s+(?:key\s+)?share|set|select|values)\b/i;

/** Comments and the insides of quotes, which could look like code, become blanks. */
function bare(text: string): string {
  return text
    .replaceAll(/--[^\n]*/g, ' ')
    .replaceAll(/\/\*[\s\S]*?\*\//g, ' ')
    .replaceAll(/'(?:[^']|'')*'/g, "''");
}

/** Query blocks: the text of each parenthesised query (and the outermost), without the queries inside it. */
function blocks(text: string): string[] {
  const found: string[] = [];
  const walk = (start: number): { own: string; end: number } => {
    let own = '';
    let position = start;
    while (position < text.length && text[position] !== ')') {
      if (text[position] !== '(') {
        own += text[position];
        position += 1;
        continue;
      }
      const inner = walk(position + 1);
      const isQuery = QUERY_START.test(text.slice(position + 1));
      if (isQuery) found.push(inner.own);
      own += isQuery ? '( )' : `(${inner.own})`;
      position = inner.end + 1;
    }
    return { own, end: position };
  };
  found.push(walk(0).own);
  return found.flatMap((block) => block.split(/\b(?:union(?:\s+all)?|intersect|except)\b/i));
}

/** Parentheses that hold no query (lists, calls, ON conditions) become blanks, so that commas in them do not count. */
function flat(block: string): string {
  let text = block;
  for (let before = ''; before !== text;) {
    before = text;
    text = text.replaceAll(/\([^()]*\)/g, ' ');
  }
  return text;
}

const NAME = '([a-z_][a-z0-9_]*)';
const NOT_ALIAS =
  /^(on|using|where|set|join|left|right|inner|full|cross|natural|lateral|as|select|values|returning|default|overriding)$/i;

function mentions(block: string): { table: string; alias: string }[] {
  const text = flat(block);
  const items: string[] = [];
  for (const start of text.matchAll(/\b(?:from|using|update)\s+/gi)) {
    const rest = text.slice(start.index + start[0].length);
    const end = CLAUSE_END.exec(rest)?.index ?? rest.length;
    items.push(...rest.slice(0, end).split(/,|\bjoin\b/i));
  }
  return items.flatMap((item) => {
    const match = new RegExp(`^\\s*(?:only\\s+|lateral\\s+)*${NAME}(?:\\s+(?:as\\s+)?${NAME})?`, 'i').exec(item);
    if (!match?.[1]) return [];
    const alias = match[2] !== undefined && !NOT_ALIAS.test(match[2]) ? match[2] : match[1];
    return [{ table: match[1].toLowerCase(), alias: alias.toLowerCase() }];
  });
}

/** All references of a statement to the given tables. Names of CTEs are not tables. */
export function tableReferences(source: string, tables: ReadonlySet<string>): Reference[] {
  const text = bare(source);
  const ctes = new Set(
    [
      ...text.matchAll(
        new RegExp(
          `(?:\\bwith(?:\\s+recursive)?|,)\\s*${NAME}\\s*(?:\\([^()]*\\)\\s*)?as\\s*(?:not\\s+)?(?:materialized\\s*)?\\(`,
          'gi',
        ),
      ),
    ].map((match) => (match[1] ?? '').toLowerCase()),
  );
  return blocks(text).flatMap((block) => {
    const read = mentions(block).filter(({ table }) => tables.has(table) && !ctes.has(table));
    const inserts = [
      ...block.matchAll(new RegExp(`\\binsert\\s+into\\s+${NAME}(?:\\s+as\\s+${NAME})?\\s*(\\([^()]*\\))?`, 'gi')),
    ]
      .filter((match) => tables.has((match[1] ?? '').toLowerCase()))
      .map((match): Reference => {
        const table = (match[1] ?? '').toLowerCase();
        return { table, alias: table, kind: 'insert', carriesTenant: /\btenant_id\b/i.test(match[3] ?? '') };
      });
    const alone = read.length === 1;
    return [
      ...read.map(({ table, alias }): Reference => ({
        table,
        alias,
        kind: 'read',
        carriesTenant: hasPredicate(block, alias, alone),
      })),
      ...inserts,
    ];
  });
}

function hasPredicate(block: string, alias: string, alone: boolean): boolean {
  const parameter = String.raw`\$1(?:\s*::\s*uuid)?(?!\d)`;
  const own = new RegExp(
    String.raw`\b${alias}\.tenant_id\s*=\s*${parameter}|${parameter}\s*=\s*${alias}\.tenant_id\b`,
    'i',
  );
  const unqualified = new RegExp(String.raw`(?<![.\w])tenant_id\s*=\s*${parameter}`, 'i');
  return own.test(block) || (alone && unqualified.test(block));
}
