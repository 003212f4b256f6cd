/**
 * Which supply repays which dispense (DOMAIN.md 12.34): both sides stand in their order on one line of cumulative units, and
 * where a dispense's stretch overlaps a supply line's stretch, that much is repaid. A pure function of the two lists.
 */

/** A dispense that waits to be repaid. `quantity` in thousandths of a billing unit. */
export interface Demand {
  id: string;
  dateOfService: string;
  ncpdp: string;
  rxNumber: string;
  fillNumber: number;
  dispensingStatus: string;
  quantity: number;
}

/** A supply line; `quantity` after credits, thousandths. */
export interface Supply {
  id: string;
  invoiceDate: string;
  invoiceNumber: string;
  ordinal: number;
  /** Wholesaler and account: tells equal numbers of two wholesalers apart. */
  account: string;
  quantity: number;
}

/** So much of the line repays so much of the dispense. */
export interface Share {
  dispenseId: string;
  invoiceLineId: string;
  quantity: number;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Rx numbers as numbers; those with letters after all others, as text. */
function compareRx(a: string, b: string): number {
  const aDigits = /^\d+$/.test(a);
  const bDigits = /^\d+$/.test(b);
  if (aDigits && bDigits) return a.length - b.length || compareText(a, b);
  if (aDigits !== bDigits) return aDigits ? -1 : 1;
  return compareText(a, b);
}

const compareDemand = (a: Demand, b: Demand): number =>
  compareText(a.dateOfService, b.dateOfService) ||
  compareText(a.ncpdp, b.ncpdp) ||
  compareRx(a.rxNumber, b.rxNumber) ||
  a.fillNumber - b.fillNumber ||
  compareText(a.dispensingStatus, b.dispensingStatus);

const compareSupply = (a: Supply, b: Supply): number =>
  compareText(a.invoiceDate, b.invoiceDate) ||
  compareText(a.invoiceNumber, b.invoiceNumber) ||
  a.ordinal - b.ordinal ||
  compareText(a.account, b.account);

/** First in, first out. Linear after the two sorts. */
export function allocate(demand: readonly Demand[], supply: readonly Supply[]): Share[] {
  const takers = [...demand].sort(compareDemand);
  const shares: Share[] = [];
  let next = 0;
  let open = takers[0]?.quantity ?? 0;
  for (const line of [...supply].sort(compareSupply)) {
    let left = line.quantity;
    while (left > 0) {
      const taker = takers[next];
      if (taker === undefined) return shares;
      const quantity = Math.min(left, open);
      if (quantity > 0) shares.push({ dispenseId: taker.id, invoiceLineId: line.id, quantity });
      left -= quantity;
      open -= quantity;
      if (open === 0) {
        next += 1;
        open = takers[next]?.quantity ?? 0;
      }
    }
  }
  return shares;
}
