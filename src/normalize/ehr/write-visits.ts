/** Folds the visits that a batch speaks of and writes those that differ from what is stored. */
import type { Change } from '../../db/changes.ts';
import { run, statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import type { VisitEvent } from '../../model/records.ts';
import { recordset } from '../recordset.ts';
import { type VisitState, foldVisit } from './fold-visit.ts';
import { type Key, type Locked, difference, findIds, keyText, lockRows, readEvents } from './locked-rows.ts';

const STUB = statement(import.meta.url, 'stub-encounters.sql');
const LOCK = statement(import.meta.url, 'lock-encounters.sql');
const EVENTS = statement(import.meta.url, 'read-events.sql');
const PATIENTS = statement(import.meta.url, 'find-patients.sql');
const UPDATE = statement(import.meta.url, 'update-encounters.sql');
const DELETE = statement(import.meta.url, 'delete-encounters.sql');

type EncounterRow = Omit<VisitState, 'patientKey'> & { patientId: string | null };

/** What writing visits came to. */
export interface WrittenVisits {
  changes: Change[];
  /** Visits that have become encounters, or are none any more: orders may have named them before. */
  opened: { sourceSystem: string; key: string }[];
}

/** Writes the encounters of `keys`. A visit that is only named stays locked to the end of the transaction, but gets no row. */
export async function writeVisits(tx: TenantTransaction, keys: readonly Key[]): Promise<WrittenVisits> {
  const rows = await lockRows<EncounterRow>(tx, { stub: STUB, lock: LOCK }, keys);
  if (rows.length === 0) return { changes: [], opened: [] };
  const events = await readEvents<VisitEvent>(tx, EVENTS, 'VISIT', rows);
  const folded = rows.map((row) => ({ row, state: foldVisit(events.get(keyText(row)) ?? []) }));
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
  // Only named, or no longer spoken of since a message was taken back.
  const unopened = folded.filter(({ state }) => !state).map(({ row }) => row);
  if (unopened.length > 0) await run(tx, DELETE, [tx.tenantId, unopened.map(({ id }) => id)]);
  const lost = unopened.flatMap(({ patientId }) => patientId ?? []);
  changes.push(...lost.map((key): Change => ({ kind: 'PATIENT', key })));
  const opened = folded.filter(({ row, state }) => row.created === Boolean(state)).map(({ row }) => row);
  return { changes, opened };
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
