/** The pharmacy side of the chain: dispenses and the claim transactions they fold from. */
import { Int } from 'type-graphql';
import * as tables from '../../drizzle/tables/index.ts';
import { connection } from '../connection.ts';
import { Column, Id, Many, One, Type, type Ref } from '../declare.ts';
import { DeterminationStatus, DispenseState } from '../enums.ts';
import { DateScalar, DateTimeScalar, DecimalScalar } from '../scalars.ts';
import { Determination, DeterminationConnection } from './determination.ts';
import { Encounter } from './encounter.ts';
import { ExceptionCaseConnection, type ExceptionCase } from './exception.ts';
import { RawSource } from './feed.ts';
import { AccumulatorEntryConnection, AllocationConnection, type AccumulatorEntry, type Allocation } from './ledger.ts';
import { Patient } from './patient.ts';
import { Prescription } from './prescription.ts';
import { CoveredEntity, Drug, Pharmacy, Prescriber } from './reference.ts';

@Type({ table: tables.dispense, about: 'One fill: what the claims of one identity add up to, with the answer it got.' })
export class Dispense {
  @Id()
  id!: string;

  @Column('ncpdp', () => String, { data: 'REF', required: true, about: 'NCPDP id of the pharmacy.' })
  ncpdp!: string;

  @Column('rx_number', () => String, {
    data: 'PHI',
    about: 'Prescription number at the pharmacy, without leading zeros.',
  })
  rxNumber!: string;

  @Column('fill_number', () => Int, { data: 'OPS', required: true, about: 'Fill number; 0 is the first fill.' })
  fillNumber!: number;

  @Column('date_of_service', () => DateScalar, { data: 'LDS', about: 'Date of service.' })
  dateOfService!: string;

  @Column('dispensing_status', () => String, {
    data: 'OPS',
    required: true,
    about: 'P or C of a partial fill, else empty.',
  })
  dispensingStatus!: string;

  @Column('state', () => DispenseState, { data: 'OPS', required: true, about: 'Open, reversed or never paid.' })
  state!: string;

  @Column('ndc11', () => String, {
    data: 'REF',
    about: 'Drug, eleven digits; null while the directory cannot resolve it.',
  })
  ndc11!: string;

  @Column('ndc_text', () => String, { data: 'REF', about: 'Product id as the claim sent it.' })
  ndcText!: string;

  @Column('quantity', () => DecimalScalar, { data: 'OPS', about: 'Billing units (EA, ML, GM).' })
  quantity!: string;

  @Column('unit', () => String, { data: 'OPS', required: true, about: 'Unit of the quantity.' })
  unit!: string;

  @Column('days_supply', () => Int, { data: 'OPS', about: 'Days of supply.' })
  daysSupply!: number;

  @Column('written_date', () => DateScalar, { data: 'LDS', about: 'Date written, of the lowest known fill.' })
  writtenDate!: string;

  @Column('prescriber_id', () => String, { data: 'REF', about: 'Prescriber as the claim names it, normally an NPI.' })
  prescriberId!: string;

  @Column('bin', () => String, { data: 'OPS', required: true, about: 'BIN of the primary payer; empty = cash.' })
  bin!: string;

  @Column('pcn', () => String, { data: 'OPS', required: true, about: 'PCN of the primary payer.' })
  pcn!: string;

  @Column('plan_type', () => String, { data: 'OPS', required: true, about: 'Worst plan type of the open payers.' })
  planType!: string;

  @Column('first_received_at', () => DateTimeScalar, {
    data: 'OPS',
    required: true,
    about: 'First receipt of a claim.',
  })
  firstReceivedAt!: string;

  @Column('entity', () => String, { data: 'REF', about: '340B ID of the entity whose determination counts.' })
  entityId!: string;

  @Column('status', () => DeterminationStatus, { data: 'OPS', about: 'Its answer; null when reversed.' })
  status!: string;

  @Column('bucket', () => String, { data: 'OPS', about: '340B, GPO or WAC; null = accrues nowhere.' })
  bucket!: string;

