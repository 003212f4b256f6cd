/** Merged, renumbered and moved visits: which statements count for which visit. Pure. */
import type { VisitEvent, VisitLinkEvent } from '../../model/records.ts';
import { type StoredEvent, inEventOrder } from './event.ts';

/** Everything said of one visit number. */
export interface VisitStatements {
  visits: StoredEvent<VisitEvent>[];
  links: StoredEvent<VisitLinkEvent>[];
}

/** A statement that counts for a visit; `endsNothing`: it came with a merged visit, whose ending is not the survivor's. */
export type CountingStatement = StoredEvent<VisitEvent | VisitLinkEvent> & { endsNothing?: boolean };

/** Statements by visit number, of one source system. */
export type VisitBook = ReadonlyMap<string, VisitStatements>;

type Renamed = VisitLinkEvent & { action: 'MERGE' | 'RENUMBER' };
const renames = (stored: StoredEvent<VisitLinkEvent>): stored is StoredEvent<Renamed> => stored.event.action !== 'MOVE';

/** The link by which the visit has become another one: the latest that says so, unless that other became this one since. */
export function mergedInto(visitNumber: string, book: VisitBook): StoredEvent<Renamed> | undefined {
  let out: StoredEvent<Renamed> | undefined;
  for (const link of inEventOrder((book.get(visitNumber)?.links ?? []).filter(renames))) {
    if (link.event.otherVisitNumber === visitNumber) out = link;
    else if (out?.event.visitNumber === link.event.otherVisitNumber) out = undefined;
  }
  return out;
}

/** The visit that this number stands for now. */
export function presentNumber(visitNumber: string, book: VisitBook): string {
  const seen = new Set<string>();
  let number = visitNumber;
  for (;;) {
    seen.add(number);
    const next = mergedInto(number, book)?.event.visitNumber;
    if (next === undefined || seen.has(next)) return number;
    number = next;
  }
}

/** Other visit numbers that links name. */
export const linkedNumbers = (links: readonly StoredEvent<VisitLinkEvent>[]): string[] =>
  links.filter(renames).flatMap(({ event }) => [event.visitNumber, event.otherVisitNumber]);

/** The statements that count for a visit: its own, and those of visits that have become it. */
export function countingStatements(
  visitNumber: string,
  book: VisitBook,
  seen: ReadonlySet<string> = new Set(),
): CountingStatement[] {
  const own = book.get(visitNumber);
  if (!own) return [];
  const visited = new Set([...seen, visitNumber]);
  const merged = new Set(
    own.links
      .filter(renames)
      .flatMap(({ event }) =>
        event.visitNumber === visitNumber && !visited.has(event.otherVisitNumber) ? [event.otherVisitNumber] : [],
      ),
  );
  const inherited = [...merged].flatMap((number): CountingStatement[] => {
    const link = mergedInto(number, book);
    if (link?.event.visitNumber !== visitNumber) return [];
    const statements = countingStatements(number, book, visited);
    return link.event.action === 'RENUMBER'
      ? statements
      : statements.map((statement) => ({ ...statement, endsNothing: true }));
  });
  const moves = own.links.filter(({ event }) => event.action === 'MOVE');
  return [...own.visits, ...moves, ...inherited];
}
