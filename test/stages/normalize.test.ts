/** The stage as a whole: bad records beside good ones, held and poisoned payloads, what the formats really yield. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Transaction, TransactionOptions } from '../../src/db/client.ts';
import type { RecordError } from '../../src/model/records.ts';
import { normalizeStage } from '../../src/normalize/normalize.ts';
import { storable } from '../../src/normalize/recordset.ts';
import { type World, claim, normalizeWorld, numberedId, patientEvent, units, visitEvent } from './normalize-world.ts';

let world: World;
beforeAll(async () => {
  world = await normalizeWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.rows(`truncate raw_message, raw_state, record_error, ehr_event, patient, patient_identifier, encounter, prescription,
    claim_transaction, change, exception_cause, exception_work`);
});

const invalid = (field: string, original = 'SECRET'): RecordError => ({
  code: 'RECORD_INVALID',
  field,
  message: 'not a date',
  original,
});
const states = () =>
  world.rows(
    'select raw_id, state, attempts, records, accepted, rejected, duplicate, ignored from raw_state order by raw_id',
  );
const causes = () => world.rows('select code, subject, source, detail from exception_cause order by source');

test('a bad record beside good ones is refused alone, with field, position and a case', async () => {
  const payload = {
    units: [
      { records: [claim()] },
      { errors: [invalid('407-D7', 'broken \u0000 \ud800 text')] },
      { records: [claim({ rxNumber: '2' })], errors: [invalid('442-E7')] },
      { ignored: 'N1' },
      { errors: [invalid('trailer')], position: 'trailer' },
    ],
  };
  await world.receive('north', [{ payload, feed: 'files', name: 'claims.dat', rawId: numberedId(1) }]);
  expect(await world.drain('north')).toBe(1);
  expect(await states()).toEqual([
    {
      raw_id: numberedId(1),
      state: 'DONE',
      attempts: 0,
      records: 5,
      accepted: 2,
      rejected: 2,
      duplicate: 0,
      ignored: 1,
    },
  ]);
  expect(await world.rows('select ordinal, position, field, original, accepted from record_error order by 1')).toEqual([
    { ordinal: 1, position: 'unit 2', field: '407-D7', original: 'broken \ufffd \ufffd text', accepted: false },
    { ordinal: 2, position: 'unit 3', field: '442-E7', original: 'SECRET', accepted: true },
    { ordinal: 3, position: 'trailer', field: 'trailer', original: 'SECRET', accepted: false },
  ]);
  expect(await causes()).toEqual([
    {
      code: 'RECORD_INVALID',
      subject: 'claims.dat#unit 2',
      source: `raw:${numberedId(1)}#1`,
      detail: '407-D7: not a date',
    },
    expect.objectContaining({ subject: 'claims.dat#unit 3' }),
    expect.objectContaining({ subject: 'claims.dat' }),
  ]);
});

test('nothing readable is REJECTED, nothing said is DONE, a held file is not read', async () => {
  await world.receive('north', [
    { payload: { units: [{ errors: [invalid('MSH-9')] }] }, rawId: numberedId(1) },
    { payload: { units: [{ ignored: 'EVENT_NOT_KEPT' }] }, rawId: numberedId(2) },
    { payload: { held: 'the trailer is missing' }, feed: 'files', name: 'half.dat', rawId: numberedId(3) },
  ]);
  await world.drain('north');
  expect(await states()).toMatchObject([
    { state: 'REJECTED', records: 1, rejected: 1 },
    { state: 'DONE', records: 1, ignored: 1 },
    { state: 'HELD', records: 0 },
  ]);
  expect(await causes()).toMatchObject([
    { subject: 'ehr C-0#unit 1' },
    { subject: 'half.dat', source: `raw:${numberedId(3)}#0`, detail: 'trailer: the trailer is missing' },
  ]);
});

test('poison is set aside after five tries, whether reading or storing fails, and everything else goes through', async () => {
  const good = Array.from({ length: 40 }, (_, index) => ({
    payload: units(visitEvent({ visitNumber: `V-${index}` })),
    rawId: numberedId(index + 10),
  }));
  await world.receive('north', [
    { payload: { throws: 'Jane Doe is not iterable' }, rawId: numberedId(1) },
    { payload: units(claim({ dateOfService: 'Jane Doe' })), rawId: numberedId(2) },
    ...good,
    { payload: units(patientEvent({ birthDate: 'Jane Doe' })), rawId: numberedId(99) },
    { payload: units(claim()), feed: 'files', rawId: numberedId(100) },
  ]);
  expect(await normalizeStage.run(world.context('north'))).toBe(44);
  expect(await world.rows(`select state, attempts, count(*) from raw_state group by 1, 2 order by 1`)).toEqual([
    { state: 'DONE', attempts: 0, count: 41 },
    { state: 'PENDING', attempts: 1, count: 3 },
  ]);
  await world.drain('north');
  expect((await states()).filter((row) => row['state'] !== 'DONE')).toMatchObject([
    { raw_id: numberedId(1), state: 'QUARANTINED', attempts: 5 },
    { raw_id: numberedId(2), state: 'QUARANTINED', attempts: 5 },
    { raw_id: numberedId(99), state: 'QUARANTINED', attempts: 5 },
  ]);
  expect(await world.rows('select 1 from encounter')).toHaveLength(40);
  expect(await world.rows('select 1 from claim_transaction')).toHaveLength(1);
  const said = JSON.stringify([await causes(), await world.rows('select * from record_error')]);
  expect(said).toContain('TypeError');
  expect(said).toContain('claims/stage');
  expect(said).not.toContain('Jane');
});

test('a failure that is over takes its case away', async () => {
  const [rawId] = await world.receive('north', [{ payload: units(claim()), feed: 'nowhere' }]);
  await world.drain('north');
  expect(await causes()).toMatchObject([{ detail: 'set aside after 5 failed tries (its feed is not declared)' }]);
  await world.rows(`update raw_state set state = 'PENDING', feed = 'files' where raw_id = $1`, [rawId]);
  await world.drain('north');
  expect(await causes()).toEqual([]);
  expect(await states()).toMatchObject([{ state: 'DONE', accepted: 1 }]);
});

test('a lost connection is not held against the payloads', async () => {
  await world.receive('north', [{ payload: units(claim()), feed: 'files' }]);
  const context = world.context('north');
  let kills = 0;
  const transaction = <T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T> =>
    context.db.transaction(async (tx) => {
      const result = await work(tx);
      // Everything is written but not committed.
      if ((kills += 1) === 1) await tx.query('select pg_terminate_backend(pg_backend_pid())').catch(() => undefined);
      return result;
    }, options);
  const failing = new Proxy(context.db, {
    get: (db, name) => (name === 'transaction' ? transaction : Reflect.get(db, name)),
  });
  await expect(normalizeStage.run({ ...context, db: failing })).rejects.toThrow('connection');
  expect(await states()).toMatchObject([{ state: 'PENDING', attempts: 0 }]);
  expect(await world.drain('north')).toBe(1);
});

test('tenants stay apart', async () => {
  await world.receive('north', [{ payload: units(claim()), feed: 'files' }]);
  expect(await world.drain('south')).toBe(0);
  expect(await world.drain('north')).toBe(1);
  expect(await world.rows('select distinct tenant_id from claim_transaction')).toEqual([
    { tenant_id: world.tenantId('north') },
  ]);
});

test('texts that the database cannot hold are mended, others untouched', () => {
  expect(storable('a\0b\udc00c\u{1F600}é')).toBe('a\ufffdb\ufffdc\u{1F600}é');
});
