/**
 * The FDA's product.txt and package.txt: tab separated, with a header that tells which of the two it is. Quotes are ordinary
 * characters in both.
 */
import type { ReferenceRecord } from '../../../src/model/records.ts';
import { readNdc } from '../../../src/model/ndc.ts';
import { HeldPayload, type Source } from '../../contract.ts';
import { code, compactDate, productNdc, text, Unreadable } from '../../tables/cells.ts';
import { filled, headerKey, linesOf, meaningful, missable, TableReading } from '../../tables/layout.ts';
import type { DelimitedLine } from '../../tables/delimited.ts';
import type { Layout, TableRow } from '../../tables/layout.ts';

/** A line of product.txt, names and strengths still in the FDA's columns. */
export interface ProductLine {
  productNdc: string;
  productType: string;
  name: string;
  suffix: string;
  nonproprietaryName: string;
  dosageForm: string;
  labelerName: string;
  strengths: string;
  strengthUnits: string;
  schedule: string;
  marketingStart: string | null;
  marketingEnd: string | null;
}

/** A line of package.txt. */
export type PackageLine = Omit<
  Extract<ReferenceRecord, { kind: 'drugPackage' }>['row'],
  'ndc11' | 'packageSize' | 'unit'
>;

/** A line of either file. */
export type DirectoryLine =
  { file: 'product'; line: TableRow<ProductLine> } | { file: 'package'; line: TableRow<PackageLine> };

const packageNdc = (cell: string): string | Unreadable =>
  readNdc(cell).kind === 'EXACT' ? cell : new Unreadable('a package NDC with hyphens, or of eleven digits');

const day = (header: string) => missable(meaningful<string | null>(header, compactDate, null));
const words = (header: string) => meaningful(header, text, '');

const PRODUCT: Layout<ProductLine> = {
  productNdc: filled('PRODUCTNDC', productNdc),
  productType: filled('PRODUCTTYPENAME', text),
  name: words('PROPRIETARYNAME'),
  suffix: missable(words('PROPRIETARYNAMESUFFIX')),
  nonproprietaryName: missable(words('NONPROPRIETARYNAME')),
  dosageForm: words('DOSAGEFORMNAME'),
  labelerName: words('LABELERNAME'),
  strengths: missable(words('ACTIVE_NUMERATOR_STRENGTH')),
  strengthUnits: missable(words('ACTIVE_INGRED_UNIT')),
  schedule: meaningful('DEASCHEDULE', code, ''),
  marketingStart: day('STARTMARKETINGDATE'),
  marketingEnd: day('ENDMARKETINGDATE'),
};

/** Older package files have no marketing dates. */
const PACKAGE: Layout<PackageLine> = {
  packageNdc: filled('NDCPACKAGECODE', packageNdc),
  productNdc: filled('PRODUCTNDC', productNdc),
  description: filled('PACKAGEDESCRIPTION', text),
  marketingStart: day('STARTMARKETINGDATE'),
  marketingEnd: day('ENDMARKETINGDATE'),
};

const OPTIONS = { delimiter: '\t', quoted: false };

/** A file while its lines come: its first line tells which of the two it is. */
function readingOf(header: DelimitedLine | undefined): (lines: readonly DelimitedLine[] | null) => DirectoryLine[] {
  const keys = new Set(header?.cells.map(headerKey));
  const take = <Row extends object>(layout: Layout<Row>) => {
    const reading = new TableReading(layout, OPTIONS);
    return (lines: readonly DelimitedLine[] | null): TableRow<Row>[] => {
      if (lines !== null) return [...reading.take(lines)];
      reading.finish();
      return [];
    };
  };
  if (keys.has(headerKey('NDCPACKAGECODE'))) {
    const read = take(PACKAGE);
    return (lines) => read(lines).map((line) => ({ file: 'package', line }));
  }
  if (keys.has(headerKey('PRODUCTTYPENAME'))) {
    const read = take(PRODUCT);
    return (lines) => read(lines).map((line) => ({ file: 'product', line }));
  }
  throw new HeldPayload('line 1', 'header', 'neither product.txt nor package.txt of the NDC directory: no such header');
}

/**
 * Reads either file, some lines at a time.
 * @throws HeldPayload when the header is that of neither, or lacks a column.
 */
export async function* parseDirectory(source: Source): AsyncGenerator<DirectoryLine[]> {
  let read: ReturnType<typeof readingOf> | undefined;
  for await (const lines of linesOf(source, OPTIONS)) {
    if (lines.length === 0) continue;
    read ??= readingOf(lines[0]);
    yield read(lines);
  }
  read ??= readingOf(undefined);
  yield read(null);
}
