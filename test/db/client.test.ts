/** The pool and its links: values in and out, errors without values, transactions, lost and black-holed connections. */
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect, DatabaseError } from '../../src/db/client.ts';
import { Link } from '../../src/db/link.ts';
import { type TestDatabase, testDatabase, waitFor } from '../support/database.ts';
import { openProxy } from '../support/proxy.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const failure = async (work: Promise<unknown>): Promise<DatabaseError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DatabaseError)) throw new Error(`a DatabaseError was expected, got ${String(error)}`);
  return error;
};

describe('values', () => {
  test('are read exactly: decimals, dates, instants, counts, json', async () => {
    const [row] = await database.read.query(
      `select 30.500::numeric(14,3) as quantity, date '2026-03-01' as day, timestamptz '2026-03-02 10:04:05-05' as at,
        timestamptz '2026-03-02 15:04:05.123456Z' as micro, 12::bigint as few, 9007199254740993::bigint as many,
        '{"a":[1]}'::jsonb as facts, 'infinity'::date as never`,
    );
    expect(row).toEqual({
      quantity: '30.500',
      day: '2026-03-01',
      at: '2026-03-02T15:04:05.000Z',
      micro: '2026-03-02T15:04:05.123456Z',
      few: 12,
      many: '9007199254740993',
      facts: { a: [1] },
      never: 'infinity',
    });
  });

  test('arrays keep nulls, quotes, backslashes, bytes and booleans in both directions', async () => {
    const texts = ['plain', '', 'NULL', 'a"b', 'c\\d', '{x,y}', 'line\nbreak', null];
    const [row] = await database.read.query(
      'select $1::text[] as texts, $2::bool[] as truths, $3::bytea[] as payloads, $4::date[] as days, $5::int8[] as counts, array[[1,2],[3,null]] as grid, array[]::text[] as empty',
      [texts, [true, null, false], [Buffer.from('A"\\\r\n'), null], ['2026-01-02', null], [5, null]],
    );
    expect(row).toEqual({
      texts,
      truths: [true, null, false],
      payloads: [Buffer.from('A"\\\r\n'), null],
      days: ['2026-01-02', null],
      counts: [5, null],
      grid: [
        [1, 2],
        [3, null],
      ],
      empty: [],
    });
  });

  test('json parameters may be values or finished text', async () => {
    const rows = await database.read.query('select $1::jsonb = $2::jsonb as same', [{ a: 1 }, '{"a":1}']);
    expect(rows).toMatchObject([{ same: true }]);
  });
});

describe('errors', () => {
  const SECRET = 'MRN-4711-SECRET';

  test('carry the statement, the code and the constraint, and never a value', async () => {
    const attempts = [
      () => database.owner.query('select $1::int', [SECRET], { name: 'test/cast' }),
      () => database.owner.query('select $1::date', [SECRET]),
      () => database.owner.query(`select '${SECRET}'::numeric`),
      () =>
        database.owner.transaction(async (tx) => {
          for (let twice = 0; twice < 2; twice += 1)
            await tx.query(`insert into tenant (id, name, title, zone) values (gen_random_uuid(), $1, 'x', 'UTC')`, [
              SECRET,
            ]);
        }),
      () => database.owner.query(`select $1::jsonb`, [`{"${SECRET}`]),
      () => database.owner.query('select $1', [undefined, SECRET]),
    ];
    for (const attempt of attempts) {
      const error = await failure(attempt());
      for (const text of [inspect(error, { depth: 10, showHidden: true }), JSON.stringify(error), String(error.stack)])
        expect(text).not.toContain(SECRET);
    }
  });

  test('name what an operator needs', async () => {
    const error = await failure(database.owner.query('select $1::int', ['x'], { name: 'decide/gather-facts' }));
    expect(error).toMatchObject({ sqlstate: '22P02', statement: 'decide/gather-facts', retryable: false });
    expect(error.message).toBe('decide/gather-facts: value not readable as its type (22P02)');
    const twice = database.owner.transaction(async (tx) => {
      for (let time = 0; time < 2; time += 1)
        await tx.query(`insert into tenant (id, name, title, zone) values (gen_random_uuid(), 'dup', 'x', 'UTC')`);
    });
    expect(await failure(twice)).toMatchObject({
      sqlstate: '23505',
      constraint: 'tenant_name_unique',
      table: 'tenant',
    });
    expect((await failure(database.owner.query('select nothing_here'))).message).toContain('nothing_here');
  });

  test('say that nobody listens', async () => {
    const nowhere = connect('postgresql://a:b@127.0.0.1:1/x', { role: 'read', acquireMs: 300 });
    expect(await failure(nowhere.query('select 1'))).toMatchObject({ sqlstate: '08001', retryable: true });
    await nowhere.end();
  });
});

