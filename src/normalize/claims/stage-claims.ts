/** The claims of a batch as binary COPY for `claim_stage`: the columns in the order of create-stage.sql. */
import { CopyBinary } from '../../db/copy-binary.ts';
import { newId } from '../../db/ids.ts';
import { compareFamilyName, compareGivenName } from '../../model/names.ts';
import type { ClaimRecord } from '../../model/records.ts';
import type { Item, RawPayload } from '../batch.ts';
import { comparableRxNumber } from '../rx-number.ts';
import { npiOf, transactionKey, writeContent } from './transaction-key.ts';

/** Names remembered with what they compare as: people fill prescriptions again and again. */
const MOST_NAMES = 20_000;
/** Columns of the stage. */
const COLUMNS = 48;

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

/** Binary COPY, some claims at a time; claim `n` is the n-th item, from 0. */
export async function* stagedRows({
  items,
  payloads,
  pharmacies,
  places,
  keys,
  duplicates,
}: Staging): AsyncGenerator<Uint8Array> {
  // Ids in the order of the claims, from one draw of chance: a draw for each is dear.
  const base = Buffer.from(newId().replaceAll('-', ''), 'hex');
  const start = base.readUIntBE(10, 6);
  const copy = new CopyBinary(COLUMNS);
  let [place, lastPharmacy, lastNumber] = ['', '', ''];
  for (const [n, { unit, record }] of items.entries()) {
    const pharmacy = pharmacyOf(record, pharmacies);
    const rxNumber = comparableRxNumber(record.rxNumber) ?? '';
    // Fills of a prescription often stand together.
    if (n === 0 || pharmacy !== lastPharmacy || rxNumber !== lastNumber) place = `${pharmacy}|${rxNumber}`;
    [lastPharmacy, lastNumber] = [pharmacy, rxNumber];
    places.push(place);
    const line = copy.place;
    copy.int(n);
    copy.int(payloads.get(unit.raw) ?? 0);
    copy.uuid(base, (start + n) % 2 ** 48);
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
    copy.uuidOf(key);
    copy.endLine();
    if (copy.full) yield await Promise.resolve(copy.take());
  }
  yield copy.end();
}

/** Where and when the claim came: provider_qualifier to ordinal. */
function writeOccasion(copy: CopyBinary, claim: ClaimRecord): void {
  copy.text(claim.providerQualifier);
  copy.text(claim.providerId);
  copy.instant(claim.batchCreatedAt);
  copy.text(claim.batchId);
  copy.text(claim.batchReference);
  copy.int(claim.transactionIndex);
  copy.int(claim.ordinal);
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
