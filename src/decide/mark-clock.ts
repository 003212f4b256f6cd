/** Time as a cause: waiting windows close, EHR feeds become late or recover (DOMAIN.md 12.6). Runs when nothing else waits. */
import type { Database, Transaction } from '../db/client.ts';
import type { StageContext } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import { addDays } from '../model/calendar.ts';
import { loadSetting } from './load-setting.ts';

const CLOCK = statement(import.meta.url, 'mark-clock.sql');
const PROVISIONAL = statement(import.meta.url, 'mark-provisional.sql');
/** The wide look is repeated this often although nothing seems to have moved: a batch may have read the feeds just before. */
const REPEAT_MS = 10 * 60_000;

/** What the last wide look of this process saw, by pool and tenant: the day and the late entities. */
const LOOKED = new WeakMap<Database, Map<string, { seen: string; at: number }>>();

/** What was marked, and how much of it had not been on the queue: only that is work done, or marking would go on for ever. */
interface Marked {
  fresh: boolean;
}
const freshOf = (rows: readonly Marked[]): number => rows.filter(({ fresh }) => fresh).length;

/** @returns the number of prescriptions that were not marked before. */
export async function markClock(tx: Transaction, context: StageContext): Promise<number> {
  const { tenant, clock, db } = context;
  const now = clock();
  const setting = await loadSetting(tx, tenant, now.toISOString());
  const closed = addDays(setting.decisionDate, -setting.policy.waitDays);
  const marked = freshOf(await run<Marked>(tx, CLOCK, [tenant.id, closed]));
  const late = [...setting.ehr].filter(([, ehr]) => ehr.late).map(([entity]) => entity);
  const seen = `${closed}|${late.join(',')}`;
  const looked = LOOKED.get(db) ?? new Map<string, { seen: string; at: number }>();
  LOOKED.set(db, looked);
  const last = looked.get(tenant.id);
  if (last?.seen === seen && Math.abs(now.getTime() - last.at) < REPEAT_MS) return marked;
  const overtaken = await run<Marked>(tx, PROVISIONAL, [tenant.id, closed, late]);
  // Not before a look that found nothing: what it marked is decided first and then looked at again.
  if (overtaken.length === 0) looked.set(tenant.id, { seen, at: now.getTime() });
  return marked + freshOf(overtaken);
}
