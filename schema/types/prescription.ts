/** Prescription orders of the EHR. */
import * as tables from '../../drizzle/tables/index.ts';
import { connection } from '../connection.ts';
import { Column, Id, Many, One, Type, type Ref } from '../declare.ts';
import { DateScalar, DecimalScalar } from '../scalars.ts';
import { DispenseConnection, type Dispense } from './dispense.ts';
import { Encounter } from './encounter.ts';
import { RawSource } from './feed.ts';
import { Patient } from './patient.ts';
import { Drug, Prescriber } from './reference.ts';
import { Sources, type ValueSource } from './value-source.ts';

@Type({ table: tables.prescription, about: 'A prescription order of an EHR.' })
export class Prescription {
  @Id()
  id!: string;

  @Column('source_system', () => String, { data: 'OPS', required: true, about: 'EHR that reports it.' })
  sourceSystem!: string;

  @Column('order_number', () => String, { data: 'PHI', about: 'Order number in that EHR.' })
  number!: string;

  @Column('rx_number', () => String, {
    data: 'PHI',
    about: 'Prescription number at the pharmacy, when the EHR knows it.',
  })
  rxNumber!: string;

  @Column('status', () => String, { data: 'OPS', required: true, about: 'ACTIVE or CANCELLED.' })
  status!: string;

  @Column('ndc11', () => String, { data: 'REF', about: 'Drug, eleven digits.' })
  ndc11!: string;

  @Column('drug_name', () => String, { data: 'OPS', about: 'Drug as the EHR names it.' })
  drugName!: string;

  @Column('written_date', () => DateScalar, { data: 'LDS', about: 'Date written.' })
  writtenDate!: string;

  @Column('prescriber_npi', () => String, { data: 'REF', about: 'NPI of the prescriber.' })
  prescriberNpi!: string;

  @Column('quantity', () => DecimalScalar, { data: 'OPS', about: 'Quantity ordered.' })
  quantity!: string;

  @Column('refills', () => String, { data: 'OPS', about: 'Refills authorised, as sent.' })
  refills!: string;

  @Sources()
  sources!: Ref<ValueSource[]>;

  @One(() => Encounter, { on: { id: 'encounter_id' }, data: 'OPS', about: 'Visit that the order names.' })
  encounter!: Ref<Encounter>;

  @One(() => Patient, { on: { id: 'patient_id' }, data: 'LDS', about: 'Patient.' })
  patient!: Ref<Patient>;

  @One(() => Drug, { on: { ndc11: 'ndc11' }, data: 'REF', about: 'Drug.' })
  drug!: Ref<Drug>;

  @One(() => Prescriber, {
    on: { npi: 'prescriber_npi' },
    latest: 'valid_from',
    data: 'REF',
    about: 'Prescriber, when on the roster.',
  })
  prescriber!: Ref<Prescriber>;

  @Many(() => DispenseConnection, {
    // The patient as well: a dispense is its patient's, and that is what an index finds.
    on: { prescription_id: 'id', patient_id: 'patient_id' },
    data: 'OPS',
    required: true,
    about: 'Dispenses that match it.',
  })
  dispenses!: Ref<Dispense[]>;

  @One(() => RawSource, { on: { raw_id: 'raw_id' }, data: 'OPS', about: 'Message that said so last.' })
  source!: Ref<RawSource>;
}

export const PrescriptionConnection = connection('Prescription', () => Prescription);
