/**
 * `hub message` as informatics meets it: a broken message is found, looked at with the wrong field marked, mended and read
 * again; what was set aside is put back. Patients' values are not shown unless asked for.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { Command } from 'commander';
import { FORMATS } from '../../adapters/index.ts';
import { registerMessage } from '../../src/cli/message.ts';
import { newId } from '../../src/db/ids.ts';
import { tenantId, withTenant } from '../../src/db/tenant.ts';
import { normalizeStage } from '../../src/normalize/normalize.ts';
import { createReceiver } from '../../src/receive/receiver.ts';
import { drain } from '../../src/worker.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let folder: string;
const environment = { ...process.env };
const tenant = tenantId(newId());
const SECRET = 'GEHEIM';

beforeAll(async () => {
  database = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), 'hub-message-'));
  Object.assign(process.env, {
    DATABASE_OWNER_URL: database.ownerUrl,
    DATABASE_URL: database.ingestUrl,
    DATABASE_READ_URL: database.readUrl,
    DATABASE_MONITOR_URL: database.monitorUrl,
  });
  await database.owner.query(`insert into tenant (id, name, title, zone) values ($1::uuid, 'north', 'North', 'UTC')`, [
    tenant,
  ]);
  await withTenant(database.ingest, tenant, (tx) =>
    tx.query(
      `insert into feed (tenant_id, name, kind, format, transport, source_system, serves, zone, options)
       values ($1::uuid, 'adt', 'ehr', 'hl7v2', 'mllp', 'adt', '{}', 'UTC', '{}')`,
      [tenant],
    ),
  );
  const receiver = createReceiver(database.ingest, { clock: () => new Date() });
  for (const [controlId, born] of [
    ['GOOD', '19800102'],
    ['BAD', '19801342'],
  ] as const)
    await receiver.receive(tenant, 'adt', { controlId, name: 'mllp', bytes: Buffer.from(messageOf(controlId, born)) });
});
afterAll(async () => {
  process.env = environment;
  rmSync(folder, { recursive: true, force: true });
  await database.close();
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
});

const messageOf = (id: string, born: string): string =>
  [
    `MSH|^~\\&|EHR|M|HUB|L|20260302150405||ADT^A04|${id}|P|2.5.1`,
    'EVN||20260302150405',
    `PID|1||${SECRET}${id}^^^LUNA^MR||${SECRET}^ANN||${born}|F`,
    'PV1|1|O|CLINIC^^^MAIN||||1234567893||||||||||||V1',
  ].join('\r');

/** Runs `hub message <words>`: exit code and what was printed. */
async function hub(...words: string[]): Promise<{ code: unknown; out: string; lines: string[]; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => out.push(String(line)) > 0);
  jest.spyOn(process.stderr, 'write').mockImplementation((line) => err.push(String(line)) > 0);
  const program = new Command('hub')
    .option('--directory <path>', '', join(folder, '.hub'))
    .option('--config <path>')
    .option('--log-level <level>', '', 'silent')
    .exitOverride();
  registerMessage(program);
  await program.parseAsync(['message', ...words], { from: 'user' });
  const code = process.exitCode;
  process.exitCode = undefined;
  return { code, out: out.join(''), lines: out.join('').trimEnd().split('\n'), err: err.join('') };
}

interface Listed {
  id: string;
  controlId: string;
  state: string;
}
async function list(...words: string[]): Promise<Listed[]> {
  const { out } = await hub('list', '--json', ...words);
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Listed);
}
async function idOf(controlId: string): Promise<string> {
  const [found] = await list('--control-id', controlId);
  if (found === undefined) throw new Error(`no message ${controlId}`);
  return found.id;
}

test('what waits is listed, an edit of it is refused until it was read', async () => {
  expect((await list('--state', 'PENDING')).map(({ controlId }) => controlId)).toEqual(['BAD', 'GOOD']);
  await expect(hub('edit', await idOf('BAD'), '--set', 'PID-7=19801102', '--reason', 'x')).rejects.toThrow(
    'still waits',
  );
  // A replay works through what waits.
  await database.owner.query(`update raw_state set state = 'QUARANTINED'`);
  const counted = await hub('replay', '--dry-run', '--json');
  expect(JSON.parse(counted.out)).toEqual({ tenant: 'north', feed: 'adt', state: 'QUARANTINED', count: 2 });
  await expect(hub('replay')).rejects.toThrow('--yes');
  const { code, out } = await hub('replay', '--yes', '--json', '--reason', 'mended');
  expect([code, JSON.parse(out)]).toEqual([0, expect.objectContaining({ state: 'DONE', total: 2, done: 2 })]);
  expect((await list()).map(({ state }) => state)).toEqual(['DONE', 'DONE']);
  expect((await hub('replay', '--stop')).err).toContain('no replay runs');
});

