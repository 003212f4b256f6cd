/** Lines of the NDC directory -> drug products and drug packages. */
import { readNdc } from '../../../src/model/ndc.ts';
import type { RecordError, ReferenceRecord } from '../../../src/model/records.ts';
import type { Parsed } from '../../contract.ts';
import { unread } from '../../tables/layout.ts';
import { packageSize } from './package-size.ts';
import type { DirectoryLine, PackageLine, ProductLine } from './parse.ts';

/** `70 mg/1; 5600 [iU]/1; 100` of the parallel lists `70; 5600; 100` and `mg/1; [iU]/1`. */
function strength(strengths: string, units: string): string {
  if (strengths === '') return '';
  const unit = units.split(';');
  return strengths
    .split(';')
    .map((value, index) => `${value.trim()} ${(unit[index] ?? '').trim()}`.trim())
    .join('; ');
}

function product(line: ProductLine): ReferenceRecord {
  const branded = `${line.name} ${line.suffix}`.trim();
  return {
    type: 'reference',
    kind: 'drugProduct',
    row: {
      productNdc: line.productNdc,
      productType: line.productType,
      name: branded === '' ? line.nonproprietaryName : branded,
      labelerName: line.labelerName,
      dosageForm: line.dosageForm,
      strength: strength(line.strengths, line.strengthUnits),
      schedule: line.schedule,
      marketingStart: line.marketingStart,
      marketingEnd: line.marketingEnd,
    },
  };
}

function drugPackage(line: PackageLine): { record: ReferenceRecord; errors: RecordError[] } {
  const reading = readNdc(line.packageNdc);
  const size = packageSize(line.description, line.packageNdc);
  const row = {
    // The layout lets only exact codes through.
    ndc11: reading.kind === 'EXACT' ? reading.ndc11 : '',
    packageNdc: line.packageNdc,
    productNdc: line.productNdc,
    description: line.description,
    packageSize: 'size' in size ? size.size : null,
    unit: 'size' in size ? size.unit : '',
    marketingStart: line.marketingStart,
    marketingEnd: line.marketingEnd,
  };
  const original = line.description.slice(0, 200);
  const errors: RecordError[] =
    'problem' in size
      ? [{ code: 'RECORD_INVALID', field: 'PACKAGEDESCRIPTION', message: `no package size: ${size.problem}`, original }]
      : [];
  return { record: { type: 'reference', kind: 'drugPackage', row }, errors };
}

/** One line as a unit of the payload. */
export function mapDirectoryLine(read: DirectoryLine): Parsed {
  const { position, errors } = read.line;
  if (read.line.row === null) return unread(read.line);
  if (read.file === 'product') return { position, records: [product(read.line.row)], errors };
  const { record, errors: doubts } = drugPackage(read.line.row);
  return { position, records: [record], errors: [...errors, ...doubts] };
}