  @Column('orderable', () => Boolean, {
    data: 'OPS',
    required: true,
    about: 'False when a manufacturer bars the price.',
  })
  orderable!: boolean;

  @Column('reason', () => String, { data: 'OPS', about: 'First rule that failed or is unknown.' })
  reason!: string;

  @One(() => Pharmacy, { on: { ncpdp: 'ncpdp' }, data: 'REF', about: 'Where it was dispensed.' })
  pharmacy!: Ref<Pharmacy>;

  @One(() => Drug, { on: { ndc11: 'ndc11' }, data: 'REF', about: 'What was dispensed.' })
  drug!: Ref<Drug>;

  @One(() => CoveredEntity, { on: { id340b: 'entity' }, data: 'REF', about: 'Entity whose determination counts.' })
  entity!: Ref<CoveredEntity>;

  @One(() => Prescriber, {
    on: { npi: 'prescriber_id' },
    latest: 'valid_from',
    data: 'REF',
    about: 'Prescriber, when on the roster.',
  })
  prescriber!: Ref<Prescriber>;

  @One(() => Patient, { on: { id: 'patient_id' }, data: 'LDS', about: 'Matched patient.' })
  patient!: Ref<Patient>;

  @One(() => Encounter, { on: { id: 'encounter_id' }, data: 'OPS', about: 'Encounter that qualified it.' })
  encounter!: Ref<Encounter>;

  @One(() => Prescription, { on: { id: 'prescription_id' }, data: 'OPS', about: 'Matching prescription of the EHR.' })
  prescription!: Ref<Prescription>;

  @One(() => Determination, { on: { id: 'determination_id' }, data: 'OPS', about: 'Determination that counts now.' })
  determination!: Ref<Determination>;

  @Many(() => DeterminationConnection, {
    on: { dispense_id: 'id' },
    data: 'OPS',
    required: true,
    about: 'All determinations: every candidate entity, earlier answers included.',
  })
  determinations!: Ref<Determination[]>;

  @Many(() => ClaimTransactionConnection, {
    on: {
      ncpdp: 'ncpdp',
      rx_number: 'rx_number',
      fill_number: 'fill_number',
      date_of_service: 'date_of_service',
      dispensing_status: 'dispensing_status',
    },
    data: 'OPS',
    required: true,
    about: 'Claim transactions of this fill.',
  })
  claims!: Ref<ClaimTransaction[]>;

  @One(() => ClaimTransaction, { on: { id: 'claim_id' }, data: 'OPS', about: 'The open primary claim.' })
  claim!: Ref<ClaimTransaction>;

  @Many(() => AccumulatorEntryConnection, {
    on: { dispense_id: 'id' },
    data: 'OPS',
    required: true,
    about: 'Ledger postings for it.',
  })
  accumulatorEntries!: Ref<AccumulatorEntry[]>;

  @Many(() => AllocationConnection, {
    on: { dispense_id: 'id' },
    where: { superseded_at: null },
    data: 'OPS',
    required: true,
    about: 'Invoice lines that repay it, as computed now.',
  })
  allocations!: Ref<Allocation[]>;

  @Many(() => ExceptionCaseConnection, {
    on: {},
    through: {
      table: tables.exceptionCause,
      on: { dispense_id: 'id' },
      to: { code: 'code', subject: 'subject' },
    },
    data: 'OPS',
    required: true,
    about: 'Exception cases it raises.',
  })
  exceptions!: Ref<ExceptionCase[]>;

  @One(() => RawSource, { on: { raw_id: 'raw_id' }, data: 'OPS', about: 'Where the claim was received.' })
  source!: Ref<RawSource>;
}

@Type({ table: tables.claimTransaction, about: 'One B1, B2 or B3 as received.' })
export class ClaimTransaction {
  @Id()
  id!: string;

  @Column('code', () => String, { data: 'OPS', required: true, about: 'B1 claim, B2 reversal, B3 rebill.' })
  code!: string;

  @Column('response_status', () => String, { data: 'OPS', required: true, about: 'P paid, A approved, R rejected ...' })
  responseStatus!: string;

