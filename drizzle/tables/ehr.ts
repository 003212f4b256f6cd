/** The EHR side: statements as received (`ehr_event`) and what they add up to (patient, encounter, prescription). */
import { sql } from 'drizzle-orm';
import { index, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { day, instant, provenance, tenantId, units } from './columns.ts';

/** Which message said which value, and where in it: `{ rawId, position, trigger, values: 'class PV1-2, ...' }`. */
const sources = () => jsonb('sources').notNull().default([]);

/** One statement about one visit, patient or order. State is a fold over them by event time (DOMAIN 12.4). */
export const ehrEvent = pgTable(
  'ehr_event',
  {
    tenantId: tenantId(),
    sourceSystem: text('source_system').notNull(),
    /** PATIENT, VISIT, PRESCRIPTION; PATIENT_LINK, VISIT_LINK, ACCOUNT_LINK: merges and moves, kept at each of the two they name. */
    kind: text('kind').notNull(),
    /** Patient key, visit number, order number or account number. */
    key: text('key').notNull(),
    eventAt: instant('event_at').notNull(),
    controlId: text('control_id').notNull(),
    trigger: text('trigger').notNull(),
    receivedAt: instant('received_at').notNull(),
    /** The statement: a record of src/model/ehr-records.ts. */
    body: jsonb('body').notNull(),
    ...provenance(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.sourceSystem, t.kind, t.key, t.rawId, t.position] })],
);

export const patient = pgTable(
  'patient',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    sourceSystem: text('source_system').notNull(),
    /** `authority|type|value` of the identifier that names the patient in its source system. */
    key: text('key').notNull(),
    familyName: text('family_name'),
    givenName: text('given_name'),
    /** Compared forms (src/model/names.ts). */
    familyCompare: text('family_compare'),
    givenCompare: text('given_compare'),
    birthDate: day('birth_date'),
    sex: text('sex'),
    postalCode: text('postal_code'),
    /** ACTIVE or DELETED (a tombstone, A29). */
    status: text('status').notNull().default('ACTIVE'),
    sources: sources(),
    ...provenance(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('patient_key').on(t.tenantId, t.sourceSystem, t.key),
    // Rule 3: name and birth date of a claim.
    index('patient_name').on(t.tenantId, t.familyCompare, t.givenCompare, t.birthDate),
  ],
);

export const patientIdentifier = pgTable(
  'patient_identifier',
  {
    tenantId: tenantId(),
    patientId: uuid('patient_id').notNull(),
    authority: text('authority').notNull(),
    type: text('type').notNull(),
    value: text('value').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.patientId, t.authority, t.type, t.value] }),
    // Rule 3: shared identifier (assigning authority + value).
    index('patient_identifier_value').on(t.tenantId, t.authority, t.value),
  ],
);

/** Edges between records of one person as last stated: MERGE (the patient is part of the other) or LINK. Resolved when read. */
export const patientLink = pgTable(
  'patient_link',
  {
    tenantId: tenantId(),
    patientId: uuid('patient_id').notNull(),
    otherId: uuid('other_id').notNull(),
    kind: text('kind').notNull(),
    since: instant('since').notNull(),
    ...provenance(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.patientId, t.otherId] }),
    // The set from its other end.
    index('patient_link_other').on(t.tenantId, t.otherId),
  ],
);

export const encounter = pgTable(
  'encounter',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    sourceSystem: text('source_system').notNull(),
    visitNumber: text('visit_number').notNull(),
    patientId: uuid('patient_id'),
    /** AMB, EMER, OBSENC, IMP, PREADMIT or UNKNOWN (12.23). */
    class: text('class').notNull(),
    /** ACTIVE, CANCELLED, DELETED, NO_SHOW or MERGED (what was said of it counts for another visit). */
    status: text('status').notNull(),
    startedAt: instant('started_at'),
    /** Calendar date of the start in the feed's zone (12.22). */
    startDate: day('start_date'),
    startedAtText: text('started_at_text'),
    endedAt: instant('ended_at'),
    facility: text('facility'),
    location: text('location'),
    /** Site by the crosswalk row in force on the start date; null = unmapped (12.24). */
    siteId340b: text('site_id340b'),
    attendingNpi: text('attending_npi'),
    /** PID-18 as last stated. */
    account: text('account'),
    /** Status and class from each instant at which one of them changed: `{ at, status, class, rawId, position }`, earliest first. */
    history: jsonb('history').notNull().default([]),
    sources: sources(),
    ...provenance(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('encounter_visit').on(t.tenantId, t.sourceSystem, t.visitNumber),
    // Rule 4: candidates of a patient by date.
    index('encounter_patient').on(t.tenantId, t.patientId, t.startDate),
    // A crosswalk row that arrives late.
    index('encounter_location').on(t.tenantId, t.facility, t.location),
    // Visits whose location no crosswalk row names.
    index('encounter_unmapped')
      .on(t.tenantId, t.id)
      .where(sql`site_id340b is null`),
    // Visits that move with their account.
    index('encounter_account')
      .on(t.tenantId, t.sourceSystem, t.account)
      .where(sql`account is not null`),
    // Lists by date.
    index('encounter_start').on(t.tenantId, t.startDate, t.id),
  ],
);

export const prescription = pgTable(
  'prescription',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    sourceSystem: text('source_system').notNull(),
    orderNumber: text('order_number').notNull(),
    /** ACTIVE or CANCELLED (ORC-1 CA/OC/DC). */
    status: text('status').notNull(),
    patientId: uuid('patient_id'),
    /** Visit that the order names (PV1-19); the encounter may arrive later. */
    visitNumber: text('visit_number'),
    encounterId: uuid('encounter_id'),
    /** Normalised as 12.15. */
    rxNumber: text('rx_number'),
    ndcText: text('ndc_text'),
    ndc11: text('ndc11'),
    drugName: text('drug_name'),
    writtenDate: day('written_date'),
    prescriberNpi: text('prescriber_npi'),
    quantity: units('quantity'),
    refills: text('refills'),
    sources: sources(),
    ...provenance(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('prescription_order').on(t.tenantId, t.sourceSystem, t.orderNumber),
    index('prescription_rx').on(t.tenantId, t.rxNumber),
    index('prescription_patient').on(t.tenantId, t.patientId, t.writtenDate),
    // 12.21: a claim without patient fields, by prescriber and date.
    index('prescription_prescriber').on(t.tenantId, t.prescriberNpi, t.writtenDate),
    // An encounter that arrives after the order that names it.
    index('prescription_visit').on(t.tenantId, t.sourceSystem, t.visitNumber),
    // Orders whose drug the directory may come to know.
    index('prescription_short_ndc')
      .on(t.tenantId, t.patientId)
      .where(sql`ndc11 is null`),
    // Encounter -> prescriptions, for readers.
    index('prescription_encounter').on(t.tenantId, t.encounterId),
  ],
);
