/** The read API over real sockets: keys, roles and masking, pages, limits, errors that say nothing, health and metrics. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { ROLES, createKey, revokeKey, type Role } from '../../src/access/keys.ts';
import type { Tenant } from '../../src/db/stage.ts';
import type { MllpFigures } from '../../src/http/mllp-figures.ts';
import { startHttp, type HttpOptions, type RunningHttp } from '../../src/http/server.ts';
import { insertReference, insertTenant, type WorldTenant } from '../support/chain-world.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

interface Body {
  data?: Record<string, never> | null;
  errors?: { message: string; path?: unknown[]; extensions?: { code?: string } }[];
  extensions?: { redactions?: { path: string; class: string }[] };
}

let database: TestDatabase;
let tenant: WorldTenant;
let other: WorldTenant;
let http: RunningHttp;
let now = new Date('2026-03-03T20:00:00Z');
const statements: string[] = [];
const faults: unknown[] = [];
const keys = new Map<Role, string>();
let options: HttpOptions;

const mllpFigures: MllpFigures = {
  feed: 'alpha',
  connections: 3,
  frames: 9,
  bytes: 900,
  naks: new Map([['unreadable', 2]]),
  frameErrors: 1,
  turnedAway: new Map([['certificate', 4]]),
  senders: [
    { sender: 'cn=ehr', since: new Date(5_000), lastFrameAt: new Date(9_000), frames: 9, bytes: 900, naks: 2 },
    { sender: '10.1.1.1', since: null, lastFrameAt: null, frames: 0, bytes: 0, naks: 0 },
  ],
};

const keySet = { keys: [{ kid: 'k1', kty: 'EC' }] };

beforeAll(async () => {
  database = await testDatabase();
  await insertReference(database.owner);
  tenant = await insertTenant(database.owner, 3);
  other = await insertTenant(database.owner, 3);
  const tenants: Tenant[] = [{ id: tenant.id, name: 'north', zone: 'America/Chicago' }];
  options = {
    port: 0,
    read: database.read,
    monitor: database.monitor,
    clock: () => now,
    tenants,
    version: '1.2.3',
    onStatement: (text) => statements.push(text),
    onFault: (error) => faults.push(error),
    keySets: new Map([['clinic-fhir', keySet]]),
    mllp: ({ id }) => (id === tenant.id ? [mllpFigures] : []),
  };
  http = await startHttp(options);
  for (const role of ROLES)
    keys.set(role, await createKey(database.ingest, { tenantId: tenant.id, name: role, role, days: 30, now }));
});
afterAll(async () => {
  await http.stop();
  await database.close();
});

const at = (path: string): string => `http://127.0.0.1:${http.port}${path}`;

async function post(
  query: string,
  key: string | undefined,
  variables: object = {},
): Promise<{ status: number; body: Body }> {
  const response = await fetch(at('/graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, body: (await response.json()) as Body };
}

const ask = (query: string, role: Role = 'operator', variables: object = {}): Promise<{ status: number; body: Body }> =>
  post(query, keys.get(role), variables);

const LIST = `query List($first: Int, $after: String, $orderBy: DispenseOrder) {
  dispenses(first: $first, after: $after, orderBy: $orderBy) {
    nodes { id dateOfService } pageInfo { hasNextPage endCursor } totalCount } }`;

interface List {
  nodes: { id: string; dateOfService: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
  totalCount: number;
}

const list = (body: Body): List => (body.data as unknown as { dispenses: List }).dispenses;

describe('keys', () => {
  test.each([
    ['none', undefined],
    ['not a key', 'hello'],
    ['an unknown id', `hub_000000000000_${'A'.repeat(43)}`],
    ['truncated', 'cut'],
    ['of another id', 'swap'],
  ])('%s answers 401 and says no more', async (_, kind) => {
    const good = keys.get('analyst') ?? '';
    const key = kind === 'cut' ? good.slice(0, -1) : kind === 'swap' ? good.replace(/_.{12}_/, '_000000000000_') : kind;
    const { status, body } = await post('{ __typename }', key);
    expect(status).toBe(401);
    expect(body).toEqual({
      errors: [{ message: 'A valid API key is needed.', extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  test('only the hash is stored, and a name is taken once', async () => {
    const rows = await database.owner.query('select * from api_key');
    for (const key of keys.values()) expect(JSON.stringify(rows)).not.toContain(key.slice(-43));
    const again = { tenantId: tenant.id, name: 'analyst', role: 'analyst' as const, days: 1, now };
    await expect(createKey(database.ingest, again)).rejects.toMatchObject({ sqlstate: '23505' });
    await expect(createKey(database.ingest, { ...again, name: 'x', days: 91 })).rejects.toThrow(RangeError);
  });

  test('an expired, a revoked and a replaced key stop working', async () => {
    const make = (name: string, replace = false): Promise<string> =>
      createKey(database.ingest, { tenantId: tenant.id, name, role: 'analyst', days: 1, now, replace });
    const [revoked, replaced, expiring] = [await make('revoked'), await make('replaced'), await make('expiring')];
    const replacement = await make('replaced', true);
    expect(await revokeKey(database.ingest, revoked.slice(4, 16), now)).toBe(true);
    expect(await revokeKey(database.ingest, revoked.slice(4, 16), now)).toBe(false);
    for (const key of [revoked, replaced]) expect((await post('{ __typename }', key)).status).toBe(401);
    for (const key of [replacement, expiring]) expect((await post('{ __typename }', key)).status).toBe(200);
    const before = now;
    now = new Date(now.getTime() + 86_400_000);
    expect((await post('{ __typename }', expiring)).status).toBe(401);
    now = before;
  });
});

describe('answers', () => {
  test('pages follow each other without gap or double, one statement each', async () => {
    for (const orderBy of ['DATE_OF_SERVICE_DESC', 'DATE_OF_SERVICE_ASC', 'ID']) {
      const seen: string[] = [];
      let after: string | null = null;
      for (let page = 0; page < 20; page += 1) {
        statements.length = 0;
        const { body } = await ask(LIST, 'operator', { first: 5, after, orderBy });
        expect(statements).toHaveLength(1);
        seen.push(...list(body).nodes.map((node) => node.id));
        after = list(body).pageInfo.endCursor;
        if (!list(body).pageInfo.hasNextPage) break;
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect([...seen].sort()).toEqual([...(tenant.ids['dispense'] ?? [])].sort());
    }
  });

  test('a list of nullable dates pages through its nulls in both directions', async () => {
    for (const orderBy of ['START_DATE_DESC', 'START_DATE_ASC']) {
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const query = `query ($after: String) { encounters(first: 1, after: $after, orderBy: ${orderBy}) { nodes { id } pageInfo { endCursor } } }`;
        const { body } = await ask(query, 'operator', { after });
        const page = (body.data as unknown as { encounters: List }).encounters;
        seen.push(...page.nodes.map((node) => node.id));
        after = page.pageInfo.endCursor;
      } while (after !== null && seen.length < 50);
      expect([...seen].sort()).toEqual([...(tenant.ids['encounter'] ?? [])].sort());
    }
  });

  test('several root fields are one transaction with a statement each', async () => {
    statements.length = 0;
    const { body } = await ask(
      '{ a: feeds { totalCount } b: invoices { totalCount } __typename c: dispenses { totalCount } }',
    );
    expect(statements).toHaveLength(3);
    expect(Object.keys(body.data ?? {})).toEqual(['a', 'b', '__typename', 'c']);
  });

  test('a role without the class gets null and is told which fields were masked', async () => {
    const query =
      '{ dispenses(first: 3) { nodes { id rxNumber patient { familyName } claims(first: 1) { nodes { totalPaid } } } } }';
    const analyst = await ask(query, 'analyst');
    expect(analyst.body.extensions?.redactions).toEqual([
      { path: 'dispenses.nodes.rxNumber', class: 'PHI' },
      { path: 'dispenses.nodes.patient.familyName', class: 'PHI' },
    ]);
    const partner = await ask(query, 'partner');
    expect(partner.body.extensions?.redactions?.map((item) => item.path)).toEqual([
      'dispenses.nodes.rxNumber',
      'dispenses.nodes.patient',
      'dispenses.nodes.claims.nodes.totalPaid',
    ]);
    expect((await ask(query, 'operator')).body.extensions).toBeUndefined();
  });

  test('what a role may not read it may not filter or order by', async () => {
    const byPatient = `{ dispenses(filter: {patient: {eq: "${tenant.ids['patient']?.[0]}"}}) { totalCount } }`;
    for (const query of [byPatient, '{ dispenses(orderBy: DATE_OF_SERVICE_ASC) { totalCount } }']) {
      const { status, body } = await ask(query, 'partner');
      expect([status, body.errors?.[0]?.extensions?.code]).toEqual([403, 'FORBIDDEN']);
      expect((await ask(query, 'analyst')).status).toBe(200);
    }
  });

  test('introspection, alone and beside data', async () => {
    expect((await ask('{ __schema { queryType { name } } }')).body.data).toEqual({
      __schema: { queryType: { name: 'Query' } },
    });
    const mixed = await ask('query ($n: String!) { __type(name: $n) { name } feeds { totalCount } }', 'operator', {
      n: 'Feed',
    });
    expect(mixed.body.data).toEqual({ __type: { name: 'Feed' }, feeds: { totalCount: 4 } });
  });

  test.each(readdirSync('examples/queries'))('example %s runs as it stands', async (file) => {
    const { status, body } = await ask(readFileSync(`examples/queries/${file}`, 'utf8'));
    expect(status).toBe(200);
    // The world has rows whose non-null edge or enum is missing, on purpose: such an error names its path.
    expect((body.errors ?? []).filter((error) => error.path === undefined)).toEqual([]);
    expect(body.data).not.toBeNull();
  });
});

describe('refusals', () => {
  const code = (body: Body): string | undefined => body.errors?.[0]?.extensions?.code;

  test('a cursor that was altered, or is of another list, order or tenant', async () => {
    const { body } = await ask(LIST, 'operator', { first: 2 });
    const cursor = list(body).pageInfo.endCursor;
    const flipped = `${cursor.slice(0, 50)}${cursor[50] === 'A' ? 'B' : 'A'}${cursor.slice(51)}`;
    const theirs = await createKey(database.ingest, {
      tenantId: other.id,
      name: 'theirs',
      role: 'operator',
      days: 1,
      now,
    });
    const tries = [
      await ask(LIST, 'operator', { after: flipped }),
      await ask(LIST, 'operator', { after: 'x' }),
      await ask(LIST, 'operator', { after: cursor, orderBy: 'ID' }),
      await ask(`{ invoices(after: "${cursor}") { totalCount } }`),
      await post(LIST, theirs, { after: cursor }),
    ];
    for (const tried of tries) expect([tried.status, code(tried.body)]).toEqual([400, 'BAD_CURSOR']);
  });

  test('too deep, too costly, too long, too large', async () => {
    const chain = (n: number): string => (n === 0 ? 'id' : `dispense { determination { ${chain(n - 1)} } }`);
    const deep = `{ dispense(id: "x") { determination { ${chain(6)} } } }`;
    const costly =
      '{ dispenses(first: 500) { nodes { accumulatorEntries(first: 500) { nodes { dispense { claims(first: 500) { totalCount } } } } } } }';
    const fan = Array.from(
      { length: 9 },
      (_, n) =>
        `fragment F${n} on Dispense { ${['a', 'b', 'c', 'd', 'e', 'f'].map((x) => `${x}: determination { dispense { ...F${n + 1} } }`).join(' ')} }`,
    );
    const wide = `{ dispenses(first: 0) { nodes { ...F0 } } } ${fan.join(' ')} fragment F9 on Dispense { id }`;
    statements.length = 0;
    expect(code((await ask(deep)).body)).toBe('TOO_DEEP');
    expect(code((await ask(costly)).body)).toBe('TOO_COSTLY');
    expect((await ask(wide)).body.errors).toHaveLength(1);
    expect((await ask(`{ ${'__typename '.repeat(1_100)} }`)).status).toBe(400);
    expect((await ask(LIST, 'operator', { first: 501 })).status).toBe(400);
    expect((await ask(LIST, 'operator', { first: -1 })).status).toBe(400);
    expect((await ask('{ __typename }', 'operator', { x: 'y'.repeat(300_000) })).status).toBe(413);
    expect(statements).toEqual([]);
  });

  test('GET, forms and plain text', async () => {
    const authorization = `Bearer ${keys.get('operator')}`;
    expect((await fetch(at('/graphql?query={__typename}'), { headers: { authorization } })).status).toBe(405);
    const form = await fetch(at('/graphql'), {
      method: 'POST',
      headers: { authorization, 'content-type': 'text/plain' },
      body: '{"query":"{__typename}"}',
    });
    expect(form.status).toBe(400);
  });

  test('values that no row can have find nothing, and are no error', async () => {
    const none =
      '{ dispense(id: "\'; drop table dispense; --") { id } dispenses(filter: {ndc11: {in: ["a\\u0000b", "\\"{},\\\\"]}, patient: {eq: "x"}}) { totalCount } }';
    expect((await ask(none)).body).toEqual({ data: { dispense: null, dispenses: { totalCount: 0 } } });
  });

  test('bad variables are named by field, not answered', async () => {
    const { status, body } = await ask(
      'query ($d: Date) { dispenses(filter: {dateOfService: {gte: $d}}) { totalCount } }',
      'operator',
      { d: '2026-02-30' },
    );
    expect([status, body.data]).toEqual([400, undefined]);
    const unknown = await ask('{ dispensez { id } }');
    expect(unknown.status).toBe(400);
    expect(JSON.stringify(unknown.body)).not.toContain('Did you mean');
  });

  test('a failing database says nothing about statements or values', async () => {
    await database.owner.query('alter table feed rename to feed_away');
    const { status, body } = await ask('{ feeds(filter: {name: {eq: "canary"}}) { totalCount } }');
    await database.owner.query('alter table feed_away rename to feed');
    expect([status, code(body)]).toEqual([500, 'INTERNAL_SERVER_ERROR']);
    expect(JSON.stringify(body)).not.toMatch(/select|feed|canary|tenant/i);
    expect(faults).toHaveLength(1);
  });
});

describe('health and metrics', () => {
  test('livez and readyz are open and say one word', async () => {
    expect(await (await fetch(at('/livez'))).text()).toBe('ok\n');
    expect(await (await fetch(at('/readyz'))).text()).toBe('ok\n');
    await database.owner.query(`insert into schema_migration (name, sha256) values ('9999_future', '')`);
    const newer = await fetch(at('/readyz'));
    await database.owner.query(`delete from schema_migration where name = '9999_future'`);
    expect([newer.status, await newer.text()]).toEqual([503, 'not ready\n']);
    expect(await (await fetch(at('/'))).text()).not.toMatch(/<script|https?:/);
  });

  test('public keys are told without a key, feed by feed', async () => {
    const answer = await fetch(at('/.well-known/jwks/clinic-fhir.json'));
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
      200,
      'application/json; charset=utf-8',
      'max-age=300',
    ]);
    expect(await answer.json()).toEqual(keySet);
    for (const path of ['/.well-known/jwks/other.json', '/.well-known/jwks.json', '/.well-known/jwks/clinic-fhir'])
      expect((await fetch(at(path))).status).toBe(404);
  });

  test('metrics need a key and name no patient', async () => {
    expect((await fetch(at('/metrics'))).status).toBe(401);
    await ask('{ dispenses { totalCount } }');
    await database.owner.query(
      `insert into outbound_file (tenant_id, id, feed, name, payload, sha256, size_bytes, state, created_at, created_by, expects_acknowledgement)
       select t.id, gen_random_uuid(), 'alpha', 'PO-' || state, '', '', 0, state, now(), 'hub', true
       from tenant t, unnest(array['SENT', 'UNCERTAIN']) as state`,
    );
    const text = await (
      await fetch(at('/metrics'), { headers: { authorization: `Bearer ${keys.get('monitor')}` } })
    ).text();
    for (const line of [
      'hub_feed_last_success_timestamp_seconds{feed="alpha"} 1772532000.123',
      'hub_feed_records_total{feed="alpha",outcome="accepted"} 12',
      'hub_build_info{version="1.2.3"} 1',
      'hub_graphql_request_duration_seconds_count{operation="dispenses"}',
      'hub_exceptions_open{reason=',
      'hub_outbound_files{feed="alpha",state="UNCERTAIN"} 1',
      'hub_outbound_files{feed="alpha",state="SENT"} 1',
      'hub_outbound_unacknowledged{feed="alpha"} 1',
      'hub_mllp_connections{feed="alpha"} 3',
      'hub_mllp_nak_total{feed="alpha",reason="unreadable"} 2',
      'hub_mllp_frame_errors_total{feed="alpha"} 1',
      'hub_mllp_turned_away_total{feed="alpha",reason="certificate"} 4',
      'hub_mllp_sender_connected_since_timestamp_seconds{feed="alpha",sender="cn=ehr"} 5',
      'hub_mllp_sender_last_frame_timestamp_seconds{feed="alpha",sender="cn=ehr"} 9',
      'hub_mllp_sender_nak_total{feed="alpha",sender="cn=ehr"} 2',
    ]) {
      expect(text).toContain(line);
    }
  });

  test('a port in use is an error that names the setting', async () => {
    await expect(startHttp({ ...options, port: http.port })).rejects.toThrow(/http\.port/);
  });
});
