/** What makes two claim transactions the same one (DOMAIN 12.13), and which pharmacy a claim names (12.15). */
import type { CopyBinary } from '../../db/copy-binary.ts';
import type { ClaimRecord } from '../../model/records.ts';

/** The NPI by which a claim names its pharmacy; null when it uses the NCPDP id. Without qualifier the length tells. */
export function npiOf(claim: Pick<ClaimRecord, 'providerQualifier' | 'providerId'>): string | null {
  const isNpi =
    claim.providerQualifier === '01' || (claim.providerQualifier === '' && /^\d{10}$/.test(claim.providerId));
  return isNpi ? claim.providerId : null;
}

/**
 * Half a SHA-256 over all that the claim says but its pharmacy, so that a claim whose NPI is resolved later keeps it; 16 signs,
 * each for one byte. Pharmacy, prescription number and this key together are unique. When it was adjudicated tells two equal
 * claims apart; without that, the batch and its reference; without those, the file.
 * @param from where `writeContent` began with this claim, which was the last to write.
 * @param fileSha256 hash of the payload, for files without batch ids.
 */
export function transactionKey(copy: CopyBinary, from: number, claim: ClaimRecord, fileSha256: string): string {
  const end = copy.place;
  // What has no column of its own.
  copy.text(claim.productQualifier);
  copy.maybe(claim.patient.identifier?.type ?? null);
  copy.maybe(claim.ingredients ? canonical(claim.ingredients) : null);
  if (claim.adjudicatedAt === null) {
    copy.text(claim.batchId);
    if (claim.batchId === '') copy.text(fileSha256);
    else {
      copy.instant(claim.batchCreatedAt);
      copy.text(claim.batchReference);
    }
  }
  const key = copy.digestFrom(from).slice(0, 16);
  copy.backTo(end);
  return key;
}

/** Members that say where and when the claim came, and which pharmacy: no part of its content. */
type Occasional =
  'batchCreatedAt' | 'batchId' | 'batchReference' | 'transactionIndex' | 'ordinal' | 'providerId' | 'providerQualifier';
/** What is written out below and above. A new member of a claim must be: the next line does not compile without it. */
type Written =
  | 'adjudicatedAt'
  | 'amounts'
  | 'basisOfCost'
  | 'bin'
  | 'cardholder'
  | 'code'
  | 'compound'
  | 'dateOfService'
  | 'daysSupply'
  | 'dispensingStatus'
  | 'fillNumber'
  | 'group'
  | 'ingredients'
  | 'ndcText'
  | 'otherCoverage'
  | 'otherPayers'
  | 'patient'
  | 'pcn'
  | 'prescriberId'
  | 'prescriberQualifier'
  | 'productQualifier'
  | 'quantity'
  | 'responseStatus'
  | 'rxNumber'
  | 'submissionClarification'
  | 'type'
  | 'unit'
  | 'writtenDate';
true satisfies Exclude<keyof ClaimRecord, Occasional | Written> extends never ? true : false;

/**
 * The columns of the content, `code` to `total_paid` in the order of create-stage.sql: what the key is made of is what is
 * staged, so that it is written once. A value that is absent and an empty one differ.
 */
export function writeContent(copy: CopyBinary, claim: ClaimRecord, rxNumber: string): void {
  const { patient, amounts, otherPayers, submissionClarification } = claim;
  copy.text(claim.code);
  copy.text(claim.responseStatus);
  copy.text(rxNumber);
  copy.int(claim.fillNumber);
  copy.date(claim.dateOfService);
  copy.text(claim.dispensingStatus);
  copy.text(claim.bin);
  copy.text(claim.pcn);
  copy.text(claim.group);
  copy.text(claim.cardholder);
  copy.int(claim.otherCoverage);
  copy.json(otherPayers.length === 0 ? '[]' : canonical(otherPayers));
  copy.instant(claim.adjudicatedAt);
  copy.maybe(claim.ndcText);
  copy.decimal(claim.quantity);
  copy.text(claim.unit);
  copy.int(claim.daysSupply);
  copy.date(claim.writtenDate);
  copy.text(claim.prescriberQualifier);
  copy.maybe(claim.prescriberId);
  copy.maybe(patient.familyName);
  copy.maybe(patient.givenName);
  copy.date(patient.birthDate);
  copy.maybe(patient.sex);
  copy.maybe(patient.identifier?.authority ?? null);
  copy.maybe(patient.identifier?.value ?? null);
  copy.truth(claim.compound);
  copy.texts(submissionClarification);
  copy.text(claim.basisOfCost);
  copy.decimal(amounts.ingredientCost);
  copy.decimal(amounts.dispensingFee);
  copy.decimal(amounts.patientPay);
  copy.decimal(amounts.totalPaid);
}

/** JSON with sorted members: two formats may build the same record in another order. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  );
