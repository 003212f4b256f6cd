/** Message tools over a real database: lists, edits that take a message's place, replays of what was set aside. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { FORMATS } from '../../adapters/index.ts';
import { digestLines } from '../../src/audit/digest.ts';
import { checkLaws } from '../../src/audit/laws.ts';
import type { Tenant } from '../../src/db/stage.ts';
import { withTenant } from '../../src/db/tenant.ts';
import { EditRefused, editMessage, type Editor } from '../../src/messages/edit.ts';
import { editsOfMessage, findMessage, listMessages, type MessageFilter } from '../../src/messages/messages.ts';
import { countReplay, findReplay, replayStage, startReplay, stopReplays } from '../../src/messages/replay.ts';
import { claim, numberedId, type TestRaw, type World, normalizeWorld, units } from './normalize-world.ts';

let world: World;
let north: Tenant;
const EDITOR: Editor = { name: 'ann', reason: 'wrong in the EHR', at: new Date('2026-03-11T09:00:00Z') };
const NOW = new Date('2026-04-01T00:00:00Z');

beforeAll(async () => {
  world = await normalizeWorld(FORMATS.values());
  north = world.tenants[0]!;
  await world.declare('north', { name: 'adt', transport: 'mllp', format: 'hl7v2' });
});
afterAll(() => world.close());
beforeEach(() =>
  world.rows(`truncate raw_message, raw_receipt, raw_state, record_error, message_edit, message_replay, ehr_event, patient,
    patient_identifier, patient_link, encounter, prescription, claim_transaction, change, exception_cause, exception_work`),
);

interface Said {
  id?: string;
  mrn?: string;
  name?: string;
  born?: string;
  visit?: string;
  order?: string;
}

/** An order message: patient, visit and prescription in one. */
const message = ({ id = 'C1', mrn = 'M1', name = 'ROE', born = '19800102', visit = 'V1', order }: Said = {}): string =>
  [
    `MSH|^~\\&|EHR|M|HUB|L|20260302150405||${order === undefined ? 'ADT^A04' : 'RDE^O11'}|${id}|P|2.5.1`,
    'EVN||20260302150405',
    `PID|1||${mrn}^^^LUNA^MR||${name}^ANN||${born}|F`,
    `PV1|1|O|CLINIC^^^MAIN||||1234567893||||||||||||${visit}`,
    ...(order === undefined ? [] : [`ORC|NW|${order}`, 'RXE||00093104801^DRUG^NDC|1||EA|||||30|||||777']),
  ].join('\r');

const hl7 = (said: Said, more: Partial<TestRaw> = {}): TestRaw => ({
  payload: new TextEncoder().encode(message(said)),
  feed: 'adt',
  controlId: said.id ?? 'C1',
  ...more,
});
const list = (filter: MessageFilter = {}, first = 50, before?: string) =>
  withTenant(world.database.ingest, north.id, (tx) => listMessages(tx, north.id, filter, { first, before }));
const ids = async (filter: MessageFilter): Promise<string[]> => (await list(filter)).map(({ id }) => id);
const find = (id: string) => withTenant(world.database.ingest, north.id, (tx) => findMessage(tx, north.id, id));
const set =
  (...changes: [string, string][]) =>
  (_: unknown, bytes: Uint8Array): Uint8Array =>
    FORMATS.get('hl7v2')!.edit!(
      bytes,
      changes.map(([place, value]) => ({ place, value })),
    );
const edit = (id: string, ...changes: [string, string][]): Promise<string> =>
  editMessage(world.database.ingest, north.id, id, set(...changes), EDITOR);

