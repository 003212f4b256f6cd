/**
 * The canonical records: what a format's `map` makes of the wire and what `normalize` stores. One tagged union, so that a
 * new format can only speak the shared model. Conventions for every field:
 *
 * - identifiers and codes are strings exactly as sent (leading zeros kept) unless a comment says "normalised";
 * - quantities and money are exact decimals in text (`"30.000"`, `"-12.50"`), never numbers;
 * - dates are `YYYY-MM-DD`; instants are ISO 8601 in UTC (`2026-03-02T15:04:05.000Z`);
 * - `undefined` (absent) = the sender made no statement, `null` = the sender deleted the value (HL7 `""`).
 */

/** A value the sender may state, delete (`null`) or leave out (absent). */
export type Stated<T> = T | null | undefined;

/** HL7 CX / FHIR Identifier: who issued it, of which type (MR, PI, SS, AN ...), the value. */
export interface Identifier {
  /** Assigning authority: PID-3.4 namespace id, else its universal id, else ''. */
  authority: string;
  /** PID-3.5 identifier type code; '' when absent. */
  type: string;
  value: string;
}

/** Where an EHR message stands in time: the fold orders by event time, then control id (DOMAIN 12.4). */
export interface EventStamp {
  /** EVN-2, else MSH-7; instant. */
  eventAt: string;
  /** MSH-10. */
  controlId: string;
  /** Trigger event (`A04`, `O11`, `S26`). */
  trigger: string;
}

/** Demographics of any message with a PID (DOMAIN 12.33a: the PID of any message updates the patient). */
export interface PatientEvent extends EventStamp {
  type: 'patient';
  identifiers: Identifier[];
  familyName?: Stated<string>;
  givenName?: Stated<string>;
  birthDate?: Stated<string>;
  /** M, F, O, U or as sent. */
  sex?: Stated<string>;
  postalCode?: Stated<string>;
}

/** What an event does to the visit. PV1 inside RDE, ORM or SIU makes no visit event. */
export type VisitAction = 'OPEN' | 'UPDATE' | 'CANCEL' | 'DELETE' | 'NO_SHOW';

/** One statement about a visit (PV1 of ADT). */
export interface VisitEvent extends EventStamp {
  type: 'visit';
  action: VisitAction;
  /** PV1-19.1. */
  visitNumber: string;
  /** All identifiers of the PID; the first MR (else PI, else first) names the patient. */
  patientIdentifiers: Identifier[];
  /** PV1-2 as sent (E I O P R B ...). */
  patientClass?: Stated<string>;
  /** PV1-3.4 facility namespace. */
  facility?: Stated<string>;
  /** PV1-3.1 point of care. */
  location?: Stated<string>;
  /** PV1-44 as an instant; absent = the first A01/A04 event time is the start. */
  startedAt?: Stated<string>;
  /** PV1-44 as sent. */
  startedAtText?: Stated<string>;
  /** PV1-45. */
  endedAt?: Stated<string>;
  /** PV1-7 with id type NPI, else its plain id when it is a 10-digit number. */
  attendingNpi?: Stated<string>;
}

/** One statement about a prescription order (ORC + RXE/RXO). */
export interface PrescriptionEvent extends EventStamp {
  type: 'prescription';
  /** ORC-2.1 placer order number, else ORC-3.1. */
  orderNumber: string;
  /** ORC-1: NW, RO, XO, CA, OC, DC ... */
  control: string;
  patientIdentifiers: Identifier[];
  /** PV1-19.1 when the message carries a visit (names the encounter, never creates it). */
  visitNumber?: Stated<string>;
  /** RXE-15 prescription number as sent. */
  rxNumber?: Stated<string>;
  /** RXE-2 code text when its coding system is NDC, as sent. */
  ndcText?: Stated<string>;
  drugName?: Stated<string>;
  /** RXE-32, else ORC-9, as a calendar date in the feed's zone. */
  writtenDate?: Stated<string>;
  /** ORC-12 NPI (else RXE-13). */
  prescriberNpi?: Stated<string>;
  /** RXE-10. */
  quantity?: Stated<string>;
  /** RXE-12. */
  refills?: Stated<string>;
}

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

/** One line of a wholesaler invoice; quantities count packages (FORMATS 4). */
export interface InvoiceLineRecord {
  /** IT1-01, else the ordinal. */
  lineNumber: string;
  /** IT1 N4 value as sent; null = absent. */
  ndcText: string | null;
  packages: string;
  unitPrice: string;
  /** Position inside the file (`ST 1/IT1 3`, `line 12`). */
  position: string;
}

/** One invoice or credit memo as received (X12 810, CSV). */
export interface InvoiceRecord {
  type: 'invoice';
  /** The name the feed gives its wholesaler, else the sender id. */
  wholesaler: string;
  accountNumber: string;
  invoiceNumber: string;
  /** BIG-01. */
  invoiceDate: string;
  kind: 'INVOICE' | 'CREDIT';
  /** Invoice that a credit names (BIG/REF), '' when none. */
  originalInvoice: string;
  purchaseOrder: string;
  /** TDS-01 as money; null = not stated. */
  total: string | null;
  /** SAC allowances and charges, tax: money, '0.00' when none. */
  allowances: string;
  charges: string;
  tax: string;
  /** Creation instant of the interchange (GS-04/05), null for CSV: the receipt decides (12.37). */
  createdAt: string | null;
  lines: InvoiceLineRecord[];
}

