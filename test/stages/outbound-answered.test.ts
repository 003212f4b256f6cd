/** Files that a partner has to acknowledge: a case opens when nothing comes in time, and closes when it does, whatever comes first. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { format } from '../../adapters/formats/x12/index.ts';
import { write850 } from '../../adapters/formats/x12/write-850.ts';
import { groupIn } from '../../src/cli/feed/outbound-group.ts';
import { withTenant } from '../../src/db/tenant.ts';
import { exceptionStage } from '../../src/monitor/exceptions.ts';
import { answeredStage } from '../../src/order/answered.ts';
import { queueFile } from '../../src/outbound/queue.ts';
import { type TestRaw, type World, normalizeWorld, numberedId } from './normalize-world.ts';

const SAMPLES = join(import.meta.dirname, '../../adapters/formats/x12/samples');
/** A 997 of EXAMPLEWHOLE for PO 17, a 999 for PO 18, and a TA1 for each. */
const ANSWERS = readFileSync(join(SAMPLES, 'acknowledgements.edi'));
const SENT_AT = '2026-03-02T15:00:00.000Z';

let world: World;
beforeAll(async () => {
  world = await normalizeWorld([format]);
  for (const tenant of ['north', 'south']) await world.declare(tenant, { name: 'x12', format: 'x12', options: {} });
});
afterAll(() => world.close());
beforeEach(() =>
  world.rows(
    'truncate raw_message, raw_state, record_error, exception_cause, exception_work, exception_case, edi_acknowledgement, outbound_file',
  ),
);

const order = (controlNumber: number, partner = 'EXAMPLEWHOLE'): Uint8Array =>
  Buffer.from(
    write850(
      [
        {
          number: `PO-${controlNumber}`,
          orderDate: '2026-03-02',
          purpose: '00',
          type: 'SA',
          accountNumber: '000812',
          shipTo: null,
          lines: [{ lineNumber: '1', ndc11: '99001104801', packages: '5', unitPrice: null }],
        },
      ],
      { senderId: 'EXAMPLEHUB', receiverId: partner, controlNumber, created: '2026-03-02T15:00:00' },
    ),
  );

/** Hands an order over and has it sent. */
async function sent(tenant: string, controlNumber: number, expects = true): Promise<void> {
  const bytes = order(controlNumber);
  const group = (await groupIn(bytes, expects)).group!;
  const context = world.context(tenant);
  await withTenant(context.db, context.tenant.id, (tx) =>
    queueFile(tx, {
      feed: 'x12',
      name: `PO-${controlNumber}.x12`,
      bytes,
      by: 'ann',
      now: new Date(SENT_AT),
      group,
    }),
  );
  await world.rows(`update outbound_file set state = 'SENT', sent_at = $1 where name = $2`, [
    SENT_AT,
    `PO-${controlNumber}.x12`,
  ]);
}

const answers = (number = 1): TestRaw => ({
  payload: ANSWERS,
  feed: 'x12',
  receivedAt: `2026-03-05T00:00:0${number}.000Z`,
  rawId: numberedId(number),
});

/** Lets the clock stand at a moment and both stages follow. */
async function at(tenant: string, now: string): Promise<void> {
  const context = { ...world.context(tenant), clock: () => new Date(now) };
  while ((await answeredStage.run(context)) > 0);
  while ((await exceptionStage.run(context)) > 0);
}

const cases = () =>
  world.rows<{ subject: string; state: string; detail: string }>(
    `select subject, state, severity, detail from exception_case where code = 'ACK_MISSING' order by subject`,
  );
const acknowledged = () =>
  world.rows<{ name: string; acknowledged_at: string | null }>(
    `select name, acknowledged_at from outbound_file order by name`,
  );

