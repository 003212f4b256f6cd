/** What makes two claim transactions the same one (DOMAIN 12.13), and which pharmacy a claim names (12.15). */
import { hash } from 'node:crypto';
import type { ClaimRecord } from '../../model/records.ts';
import { comparableRxNumber } from '../rx-number.ts';

/** The NPI by which a claim names its pharmacy; null when it uses the NCPDP id. Without qualifier the length tells. */
export function npiOf(claim: Pick<ClaimRecord, 'providerQualifier' | 'providerId'>): string | null {
  const isNpi =
    claim.providerQualifier === '01' || (claim.providerQualifier === '' && /^\d{10}$/.test(claim.providerId));
  return isNpi ? claim.providerId : null;
}

/**
 * Half a SHA-256 in hex over all that the claim says but its pharmacy, so that a claim whose NPI is resolved later keeps it;
 * pharmacy, prescription number and this key together are unique. When it was adjudicated tells two equal claims apart;
 * without that, the batch and its reference; without those, the file.
 * @param fileSha256 hash of the payload, for files without batch ids.
 */
export function transactionKey(claim: ClaimRecord, fileSha256: string): string {
  const occasion =
    claim.adjudicatedAt !== null
      ? ['adjudicated']
      : claim.batchId === ''
        ? ['file', fileSha256]
        : ['batch', claim.batchId, claim.batchCreatedAt, claim.batchReference];
  return hash('sha256', `[${JSON.stringify(occasion)},${contentOf(claim)}]`, 'hex').slice(0, 32);
}

/** Members that say where and when the claim came, and which pharmacy: no part of its content. */
type Occasional =
  'batchCreatedAt' | 'batchId' | 'batchReference' | 'transactionIndex' | 'ordinal' | 'providerId' | 'providerQualifier';
/** What `contentOf` writes out. A new member of a claim must be written there: the next line does not compile without it. */
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

/** What JSON writes as it stands. */
const PLAIN = /^[ !#-[\]-~]*$/;
const text = (value: string | null): string =>
  value === null ? 'null' : PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);

/**
 * The content as JSON with sorted members. Written out by hand: sorting members anew for every claim was a third of the time of
 * a file. The test holds it against a general writer; absent and null members differ.
 */
export function contentOf(claim: ClaimRecord): string {
  const { amounts, patient, otherPayers, ingredients, submissionClarification } = claim;
  const { identifier } = patient;
  return (
    `{"adjudicatedAt":${text(claim.adjudicatedAt)},"amounts":{"dispensingFee":${text(amounts.dispensingFee)}` +
    `,"ingredientCost":${text(amounts.ingredientCost)},"patientPay":${text(amounts.patientPay)}` +
    `,"totalPaid":${text(amounts.totalPaid)}},"basisOfCost":${text(claim.basisOfCost)},"bin":${text(claim.bin)}` +
    `,"cardholder":${text(claim.cardholder)},"code":"${claim.code}","compound":${claim.compound}` +
    `,"dateOfService":${text(claim.dateOfService)},"daysSupply":${claim.daysSupply}` +
    `,"dispensingStatus":${text(claim.dispensingStatus)},"fillNumber":${claim.fillNumber},"group":${text(claim.group)}` +
    (ingredients ? `,"ingredients":${canonical(ingredients)}` : '') +
    `,"ndcText":${text(claim.ndcText)},"otherCoverage":${claim.otherCoverage}` +
    `,"otherPayers":${otherPayers.length === 0 ? '[]' : canonical(otherPayers)}` +
    `,"patient":{"birthDate":${text(patient.birthDate)},"familyName":${text(patient.familyName)}` +
    `,"givenName":${text(patient.givenName)},"identifier":${
      identifier === null
        ? 'null'
        : `{"authority":${text(identifier.authority)},"type":${text(identifier.type)},"value":${text(identifier.value)}}`
    },"sex":${text(patient.sex)}},"pcn":${text(claim.pcn)},"prescriberId":${text(claim.prescriberId)}` +
    `,"prescriberQualifier":${text(claim.prescriberQualifier)},"productQualifier":${text(claim.productQualifier)}` +
    `,"quantity":${text(claim.quantity)},"responseStatus":${text(claim.responseStatus)}` +
    `,"rxNumber":${text(comparableRxNumber(claim.rxNumber))}` +
    `,"submissionClarification":${submissionClarification.length === 0 ? '[]' : JSON.stringify(submissionClarification)}` +
    `,"type":"claim","unit":${text(claim.unit)},"writtenDate":${text(claim.writtenDate)}}`
  );
}

/** JSON with sorted members: two formats may build the same record in another order. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  );
