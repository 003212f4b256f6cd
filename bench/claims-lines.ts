/** A claim extract of any length, written line by line: the memory of the bench must not grow with it. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { addDays } from '../src/model/calendar.ts';

/** The header line. */
export const HEADER = [
  'TXN|NCPDP_ID|RX_NO|FILL_NO|FILL_DT|ADJ_TS|NDC|QTY|UOM|DAYS|WRITTEN_DT|PRESCRIBER_NPI|BIN|PCN|GRP|CARDHOLDER|PAT_LAST',
  'PAT_FIRST|PAT_DOB|PAT_SEX|PAT_MRN|ING_COST|DISP_FEE|COPAY|PAID|OCC|SCC|BASIS|CMPD|STORE_NAME|STORE_STREET|STORE_CITY',
  'STORE_STATE|STORE_ZIP|DRUG_NAME|STRENGTH|REFILLS|PRESCRIBER_LAST|PRESCRIBER_FIRST|AUTH_NO',
].join('|');
const LINES_PER_WRITE = 5_000;
/** Lines of a prescription: fills 0 to 2. */
const FILLS = 3;

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/** Spreads numbers out, so that patients and prescribers do not come in order. */
const scattered = (value: number): number => Math.imul(value, 2_654_435_761) >>> 0;

/** Line `index` of the file, 40 columns; every line is another transaction. */
export function claimLine(index: number): string {
  const prescription = Math.floor(index / FILLS);
  const fill = index % FILLS;
  const patient = scattered(prescription) % 50_021;
  const written = addDays('2025-06-01', prescription % 180);
  const filled = addDays(written, 2 + fill * 30);
  const time = `${filled} ${pad(8 + (index % 10), 2)}:${pad(index % 60, 2)}:${pad((index * 7) % 60, 2)}`;
  const quantity = 30 * (1 + (index % 3));
  const cost = (quantity * (1 + (index % 97)) * 0.13).toFixed(2);
  const store = prescription % 40;
  const prescriber = scattered(prescription) % 400;
  return [
    'PAID',
    pad(5_100_001 + store, 7),
    pad(1_000_000 + prescription, 7),
    fill,
    filled,
    time,
    `${pad(10_000 + (index % 41), 5)}${pad(1 + (index % 997), 4)}01`,
    quantity,
    'EA',
    30,
    written,
    pad(1_700_000_000 + prescriber, 10),
    pad(610_001 + (index % 20), 6),
    `PCN${index % 7}`,
    `GRP${index % 31}`,
    `C${pad(patient, 9)}`,
    `FAMILY${pad(patient, 6)}`,
    'GIVEN',
    addDays('1950-01-01', patient % 20_000),
    patient % 2 === 0 ? 'F' : 'M',
    `P${pad(patient, 7)}`,
    cost,
    '1.50',
    '5.00',
    cost,
    '0',
    index % 11 === 0 ? '20' : '',
    index % 11 === 0 ? '08' : '01',
    '1',
    `MAIN STREET PHARMACY ${store}`,
    `${100 + store} MAIN STREET`,
    'SPRINGFIELD',
    'IL',
    pad(62_701 + store, 5),
    `DRUG ${index % 997} TABLETS`,
    '10 MG',
    5 - fill,
    `PRESCRIBER${prescriber}`,
    'JORDAN',
    `A${pad(index, 9)}`,
  ].join('|');
}

/** Writes the file. */
export async function writeClaimLines(path: string, lines: number): Promise<void> {
  const file = createWriteStream(path);
  file.write(`${HEADER}\n`);
  for (let from = 0; from < lines; from += LINES_PER_WRITE) {
    const count = Math.min(LINES_PER_WRITE, lines - from);
    const text = Array.from({ length: count }, (_, index) => `${claimLine(from + index)}\n`).join('');
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}
