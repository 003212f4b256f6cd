/** What an EHR tells in one resource each: who pays for a patient, who was sent to another provider, and what came back. */
import { index, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { day, provenance, tenantId } from './columns.ts';

/** What all of them share: identity, patient, state and where each value comes from. */
const resource = () => ({
  tenantId: tenantId(),
  id: uuid('id').notNull(),
  sourceSystem: text('source_system').notNull(),
  /** Id of the resource in its EHR. */
  number: text('number').notNull(),
  patientId: uuid('patient_id'),
  /** ACTIVE, PENDING (not in force: a draft), CANCELLED or DELETED. */
  status: text('status').notNull(),
  sources: jsonb('sources').notNull().default([]),
  ...provenance(),
});

/** Insurance of a patient. Claims are judged by their own BIN, PCN and group (12.30); this stands beside them for people. */
export const coverage = pgTable(
  'coverage',
  {
    ...resource(),
    /** Kind of coverage as sent. */
    kind: text('kind'),
    payerName: text('payer_name'),
    payerId: text('payer_id'),
    planCode: text('plan_code'),
    bin: text('bin'),
    pcn: text('pcn'),
    payerGroup: text('payer_group'),
    cardholder: text('cardholder'),
    /** As sent; 1 = pays first. */
    priority: text('priority'),
    validFrom: day('valid_from'),
    /** Last day that counts. */
    validTo: day('valid_to'),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('coverage_number').on(t.tenantId, t.sourceSystem, t.number),
    // Patient -> coverages, for readers.
    index('coverage_patient').on(t.tenantId, t.patientId),
  ],
);

/** An order out: the patient is sent to another provider. The loop is closed by a consult note that names it. */
export const referral = pgTable(
  'referral',
  {
    ...resource(),
    /** Visit that the order names. */
    visitNumber: text('visit_number'),
    service: text('service'),
    orderedDate: day('ordered_date'),
    requesterNpi: text('requester_npi'),
    performerNpi: text('performer_npi'),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('referral_number').on(t.tenantId, t.sourceSystem, t.number),
    // Rule 5: referrals of the matched patient.
    index('referral_patient').on(t.tenantId, t.patientId, t.orderedDate),
  ],
);

/** A note back from the provider whom the patient was sent to. */
export const consultNote = pgTable(
  'consult_note',
  {
    ...resource(),
    /** Order number of the referral in the same EHR; it may arrive later. */
    referralNumber: text('referral_number'),
    authorNpi: text('author_npi'),
    writtenDate: day('written_date'),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('consult_note_number').on(t.tenantId, t.sourceSystem, t.number),
    // Rule 5, and readers: the notes of a referral.
    index('consult_note_referral').on(t.tenantId, t.sourceSystem, t.referralNumber),
  ],
);
