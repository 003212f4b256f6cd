/** Folds the visits that a batch speaks of and writes those that differ from what is stored. */
import type { Change } from '../../db/changes.ts';
import { run, statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import { recordset } from '../recordset.ts';
import { type VisitState, foldVisit } from './fold-visit.ts';
import { type Key, type Locked, difference, distinctKeys, findIds, keyText, lockRows } from './locked-rows.ts';
import { type VisitBooks, type VisitKey, allCounting, bookOf, readVisits } from './visit-book.ts';
import { linkedNumbers, mergedInto } from './visit-links.ts';

const STUB = statement(import.meta.url, 'stub-encounters.sql');
const LOCK = statement(import.meta.url, 'lock-encounters.sql');
const PATIENTS = statement(import.meta.url, 'find-patients.sql');
const UPDATE = statement(import.meta.url, 'update-encounters.sql');
const DELETE = statement(import.meta.url, 'delete-encounters.sql');

type EncounterRow = Omit<VisitState, 'patientKey'> & { patientId: string | null };

/** What writing visits came to. */
export interface WrittenVisits {
  changes: Change[];
  /** Visits that have become encounters, stand for others, or are none any more: orders may have named them before. */
  opened: VisitKey[];
}

/** Writes the encounters of `keys`. A visit that is only named stays locked to the end of the transaction, but gets no row. */
export async function writeVisits(tx: TenantTransaction, keys: readonly Key[]): Promise<WrittenVisits> {
  const { rows, books } = await lockLinked(tx, keys);
  if (rows.length === 0) return { changes: [], opened: [] };
  const counting = await allCounting(tx, books, rows);
  const folded = rows.map((row) => {
    const merged = mergedInto(row.key, bookOf(books, row.sourceSystem));
    return { row, state: foldVisit(counting.get(keyText(row)) ?? [], merged) };
  });
  const named = folded.flatMap(({ row, state }) =>
    state?.patientKey == null ? [] : [{ sourceSystem: row.sourceSystem, key: state.patientKey }],
  );
  const patients = await findIds(tx, PATIENTS, named);
  const updates: Locked<EncounterRow>[] = [];
  const changes: Change[] = [];
  for (const { row, state } of folded) {
    if (!state) continue;
    const encounter = encounterOf(row, state, patients);
    const differs = difference(row, encounter);
    if (differs !== 'NONE') updates.push({ ...row, ...encounter });
    if (row.created || differs === 'CONTENT') changes.push(...changesOf(row, encounter));
  }
  if (updates.length > 0) await run(tx, UPDATE, [tx.tenantId, recordset(updates)]);
  // Only named, no longer another number of a visit, or no longer spoken of since a message was taken back.
  const unopened = folded.filter(({ state }) => !state).map(({ row }) => row);
  if (unopened.length > 0) await run(tx, DELETE, [tx.tenantId, unopened.map(({ id }) => id)]);
  for (const { id, created, patientId } of unopened) {
    if (!created) changes.push({ kind: 'VISIT', key: id });
    if (patientId !== null) changes.push({ kind: 'PATIENT', key: patientId });
  }
  const isLinked = ({ sourceSystem, key }: VisitKey): boolean =>
    (bookOf(books, sourceSystem).get(key)?.links.length ?? 0) > 0;
  const opened = folded
    .filter(({ row, state }) => row.created === Boolean(state) || isLinked(row))
    .map(({ row }) => row);
  return { changes, opened };
}

/** Locks the visits and those they were merged with, and reads what is said of all of them. */
async function lockLinked(
  tx: TenantTransaction,
  keys: readonly Key[],
): Promise<{ rows: Locked<EncounterRow>[]; books: VisitBooks }> {
  const books: VisitBooks = new Map();
  const rows: Locked<EncounterRow>[] = [];
  const known = new Set(keys.map(keyText));
  let next = keys;
  // Links are rare, so this loop is almost always one round; what one says was committed with the rows of both visits.
  while (next.length > 0) {
    const locked = await lockRows<EncounterRow>(tx, { stub: STUB, lock: LOCK }, next);
    rows.push(...locked);
    await readVisits(tx, books, next);
    const found = next.flatMap((key) =>
      linkedNumbers(bookOf(books, key.sourceSystem).get(key.key)?.links ?? []).map((number) => ({
        ...key,
        key: number,
      })),
    );
    next = distinctKeys(found).filter((key) => !known.has(keyText(key)));
    for (const key of next) known.add(keyText(key));
  }
  return { rows, books };
}

function encounterOf(row: Locked<EncounterRow>, state: VisitState, patients: Map<string, string>): EncounterRow {
  const { patientKey, ...columns } = state;
  const patientId =
    patientKey === null ? null : (patients.get(keyText({ sourceSystem: row.sourceSystem, key: patientKey })) ?? null);
  return { ...columns, patientId };
}

/** The encounter, and the patient who has lost it when it was given to another. */
function changesOf(row: Locked<EncounterRow>, encounter: EncounterRow): Change[] {
  const changes: Change[] = [{ kind: 'VISIT', key: row.id }];
  if (row.patientId !== null && row.patientId !== encounter.patientId)
    changes.push({ kind: 'PATIENT', key: row.patientId });
  return changes;
}
