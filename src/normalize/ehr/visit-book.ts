/** Reads everything said of some visits, of those they were merged with, and of the accounts they are billed to. */
import { statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import type { VisitEvent, VisitLinkEvent } from '../../model/records.ts';
import type { StoredEvent } from './event.ts';
import { accountOf } from './fold-visit.ts';
import { keyText, readEvents } from './locked-rows.ts';
import { type CountingStatement, type VisitStatements, countingStatements } from './visit-links.ts';

const EVENTS = statement(import.meta.url, 'read-events.sql');

type Told = StoredEvent<VisitEvent | VisitLinkEvent>;
export interface VisitKey {
  sourceSystem: string;
  key: string;
}

/** Visit statements by source system and visit number. */
export type VisitBooks = Map<string, Map<string, VisitStatements>>;

const NO_BOOK: ReadonlyMap<string, VisitStatements> = new Map();

/** The book of one source system. */
export const bookOf = (books: VisitBooks, sourceSystem: string): ReadonlyMap<string, VisitStatements> =>
  books.get(sourceSystem) ?? NO_BOOK;

/** Adds what is said of `keys` to the books; `linksOnly` leaves out the visits' own statements. */
export async function readVisits(
  tx: TenantTransaction,
  books: VisitBooks,
  keys: readonly VisitKey[],
  linksOnly = false,
): Promise<void> {
  const kinds = linksOnly ? (['VISIT_LINK'] as const) : (['VISIT', 'VISIT_LINK'] as const);
  const told = await readEvents<VisitEvent | VisitLinkEvent>(tx, EVENTS, kinds, keys);
  for (const { sourceSystem, key } of keys) {
    const statements: VisitStatements = { visits: [], links: [] };
    for (const one of told.get(keyText({ sourceSystem, key })) ?? [])
      if (isLink(one)) statements.links.push(one);
      else if (isVisit(one)) statements.visits.push(one);
    const book = books.get(sourceSystem) ?? new Map<string, VisitStatements>();
    books.set(sourceSystem, book.set(key, statements));
  }
}

const isLink = (told: Told): told is StoredEvent<VisitLinkEvent> => told.event.type === 'visitLink';
const isVisit = (told: Told): told is StoredEvent<VisitEvent> => told.event.type === 'visit';

/** The statements that count for each visit, moves of its account among them. */
export async function allCounting(
  tx: TenantTransaction,
  books: VisitBooks,
  keys: readonly VisitKey[],
): Promise<Map<string, CountingStatement[]>> {
  const found = new Map(
    keys.map((key) => [keyText(key), countingStatements(key.key, bookOf(books, key.sourceSystem))]),
  );
  const accounts = keys.flatMap((visit) => {
    const key = accountOf(found.get(keyText(visit)) ?? []);
    return key === null ? [] : [{ visit, account: { sourceSystem: visit.sourceSystem, key } }];
  });
  const moves = await readEvents<VisitLinkEvent>(
    tx,
    EVENTS,
    ['ACCOUNT_LINK'],
    [...new Map(accounts.map(({ account }) => [keyText(account), account])).values()],
  );
  if (moves.size === 0) return found;
  for (const { visit, account } of accounts) found.get(keyText(visit))?.push(...(moves.get(keyText(account)) ?? []));
  return found;
}
