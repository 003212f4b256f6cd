/**
 * Answers every received functional group with one 997, under the next control number of its partner, in one transaction with
 * the mark that it is answered and its place in the outbound queue: a crash answers neither twice nor never.
 */
import { newId } from '../db/ids.ts';
import type { Stage, StageContext } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import { type TenantTransaction, withTenant } from '../db/tenant.ts';
import { localTime } from '../model/calendar.ts';
import type { FunctionalGroupRecord } from '../model/records.ts';
import { queueFile } from '../outbound/queue.ts';
import { nextSerial } from './control-numbers.ts';

const TAKE = statement(import.meta.url, 'take-groups.sql');
const INTERCHANGE = statement(import.meta.url, 'insert-interchange.sql');
const STATES = statement(import.meta.url, 'set-group-states.sql');

/** Groups per transaction. */
const BATCH = 100;
const FUNCTIONAL_CODE = 'FA';

interface WaitingGroup {
  rawId: string;
  position: string;
  feed: string;
  format: string;
  zone: string;
  body: FunctionalGroupRecord;
  /** Answered before: this is a rebuild, or the group was normalized again. */
  answered: boolean;
}

/** The stage. */
export const acknowledgeStage: Stage = {
  name: 'acknowledge',
  run: (context) => withTenant(context.db, context.tenant.id, (tx) => acknowledgeBatch(tx, context)),
};

async function acknowledgeBatch(tx: TenantTransaction, context: StageContext): Promise<number> {
  const groups = await run<WaitingGroup>(tx, TAKE, [tx.tenantId, BATCH]);
  if (groups.length === 0) return 0;
  const states: string[] = [];
  for (const group of groups) states.push(await acknowledge(tx, context, group));
  await run(tx, STATES, [
    tx.tenantId,
    groups.map(({ rawId }) => rawId),
    groups.map(({ position }) => position),
    states,
  ]);
  return groups.length;
}

async function acknowledge(
  tx: TenantTransaction,
  context: StageContext,
  group: WaitingGroup,
): Promise<'ANSWERED' | 'UNANSWERABLE'> {
  if (group.answered) return 'ANSWERED';
  const { partner } = group.body;
  const now = context.clock().toISOString();
  const serial = await nextSerial(tx, partner);
  const content = written(context, group, serial, localTime(now, group.zone));
  if (content === undefined) return 'UNANSWERABLE';
  const id = newId();
  await run(tx, INTERCHANGE, [
    tx.tenantId,
    id,
    partner,
    serial,
    FUNCTIONAL_CODE,
    group.feed,
    now,
    group.rawId,
    group.position,
    content,
    false,
  ]);
  await queueFile(tx, {
    feed: group.feed,
    // The end of the id tells partners apart whose names are no file names.
    name: `997-${String(serial).padStart(9, '0')}-${id.slice(-8)}.edi`,
    bytes: new TextEncoder().encode(content),
    by: 'hub',
    now: context.clock(),
    group: {
      partner,
      functionalCode: FUNCTIONAL_CODE,
      controlNumber: String(serial),
      // Nobody acknowledges an acknowledgement.
      expectsAcknowledgement: false,
    },
  });
  return 'ANSWERED';
}

/** The 997; undefined = the group names nobody, or a number that cannot be repeated. */
function written(
  context: StageContext,
  group: WaitingGroup,
  controlNumber: number,
  created: string,
): string | undefined {
  try {
    return context.formats.get(group.format)?.acknowledge?.(group.body, { controlNumber, created });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
