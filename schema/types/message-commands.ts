/** What the message commands take and answer. */
import { Field, ID, InputType, Int } from 'type-graphql';
import { Answer } from '../declare.ts';
import { MessageState, ReplayableState, ReplayState } from '../enums.ts';
import { DateTimeScalar } from '../scalars.ts';

@Answer('PHI', 'A part of a field: repetition and component.')
class MessagePart {
  @Field(() => String, { description: 'Place, e.g. PID-3[2].1.' })
  place!: string;

  @Field(() => String, { description: 'As it was sent.' })
  value!: string;
}

@Answer('PHI', 'A field of a message.')
class MessageField {
  @Field(() => String, { description: 'Place, e.g. PID-7; editMessage takes it.' })
  place!: string;

  @Field(() => String, { description: 'As it was sent.' })
  value!: string;

  @Field(() => [String], { description: 'What is wrong with it; empty = nothing.' })
  problems!: string[];

  @Field(() => [MessagePart], { description: 'Its repetitions and components, when there is more than one.' })
  parts!: MessagePart[];
}

@Answer('PHI', 'A segment of a message.')
class MessageSegment {
  @Field(() => String, { description: 'Name, e.g. PID.' })
  name!: string;

  @Field(() => [MessageField], { description: 'The fields that hold anything.' })
  fields!: MessageField[];
}

@Answer('PHI', 'One message of a payload, taken apart.')
class MessageUnit {
  @Field(() => String, { description: 'Position in the payload, as errors name it.' })
  position!: string;

  @Field(() => [MessageSegment], { description: 'Its segments in order.' })
  segments!: MessageSegment[];
}

@Answer('PHI', 'A message that was opened: its text and what it was read as.')
export class OpenedMessage {
  @Field(() => ID, { description: 'Id of the message.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Format it is read by; null = its feed is no longer declared.' })
  format!: string | null;

  @Field(() => MessageState, { description: 'What became of it.' })
  state!: string;

  @Field(() => String, { nullable: true, description: 'Its text, at most a megabyte; null for a large file.' })
  text!: string | null;

  @Field(() => Boolean, { description: 'The text is all of it.' })
  complete!: boolean;

  @Field(() => [MessageUnit], {
    description:
      'The messages in it; of a file with many only those that something is wrong with. Empty = the format has no fields to show.',
  })
  units!: MessageUnit[];
}

@InputType({ description: 'A value and the place where it shall stand.' })
class FieldChangeInput {
  @Field(() => String, { description: 'PID-8, PID-5.2, PID-3[2].1, OBX[3]-5, or 2/PID-8 in the second message.' })
  place!: string;

  @Field(() => String, {
    description: 'The value as it is written in a message; "" (two quotes) deletes, empty says nothing.',
  })
  value!: string;
}

@InputType({ description: 'An edit: values at places, or the whole text.' })
export class EditMessageInput {
  @Field(() => ID, { description: 'The message to replace.' })
  id!: string;

  @Field(() => [FieldChangeInput], { nullable: true, description: 'Values at places; all other bytes stay.' })
  set?: FieldChangeInput[] | null;

  @Field(() => String, { nullable: true, description: 'The whole corrected message instead, in UTF-8.' })
  text?: string | null;

  @Field(() => String, { description: 'Why; kept with the edit.' })
  reason!: string;
}

@Answer('OPS', 'An edited message.')
export class EditedMessage {
  @Field(() => ID, { description: 'The new message; it waits to be read.' })
  id!: string;

  @Field(() => ID, { description: 'The message that counts no more.' })
  supersedes!: string;
}

@InputType({ description: 'Which messages to put back.' })
export class ReplayFilter {
  @Field(() => [ReplayableState], { description: 'In these states.' })
  states!: ('HELD' | 'REJECTED' | 'QUARANTINED')[];

  @Field(() => String, { nullable: true, description: 'Of this feed.' })
  feed?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Received at or after.' })
  since?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Received before.' })
  until?: string | null;
}

@Answer('OPS', 'How many messages of a feed are in a state.')
export class ReplayCount {
  @Field(() => String, { description: 'Feed.' })
  feed!: string;

  @Field(() => MessageState, { description: 'State.' })
  state!: string;

  @Field(() => Int, { description: 'Messages.' })
  count!: number;
}

@Answer('OPS', 'A replay as it stands.')
export class StartedReplay {
  @Field(() => ID, { description: 'Id: messageReplay(id) tells how far it is, stopReplay stops it.' })
  id!: string;

  @Field(() => ReplayState, { description: 'Where it stands.' })
  state!: string;

  @Field(() => Int, { description: 'Messages counted when it began.' })
  total!: number;

  @Field(() => Int, { description: 'Messages put back so far.' })
  done!: number;
}
