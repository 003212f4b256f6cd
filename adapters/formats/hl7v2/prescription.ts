/** ORC with RXE, RXO or RXD to prescriptions, one per order group (DOMAIN 12.21, 12.28). */
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
  /** RDS: what was dispensed. Only the prescription number of the order is learned from it. */
  rxd?: Segment;
}

const DRUGS = new Set(['RXO', 'RXE', 'RXD']);

/** The order groups that hold a drug; laboratory and other orders have neither RXE, RXO nor RXD. */
function groupsOf(message: Message): OrderGroup[] {
  const groups: OrderGroup[] = [];
  for (const segment of message.segments) {
    if (segment.name === 'ORC') groups.push({ orc: segment });
    if (!DRUGS.has(segment.name)) continue;
    if (groups.length === 0) groups.push({ orc: undefined });
    const group = groups.at(-1);
    if (group && segment.name === 'RXO') group.rxo ??= segment;
    if (group && segment.name === 'RXE') group.rxe ??= segment;
    if (group && segment.name === 'RXD') group.rxd ??= segment;
  }
  return groups.filter((group) => group.rxo ?? group.rxe ?? group.rxd);
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

/** Where values stand that are not in RXE and ORC-12. */
function placesOf({ orc, rxe, rxo }: OrderGroup): Record<string, string> | undefined {
  const places: Record<string, string> = {};
  if (orc && !orc.text(2)) places['orderNumber'] = 'ORC-3';
  if (!rxe) {
    const code = { ndcText: 'RXO-1', drugName: 'RXO-1', quantity: 'RXO-11', refills: 'RXO-13' };
    Object.assign(places, code);
  }
  if (!rxe?.text(32) && orc?.text(9)) places['writtenDate'] = 'ORC-9';
  const fallback = npiOf(orc, 12) === undefined ? npiOf(rxe ?? rxo, rxe ? 13 : 14) : undefined;
  if (fallback) places['prescriberNpi'] = rxe ? 'RXE-13' : 'RXO-14';
  return Object.keys(places).length === 0 ? undefined : places;
}

function prescriptionOf(
  group: OrderGroup,
  stamp: EventStamp,
  patientIdentifiers: Identifier[],
  visitNumber: Stated<string>,
  values: Values,
): PrescriptionEvent | undefined {
  const { orc, rxe, rxo, rxd } = group;
  const orderNumber = orc?.text(2) || orc?.text(3) || '';
  const control = orc?.text(1) ?? '';
  if (!orc) values.fail('ORC', 'an order without ORC');
  else if (orderNumber === '') values.fail('ORC-2', 'neither a placer (ORC-2) nor a filler (ORC-3) order number');
  else if (control === '') values.fail('ORC-1', 'the order control is missing');
  if (orderNumber === '' || control === '') return undefined;
  // RXE is what the pharmacy was asked to fill; RXO what the prescriber wrote (ORM, OMP have only that).
  const drug = rxe ? { segment: rxe, code: 2 } : { segment: rxo, code: 1 };
  const { segment } = drug;
  const common = { type: 'prescription' as const, ...stamp, orderNumber, control, patientIdentifiers, visitNumber };
  if (!segment) return { ...common, rxNumber: rxd?.value(7), places: { rxNumber: 'RXD-7' } };
  const places = placesOf(group);
  return {
    ...common,
    ...(places === undefined ? {} : { places }),
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
