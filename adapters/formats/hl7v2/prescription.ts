/** ORC with RXE or RXO to prescriptions, one per order group (DOMAIN 12.21, 12.28). */
import type { EventStamp, Identifier, PrescriptionEvent, Stated } from '../../../src/model/records.ts';
import type { Message, Segment } from './split.ts';
import { dateOf } from './time.ts';
import { npiOf } from './values.ts';
import type { Values } from './values.ts';

/** One order of a message. */
interface OrderGroup {
  orc: Segment | undefined;
  rxo?: Segment;
  rxe?: Segment;
}

/** The order groups that hold a drug; laboratory and other orders have neither RXE nor RXO. */
function groupsOf(message: Message): OrderGroup[] {
  const groups: OrderGroup[] = [];
  for (const segment of message.segments) {
    if (segment.name === 'ORC') groups.push({ orc: segment });
    if (segment.name !== 'RXO' && segment.name !== 'RXE') continue;
    if (groups.length === 0) groups.push({ orc: undefined });
    const group = groups.at(-1);
    if (group && segment.name === 'RXO') group.rxo ??= segment;
    if (group && segment.name === 'RXE') group.rxe ??= segment;
  }
  return groups.filter((group) => group.rxo ?? group.rxe);
}

const isNdcSystem = (system: string): boolean =>
  /^N?-?NDC/i.test(system) || system === '2.16.840.1.113883.6.69' || system === 'http://hl7.org/fhir/sid/ndc';

/** The code of a coded drug whose coding system is NDC: the first triplet, else the alternate one. */
function ndcOf(code: Segment, index: number): Stated<string> {
  if (isNdcSystem(code.text(index, 3))) return code.value(index, 1);
  return isNdcSystem(code.text(index, 6)) ? code.value(index, 4) : undefined;
}

/** RXE-32, else ORC-9, as a date in the feed's zone. A value that cannot be read is absent, not replaced by the other. */
function writtenDateOf({ orc, rxe }: OrderGroup, values: Values): Stated<string> {
  const field = rxe?.text(32) ? values.time(rxe, 32) : values.time(orc, 9);
  return field ? dateOf(field, values.zone) : field;
}

function prescriptionOf(
  group: OrderGroup,
  stamp: EventStamp,
  patientIdentifiers: Identifier[],
  visitNumber: Stated<string>,
  values: Values,
): PrescriptionEvent | undefined {
  const { orc, rxe, rxo } = group;
  const orderNumber = orc?.text(2) || orc?.text(3) || '';
  const control = orc?.text(1) ?? '';
  if (!orc) values.fail('ORC', 'an order without ORC');
  else if (orderNumber === '') values.fail('ORC-2', 'neither a placer (ORC-2) nor a filler (ORC-3) order number');
  else if (control === '') values.fail('ORC-1', 'the order control is missing');
  if (orderNumber === '' || control === '') return undefined;
  // RXE is what the pharmacy was asked to fill; RXO what the prescriber wrote (ORM, OMP have only that).
  const drug = rxe ? { segment: rxe, code: 2 } : { segment: rxo, code: 1 };
  const { segment } = drug;
  if (!segment) return undefined;
  return {
    type: 'prescription',
    ...stamp,
    orderNumber,
    control,
    patientIdentifiers,
    visitNumber,
    rxNumber: rxe?.value(15),
    ndcText: ndcOf(segment, drug.code),
    drugName: segment.value(drug.code, 2) ?? segment.value(drug.code, 5),
    writtenDate: writtenDateOf(group, values),
    prescriberNpi: npiOf(orc, 12) ?? npiOf(rxe ?? rxo, rxe ? 13 : 14),
    quantity: values.decimal(segment, rxe ? 10 : 11),
    refills: values.count(segment, rxe ? 12 : 13),
  };
}

/** All prescriptions of a message. An order without number or control is noted and left out; the others stand. */
export function prescriptionsOf(
  message: Message,
  stamp: EventStamp,
  patientIdentifiers: Identifier[],
  visitNumber: Stated<string>,
  values: Values,
): PrescriptionEvent[] {
  return groupsOf(message)
    .map((group) => prescriptionOf(group, stamp, patientIdentifiers, visitNumber, values))
    .filter((prescription) => prescription !== undefined);
}
