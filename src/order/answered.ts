/**
 * What became of files that a partner has to acknowledge: an acknowledgement (997, 999) is found by partner, kind of group and
 * control number, whatever comes first; where none has come in the feed's time a case is open until it does.
 */
import { replaceCauses } from '../db/exceptions.ts';
import type { Stage, StageContext } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import { type TenantTransaction, withTenant } from '../db/tenant.ts';

const TAKE = statement(import.meta.url, 'take-unanswered.sql');
const SET = statement(import.meta.url, 'set-acknowledged.sql');
const BATCH = 100;

interface Unanswered {
  id: string;
  feed: string;
  partner: string;
  functionalCode: string;
  controlNumber: string;
  withinSeconds: number;
  /** Null = nothing has come, and it is late. */
  acknowledgedAt: string | null;
}

/** The stage. */
export const answeredStage: Stage = {
  name: 'answered',
  run: (context) => withTenant(context.db, context.tenant.id, (tx) => followAnswers(tx, context)),
};

async function followAnswers(tx: TenantTransaction, { clock }: StageContext): Promise<number> {
  const files = await run<Unanswered>(tx, TAKE, [tx.tenantId, clock().toISOString(), BATCH]);
  if (files.length === 0) return 0;
  const answered = files.filter(({ acknowledgedAt }) => acknowledgedAt !== null);
  if (answered.length > 0)
    await run(tx, SET, [tx.tenantId, answered.map(({ id }) => id), answered.map((one) => one.acknowledgedAt)]);
  await replaceCauses(
    tx,
    tx.tenantId,
    files.map(({ id }) => sourceOf(id)),
    files.filter(({ acknowledgedAt }) => acknowledgedAt === null).map(missing),
  );
  return files.length;
}

/** As take-unanswered.sql spells it. */
const sourceOf = (id: string): string => `outbound:${id}`;

const missing = ({ id, feed, partner, functionalCode, controlNumber, withinSeconds }: Unanswered) => ({
  code: 'ACK_MISSING' as const,
  subject: `${partner}|${functionalCode}|${controlNumber}`,
  source: sourceOf(id),
  detail: `no 997 or 999 has come within ${hours(withinSeconds)} for group ${functionalCode} ${controlNumber}, which was sent to ${partner} by feed ${feed}`,
});

const hours = (seconds: number): string => {
  const unit = seconds % 3600 === 0 ? 3600 : 60;
  const count = Math.ceil(seconds / unit);
  return `${count} ${unit === 3600 ? 'hour' : 'minute'}${count === 1 ? '' : 's'}`;
};
