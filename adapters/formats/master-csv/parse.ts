/** A master data file -> its lines as the layout of the wanted record reads them. */
import type { Source } from '../../contract.ts';
import { readTableFile, TableReading } from '../../tables/layout.ts';
import type { TableOptions, TableRow } from '../../tables/layout.ts';
import { LAYOUTS } from './layouts.ts';
import type { MasterKind, MasterRow } from './layouts.ts';

/**
 * Reads the lines of one kind of master data.
 * @throws HeldPayload when the file is empty or lacks a column of the layout.
 */
export const parseLines = <K extends MasterKind>(
  source: Source,
  kind: K,
  options: TableOptions,
): AsyncGenerator<TableRow<MasterRow<K>>[]> =>
  readTableFile(source, new TableReading<MasterRow<K>>(LAYOUTS[kind], options), options);
