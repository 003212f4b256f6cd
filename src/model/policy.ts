/** Parameters of all rules (MASTER-DATA.md, policy version); effective-dated data, with the defaults that apply without a file. */
export interface Policy {
  /** Decision date; null = today in `zone`. Set only in simulations and tests. */
  asOf: string | null;
  /** Zone of the tenant: decision date and local receipt dates. */
  zone: string;
  waitDays: number;
  lookbackDays: number;
  writtenGraceDays: number;
  claimMaxAgeDays: number;
  prescriptionOrigin: 'REQUIRED' | 'PREFERRED' | 'OFF';
  writtenMatchDays: number;
  referralsAllowed: boolean;
  namedEncounterBinds: boolean;
  prescriptionLifeDays: number;
  prescriptionLifeDaysScheduled: number;
  orphanExcludedTypes: string[];
  gpoProhibitedTypes: string[];
  manufacturerRestriction: 'BLOCKS_ORDER' | 'DISQUALIFIES';
  priceToleranceAbs: string;
  priceTolerancePct: string;
  implausiblePackages: number;
  orderThresholdPackages: number;
  autoApproveOrders: boolean;
}

/** The policy that applies where a tenant says nothing else. */
export const DEFAULT_POLICY: Policy = {
  asOf: null,
  zone: 'America/Chicago',
  waitDays: 14,
  lookbackDays: 365,
  writtenGraceDays: 1,
  claimMaxAgeDays: 365,
  prescriptionOrigin: 'PREFERRED',
  writtenMatchDays: 1,
  referralsAllowed: false,
  namedEncounterBinds: true,
  prescriptionLifeDays: 365,
  prescriptionLifeDaysScheduled: 180,
  orphanExcludedTypes: ['CAN', 'CAH', 'RRC', 'SCH'],
  gpoProhibitedTypes: ['DSH', 'PED', 'CAN'],
  manufacturerRestriction: 'BLOCKS_ORDER',
  priceToleranceAbs: '0.05',
  priceTolerancePct: '0.01',
  implausiblePackages: 10,
  orderThresholdPackages: 1,
  autoApproveOrders: false,
};
