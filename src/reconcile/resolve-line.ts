/**
 * What one invoice line means: which drug, how many billing units, what it costs, and what is wrong with it (DOMAIN.md 12.29,
 * 12.34-12.37). Pure: facts in, resolution and exception causes out.
 */
import { Decimal } from 'decimal.js';
import { within } from '../model/calendar.ts';
import { readNdc } from '../model/ndc.ts';
import type { Policy } from '../model/policy.ts';
import type { InvoiceLineRecord } from '../model/records.ts';
import type { ExceptionCode } from '../model/verdict.ts';
import type { CataloguePrice, InvoiceFacts, InvoiceVersion } from './invoice-facts.ts';

/** A finding about a line or an invoice, before it becomes an exception cause. */
export interface Finding {
  code: ExceptionCode;
  subject: string;
  detail: string;
  dollars: string | null;
}

/** A line as resolved. `quantity` in billing units, negative = goods went back (a credit, or a negative line of an invoice);
 * null when NDC or package size is unknown. */
export interface ResolvedLine {
  record: InvoiceLineRecord;
  ordinal: number;
  ndc11: string | null;
  amount: string;
  quantity: string | null;
  posted: boolean;
  findings: Finding[];
}

/** `wholesaler|account|number` and, for lines, `|line` (12.40). */
export const invoiceSubject = (version: InvoiceVersion, line?: InvoiceLineRecord): string =>
  [
    version.wholesaler,
    version.accountNumber,
    version.invoiceNumber,
    ...(line === undefined ? [] : [line.lineNumber]),
  ].join('|');

/** packages x unit price to the cent, half away from zero (12.37). */
export const lineAmount = (line: InvoiceLineRecord): Decimal =>
  new Decimal(line.packages).times(line.unitPrice).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);

function resolveNdc(line: InvoiceLineRecord, facts: InvoiceFacts): { ndc11: string | null; finding: Finding | null } {
  const unknown = (code: 'NDC_UNKNOWN' | 'NDC_AMBIGUOUS', detail: string): { ndc11: null; finding: Finding } => ({
    ndc11: null,
    finding: { code, subject: line.ndcText ?? '', detail, dollars: null },
  });
  if (line.ndcText === null) return { ndc11: null, finding: null };
  const reading = readNdc(line.ndcText);
  if (reading.kind === 'UNREADABLE') return unknown('NDC_UNKNOWN', 'the text is no NDC');
  if (reading.kind === 'AMBIGUOUS') {
    const listed = reading.candidates.filter((candidate) => facts.packageSizes.has(candidate));
    const [only] = listed;
    if (listed.length === 1 && only !== undefined) return { ndc11: only, finding: null };
    return unknown('NDC_AMBIGUOUS', `${listed.length} of ${reading.candidates.length} expansions are in the directory`);
  }
  if (!facts.packageSizes.has(reading.ndc11)) return unknown('NDC_UNKNOWN', 'not in the NDC directory');
  return { ndc11: reading.ndc11, finding: null };
}

/** The row in force on the invoice date with the latest start (12.36). */
function priceInForce(prices: readonly CataloguePrice[], date: string): CataloguePrice | null {
  const inForce = prices.filter((price) => within(date, price.validFrom, price.validTo));
  return inForce.sort((a, b) => ((a.validFrom ?? '') < (b.validFrom ?? '') ? 1 : -1))[0] ?? null;
}

function priceFinding(
  version: InvoiceVersion,
  line: InvoiceLineRecord,
  ndc11: string,
  facts: InvoiceFacts,
  policy: Policy,
): Finding | null {
  const catalogue = priceInForce(facts.prices.get(`${ndc11}|${version.accountType ?? ''}`) ?? [], version.invoiceDate);
  if (catalogue === null) return null;
  const difference = new Decimal(line.unitPrice).minus(catalogue.packagePrice);
  const tolerance = Decimal.max(
    policy.priceToleranceAbs,
    new Decimal(policy.priceTolerancePct).times(catalogue.packagePrice),
  );
  if (difference.abs().lte(tolerance)) return null;
  return {
    code: 'PRICE_VARIANCE',
    subject: invoiceSubject(version, line),
    detail: `billed ${new Decimal(line.unitPrice).toFixed(4)}, catalogue ${catalogue.packagePrice} a package`,
    dollars: difference.times(line.packages).abs().toFixed(2),
  };
}

/** Resolves line `ordinal` of an invoice version. */
export function resolveLine(
  version: InvoiceVersion,
  ordinal: number,
  facts: InvoiceFacts,
  policy: Policy,
): ResolvedLine {
  const record = version.lines[ordinal];
  if (record === undefined) throw new Error('an invoice version has no such line');
  const amount = lineAmount(record);
  const { ndc11, finding } = resolveNdc(record, facts);
  const findings: Finding[] = finding === null ? [] : [finding];
  const size = ndc11 === null ? null : (facts.packageSizes.get(ndc11) ?? null);
  const sign = version.kind === 'CREDIT' ? -1 : 1;
  const quantity = size === null ? null : new Decimal(record.packages).times(size).times(sign).toFixed(3);
  const posted = quantity !== null && version.entity !== null;
  if (!posted) {
    const why =
      version.entity === null
        ? 'the account is not in the account master'
        : ndc11 === null
          ? 'its NDC is not known'
          : 'the package size of its NDC is not known';
    findings.push({
      code: 'INVOICE_UNMATCHED',
      subject: invoiceSubject(version, record),
      detail: `not posted: ${why}`,
      dollars: amount.abs().toFixed(2),
    });
  }
  const price = ndc11 === null ? null : priceFinding(version, record, ndc11, facts, policy);
  if (price !== null) findings.push(price);
  return { record, ordinal, ndc11, amount: amount.toFixed(2), quantity, posted, findings };
}

/** INVOICE_TOTAL_MISMATCH when the stated total is not lines + charges - allowances + tax, to the cent (12.36). */
export function totalFinding(version: InvoiceVersion): Finding | null {
  if (version.total === null) return null;
  const lines = version.lines.reduce((sum, line) => sum.plus(lineAmount(line)), new Decimal(0));
  const computed = lines.plus(version.charges).minus(version.allowances).plus(version.tax);
  // Credits are stated with either sign (FORMATS 4): only the size counts.
  const difference = computed.abs().minus(new Decimal(version.total).abs());
  if (difference.isZero()) return null;
  return {
    code: 'INVOICE_TOTAL_MISMATCH',
    subject: invoiceSubject(version),
    detail: `states ${version.total}, lines add up to ${computed.toFixed(2)}`,
    dollars: difference.abs().toFixed(2),
  };
}
