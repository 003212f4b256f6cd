/** What a message says in the shared model: the patient of every PID, the visit of ADT, the orders of RDE, ORM and OMP. */
import type { CanonicalRecord, EventStamp, RecordError } from '../../../src/model/records.ts';
import type { FormatContext, Parsed } from '../../contract.ts';
import { identityRecords, isIdentityEvent } from './identity.ts';
import { masterRecords } from './master.ts';
import type { MasterOptions } from './master.ts';
import { identifiersOf, patientOf } from './patient.ts';
import { prescriptionsOf } from './prescription.ts';
import type { Message, Segment } from './split.ts';
import { Values } from './values.ts';
import { isMissed, visitAction, visitNumberOf, visitOf } from './visit.ts';
import type { VisitNumberField } from './visit.ts';

const ORDER_TYPES = new Set(['RDE', 'ORM', 'OMP', 'RDS']);

/** Part of a message that is kept raw and not decided on yet, by message type. */
const KEPT_RAW: Readonly<Record<string, string>> = { DFT: 'CHARGE_KEPT_RAW' };

/** ADT events about a person: a PV1 in them says nothing. */
const PERSON_EVENTS = new Set(['A28', 'A29', 'A31', 'A60']);

/** Why only the patient of a message is kept; undefined = there is nothing else, or its errors tell. */
function leftOut(message: Message, messageType: string, trigger: string): string | undefined {
  if (messageType === 'SIU') return 'APPOINTMENT_NOT_KEPT';
  if (ORDER_TYPES.has(messageType)) return 'ORDER_WITHOUT_DRUG';
  if (messageType !== 'ADT') return 'CONTENT_NOT_KEPT';
  if (visitAction(trigger) !== undefined || PERSON_EVENTS.has(trigger) || !message.first('PV1')) return undefined;
  return 'VISIT_EVENT_NOT_KEPT';
}

/** The feed's `format:` options. */
interface Options extends MasterOptions {
  visitNumber?: VisitNumberField;
}

/** Header fields that every message needs, or undefined when one of them cannot be read (noted). */
function stampOf(message: Message, values: Values): (EventStamp & { messageType: string }) | undefined {
  const msh = message.first('MSH');
  const evn = message.first('EVN');
  const messageType = msh?.text(9, 1).toUpperCase() ?? '';
  const trigger = (msh?.text(9, 2) || evn?.text(1) || '').toUpperCase();
  const controlId = msh?.text(10) ?? '';
  if (messageType === '') values.fail('MSH-9', 'the message type is missing');
  if (controlId === '') values.fail('MSH-10', 'the control id is missing');
  if (messageType === '' || controlId === '') return undefined;
  // ORU or ACK answers may have no trigger event; they are not kept anyway.
  const event = values.time(evn, 2) ?? values.time(msh, 7);
  if (!event) {
    if (!evn?.text(2) && !msh?.text(7)) values.fail('MSH-7', 'no event time (EVN-2, else MSH-7)');
    return undefined;
  }
  return { messageType, trigger, controlId, eventAt: event.instant };
}

/** True when the message says something about a visit or an order, not only about the patient. */
const keepsMoreThanPatient = ({ messageType, trigger }: { messageType: string; trigger: string }): boolean =>
  ORDER_TYPES.has(messageType) ||
  (messageType === 'ADT' && visitAction(trigger) !== undefined) ||
  (messageType === 'SIU' && isMissed(trigger));

/** Where the visit number stands, when that is not PV1-19. */
const placed = (field: VisitNumberField): Pick<EventStamp, 'places'> =>
  field === 'PV1-19' ? {} : { places: { visitNumber: field } };

