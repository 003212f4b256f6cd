/** The pharmacy side: claim transactions as received, the dispenses they fold into, and the determinations on them. */
import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { day, instant, money, provenance, tenantId, units } from './columns.ts';

/** One B1 / B2 / B3. Received twice it is one row whose receipt and provenance are those of the earliest (12.13, 12.33a). */
export const claimTransaction = pgTable(
  'claim_transaction',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    /** Half a SHA-256 over what the transaction says but its pharmacy (12.13). */
    transactionKey: uuid('transaction_key').notNull(),
    feed: text('feed').notNull(),
    receivedAt: instant('received_at').notNull(),
    /** NCPDP id of the pharmacy; `NPI:<npi>` while the NPI belongs to no known pharmacy. */
    ncpdp: text('ncpdp').notNull(),
    providerQualifier: text('provider_qualifier').notNull(),
    providerId: text('provider_id').notNull(),
    code: text('code').notNull(),
    responseStatus: text('response_status').notNull(),
    rxNumber: text('rx_number').notNull(),
    fillNumber: integer('fill_number'),
    dateOfService: day('date_of_service').notNull(),
    dispensingStatus: text('dispensing_status').notNull(),
    bin: text('bin').notNull(),
    pcn: text('pcn').notNull(),
    payerGroup: text('payer_group').notNull(),
    cardholder: text('cardholder').notNull(),
    otherCoverage: integer('other_coverage').notNull(),
    /** [{bin, pcn, group}] of other payers that the record names. */
    otherPayers: jsonb('other_payers').notNull(),
    adjudicatedAt: instant('adjudicated_at'),
    batchCreatedAt: instant('batch_created_at'),
    batchId: text('batch_id').notNull(),
    batchReference: text('batch_reference').notNull(),
    transactionIndex: integer('transaction_index').notNull(),
    ordinal: integer('ordinal').notNull(),
    ndcText: text('ndc_text'),
    quantity: units('quantity'),
    unit: text('unit').notNull(),
    daysSupply: integer('days_supply'),
    writtenDate: day('written_date'),
    prescriberQualifier: text('prescriber_qualifier').notNull(),
    prescriberId: text('prescriber_id'),
    patientFamilyName: text('patient_family_name'),
    patientGivenName: text('patient_given_name'),
    familyCompare: text('family_compare'),
    givenCompare: text('given_compare'),
    patientBirthDate: day('patient_birth_date'),
    patientSex: text('patient_sex'),
    patientIdAuthority: text('patient_id_authority'),
    patientIdValue: text('patient_id_value'),
    compound: boolean('compound').notNull(),
    submissionClarification: text('submission_clarification').array().notNull(),
    basisOfCost: text('basis_of_cost').notNull(),
    ingredientCost: money('ingredient_cost'),
    dispensingFee: money('dispensing_fee'),
    patientPay: money('patient_pay'),
    totalPaid: money('total_paid'),
    ...provenance(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    // Every index costs every line of every file: each but the first three holds only the rows it is asked for.
    // The fold unit (all fills of one prescription at one pharmacy) and, with the key, what is the same transaction. Claims by
    // an NPI that becomes known late are found by it too: under `NPI:<npi>`, or under a pharmacy that had the NPI.
    unique('claim_transaction_rx').on(t.tenantId, t.ncpdp, t.rxNumber, t.transactionKey),
    // Claims that a plan or a secondary payer's plan may concern.
    index('claim_transaction_payer').on(t.tenantId, t.bin),
    // A request whose response file comes later.
    index('claim_transaction_batch')
      .on(t.tenantId, t.feed, t.batchId, t.batchReference, t.transactionIndex)
      .where(sql`response_status = ''`),
    // A patient that arrives or changes late.
    index('claim_transaction_name')
      .on(t.tenantId, t.familyCompare, t.givenCompare, t.patientBirthDate)
      .where(sql`family_compare is not null and given_compare is not null and patient_birth_date is not null`),
    index('claim_transaction_patient_id')
      .on(t.tenantId, t.patientIdAuthority, t.patientIdValue)
      .where(sql`patient_id_value is not null`),
    // Claims without patient fields, which take the patient of an order.
    index('claim_transaction_number')
      .on(t.tenantId, t.rxNumber)
      .where(
        sql`patient_id_value is null and family_compare is null and given_compare is null and patient_birth_date is null`,
      ),
    index('claim_transaction_other_payers')
      .on(t.tenantId)
      .where(sql`other_payers <> '[]'`),
  ],
);

/** A response that came in a file of its own; joined to its request by batch id, reference and transaction position (12.14). */
export const claimResponse = pgTable(
  'claim_response',
  {
    tenantId: tenantId(),
    feed: text('feed').notNull(),
    batchId: text('batch_id').notNull(),
    batchReference: text('batch_reference').notNull(),
    transactionIndex: integer('transaction_index').notNull(),
    responseStatus: text('response_status').notNull(),
    totalPaid: money('total_paid'),
    patientPay: money('patient_pay'),
    receivedAt: instant('received_at').notNull(),
    ...provenance(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.feed, t.batchId, t.batchReference, t.transactionIndex, t.rawId] })],
);

