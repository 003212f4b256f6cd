/** Answers to orders and acknowledgements on a real database: kept once, whatever comes first; each group is answered once. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { format } from '../../adapters/formats/x12/index.ts';
import { write850 } from '../../adapters/formats/x12/write-850.ts';
import { write997 } from '../../adapters/formats/x12/write-997.ts';
import type { FunctionalGroupRecord } from '../../src/model/records.ts';
import { acknowledgeStage } from '../../src/order/acknowledge.ts';
import { type TestRaw, type World, normalizeWorld, numberedId } from './normalize-world.ts';

const SAMPLES = join(import.meta.dirname, '../../adapters/formats/x12/samples');
const sample = (name: string): Uint8Array => readFileSync(join(SAMPLES, name));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let world: World;
beforeAll(async () => {
  world = await normalizeWorld([format]);
  for (const tenant of ['north', 'south'])
    await world.declare(tenant, { name: 'x12', format: 'x12', options: { acknowledge: true } });
});
afterAll(() => world.close());
beforeEach(() =>
  world.rows(
    'truncate raw_message, raw_state, record_error, change, exception_cause, exception_work, order_document, edi_acknowledgement, edi_group, edi_interchange, outbound_file, invoice',
  ),
);

const raw = (number: number, payload: Uint8Array): TestRaw => ({
  payload,
  feed: 'x12',
  receivedAt: `2026-03-${String(number).padStart(2, '0')}T00:00:00.000Z`,
  rawId: numberedId(number),
});

const DOCUMENTS = `select kind, purchase_order, document_number, document_date, received_at, created_at, raw_id, position, lines
  from order_document order by purchase_order, kind, content_hash`;
const ACKNOWLEDGEMENTS = `select kind, partner, control_number, status, sets_accepted, received_at, raw_id, position, sets
  from edi_acknowledgement order by control_number, kind, content_hash`;

test('documents are kept once with their earliest receipt, whatever is processed first', async () => {
  const story = [
    raw(1, sample('order-answers.edi')),
    // The same documents sent again in another file, and one of them changed.
    raw(2, bytes(new TextDecoder().decode(sample('order-answers.edi')).replace('|301|0|P', '|309|0|P'))),
    raw(3, bytes(new TextDecoder().decode(sample('order-answers.edi')).replace('ACK|IA|3', 'ACK|IA|4'))),
    raw(4, sample('acknowledgements.edi')),
    raw(5, bytes(new TextDecoder().decode(sample('acknowledgements.edi')).replace('*000000401*', '*000000409*'))),
  ];
  const states: unknown[] = [];
  for (const order of [
    [0, 1, 2, 3, 4],
    [4, 3, 2, 1, 0],
    [1, 4, 0, 2, 3],
  ]) {
    await world.rows('truncate raw_message, raw_state, order_document, edi_acknowledgement, edi_group');
    for (const index of order) {
      await world.receive('north', story.slice(index, index + 1));
      await world.drain('north');
    }
    const known = await world.rows<{ accepted: number; duplicate: number }>(
      'select sum(accepted)::int as accepted, sum(duplicate)::int as duplicate from raw_state',
    );
    states.push([await world.rows(DOCUMENTS), await world.rows(ACKNOWLEDGEMENTS), known]);
  }
  expect(states[1]).toEqual(states[0]);
  expect(states[2]).toEqual(states[0]);
  const [documents, acknowledgements] = states[0] as [Record<string, unknown>[], Record<string, unknown>[]];
  // One 855 in two versions; three orders of two shipments.
  expect(documents.map((row) => `${String(row['kind'])} ${String(row['purchase_order'])}`)).toEqual([
    'ACKNOWLEDGEMENT PO-3391',
    'ACKNOWLEDGEMENT PO-3391',
    'SHIP_NOTICE PO-3391',
    'SHIP_NOTICE PO-3392',
    'SHIP_NOTICE PO-3393',
  ]);
  expect(documents.filter((row) => row['raw_id'] === numberedId(2))).toEqual([]);
  expect(acknowledgements.map((row) => `${String(row['kind'])} ${String(row['control_number'])}`)).toEqual([
    '997 17',
    'TA1 17',
    '999 18',
    'TA1 18',
  ]);
});

const interchanges = () =>
  world.rows<{ partner: string; serial: number; content: string; answers_position: string }>(
    'select partner, serial, content, answers_position from edi_interchange order by partner, serial',
  );

const answer = async (tenant: string): Promise<void> => {
  while ((await acknowledgeStage.run(world.context(tenant))) > 0);
};

test('every group is answered once, numbers run by partner, an acknowledgement is not acknowledged', async () => {
  const twice = new TextDecoder().decode(sample('to-be-acknowledged.edi'));
  await world.receive('north', [
    raw(1, bytes(twice)),
    raw(2, bytes(twice.replaceAll('I-1', 'I-9'))),
    raw(3, sample('invoice.edi')),
  ]);
  await world.receive('south', [raw(4, bytes(twice))]);
  for (const tenant of ['north', 'south']) await world.drain(tenant);
  // Three workers at once.
  await Promise.all([answer('north'), answer('north'), answer('north'), answer('south')]);
  const written = await interchanges();
  expect(written.map(({ partner, serial }) => `${partner} ${serial}`)).toEqual([
    '123456789 1',
    '123456789 1',
    '123456789 2',
    '123456789 2',
    '123456789 3',
    '123456789 4',
    'EXAMPLEWHOLE 1',
  ]);
  // Each is handed to the outbound queue of the feed that the group came by.
  const queued = await world.rows<{ feed: string; name: string; payload: Uint8Array }>(
    `select feed, name, payload from outbound_file where state = 'QUEUED'`,
  );
  expect(queued.map(({ payload }) => new TextDecoder().decode(payload)).sort()).toEqual(
    written.map(({ content }) => content).sort(),
  );
  expect(queued.every(({ feed, name }) => feed === 'x12' && /^997-0{8}\d-[0-9a-f]{8}\.edi$/.test(name))).toBe(true);
  expect(written.every(({ content }) => /\nST\*997\*0001~\n/.test(content))).toBe(true);
  const first = written.find(({ content }) => content.includes('AK1*IN*501~'))?.content ?? '';
  expect(first.split('\n').slice(3, -4)).toEqual([
    'AK1*IN*501~',
    'AK2*810*0001~',
    'AK5*A~',
    'AK2*810*0002~',
    'AK5*E*4*5~',
    'AK2*810*0003~',
    'AK5*R*5~',
    'AK2*820*0004~',
    'AK5*R*1~',
    'AK2*810*0005~',
    'AK5*R*2~',
    'AK9*P*5*5*2~',
  ]);

  // Processed again from the beginning, as a rebuild does: the answers stand.
  await world.rows(`truncate edi_group; update raw_state set state = 'PENDING'`);
  for (const tenant of ['north', 'south']) {
    await world.drain(tenant);
    await answer(tenant);
  }
  expect(await interchanges()).toEqual(written);
  expect(await world.rows('select 1 from outbound_file')).toHaveLength(written.length);
  expect(await world.rows(`select distinct state from edi_group`)).toEqual([{ state: 'ANSWERED' }]);
});

test('a group whose number cannot be repeated holds nobody up', async () => {
  const odd = new TextDecoder()
    .decode(sample('to-be-acknowledged.edi'))
    .replaceAll('~\n', '\n')
    .replaceAll('*501', '*5~1');
  await world.receive('north', [raw(1, bytes(odd))]);
  await world.drain('north');
  await answer('north');
  expect(await world.rows(`select state from edi_group order by position`)).toEqual([
    { state: 'UNANSWERABLE' },
    { state: 'ANSWERED' },
  ]);
});

test('what a partner says of our interchange is found by its number', async () => {
  const envelope = {
    senderId: 'EXAMPLEHUB',
    receiverId: 'EXAMPLEWHOLE',
    controlNumber: 17,
    created: '2026-03-02T15:30:07',
  };
  const order = {
    number: 'PO-1',
    orderDate: '2026-03-02',
    purpose: '00' as const,
    type: 'SA' as const,
    accountNumber: '000812',
    shipTo: null,
    lines: [{ lineNumber: '1', ndc11: '99001104801', packages: '5', unitPrice: null }],
  };
  const content = write850([order], envelope);
  await world.rows(
    `insert into edi_interchange (tenant_id, id, partner, serial, control_number, functional_code, feed, created_at, content, expects_acknowledgement)
     values ($1, $2, 'EXAMPLEWHOLE', 17, '17', 'PO', 'x12', now(), $3, true)`,
    [world.tenantId('north'), numberedId(9), content],
  );
  const group: FunctionalGroupRecord = {
    type: 'functionalGroup',
    partnerQualifier: 'ZZ',
    partner: 'EXAMPLEHUB',
    ownQualifier: 'ZZ',
    own: 'EXAMPLEWHOLE',
    partnerCode: 'EXAMPLEHUB',
    ownCode: 'EXAMPLEWHOLE',
    interchangeNumber: '000000017',
    functionalCode: 'PO',
    controlNumber: '17',
    version: '004010',
    usage: 'P',
    setsIncluded: 1,
    sets: [{ code: '850', controlNumber: '0001', status: 'A', faults: [] }],
  };
  await world.receive('north', [raw(1, bytes(write997(group, { controlNumber: 5, created: '2026-03-02T16:00:00' })))]);
  await world.drain('north');
  const found = await world.rows(
    `select i.serial, a.status from edi_interchange i
     join edi_acknowledgement a on a.tenant_id = i.tenant_id and a.partner = i.partner and a.control_number = i.control_number`,
  );
  expect(found).toEqual([{ serial: 17, status: 'A' }]);
});
