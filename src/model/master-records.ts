/** Canonical records of master and reference data (MASTER-DATA.md); the conventions of fields stand in records.ts. */

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
      row: {
        quarter: string;
        id340b: string;
        state: string;
        medicaidNumber: string;
        npi: string;
        /** First day that counts. */
        startDate: string | null;
        /** First day that no longer counts (12.10). */
        terminationDate: string | null;
      };
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
  | { type: 'reference'; kind: 'orphanDesignation'; row: { productNdc: string; designated: boolean } }
  | {
      type: 'reference';
      kind: 'nadacPrice';
      /** Average acquisition cost of a billing unit from a day on. */
      row: { ndc11: string; from: string; unitCost: string; unit: string };
    }
  | {
      type: 'reference';
      kind: 'hcpcsNdc';
      row: {
        hcpcs: string;
        ndc11: string;
        drugName: string;
        labelerName: string;
        /** What one billing unit of the code is: `10 MG`. */
        dosage: string;
        /** Billing units of the code in a package. */
        billUnits: string;
      };
    };

/**
 * The last unit of a file that is the whole list of its kind (feed option `absent: ended`): what an earlier file of the feed
 * named and this one does not has ended with its receipt (DOMAIN 12.27, REPLACE).
 */
export interface SnapshotRecord {
  type: 'snapshot';
  /** Reference kinds may come from feeds of the public tenant only. */
  of: 'master' | 'reference';
  kind: MasterRecord['kind'] | ReferenceRecord['kind'];
  /** Part of the list that the file is about (the quarter of an exclusion file); '' = all of it. */
  within: string;
}
