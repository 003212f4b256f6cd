/** Which account an 810 belongs to: the number that the wholesaler assigned to the ship-to, else to the bill-to, else to the buyer. */
import type { Segment } from './parse.ts';

/** Segments of the heading that say something about a party: an N1 with the REFs of its loop; `party` '' = before the first N1. */
interface PartyLoop {
  party: string;
  /** N104 when N103 is 91, assigned by the seller. */
  assigned: string;
  references: Map<string, string>;
}

const PARTIES = ['ST', 'BT', 'BY'];
/** Account number, billing account, master account, accounts receivable customer account (element 128). */
const ACCOUNT_REFERENCES = ['11', '12', '14', 'AJ'];

/** A feed option `account`: `N1*BT` or `REF*11`. */
export const ACCOUNT_OPTION = /^(N1|REF)\*([A-Z0-9]{2,3})$/;

function partyLoops(heading: readonly Segment[]): PartyLoop[] {
  let loop: PartyLoop = { party: '', assigned: '', references: new Map() };
  const loops = [loop];
  for (const segment of heading) {
    if (segment.name === 'N1') {
      const assigned = segment.element(3) === '91' ? segment.element(4) : '';
      loop = { party: segment.element(1), assigned, references: new Map() };
      loops.push(loop);
    } else if (segment.name === 'REF' && !loop.references.has(segment.element(1))) {
      loop.references.set(segment.element(1), segment.element(2));
    }
  }
  return loops;
}

function* candidates(loops: readonly PartyLoop[], option: string | undefined): Generator<string> {
  const [, segment, qualifier = ''] = ACCOUNT_OPTION.exec(option ?? '') ?? [];
  if (segment === 'N1') yield loops.find(({ party }) => party === qualifier)?.assigned ?? '';
  if (segment === 'REF') for (const { references } of loops) yield references.get(qualifier) ?? '';
  if (segment !== undefined) return;
  for (const wanted of PARTIES) yield loops.find(({ party }) => party === wanted)?.assigned ?? '';
  // Other loops have references too: that of the remit-to is a bank account.
  for (const wanted of [...PARTIES, ''])
    for (const { references } of loops.filter(({ party }) => party === wanted))
      for (const reference of ACCOUNT_REFERENCES) yield references.get(reference) ?? '';
}

/** The account number in the heading of an 810, '' when it names none. `option` says where this wholesaler puts it. */
export function accountNumber(heading: readonly Segment[], option: string | undefined): string {
  for (const candidate of candidates(partyLoops(heading), option)) if (candidate !== '') return candidate;
  return '';
}