/** One row of a tenant's own master data (MASTER-DATA.md); `kind` names the table. */
export type MasterRecord =
  | {
      type: 'master';
      kind: 'prescriberAffiliation';
      row: {
        npi: string;
        familyName: string;
        givenName: string;
        entity: string;
        from: string | null;
        to: string | null;
        taxonomy: string;
        affiliation: 'STAFF' | 'LOCUM' | 'REFERRAL';
      };
    }
  | {
      type: 'master';
      kind: 'locationCrosswalk';
      row: {
        facility: string;
        location: string;
        site: string;
        from: string | null;
        to: string | null;
        costReportLine: string;
      };
    }
  | {
      type: 'master';
      kind: 'pharmacy';
      row: {
        ncpdp: string;
        npi: string;
        dea: string;
        name: string;
        state: string;
        opaisPharmacyId: string;
        address: string;
        inHouseOf: string;
        inHouseFrom: string | null;
        carveInReportedFor: string[];
        feed: string;
      };
    }
  | {
      type: 'master';
      kind: 'plan';
      row: {
        bin: string;
        pcn: string;
        group: string;
        planType: PlanType;
        state: string;
        name: string;
        from: string | null;
        to: string | null;
      };
    }
  | {
      type: 'master';
      kind: 'medicaidPolicy';
      row: {
        entity: string;
        state: string;
        planType: PlanType;
        decision: 'CARVE_IN' | 'CARVE_OUT';
        from: string | null;
        to: string | null;
        marker420: string;
        marker423: string;
      };
    }
  | {
      type: 'master';
      kind: 'manufacturerPolicy';
      row: {
        labeler: string;
        from: string | null;
        to: string | null;
        exemptEntityTypes: string[];
        exemptStates: string[];
        designated: string[];
        source: string;
      };
    }
  | {
      type: 'master';
      kind: 'wholesalerAccount';
      row: {
        wholesaler: string;
        accountNumber: string;
        accountType: AccountType;
        entity: string;
        ncpdp: string;
        hin: string;
        dea: string;
      };
    }
  | {
      type: 'master';
      kind: 'drugPrice';
      row: { ndc11: string; accountType: AccountType; packagePrice: string; from: string | null; to: string | null };
    }
  | {
      type: 'master';
      kind: 'feeSchedule';
      row: { ncpdp: string; entity: string; planType: PlanType; fee: string; from: string | null; to: string | null };
    };

export type PlanType = 'COMMERCIAL' | 'MEDICARE_D' | 'MEDICAID_FFS' | 'MEDICAID_MCO' | 'CASH' | 'OTHER' | 'UNKNOWN';
export type AccountType = '340B' | 'GPO' | 'WAC';

/** One row of public reference data (OPAIS, MEF, FDA). */
export type ReferenceRecord =
  | {
      type: 'reference';
      kind: 'coveredEntity';
      row: {
        id340b: string;
        parent340b: string;
        name: string;
        subName: string;
        entityType: string;
        state: string;
        participating: boolean;
        startDate: string | null;
        terminationDate: string | null;
      };
    }
  | {
      type: 'reference';
      kind: 'contractPharmacy';
      row: {
        id340b: string;
        contractId: string;
        opaisPharmacyId: string;
        name: string;
        beginDate: string | null;
        terminationDate: string | null;
      };
    }
  | {
      type: 'reference';
      kind: 'medicaidNumber';
      row: { id340b: string; state: string; number: string; numberKind: 'MEDICAID' | 'NPI' };
    }
  | {
      type: 'reference';
      kind: 'medicaidExclusion';
      row: { quarter: string; id340b: string; state: string; medicaidNumber: string; npi: string };
    }
  | {
      type: 'reference';
      kind: 'drugProduct';
      row: {
        productNdc: string;
        productType: string;
        name: string;
        labelerName: string;
        dosageForm: string;
        strength: string;
        schedule: string;
        marketingStart: string | null;
        marketingEnd: string | null;
      };
    }
  | {
      type: 'reference';
      kind: 'drugPackage';
      row: {
        ndc11: string;
        packageNdc: string;
        productNdc: string;
        description: string;
        packageSize: string | null;
        unit: string;
        marketingStart: string | null;
        marketingEnd: string | null;
      };
    }
  | { type: 'reference'; kind: 'orphanDesignation'; row: { productNdc: string; designated: boolean } };

export type CanonicalRecord =
  | PatientEvent
  | VisitEvent
  | PrescriptionEvent
  | ClaimRecord
  | ClaimResponseRecord
  | InvoiceRecord
  | MasterRecord
  | ReferenceRecord;

/** A value or record that could not be read. Never carries a patient's value in `message`; `original` stays in the database. */
export interface RecordError {
  code: 'RECORD_INVALID';
  /** Where: `RXE-10`, `407-D7`, `IT1-02`, a column name, `trailer`; '' = the record as a whole. */
  field: string;
  /** What is wrong and what was expected, without the value. */
  message: string;
  /** The text as sent (at most 200 characters), for people with the right to see it. */
  original: string;
}
