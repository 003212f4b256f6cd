/** Patients of the EHRs. Direct identifiers are PHI and answer null for keys without that class. */
import * as tables from '../../drizzle/tables/index.ts';
import { Column, Few, Id, Many, Type, type Ref } from '../declare.ts';
import { DateScalar } from '../scalars.ts';
import { DispenseConnection, type Dispense } from './dispense.ts';
import { EncounterConnection, type Encounter } from './encounter.ts';

@Type({ table: tables.patientIdentifier, key: 'value', about: 'An identifier of a patient.' })
export class PatientIdentifier {
  @Column('authority', () => String, { data: 'OPS', required: true, about: 'Who issued it.' })
  authority!: string;

  @Column('type', () => String, { data: 'OPS', required: true, about: 'MR, PI, SS ...' })
  type!: string;

  @Column('value', () => String, { data: 'PHI', about: 'The identifier.' })
  value!: string;
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

  @Few(() => PatientIdentifier, { on: { patient_id: 'id' }, data: 'PHI', about: 'Identifiers.' })
  identifiers!: Ref<PatientIdentifier[]>;

  @Many(() => EncounterConnection, { on: { patient_id: 'id' }, data: 'LDS', about: 'Visits.' })
  encounters!: Ref<Encounter[]>;

  @Many(() => DispenseConnection, { on: { patient_id: 'id' }, data: 'LDS', about: 'Dispenses.' })
  dispenses!: Ref<Dispense[]>;
}
