/**
 * What the wholesalers deliver: whole packages of what accrued, in rounds every other day, per account. A few documents
 * are wrong on purpose; each wrong one says which exception it provokes.
 */
import { addDays } from '../../model/calendar.ts';
import type { AccountType } from '../../model/records.ts';
import { DRUGS, drugsOf, type SimDrug } from './drugs.ts';
import type { SimDispense } from './events.ts';
import { entityOf, type SimAccount, type SimTenant } from './organisation.ts';
import type { Random } from './random.ts';

/** A line of an invoice. */
export interface SimInvoiceLine {
  drug: SimDrug;
  ndcText: string;
  packages: number;
  unitPrice: string;
}

/** An invoice or credit memo. */
export interface SimInvoice {
  account: SimAccount;
  /** What the document says; differs from the account's number only in the story of the unknown account. */
  accountNumber: string;
  number: string;
  date: string;
  kind: 'INVOICE' | 'CREDIT';
  original: string;
  lines: SimInvoiceLine[];
  /** Dollars; null = the sum of the lines. */
  total: string | null;
  story: string;
}

/** Packages of one ledger key that accrued so far and that were bought so far. */
interface Key {
  account: SimAccount;
  drug: SimDrug;
  units: number;
  packages: number;
}

const GPO_PROHIBITED = ['DSH', 'PED', 'CAN'];
const ROUND_DAYS = 2;

/** The bucket in which a dispense accrues, by construction; null = none (DOMAIN 12.9). */
export function bucketOf(dispense: SimDispense, tenant: SimTenant): AccountType | null {
  if (dispense.outcome === 'ELIGIBLE') return '340B';
  if (dispense.outcome !== 'INELIGIBLE' || dispense.pharmacy.inHouseOf === '') return null;
  return GPO_PROHIBITED.includes(entityOf(tenant, dispense.pharmacy.inHouseOf).type) ? 'WAC' : 'GPO';
}

/** Labelers that will not sell at the 340B price for this pharmacy are left out of the orders. */
function orderable(dispense: SimDispense, tenant: SimTenant): boolean {
  const { pharmacy, drug, entity } = dispense;
  const type = entityOf(tenant, entity).type;
  return (
    pharmacy.inHouseOf !== '' ||
    !tenant.manufacturers.some(
      (policy) =>
        policy.labeler === drug.labeler &&
        !policy.exemptEntityTypes.includes(type) &&
        !policy.designated.includes(`${entity}:${pharmacy.ncpdp}`),
    )
  );
}

/** Units that really stay with the pharmacy: the last paid quantity. */
const unitsOf = (dispense: SimDispense): number =>
  Number(dispense.transactions.findLast(({ code }) => code === 'B3')?.quantity ?? dispense.quantity);

function accountFor(dispense: SimDispense, tenant: SimTenant): SimAccount | undefined {
  const bucket = bucketOf(dispense, tenant);
  return tenant.accounts.find(
    (account) =>
      account.type === bucket && account.entity === dispense.entity && account.ncpdp === dispense.pharmacy.ncpdp,
  );
}

const priceOf = (drug: SimDrug, account: SimAccount): string => drug.prices[account.type];

/** Buys in rounds. Keeps numbers per tenant, so that documents are never named twice. */
class Buyer {
  readonly invoices: SimInvoice[] = [];
  private readonly keys = new Map<string, Key>();
  private count = 0;

  constructor(private readonly tenant: SimTenant) {}

  /** The key of a dispense, counted. */
  accrue(dispense: SimDispense): void {
    const account = accountFor(dispense, this.tenant);
    if (account === undefined || !orderable(dispense, this.tenant)) return;
    const name = `${account.number}/${dispense.drug.ndc11}`;
    const key = this.keys.get(name) ?? { account, drug: dispense.drug, units: 0, packages: 0 };
    key.units += unitsOf(dispense);
    this.keys.set(name, key);
  }

  /** An invoice of an account. */
  invoice(account: SimAccount, date: string, lines: SimInvoiceLine[], change: Partial<SimInvoice> = {}): SimInvoice {
    this.count += 1;
    const invoice: SimInvoice = {
      account,
      accountNumber: account.number,
      number: `${this.tenant.letter}${account.wholesaler.slice(0, 1)}${String(100_000 + this.count)}`,
      date,
      kind: 'INVOICE',
      original: '',
      lines,
      total: null,
      story: 'ordinary',
      ...change,
    };
    this.invoices.push(invoice);
    return invoice;
  }

  line(drug: SimDrug, account: SimAccount, packages: number, unitPrice = priceOf(drug, account)): SimInvoiceLine {
    return { drug, ndcText: drug.ndc11, packages, unitPrice };
  }