/** Every derived line of the tenant as it is, and as it is when everything is read again from facts. */
async function liveAndRebuilt(): Promise<[string[], string[]]> {
  const lines = async (): Promise<string[]> =>
    (await withTenant(world.database.ingest, north.id, (tx) => digestLines(tx, north))).sort();
  const live = await lines();
  await world.rows(`truncate record_error, ehr_event, patient, patient_identifier, patient_link, encounter, prescription, claim_transaction,
    change, exception_cause, exception_work`);
  await world.rows(`update raw_state set state = 'PENDING', attempts = 0, records = 0, accepted = 0, rejected = 0,
    duplicate = 0, ignored = 0, processed_at = null`);
  await world.drain('north');
  return [live, await lines()];
}

async function expectSameWhenRebuilt(): Promise<void> {
  const laws = await withTenant(world.database.ingest, north.id, (tx) => checkLaws(tx, north));
  expect(laws.flatMap(({ breaches }) => breaches)).toEqual([]);
  const [live, rebuilt] = await liveAndRebuilt();
  expect(live).toEqual(rebuilt);
  expect(live.length).toBeGreaterThan(0);
}

describe('lists', () => {
  test('filters by feed, state, outcome, time and control id; pages go on where they ended', async () => {
    await world.receive('north', [
      { ...hl7({ id: 'A' }), rawId: numberedId(1), receivedAt: '2026-03-01T00:00:00Z' },
      { ...hl7({ id: 'B', born: '19801332', visit: 'V2' }), rawId: numberedId(2), receivedAt: '2026-03-02T00:00:00Z' },
      { ...hl7({ id: 'C' }), payload: new TextEncoder().encode('hello'), rawId: numberedId(3) },
      { payload: units(claim()), feed: 'files', rawId: numberedId(4), controlId: 'F' },
    ]);
    await world.receive('south', [{ payload: units(claim()), feed: 'files', rawId: numberedId(5), controlId: 'A' }]);
    await world.drain('north');
    const numbers = (...all: number[]): string[] => all.map(numberedId);
    expect(await ids({})).toEqual(numbers(4, 3, 2, 1));
    expect(await ids({ feed: 'adt' })).toEqual(numbers(3, 2, 1));
    expect(await ids({ states: ['REJECTED'] })).toEqual(numbers(3));
    expect(await ids({ outcome: 'ERRORS' })).toEqual(numbers(3, 2));
    expect(await ids({ outcome: 'REJECTED' })).toEqual(numbers(3));
    expect(await ids({ outcome: 'ACCEPTED' })).toEqual(numbers(4, 2, 1));
    expect(await ids({ controlId: 'A' })).toEqual(numbers(1));
    expect(await ids({ controlId: 'A', feed: 'files' })).toEqual([]);
    expect(await ids({ since: '2026-03-02T00:00:00Z', until: '2026-03-05T00:00:00Z' })).toEqual(numbers(2));
    const page = await list({}, 2);
    expect(page.map(({ id }) => id)).toEqual(numbers(4, 3));
    expect((await list({}, 9, page.at(-1)?.id)).map(({ id }) => id)).toEqual(numbers(2, 1));
    expect(page[1]).toMatchObject({ controlId: 'C', state: 'REJECTED', rejected: 1, errors: 1, sizeBytes: 5 });
  });
});

