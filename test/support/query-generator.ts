/** Seeded queries over the schema: aliases, merged fields, fragments, @skip/@include, variables, pages, cursors, filters. */
import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
} from 'graphql';
import { makeCursor, type CursorKey } from '../../src/read/cursor.ts';
import type { ReadModel } from '../../src/read/model.ts';
import { Dice } from './rows.ts';

/** A query with its variables. */
export interface GeneratedQuery {
  source: string;
  variables: Record<string, unknown>;
}

/** What the generator may name: values that occur in the rows, and ids by table. */
export interface Vocabulary {
  tenantId: string;
  cursorKey: CursorKey;
  ids: Record<string, string[]>;
}

const TEXTS = [
  '340B',
  'GPO',
  '0000011',
  '0000022',
  '00093104801',
  'DSH000001',
  'BL03074A',
  'SITE',
  'ACCRUE',
  'alpha',
  'beta',
];
const DAYS = ['2026-01-10', '2026-02-12', '2026-03-11', '2026-04-01'];
const MAX_LEVEL = 4;

/** Makes one query of a seed. */
export function generateQuery(model: ReadModel, words: Vocabulary, seed: number): GeneratedQuery {
  return new Generator(model, words, seed).query();
}

class Generator {
  readonly #model: ReadModel;
  readonly #words: Vocabulary;
  readonly #dice: Dice;
  readonly #definitions: string[] = [];
  readonly #fragments: string[] = [];
  readonly #variables: Record<string, unknown> = {};
  #aliases = 0;
  #budget = 40;

  constructor(model: ReadModel, words: Vocabulary, seed: number) {
    this.#model = model;
    this.#words = words;
    this.#dice = new Dice(seed);
  }

