/** Bytes of a master data file -> its lines as the layout of the wanted record reads them. */
import { readTable } from '../../tables/layout.ts';
import type { TableOptions, TableRow } from '../../tables/layout.ts';
import { LAYOUTS } from './layouts.ts';
import type { MasterKind, MasterRow } from './layouts.ts';

/**
 * Reads the lines of one kind of master data.
 * @throws HeldPayload when the file is empty or lacks a column of the layout.
 */
export function parseLines<K extends MasterKind>(
  bytes: Uint8Array,
  kind: K,
  options: TableOptions,
): Generator<TableRow<MasterRow<K>>> {
  return readTable<MasterRow<K>>(bytes, LAYOUTS[kind], options);
}
