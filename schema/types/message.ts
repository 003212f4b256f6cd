/** Messages and files as they came, what became of them, and what people did to them. Their bytes are not read here (openMessage). */
import { Float, ID, Int } from 'type-graphql';
import * as tables from '../../drizzle/tables/index.ts';
import { connection } from '../connection.ts';
import { Column, Id, Many, One, Type, type Ref } from '../declare.ts';
import { MessageState, ReplayState } from '../enums.ts';
import { DateTimeScalar } from '../scalars.ts';

@Type({ table: tables.recordError, about: 'A value or a record that could not be read.' })
export class MessageError {
  @Id()
  id!: string;

  @Column('ordinal', () => Int, { data: 'OPS', required: true, about: 'Its number inside the message.' })
  ordinal!: number;

  @Column('position', () => String, {
    data: 'OPS',
    required: true,
    about: 'Message, line or transaction in the payload.',
  })
  position!: string;

  @Column('field', () => String, { data: 'OPS', required: true, about: 'Field, e.g. PID-7.' })
  field!: string;

  @Column('message', () => String, { data: 'OPS', required: true, about: 'What is wrong, without the value.' })
  message!: string;

  @Column('original', () => String, { data: 'PHI', about: 'The value as it was sent.' })
  original!: string;

  @Column('accepted', () => Boolean, {
    data: 'OPS',
    required: true,
    about: 'The record was accepted without the value; false = it was refused.',
  })
  accepted!: boolean;
}

const MessageErrorConnection = connection('MessageError', () => MessageError);

@Type({
  table: tables.messageEdit,
  key: 'original_id',
  about: 'An edit: one message takes the place of another, which counts no more.',
})
export class MessageEdit {
  @Column('at', () => DateTimeScalar, { data: 'OPS', required: true, about: 'When.' })
  at!: string;

  @Column('editor', () => String, { data: 'OPS', required: true, about: 'Who: an account or an API key.' })
  editor!: string;

  @Column('reason', () => String, { data: 'PHI', about: 'Why, in the words of the editor.' })
  reason!: string;

  @One(() => Message, { on: { raw_id: 'original_id' }, data: 'OPS', about: 'The message that counts no more.' })
  original!: Ref<Message>;

  @One(() => Message, { on: { raw_id: 'edited_id' }, data: 'OPS', about: 'The message in its place.' })
  edited!: Ref<Message>;
}

@Type({
  table: tables.rawState,
  key: 'raw_id',
  via: { payload: { table: tables.rawMessage, on: { month: 'month', id: 'raw_id' } } },
  about: 'A message or file as it was received, and what became of it.',
})
export class Message {
  @Column('raw_id', () => ID, { data: 'OPS', required: true, about: 'Id given by the hub; sorts by receipt.' })
  id!: string;

  @Column('feed', () => String, { data: 'OPS', required: true, about: 'Feed it came by.' })
  feed!: string;

  @Column('received_at', () => DateTimeScalar, { data: 'OPS', required: true, about: 'Receipt.' })
  receivedAt!: string;

  @Column('processed_at', () => DateTimeScalar, { data: 'OPS', about: 'When it was last read.' })
  processedAt!: string;

  @Column('control_id', () => String, {
    via: 'payload',
    data: 'OPS',
    about: "Sender's own key: MSH-10, or the hash of a file.",
  })
  controlId!: string;

  @Column('name', () => String, { via: 'payload', data: 'PHI', about: 'File name, or the address of the sender.' })
  name!: string;

  @Column('size_bytes', () => Float, { via: 'payload', data: 'OPS', about: 'Bytes.' })
  sizeBytes!: number;

  @Column('sha256', () => String, { via: 'payload', data: 'OPS', about: 'SHA-256 of the bytes.' })
  sha256!: string;

  @Column('state', () => MessageState, { data: 'OPS', required: true, about: 'What became of it.' })
  state!: string;

  @Column('attempts', () => Int, { data: 'OPS', required: true, about: 'Tries that failed.' })
  attempts!: number;

  @Column('records', () => Int, { data: 'OPS', required: true, about: 'Records in it.' })
  records!: number;

  @Column('accepted', () => Int, { data: 'OPS', required: true, about: 'Records accepted.' })
  accepted!: number;

  @Column('rejected', () => Int, { data: 'OPS', required: true, about: 'Records rejected.' })
  rejected!: number;

  @Column('duplicate', () => Int, { data: 'OPS', required: true, about: 'Records seen before.' })
  duplicates!: number;

  @Column('ignored', () => Int, { data: 'OPS', required: true, about: 'Records that say nothing the hub keeps.' })
  ignored!: number;

  @Many(() => MessageErrorConnection, {
    on: { raw_id: 'raw_id' },
    data: 'OPS',
    required: true,
    about: 'What could not be read.',
  })
  errors!: Ref<MessageError[]>;

  @One(() => MessageEdit, { on: { original_id: 'raw_id' }, data: 'OPS', about: 'The edit that took it out of force.' })
  supersededBy!: Ref<MessageEdit>;

  @One(() => MessageEdit, { on: { edited_id: 'raw_id' }, data: 'OPS', about: 'The edit that made it.' })
  supersedes!: Ref<MessageEdit>;
}

@Type({ table: tables.messageReplay, about: 'Messages that were set aside and are put back to be read again.' })
export class MessageReplay {
  @Id()
  id!: string;

  @Column('state', () => ReplayState, { data: 'OPS', required: true, about: 'Where it stands.' })
  state!: string;

  @Column('feed', () => String, { data: 'OPS', about: 'Of this feed only.' })
  feed!: string;

  @Column('states', () => [String], { data: 'OPS', required: true, about: 'States that messages are put back from.' })
  states!: string[];

  @Column('total', () => Int, { data: 'OPS', required: true, about: 'Messages counted when it began.' })
  total!: number;

  @Column('done', () => Int, { data: 'OPS', required: true, about: 'Messages put back so far.' })
  done!: number;

  @Column('started_at', () => DateTimeScalar, { data: 'OPS', required: true, about: 'When it began.' })
  startedAt!: string;

  @Column('ended_at', () => DateTimeScalar, { data: 'OPS', about: 'When it ended or was stopped.' })
  endedAt!: string;

  @Column('started_by', () => String, { data: 'OPS', required: true, about: 'Who asked for it.' })
  startedBy!: string;

  @Column('reason', () => String, { data: 'PHI', about: 'Why, in the words of whoever asked.' })
  reason!: string;
}

export const MessageConnection = connection('Message', () => Message);
export const MessageReplayConnection = connection('MessageReplay', () => MessageReplay);
