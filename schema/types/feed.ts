/** Interfaces and their freshness, and where a row was received. */
import { Int } from 'type-graphql';
import * as tables from '../../drizzle/tables/index.ts';
import type { Expression, ExpressionScope } from '../../src/read/catalog.ts';
import { connection } from '../connection.ts';
import { Column, Computed, Few, type Ref, Type } from '../declare.ts';
import { FeedHealth } from '../enums.ts';
import { DateTimeScalar } from '../scalars.ts';
import { FeedListener } from './feed-listener.ts';

/** `from raw_state` of the row's feed. */
const payloads = ({ from, row }: ExpressionScope, more = 'true'): string =>
  from(tables.rawState, 'x', `x.feed = ${row}.name and ${more}`);

const lastReceived: Expression = (scope) => `(select max(x.received_at) from ${payloads(scope)})`;

const older = (scope: ExpressionScope, column: string): string =>
  `${lastReceived(scope)} < ${scope.now()} - make_interval(secs => ${scope.row}.${column})`;

/** Health of a feed; the first that applies. The same as src/monitor/feed-health.sql. */
export const feedHealth: Expression = (scope) =>
  `case when ${scope.row}.paused then 'PAUSED'
    when exists (select 1 from ${payloads(scope, "x.state = 'QUARANTINED'")}) then 'FAILING'
    when ${lastReceived(scope)} is null then 'SILENT'
    when ${older(scope, 'error_after_seconds')} then 'SILENT'
    when ${older(scope, 'warn_after_seconds')} then 'LATE'
    else 'FRESH' end`;

const count =
  (column: string, since?: string): Expression =>
  (scope) => {
    const recent = since === undefined ? 'true' : `x.received_at >= ${scope.now()} - interval '${since}'`;
    return `(select coalesce(sum(x.${column}), 0) from ${payloads(scope, recent)})`;
  };

@Type({ table: tables.rawState, key: 'raw_id', about: 'Where a row came from: the payload and the position in it.' })
export class RawSource {
  @Column('raw_id', () => String, { data: 'OPS', required: true, about: 'Id of the raw message or file.' })
  rawId!: string;

  @Column('feed', () => String, { data: 'OPS', required: true, about: 'Feed it came by.' })
  feed!: string;

  @Column('received_at', () => DateTimeScalar, { data: 'OPS', required: true, about: 'Receipt.' })
  receivedAt!: string;

  @Column('position', () => String, {
    origin: true,
    data: 'OPS',
    required: true,
    about: 'Segment.field, line or element.',
  })
  position!: string;
}

@Type({ table: tables.feed, key: 'name', about: 'A declared interface and how fresh it is.' })
export class Feed {
  @Column('name', () => String, { data: 'OPS', required: true, about: 'Name.' })
  name!: string;

  @Column('kind', () => String, { data: 'OPS', required: true, about: 'What it delivers.' })
  kind!: string;

  @Column('format', () => String, { data: 'OPS', required: true, about: 'Format on the wire.' })
  format!: string;

  @Column('transport', () => String, { data: 'OPS', required: true, about: 'How it comes.' })
  transport!: string;

  @Column('source_system', () => String, { data: 'OPS', required: true, about: 'System behind it.' })
  sourceSystem!: string;

  @Column('serves', () => [String], { data: 'REF', required: true, about: '340B IDs that an EHR feed delivers for.' })
  serves!: string[];

  @Column('zone', () => String, { data: 'OPS', required: true, about: 'Zone of its local times.' })
  zone!: string;

  @Column('paused', () => Boolean, { data: 'OPS', required: true, about: 'Paused by a person.' })
  paused!: boolean;

  @Column('warn_after_seconds', () => Int, { data: 'OPS', about: 'Age from which it is LATE.' })
  warnAfterSeconds!: number;

  @Column('error_after_seconds', () => Int, { data: 'OPS', about: 'Age from which it is SILENT.' })
  errorAfterSeconds!: number;

  @Computed(() => FeedHealth, { data: 'OPS', about: 'How it is.' }, feedHealth)
  health!: string;

  @Computed(() => DateTimeScalar, { data: 'OPS', about: 'Last receipt.' }, lastReceived)
  lastReceivedAt!: string;

  @Computed(
    () => DateTimeScalar,
    { data: 'OPS', about: 'When the next payload is due: last receipt plus the warning age.' },
    (scope) => `${lastReceived(scope)} + make_interval(secs => ${scope.row}.warn_after_seconds)`,
  )
  expectedBy!: string;

  @Computed(
    () => Int,
    { data: 'OPS', about: 'Seconds since the last receipt.' },
    (scope) => `floor(extract(epoch from ${scope.now()} - ${lastReceived(scope)}))::int`,
  )
  lagSeconds!: number;

  @Computed(
    () => Int,
    { data: 'OPS', required: true, about: 'Payloads received.' },
    (scope) => `(select count(*) from ${payloads(scope)})`,
  )
  payloads!: number;

  @Computed(() => Int, { data: 'OPS', required: true, about: 'Records received.' }, count('records'))
  records!: number;

  @Computed(() => Int, { data: 'OPS', required: true, about: 'Records accepted.' }, count('accepted'))
  accepted!: number;

  @Computed(() => Int, { data: 'OPS', required: true, about: 'Records rejected.' }, count('rejected'))
  rejected!: number;

  @Computed(() => Int, { data: 'OPS', required: true, about: 'Records seen before.' }, count('duplicate'))
  duplicates!: number;

  @Computed(
    () => Int,
    { data: 'OPS', required: true, about: 'Records of the last 24 hours.' },
    count('records', '24 hours'),
  )
  records24h!: number;

  @Computed(
    () => Int,
    { data: 'OPS', required: true, about: 'Records rejected in the last 24 hours.' },
    count('rejected', '24 hours'),
  )
  rejected24h!: number;

  @Few(() => FeedListener, {
    on: { feed: 'name' },
    data: 'OPS',
    required: true,
    about: 'Hubs that listen for it, also those that stopped in the last day; empty = it does not come by connections.',
  })
  listeners!: Ref<FeedListener[]>;
}

export const FeedConnection = connection('Feed', () => Feed);