  @Column('feed', () => String, { data: 'OPS', required: true, about: 'Feed it came by.' })
  feed!: string;

  @Column('received_at', () => DateTimeScalar, { data: 'OPS', required: true, about: 'First receipt.' })
  receivedAt!: string;

  @Column('ncpdp', () => String, { data: 'REF', required: true, about: 'NCPDP id of the pharmacy.' })
  ncpdp!: string;

  @Column('rx_number', () => String, { data: 'PHI', about: 'Prescription number.' })
  rxNumber!: string;

  @Column('fill_number', () => Int, { data: 'OPS', about: 'Fill number.' })
  fillNumber!: number;

  @Column('date_of_service', () => DateScalar, { data: 'LDS', about: 'Date of service.' })
  dateOfService!: string;

  @Column('bin', () => String, { data: 'OPS', required: true, about: 'BIN of the payer.' })
  bin!: string;

  @Column('pcn', () => String, { data: 'OPS', required: true, about: 'PCN of the payer.' })
  pcn!: string;

  @Column('payer_group', () => String, { data: 'PHI', about: 'Group of the payer.' })
  group!: string;

  @Column('cardholder', () => String, { data: 'PHI', about: 'Cardholder id.' })
  cardholder!: string;

  @Column('other_coverage', () => Int, { data: 'OPS', required: true, about: 'Other coverage code (308-C8).' })
  otherCoverage!: number;

  @Column('adjudicated_at', () => DateTimeScalar, { data: 'LDS', about: 'Adjudication time of the record itself.' })
  adjudicatedAt!: string;

  @Column('ndc_text', () => String, { data: 'REF', about: 'Product id as sent.' })
  ndcText!: string;

  @Column('quantity', () => DecimalScalar, { data: 'OPS', about: 'Billing units.' })
  quantity!: string;

  @Column('days_supply', () => Int, { data: 'OPS', about: 'Days of supply.' })
  daysSupply!: number;

  @Column('written_date', () => DateScalar, { data: 'LDS', about: 'Date written.' })
  writtenDate!: string;

  @Column('prescriber_id', () => String, { data: 'REF', about: 'Prescriber as sent.' })
  prescriberId!: string;

  @Column('patient_family_name', () => String, { data: 'PHI', about: 'Family name on the claim.' })
  patientFamilyName!: string;

  @Column('patient_given_name', () => String, { data: 'PHI', about: 'Given name on the claim.' })
  patientGivenName!: string;

  @Column('patient_birth_date', () => DateScalar, { data: 'PHI', about: 'Birth date on the claim.' })
  patientBirthDate!: string;

  @Column('submission_clarification', () => [String], { data: 'OPS', required: true, about: '420-DK values.' })
  submissionClarification!: string[];

  @Column('basis_of_cost', () => String, { data: 'OPS', required: true, about: '423-DN.' })
  basisOfCost!: string;

  @Column('ingredient_cost', () => DecimalScalar, { data: 'FIN', about: 'Ingredient cost.' })
  ingredientCost!: string;

  @Column('dispensing_fee', () => DecimalScalar, { data: 'FIN', about: 'Dispensing fee.' })
  dispensingFee!: string;

  @Column('patient_pay', () => DecimalScalar, { data: 'FIN', about: 'Patient pays.' })
  patientPay!: string;

  @Column('total_paid', () => DecimalScalar, { data: 'FIN', about: 'Total paid.' })
  totalPaid!: string;

  @One(() => Dispense, {
    on: {
      ncpdp: 'ncpdp',
      rx_number: 'rx_number',
      fill_number: 'fill_number',
      date_of_service: 'date_of_service',
      dispensing_status: 'dispensing_status',
    },
    data: 'OPS',
    about: 'Dispense that it belongs to.',
  })
  dispense!: Ref<Dispense>;

  @One(() => RawSource, { on: { raw_id: 'raw_id' }, data: 'OPS', about: 'Where it was received.' })
  source!: Ref<RawSource>;
}

export const DispenseConnection = connection('Dispense', () => Dispense);
export const ClaimTransactionConnection = connection('ClaimTransaction', () => ClaimTransaction);