describe('edits', () => {
  test('a message that was rejected is accepted once it is mended; the original stays and counts no more', async () => {
    const [id = ''] = await world.receive('north', [hl7({ mrn: '' })]);
    await world.drain('north');
    expect(await world.rows('select field from record_error')).not.toEqual([]);
    const edited = await edit(id, ['PID-3', 'M1^^^LUNA^MR']);
    expect((await find(id))?.state).toBe('PENDING');
    await world.drain('north');
    expect(await find(id)).toMatchObject({ state: 'SUPERSEDED', supersededBy: edited, records: 0 });
    expect(await find(edited)).toMatchObject({ state: 'DONE', supersedes: id, accepted: 1 });
    expect(await world.rows('select count(*)::int as count from record_error')).toEqual([{ count: 0 }]);
    expect(await world.rows('select count(*)::int as count from exception_cause')).toEqual([{ count: 0 }]);
    expect(await world.rows('select key, family_name from patient')).toEqual([
      { key: 'LUNA|MR|M1', family_name: 'ROE' },
    ]);
    const edits = await withTenant(world.database.ingest, north.id, (tx) => editsOfMessage(tx, north.id, edited));
    expect(edits).toMatchObject([{ originalId: id, editedId: edited, editor: 'ann', reason: 'wrong in the EHR' }]);
    const [kept] = await world.rows<{ payload: Buffer }>('select payload from raw_message where id = $1', [id]);
    expect(kept?.payload.toString()).toBe(message({ mrn: '' }));
    await expectSameWhenRebuilt();
  });

  test('what the original said of a wrong patient, visit and order is taken back', async () => {
    const wrong = { mrn: 'M9', name: 'WRONG', visit: 'V9' };
    const [visit = '', order = ''] = await world.receive('north', [
      hl7({ id: 'C1', ...wrong }),
      hl7({ id: 'C2', ...wrong, order: 'O9' }),
      hl7({ id: 'C3' }),
      hl7({ id: 'C4', order: 'O1' }),
      // An order that names the wrong visit, too: it has no encounter any more.
      hl7({ id: 'C5', order: 'O2', visit: 'V9' }),
    ]);
    await world.drain('north');
    expect(await world.rows('select 1 from prescription where encounter_id is not null')).toHaveLength(3);
    await world.changes('north');
    const right: [string, string][] = [
      ['PID-3.1', 'M1'],
      ['PID-5.1', 'ROE'],
      ['PV1-19', 'V1'],
    ];
    await edit(visit, ...right);
    await edit(order, ...right, ['ORC-2', 'O1']);
    await world.drain('north');
    expect(await world.rows('select visit_number from encounter')).toEqual([{ visit_number: 'V1' }]);
    expect(
      await world.rows('select order_number, encounter_id is not null as visited from prescription order by 1'),
    ).toEqual([
      { order_number: 'O1', visited: true },
      { order_number: 'O2', visited: false },
    ]);
    expect(await world.rows('select value from patient_identifier')).toEqual([{ value: 'M1' }]);
    // The row stays empty, so that whoever was matched to it is looked at again.
    const [ghost] = await world.rows<{ id: string }>(
      `select id from patient where key = 'LUNA|MR|M9' and family_name is null and birth_date is null`,
    );
    expect(await world.changes('north')).toContain(`PATIENT ${ghost?.id}`);
    await expectSameWhenRebuilt();
  });

  test('a merge of the wrong two patients is taken back, with the record that only it named', async () => {
    const merge = message({ id: 'C3' })
      .replace('ADT^A04', 'ADT^A40')
      .replace(/\rPV1.*/, '\rMRG|M2^^^LUNA^MR');
    const visit = message({ id: 'C4', mrn: 'M9', visit: 'V9' }).replace('ADT^A04', 'ADT^A44');
    const [first = '', , , wrong = ''] = await world.receive('north', [
      hl7({ id: 'C1' }),
      hl7({ id: 'C2', mrn: 'M3', visit: 'V3' }),
      { ...hl7({ id: 'C4' }), payload: new TextEncoder().encode(visit) },
      { ...hl7({ id: 'C3' }), payload: new TextEncoder().encode(merge) },
    ]);
    await world.drain('north');
    const edges = () =>
      world.rows(`select p.key, o.key as survivor from patient_link l join patient p on p.id = l.patient_id
        join patient o on o.id = l.other_id order by 1`);
    expect(await edges()).toEqual([{ key: 'LUNA|MR|M2', survivor: 'LUNA|MR|M1' }]);
    await edit(wrong, ['MRG-1', 'M3^^^LUNA^MR']);
    await world.drain('north');
    expect(await edges()).toEqual([{ key: 'LUNA|MR|M3', survivor: 'LUNA|MR|M1' }]);
    await edit(first, ['PID-3', 'M4^^^LUNA^MR'], ['PV1-19', 'V4']);
    await world.drain('north');
    await expectSameWhenRebuilt();
  });

  test('a value and an identifier that only the original stated go, what others state stays', async () => {
    const [first = ''] = await world.receive('north', [
      hl7({ id: 'C1', mrn: 'M1^^^LUNA^MR~X7', born: '19800102' }),
      hl7({ id: 'C0', born: '' }),
    ]);
    await world.drain('north');
    await edit(first, ['PID-3', 'M1^^^LUNA^MR'], ['PID-7', '']);
    await world.drain('north');
    expect(await world.rows('select birth_date, family_name from patient')).toEqual([
      { birth_date: null, family_name: 'ROE' },
    ]);
    expect(await world.rows('select value from patient_identifier')).toEqual([{ value: 'M1' }]);
    await expectSameWhenRebuilt();
  });

  test('an edit can be edited, an original only once, and nothing is edited without a reason', async () => {
    const [id = ''] = await world.receive('north', [hl7({})]);
    await world.drain('north');
    const second = await edit(id, ['PID-8', 'M']);
    await expect(edit(second, ['PID-8', 'F'])).rejects.toThrow('still waits');
    await world.drain('north');
    await expect(edit(id, ['PID-8', 'F'])).rejects.toThrow(`edit ${second} instead`);
    const third = await edit(second, ['PID-8', 'U']);
    await world.drain('north');
    expect((await find(third))?.supersedes).toBe(second);
    expect(await world.rows('select sex from patient')).toEqual([{ sex: 'U' }]);
    const nobody = numberedId(99);
    await expect(edit(nobody, ['PID-8', 'F'])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(edit(third, ['PID-8', 'U'])).rejects.toMatchObject({ code: 'BAD_EDIT' });
    const silent = { ...EDITOR, reason: ' ' };
    await expect(
      editMessage(world.database.ingest, north.id, third, set(['PID-8', 'F']), silent),
    ).rejects.toBeInstanceOf(EditRefused);
    const south = world.tenants[1]!;
    await expect(
      editMessage(world.database.ingest, south.id, third, set(['PID-8', 'F']), EDITOR),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expectSameWhenRebuilt();
  });

  test('two edits of one message in the same moment: one is stored', async () => {
    const [id = ''] = await world.receive('north', [hl7({})]);
    await world.drain('north');
    const both = await Promise.allSettled([edit(id, ['PID-8', 'M']), edit(id, ['PID-8', 'U'])]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await world.rows('select 1 from message_edit')).toHaveLength(1);
    await world.drain('north');
    await expectSameWhenRebuilt();
  });

  test('a file whose records count already is not edited, one of which nothing counts is', async () => {
    const [good = '', bad = ''] = await world.receive('north', [
      { payload: units(claim()), feed: 'files' },
      { payload: { held: 'the trailer is missing' }, feed: 'files', controlId: 'bad' },
    ]);
    await world.rows(`update feed set kind = 'claims' where name = 'files'`);
    await world.drain('north');
    const whole = (): Uint8Array => new TextEncoder().encode(JSON.stringify(units(claim({ rxNumber: '2' }))));
    await expect(editMessage(world.database.ingest, north.id, good, whole, EDITOR)).rejects.toThrow('in a new file');
    await editMessage(world.database.ingest, north.id, bad, whole, EDITOR);
    await world.drain('north');
    expect(await world.rows('select rx_number from claim_transaction order by 1')).toHaveLength(2);
    await expectSameWhenRebuilt();
  });
});

describe('replays', () => {
  const quarantined = (count: number): TestRaw[] =>
    Array.from({ length: count }, (_, n) => ({
      payload: { throws: 'no' },
      feed: 'ehr',
      rawId: numberedId(n + 1),
      controlId: `Q${n}`,
    }));
  const mend = () =>
    world.rows(
      `update raw_message set payload = convert_to('{"units":[{"ignored":"MENDED"}]}', 'UTF8') where feed = 'ehr'`,
    );
  const by = { name: 'ann', reason: 'format mended', at: NOW };
  const context = () => world.context('north');

  test('counts first, then puts back what was set aside in batches, with its errors taken back', async () => {
    await world.receive('north', [...quarantined(3), hl7({ id: 'OK' })]);
    await world.drain('north');
    expect(await world.rows('select 1 from exception_cause')).toHaveLength(3);
    const filter = { states: ['QUARANTINED', 'HELD'] as const, feed: null };
    expect(await countReplay(world.database.ingest, north.id, filter, NOW)).toEqual([
      { feed: 'ehr', state: 'QUARANTINED', count: 3 },
    ]);
    await mend();
    const { id } = await startReplay(world.database.ingest, north.id, filter, by);
    expect(await replayStage.run(context())).toBe(3);
    expect(await world.rows('select 1 from record_error')).toEqual([]);
    expect(await world.rows('select 1 from exception_cause')).toEqual([]);
    expect(await findReplay(world.database.ingest, north.id, id)).toEqual({ id, state: 'DONE', total: 3, done: 3 });
    await world.drain('north');
    expect(await world.rows('select distinct state from raw_state')).toEqual([{ state: 'DONE' }]);
    expect(await replayStage.run(context())).toBe(0);
  });

  test('what fails again is set aside again and not put back a second time', async () => {
    await world.receive('north', quarantined(2));
    await world.drain('north');
    const { id } = await startReplay(world.database.ingest, north.id, { states: ['QUARANTINED'] }, by);
    for (let turns = 0; turns < 5; turns += 1) {
      await replayStage.run(context());
      await world.drain('north');
    }
    expect(await findReplay(world.database.ingest, north.id, id)).toMatchObject({ state: 'DONE', done: 2 });
    expect(await world.rows('select state, attempts from raw_state')).toEqual([
      { state: 'QUARANTINED', attempts: 5 },
      { state: 'QUARANTINED', attempts: 5 },
    ]);
  });

  test('stopped, it puts nothing more back; only its tenant’s, its feed’s and what came before', async () => {
    await world.receive('north', quarantined(450));
    await world.rows(`update raw_state set state = 'QUARANTINED', attempts = 5`);
    const early = { states: ['QUARANTINED'] as const, until: '2026-01-01T00:00:00Z' };
    expect((await startReplay(world.database.ingest, north.id, early, by)).total).toBe(0);
    const other = { states: ['QUARANTINED'] as const, feed: 'adt' };
    expect((await startReplay(world.database.ingest, north.id, other, by)).state).toBe('DONE');
    const { id, total } = await startReplay(world.database.ingest, north.id, { states: ['QUARANTINED'] }, by);
    expect(total).toBe(450);
    expect(await replayStage.run(world.context('south'))).toBe(0);
    expect(await replayStage.run(context())).toBe(200);
    expect(await stopReplays(world.database.ingest, north.id, null, NOW)).toMatchObject([
      { id, done: 200, total: 450 },
    ]);
    expect(await replayStage.run(context())).toBe(0);
    expect(await world.rows(`select count(*)::int as count from raw_state where state = 'PENDING'`)).toEqual([
      { count: 200 },
    ]);
    expect(await findReplay(world.database.ingest, north.id, id)).toMatchObject({ state: 'STOPPED', done: 200 });
  });

  test('while much waits to be normalized it adds nothing', async () => {
    await world.receive('north', quarantined(2));
    await world.drain('north');
    await world.rows(
      `insert into raw_state (tenant_id, raw_id, month, feed, received_at)
       select $1::uuid, gen_random_uuid(), '2026-03-01', 'ehr', now() from generate_series(1, 1000)`,
      [north.id],
    );
    await startReplay(world.database.ingest, north.id, { states: ['QUARANTINED'] }, by);
    expect(await replayStage.run(context())).toBe(0);
  });
});
