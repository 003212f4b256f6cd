/** What a message says in the shared model: the patient of every PID, the visit of ADT, the orders of RDE, ORM and OMP. */
import type { CanonicalRecord, EventStamp, RecordError } from '../../../src/model/records.ts';
import type { FormatContext, Parsed } from '../../contract.ts';
import { identifiersOf, patientOf } from './patient.ts';
import { prescriptionsOf } from './prescription.ts';
import type { Message, Segment } from './split.ts';
import { Values } from './values.ts';
import { isMissed, visitAction, visitNumberOf, visitOf } from './visit.ts';
import type { VisitNumberField } from './visit.ts';

/** Merges, links, moves and changes of identifiers: their effect is not kept yet, and half of it would be wrong. */
const IDENTITY_EVENTS = new Set(
  'A18 A24 A29 A30 A34 A35 A36 A37 A39 A40 A41 A42 A43 A44 A45 A46 A47 A48 A49 A50 A51'.split(' '),
);

const ORDER_TYPES = new Set(['RDE', 'ORM', 'OMP']);

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
    if (keeps || messageType === 'ADT') values.fail('PID-3', 'no usable patient identifier');
    return [];
  }
  const records: CanonicalRecord[] = [patientOf(pid, stamp, identifiers, values)];
  if (!keeps) return records;
  const visitNumber = visitNumberOf(message, visitNumberField);
  if (ORDER_TYPES.has(messageType))
    return [...records, ...prescriptionsOf(message, stamp, identifiers, visitNumber, values)];
  const pv1 = message.first('PV1');
  if (visitNumber) {
    const visit = { visitNumber, patientIdentifiers: identifiers };
    if (missed) records.push({ type: 'visit', ...stamp, action: 'NO_SHOW', ...visit });
    else if (action && pv1) records.push(visitOf(pv1, stamp, { action, ...visit }, values));
    else values.fail('PV1', 'the segment is missing');
  } else if (action) {
    if (pv1) values.fail(visitNumberField, 'the visit number is missing');
    else values.fail('PV1', 'the segment is missing');
  }
  return records;
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
  if (header?.text(9, 1).toUpperCase() === 'ACK') return { ...parsed, errors: [], ignored: 'ACKNOWLEDGEMENT' };
  const stamp = stampOf(message, values);
  if (!stamp) return parsed;
  const isAdt = stamp.messageType === 'ADT';
  if (isAdt && IDENTITY_EVENTS.has(stamp.trigger)) return { ...parsed, ignored: 'IDENTITY_EVENT_NOT_KEPT' };
  const field: VisitNumberField = (options as { visitNumber?: VisitNumberField }).visitNumber ?? 'PV1-19';
  const pids = message.all('PID');
  const wantsPatient = isAdt || ORDER_TYPES.has(stamp.messageType);
  // A message about one patient that names two is two that were glued together: the second has no PV1 of its own.
  const doubled = pids.length > 1 && keepsMoreThanPatient(stamp);
  if (doubled) values.fail('PID', 'more than one patient; only the first was read');
  for (const pid of doubled ? pids.slice(0, 1) : pids)
    parsed.records.push(...recordsOf(message, pid, stamp, field, values));
  if (pids.length === 0 && wantsPatient) values.fail('PID', 'the segment is missing');
  if (parsed.records.length === 0 && values.errors.length === errors.length)
    return { ...parsed, ignored: 'EVENT_NOT_KEPT' };
  return parsed;
}
