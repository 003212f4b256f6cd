/** The pharmacy side: claim transactions as received, the dispenses they fold into, and the determinations on them. */
import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { bytes, day, instant, money, provenance, tenantId, units } from './columns.ts';

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
    // Every index costs every line of every file: each but the first two holds only the rows it is asked for.
    // The fold unit (all fills of one prescription at one pharmacy) and, with the key, what is the same transaction. Claims by
    // an NPI that becomes known late are found by it too: under `NPI:<npi>`, or under a pharmacy that had the NPI.
    unique('claim_transaction_rx').on(t.tenantId, t.ncpdp, t.rxNumber, t.transactionKey),
    // A request whose response file comes later.
    index('claim_transaction_batch')
      .on(t.tenantId, t.feed, t.batchId, t.batchReference, t.transactionIndex)
      .where(sql`response_status = ''`),
    // A patient that arrives or changes late. Without the given name and the authority, which hardly tell more.
    index('claim_transaction_name')
      .on(t.tenantId, t.familyCompare, t.patientBirthDate)
      .where(sql`family_compare is not null and given_compare is not null and patient_birth_date is not null`),
    index('claim_transaction_patient_id')
      .on(t.tenantId, t.patientIdValue)
      .where(sql`patient_id_value is not null`),
    // Claims without patient fields, which take the patient of an order.
    index('claim_transaction_number')
      .on(t.tenantId, t.rxNumber)
      .where(
        sql`patient_id_value is null and family_compare is null and given_compare is null and patient_birth_date is null`,
      ),
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
    // Visits and orders reach their dispenses through their patient: an index of each cost a tenth of deciding.
    index('dispense_prescriber').on(t.tenantId, t.prescriberId),
    // The ledger key: what accrues where.
    index('dispense_accrual')
      .on(t.tenantId, t.entity, t.ncpdp, t.ndc11, t.bucket)
      .where(sql`bucket is not null`),
    // A directory that learns a short or ambiguous code.
    index('dispense_short_ndc')
      .on(t.tenantId, t.ndcText)
      .where(sql`btrim(ndc_text) ~ '^[0-9]{1,10}$'`),
    // Medicaid policies and exclusion files that arrive late.
    index('dispense_plan_type')
      .on(t.tenantId, t.planType)
      .where(sql`plan_type in ('MEDICAID_FFS', 'MEDICAID_MCO')`),
  ],
);

/**
 * What one rule answered, with the master rows it looked at: stated once, and named by its number in all determinations that
 * say it. Rows of the patient's own (claim, patient, visits, orders) stand for the determination's (`of`).
 */
export const ruleResult = pgTable(
  'rule_result',
  {
    tenantId: tenantId(),
    /** Counts from 1; three bytes of `determination.verdicts`. */
    number: integer('number').notNull(),
    /** Of everything below. */
    digest: text('digest').notNull(),
    rule: text('rule').notNull(),
    answer: text('answer').notNull(),
    reason: text('reason').notNull(),
    /** [{kind, note, id or of}]; of = claim, patient, encounter, prescription: the determination's; listed: the next id of its verdicts. */
    evidence: jsonb('evidence').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.number] }), unique('rule_result_same').on(t.tenantId, t.digest)],
);

/**
 * One judgement of one dispense for one candidate entity. Never edited but for `current`, `winning` and the claim that is written
 * down when the judgement is superseded. The largest table: wide columns first, words of rules as numbers (docs/decisions/0004).
 */
export const determination = pgTable(
  'determination',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    dispenseId: uuid('dispense_id').notNull(),
    patientId: uuid('patient_id'),
    encounterId: uuid('encounter_id'),
    prescriptionId: uuid('prescription_id'),
    policyVersionId: uuid('policy_version_id'),
    /** The claim that was judged; null while in force: then it is the dispense's. */
    claimId: uuid('claim_id'),
    decidedAt: instant('decided_at').notNull(),
    decisionDate: day('decision_date').notNull(),
    sequence: integer('sequence').notNull(),
    orderable: boolean('orderable').notNull(),
    /** Waiting window still open or EHR feed late: the answer may change by itself (12.6). */
    provisional: boolean('provisional').notNull(),
    /** A rule failed because an EHR fact is absent: a feed that becomes late takes that back (12.6). */
    absence: boolean('absence').notNull(),
    current: boolean('current').notNull(),
    winning: boolean('winning').notNull(),
    entity: text('entity').notNull(),
    status: text('status').notNull(),
    bucket: text('bucket'),
    reason: text('reason'),
    /** All eleven rules in their order: a count, that many rule results (three bytes each), then the listed ids (sixteen bytes each). */
    verdicts: bytes('verdicts').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    // Without entity and sequence, which would double its bytes: a prescription is decided by one worker at a time (its row of
    // decision_work is the lock), and law L6 asserts that no two answers of a pair are in force.
    index('determination_dispense').on(t.tenantId, t.dispenseId),
    index('determination_provisional')
      .on(t.tenantId, t.dispenseId)
      .where(sql`current and provisional`),
    index('determination_absent')
      .on(t.tenantId, t.entity)
      .where(sql`current and absence`),
    index('determination_patient')
      .on(t.tenantId, t.patientId)
      .where(sql`current`),
    // No foreign key to dispense: its check, planned on an empty table, scanned the table for every row of a first load;
    // law L9 asserts the same.
  ],
);
