/**
 * Prometheus figures. Request durations are kept by this process; feed and exception figures are read from the database when
 * somebody scrapes, for the tenant of the key. No label holds a patient, claim or file name.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Database } from '../db/client.ts';
import type { Tenant } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import { withTenant } from '../db/tenant.ts';
import { feedHealth } from '../monitor/feed-health.ts';
import { mllpRegistry, type MllpFigures } from './mllp-figures.ts';

const OUTBOUND = statement(import.meta.url, 'outbound-files.sql');
const OPEN_EXCEPTIONS = statement(import.meta.url, 'open-exceptions.sql');

/** The figures of one process. */
export interface Metrics {
  /** Seconds an operation took; `operation` is a root field of the schema. */
  observe(operation: string, seconds: number): void;
  /** The exposition text, with the figures of a tenant. */
  text(tenant: Tenant): Promise<string>;
  contentType: string;
}

/** What this process alone knows. */
export interface LiveState {
  /** True while deliveries are refused because the disk is nearly full. */
  refusing?: () => boolean;
  /** What came over MLLP to a tenant's feeds. */
  mllp?: (tenant: Tenant) => readonly MllpFigures[];
}

/** Makes the figures of a process. `version` is the hub's. */
export function createMetrics(
  databases: { read: Database; monitor: Database },
  clock: () => Date,
  version: string,
  live: LiveState = {},
): Metrics {
  const process = new Registry();
  const durations = new Histogram({
    name: 'hub_graphql_request_duration_seconds',
    help: 'Duration of GraphQL requests by first root field.',
    labelNames: ['operation'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [process],
  });
  const info = { name: 'hub_build_info', help: 'Version of the hub.', labelNames: ['version'], registers: [process] };
  new Gauge(info).set({ version }, 1);
  const disk = {
    name: 'hub_disk_refusing',
    help: '1 while the disk is so full that deliveries are refused.',
    registers: [process],
    collect: (): void => {
      refusal.set(live.refusing?.() === true ? 1 : 0);
    },
  };
  const refusal = new Gauge(disk);
  return {
    observe: (operation, seconds) => durations.observe({ operation }, seconds),
    text: async (tenant) =>
      Registry.merge([
        process,
        await tenantFigures(databases, tenant, clock()),
        mllpRegistry(live.mllp?.(tenant) ?? []),
      ]).metrics(),
    contentType: process.contentType,
  };
}

async function tenantFigures(
  { read, monitor }: { read: Database; monitor: Database },
  tenant: Tenant,
  now: Date,
): Promise<Registry> {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, ...labelNames: string[]): Gauge =>
    new Gauge({ name, help, labelNames, registers });
  const lastSuccess = gauge('hub_feed_last_success_timestamp_seconds', 'Last receipt of a feed.', 'feed');
  const sla = gauge('hub_feed_sla_seconds', 'Age beyond which a feed is out of its promise.', 'feed');
  const up = gauge('hub_feed_up', '1 while a feed is FRESH.', 'feed');
  const records = new Counter({
    name: 'hub_feed_records_total',
    help: 'Records of a feed by outcome.',
    labelNames: ['feed', 'outcome'],
    registers,
  });
  for (const feed of await feedHealth(monitor, tenant, now)) {
    const labels = { feed: feed.name };
    if (feed.lastReceivedAt !== null) lastSuccess.set(labels, Date.parse(feed.lastReceivedAt) / 1000);
    if (feed.slaSeconds !== null) sla.set(labels, feed.slaSeconds);
    up.set(labels, feed.health === 'FRESH' ? 1 : 0);
    for (const outcome of ['accepted', 'rejected', 'duplicate', 'ignored'] as const) {
      records.inc({ ...labels, outcome }, feed[outcome]);
    }
  }
  const open = gauge('hub_exceptions_open', 'Open exception cases by code.', 'reason');
  const cases = await withTenant(
    read,
    tenant.id,
    (tx) => run<{ code: string; open: number }>(tx, OPEN_EXCEPTIONS, [tenant.id]),
    { readOnly: true },
  );
  for (const row of cases) open.set({ reason: row.code }, row.open);
  await outboundFigures(read, tenant, gauge);
  return registry;
}

type MakeGauge = (name: string, help: string, ...labelNames: string[]) => Gauge;

async function outboundFigures(read: Database, tenant: Tenant, gauge: MakeGauge): Promise<void> {
  const files = gauge(
    'hub_outbound_files',
    'Files that go out, by state; UNCERTAIN and FAILED need a person.',
    'feed',
    'state',
  );
  const unacknowledged = gauge('hub_outbound_unacknowledged', 'Files sent whose 997 or 999 has not come yet.', 'feed');
  const rows = await withTenant(
    read,
    tenant.id,
    (tx) =>
      run<{ feed: string; state: string; count: number; unacknowledged: number | null }>(tx, OUTBOUND, [tenant.id]),
    { readOnly: true },
  );
  for (const { feed, state, count, unacknowledged: open } of rows)
    if (open === null) files.set({ feed, state }, count);
    else unacknowledged.set({ feed }, open);
}
