/**
 * The FDA's product.txt and package.txt: tab separated, with a header that tells which of the two it is. Quotes are ordinary
 * characters in both.
 */
import type { ReferenceRecord } from '../../../src/model/records.ts';
import { readNdc } from '../../../src/model/ndc.ts';
import { HeldPayload } from '../../contract.ts';
import { code, compactDate, productNdc, text, Unreadable } from '../../tables/cells.ts';
import { filled, headerKey, linesOf, meaningful, missable, readTable } from '../../tables/layout.ts';
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

/**
 * Reads either file.
 * @throws HeldPayload when the header is that of neither, or lacks a column.
 */
export function* parseDirectory(bytes: Uint8Array): Generator<DirectoryLine> {
  const [header] = linesOf(bytes, OPTIONS);
  const keys = new Set(header?.cells.map(headerKey));
  if (keys.has(headerKey('NDCPACKAGECODE')))
    for (const line of readTable(bytes, PACKAGE, OPTIONS)) yield { file: 'package', line };
  else if (keys.has(headerKey('PRODUCTTYPENAME')))
    for (const line of readTable(bytes, PRODUCT, OPTIONS)) yield { file: 'product', line };
  else
    throw new HeldPayload(
      'line 1',
      'header',
      'neither product.txt nor package.txt of the NDC directory: no such header',
    );
}