/** Records of one patient's PID and what stands with it. */
function recordsOf(
  message: Message,
  pid: Segment,
  { messageType, ...stamp }: EventStamp & { messageType: string },
  visitNumberField: VisitNumberField,
  values: Values,
): CanonicalRecord[] {
  const identifiers = identifiersOf(pid);
  const action = messageType === 'ADT' ? visitAction(stamp.trigger) : undefined;
  const missed = messageType === 'SIU' && isMissed(stamp.trigger);
  const keeps = keepsMoreThanPatient({ messageType, trigger: stamp.trigger });
  if (identifiers.length === 0) {
    if (keeps || messageType === 'ADT' || KEPT_RAW[messageType]) values.fail('PID-3', 'no usable patient identifier');
    return [];
  }
  const records: CanonicalRecord[] = [patientOf(pid, stamp, identifiers, values)];
  if (!keeps) return records;
  const visitNumber = visitNumberOf(message, visitNumberField);
  if (ORDER_TYPES.has(messageType))
    return [...records, ...prescriptionsOf(message, stamp, identifiers, visitNumber, values)];
  const pv1 = message.first('PV1');
  if (visitNumber) {
    const visit = { visitNumber, patientIdentifiers: identifiers, ...placed(visitNumberField) };
    if (missed) records.push({ type: 'visit', ...stamp, action: 'NO_SHOW', ...visit });
    else if (action && pv1) records.push(visitOf(pv1, stamp, { action, ...visit, account: pid.value(18) }, values));
    else values.fail('PV1', 'the segment is missing');
  } else if (action) {
    if (pv1) values.fail(visitNumberField, 'the visit number is missing');
    else values.fail('PV1', 'the segment is missing');
  }
  return records;
}

/** Everything about the one patient (or, where visits and orders are not concerned, the patients) of a message. */
function patientRecords(
  message: Message,
  stamp: EventStamp & { messageType: string },
  field: VisitNumberField,
  values: Values,
): CanonicalRecord[] {
  const pids = message.all('PID');
  // A message about one patient that names two is two that were glued together: the second has no PV1 of its own.
  const doubled = pids.length > 1 && keepsMoreThanPatient(stamp);
  if (doubled) values.fail('PID', 'more than one patient; only the first was read');
  // A20 tells of a bed, not of a patient.
  const wanted = (stamp.messageType === 'ADT' && stamp.trigger !== 'A20') || ORDER_TYPES.has(stamp.messageType);
  if (pids.length === 0 && wanted) values.fail('PID', 'the segment is missing');
  return (doubled ? pids.slice(0, 1) : pids).flatMap((pid) => recordsOf(message, pid, stamp, field, values));
}

/** Maps one message; `errors` holds what reading it has noted already. */
export function mapMessage(
  message: Message,
  errors: RecordError[],
  position: string,
  { zone, options }: Pick<FormatContext, 'zone' | 'options'>,
): Parsed {
  const values = new Values(zone, [...errors]);
  const parsed: Parsed = { position, records: [], errors: values.errors };
  const header = message.first('MSH');
  if (['ACK', 'MFK'].includes(header?.text(9, 1).toUpperCase() ?? ''))
    return { ...parsed, errors: [], ignored: 'ACKNOWLEDGEMENT' };
  const stamp = stampOf(message, values);
  if (!stamp) return parsed;
  const { visitNumber: field = 'PV1-19', ...master }: Options = options;
  const { messageType, ...bare } = stamp;
  if (messageType === 'ADT' && isIdentityEvent(stamp.trigger))
    Object.assign(parsed, identityRecords(message, bare, field, values));
  else if (messageType === 'MFN') Object.assign(parsed, masterRecords(message, stamp.trigger, master, values));
  else {
    parsed.records = patientRecords(message, stamp, field, values);
    const onlyPatients = parsed.records.length > 0 && parsed.records.every(({ type }) => type === 'patient');
    const told = values.errors.length > errors.length;
    const rest = onlyPatients && !told ? leftOut(message, messageType, stamp.trigger) : undefined;
    const raw = KEPT_RAW[messageType] ?? rest;
    if (raw !== undefined) parsed.ignored = raw;
  }
  if (parsed.records.length === 0 && values.errors.length === errors.length) parsed.ignored ??= 'EVENT_NOT_KEPT';
  return parsed;
}
