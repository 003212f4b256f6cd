/** Who is connected to an interface, as the hubs that listen for it last said. */
import { Float, Int } from 'type-graphql';
import * as tables from '../../drizzle/tables/index.ts';
import type { ExpressionScope } from '../../src/read/catalog.ts';
import { Column, Computed, Elements, ElementText, Few, Id, type Ref, Type } from '../declare.ts';
import { DateTimeScalar } from '../scalars.ts';

/** A hub writes every five seconds; one that has missed several turns is gone. */
const recent = ({ now }: ExpressionScope, seenAt: string): string => `${seenAt} > ${now()} - interval '30 seconds'`;

@Type({ about: 'How often something was refused, since the hub started.' })
export class FeedRefusal {
  @ElementText('kind', () => String, {
    data: 'OPS',
    about: 'MESSAGE = a message that was not taken, CALLER = somebody who was not let in.',
  })
  kind!: string;

  @ElementText('reason', () => String, {
    data: 'OPS',
    about:
      'Of messages: failed, unreadable, incomplete, refused, version. Of callers: address, certificate, ambiguous, connections, tls.',
  })
  reason!: string;

  @Computed(() => Float, { data: 'OPS', about: 'How often.' }, ({ row }) => `(${row}.value ->> 'count')::bigint`)
  count!: number;
}

@Type({ table: tables.feedSender, about: 'A sender of a feed and what came from it since the hub started.' })
export class FeedSender {
  @Id()
  id!: string;

  @Column('sender', () => String, {
    data: 'OPS',
    required: true,
    about: 'Name of its client certificate, else its address.',
  })
  sender!: string;

  @Computed(() => Boolean, { data: 'OPS', required: true, about: 'Connected now.' }, (scope) => {
    const seen = scope.from(
      tables.feedListener,
      'l',
      `l.id = ${scope.row}.listener_id and ${recent(scope, 'l.seen_at')}`,
    );
    return `(${scope.row}.connections > 0 and exists (select 1 from ${seen}))`;
  })
  connected!: boolean;

  @Column('since', () => DateTimeScalar, { data: 'OPS', about: 'Since when it is connected.' })
  connectedSince!: string;

  @Column('last_message_at', () => DateTimeScalar, { data: 'OPS', about: 'When its last message came.' })
  lastMessageAt!: string;

  @Column('messages', () => Float, { data: 'OPS', required: true, about: 'Messages that came.' })
  messages!: number;

  @Column('bytes', () => Float, { data: 'OPS', required: true, about: 'Bytes of its messages.' })
  bytes!: number;

  @Column('refused', () => Float, { data: 'OPS', required: true, about: 'Messages that were not taken.' })
  refused!: number;
}

@Type({ table: tables.feedListener, about: 'A hub that listens for a feed. Counts begin with its start.' })
export class FeedListener {
  @Id()
  id!: string;

  @Column('hub', () => String, {
    data: 'OPS',
    required: true,
    about: 'The hub process: host, process and a random part.',
  })
  hub!: string;

  @Column('port', () => Int, { data: 'OPS', required: true, about: 'Port it listens on.' })
  port!: number;

  @Column('started_at', () => DateTimeScalar, { data: 'OPS', required: true, about: 'When it began to listen.' })
  startedAt!: string;

  @Column('seen_at', () => DateTimeScalar, { data: 'OPS', required: true, about: 'When it last said how it is.' })
  seenAt!: string;

  @Computed(
    () => Boolean,
    { data: 'OPS', required: true, about: 'It has said how it is in the last 30 seconds.' },
    (scope) => `(${recent(scope, `${scope.row}.seen_at`)})`,
  )
  live!: boolean;

  @Column('connections', () => Int, { data: 'OPS', required: true, about: 'Connections when it was last seen.' })
  connections!: number;

  @Column('messages', () => Float, { data: 'OPS', required: true, about: 'Messages that came.' })
  messages!: number;

  @Column('bytes', () => Float, { data: 'OPS', required: true, about: 'Bytes of these messages.' })
  bytes!: number;

  @Column('broken_frames', () => Float, {
    data: 'OPS',
    required: true,
    about: 'Frames that were cut off, too large or too slow, and bytes outside frames.',
  })
  brokenFrames!: number;

  @Elements({ column: 'refusals' }, () => [FeedRefusal], {
    data: 'OPS',
    required: true,
    about: 'What was refused. A caller whom no feed of a port let in counts for each of them.',
  })
  refusals!: Ref<FeedRefusal[]>;

  @Column('certificate_ends_at', () => DateTimeScalar, {
    data: 'OPS',
    about: 'Until when the certificate holds that the port shows; null = clear text.',
  })
  certificateEndsAt!: string;

  @Column('certificate_problem', () => String, {
    data: 'OPS',
    required: true,
    about: 'Why the port still shows its former certificate; empty = it shows what its files hold.',
  })
  certificateProblem!: string;

  @Few(() => FeedSender, {
    on: { listener_id: 'id' },
    data: 'OPS',
    required: true,
    about: 'Who is or was connected to it.',
  })
  senders!: Ref<FeedSender[]>;
}
