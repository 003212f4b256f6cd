/** What makes two claim transactions the same one (DOMAIN 12.13), and which pharmacy a claim names (12.15). */
import { createHash } from 'node:crypto';
import type { ClaimRecord } from '../../model/records.ts';
import { comparableRxNumber } from '../rx-number.ts';

/** The NPI by which a claim names its pharmacy; null when it uses the NCPDP id. Without qualifier the length tells. */
export function npiOf(claim: Pick<ClaimRecord, 'providerQualifier' | 'providerId'>): string | null {
  const isNpi =
    claim.providerQualifier === '01' || (claim.providerQualifier === '' && /^\d{10}$/.test(claim.providerId));
  return isNpi ? claim.providerId : null;
}

/**
 * `pharmacy|sha-256`. The hash covers all but the pharmacy, so that a claim whose NPI is resolved later only changes the
 * part before the bar. When it was adjudicated tells two equal claims apart; without that, the batch and its reference;
 * without those, the file.
 * @param fileSha256 hash of the payload, for files without batch ids.
 */
export function transactionKey(pharmacy: string, claim: ClaimRecord, fileSha256: string): string {
  const { batchCreatedAt, batchId, batchReference, ...rest } = claim;
  const {
    transactionIndex: _index,
    ordinal: _ordinal,
    providerId: _id,
    providerQualifier: _qualifier,
    ...content
  } = rest;
  const occasion =
    claim.adjudicatedAt !== null
      ? ['adjudicated']
      : batchId === ''
        ? ['file', fileSha256]
        : ['batch', batchId, batchCreatedAt, batchReference];
  const rxNumber = comparableRxNumber(claim.rxNumber);
  const hash = createHash('sha256').update(canonical([occasion, { ...content, rxNumber }]));
  return `${pharmacy}|${hash.digest('hex')}`;
}

/** JSON with sorted members: two formats may build the same record in another order. Absent and null members differ. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  );
