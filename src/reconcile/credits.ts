/**
 * What credit memos leave of invoice lines (DOMAIN.md 12.37): a credit reduces the line it names (original invoice + NDC),
 * else the latest line of account + NDC on or before its date; what finds no line is excess. A pure function of the lines.
 */

/** A line of one account and NDC-11. `quantity` in thousandths, always positive. */
export interface DocumentLine {
  id: string;
  kind: 'INVOICE' | 'CREDIT';
  invoiceNumber: string;
  originalInvoice: string;
  invoiceDate: string;
  ordinal: number;
  quantity: number;
}

/** Effective quantity by invoice line, and what of each credit line found nothing to reduce. */
export interface Netted {
  effective: Map<string, number>;
  excess: Map<string, number>;
}

const byDocument = (a: DocumentLine, b: DocumentLine): number =>
  a.invoiceDate < b.invoiceDate
    ? -1
    : a.invoiceDate > b.invoiceDate
      ? 1
      : a.invoiceNumber < b.invoiceNumber
        ? -1
        : a.invoiceNumber > b.invoiceNumber
          ? 1
          : a.ordinal - b.ordinal;

/** Lines a credit may reduce: all lines of the product on the invoice it names, else the one latest line. */
function targets(credit: DocumentLine, bought: readonly DocumentLine[]): DocumentLine[] {
  const named =
    credit.originalInvoice === '' ? [] : bought.filter((line) => line.invoiceNumber === credit.originalInvoice);
  if (named.length > 0) return named;
  return bought.filter((line) => line.invoiceDate <= credit.invoiceDate).slice(-1);
}

/** Applies credits in document order. */
export function netCredits(lines: readonly DocumentLine[]): Netted {
  const ordered = [...lines].sort(byDocument);
  const bought = ordered.filter((line) => line.kind === 'INVOICE');
  const effective = new Map(bought.map((line) => [line.id, line.quantity]));
  const excess = new Map<string, number>();
  for (const credit of ordered.filter((line) => line.kind === 'CREDIT')) {
    let left = credit.quantity;
    for (const line of targets(credit, bought)) {
      const taken = Math.min(left, effective.get(line.id) ?? 0);
      effective.set(line.id, (effective.get(line.id) ?? 0) - taken);
      left -= taken;
    }
    excess.set(credit.id, left);
  }
  return { effective, excess };
}
