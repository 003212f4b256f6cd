/** EHR records of a batch: kept as statements, then the patients, visits and orders they speak of are folded again. */
import type { Change } from '../../db/changes.ts';
import { run, statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import type { Identifier, PatientEvent } from '../../model/records.ts';
import type { Item } from '../batch.ts';
import { chunks, recordset } from '../recordset.ts';
import { type EhrEvent, patientKey } from './event.ts';
import { type EventKind, type Key, distinctKeys } from './locked-rows.ts';
import { writePatients } from './write-patients.ts';
import { writePrescriptions } from './write-prescriptions.ts';
import { writeResources } from './write-resources.ts';
import { writeVisits } from './write-visits.ts';
import { forgetPatients, withdrawStatements } from './withdraw.ts';

const INSERT = statement(import.meta.url, 'insert-events.sql');
const ACCOUNT_VISITS = statement(import.meta.url, 'find-account-visits.sql');
const ROWS_PER_STATEMENT = 5_000;

interface EventRow extends Key {
  kind: EventKind;
  eventAt: string;
  controlId: string;
  trigger: string;
  receivedAt: string;
  body: EhrEvent & { zone: string };
}

/**
 * Stores the statements, takes back those `withdrawn`, and brings patients, encounters and prescriptions up to date; answers
 * what changed.
 */
export async function writeEhr(
  tx: TenantTransaction,
  items: readonly Item<EhrEvent>[],
  withdrawn: readonly Item<EhrEvent>[] = [],
): Promise<Change[]> {
  if (items.length + withdrawn.length === 0) return [];
  const rows = eventRows(items);
  for (const chunk of chunks(rows, ROWS_PER_STATEMENT)) await run(tx, INSERT, [tx.tenantId, recordset(chunk)]);
  const gone = await withdrawStatements(tx, eventRows(withdrawn));
  const keysOf = (kind: EventRow['kind']): Key[] => [...rows, ...gone].filter((row) => row.kind === kind).map(bareKey);
  const taken = distinctKeys(gone.filter(({ kind }) => kind === 'PATIENT').map(bareKey));
  const patients = await writePatients(tx, distinctKeys(keysOf('PATIENT')), taken);
  const forgotten = await forgetPatients(tx, taken);
  const moved = await accountVisits(tx, keysOf('ACCOUNT_LINK'));
  const spoken = [...keysOf('VISIT'), ...keysOf('VISIT_LINK'), ...namedVisits(rows), ...moved];
  const visits = await writeVisits(tx, distinctKeys(spoken));
  const prescriptions = await writePrescriptions(tx, keysOf('PRESCRIPTION'), visits.opened);
  const resources = await writeResources(tx, keysOf);
  return [...patients, ...forgotten, ...visits.changes, ...prescriptions, ...resources];
}

/** True when the visits of an account move: whoever writes visits of it at the same time must see that. */
export const movesAccounts = (items: readonly Item<EhrEvent>[]): boolean =>
  items.some(({ record }) => record.type === 'visitLink' && 'account' in record);

async function accountVisits(tx: TenantTransaction, accounts: readonly Key[]): Promise<Key[]> {
  if (accounts.length === 0) return [];
  const distinct = distinctKeys(accounts).map(({ sourceSystem, key }) => ({ sourceSystem, key }));
  return run<Key>(tx, ACCOUNT_VISITS, [tx.tenantId, recordset(distinct)]);
}

const bareKey = ({ sourceSystem, key, rawId, position }: Key): Key => ({ sourceSystem, key, rawId, position });

/** Visits that orders name: locked like visits that speak, so that an encounter arriving at the same time is not missed. */
const namedVisits = (rows: readonly EventRow[]): Key[] =>
  rows.flatMap((row) =>
    row.body.type === 'prescription' && row.body.visitNumber ? [{ ...bareKey(row), key: row.body.visitNumber }] : [],
  );

/** One row per statement and record it names. All but patients also state who their patients are, unless a patient record does. */
function eventRows(items: readonly Item<EhrEvent>[]): EventRow[] {
  const rows: EventRow[] = [];
  const places = new Map<string, number>();
  const add = (item: Item<EhrEvent>, record: EhrEvent): void => {
    for (const [kind, key] of namesOf(record)) {
      const row = eventRow(item, record, kind, key);
      const place = JSON.stringify([row.sourceSystem, row.kind, row.key, row.rawId, row.position]);
      const earlier = places.get(place) ?? 0;
      places.set(place, earlier + 1);
      // The first statement keeps its patients from being stated once more by its visits and orders.
      if (earlier > 0 && record !== item.record) continue;
      rows.push(earlier === 0 ? row : { ...row, position: `${row.position} (${earlier + 1})` });
    }
  };
  for (const item of items) if (item.record.type === 'patient') add(item, item.record);
  for (const item of items) {
    const { record } = item;
    if (record.type === 'patient') continue;
    add(item, record);
    add(item, patientStatement(record, record.patientIdentifiers));
    if (record.type === 'patientLink') add(item, patientStatement(record, record.otherIdentifiers));
  }
  return rows;
}

/** What other statements say about a patient: that there is one, with these identifiers. */
const patientStatement = (
  { eventAt, controlId, trigger }: Exclude<EhrEvent, PatientEvent>,
  identifiers: Identifier[],
): PatientEvent => ({ type: 'patient', eventAt, controlId, trigger, identifiers });

const eventRow = ({ unit }: Item<EhrEvent>, record: EhrEvent, kind: EventKind, key: string): EventRow => ({
  kind,
  key,
  sourceSystem: unit.feed.sourceSystem,
  eventAt: record.eventAt,
  controlId: record.controlId,
  trigger: record.trigger,
  receivedAt: unit.raw.receivedAt,
  body: { ...record, zone: unit.feed.zone },
  rawId: unit.raw.rawId,
  position: unit.position,
});

/** Where the statement is kept: at every record that it names. */
function namesOf(record: EhrEvent): [EventKind, string][] {
  const patients = (kind: EventKind, ...all: Identifier[][]): [EventKind, string][] =>
    [...new Set(all.map(patientKey))].flatMap((key): [EventKind, string][] => (key === null ? [] : [[kind, key]]));
  switch (record.type) {
    case 'patient':
      return patients('PATIENT', record.identifiers);
    case 'patientLink':
      return patients('PATIENT_LINK', record.patientIdentifiers, record.otherIdentifiers);
    case 'visit':
      return [['VISIT', record.visitNumber]];
    case 'prescription':
      return [['PRESCRIPTION', record.orderNumber]];
    case 'coverage':
      return [['COVERAGE', record.number]];
    case 'referral':
      return [['REFERRAL', record.number]];
    case 'consultNote':
      return [['CONSULT_NOTE', record.number]];
    case 'visitLink':
      if ('account' in record) return [['ACCOUNT_LINK', record.account]];
      if (record.action === 'MOVE') return [['VISIT_LINK', record.visitNumber]];
      return [
        ['VISIT_LINK', record.visitNumber],
        ['VISIT_LINK', record.otherVisitNumber],
      ];
  }
}
