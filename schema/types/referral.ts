/** Referrals and the notes that came back, and who pays for a patient: what an EHR tells in one resource each. */
import * as tables from '../../drizzle/tables/index.ts';
import { Column, Few, Id, One, Type, type Ref } from '../declare.ts';
import { DateScalar } from '../scalars.ts';
import { Encounter } from './encounter.ts';
import { RawSource } from './feed.ts';
import { Patient } from './patient.ts';
import { Sources, type ValueSource } from './value-source.ts';

const STATUS = 'ACTIVE, PENDING (a draft, or a status that cannot be read), CANCELLED or DELETED.';

@Type({ table: tables.consultNote, about: 'A note of the provider whom a patient was sent to.' })
export class ConsultNote {
  @Id()
  id!: string;

  @Column('source_system', () => String, { data: 'OPS', required: true, about: 'EHR that reports it.' })
  sourceSystem!: string;

  @Column('number', () => String, { data: 'PHI', about: 'Its id in that EHR.' })
  number!: string;

  @Column('status', () => String, {
    data: 'OPS',
    required: true,
    about: `${STATUS} Only an active one closes the loop.`,
  })
  status!: string;

  @Column('author_npi', () => String, { data: 'REF', about: 'NPI of who wrote it.' })
  authorNpi!: string;

  @Column('written_date', () => DateScalar, { data: 'LDS', about: 'Date of the note.' })
  writtenDate!: string;

  @Sources()
  sources!: Ref<ValueSource[]>;

  @One(() => Referral, {
    on: { source_system: 'source_system', number: 'referral_number' },
    data: 'LDS',
    about: 'Referral that it answers.',
  })
  referral!: Ref<Referral>;

  @One(() => Patient, { on: { id: 'patient_id' }, data: 'LDS', about: 'Patient.' })
  patient!: Ref<Patient>;

  @One(() => RawSource, { on: { raw_id: 'raw_id' }, data: 'OPS', about: 'Message that said so last.' })
  source!: Ref<RawSource>;
}

@Type({
  table: tables.referral,
  about:
    'An order that sends a patient to another provider. Its loop is closed when an active consult note answers it.',
})
export class Referral {
  @Id()
  id!: string;

  @Column('source_system', () => String, { data: 'OPS', required: true, about: 'EHR that reports it.' })
  sourceSystem!: string;

  @Column('number', () => String, { data: 'PHI', about: 'Order number in that EHR.' })
  number!: string;

  @Column('status', () => String, { data: 'OPS', required: true, about: STATUS })
  status!: string;

  @Column('service', () => String, { data: 'LDS', about: 'What for, in the words of the EHR.' })
  service!: string;

  @Column('ordered_date', () => DateScalar, { data: 'LDS', about: 'Date of the order.' })
  orderedDate!: string;

  @Column('requester_npi', () => String, { data: 'REF', about: 'NPI of who refers.' })
  requesterNpi!: string;

  @Column('performer_npi', () => String, { data: 'REF', about: 'NPI of whom the patient is sent to.' })
  performerNpi!: string;

  @Sources()
  sources!: Ref<ValueSource[]>;

  @Few(() => ConsultNote, {
    on: { source_system: 'source_system', referral_number: 'number' },
    data: 'LDS',
    about: 'Notes that came back.',
  })
  consultNotes!: Ref<ConsultNote[]>;

  @One(() => Encounter, {
    on: { source_system: 'source_system', visit_number: 'visit_number' },
    data: 'OPS',
    about: 'Visit that the order names.',
  })
  encounter!: Ref<Encounter>;

  @One(() => Patient, { on: { id: 'patient_id' }, data: 'LDS', about: 'Patient.' })
  patient!: Ref<Patient>;

  @One(() => RawSource, { on: { raw_id: 'raw_id' }, data: 'OPS', about: 'Message that said so last.' })
  source!: Ref<RawSource>;
}

@Type({
  table: tables.coverage,
  about:
    'Insurance of a patient as the EHR knows it. Claims are judged by the BIN, PCN and group that they carry themselves.',
})
export class Coverage {
  @Id()
  id!: string;

  @Column('source_system', () => String, { data: 'OPS', required: true, about: 'EHR that reports it.' })
  sourceSystem!: string;

  @Column('number', () => String, { data: 'PHI', about: 'Its id in that EHR.' })
  number!: string;

  @Column('status', () => String, { data: 'OPS', required: true, about: STATUS })
  status!: string;

  @Column('kind', () => String, { data: 'OPS', about: 'Kind of coverage as sent.' })
  kind!: string;

  @Column('payer_name', () => String, { data: 'OPS', about: 'Name of the payer.' })
  payerName!: string;

  @Column('payer_id', () => String, { data: 'OPS', about: 'Identifier of the payer as sent.' })
  payerId!: string;

  @Column('plan_code', () => String, { data: 'OPS', about: 'Plan as the payer names it.' })
  planCode!: string;

  @Column('bin', () => String, { data: 'OPS', about: 'BIN of pharmacy claims.' })
  bin!: string;

  @Column('pcn', () => String, { data: 'OPS', about: 'Processor control number of pharmacy claims.' })
  pcn!: string;

  @Column('payer_group', () => String, { data: 'OPS', about: 'Group of pharmacy claims, else of the plan.' })
  group!: string;

  @Column('cardholder', () => String, { data: 'PHI', about: "Member's number." })
  cardholder!: string;

  @Column('priority', () => String, { data: 'OPS', about: 'Order in which payers are asked; 1 = first.' })
  priority!: string;

  @Column('valid_from', () => DateScalar, { data: 'LDS', about: 'First day that it holds; null = open.' })
  validFrom!: string;

  @Column('valid_to', () => DateScalar, { data: 'LDS', about: 'Last day that it holds; null = open.' })
  validTo!: string;

  @Sources()
  sources!: Ref<ValueSource[]>;

  @One(() => Patient, { on: { id: 'patient_id' }, data: 'LDS', about: 'Patient.' })
  patient!: Ref<Patient>;

  @One(() => RawSource, { on: { raw_id: 'raw_id' }, data: 'OPS', about: 'Message that said so last.' })
  source!: Ref<RawSource>;
}
