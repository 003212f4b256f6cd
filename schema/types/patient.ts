/** Patients of the EHRs. Direct identifiers are PHI and answer null for keys without that class. */
import * as tables from '../../drizzle/tables/index.ts';
import { Column, Few, Id, Many, One, Type, type Ref } from '../declare.ts';
import { DateScalar, DateTimeScalar } from '../scalars.ts';
import { DispenseConnection, type Dispense } from './dispense.ts';
import { EncounterConnection, type Encounter } from './encounter.ts';
import { RawSource } from './feed.ts';
import { Coverage, Referral } from './referral.ts';
import { Sources, type ValueSource } from './value-source.ts';

@Type({ table: tables.patientIdentifier, key: 'value', about: 'An identifier of a patient.' })
export class PatientIdentifier {
  @Column('authority', () => String, { data: 'OPS', required: true, about: 'Who issued it.' })
  authority!: string;

  @Column('type', () => String, { data: 'OPS', required: true, about: 'MR, PI, SS ...' })
  type!: string;

  @Column('value', () => String, { data: 'PHI', about: 'The identifier.' })
  value!: string;
}

@Type({ table: tables.patientLink, key: 'other_id', about: 'An edge between two records of one person.' })
export class PatientLink {
  @Column('kind', () => String, {
    data: 'OPS',
    required: true,
    about: 'MERGE: the record was merged into the other. LINK: both stand side by side.',
  })
  kind!: string;

  @Column('since', () => DateTimeScalar, { data: 'LDS', about: 'Event time of the message that says so.' })
  since!: string;

  @One(() => Patient, { on: { id: 'patient_id' }, data: 'LDS', about: 'Record where the edge starts.' })
  patient!: Ref<Patient>;

  @One(() => Patient, { on: { id: 'other_id' }, data: 'LDS', about: 'Record where it leads: of a merge the survivor.' })
  other!: Ref<Patient>;

  @One(() => RawSource, { on: { raw_id: 'raw_id' }, data: 'OPS', about: 'Message that says so.' })
  source!: Ref<RawSource>;
}

@Type({ table: tables.patient, about: 'A patient of one EHR.' })
export class Patient {
  @Id()
  id!: string;

  @Column('source_system', () => String, { data: 'OPS', required: true, about: 'EHR that reports it.' })
  sourceSystem!: string;

  @Column('family_name', () => String, { data: 'PHI', about: 'Family name.' })
  familyName!: string;

  @Column('given_name', () => String, { data: 'PHI', about: 'Given name.' })
  givenName!: string;

  @Column('birth_date', () => DateScalar, { data: 'PHI', about: 'Birth date.' })
  birthDate!: string;

  @Column('sex', () => String, { data: 'LDS', about: 'Sex as sent.' })
  sex!: string;

  @Column('postal_code', () => String, { data: 'PHI', about: 'Postal code.' })
  postalCode!: string;

  @Column('status', () => String, {
    data: 'OPS',
    required: true,
    about: 'ACTIVE or DELETED. A deleted record stays, but is nobody in matching.',
  })
  status!: string;

  @Sources()
  sources!: Ref<ValueSource[]>;

  @Few(() => PatientLink, {
    on: { patient_id: 'id' },
    data: 'LDS',
    about: 'Records that this one was merged into or is linked with. In matching they are one person.',
  })
  links!: Ref<PatientLink[]>;

  @Few(() => PatientLink, {
    on: { other_id: 'id' },
    data: 'LDS',
    about: 'Records that were merged into this one or are linked with it.',
  })
  linkedFrom!: Ref<PatientLink[]>;

  @Few(() => PatientIdentifier, { on: { patient_id: 'id' }, data: 'PHI', about: 'Identifiers.' })
  identifiers!: Ref<PatientIdentifier[]>;

  @Many(() => EncounterConnection, { on: { patient_id: 'id' }, data: 'LDS', about: 'Visits.' })
  encounters!: Ref<Encounter[]>;

  @Few(() => Referral, { on: { patient_id: 'id' }, data: 'LDS', about: 'Orders that sent the patient to others.' })
  referrals!: Ref<Referral[]>;

  @Few(() => Coverage, { on: { patient_id: 'id' }, data: 'LDS', about: 'Insurances as the EHR knows them.' })
  coverages!: Ref<Coverage[]>;

  @Many(() => DispenseConnection, { on: { patient_id: 'id' }, data: 'LDS', about: 'Dispenses.' })
  dispenses!: Ref<Dispense[]>;
}
