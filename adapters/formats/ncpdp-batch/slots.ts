/** The fields that are read, where they stand in a transmission, and how. */
import { Memo } from '../../tables/memo.ts';
import { normaliseRx, readDay, readMoney, readQuantity, readWhole } from './fields.ts';
import type { Slot } from './findings.ts';
import { pairOf } from './parse.ts';

const asText = (text: string): string => text;
const oneOf =
  (letters: string) =>
  (text: string): string | undefined =>
    text.length === 1 && letters.includes(text) ? text : undefined;
const upToTwo = readWhole(2);
const upToThree = readWhole(3);

/** Zero-filled dates say nothing. */
const optionalDay = (text: string): string | undefined => (/^0+$/.test(text) ? '' : readDay(text));

function positiveQuantity(text: string): string | undefined {
  const quantity = readQuantity(text);
  return quantity === '0.000' ? undefined : quantity;
}

const SEXES = new Map<string, string>([
  ['0', ''],
  ['1', 'M'],
  ['2', 'F'],
]);
const sexOf = (text: string): string | undefined => SEXES.get(text);

/** What the readers of a payload read with: what they remember of its texts ends with it. */
export type Slots = ReturnType<typeof newSlots>;

/** @param place segment and field: `07-D2`; '' = it stands in the fixed header. */
function slot<T>(place: string, name: string, read: (text: string) => T | undefined, expected: string): Slot<T> {
  return { segment: pairOf(place), field: pairOf(place, 3), name, read, expected, memo: new Memo() };
}

const plain = (place: string): Slot<string> => slot(place, '', asText, 'text');
const money = (place: string, name: string): Slot<string> =>
  slot(place, name, readMoney, 'money with a signed last digit');
const day = (place: string, name: string): Slot<string> => slot(place, name, optionalDay, 'a day CCYYMMDD');

const DAY = 'a day CCYYMMDD';
const QUANTITY = 'a quantity 9(7)v999';

/** All fields, nothing remembered yet. */
export const newSlots = () => ({
  bin: plain(''),
  pcn: plain(''),
  providerQualifier: plain(''),
  providerId: slot('', '201-B1', asText, 'a pharmacy id'),
  dateOfService: slot('', '401-D1', readDay, DAY),
  rxNumber: slot('07-D2', '402-D2', normaliseRx, 'a prescription number'),
  fillNumber: slot('07-D3', '403-D3', upToTwo, 'a fill number 0-99'),
  dispensingStatus: slot('07-HD', '343-HD', oneOf('PC'), 'P or C'),
  otherCoverage: slot('07-C8', '308-C8', upToTwo, 'a code of at most two digits'),
  product: slot('07-D7', '407-D7', asText, 'a product id'),
  productQualifier: plain('07-E1'),
  quantity: slot('07-E7', '442-E7', positiveQuantity, `${QUANTITY} above zero`),
  /** Of a reversal, which may leave it out or say nothing with it. */
  quantityBack: slot('07-E7', '442-E7', readQuantity, QUANTITY),
  unit: plain('07-28'),
  daysSupply: slot('07-D5', '405-D5', upToThree, 'a whole number of days'),
  writtenDate: day('07-DE', '414-DE'),
  compound: slot('07-D6', '406-D6', oneOf('012'), '0, 1 or 2'),
  prescriberQualifier: plain('03-EZ'),
  prescriberId: plain('03-DB'),
  group: plain('04-C1'),
  cardholder: plain('04-C2'),
  familyName: plain('01-CB'),
  givenName: plain('01-CA'),
  birthDate: day('01-C4', '304-C4'),
  sex: slot('01-C5', '305-C5', sexOf, '0, 1 or 2'),
  patientQualifier: plain('01-CX'),
  patientId: plain('01-CY'),
  basisOfCost: plain('11-DN'),
  ingredientCost: money('11-D9', '409-D9'),
  dispensingFee: money('11-DC', '412-DC'),
  patientPay: money('11-DX', '433-DX'),
  answer: {
    status: slot('21-AN', '112-AN', oneOf('PACDRSQ'), 'one of P A C D R S Q'),
    rxNumber: slot('22-D2', '402-D2', normaliseRx, 'a prescription number'),
    ingredientCost: money('23-F6', '506-F6'),
    dispensingFee: money('23-F7', '507-F7'),
    patientPay: money('23-F5', '505-F5'),
    totalPaid: money('23-F9', '509-F9'),
  },
});
