/**
 * Files that are larger than what one transaction should carry: stored in pieces, normalized portion by portion. What comes
 * out is what the same bytes give when they lie in one row; a worker that goes away in between changes nothing.
 */
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { format } from '../../adapters/formats/claim-extract/index.ts';
import { connect } from '../../src/db/client.ts';
import { normalizeStage } from '../../src/normalize/normalize.ts';
import { createReceiver } from '../../src/receive/receiver.ts';
import { sweepPieces } from '../../src/receive/take-file.ts';
import { tenantId } from '../../src/db/tenant.ts';
import { normalizeWorld, type World } from './normalize-world.ts';

const LINES = 25_000;
const RECEIVED = '2026-03-10T12:00:00.000Z';
const options = {
  delimiter: '|',
  header: true,
  trailer: { prefix: 'TRL', count_in: 2 },
  map: {
    status: { from: 'TXN', lookup: { PAID: 'paid' } },
    'pharmacy.ncpdp': 'NCPDP',
    'rx.number': 'RX',
    'fill.number': 'FILL',
    dateOfService: { from: 'DOS', as: 'date', format: 'yyyy-MM-dd' },
    adjudicatedAt: { from: 'ADJ', as: 'instant', format: 'yyyy-MM-dd HH:mm:ss' },
    ndc: 'NDC',
    quantity: 'QTY',
    daysSupply: 'DAYS',
    'patient.lastName': 'LAST',
  },
};

/** Every 100th line cannot be read, every 77th has an unreadable days supply, every 50th repeats the line before it. */
function line(index: number): string {
  const rx = index % 50 === 0 && index > 0 ? index - 1 : index;
  const quantity = index % 100 === 3 ? 'many' : '30';
  const days = index % 77 === 5 ? 'some' : '30';
  return `PAID|1234567|${100_000 + rx}|0|2026-03-01|2026-03-01 10:00:00|00093505601|${quantity}|${days}|"FAMILY ${'x'.repeat(30)}"`;
}
const body = Array.from({ length: LINES }, (_, index) => line(index)).join('\n');
const whole = Buffer.from(`TXN|NCPDP|RX|FILL|DOS|ADJ|NDC|QTY|DAYS|LAST\n${body}\nTRL|${LINES}\n`);

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

let world: World;
beforeAll(async () => {
  world = await normalizeWorld([format]);
  for (const tenant of ['north', 'south'])
    await world.declare(tenant, { name: 'extract', format: 'claim-extract', options });
});
afterAll(() => world.close());
afterEach(async () => {
  await world.rows(
    'truncate raw_message, raw_chunk, raw_receipt, raw_state, record_error, claim_transaction, change, exception_cause',
  );
});

const receiver = () => createReceiver(world.database.ingest, { clock: () => new Date(RECEIVED) });
const north = () => tenantId(world.tenantId('north'));
const take = (bytes: Buffer, name = 'large.txt', size = 100_001) =>
  receiver().receiveFile(north(), 'extract', { name, content: inChunks(bytes, size) });
const pieces = async (): Promise<number> =>
  (await world.rows<{ count: number }>('select count(*) as count from raw_chunk'))[0]?.count ?? -1;
const states = (tenant: string) =>
  world.rows(`select state, records, accepted, rejected, duplicate, ignored from raw_state where tenant_id = $1`, [
    world.tenantId(tenant),
  ]);
/** All that a file says, without ids. */
const said = async (tenant: string) => ({
  states: await states(tenant),
  claims: await world.rows(
    `select position, ordinal, rx_number, quantity, days_supply, patient_family_name, adjudicated_at, received_at
     from claim_transaction where tenant_id = $1 order by ordinal`,
    [world.tenantId(tenant)],
  ),
  errors: await world.rows(
    'select ordinal, position, field, message, original, accepted from record_error where tenant_id = $1 order by ordinal',
    [world.tenantId(tenant)],
  ),
});

