/** Invoice lines of wholesalers without X12, as CSV or workbook. README.md says which columns are read. */
import type { Format } from '../../contract.ts';
import { TABLE_OPTIONS, tableOptions, tableProblems, unknownOptions } from '../../tables/options.ts';
import { mapInvoices } from './map.ts';
import { LAYOUT, parseInvoiceLines } from './parse.ts';

/** The format `invoice-csv`. Options: `wholesaler` (required: the file does not name it), `delimiter`, `sheet`, `headers`. */
export const format: Format = {
  name: 'invoice-csv',
  kind: 'invoices',
  checkOptions(options) {
    const problems = unknownOptions(options, ['wholesaler', ...TABLE_OPTIONS]);
    const { wholesaler } = options;
    if (typeof wholesaler !== 'string' || wholesaler.trim() === '')
      problems.push('wholesaler must name the wholesaler as the account master does');
    const headers = Object.values(LAYOUT).map((column) => column.header);
    return [...problems, ...tableProblems(options, headers)];
  },
  read(source, { feed, options }) {
    const { wholesaler } = options;
    const lines = parseInvoiceLines(source, tableOptions(options));
    return mapInvoices(lines, typeof wholesaler === 'string' ? wholesaler.trim() : feed);
  },
};
