/** What resolving invoices looks at: rows as the statements answer them, gathered set-based for a batch of numbers. */
import type { InvoiceLineRecord } from '../model/records.ts';
import { readNdc } from '../model/ndc.ts';
import type { Transaction } from '../db/client.ts';
import { run, statement } from '../db/statement.ts';
import type { TenantId } from '../db/tenant.ts';

const LOAD_VERSIONS = statement(import.meta.url, 'load-versions.sql');
const LOAD_PACKAGES = statement(import.meta.url, 'load-packages.sql');
const LOAD_PRICES = statement(import.meta.url, 'load-prices.sql');

/** A document number at an account of a wholesaler. */
export interface InvoiceKey {
  wholesaler: string;
  accountNumber: string;
  invoiceNumber: string;
}

/** One version of an invoice with its account; account columns are null while the account is unknown. */
export interface InvoiceVersion extends InvoiceKey {
  id: string;
  kind: 'INVOICE' | 'CREDIT';
  invoiceDate: string;
  originalInvoice: string;
  total: string | null;
  allowances: string;
  charges: string;
  tax: string;
  current: boolean;
  rawId: string;
  lines: InvoiceLineRecord[];
  accountType: string | null;
  entity: string | null;
  ncpdp: string | null;
}

/** A catalogue price; null dates are open. */
export interface CataloguePrice {
  packagePrice: string;
  validFrom: string | null;
  validTo: string | null;
}

/** Facts for a batch of invoices. */
export interface InvoiceFacts {
  versions: InvoiceVersion[];
  /** Package size in billing units by NDC-11; a key without size: listed, but its description could not be read. */
  packageSizes: Map<string, string | null>;
  /** Catalogue prices by `ndc11|accountType`. */
  prices: Map<string, CataloguePrice[]>;
}

const ndcsOf = (versions: readonly InvoiceVersion[]): string[] => {
  const found = new Set<string>();
  for (const line of versions.flatMap((version) => version.lines)) {
    const reading = line.ndcText === null ? null : readNdc(line.ndcText);
    if (reading?.kind === 'EXACT' || reading?.kind === 'SHORT') found.add(reading.ndc11);
    if (reading?.kind === 'AMBIGUOUS') for (const candidate of reading.candidates) found.add(candidate);
  }
  return [...found];
};

/** Gathers everything that resolving these invoices needs. */
export async function gatherInvoiceFacts(
  tx: Transaction,
  tenant: TenantId,
  keys: readonly InvoiceKey[],
): Promise<InvoiceFacts> {
  const columns = [
    keys.map((key) => key.wholesaler),
    keys.map((key) => key.accountNumber),
    keys.map((key) => key.invoiceNumber),
  ];
  const versions = await run<InvoiceVersion>(tx, LOAD_VERSIONS, [tenant, ...columns]);
  const ndcs = ndcsOf(versions);
  const packages = await run<{ ndc11: string; packageSize: string | null }>(tx, LOAD_PACKAGES, [ndcs]);
  const priceRows = await run<CataloguePrice & { ndc11: string; accountType: string }>(tx, LOAD_PRICES, [tenant, ndcs]);
  const prices = new Map<string, CataloguePrice[]>();
  for (const row of priceRows) {
    const key = `${row.ndc11}|${row.accountType}`;
    prices.set(key, [...(prices.get(key) ?? []), row]);
  }
  return {
    versions: [...versions],
    packageSizes: new Map(packages.map((row) => [row.ndc11, row.packageSize])),
    prices,
  };
}