/** What the claims of one identity fold into, with the winning determination's answer beside it for filters and the ledger. */
export const dispense = pgTable(
  'dispense',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    ncpdp: text('ncpdp').notNull(),
    rxNumber: text('rx_number').notNull(),
    fillNumber: integer('fill_number').notNull(),
    dateOfService: day('date_of_service').notNull(),
    dispensingStatus: text('dispensing_status').notNull(),
    /** OPEN, REVERSED or NEVER_PAID. */
    state: text('state').notNull(),
    /** A paid claim was seen at some time (reversal rate, 12.41). */
    everPaid: boolean('ever_paid').notNull(),
    ndcText: text('ndc_text'),
    /** Null while the directory cannot resolve the text. */
    ndc11: text('ndc11'),
    quantity: units('quantity'),
    unit: text('unit').notNull(),
    daysSupply: integer('days_supply'),
    /** Of the lowest known fill (12.26). */
    writtenDate: day('written_date'),
    prescriberId: text('prescriber_id'),
    bin: text('bin').notNull(),
    pcn: text('pcn').notNull(),
    payerGroup: text('payer_group').notNull(),
    /** Worst plan type of the open payers, for filters. */
    planType: text('plan_type').notNull(),
    firstReceivedAt: instant('first_received_at').notNull(),
    /** The open primary claim. */
    claimId: uuid('claim_id'),
    patientId: uuid('patient_id'),
    encounterId: uuid('encounter_id'),
    prescriptionId: uuid('prescription_id'),
    /** The winning current determination; null = reversed, nothing to decide. */
    determinationId: uuid('determination_id'),
    entity: text('entity'),
    /** ELIGIBLE, PENDING, HELD, INELIGIBLE; null when reversed. */
    status: text('status'),
    /** 340B, GPO, WAC; null = accrues nowhere. */
    bucket: text('bucket'),
    orderable: boolean('orderable').notNull(),
    /** First FAIL or UNKNOWN rule of the winner. */
    reason: text('reason'),
    ...provenance(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('dispense_identity').on(t.tenantId, t.ncpdp, t.rxNumber, t.fillNumber, t.dateOfService, t.dispensingStatus),
    // Lists by date, newest or oldest first.
    index('dispense_date').on(t.tenantId, t.dateOfService, t.id),
    index('dispense_pharmacy').on(t.tenantId, t.ncpdp, t.dateOfService, t.id),
    index('dispense_ndc').on(t.tenantId, t.ndc11, t.dateOfService, t.id),
    index('dispense_status').on(t.tenantId, t.status, t.dateOfService, t.id),
    index('dispense_patient').on(t.tenantId, t.patientId, t.dateOfService, t.id),
    index('dispense_encounter').on(t.tenantId, t.encounterId),
    index('dispense_prescription').on(t.tenantId, t.prescriptionId),
    index('dispense_prescriber').on(t.tenantId, t.prescriberId),
    index('dispense_payer').on(t.tenantId, t.bin),
    // The ledger key: what accrues where.
    index('dispense_accrual').on(t.tenantId, t.entity, t.ncpdp, t.ndc11, t.bucket),
    // A directory that learns a short or ambiguous code.
    index('dispense_short_ndc')
      .on(t.tenantId, t.ndcText)
      .where(sql`btrim(ndc_text) ~ '^[0-9]{1,10}$'`),
    // Medicaid policies and exclusion files that arrive late.
    index('dispense_plan_type')
      .on(t.tenantId, t.planType)
      .where(sql`plan_type in ('MEDICAID_FFS', 'MEDICAID_MCO')`),
    // Windows that close as the clock moves (12.6).
    index('dispense_pending')
      .on(t.tenantId, t.dateOfService)
      .where(sql`status = 'PENDING'`),
  ],
);

/** One judgement of one dispense for one candidate entity. Never edited but for `current` and `winning`. */
export const determination = pgTable(
  'determination',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    dispenseId: uuid('dispense_id').notNull(),
    entity: text('entity').notNull(),
    sequence: integer('sequence').notNull(),
    status: text('status').notNull(),
    bucket: text('bucket'),
    orderable: boolean('orderable').notNull(),
    reason: text('reason'),
    /** Waiting window still open or EHR feed late: the answer may change by itself (12.6). */
    provisional: boolean('provisional').notNull(),
    patientId: uuid('patient_id'),
    encounterId: uuid('encounter_id'),
    prescriptionId: uuid('prescription_id'),
    /** [{rule, answer, reason, evidence: [{kind, id, note}]}] for all eleven rules, in rule order. */
    verdicts: jsonb('verdicts').notNull(),
    policyVersionId: uuid('policy_version_id'),
    decisionDate: day('decision_date').notNull(),
    decidedAt: instant('decided_at').notNull(),
    current: boolean('current').notNull(),
    winning: boolean('winning').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('determination_sequence').on(t.tenantId, t.dispenseId, t.entity, t.sequence),
    index('determination_current')
      .on(t.tenantId, t.dispenseId)
      .where(sql`current`),
    index('determination_provisional')
      .on(t.tenantId, t.dispenseId)
      .where(sql`current and provisional`),
    index('determination_absent')
      .on(t.tenantId, t.entity)
      .where(sql`current and status = 'INELIGIBLE'`),
    index('determination_patient')
      .on(t.tenantId, t.patientId)
      .where(sql`current`),
    // No foreign key to dispense: its check, planned on an empty table, scanned the table for every row of a first load;
    // law L9 asserts the same.
  ],
);
