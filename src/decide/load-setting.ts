/** What is the same for every dispense of a batch: the policy in force, the tenant's entities, and the EHRs behind them. */
import type { Transaction } from '../db/client.ts';
import { policyInForce } from '../db/policy.ts';
import type { Tenant } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import { dateIn } from '../model/calendar.ts';
import type { Policy } from '../model/policy.ts';
import type { EntityFacts, RegisteredEntity } from './rules/facts.ts';

const ENTITIES = statement(import.meta.url, 'facts-entities.sql');
const FEEDS = statement(import.meta.url, 'facts-feeds.sql');

/**
 * Settings of the deciding transactions. A plan that was made while a table was empty (a first load) is kept for the life of the
 * connection, also inside foreign key checks, and any index looks as good as another then: measured 220 to 320 prescriptions/s
 * instead of 1000. Planning again costs a few milliseconds per batch.
 */
export const PLAN_EACH_TIME = { plan_cache_mode: 'force_custom_plan' };

/** The EHR side of an entity. */
export interface EhrOfEntity {
  /** Source systems whose patients and visits count for it (12.5). */
  sources: ReadonlySet<string>;
  /** One of its feeds has been silent longer than it may (12.6). */
  late: boolean;
}

export interface Setting {
  /** Local date of an instant in the policy's zone; remembered, for a file's claims share their receipt. */
  localDate(instant: string): string;
  policy: Policy;
  policyVersionId: string | null;
  decisionDate: string;
  /** Instant of the decision. */
  now: string;
  /** Parent entities of the tenant, by 340B ID. */
  entities: EntityFacts[];
  /** Parents and sites: all 340B IDs of the tenant. */
  familyIds: string[];
  ehr: ReadonlyMap<string, EhrOfEntity>;
}

interface FeedRow {
  sourceSystem: string;
  serves: string[];
  errorAfterSeconds: number | null;
  lastReceivedAt: string | null;
}

/** Reads it all at `now`; a few small statements. */
export async function loadSetting(tx: Transaction, tenant: Tenant, now: string): Promise<Setting> {
  const [inForce, rows, feeds] = await Promise.all([
    policyInForce(tx, tenant, now),
    run<RegisteredEntity & { entity: string; id: string | null }>(tx, ENTITIES, [tenant.id]),
    run<FeedRow>(tx, FEEDS, [tenant.id]),
  ]);
  const { policy, versionId, decisionDate } = inForce;
  const entities = [...Map.groupBy(rows, (row) => row.entity)].map(([entity, members]): EntityFacts => {
    const family = new Map(members.filter((row) => row.id !== null).map((row) => [row.id340b, row]));
    return { id340b: entity, registration: family.get(entity) ?? null, family };
  });
  // A simulation as of a past day knows no silence.
  const late = (feed: FeedRow): boolean => policy.asOf === null && isLate(feed, now);
  const dates = new Map<string, string>();
  const localDate = (instant: string): string => {
    const date = dates.get(instant) ?? dateIn(instant, policy.zone);
    dates.set(instant, date);
    return date;
  };
  return {
    localDate,
    policy,
    policyVersionId: versionId,
    decisionDate,
    now,
    entities,
    familyIds: [...new Set(entities.flatMap((entity) => [entity.id340b, ...entity.family.keys()]))],
    ehr: ehrsOf(entities, feeds, late),
  };
}

/** Entities that the same EHRs serve share one set of sources: a patient that was matched for one is matched for the other. */
function ehrsOf(
  entities: readonly EntityFacts[],
  feeds: readonly FeedRow[],
  late: (feed: FeedRow) => boolean,
): Map<string, EhrOfEntity> {
  const shared = new Map<string, ReadonlySet<string>>();
  return new Map(
    entities.map(({ id340b }): [string, EhrOfEntity] => {
      const serving = feeds.filter((feed) => feed.serves.includes(id340b));
      const systems = [...new Set(serving.map((feed) => feed.sourceSystem))].sort();
      const key = JSON.stringify(systems);
      const sources = shared.get(key) ?? new Set(systems);
      shared.set(key, sources);
      return [id340b, { sources, late: serving.some(late) }];
    }),
  );
}

/** A feed that promised something and never delivered is as late as one that stopped. */
const isLate = ({ errorAfterSeconds, lastReceivedAt }: FeedRow, now: string): boolean =>
  errorAfterSeconds !== null &&
  (lastReceivedAt === null || Date.parse(now) - Date.parse(lastReceivedAt) > errorAfterSeconds * 1000);
