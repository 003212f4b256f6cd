/** A line of master data -> its canonical record. */
import type { MasterRecord, RecordError } from '../../../src/model/records.ts';
import type { Parsed } from '../../contract.ts';
import { unread } from '../../tables/layout.ts';
import type { TableRow } from '../../tables/layout.ts';
import { LAYOUTS } from './layouts.ts';
import type { MasterKind, MasterRow } from './layouts.ts';

/** A period that ends before it begins counts on no day; that is a slip of the pen, so the line is rejected. */
function reversedPeriod(kind: MasterKind, row: object): RecordError | undefined {
  if (!('from' in row && 'to' in row)) return undefined;
  const { from, to } = row;
  if (typeof from !== 'string' || typeof to !== 'string' || from <= to) return undefined;
  const layout = LAYOUTS[kind];
  const field = 'to' in layout ? layout.to.header : '';
  return { code: 'RECORD_INVALID', field, message: 'the last day lies before the first day', original: to };
}

/** True for a row with the fields of its kind; `parse.ts` reads no others, so this only tells the compiler. */
const isMaster = (record: { type: string; kind: MasterKind; row: object }): record is MasterRecord =>
  Object.keys(LAYOUTS[record.kind]).every((field) => Object.hasOwn(record.row, field));

/** One line as a unit of the payload. */
function mapLine<K extends MasterKind>(kind: K, line: TableRow<MasterRow<K>>): Parsed {
  const { position, row, errors } = line;
  if (row === null) return unread(line);
  const reversed = reversedPeriod(kind, row);
  if (reversed) return { position, records: [], errors: [...errors, reversed] };
  const record = { type: 'master', kind, row };
  return { position, records: isMaster(record) ? [record] : [], errors };
}

/** The lines of a file, one unit each. */
export async function* mapLines<K extends MasterKind>(
  kind: K,
  lines: AsyncIterable<readonly TableRow<MasterRow<K>>[]>,
): AsyncGenerator<Parsed[]> {
  for await (const some of lines) yield some.map((line) => mapLine(kind, line));
}
