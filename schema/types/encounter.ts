/** Visits, as the EHR's messages add up. */
import * as tables from '../../drizzle/tables/index.ts';
import { connection } from '../connection.ts';
import { Column, Elements, ElementText, Id, Many, One, Type, type Ref } from '../declare.ts';
import { DateScalar, DateTimeScalar } from '../scalars.ts';
import { DispenseConnection, type Dispense } from './dispense.ts';
import { RawSource } from './feed.ts';
import { Patient } from './patient.ts';
import { PrescriptionConnection, type Prescription } from './prescription.ts';
import { CoveredEntity, Prescriber } from './reference.ts';
import { Sources, type ValueSource } from './value-source.ts';

@Type({ about: 'Status and class of a visit from an instant on, until the next.' })
export class VisitPhase {
  @ElementText('at', () => String, { data: 'LDS', about: 'Event time from which it holds, ISO 8601 in UTC.' })
  at!: string;

  @ElementText('status', () => String, { data: 'OPS', about: 'ACTIVE, CANCELLED, DELETED, NO_SHOW or MERGED.' })
  status!: string;

  @ElementText('class', () => String, { data: 'OPS', about: 'AMB, EMER, OBSENC, IMP, PREADMIT or UNKNOWN.' })
  class!: string;

  @ElementText('rawId', () => String, { data: 'OPS', about: 'Id of the stored payload that says so.' })
  rawMessageId!: string;

  @ElementText('position', () => String, { data: 'OPS', about: 'Message inside the payload.' })
  position!: string;
}

@Type({ table: tables.encounter, about: 'A visit of a patient at a site.' })
export class Encounter {
  @Id()
  id!: string;

  @Column('source_system', () => String, { data: 'OPS', required: true, about: 'EHR that reports it.' })
  sourceSystem!: string;

  @Column('visit_number', () => String, { data: 'PHI', about: 'Visit number in that EHR.' })
  visitNumber!: string;

  @Column('class', () => String, { data: 'OPS', required: true, about: 'AMB, EMER, OBSENC, IMP, PREADMIT or UNKNOWN.' })
  class!: string;

  @Column('status', () => String, {
    data: 'OPS',
    required: true,
    about: 'ACTIVE, CANCELLED, DELETED, NO_SHOW or MERGED.',
  })
  status!: string;

  @Column('started_at', () => DateTimeScalar, { data: 'LDS', about: 'Start.' })
  startedAt!: string;

  @Column('start_date', () => DateScalar, { data: 'LDS', about: 'Calendar date of the start in the zone of the feed.' })
  startDate!: string;

  @Column('ended_at', () => DateTimeScalar, { data: 'LDS', about: 'End.' })
  endedAt!: string;

  @Column('facility', () => String, { data: 'OPS', about: 'Facility as the EHR names it.' })
  facility!: string;

  @Column('location', () => String, { data: 'OPS', about: 'Point of care as the EHR names it.' })
  location!: string;

  @Column('site_id340b', () => String, { data: 'REF', about: '340B ID of the site; null = not in the crosswalk.' })
  siteId!: string;

  @Column('attending_npi', () => String, { data: 'REF', about: 'NPI of the attending provider.' })
  attendingNpi!: string;

  @Column('account', () => String, { data: 'PHI', about: 'Account that the visit is billed to.' })
  account!: string;

  @Elements({ column: 'history' }, () => [VisitPhase], {
    data: 'OPS',
    required: true,
    about: 'Status and class over time, earliest first: what held at an instant is the last entry at or before it.',
  })
  statusHistory!: Ref<VisitPhase[]>;

  @Sources()
  sources!: Ref<ValueSource[]>;

  @One(() => CoveredEntity, { on: { id340b: 'site_id340b' }, data: 'REF', about: 'Site as OPAIS registers it.' })
  site!: Ref<CoveredEntity>;

  @One(() => Prescriber, {
    on: { npi: 'attending_npi' },
    latest: 'valid_from',
    data: 'REF',
    about: 'Attending provider, when on the roster.',
  })
  provider!: Ref<Prescriber>;

  @One(() => Patient, { on: { id: 'patient_id' }, data: 'LDS', about: 'Patient.' })
  patient!: Ref<Patient>;

  @Many(() => PrescriptionConnection, {
    on: { encounter_id: 'id' },
    data: 'OPS',
    required: true,
    about: 'Prescriptions that name this visit.',
  })
  prescriptions!: Ref<Prescription[]>;

  @Many(() => DispenseConnection, {
    // The patient as well: a dispense is its patient's, and that is what an index finds.
    on: { encounter_id: 'id', patient_id: 'patient_id' },
    data: 'OPS',
    required: true,
    about: 'Dispenses that it qualifies.',
  })
  dispenses!: Ref<Dispense[]>;

  @One(() => RawSource, { on: { raw_id: 'raw_id' }, data: 'OPS', about: 'Message that said so last.' })
  source!: Ref<RawSource>;
}

export const EncounterConnection = connection('Encounter', () => Encounter);
