/** Exception cases: what needs a person's eye. */
import * as tables from '../../drizzle/tables/index.ts';
import { connection } from '../connection.ts';
import { Column, Id, Many, Type, type Ref } from '../declare.ts';
import { ExceptionState, Severity } from '../enums.ts';
import { DateTimeScalar, DecimalScalar } from '../scalars.ts';
import { DispenseConnection, type Dispense } from './dispense.ts';
import { InvoiceLineConnection, type InvoiceLine } from './invoice.ts';

@Type({
  table: tables.exceptionCase,
  about: 'A case of one code on one subject; closes itself when its cause is gone.',
})
export class ExceptionCase {
  @Id()
  id!: string;

  @Column('code', () => String, { data: 'OPS', required: true, about: 'What is wrong, e.g. SITE_UNMAPPED.' })
  code!: string;

  @Column('subject', () => String, {
    data: 'PHI',
    about: 'Natural key of the subject; may hold a prescription number.',
  })
  subject!: string;

  @Column('severity', () => Severity, { data: 'OPS', about: 'How urgent.' })
  severity!: string;

  @Column('state', () => ExceptionState, { data: 'OPS', about: 'State of the case.' })
  state!: string;

  @Column('detail', () => String, { data: 'OPS', required: true, about: 'Sentence that says why it is open.' })
  detail!: string;

  @Column('dollars', () => DecimalScalar, { data: 'FIN', about: 'Dollars at stake.' })
  dollars!: string;

  @Column('opened_at', () => DateTimeScalar, { data: 'OPS', required: true, about: 'When it opened.' })
  openedAt!: string;

  @Column('closed_at', () => DateTimeScalar, { data: 'OPS', about: 'When it closed.' })
  closedAt!: string;

  @Column('due_at', () => DateTimeScalar, { data: 'OPS', required: true, about: 'When it should be solved.' })
  dueAt!: string;

  @Many(() => DispenseConnection, {
    on: {},
    through: { table: tables.exceptionCause, on: { code: 'code', subject: 'subject' }, to: { id: 'dispense_id' } },
    data: 'OPS',
    required: true,
    about: 'Dispenses that raise it.',
  })
  dispenses!: Ref<Dispense[]>;

  @Many(() => InvoiceLineConnection, {
    on: {},
    through: { table: tables.exceptionCause, on: { code: 'code', subject: 'subject' }, to: { id: 'invoice_line_id' } },
    data: 'OPS',
    required: true,
    about: 'Invoice lines that raise it.',
  })
  invoiceLines!: Ref<InvoiceLine[]>;
}

export const ExceptionCaseConnection = connection('ExceptionCase', () => ExceptionCase);
