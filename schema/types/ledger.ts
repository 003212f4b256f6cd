/** The accumulator: postings, balances and which supply repays which dispense. */
import * as tables from '../../drizzle/tables/index.ts';
import { connection } from '../connection.ts';
import { Column, Id, Many, One, Type, type Ref } from '../declare.ts';
import { DateTimeScalar, DecimalScalar } from '../scalars.ts';
import { Determination } from './determination.ts';
import { Dispense } from './dispense.ts';
import { InvoiceLine } from './invoice.ts';
import { Drug, Pharmacy } from './reference.ts';

@Type({ table: tables.accumulatorEntry, about: 'One posting: a quantity from one account to another. Never edited.' })
export class AccumulatorEntry {
  @Id()
  id!: string;

  @Column('entity', () => String, { data: 'REF', required: true, about: '340B ID.' })
  entityId!: string;

  @Column('ncpdp', () => String, { data: 'REF', required: true, about: 'NCPDP id of the pharmacy.' })
  ncpdp!: string;

  @Column('ndc11', () => String, { data: 'REF', required: true, about: 'Drug, eleven digits.' })
  ndc11!: string;

  @Column('bucket', () => String, { data: 'OPS', required: true, about: '340B, GPO or WAC.' })
  bucket!: string;

  @Column('posting', () => String, {
    data: 'OPS',
    required: true,
    about: 'ACCRUE, REVERSE, RECEIVE_DIRECT, RETURN ...',
  })
  posting!: string;

  @Column('from_account', () => String, { data: 'OPS', required: true, about: 'Account it leaves.' })
  fromAccount!: string;

  @Column('to_account', () => String, { data: 'OPS', required: true, about: 'Account it reaches.' })
  toAccount!: string;

  @Column('quantity', () => DecimalScalar, { data: 'OPS', required: true, about: 'Billing units, always positive.' })
  quantity!: string;

  @Column('cause', () => String, { data: 'OPS', required: true, about: 'Why it was posted.' })
  cause!: string;

  @Column('posted_at', () => DateTimeScalar, { data: 'OPS', required: true, about: 'When it was posted.' })
  postedAt!: string;

  @One(() => Dispense, { on: { id: 'dispense_id' }, data: 'OPS', about: 'Dispense that it is for.' })
  dispense!: Ref<Dispense>;

  @One(() => InvoiceLine, { on: { id: 'invoice_line_id' }, data: 'OPS', about: 'Invoice line that it is for.' })
  invoiceLine!: Ref<InvoiceLine>;

  @One(() => Determination, { on: { id: 'determination_id' }, data: 'OPS', about: 'Determination that caused it.' })
  determination!: Ref<Determination>;

  @One(() => Pharmacy, { on: { ncpdp: 'ncpdp' }, data: 'REF', about: 'Pharmacy.' })
  pharmacy!: Ref<Pharmacy>;

  @One(() => Drug, { on: { ndc11: 'ndc11' }, data: 'REF', about: 'Drug.' })
  drug!: Ref<Drug>;
}

@Type({
  table: tables.accumulatorBalance,
  about: 'Balance of each account of a key; all accounts of a key sum to zero.',
})
export class AccumulatorBalance {
  @Id()
  id!: string;

  @Column('entity', () => String, { data: 'REF', required: true, about: '340B ID.' })
  entityId!: string;

  @Column('ncpdp', () => String, { data: 'REF', required: true, about: 'NCPDP id of the pharmacy.' })
  ncpdp!: string;

  @Column('ndc11', () => String, { data: 'REF', required: true, about: 'Drug, eleven digits.' })
  ndc11!: string;

  @Column('bucket', () => String, { data: 'OPS', required: true, about: '340B, GPO or WAC.' })
  bucket!: string;

  @Column('dispensed', () => DecimalScalar, { data: 'OPS', required: true, about: 'DISPENSED: minus what accrued.' })
  dispensed!: string;

  @Column('available', () => DecimalScalar, { data: 'OPS', required: true, about: 'AVAILABLE: may still be bought.' })
  available!: string;

  @Column('on_order', () => DecimalScalar, { data: 'OPS', required: true, about: 'ON_ORDER.' })
  onOrder!: string;

  @Column('replenished', () => DecimalScalar, { data: 'OPS', required: true, about: 'REPLENISHED: bought.' })
  replenished!: string;

  @Column('adjustment', () => DecimalScalar, { data: 'OPS', required: true, about: 'ADJUSTMENT.' })
  adjustment!: string;

  @Column('updated_at', () => DateTimeScalar, { data: 'OPS', required: true, about: 'Last posting.' })
  updatedAt!: string;

  @Many(() => AccumulatorEntryConnection, {
    on: { entity: 'entity', ncpdp: 'ncpdp', ndc11: 'ndc11', bucket: 'bucket' },
    data: 'OPS',
    required: true,
    about: 'Postings of the key.',
  })
  entries!: Ref<AccumulatorEntry[]>;

  @One(() => Pharmacy, { on: { ncpdp: 'ncpdp' }, data: 'REF', about: 'Pharmacy.' })
  pharmacy!: Ref<Pharmacy>;

  @One(() => Drug, { on: { ndc11: 'ndc11' }, data: 'REF', about: 'Drug.' })
  drug!: Ref<Drug>;
}

@Type({ table: tables.allocation, about: 'How much of an invoice line repays a dispense.' })
export class Allocation {
  @Id()
  id!: string;

  @Column('quantity', () => DecimalScalar, { data: 'OPS', required: true, about: 'Billing units.' })
  quantity!: string;

  @Column('bucket', () => String, { data: 'OPS', required: true, about: '340B, GPO or WAC.' })
  bucket!: string;

  @Column('allocated_at', () => DateTimeScalar, { data: 'OPS', required: true, about: 'When it was computed.' })
  allocatedAt!: string;

  @Column('superseded_at', () => DateTimeScalar, { data: 'OPS', about: 'When another allocation replaced it.' })
  supersededAt!: string;

  @One(() => Dispense, { on: { id: 'dispense_id' }, data: 'OPS', required: true, about: 'Dispense that is repaid.' })
  dispense!: Ref<Dispense>;

  @One(() => InvoiceLine, { on: { id: 'invoice_line_id' }, data: 'OPS', required: true, about: 'Line that repays it.' })
  invoiceLine!: Ref<InvoiceLine>;
}

export const AccumulatorEntryConnection = connection('AccumulatorEntry', () => AccumulatorEntry);
export const AccumulatorBalanceConnection = connection('AccumulatorBalance', () => AccumulatorBalance);
export const AllocationConnection = connection('Allocation', () => Allocation);
