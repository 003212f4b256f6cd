/** Files that go out through feeds, and how each is at its partner. */
import { Int } from 'type-graphql';
import * as tables from '../../drizzle/tables/index.ts';
import { connection } from '../connection.ts';
import { Column, Few, Id, Type, type Ref } from '../declare.ts';
import { OutboundState } from '../enums.ts';
import { DateTimeScalar } from '../scalars.ts';
import { EdiAcknowledgement, EdiInterchange } from './order.ts';

@Type({
  table: tables.outboundFile,
  about:
    'A file on its way to a partner, or there. It is delivered once; where that is not known nothing is sent again.',
})
export class OutboundFile {
  @Id()
  id!: string;

  @Column('feed', () => String, { data: 'OPS', required: true, about: 'Feed whose partner gets it.' })
  feed!: string;

  @Column('name', () => String, { data: 'OPS', required: true, about: 'Its name at the partner.' })
  name!: string;

  @Column('size_bytes', () => Int, { data: 'OPS', required: true, about: 'Bytes.' })
  sizeBytes!: number;

  @Column('sha256', () => String, { data: 'OPS', required: true, about: 'SHA-256 of the bytes, in hex.' })
  sha256!: string;

  @Column('state', () => OutboundState, { data: 'OPS', about: 'How far it has come.' })
  state!: string;

  @Column('detail', () => String, {
    data: 'OPS',
    required: true,
    about: 'Why it failed or is uncertain, or how it was found to have arrived.',
  })
  detail!: string;

  @Column('attempts', () => Int, { data: 'OPS', required: true, about: 'Deliveries that were begun.' })
  attempts!: number;

  @Column('created_at', () => DateTimeScalar, { data: 'OPS', required: true, about: 'When it was made.' })
  createdAt!: string;

  @Column('created_by', () => String, { data: 'OPS', required: true, about: 'Who made it: hub, or a person.' })
  createdBy!: string;

  @Column('sent_at', () => DateTimeScalar, { data: 'OPS', about: 'When it was known to be at the partner.' })
  sentAt!: string;

  @Column('partner', () => String, { data: 'OPS', about: 'Whom its X12 group is for (ISA08).' })
  partner!: string;

  @Column('functional_code', () => String, { data: 'OPS', about: 'Kind of the group: PO orders, FA acknowledgement.' })
  functionalCode!: string;

  @Column('control_number', () => String, { data: 'OPS', about: 'Control number of the group.' })
  controlNumber!: string;

  @Column('expects_acknowledgement', () => Boolean, {
    data: 'OPS',
    required: true,
    about: 'A 997 or 999 of the partner is expected; ACK_MISSING is open when it does not come in time.',
  })
  expectsAcknowledgement!: boolean;

  @Column('acknowledged_at', () => DateTimeScalar, { data: 'OPS', about: 'Receipt of the first 997 or 999 for it.' })
  acknowledgedAt!: string;

  @Few(() => EdiInterchange, {
    on: { partner: 'partner', control_number: 'control_number' },
    data: 'OPS',
    required: true,
    about: 'The interchange that the hub wrote into it.',
  })
  interchanges!: Ref<EdiInterchange[]>;

  @Few(() => EdiAcknowledgement, {
    on: { partner: 'partner', control_number: 'control_number' },
    data: 'OPS',
    required: true,
    about: 'What the partner said of it: 997, 999, TA1.',
  })
  acknowledgements!: Ref<EdiAcknowledgement[]>;
}

export const OutboundFileConnection = connection('OutboundFile', () => OutboundFile);
