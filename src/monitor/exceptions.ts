/**
 * Opens and closes exception cases: a case is open exactly while a cause stands (DOMAIN.md 8). Stages write causes and mark
 * the subjects (src/db/exceptions.ts); this stage follows.
 */
import type { Transaction } from '../db/client.ts';
import { fault } from '../db/fault.ts';
import { newId } from '../db/ids.ts';
import type { Stage, StageContext } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import { withTenant } from '../db/tenant.ts';
import type { ExceptionCode } from '../model/verdict.ts';
import { DUE_DAYS, SEVERITY } from './severity.ts';

const TAKE = statement(import.meta.url, 'take-subjects.sql');
const CAUSES = statement(import.meta.url, 'read-causes.sql');
const OPEN = statement(import.meta.url, 'open-cases.sql');
const CLOSE = statement(import.meta.url, 'close-cases.sql');
const BATCH = 1000;
const DAY_MS = 86_400_000;

interface Standing {
  code: ExceptionCode;
  subject: string;
  causes: number;
  dollars: string | null;
  detail: string;
}

/** Cases as a stage of the pipeline. */
export const exceptionStage: Stage = {
  name: 'exceptions',
  run: (context) => withTenant(context.db, context.tenant.id, (tx) => followCauses(tx, context)),
};

async function followCauses(tx: Transaction, { tenant, clock }: StageContext): Promise<number> {
  const taken = await run<{ code: string; subject: string }>(tx, TAKE, [tenant.id, BATCH]);
  if (taken.length === 0) return 0;
  const now = clock();
  const standing = await run<Standing>(tx, CAUSES, [
    tenant.id,
    taken.map((one) => one.code),
    taken.map((one) => one.subject),
  ]);
  const open = standing.filter((one) => one.causes > 0);
  const gone = standing.filter((one) => one.causes === 0);
  if (open.length > 0)
    await run(tx, OPEN, [tenant.id, JSON.stringify(open.map((one) => caseOf(one, now))), now.toISOString()]);
  if (gone.length > 0)
    await run(tx, CLOSE, [tenant.id, gone.map((one) => one.code), gone.map((one) => one.subject), now.toISOString()]);
  fault.point('exceptions-in-transaction');
  return taken.length;
}

function caseOf({ code, subject, detail, dollars }: Standing, now: Date): Record<string, unknown> {
  const severity = SEVERITY[code];
  const dueAt = new Date(now.getTime() + DUE_DAYS[severity] * DAY_MS).toISOString();
  return { id: newId(), code, subject, severity, detail, dollars, due_at: dueAt };
}