test('a table for people, a page at a time', async () => {
  const { lines } = await hub('list', '--outcome', 'ERRORS');
  expect(lines[1]).toMatch(/ID.*FEED.*CONTROL ID.*STATE/);
  expect(lines.filter((line) => /\bBAD\b/.test(line))).toHaveLength(1);
  const first = await hub('list', '--limit', '1', '--json');
  const next = /--after (\S+)/.exec(first.err)?.[1] ?? '';
  expect((await list('--after', next)).map(({ controlId }) => controlId)).toEqual(['GOOD']);
  await expect(hub('list', '--state', 'LOST')).rejects.toThrow('known: PENDING');
  await expect(hub('list', '--since', 'yesterday')).rejects.toThrow('--since takes');
});

test('the wrong field is marked; patients’ values only have their shape', async () => {
  const id = await idOf('BAD');
  const masked = await hub('show', id);
  expect(masked.out).not.toContain(SECRET);
  expect(masked.out).not.toContain('19801342');
  expect(masked.lines.find((line) => line.startsWith('✗ '))).toMatch(/PID-7 +99999999 +← /);
  expect(masked.out).toMatch(/PID\|9\|\|xxxxxxxxx\^\^\^xxxx\^xx\|\|xxxxxx\^xxx\|\|99999999\|x/);
  expect(masked.out).toContain('MSH-10       BAD');
  expect(await shownTo()).toEqual([]);
  const open = await hub('show', id, '--show-phi', '--reason', 'the sender asked');
  expect(await shownTo()).toEqual([
    {
      feed: 'adt',
      subject: id,
      detail: { command: 'message show', host: hostname() },
      reason: 'the sender asked',
      decided_by: userInfo().username,
    },
  ]);
  expect(open.out).toContain(`${SECRET}^ANN`);
  expect(open.lines.find((line) => line.startsWith('✗ '))).toMatch(/PID-7 +19801342 +← /);
  const json = await hub('show', id, '--json');
  expect(json.out).not.toContain(SECRET);
  const pid = JSON.parse(json.out).tree[0].segments[2];
  expect(pid.fields.find((field: { place: string }) => field.place === 'PID-7')).toMatchObject({
    value: '99999999',
    problems: [expect.any(String)],
  });
  await expect(hub('show', newId())).rejects.toThrow('no tenant has a message');

  // What cannot be kept is not shown.
  await database.owner.query('alter table feed_decision rename to away');
  const printed: string[] = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  await expect(hub('show', id, '--show-phi')).rejects.toThrow();
  await database.owner.query('alter table away rename to feed_decision');
  expect(printed.join('')).not.toContain(SECRET);
});

const shownTo = () =>
  database.owner.query(
    `select feed, subject, detail, reason, decided_by from feed_decision where kind = 'SHOW_PHI' order by id`,
  );

test('mended with --set: shown first, then stored in its place and read', async () => {
  const id = await idOf('BAD');
  const dry = await hub('edit', id, '--set', 'PID-7=19801102', '--reason', 'x', '--dry-run');
  expect(dry.lines).toHaveLength(2);
  expect(dry.out).not.toContain(SECRET);
  await expect(hub('edit', id, '--set', 'PID7=1', '--reason', 'x')).rejects.toThrow('is no place');
  await expect(hub('edit', id, '--reason', 'x')).rejects.toThrow('--set or --file');
  const done = await hub('edit', id, '--set', 'PID-7=19801102', '--reason', 'told by phone', '--by', 'ann', '--json');
  const edited = JSON.parse(done.out);
  expect([done.code, edited]).toEqual([0, { id: edited.id, supersedes: id, state: 'DONE', accepted: 1, errors: 0 }]);
  expect((await hub('show', id)).out).toContain(`SUPERSEDED`);
  expect((await hub('show', edited.id)).out).toMatch(/took the place of .* \(ann: told by phone\)/);
  expect(await database.owner.query(`select birth_date from patient where key like '%BAD'`)).toEqual([
    { birth_date: '1980-11-02' },
  ]);
});

