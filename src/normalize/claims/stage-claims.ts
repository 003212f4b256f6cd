/** The claims of a batch as COPY text for `claim_stage`: the columns in the order of create-stage.sql. */
import { CopyText } from '../../db/copy-text.ts';
import { newId } from '../../db/ids.ts';
import { compareFamilyName, compareGivenName } from '../../model/names.ts';
import type { ClaimRecord } from '../../model/records.ts';
import type { Item, RawPayload } from '../batch.ts';
import { comparableRxNumber } from '../rx-number.ts';
import { npiOf, transactionKey, writeContent } from './transaction-key.ts';

/** Names remembered with what they compare as: people fill prescriptions again and again. */
const MOST_NAMES = 20_000;

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
  /** Pharmacy and transaction key of each staged claim. */
  keys: Set<string>;
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
  keys,
  duplicates,
}: Staging): AsyncGenerator<Uint8Array> {
  // Ids in the order of the claims, from one draw of chance: a draw for each is dear.
  const base = newId();
  const start = Number.parseInt(base.slice(25), 16);
  const copy = new CopyText();
  let [place, lastPharmacy, lastNumber] = ['', '', ''];
  for (const [n, { unit, record }] of items.entries()) {
    const pharmacy = pharmacyOf(record, pharmacies);
    const rxNumber = comparableRxNumber(record.rxNumber) ?? '';
    // Fills of a prescription often stand together.
    if (n === 0 || pharmacy !== lastPharmacy || rxNumber !== lastNumber) place = `${pharmacy}|${rxNumber}`;
    [lastPharmacy, lastNumber] = [pharmacy, rxNumber];
    places.push(place);
    const line = copy.place;
    copy.number(n);
    copy.number(payloads.get(unit.raw) ?? 0);
    copy.text(base.slice(0, 24) + ((start + n) % 2 ** 48).toString(16).padStart(12, '0'));
    copy.text(pharmacy);
    writeOccasion(copy, record);
    copy.text(unit.parsed.position);
    copy.maybe(compared(FAMILY_NAMES, record.patient.familyName, compareFamilyName));
    copy.maybe(compared(GIVEN_NAMES, record.patient.givenName, compareGivenName));
    const content = copy.place;
    writeContent(copy, record, rxNumber);
    const key = transactionKey(copy, content, record, unit.raw.sha256);
    // The prescription number is part of what the key covers.
    const same = pharmacy + key;
    if (keys.has(same)) {
      duplicates.add(n);
      copy.backTo(line);
      continue;
    }
    keys.add(same);
    copy.text(key);
    copy.endLine();
    if (copy.full) yield await Promise.resolve(copy.take());
  }
  if (copy.place > 0) yield copy.take();
}

/** Where and when the claim came: provider_qualifier to ordinal. */
function writeOccasion(copy: CopyText, claim: ClaimRecord): void {
  copy.text(claim.providerQualifier);
  copy.text(claim.providerId);
  copy.maybe(claim.batchCreatedAt);
  copy.text(claim.batchId);
  copy.text(claim.batchReference);
  copy.number(claim.transactionIndex);
  copy.number(claim.ordinal);
}

const FAMILY_NAMES = new Map<string, string | null>();
const GIVEN_NAMES = new Map<string, string | null>();

/** A name as it is compared; null when nothing of it is. */
function compared(
  known: Map<string, string | null>,
  name: string | null,
  compare: (name: string) => string,
): string | null {
  if (name === null) return null;
  let found = known.get(name);
  if (found !== undefined) return found;
  found = compare(name) || null;
  if (known.size >= MOST_NAMES) known.clear();
  known.set(name, found);
  return found;
}