  query(): GeneratedQuery {
    const root = this.#model.schema.getQueryType() as GraphQLObjectType;
    const roots = Array.from({ length: 1 + this.#dice.below(3) }, () =>
      this.#field(root, this.#dice.pick(Object.values(root.getFields()).flatMap(often)), 0),
    );
    if (this.#dice.chance(0.2)) roots.push('__typename');
    if (this.#dice.chance(0.05)) roots.push('kind: __type(name: "Dispense") { name }');
    const variables = this.#definitions.length > 0 ? `(${this.#definitions.join(', ')})` : '';
    return {
      source: [`query Generated${variables} { ${roots.join(' ')} }`, ...this.#fragments].join('\n'),
      variables: this.#variables,
    };
  }

  #selections(type: GraphQLObjectType, level: number): string {
    const fields = Object.values(type.getFields());
    const leaves = fields.filter((field) => !isObjectType(getNamedType(field.type)));
    const edges = fields.filter((field) => isObjectType(getNamedType(field.type)));
    const connection = this.#model.connections.has(type.name);
    const wanted: string[] = [];
    for (let n = this.#dice.below(3); n >= 0 && leaves.length > 0; n -= 1) {
      wanted.push(this.#field(type, this.#dice.pick(leaves), level));
    }
    const deeper = connection || level < MAX_LEVEL;
    for (let n = this.#dice.below(3); n >= 0 && edges.length > 0 && deeper && this.#budget > 0; n -= 1) {
      wanted.push(this.#field(type, this.#dice.pick(edges.flatMap(often)), level));
    }
    if (wanted.length === 0 || this.#dice.chance(0.15)) wanted.push('__typename');
    return wanted.map((selection) => this.#wrap(type, selection)).join(' ');
  }

  /** Puts a selection into an inline fragment, a named one, or leaves it. */
  #wrap(type: GraphQLObjectType, selection: string): string {
    if (this.#dice.chance(0.1)) return `... on ${type.name}${this.#directive()} { ${selection} }`;
    if (this.#dice.chance(0.05)) return `...${this.#directive()} { ${selection} ${selection} }`;
    if (!this.#dice.chance(0.1)) return selection;
    const name = `F${this.#fragments.length}`;
    this.#fragments.push(`fragment ${name} on ${type.name} { ${selection} }`);
    return `...${name}${this.#directive()}`;
  }

  #directive(): string {
    if (!this.#dice.chance(0.25)) return '';
    const value = this.#dice.chance(0.5);
    const condition = this.#dice.chance(0.5) ? String(value) : this.#variable('Boolean!', value);
    return ` ${this.#dice.pick(['@skip', '@include'])}(if: ${condition})`;
  }

  #variable(type: string, value: unknown): string {
    const name = `v${this.#definitions.length}`;
    this.#definitions.push(`$${name}: ${type}`);
    this.#variables[name] = value;
    return `$${name}`;
  }

  #field(parent: GraphQLObjectType, field: GraphQLField<unknown, unknown>, level: number): string {
    this.#budget -= 1;
    const named = getNamedType(field.type);
    const args = this.#arguments(parent, field);
    const aliased = args !== '' || this.#dice.chance(0.2) || parent === this.#model.schema.getQueryType();
    const alias = aliased ? `a${(this.#aliases += 1)}: ` : '';
    const below = isObjectType(named) ? ` { ${this.#selections(named, level + (this.#isPart(named) ? 0 : 1))} }` : '';
    return `${alias}${field.name}${args}${this.#directive()}${below}`;
  }

  #isPart(type: GraphQLObjectType): boolean {
    return /(Connection|Edge|PageInfo)$/.test(type.name);
  }

  #arguments(parent: GraphQLObjectType, field: GraphQLField<unknown, unknown>): string {
    const given = field.args.flatMap((argument) => {
      const value = this.#argument(parent, field, argument);
      return value === undefined ? [] : [`${argument.name}: ${value}`];
    });
    return given.length > 0 ? `(${given.join(', ')})` : '';
  }

  #argument(
    parent: GraphQLObjectType,
    field: GraphQLField<unknown, unknown>,
    argument: GraphQLArgument,
  ): string | undefined {
    if (argument.name === 'id') {
      const ids = this.#words.ids[ID_TABLES[field.name] ?? ''] ?? [];
      const id = this.#dice.chance(0.85)
        ? this.#dice.pick(ids)
        : this.#dice.pick(['none', '00000000-0000-7000-8000-000000000000']);
      return this.#dice.chance(0.3) ? this.#variable('ID!', id) : JSON.stringify(id);
    }
    if (argument.name === 'first') {
      if (this.#dice.chance(0.4)) return undefined;
      const first = this.#dice.pick([0, 1, 2, 3, 5]);
      return this.#dice.chance(0.3) ? this.#variable('Int', this.#dice.pick([first, null])) : String(first);
    }
    if (argument.name === 'after') return this.#dice.chance(0.2) ? this.#cursor(parent, field) : undefined;
    if (this.#dice.chance(0.4)) return undefined;
    return this.#dice.chance(0.2) && argument.name === 'filter'
      ? this.#variable(String(argument.type), this.#value(argument.type, false))
      : this.#literal(this.#value(argument.type, true));
  }

  /** A cursor of the list in the order of ids: valid whenever no other order is asked for. */
  #cursor(parent: GraphQLObjectType, field: GraphQLField<unknown, unknown>): string | undefined {
    const table = CURSOR_TABLES[getNamedType(field.type).name];
    const lists = field.args.some((argument) => argument.name === 'orderBy');
    const ids = this.#words.ids[table ?? ''];
    if (lists || ids === undefined) return undefined;
    const key = this.#dice.pick(ids);
    const context = `${this.#words.tenantId}|${parent.name}.${field.name}|ID|`;
    return JSON.stringify(makeCursor(this.#words.cursorKey, context, { value: key, key }));
  }

  #value(type: GraphQLInputType, literal: boolean): unknown {
    const bare = isNonNullType(type) ? type.ofType : getNullableType(type);
    if (isListType(bare)) return [this.#value(bare.ofType, literal), this.#value(bare.ofType, literal)];
    if (isInputObjectType(bare)) {
      const fields = Object.values(bare.getFields()).filter(() => this.#dice.chance(0.25));
      return Object.fromEntries(
        fields.map((f) => [f.name, this.#dice.chance(0.1) ? null : this.#value(f.type, literal)]),
      );
    }
    if (isEnumType(bare)) {
      const { name } = this.#dice.pick(bare.getValues());
      return literal ? new EnumName(name) : name;
    }
    switch ((bare as { name: string }).name) {
      case 'Boolean':
        return this.#dice.chance(0.6);
      case 'Date':
        return this.#dice.pick(DAYS);
      case 'DateTime':
        return `${this.#dice.pick(DAYS)}T00:00:00Z`;
      case 'ID':
        return this.#dice.pick(this.#words.ids['patient'] ?? []);
      default:
        return this.#dice.pick(TEXTS);
    }
  }

  #literal(value: unknown): string {
    if (value instanceof EnumName) return value.name;
    if (Array.isArray(value)) return `[${value.map((item) => this.#literal(item)).join(', ')}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    return `{${Object.entries(value)
      .map(([name, item]) => `${name}: ${this.#literal(item)}`)
      .join(', ')}}`;
  }
}

/** Edges that can miss a non-null row come more often: null propagation is what is hard to get right. */
const often = (field: GraphQLField<unknown, unknown>): GraphQLField<unknown, unknown>[] =>
  /^(allocations|dispense|invoiceLine|nodes|invoiceLines|dispenses)$/.test(field.name)
    ? [field, field, field, field]
    : [field];

class EnumName {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

const ID_TABLES: Record<string, string> = {
  dispense: 'dispense',
  encounter: 'encounter',
  prescription: 'prescription',
  referral: 'referral',
  consultNote: 'consult_note',
  coverage: 'coverage',
  determination: 'determination',
  claimTransaction: 'claim_transaction',
  invoice: 'invoice',
  message: 'raw_message',
  messageReplay: 'message_replay',
};

const CURSOR_TABLES: Record<string, string> = {
  DispenseConnection: 'dispense',
  AllocationConnection: 'allocation',
  AccumulatorEntryConnection: 'accumulator_entry',
  InvoiceLineConnection: 'invoice_line',
  DeterminationConnection: 'determination',
  MessageErrorConnection: 'record_error',
  MessageReplayConnection: 'message_replay',
};