describe('transactions', () => {
  test('roll back on an error and give the connection back', async () => {
    const one = connect(database.ownerUrl, { role: 'owner', max: 1 });
    await expect(
      one.transaction(async (tx) => {
        await tx.query(`insert into tenant (id, name, title, zone) values (gen_random_uuid(), 'gone', 'x', 'UTC')`);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    expect(await one.query(`select 1 from tenant where name = 'gone'`)).toHaveLength(0);
    await one.end();
  });

  test('a failed statement that nobody awaited fails the transaction', async () => {
    const error = await failure(
      database.owner.transaction(async (tx) => {
        void tx.query('select 1 / $1::int', [0], { name: 'test/divide' }).catch(() => {});
        await Promise.resolve();
      }),
    );
    expect(error).toMatchObject({ sqlstate: '22012', statement: 'test/divide' });
  });

  test('report the first failure, not the ones that follow from it', async () => {
    const error = await failure(
      database.owner.transaction(async (tx) => {
        await Promise.allSettled([tx.query('select 1 / $1::int', [0]), tx.query('select 2')]);
        await tx.query('select 3');
      }),
    );
    expect(error.sqlstate).toBe('22012');
  });

  test('are closed to statements after their end', async () => {
    let late: Promise<unknown> = Promise.resolve();
    await database.owner.transaction(async (tx) => {
      await tx.query('select 1');
      setTimeout(() => {
        late = tx.query('select 2').catch((error: Error) => error.message);
      }, 5);
    });
    await waitFor('the late statement', async () => String(await late).includes('this transaction is over'));
  });

  test('a savepoint undoes only its own work', async () => {
    await database.owner.transaction(async (tx) => {
      await tx.query(`insert into tenant (id, name, title, zone) values (gen_random_uuid(), 'kept', 'x', 'UTC')`);
      await expect(tx.savepoint(() => tx.query(`insert into tenant (id) values (null)`))).rejects.toThrow('23502');
    });
    expect(await database.owner.query(`select 1 from tenant where name = 'kept'`)).toHaveLength(1);
  });

  test('rows that COPY refuses, at their end or before, fail the transaction and cost nothing else', async () => {
    async function* rows(...lines: string[]): AsyncGenerator<string> {
      for (const line of lines) yield await Promise.resolve(line);
    }
    const copy = (...lines: string[]): Promise<void> =>
      database.ingest.transaction(async (tx) => {
        await tx.query('create temporary table if not exists copied (day date) on commit delete rows');
        await tx.copyIn('copy copied from stdin', rows(...lines), 'test/copy');
      });
    await expect(copy('2026-03-02\n', 'Jane\n')).rejects.toThrow('test/copy: not a date or time (22007)');
    await expect(copy('Jane\n', ...Array<string>(20_000).fill('2026-03-02\n'))).rejects.toThrow('22007');
    await copy('2026-03-02\n');
    expect(await database.ingest.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('a batch is one transaction', async () => {
    const insert = `insert into tenant (id, name, title, zone) values (gen_random_uuid(), $1, 'x', 'UTC')`;
    const [, rows] = await database.owner.batch([
      { text: insert, params: ['batch'] },
      { text: `select name from tenant where name = $1`, params: ['batch'] },
    ]);
    expect(rows).toEqual([{ name: 'batch' }]);
    await expect(
      database.owner.batch([
        { text: insert, params: ['half'] },
        { text: 'select 1 / $1::int', params: [0] },
      ]),
    ).rejects.toThrow('22012');
    expect(await database.owner.query(`select 1 from tenant where name = 'half'`)).toHaveLength(0);
  });
});

describe('lost connections', () => {
  test('terminated backends neither end the process nor leave a statement unsettled', async () => {
    const pool = connect(database.ownerUrl, { role: 'owner', max: 8, applicationName: 'victim' });
    let settled = 0;
    const run = { on: true };
    const busy = Array.from({ length: 8 }, async () => {
      while (run.on) {
        await pool
          .transaction(async (tx) => {
            await tx.query('select pg_sleep(0.002)');
            await tx.query('select $1::text', ['x'.repeat(2000)]);
          })
          .catch(() => {});
        settled += 1;
      }
    });
    for (let round = 0; round < 30; round += 1) {
      await database.owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim' and random() < 0.6`,
      );
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    run.on = false;
    await Promise.all(busy);
    expect(settled).toBeGreaterThan(30);
    expect(await pool.query('select 1 as one')).toEqual([{ one: 1 }]);
    await pool.end();
  });

  test('a statement for a connection that has closed is refused before the driver sees it', async () => {
    const link = await Link.open({ url: database.ownerUrl, settings: {}, connectMs: 5_000, deadlineMs: 5_000 });
    const [row] = await link.query<{ pid: number }>('select pg_backend_pid() as pid');
    const unsettled = [failure(link.query('select pg_sleep(60)')), failure(link.query('select $1::int', [1]))];
    await database.owner.query('select pg_terminate_backend($1)', [row?.pid]);
    await waitFor('the loss', () => link.dead);
    // The driver would end the process here: its writer meets a missing socket.
    for (let time = 0; time < 3; time += 1) {
      expect(await failure(link.query('select 1'))).toMatchObject({ sqlstate: '08006', connectionLost: true });
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    expect(await Promise.all(unsettled)).toMatchObject([{ connectionLost: true }, { connectionLost: true }]);
  });

  test('a link that swallows bytes is thrown away after the deadline, and the pool works again', async () => {
    const proxy = await openProxy(database.ownerUrl);
    const pool = connect(proxy.url, { role: 'read', max: 2, statementMs: 200, acquireMs: 2_000 });
    expect(await pool.query('select 1 as one')).toEqual([{ one: 1 }]);
    proxy.swallow(true);
    const started = performance.now();
    const errors = await Promise.all([1, 2, 3, 4].map(() => failure(pool.query('select 2'))));
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(errors.map((error) => error.connectionLost || error.sqlstate === '53300')).toEqual([true, true, true, true]);
    proxy.swallow(false);
    expect(await pool.query('select 3 as three')).toEqual([{ three: 3 }]);
    await pool.end();
    await proxy.close();
  }, 30_000);
});
