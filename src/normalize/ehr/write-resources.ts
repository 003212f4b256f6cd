/** Folds the coverages, referrals and consult notes that a batch speaks of, and writes those that differ. */
import type { Change } from '../../db/changes.ts';
import { run, statement, type Statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import { recordset } from '../recordset.ts';
import { type ResourceEvent, type ResourceState, foldResource } from './fold-resource.ts';
import {
  type EventKind,
  type Key,
  type Locked,
  difference,
  distinctKeys,
  findIds,
  keyText,
  lockRows,
  readEvents,
} from './locked-rows.ts';

const EVENTS = statement(import.meta.url, 'read-events.sql');
const PATIENTS = statement(import.meta.url, 'find-patients.sql');

/** A kind of resource: the statements of its table, and whether dispenses of the patient hang on it. */
interface Kind {
  event: EventKind;
  stub: Statement;
  lock: Statement;
  update: Statement;
  remove: Statement;
  decides: boolean;
}

const load = (file: string): Statement => statement(import.meta.url, file);
/** In the order in which they are locked. */
const KINDS: readonly Kind[] = [
  {
    event: 'COVERAGE',
    stub: load('stub-coverages.sql'),
    lock: load('lock-coverages.sql'),
    update: load('update-coverages.sql'),
    remove: load('delete-coverages.sql'),
    decides: false,
  },
  {
    event: 'REFERRAL',
    stub: load('stub-referrals.sql'),
    lock: load('lock-referrals.sql'),
    update: load('update-referrals.sql'),
    remove: load('delete-referrals.sql'),
    decides: true,
  },
  {
    event: 'CONSULT_NOTE',
    stub: load('stub-consult-notes.sql'),
    lock: load('lock-consult-notes.sql'),
    update: load('update-consult-notes.sql'),
    remove: load('delete-consult-notes.sql'),
    decides: true,
  },
];

type ResourceRow = Omit<ResourceState, 'patientKey' | 'values'> & { patientId: string | null };

/** Writes the resources of `keysOf` each kind; answers whose dispenses may be judged otherwise now. */
export async function writeResources(
  tx: TenantTransaction,
  keysOf: (kind: EventKind) => readonly Key[],
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const kind of KINDS) {
    const patients = await writeKind(tx, kind, distinctKeys(keysOf(kind.event)));
    if (kind.decides) changes.push(...patients.map((key): Change => ({ kind: 'REFERRAL', key })));
  }
  return changes;
}

/** Writes the resources of one kind; answers the patients whose they are or were, as far as what they say changed. */
async function writeKind(tx: TenantTransaction, kind: Kind, keys: readonly Key[]): Promise<string[]> {
  const rows = await lockRows<ResourceRow>(tx, kind, keys);
  if (rows.length === 0) return [];
  const events = await readEvents<ResourceEvent>(tx, EVENTS, [kind.event], rows);
  const folded = rows.map((row) => ({ row, state: foldResource(events.get(keyText(row)) ?? []) }));
  const named = folded.flatMap(({ row, state }) =>
    state?.patientKey == null ? [] : [{ sourceSystem: row.sourceSystem, key: state.patientKey }],
  );
  const patients = await findIds(tx, PATIENTS, named);
  const touched: (string | null)[] = [];
  const updates: Locked<ResourceRow>[] = [];
  for (const { row, state } of folded) {
    if (!state) {
      // Nothing is said of it any more: the message was taken back.
      touched.push(row.patientId);
      continue;
    }
    const { patientKey, values, ...columns } = state;
    const patientId = patientKey === null ? null : patients.get(keyText({ ...row, key: patientKey }));
    const resource = { ...columns, ...values, patientId: patientId ?? null };
    const differs = difference(row, resource);
    if (differs !== 'NONE') updates.push({ ...row, ...resource });
    if (row.created || differs === 'CONTENT') touched.push(row.patientId, resource.patientId);
  }
  if (updates.length > 0) await run(tx, kind.update, [tx.tenantId, recordset(updates)]);
  const unsaid = folded.filter(({ state }) => !state).map(({ row }) => row.id);
  if (unsaid.length > 0) await run(tx, kind.remove, [tx.tenantId, unsaid]);
  return touched.filter((patientId) => patientId !== null);
}