test('the envelope of an order says what a partner will name; an acknowledgement waits for none', async () => {
  expect((await groupIn(order(17), true)).group).toEqual({
    partner: 'EXAMPLEWHOLE',
    functionalCode: 'PO',
    controlNumber: '17',
    expectsAcknowledgement: true,
  });
  expect(await groupIn(ANSWERS, true)).toEqual({ groups: 0 });
  expect(await groupIn(Buffer.from('STATUS,NCPDP\nP,1\n'), true)).toEqual({ groups: 0 });
  expect(await groupIn(Buffer.from('ISA*1~'), true)).toMatchObject({ groups: 0, unreadable: expect.any(String) });
  expect(await groupIn(Buffer.concat([order(1), order(2)]), true)).toEqual({ groups: 2 });
});

test('late by the second: the case says what is missing, and closes when the answer comes', async () => {
  await sent('north', 17);
  await sent('north', 18);
  await at('north', '2026-03-03T14:59:59.999Z');
  expect(await cases()).toEqual([]);
  await at('north', '2026-03-03T15:00:00.000Z');
  expect(await cases()).toEqual([
    {
      subject: 'EXAMPLEWHOLE|PO|17',
      state: 'OPEN',
      severity: 'MEDIUM',
      detail: 'no 997 or 999 has come within 24 hours for group PO 17, which was sent to EXAMPLEWHOLE by feed x12',
    },
    expect.objectContaining({ subject: 'EXAMPLEWHOLE|PO|18', state: 'OPEN' }),
  ]);
  // What another tenant receives answers nothing here.
  await world.receive('south', [answers(2)]);
  await world.drain('south');
  await at('north', '2026-03-04T00:00:00.000Z');
  expect((await cases()).map(({ state }) => state)).toEqual(['OPEN', 'OPEN']);
  await world.receive('north', [answers()]);
  await world.drain('north');
  await at('north', '2026-03-05T00:00:00.000Z');
  expect((await cases()).map(({ state }) => state)).toEqual(['RESOLVED', 'RESOLVED']);
  expect((await acknowledged()).map((one) => one.acknowledged_at)).toEqual([
    '2026-03-05T00:00:01.000Z',
    '2026-03-05T00:00:01.000Z',
  ]);
  // Nothing is left to do, however much later.
  await at('north', '2027-03-05T00:00:00.000Z');
  expect((await cases()).map(({ state }) => state)).toEqual(['RESOLVED', 'RESOLVED']);
});

test('an answer that comes before the file is known to be sent counts; a TA1, another number or another partner does not', async () => {
  await world.receive('north', [answers()]);
  await world.drain('north');
  await sent('north', 17);
  await sent('north', 19);
  await at('north', '2026-03-06T00:00:00.000Z');
  expect((await cases()).map(({ subject }) => subject)).toEqual(['EXAMPLEWHOLE|PO|19']);
  await world.rows(`delete from edi_acknowledgement where kind <> 'TA1'`);
  await world.rows('update outbound_file set acknowledged_at = null');
  await at('north', '2026-03-06T00:00:00.000Z');
  expect((await cases()).map(({ subject }) => subject)).toEqual(['EXAMPLEWHOLE|PO|17', 'EXAMPLEWHOLE|PO|19']);
});

test('the feed says how long; what nobody acknowledges and what is not sent yet is never late', async () => {
  await sent('north', 20);
  await sent('north', 21, false);
  await sent('north', 22);
  await world.rows(`update outbound_file set state = 'UNCERTAIN', sent_at = null where name = 'PO-22.x12'`);
  await world.rows('update feed set acknowledged_within_seconds = 259200');
  await at('north', '2026-03-05T14:59:59.000Z');
  expect(await cases()).toEqual([]);
  await at('north', '2026-03-05T15:00:00.000Z');
  expect((await cases()).map(({ subject, detail }) => [subject, detail.slice(0, 42)])).toEqual([
    ['EXAMPLEWHOLE|PO|20', 'no 997 or 999 has come within 72 hours for'],
  ]);
  await world.rows('update feed set acknowledged_within_seconds = 86400');
});
