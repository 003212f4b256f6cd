/** Canonical records of wholesalers; the conventions of fields stand in records.ts. */

/** One line of a wholesaler invoice; quantities count packages (FORMATS 4). */
export interface InvoiceLineRecord {
  /** IT1-01, else the ordinal. */
  lineNumber: string;
  /** IT1 N4 value as sent; null = absent. */
  ndcText: string | null;
  packages: string;
  unitPrice: string;
  /** Position inside the file (`ST 1/IT1 3`, `line 12`). */
  position: string;
}

/** One invoice or credit memo as received (X12 810, CSV). */
export interface InvoiceRecord {
  type: 'invoice';
  /** The name the feed gives its wholesaler, else the sender id. */
  wholesaler: string;
  accountNumber: string;
  invoiceNumber: string;
  /** BIG-01. */
  invoiceDate: string;
  kind: 'INVOICE' | 'CREDIT';
  /** Invoice that a credit names (BIG/REF), '' when none. */
  originalInvoice: string;
  purchaseOrder: string;
  /** TDS-01 as money; null = not stated. */
  total: string | null;
  /** SAC allowances and charges, tax: money, '0.00' when none. */
  allowances: string;
  charges: string;
  tax: string;
  /** Creation instant of the interchange (GS-04/05), null for CSV: the receipt decides (12.37). */
  createdAt: string | null;
  lines: InvoiceLineRecord[];
}