test('mended with a whole file; one that is still wrong ends with 2', async () => {
  const path = join(folder, 'mended.hl7');
  writeFileSync(path, messageOf('GOOD', '19991399'));
  const done = await hub('edit', await idOf('GOOD'), '--file', path, '--reason', 'x', '--by', 'ann');
  expect(done.code).toBe(0);
  expect(done.out).toMatch(/DONE, 1 accepted, 0 rejected, 1 errors\n.*PID-7/);
  writeFileSync(path, 'hello');
  const { out } = await hub('list', '--json', '--limit', '1');
  const worse = await hub('edit', JSON.parse(out).id, '--file', path, '--reason', 'x');
  expect(worse.code).toBe(2);
  expect(worse.out).toContain('REJECTED');
});

test('of a large file what is wrong is shown where it stands, masked', async () => {
  const isa = `ISA*00*          *00*          *ZZ*WHOLESALER     *ZZ*HUB            *260101*0000*U*00401*000000001*0*P*>~`;
  const sets = Array.from({ length: 12_000 }, (_, index) => {
    const quantity = index === 11_998 ? 'MANY' : '2';
    return `ST*810*${index}~BIG*20260101*INV${index}~N1*ST*CLINIC*91*ACC1~IT1*1*${quantity}*EA*10.00**N4*00093104801~TDS*2000~SE*6*${index}~`;
  }).join('');
  const x12 = `${isa}GS*IN*S*R*20260101*0000*1*X*004010~${sets}GE*12000*1~IEA*1*000000001~`;
  const messages = Array.from({ length: 6_000 }, (_, index) =>
    messageOf(`L${index}`, index === 5_000 ? '19801399' : '19800101'),
  );
  const files = [
    ['invoices', x12],
    ['adt', `FHS|^~\\&\rBHS|^~\\&\r${messages.join('\r')}\rBTS|6000\rFTS|1\r`],
  ] as const;
  await withTenant(database.ingest, tenant, (tx) =>
    tx.query(
      `insert into feed (tenant_id, name, kind, format, transport, source_system, serves, zone, options)
       values ($1::uuid, 'invoices', 'invoices', 'x12', 'folder', 'w', '{}', 'UTC', '{}')`,
      [tenant],
    ),
  );
  const clock = (): Date => new Date();
  const receiver = createReceiver(database.ingest, { clock });
  const ids: string[] = [];
  for (const [feed, text] of files) {
    const content = (async function* pieces() {
      yield Buffer.from(text);
    })();
    ids.push((await receiver.receiveFile(tenant, feed, { name: `${feed}.txt`, content })).rawId);
  }
  const tenants = [{ id: tenant, name: 'north', zone: 'UTC' }];
  await drain([normalizeStage], { db: database.ingest, tenant: tenants[0]!, tenants, clock, formats: FORMATS });
  const [invoices = '', batch = ''] = ids;

  const ofInvoices = await hub('show', invoices);
  expect(ofInvoices.out).toContain('A large file: only what is wrong is shown.');
  expect(ofInvoices.out).toMatch(
    /^ISA 1 GS 1 ST 11999\/IT1 1:\n {2}xx9\*9\*xxxx\*xx\*99\.99\*\*x9\*99999999999\n {2}xxx\*9999$/m,
  );
  expect((await hub('show', invoices, '--show-phi')).out).toContain('IT1*1*MANY*EA*10.00**N4*00093104801');

  const ofBatch = await hub('show', batch);
  expect(ofBatch.out).not.toContain(SECRET);
  expect(ofBatch.lines.find((line) => line.startsWith('✗ '))).toMatch(/PID-7 +99999999 +← /);
  expect(ofBatch.out).toMatch(/^message 5001$/m);
  const json = JSON.parse((await hub('show', batch, '--json')).out);
  expect(json.tree).toMatchObject([{ position: 'message 5001' }]);
  expect(json.excerpts[0].lines[1]).toBe('xxx||99999999999999');
});
