/** Folds the orders that a batch speaks of, or whose visit has just arrived, and writes those that differ. */
import type { Change } from '../../db/changes.ts';
import { run, statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import type { PrescriptionEvent, VisitLinkEvent } from '../../model/records.ts';
import { recordset } from '../recordset.ts';
import type { StoredEvent } from './event.ts';
import { type PrescriptionState, foldPrescription } from './fold-prescription.ts';
import {
  type Key,
  type Locked,
  difference,
  distinctKeys,
  findIds,
  keyText,
  lockRows,
  readEvents,
} from './locked-rows.ts';
import { type VisitBooks, bookOf, readVisits } from './visit-book.ts';
import { linkedNumbers, presentNumber } from './visit-links.ts';

const STUB = statement(import.meta.url, 'stub-prescriptions.sql');
const LOCK = statement(import.meta.url, 'lock-prescriptions.sql');
const EVENTS = statement(import.meta.url, 'read-events.sql');
const PATIENTS = statement(import.meta.url, 'find-patients.sql');
const ENCOUNTERS = statement(import.meta.url, 'find-encounters.sql');
const ORDERS = statement(import.meta.url, 'find-orders.sql');
const UPDATE = statement(import.meta.url, 'update-prescriptions.sql');
const DELETE = statement(import.meta.url, 'delete-prescriptions.sql');

type PrescriptionRow = Omit<PrescriptionState, 'patientKey'> & { patientId: string | null; encounterId: string | null };

/** Writes the prescriptions of `keys` and those that name one of the visits `opened`. */
export async function writePrescriptions(
  tx: TenantTransaction,
  keys: readonly Key[],
  opened: readonly { sourceSystem: string; key: string }[],
): Promise<Change[]> {
  const waiting = opened.length === 0 ? [] : await run<Key>(tx, ORDERS, [tx.tenantId, recordset(opened)]);
  const all = distinctKeys([...keys, ...waiting]);
  const rows = await lockRows<PrescriptionRow>(tx, { stub: STUB, lock: LOCK }, all);
  if (rows.length === 0) return [];
  const events = await readEvents<PrescriptionEvent>(tx, EVENTS, ['PRESCRIPTION'], rows);
  const books = await linksOf(tx, rows, events);
  const folded = rows.flatMap((row) => {
    const state = foldLinked(row.sourceSystem, events.get(keyText(row)) ?? [], books);
    return state ? [{ row, state }] : [];
  });
  const unsaid = rows.filter((row) => (events.get(keyText(row)) ?? []).length === 0);
  if (unsaid.length > 0) await run(tx, DELETE, [tx.tenantId, unsaid.map(({ id }) => id)]);
  const references = (name: 'patientKey' | 'visitNumber'): { sourceSystem: string; key: string }[] =>
    folded.flatMap(({ row, state }) =>
      state[name] === null ? [] : [{ sourceSystem: row.sourceSystem, key: state[name] }],
    );
  const patients = await findIds(tx, PATIENTS, references('patientKey'));
  const encounters = await findIds(tx, ENCOUNTERS, references('visitNumber'));
  const updates: Locked<PrescriptionRow>[] = [];
  const lost = unsaid.flatMap(({ patientId }) => patientId ?? []);
  const changes: Change[] = lost.map((key) => ({ kind: 'PATIENT', key }));
  for (const { row, state } of folded) {
    const { patientKey, ...columns } = state;
    const idOf = (ids: Map<string, string>, key: string | null): string | null =>
      key === null ? null : (ids.get(keyText({ sourceSystem: row.sourceSystem, key })) ?? null);
    const prescription = {
      ...columns,
      patientId: idOf(patients, patientKey),
      encounterId: idOf(encounters, state.visitNumber),
    };
    const differs = difference(row, prescription);
    if (differs !== 'NONE') updates.push({ ...row, ...prescription });
    if (!row.created && differs !== 'CONTENT') continue;
    changes.push({ kind: 'PRESCRIPTION', key: row.id });
    if (row.patientId !== null && row.patientId !== prescription.patientId)
      changes.push({ kind: 'PATIENT', key: row.patientId });
  }
  if (updates.length > 0) await run(tx, UPDATE, [tx.tenantId, recordset(updates)]);
  return changes;
}

type Events = ReadonlyMap<string, StoredEvent<PrescriptionEvent>[]>;

/** The links of the visits that these orders ever named, and of the visits that those have become. */
async function linksOf(
  tx: TenantTransaction,
  rows: readonly { sourceSystem: string; key: string }[],
  events: Events,
): Promise<VisitBooks> {
  const books: VisitBooks = new Map();
  const known = new Set<string>();
  let next = rows.flatMap(({ sourceSystem, key }) =>
    (events.get(keyText({ sourceSystem, key })) ?? []).flatMap(({ event }) =>
      event.visitNumber ? [{ sourceSystem, key: event.visitNumber }] : [],
    ),
  );
  for (;;) {
    const distinct = [...new Map(next.map((key) => [keyText(key), key])).values()];
    const unread = distinct.filter((key) => !known.has(keyText(key)));
    if (unread.length === 0) return books;
    for (const key of unread) known.add(keyText(key));
    await readVisits(tx, books, unread, true);
    next = unread.flatMap(({ sourceSystem, key }) =>
      linkedNumbers(bookOf(books, sourceSystem).get(key)?.links ?? []).map((number) => ({ sourceSystem, key: number })),
    );
  }
}

/** An order names the visit that its visit has become, and goes with it when it moves to another patient. */
function foldLinked(
  sourceSystem: string,
  events: readonly StoredEvent<PrescriptionEvent>[],
  books: VisitBooks,
): PrescriptionState | undefined {
  const state = foldPrescription(events);
  if (!state || state.visitNumber === null) return state;
  const book = bookOf(books, sourceSystem);
  const moves: StoredEvent<VisitLinkEvent>[] = [state.visitNumber, presentNumber(state.visitNumber, book)].flatMap(
    (number) => (book.get(number)?.links ?? []).filter(({ event }) => event.action === 'MOVE'),
  );
  const moved = moves.length === 0 ? state : (foldPrescription(events, [...new Set(moves)]) ?? state);
  return { ...moved, visitNumber: presentNumber(state.visitNumber, book) };
}