  /** One round: per account, the whole packages that accrued since the last. */
  round(date: string): void {
    for (const account of this.tenant.accounts) {
      const lines: SimInvoiceLine[] = [];
      for (const key of this.keys.values()) {
        if (key.account !== account) continue;
        // Sums of tenths drift; nothing here is money, and a package more or less than due would show.
        const due = Math.floor(key.units / key.drug.size + 1e-9) - key.packages;
        if (due < 1) continue;
        key.packages += due;
        lines.push(this.line(key.drug, account, due));
      }
      if (lines.length > 0) this.invoice(account, date, lines);
    }
  }

  /** Drugs that accrued on an account so far. */
  drugsOn(account: SimAccount): SimDrug[] {
    return [...this.keys.values()].filter((key) => key.account === account).map((key) => key.drug);
  }
}

/** The documents that are wrong, each with the exception that it opens. */
function mistakes(buyer: Buyer, tenant: SimTenant, random: Random, date: string): void {
  const account = tenant.accounts.find(({ type, wholesaler }) => type === '340B' && wholesaler === 'MIDWEST');
  if (account === undefined) return;
  const bought = buyer.drugsOn(account).filter((drug) => drug.role === 'ORDINARY' && Number(drug.prices['340B']) > 10);
  const one = () => random.pick(bought);
  const never = random.pick(drugsOf('NEVER_DISPENSED'));
  const twoPackages = DRUGS.filter((drug) => drug.second !== null && buyer.drugsOn(account).includes(drug));
  buyer.invoice(account, date, [buyer.line(never, account, 1)], { story: 'INVOICE_UNMATCHED' });
  const fake = { ...buyer.line(one(), account, 1), ndcText: '79999009990' };
  buyer.invoice(account, date, [fake], { story: 'INVOICE_UNMATCHED' });
  buyer.invoice(account, date, [buyer.line(one(), account, 1)], {
    accountNumber: '7999999',
    story: 'INVOICE_UNMATCHED',
  });
  const dear = one();
  const wrongPrice = (Number(priceOf(dear, account)) * 1.4).toFixed(2);
  buyer.invoice(account, date, [buyer.line(dear, account, 1, wrongPrice)], { story: 'PRICE_VARIANCE' });
  buyer.invoice(account, date, [buyer.line(one(), account, 1)], { total: '1.00', story: 'INVOICE_TOTAL_MISMATCH' });
  const [swapped] = twoPackages;
  if (swapped?.second)
    buyer.invoice(account, date, [buyer.line(swapped.second, account, 1)], { story: 'NDC_SUBSTITUTED' });
  buyer.invoice(account, date, [buyer.line(one(), account, 60)], { story: 'OVER_REPLENISHED' });
  // Over-the-counter drugs accrue in the pharmacy's own bucket only.
  const [overTheCounter] = drugsOf('OTC').filter((drug) =>
    tenant.accounts.some(
      (other) => other.ncpdp === account.ncpdp && other !== account && buyer.drugsOn(other).includes(drug),
    ),
  );
  if (overTheCounter !== undefined)
    buyer.invoice(account, date, [buyer.line(overTheCounter, account, 1)], { story: 'ACCOUNT_MISMATCH' });
}

/** A credit memo for one package of an earlier line, and a correction: the same number again with one line less. */
function corrections(buyer: Buyer, random: Random, date: string): void {
  const ordinary = buyer.invoices.filter(
    ({ story, lines, account }) => story === 'ordinary' && lines.length > 1 && account.wholesaler === 'MIDWEST',
  );
  const returned = random.pick(ordinary);
  const [line] = returned.lines;
  if (line !== undefined)
    buyer.invoice(returned.account, date, [{ ...line, packages: 1 }], {
      kind: 'CREDIT',
      original: returned.number,
      story: 'credit memo',
    });
  const wrong = random.pick(ordinary.filter((one) => one !== returned));
  const [first, ...rest] = wrong.lines;
  if (first !== undefined)
    // First sent with a package too many; the right version follows in a later interchange.
    buyer.invoices.splice(buyer.invoices.indexOf(wrong), 1, {
      ...wrong,
      lines: [{ ...first, packages: first.packages + 1 }, ...rest],
      story: 'superseded',
    });
  buyer.invoices.push({ ...wrong, story: 'correction' });
}

/** All documents of a tenant's history, by date. */
export function purchases(
  tenant: SimTenant,
  dispenses: readonly SimDispense[],
  random: Random,
  today: string,
  days: number,
): SimInvoice[] {
  const buyer = new Buyer(tenant);
  const sorted = [...dispenses].sort((a, b) => (a.dateOfService < b.dateOfService ? -1 : 1));
  let next = 0;
  for (let ago = days; ago >= 1; ago -= ROUND_DAYS) {
    const date = addDays(today, -ago);
    for (; next < sorted.length; next += 1) {
      const dispense = sorted[next];
      if (dispense === undefined || dispense.dateOfService >= date) break;
      buyer.accrue(dispense);
    }
    buyer.round(date);
  }
  mistakes(buyer, tenant, random, addDays(today, -2));
  corrections(buyer, random, addDays(today, -2));
  return buyer.invoices;
}