describe('receiving', () => {
  test('a large file lies in pieces, once, whatever chunks it came in', async () => {
    const first = await take(whole);
    expect(first).toMatchObject({ duplicate: false });
    const count = await pieces();
    expect(count).toBe(Math.ceil(whole.length / 1024 ** 2));
    expect(await take(whole, 'other-name.txt', 1_500_000)).toEqual({ ...first, duplicate: true });
    expect(await pieces()).toBe(count);
    const stored = await world.rows<{ bytes: Buffer; hashed: boolean }>(
      'select bytes, sha256 = sha256(bytes) as hashed from raw_chunk order by part',
    );
    expect(stored.map(({ hashed }) => hashed)).not.toContain(false);
    expect(Buffer.concat(stored.map(({ bytes }) => zstdDecompressSync(bytes))).equals(whole)).toBe(true);
  });

  test('a transfer that breaks off leaves nothing behind and says why', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      for (let count = 0; count < 7; count += 1) yield await Promise.resolve(Buffer.alloc(1024 ** 2));
      throw new RangeError('the line went dead');
    }
    const file = { name: 'x', content: broken() };
    await expect(receiver().receiveFile(north(), 'extract', file)).rejects.toThrow('the line went dead');
    expect(await pieces()).toBe(0);
    expect(await states('north')).toEqual([]);
  });

  test('pieces of a process that ended are swept away after a week, those of stored files never', async () => {
    await take(whole);
    const count = await pieces();
    await world.rows(
      `insert into raw_chunk (tenant_id, month, raw_id, part, sha256, size_bytes, bytes)
       values ($1, '2026-03-01', '019cb000-0000-7000-8000-000000000000', 0, '', 1, 'x')`,
      [north()],
    );
    // The uuid says 2026-03-02.
    await sweepPieces(world.database.ingest, [north()], new Date('2026-03-08T00:00:00Z'));
    expect(await pieces()).toBe(count + 1);
    await sweepPieces(world.database.ingest, [north()], new Date('2026-03-30T00:00:00Z'));
    expect(await pieces()).toBe(count);
  });
});

describe('normalizing', () => {
  test('portion by portion a file says what it says as a whole', async () => {
    await take(whole);
    await world.receive('south', [{ payload: whole, feed: 'extract', name: 'large.txt' }]);
    expect(await world.drain('north')).toBeGreaterThan(1);
    await world.drain('south');
    const expected = await said('south');
    expect(expected.states).toMatchObject([{ state: 'DONE', records: LINES, rejected: 250, duplicate: 486 }]);
    expect(await said('north')).toEqual(expected);
  });

  test('a portion that fails is tried again from where the one before it ended', async () => {
    await take(whole);
    await world.drain('north');
    const expected = await said('north');
    await world.rows('truncate raw_message, raw_chunk, raw_receipt, raw_state, record_error, claim_transaction');
    await take(whole);
    let asked = 0;
    const clock = (): Date => {
      asked += 1;
      if (asked === 2) throw new TypeError('the second portion fails');
      return new Date('2026-04-01T00:00:00.000Z');
    };
    await normalizeStage.run({ ...world.context('north'), clock });
    const [stopped] = await world.rows<{ state: string; records: number }>('select state, records from raw_state');
    expect(stopped?.state).toBe('PENDING');
    expect(stopped?.records).toBeGreaterThanOrEqual(5_000);
    expect(stopped?.records).toBeLessThan(LINES);
    await world.drain('north');
    expect(await said('north')).toEqual(expected);
  });

  test('two processes at one file do it together', async () => {
    await take(whole);
    await world.drain('north');
    const expected = await said('north');
    await world.rows('truncate raw_message, raw_chunk, raw_receipt, raw_state, record_error, claim_transaction');
    await take(whole);
    const others = [1, 2].map(() => connect(world.database.ingestUrl, { role: 'ingest', max: 3 }));
    try {
      const work = async (index: number): Promise<void> => {
        const db = others[index];
        if (db) while ((await normalizeStage.run(world.context('north', db))) > 0);
      };
      await Promise.all([work(0), work(1)]);
    } finally {
      for (const db of others) await db.end();
    }
    expect(await said('north')).toEqual(expected);
  });

  test('without its trailer nothing of a file is read', async () => {
    await take(whole.subarray(0, -20));
    await world.drain('north');
    expect(await said('north')).toMatchObject({
      states: [{ state: 'HELD', records: 0 }],
      claims: [],
      errors: [{ position: 'last line', field: 'trailer' }],
    });
  });

  test('a file that waits does not hold up messages', async () => {
    await take(whole);
    const units = { units: [{ ignored: 'NOTHING' }] };
    await world.receive('north', [{ payload: units }]);
    await normalizeStage.run(world.context('north'));
    expect(await world.rows(`select state from raw_state where parts = 0`)).toEqual([{ state: 'DONE' }]);
  });
});
