/** The claims of a batch as binary COPY for `claim_stage`: the columns in the order of create-stage.sql. */
import { CopyBinary } from '../../db/copy-binary.ts';
import { newId } from '../../db/ids.ts';
import { compareFamilyName, compareGivenName } from '../../model/names.ts';
import type { ClaimRecord } from '../../model/records.ts';
import { byReceipt, type Item, type RawPayload, type Unit } from '../batch.ts';
import { comparableRxNumber } from '../rx-number.ts';
import { npiOf, transactionKey, writeContent } from './transaction-key.ts';

/** Names remembered with what they compare as: people fill prescriptions again and again. */
const MOST_NAMES = 20_000;
/** Columns of the stage. */
const COLUMNS = 49;

/** Claims as rows of the stage. A record may go as soon as it is packed: one that waits for its batch is moved about by each collection. */
export class PackedClaims {
  /** Of each claim: the unit that says it; null = one that says nothing else. */
  readonly units: (Unit | null)[] = [];
  /** Units that say one claim and nothing else, and how many of them were known: nothing more is remembered of them. */
  readonly plain = { units: 0, duplicates: 0 };
  /** Of each claim: the NPI by which it names its pharmacy; null = it names the pharmacy itself. */
  readonly npis: (string | null)[] = [];
  /** Of each claim: `pharmacy|prescription`, the pharmacy as `NPI:<npi>` if it is named so. */
  readonly places: string[] = [];
  /** Payloads, in the order of the numbers (from 1) that stand in the rows. */
  readonly raws: RawPayload[] = [];
  /** Batches that lock each other out, as `lockBatches` names them. */
  readonly batches = new Set<string>();
  /** 31 bits of each transaction key. */
  readonly keys = new Set<number>();
  /** True = two of the claims may be the same one. */
  mayRepeat = false;
  readonly #copy = new CopyBinary(COLUMNS);
  readonly #chunks: Uint8Array[] = [];
  /** Ids in the order of the claims, from one draw of chance: a draw for each is dear. */
  readonly #base = Buffer.from(newId().replaceAll('-', ''), 'hex');
  readonly #firstId = this.#base.readUIntBE(10, 6);
  #lastPharmacy = '';
  #lastNumber = '';
  #lastBatch = '';

  /** The claim of a unit that says nothing else. */
  addPlain(unit: Unit, claim: ClaimRecord): void {
    this.plain.units += 1;
    this.#pack(unit, claim);
    this.units.push(null);
  }

  /** The next claim: of equal ones the first is kept. */
  add(unit: Unit, claim: ClaimRecord): void {
    this.#pack(unit, claim);
    this.units.push(unit);
  }

  /** The rows as binary COPY, some at a time. No claim may follow. */
  *rows(): Generator<Uint8Array> {
    yield* this.#chunks.splice(0);
    yield this.#copy.end();
  }

  #pack(unit: Unit, claim: ClaimRecord): void {
    const copy = this.#copy;
    const n = this.units.length;
    const npi = npiOf(claim);
    const pharmacy = npi === null ? claim.providerId : `NPI:${npi}`;
    const rxNumber = comparableRxNumber(claim.rxNumber) ?? '';
    // Fills of a prescription often stand together.
    const same = n > 0 && pharmacy === this.#lastPharmacy && rxNumber === this.#lastNumber;
    this.places.push(same ? (this.places[n - 1] ?? '') : `${pharmacy}|${rxNumber}`);
    [this.#lastPharmacy, this.#lastNumber] = [pharmacy, rxNumber];
    this.npis.push(npi);
    if (unit.raw !== this.raws.at(-1)) this.#beginPayload(unit.raw);
    if (claim.batchId !== this.#lastBatch) this.#beginBatch(unit, claim.batchId);
    copy.int(n);
    copy.int(this.raws.length);
    copy.uuid(this.#base, (this.#firstId + n) % 2 ** 48);
    copy.text(pharmacy);
    copy.maybe(npi);
    writeOccasion(copy, claim);
    copy.text(unit.position);
    copy.maybe(compared(FAMILY_NAMES, claim.patient.familyName, compareFamilyName));
    copy.maybe(compared(GIVEN_NAMES, claim.patient.givenName, compareGivenName));
    const content = copy.place;
    writeContent(copy, claim, rxNumber);
    const key = transactionKey(copy, content, claim, unit.raw.sha256);
    copy.uuidOf(key);
    copy.endLine();
    this.#noteKey(key);
    if (copy.full) this.#chunks.push(copy.take());
  }

  #noteKey(key: string): void {
    let bits = key.charCodeAt(0) & 0x7f;
    for (let index = 1; index < 4; index += 1) bits = (bits << 8) | key.charCodeAt(index);
    if (this.keys.has(bits)) this.mayRepeat = true;
    else this.keys.add(bits);
  }

  #beginPayload(raw: RawPayload): void {
    this.raws.push(raw);
    this.#lastBatch = '';
  }

  #beginBatch(unit: Unit, batchId: string): void {
    this.#lastBatch = batchId;
    if (batchId !== '') this.batches.add(batchName(unit.feed.name, batchId));
  }
}

/** A batch of claims under the name by which it is locked. */
export const batchName = (feed: string, batchId: string): string => JSON.stringify([feed, batchId]);

/** The claims of a batch of payloads; undefined = there are none. Of equal claims the earliest is the original. */
export function packClaims(items: readonly Item<ClaimRecord>[]): PackedClaims | undefined {
  if (items.length === 0) return undefined;
  const packed = new PackedClaims();
  for (const { unit, record } of items.toSorted(byReceipt)) packed.add(unit, record);
  return packed;
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
  known.set(onItsOwn(name), found && onItsOwn(found));
  return found;
}

/** A text that was cut out of a file would keep the piece of the file that it was cut out of. */
const onItsOwn = (text: string): string => Buffer.from(text).toString();
