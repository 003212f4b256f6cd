/** Writes a claim extract by the same declaration that reads it, for the simulator and for round-trip tests. */
import { stringify } from 'csv-stringify/sync';
import type { ClaimRecord } from '../../../src/model/records.ts';
import { writeDate } from '../../tables/date-format.ts';
import type { ExtractOptions } from './options.ts';
import type { Mapping } from './options-mapping.ts';
import { readOptions } from './options.ts';
import type { Target } from './targets.ts';
import { STATUSES } from './targets.ts';

/** A claim to be written; `adjudicatedLocal` is the pharmacy's own clock (`YYYY-MM-DDTHH:mm:ss`), '' = none. */
export type ExtractRow = Omit<
  ClaimRecord,
  | 'type'
  | 'adjudicatedAt'
  | 'batchCreatedAt'
  | 'batchId'
  | 'batchReference'
  | 'transactionIndex'
  | 'ordinal'
  | 'productQualifier'
> & { adjudicatedLocal: string };

/**
 * The extract as UTF-8. Columns stand in the order of `columns`, else of the mapping.
 * @throws RangeError when the declaration has problems or a value has no text in it.
 */
export function writeExtract(rows: readonly ExtractRow[], declaration: Readonly<Record<string, unknown>>): Uint8Array {
  const { options, problems } = readOptions(declaration);
  if (problems.length > 0) throw new RangeError(problems.join('; '));
  if (options.fixed || options.sheet !== null) throw new RangeError('only delimited extracts are written');
  const mappings = new Map<string, Mapping>();
  for (const mapping of options.mappings.values()) if (mapping.from !== null) mappings.set(mapping.from, mapping);
  const columns = options.columns ?? [...mappings.keys()];
  const lines = rows.map((row) => columns.map((column) => textOf(row, mappings.get(column))));
  const table = options.columns ? lines : [[...columns], ...lines];
  const body = stringify(table, { delimiter: options.delimiter });
  return new TextEncoder().encode(body + trailerLine(options, columns, rows.length));
}

function trailerLine(
  { trailer, delimiter, columns: declared }: ExtractOptions,
  columns: readonly string[],
  count: number,
): string {
  if (!trailer) return '';
  const at = typeof trailer.count === 'number' ? trailer.count - 1 : columns.indexOf(String(trailer.count));
  if (at === 0 && trailer.prefix !== '') throw new RangeError('trailer: prefix and count cannot share a column');
  const cells = Array.from({ length: at + 1 }, () => '');
  cells[0] = trailer.prefix;
  cells[at] = String(trailer.countsAllLines ? count + (declared ? 1 : 2) : count);
  return `${cells.join(delimiter)}\n`;
}

function textOf(row: ExtractRow, mapping: Mapping | undefined): string {
  if (!mapping) return '';
  const value = VALUES[mapping.target](row);
  if (value === '') return '';
  const [format] = mapping.formats;
  const text =
    (mapping.kind === 'date' || mapping.kind === 'instant') && format
      ? writeDate(value, formatFor(value, mapping))
      : value;
  if (!mapping.lookup) return text;
  for (const [sent, meaning] of mapping.lookup) if (meaning === text) return sent;
  throw new RangeError(`${mapping.target}: the lookup has no text for a value`);
}

/** Without a declared format several are tried when reading; a local time is written to the second. */
function formatFor(value: string, { formats }: Mapping): Mapping['formats'][number] {
  const [first] = formats;
  const timed = formats.find(
    ({ tokens }) => tokens.includes('ss') && !tokens.includes('SSS') && !tokens.includes('XXX'),
  );
  const chosen = value.includes('T') ? (timed ?? first) : first;
  if (!chosen) throw new RangeError('no format');
  return chosen;
}

function statusOf(row: ExtractRow): string {
  for (const [status, { code, responseStatus }] of STATUSES)
    if (code === row.code && responseStatus === row.responseStatus) return status;
  throw new RangeError('status: no word for this code and response status');
}

const number = (value: number | null): string => (value === null ? '' : String(value));

/** The text of each target before its lookup. */
const VALUES: Readonly<Record<Target, (row: ExtractRow) => string>> = {
  status: statusOf,
  code: (row) => row.code,
  responseStatus: (row) => row.responseStatus,
  'pharmacy.ncpdp': (row) => (row.providerQualifier === '01' ? '' : row.providerId),
  'pharmacy.npi': (row) => (row.providerQualifier === '01' ? row.providerId : ''),
  'rx.number': (row) => row.rxNumber,
  'fill.number': (row) => number(row.fillNumber),
  dateOfService: (row) => row.dateOfService,
  ndc: (row) => row.ndcText ?? '',
  quantity: (row) => row.quantity ?? '',
  unit: (row) => row.unit,
  daysSupply: (row) => number(row.daysSupply),
  dateWritten: (row) => row.writtenDate ?? '',
  'prescriber.id': (row) => row.prescriberId ?? '',
  'prescriber.qualifier': (row) => row.prescriberQualifier,
  'payer.bin': (row) => row.bin,
  'payer.pcn': (row) => row.pcn,
  'payer.group': (row) => row.group,
  'payer.cardholder': (row) => row.cardholder,
  'otherPayer.bin': (row) => row.otherPayers[0]?.bin ?? '',
  'otherPayer.pcn': (row) => row.otherPayers[0]?.pcn ?? '',
  'otherPayer.group': (row) => row.otherPayers[0]?.group ?? '',
  otherCoverage: (row) => (row.otherCoverage === 0 ? '' : String(row.otherCoverage)),
  adjudicatedAt: (row) => row.adjudicatedLocal,
  'patient.lastName': (row) => row.patient.familyName ?? '',
  'patient.firstName': (row) => row.patient.givenName ?? '',
  'patient.birthDate': (row) => row.patient.birthDate ?? '',
  'patient.sex': (row) => row.patient.sex ?? '',
  'patient.id': (row) => row.patient.identifier?.value ?? '',
  'amounts.ingredientCost': (row) => row.amounts.ingredientCost ?? '',
  'amounts.dispensingFee': (row) => row.amounts.dispensingFee ?? '',
  'amounts.patientPay': (row) => row.amounts.patientPay ?? '',
  'amounts.totalPaid': (row) => row.amounts.totalPaid ?? '',
  submissionClarification: (row) => row.submissionClarification.join(' '),
  basisOfCost: (row) => row.basisOfCost,
  compound: (row) => (row.compound ? '2' : '1'),
  dispensingStatus: (row) => row.dispensingStatus,
};
