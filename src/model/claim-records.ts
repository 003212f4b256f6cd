/** Canonical records of the pharmacy side; the conventions of fields stand in records.ts. */
import type { Identifier } from './ehr-records.ts';

/** Transaction codes that open, reverse or replace a claim (NCPDP 103-A3). */
export type ClaimCode = 'B1' | 'B2' | 'B3';

/** One part of a compound: 488-RE, 489-TE, 448-ED, 449-EE, 490-UE. */
export interface ClaimIngredient {
  productQualifier: string;
  ndcText: string | null;
  /** Three decimals. */
  quantity: string | null;
  cost: string | null;
  basisOfCost: string;
}

/** One B1 / B2 / B3 as received, response included when the source has one (DOMAIN 12 B). */
export interface ClaimRecord {
  type: 'claim';
  code: ClaimCode;
  /** 112-AN: P paid, A approved (reversal), R rejected, C captured, D S Q re-answers; '' = no response seen yet. */
  responseStatus: string;
  /** 202-B2: `01` NPI, `07` NCPDP; '' = told by the length of the id. */
  providerQualifier: string;
  /** 201-B1 as sent, trimmed. */
  providerId: string;
  /** 402-D2 normalised: trimmed, all-digit values without leading zeros (12.15). */
  rxNumber: string;
  /** 403-D3; null when a B2 leaves it out (12.16). */
  fillNumber: number | null;
  dateOfService: string;
  /** 343-HD: '', 'P' or 'C'. */
  dispensingStatus: string;
  bin: string;
  pcn: string;
  group: string;
  cardholder: string;
  /** 308-C8; absent = 0. */
  otherCoverage: number;
  /** Bins and PCNs of other payers that the record itself names (secondary payer columns, COB). */
  otherPayers: { bin: string; pcn: string; group: string }[];
  /** The record's own adjudication instant, null when it has none. */
  adjudicatedAt: string | null;
  /** The batch header's creation instant (feed zone), null when the file has no header time. */
  batchCreatedAt: string | null;
  /** Batch number and 880-K5 reference, '' without a batch. */
  batchId: string;
  batchReference: string;
  /** Transaction 1-4 inside one transmission; 1 for extracts. */
  transactionIndex: number;
  /** Order inside the file (line or record ordinal), for 12.11. */
  ordinal: number;
  /** 407-D7 as sent; null = absent or unreadable. */
  ndcText: string | null;
  /** 436-E1: `03` NDC. */
  productQualifier: string;
  /** 442-E7 with three decimals; null = absent or unreadable. */
  quantity: string | null;
  /** 600-28 EA GM ML. */
  unit: string;
  daysSupply: number | null;
  writtenDate: string | null;
  /** 466-EZ: 01 NPI, 08 state licence, 12 DEA. */
  prescriberQualifier: string;
  prescriberId: string | null;
  patient: {
    familyName: string | null;
    givenName: string | null;
    birthDate: string | null;
    /** M, F or null. */
    sex: string | null;
    /** 332-CY and its 331-CX qualifier; authority as the feed maps it. */
    identifier: Identifier | null;
  };
  /** 406-D6 = 2. */
  compound: boolean;
  /** Parts of a compound (segment 10), one dispense line each (12.17); absent = none stated. */
  ingredients?: ClaimIngredient[];
  /** 420-DK values; 20 = 340B. */
  submissionClarification: string[];
  /** 423-DN; 08 = 340B. */
  basisOfCost: string;
  /** Money as sent, exact decimals; null = absent. */
  amounts: {
    ingredientCost: string | null;
    dispensingFee: string | null;
    patientPay: string | null;
    totalPaid: string | null;
  };
}

/**
 * The answer to a request that came in another file (NCPDP response file). `normalize` joins it to the request of the same
 * batch id + reference + transaction position (12.14); stated amounts replace the requested ones.
 */
export interface ClaimResponseRecord {
  type: 'claimResponse';
  /** 103-A3 of the response; differs from the request's = the pairing is wrong. */
  code: ClaimCode;
  batchId: string;
  batchReference: string;
  transactionIndex: number;
  /** 112-AN as in `ClaimRecord`, never ''. */
  responseStatus: string;
  /** 402-D2 of the response claim segment, normalised; '' = not repeated. */
  rxNumber: string;
  /** 506-F6, 507-F7, 505-F5, 509-F9. */
  amounts: ClaimRecord['amounts'];
  ordinal: number;
}
