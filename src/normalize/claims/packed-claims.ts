/** The claims of a batch as COPY text for `claim_stage`: the columns in the order of create-stage.sql. */
import { CopyText } from '../../db/copy-text.ts';
import { newId } from '../../db/ids.ts';
import { compareFamilyName, compareGivenName } from '../../model/names.ts';
import type { ClaimRecord } from '../../model/records.ts';
import { byReceipt, type Item, type RawPayload, type Unit } from '../batch.ts';
import { comparableRxNumber } from '../rx-number.ts';
import { npiOf, transactionKey, writeContent } from './transaction-key.ts';

/** Names remembered with what they compare as: people fill prescriptions again and again. */
const MOST_NAMES = 20_000;

/** Claims as rows of the stage. A record may go as soon as it is packed: one that waits for its batch is moved about by each collection. */
export class PackedClaims {
  /** Of each claim: the unit that says it. */
  readonly units: Unit[] = [];
  /** Of each claim: the NPI by which it names its pharmacy; null = it names the pharmacy itself. */
  readonly npis: (string | null)[] = [];
  /** Of each claim: `pharmacy|prescription`, the pharmacy as `NPI:<npi>` if it is named so. */
  readonly places: string[] = [];
  /** Claims that equal one before them: they are not among the rows. */
  readonly duplicates = new Set<number>();
  /** Payloads, in the order of the numbers (from 1) that stand in the rows. */
  readonly raws: RawPayload[] = [];
  /** Batches that lock each other out, as `lockBatches` names them. */
  readonly batches = new Set<string>();
  /** Transaction keys, each with the first claim that has it. */
  readonly #firsts = new Map<string, number>();
  readonly #copy = new CopyText();
  readonly #chunks: Uint8Array[] = [];
  /** Ids in the order of the claims, from one draw of chance: a draw for each is dear. */
  readonly #base = newId();
  #lastPharmacy = '';
  #lastNumber = '';
  #lastBatch = '';

  /** The next claim: of equal ones the first is kept. */
  add(unit: Unit, claim: ClaimRecord): void {
    const copy = this.#copy;
    const n = this.units.length;
    const npi = npiOf(claim);
    const pharmacy = npi === null ? claim.providerId : `NPI:${npi}`;
    const rxNumber = comparableRxNumber(claim.rxNumber) ?? '';
    // Fills of a prescription often stand together.
    const same = n > 0 && pharmacy === this.#lastPharmacy && rxNumber === this.#lastNumber;
    this.places.push(same ? (this.places[n - 1] ?? '') : `${pharmacy}|${rxNumber}`);
    [this.#lastPharmacy, this.#lastNumber] = [pharmacy, rxNumber];
    this.units.push(unit);
    this.npis.push(npi);
    if (unit.raw !== this.raws.at(-1)) this.#beginPayload(unit.raw);
    if (claim.batchId !== this.#lastBatch) this.#beginBatch(unit, claim.batchId);
    const line = copy.place;
    copy.number(n);
    copy.number(this.raws.length);
    copy.text(this.#id(n));
    copy.text(pharmacy);
    copy.maybe(npi);
    writeOccasion(copy, claim);
    copy.text(unit.position);
    copy.maybe(compared(FAMILY_NAMES, claim.patient.familyName, compareFamilyName));
    copy.maybe(compared(GIVEN_NAMES, claim.patient.givenName, compareGivenName));
    const content = copy.place;
    writeContent(copy, claim, rxNumber);
    const key = transactionKey(copy, content, claim, unit.raw.sha256);
    if (this.#isKnown(key, n)) {
      this.duplicates.add(n);
      copy.backTo(line);
      return;
    }
    copy.text(key);
    copy.endLine();
    if (copy.full) this.#chunks.push(copy.take());
  }

  /** Transaction keys of the rows. They cover the prescription number, but not the pharmacy. */
  get keys(): ReadonlyMap<string, unknown> {
    return this.#firsts;
  }

  /** The rows as COPY text, some at a time. No claim may follow. */
  *rows(): Generator<Uint8Array> {
    yield* this.#chunks.splice(0);
    if (this.#copy.place > 0) yield this.#copy.take();
  }

  #id(n: number): string {
    const start = Number.parseInt(this.#base.slice(25), 16);
    return this.#base.slice(0, 24) + ((start + n) % 2 ** 48).toString(16).padStart(12, '0');
  }

  /** Whether a claim before has the key and the pharmacy. A pharmacy that is named in two ways is left to the table. */
  #isKnown(key: string, n: number): boolean {
    const first = this.#firsts.get(key);
    if (first !== undefined) return this.npis[first] === this.npis[n] && this.places[first] === this.places[n];
    this.#firsts.set(key, n);
    return false;
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
