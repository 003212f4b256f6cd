/** Folds the patients that a batch speaks of and writes those that differ from what is stored. */
import type { Change } from '../../db/changes.ts';
import { run, statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import type { PatientEvent, PatientLinkEvent } from '../../model/records.ts';
import { recordset } from '../recordset.ts';
import type { StoredEvent } from './event.ts';
import { type PatientState, foldEdges, foldPatient, identifiersOf } from './fold-patient.ts';
import { type Key, type Locked, difference, keyText, lockRows, readEvents } from './locked-rows.ts';
import { type LinkedPatient, writePatientLinks } from './write-patient-links.ts';

const STUB = statement(import.meta.url, 'stub-patients.sql');
const LOCK = statement(import.meta.url, 'lock-patients.sql');
const EVENTS = statement(import.meta.url, 'read-events.sql');
const UPDATE = statement(import.meta.url, 'update-patients.sql');
const IDENTIFY = statement(import.meta.url, 'insert-identifiers.sql');

type Told = StoredEvent<PatientEvent | PatientLinkEvent>;
const isLink = (told: Told): told is StoredEvent<PatientLinkEvent> => told.event.type === 'patientLink';
const isPatient = (told: Told): told is StoredEvent<PatientEvent> => told.event.type === 'patient';

/**
 * Writes patients, their identifiers and edges; answers a change for each patient that is new or says something else. Of those
 * in `taken` something was taken back: an edge may be the less.
 */
export async function writePatients(
  tx: TenantTransaction,
  keys: readonly Key[],
  taken: readonly Key[] = [],
): Promise<Change[]> {
  const rows = await lockRows<PatientState>(tx, { stub: STUB, lock: LOCK }, keys);
  if (rows.length === 0) return [];
  const events = await readEvents<PatientEvent | PatientLinkEvent>(tx, EVENTS, ['PATIENT', 'PATIENT_LINK'], rows);
  const changed = new Set<string>();
  const updates: Locked<PatientState>[] = [];
  const identifiers: Record<string, string>[] = [];
  const linked: LinkedPatient[] = [];
  const fewer = new Set(taken.map(keyText));
  for (const row of rows) {
    const all = events.get(keyText(row)) ?? [];
    const told = all.filter(isPatient);
    const state = foldPatient(told);
    const links = all.filter(isLink);
    if (links.length > 0 || fewer.has(keyText(row))) linked.push({ ...row, edges: foldEdges(row.key, told, links) });
    if (!state) continue;
    const differs = difference(row, state);
    if (differs !== 'NONE') updates.push({ ...row, ...state });
    if (row.created || differs === 'CONTENT') changed.add(row.id);
    identifiers.push(...identifiersOf(told).map((identifier) => ({ patientId: row.id, ...identifier })));
  }
  if (updates.length > 0) await run(tx, UPDATE, [tx.tenantId, recordset(updates)]);
  if (identifiers.length > 0) {
    const added = await run<{ patientId: string }>(tx, IDENTIFY, [tx.tenantId, recordset(identifiers)]);
    for (const { patientId } of added) changed.add(patientId);
  }
  const relinked = await writePatientLinks(tx, linked);
  return [...[...changed].map((key): Change => ({ kind: 'PATIENT', key })), ...relinked];
}
