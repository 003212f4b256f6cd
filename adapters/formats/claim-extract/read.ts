/** A claim extract from bytes to units: trailer, header, then one unit per row. */
import type { FormatContext, Parsed, Source } from '../../contract.ts';
import { HeldPayload } from '../../contract.ts';
import { foreignPayload } from '../../tables/foreign-payload.ts';
import { Cells, recordError } from './cells.ts';
import { mapRow } from './map.ts';
import type { ExtractOptions } from './options.ts';
import { readOptions } from './options.ts';
import { textAt } from './options-shape.ts';
import type { Row } from './parse.ts';
import { readFileRows } from './rows.ts';
import { bindColumns } from './slots.ts';
import { checkTrailerLine, findTrailer, Tally } from './trailer.ts';

/** Where a file of another standard is recognised. */
const HEAD_BYTES = 4096;

/**
 * Reads an extract lazily, step by step through its bytes.
 * @throws HeldPayload when the header lacks a mapped column, a declared trailer is missing (12.19), or it is no extract.
 */
export async function* readExtract(source: Source, context: FormatContext): AsyncGenerator<readonly Parsed[]> {
  const { options } = readOptions(context.options);
  const head = new TextDecoder(options.encoding).decode(await source.read(0, Math.min(source.size, HEAD_BYTES)));
  const foreign = foreignPayload(head);
  if (foreign !== null) throw new HeldPayload('file', 'header', `${foreign}; expected a claim extract`);
  // A workbook's last row is a row of its sheet, not the last bytes of the file.
  const atEnd = options.trailer && options.sheet === null;
  const trailer = atEnd ? await findTrailer(source, options.encoding) : { start: source.size, text: '' };
  const body: Source = {
    size: trailer.start,
    step: source.step,
    read: (from, to) => source.read(from, Math.min(to, trailer.start)),
  };
  const reading = new ExtractReading(options, context.zone, trailer.text);
  for await (const rows of readFileRows(body, options, () => reading.width)) yield reading.read(rows);
  yield reading.end();
}

/** An extract while its rows come in. */
class ExtractReading {
  width = 0;
  readonly #options: ExtractOptions;
  readonly #zone: string;
  readonly #trailer: string;
  readonly #tally: Tally | null;
  readonly #isRecord: (row: Row) => boolean | null;
  #columns: readonly string[] = [];
  #cells: Cells | undefined;

  constructor(options: ExtractOptions, zone: string, trailer: string) {
    this.#options = options;
    this.#zone = zone;
    this.#trailer = trailer;
    this.#tally = options.trailer && new Tally(options.trailer);
    this.#isRecord = kindTeller(options);
    if (this.#tally) this.#tally.others = options.skip;
    if (options.columns) this.#begin(options.columns);
  }

  read(rows: readonly Row[]): Parsed[] {
    const units: Parsed[] = [];
    for (const row of rows) {
      if (this.#cells) {
        const unit = this.#readRow(row, this.#cells);
        if (unit) units.push(unit);
      } else {
        this.#begin(readHeader(row, this.#options));
        if (this.#tally) this.#tally.others++;
        units.push(...headerDrift(row, this.#columns, this.#options));
      }
    }
    return units;
  }

  end(): Parsed[] {
    if (!this.#cells) this.#begin(readHeader(undefined, this.#options));
    return this.#tally ? [...this.#tally.check(this.#trailer, this.#columns, this.#options)] : [];
  }

  #begin(columns: readonly string[]): void {
    const { trailer, delimiter } = this.#options;
    if (trailer) checkTrailerLine(this.#trailer, trailer, columns, delimiter);
    this.#columns = columns;
    this.#cells = new Cells(bindColumns(columns, this.#options, this.#zone));
    this.width = columns.length;
  }

  /** Null = a line that is no record, as declared. */
  #readRow(row: Row, cells: Cells): Parsed | null {
    const isRecord = this.#isRecord(row);
    if (isRecord === false) {
      if (this.#tally) this.#tally.others++;
      return null;
    }
    if (this.#tally) this.#tally.records++;
    if (isRecord === null) return reject(row, 'records', 'the kind of the line is none of the declared');
    if (row.fault !== '') return reject(row, '', row.fault);
    const count = cells.goTo(row);
    if (count !== this.width && this.#options.sheet === null)
      return reject(row, '', `${count} columns, ${this.width} expected`);
    this.#tally?.add(cells.ofColumn);
    const position = `line ${row.line}`;
    if (cells.anyHolds('ignoredWhen')) return { position, records: [], errors: [], ignored: 'IGNORED_BY_RULE' };
    const refused = cells.refusal();
    if (refused) return reject(row, refused.from, 'the feed refuses rows with this value (reject_when)');
    const record = mapRow(cells, row.line);
    return { position, records: cells.rejected ? [] : [record], errors: cells.errors };
  }
}

const reject = (row: Row, field: string, message: string): Parsed => ({
  position: `line ${row.line}`,
  records: [],
  errors: [recordError(field, message, row.text)],
});

/** Record, other declared line, or null = a kind of line that nobody declared. */
function kindTeller({ rules: { kinds }, delimiter, columns }: ExtractOptions): (row: Row) => boolean | null {
  if (!kinds) return () => true;
  return ({ text, cells }) => {
    const place = kinds.in;
    const kind =
      typeof place === 'number' && cells
        ? (cells[place - 1] ?? '').trim()
        : textAt(text, place, columns ?? [], delimiter);
    if (kinds.detail.has(kind)) return true;
    return kinds.others.has(kind) ? false : null;
  };
}

function readHeader(row: Row | undefined, options: ExtractOptions): string[] {
  const names = row?.cells?.map((name) => name.trim()) ?? [];
  const position = `line ${row?.line ?? 1}`;
  for (const column of columnsUsed(options)) {
    const times = names.filter((name) => name === column).length;
    if (times === 0) throw new HeldPayload(position, column, 'the header lacks a mapped column');
    if (times > 1) throw new HeldPayload(position, column, 'the header names a mapped column more than once');
  }
  return names;
}

/** Columns without which the declaration cannot be followed. */
function columnsUsed({ mappings, rules, trailer }: ExtractOptions): Set<string> {
  const mapped = [...mappings.values()].flatMap(({ from }) => (from === null ? [] : [from]));
  const asked = [rules.reversedWhen, rules.rebilledWhen, rules.ignoredWhen, rules.rejectWhen].flat();
  return new Set([...mapped, ...asked.map(({ from }) => from), ...(trailer?.totals ?? []).map(({ of }) => of)]);
}

/** A header that is not the declared one is told; its mapped columns are all there. */
function headerDrift(row: Row, columns: readonly string[], { knownColumns }: ExtractOptions): Parsed[] {
  if (!knownColumns) return [];
  const added = columns.filter((name) => !knownColumns.includes(name));
  const gone = knownColumns.filter((name) => !columns.includes(name));
  if (added.length + gone.length === 0) return [];
  const says = [
    ...(added.length === 0 ? [] : [`${added.length} columns are new`]),
    ...(gone.length === 0 ? [] : [`it lacks ${gone.join(', ')}`]),
  ].join('; ');
  const error = recordError('known_columns', `the header has changed: ${says}`, added.join(', '));
  return [{ position: `line ${row.line}`, records: [], errors: [error] }];
}
