/** EHR records of a batch: kept as statements, then the patients, visits and orders they speak of are folded again. */
import type { Change } from '../../db/changes.ts';
import { run, statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import type { PatientEvent } from '../../model/records.ts';
import type { Item } from '../batch.ts';
import { chunks, recordset } from '../recordset.ts';
import { type EhrEvent, patientKey } from './event.ts';
import { type Key, distinctKeys } from './locked-rows.ts';
import { writePatients } from './write-patients.ts';
import { writePrescriptions } from './write-prescriptions.ts';
import { writeVisits } from './write-visits.ts';
import { forgetPatients, withdrawStatements } from './withdraw.ts';

const INSERT = statement(import.meta.url, 'insert-events.sql');
const ROWS_PER_STATEMENT = 5_000;

interface EventRow extends Key {
  kind: 'PATIENT' | 'VISIT' | 'PRESCRIPTION';
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
  const patients = await writePatients(tx, distinctKeys(keysOf('PATIENT')));
  const forgotten = await forgetPatients(tx, distinctKeys(gone.filter(({ kind }) => kind === 'PATIENT').map(bareKey)));
  const visits = await writeVisits(tx, distinctKeys([...keysOf('VISIT'), ...namedVisits(rows)]));
  const prescriptions = await writePrescriptions(tx, keysOf('PRESCRIPTION'), visits.opened);
  return [...patients, ...forgotten, ...visits.changes, ...prescriptions];
}

const bareKey = ({ sourceSystem, key, rawId, position }: Key): Key => ({ sourceSystem, key, rawId, position });

/** Visits that orders name: locked like visits that speak, so that an encounter arriving at the same time is not missed. */
const namedVisits = (rows: readonly EventRow[]): Key[] =>
  rows.flatMap((row) =>
    row.body.type === 'prescription' && row.body.visitNumber ? [{ ...bareKey(row), key: row.body.visitNumber }] : [],
  );

/** One row per statement. Visits and orders also state who their patient is, unless a patient record beside them does. */
function eventRows(items: readonly Item<EhrEvent>[]): EventRow[] {
  const rows: EventRow[] = [];
  const places = new Map<string, number>();
  const add = (item: Item<EhrEvent>, record: EhrEvent): void => {
    const row = eventRow(item, record);
    if (!row) return;
    const place = JSON.stringify([row.sourceSystem, row.kind, row.key, row.rawId, row.position]);
    const earlier = places.get(place) ?? 0;
    places.set(place, earlier + 1);
    // The first statement keeps its patients from being stated once more by its visits and orders.
    if (earlier > 0 && record !== item.record) return;
    rows.push(earlier === 0 ? row : { ...row, position: `${row.position} (${earlier + 1})` });
  };
  for (const item of items) if (item.record.type === 'patient') add(item, item.record);
  for (const item of items) {
    if (item.record.type === 'patient') continue;
    add(item, item.record);
    add(item, patientStatement(item.record));
  }
  return rows;
}

/** What a visit or an order says about its patient: that there is one, with these identifiers. */
const patientStatement = ({
  eventAt,
  controlId,
  trigger,
  patientIdentifiers,
}: Exclude<EhrEvent, PatientEvent>): PatientEvent => ({
  type: 'patient',
  eventAt,
  controlId,
  trigger,
  identifiers: patientIdentifiers,
});

function eventRow({ unit }: Item<EhrEvent>, record: EhrEvent): EventRow | undefined {
  const [kind, key] = nameOf(record);
  if (key === null) return undefined;
  return {
    kind,
    key,
    sourceSystem: unit.feed.sourceSystem,
    eventAt: record.eventAt,
    controlId: record.controlId,
    trigger: record.trigger,
    receivedAt: unit.raw.receivedAt,
    body: { ...record, zone: unit.feed.zone },
    rawId: unit.raw.rawId,
    position: unit.parsed.position,
  };
}

function nameOf(record: EhrEvent): [EventRow['kind'], string | null] {
  if (record.type === 'patient') return ['PATIENT', patientKey(record.identifiers)];
  return record.type === 'visit' ? ['VISIT', record.visitNumber] : ['PRESCRIPTION', record.orderNumber];
}
