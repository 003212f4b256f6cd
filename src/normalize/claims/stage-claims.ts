/** The claims of a batch as COPY text for `claim_stage`: the columns in the order of create-stage.sql. */
import { newId } from '../../db/ids.ts';
import { compareFamilyName, compareGivenName } from '../../model/names.ts';
import type { ClaimRecord } from '../../model/records.ts';
import type { Item, RawPayload } from '../batch.ts';
import { comparableRxNumber } from '../rx-number.ts';
import { npiOf, transactionKey } from './transaction-key.ts';

/** Claims of one piece of text on its way to the database. */
const CLAIMS_TOGETHER = 250;
/** Names remembered with what they compare as: people fill prescriptions again and again. */
const MOST_NAMES = 20_000;

/** A value that is absent. */
const NULL = '\\N';
const SPECIAL = /[\\\t\n\r\0]/;
const SPECIALS = /[\\\t\n\r\0]/g;
const ESCAPED: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\uFFFD' };

/** PostgreSQL stores no NUL; half a surrogate pair becomes U+FFFD where the text is encoded. */
const text = (value: string): string =>
  SPECIAL.test(value) ? value.replaceAll(SPECIALS, (sign) => ESCAPED[sign] ?? sign) : value;
const maybe = (value: string | null): string => (value === null ? NULL : text(value));
const number = (value: number | null): string => (value === null ? NULL : String(value));

/** The payloads of a batch, numbered from 1. */
export function payloadsOf(items: readonly Item[]): Map<RawPayload, number> {
  const payloads = new Map<RawPayload, number>();
  for (const { unit } of items) if (!payloads.has(unit.raw)) payloads.set(unit.raw, payloads.size + 1);
  return payloads;
}

/** The claims of a batch on their way into the stage, and what is found out on that way. */
export interface Staging {
  /** In the order of receipt. */
  items: readonly Item<ClaimRecord>[];
  payloads: ReadonlyMap<RawPayload, number>;
  /** NCPDP ids of the pharmacies that the claims name by NPI. */
  pharmacies: ReadonlyMap<string, string>;
  /** `pharmacy|prescription` of each claim. */
  places: string[];
  /** Numbers of claims that equal one before them: they are not staged. */
  duplicates: Set<number>;
}

/** Under which pharmacy a claim is kept: `NPI:<npi>` while the NPI belongs to no known one. */
export function pharmacyOf(claim: ClaimRecord, pharmacies: ReadonlyMap<string, string>): string {
  const npi = npiOf(claim);
  return npi === null ? claim.providerId : (pharmacies.get(npi) ?? `NPI:${npi}`);
}

/** COPY text, some claims at a time; claim `n` is the n-th item, from 0. */
export async function* stagedText({
  items,
  payloads,
  pharmacies,
  places,
  duplicates,
}: Staging): AsyncGenerator<string> {
  // Ids in the order of the claims, from one draw of chance: a draw for each is dear.
  const base = newId();
  const start = Number.parseInt(base.slice(25), 16);
  const seen = new Set<string>();
  let lines = '';
  for (const [n, { unit, record }] of items.entries()) {
    const pharmacy = pharmacyOf(record, pharmacies);
    const rxNumber = comparableRxNumber(record.rxNumber) ?? '';
    const key = transactionKey(record, unit.raw.sha256);
    const place = `${pharmacy}|${rxNumber}`;
    places.push(place);
    // The prescription number is part of what the key covers.
    const same = pharmacy + key;
    if (seen.has(same)) duplicates.add(n);
    else {
      seen.add(same);
      const id = base.slice(0, 24) + ((start + n) % 2 ** 48).toString(16).padStart(12, '0');
      const head = `${n}\t${payloads.get(unit.raw) ?? 0}\t${id}\t${key}\t${text(pharmacy)}`;
      lines += `${head}\t${columnsOf(record, rxNumber)}\t${text(unit.parsed.position)}\n`;
    }
    if ((n + 1) % CLAIMS_TOGETHER !== 0) continue;
    yield await Promise.resolve(lines);
    lines = '';
  }
  if (lines !== '') yield lines;
}

/** The columns from provider_qualifier to total_paid. */
function columnsOf(claim: ClaimRecord, rxNumber: string): string {
  const { patient, amounts, otherPayers, submissionClarification } = claim;
  return (
    `${text(claim.providerQualifier)}\t${text(claim.providerId)}\t${claim.code}\t${text(claim.responseStatus)}` +
    `\t${text(rxNumber)}\t${number(claim.fillNumber)}\t${claim.dateOfService}` +
    `\t${text(claim.dispensingStatus)}\t${text(claim.bin)}\t${text(claim.pcn)}\t${text(claim.group)}` +
    `\t${text(claim.cardholder)}\t${claim.otherCoverage}` +
    `\t${otherPayers.length === 0 ? '[]' : text(JSON.stringify(otherPayers))}\t${maybe(claim.adjudicatedAt)}` +
    `\t${maybe(claim.batchCreatedAt)}\t${text(claim.batchId)}\t${text(claim.batchReference)}\t${claim.transactionIndex}` +
    `\t${claim.ordinal}\t${maybe(claim.ndcText)}\t${maybe(claim.quantity)}\t${text(claim.unit)}` +
    `\t${number(claim.daysSupply)}\t${maybe(claim.writtenDate)}\t${text(claim.prescriberQualifier)}` +
    `\t${maybe(claim.prescriberId)}\t${maybe(patient.familyName)}\t${maybe(patient.givenName)}` +
    `\t${compared(FAMILY_NAMES, patient.familyName, compareFamilyName)}` +
    `\t${compared(GIVEN_NAMES, patient.givenName, compareGivenName)}\t${maybe(patient.birthDate)}` +
    `\t${maybe(patient.sex)}\t${maybe(patient.identifier?.authority ?? null)}` +
    `\t${maybe(patient.identifier?.value ?? null)}\t${claim.compound ? 't' : 'f'}` +
    `\t${submissionClarification.length === 0 ? '{}' : text(arrayText(submissionClarification))}` +
    `\t${text(claim.basisOfCost)}\t${maybe(amounts.ingredientCost)}\t${maybe(amounts.dispensingFee)}` +
    `\t${maybe(amounts.patientPay)}\t${maybe(amounts.totalPaid)}`
  );
}

const arrayText = (values: readonly string[]): string =>
  `{${values.map((value) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;

const FAMILY_NAMES = new Map<string, string>();
const GIVEN_NAMES = new Map<string, string>();

/** A name as it is compared, as a column; letters only, so there is nothing to escape. */
function compared(known: Map<string, string>, name: string | null, compare: (name: string) => string): string {
  if (name === null) return NULL;
  let found = known.get(name);
  if (found !== undefined) return found;
  found = compare(name) || NULL;
  if (known.size >= MOST_NAMES) known.clear();
  known.set(name, found);
  return found;
}
