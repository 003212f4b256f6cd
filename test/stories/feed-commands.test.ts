/** The commands by which a person decides about feeds: trusting a host key, pausing, handing files over. */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { write850 } from '../../adapters/formats/x12/write-850.ts';
import { examine } from '../../src/cli/doctor.ts';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import type { TenantId } from '../../src/db/tenant.ts';
import { pinnedKey } from '../../src/places.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { HubPlace } from '../support/hub-place.ts';
import { type Partner, startPartner } from '../support/sftp-partner.ts';

// Each test starts several processes, and the machine may be busy.
jest.setTimeout(180_000);

const WRONG = `SHA256:${'A'.repeat(43)}`;
let database: TestDatabase;
let partner: Partner;
let place: HubPlace;
let tenant: TenantId;

beforeAll(async () => {
  database = await testDatabase();
  partner = await startPartner();
  place = new HubPlace(database);
  declare(undefined);
  place.feed('adt', { mllp: { port: 0 } }, { kind: 'ehr', format: { hl7v2: {} }, serves: ['DSH010001'] });
  tenant = (await place.apply()).find(({ name }) => name === 'mercy')!.id;
});
afterAll(async () => {
  place.remove();
  await partner.server.stop();
  await database.close();
});

/** The feed's file, with this pin. */
function declare(hostKeySha256: string | undefined): void {
  const { hostKeySha256: _key, ...access } = partner.access;
  const pin = hostKeySha256 === undefined ? {} : { hostKeySha256 };
  place.feed('claims', { sftp: { ...access, ...pin, path: '/out', outboundPath: '/in' } });
}
const hub = (...args: string[]) => place.start(['feed', ...args]).ended;
const pinned = (): Promise<string | null> => {
  const feed = place.configuration().feeds.find((one) => one.feed === 'claims')!;
  if (!('sftp' in feed.source)) throw new Error('no SFTP feed');
  return pinnedKey(database.ingest, tenant, 'claims', feed.source.sftp);
};
/** What the doctor says of the partner's server, in this process: the server answers here. */
async function diagnosis(about = 'sftp'): Promise<Finding | undefined> {
  const { ingestUrl, readUrl, monitorUrl } = database;
  const findings = await examine(
    { directory: join(place.folder, '.hub'), config: place.folder, logLevel: 'silent' },
    { DATABASE_URL: ingestUrl, DATABASE_READ_URL: readUrl, DATABASE_MONITOR_URL: monitorUrl },
    () => new Date(),
  );
  return findings.find(({ check }) => check.startsWith(about));
}
const facts = (kind: string) =>
  database.owner.query<{ subject: string; detail: unknown; reason: string; decided_by: string }>(
    'select subject, detail, reason, decided_by from feed_decision where kind = $1 order by id',
    [kind],
  );

test('a server that nobody has vouched for: shown, not pinned without a word; then pinned and kept as a fact', async () => {
  expect(await diagnosis()).toMatchObject({
    state: 'problem',
    says: expect.stringContaining('none is pinned'),
    cure: expect.stringContaining('hub feed trust claims'),
  });
  const shown = await hub('trust', 'claims');
  expect(shown.status).toBe(2);
  expect(shown.stdout).toContain(`${partner.server.fingerprint} (ssh-ed25519)`);
  expect(shown.stdout).toMatch(/pinned key +none/);
  expect(await pinned()).toBeNull();

  const unexpected = await hub('trust', 'claims', '--fingerprint', WRONG, '--yes');
  expect(unexpected).toMatchObject({ status: 2, stderr: expect.stringContaining('NOT show the expected key') });
  expect(await pinned()).toBeNull();

  const fingerprint = partner.server.fingerprint;
  const trusted = await hub('trust', 'claims', '--fingerprint', fingerprint, '--by', 'ann', '--reason', 'by phone');
  expect(trusted.status).toBe(0);
  expect(await pinned()).toBe(fingerprint);
  expect(await diagnosis()).toMatchObject({ state: 'ok', says: expect.stringContaining('as pinned') });
  const { host, port } = partner.access;
  expect(await facts('TRUST')).toEqual([
    {
      subject: fingerprint,
      detail: { host, port, declared: null, replaced: null },
      reason: 'by phone',
      decided_by: 'ann',
    },
  ]);
  expect(partner.server.attempts).toEqual([]);
});

test('a changed key is told with both fingerprints; the later of the two decisions counts', async () => {
  declare(WRONG);
  expect(await pinned()).toBe(WRONG);
  const found = await diagnosis();
  expect(found).toMatchObject({ state: 'problem', cure: expect.stringContaining('hub feed trust claims') });
  expect(found?.says).toContain(WRONG);
  expect(found?.says).toContain(partner.server.fingerprint);
  const changed = await hub('trust', 'claims', '--json', '--yes');
  expect(JSON.parse(changed.stdout)).toMatchObject({ pinned: WRONG, outcome: 'PINNED' });
  expect(await pinned()).toBe(partner.server.fingerprint);
  expect(JSON.parse((await hub('trust', 'claims', '--json')).stdout)).toMatchObject({ outcome: 'AS_PINNED' });
  // The file is changed afterwards: what it states now is the later decision.
  declare(`SHA256:${'B'.repeat(42)}A`);
  expect(await pinned()).toBe(`SHA256:${'B'.repeat(42)}A`);
  declare(partner.server.fingerprint);
  expect(partner.server.attempts).toEqual([]);
});

test('a feed is paused and resumed once each, with who and why; one that is sent to us cannot be', async () => {
  const paused = async () => (await database.owner.query('select paused from feed where name = $1', ['claims']))[0];
  expect((await hub('pause', 'claims', '--reason', 'month end', '--by', 'ann')).stdout).toContain('is paused: nothing');
  expect((await hub('pause', 'claims')).stdout).toContain('already');
  expect(await paused()).toEqual({ paused: true });
  await place.apply();
  expect(await paused()).toEqual({ paused: true });
  await hub('resume', 'claims');
  expect(await paused()).toEqual({ paused: false });
  expect(await facts('PAUSE')).toEqual([{ subject: '', detail: {}, reason: 'month end', decided_by: 'ann' }]);
  expect(await facts('RESUME')).toHaveLength(1);
  expect(await hub('pause', 'adt')).toMatchObject({ status: 64, stderr: expect.stringContaining('only its sender') });
  expect(await hub('pause', 'clams')).toMatchObject({ status: 64, stderr: expect.stringContaining('claims') });
});

test('a file is handed over as a draft, released, delivered and listed', async () => {
  declare(partner.server.fingerprint);
  const file = join(place.folder, 'order.x12');
  writeFileSync(file, 'ISA*1~');
  const added = await hub('outbound', 'add', 'claims', file, '--name', 'PO-7.x12', '--draft');
  expect(added).toMatchObject({ status: 0, stdout: expect.stringContaining('kept as a draft') });
  const id = added.stdout.split(' ')[0]!;
  expect((await hub('outbound', 'deliver', 'claims')).stdout).toContain('nothing waits');
  await hub('outbound', 'release', 'claims', id);
  expect((await hub('outbound', 'deliver', 'claims')).stdout).toContain('1 sent');
  expect(partner.content('in', 'PO-7.x12')).toBe('ISA*1~');
  const listed = await hub('outbound', 'list', 'claims', '--json');
  expect(JSON.parse(listed.stdout)).toMatchObject({ id, state: 'SENT', attempts: 1, sizeBytes: 6 });
  writeFileSync(file, 'ISA*2~');
  const other = await hub('outbound', 'add', 'claims', file, '--name', 'PO-7.x12');
  expect(other).toMatchObject({ status: 64, stderr: expect.stringContaining('use another name') });
  expect((await hub('outbound', 'resolve', 'claims', id, '--as', 'lost')).status).toBe(64);
  expect(await diagnosis('outbound')).toMatchObject({ state: 'ok' });
  await database.owner.query(`update outbound_file set state = 'UNCERTAIN' where id = $1`, [id]);
  expect(await diagnosis('outbound')).toMatchObject({
    check: 'outbound claims',
    state: 'problem',
    cure: expect.stringContaining('hub feed outbound resolve claims'),
  });
  await database.owner.query(`update outbound_file set state = 'QUEUED', feed = 'shared' where id = $1`, [id]);
  expect(await diagnosis('outbound')).toMatchObject({ state: 'warning', says: expect.stringContaining('no place') });
});

test('the files of a place are fetched by command, worked through, and what was rejected is handed back with reasons', async () => {
  const out = join(place.folder, 'share');
  mkdirSync(out);
  place.feed('shared', { folder: { path: out } });
  await place.apply();
  const header = 'STATUS,NCPDP,RX,FILL,DOS,AT,NDC,QTY';
  const good = 'P,1234567,1001,0,2026-03-01,2026-03-01T10:00:00,00002143380,30';
  const bad = 'P,1234567,1002,0,2026-03-01,2026-03-01T10:00:00,00002143380,many';
  writeFileSync(join(out, 'claims.csv'), `${header}\r\n${good}\r\n${bad}\r\n`);
  copyFileSync('adapters/formats/packed/samples/bomb.zip', join(out, 'bomb.zip'));
  const ran = await hub('run', 'shared', '--by', 'ann');
  expect(ran).toMatchObject({ status: 0, stdout: expect.stringContaining('2 files stored') });
  expect(readdirSync(join(out, 'archive'))).toEqual(['claims.csv']);
  expect(readdirSync(join(out, 'error'))).toEqual(['bomb.zip']);
  expect(await facts('RUN')).toMatchObject([{ decided_by: 'ann' }]);

  const listed = await hub('rejects', 'shared', '--json');
  expect(listed.status).toBe(2);
  const files = listed.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { rawId: string; name: string; state: string; rejected: number });
  expect(files.map(({ name, state }) => `${name} ${state}`).sort()).toEqual(['bomb.zip HELD', 'claims.csv DONE']);
  const rawIdOf = (name: string) => files.find((file) => file.name === name)!.rawId;
  const target = join(place.folder, 'back.csv');
  const back = await hub('rejects', 'shared', '--run', rawIdOf('claims.csv'), '--out', target);
  expect(back.status).toBe(2);
  const [titles, line, ...rest] = readFileSync(target, 'utf8').split('\r\n');
  expect(titles).toBe(`${header},REJECT_POSITION,REJECT_FIELD,REJECT_REASON`);
  expect(line).toMatch(new RegExp(`^${bad},line 3,`));
  expect(rest).toEqual(['']);
  expect(statSync(target).mode & 0o777).toBe(0o600);
  expect(await facts('SHOW_PHI')).toEqual([
    {
      subject: rawIdOf('claims.csv'),
      detail: { command: 'feed rejects', host: hostname(), reasons: 1 },
      reason: '',
      decided_by: userInfo().username,
    },
  ]);
  const whole = await hub('rejects', 'shared', '--run', rawIdOf('bomb.zip'));
  expect(whole).toMatchObject({ stdout: '', stderr: expect.stringContaining('more than 100 times its size') });
  expect((await hub('rejects', 'claims', '--run', rawIdOf('claims.csv'))).status).toBe(64);
});

test('a preview that shows values is kept with who, why and the hash of the file’s name, never the name', async () => {
  const sample = join(place.folder, 'SMITH_JOHN.csv');
  writeFileSync(
    sample,
    'STATUS,NCPDP,RX,FILL,DOS,AT,NDC,QTY\nP,1234567,1002,0,2026-03-01,2026-03-01T10:00:00,00002143380,many\n',
  );
  const kept = (await facts('SHOW_PHI')).length;
  expect((await hub('preview', 'claims', '--sample', sample)).stdout).toContain('xxxx');
  expect(await facts('SHOW_PHI')).toHaveLength(kept);
  const open = await hub('preview', 'claims', '--sample', sample, '--show-phi', '--reason', 'call with ACME');
  expect(open.stdout).toContain('many');
  expect((await facts('SHOW_PHI')).at(-1)).toEqual({
    subject: createHash('sha256').update('SMITH_JOHN.csv').digest('hex'),
    detail: { command: 'feed preview', host: hostname(), values: 1 },
    reason: 'call with ACME',
    decided_by: userInfo().username,
  });
});

test('an order that is handed over says whose acknowledgement is waited for', async () => {
  const file = join(place.folder, 'order.850');
  const order = {
    number: 'PO-9',
    orderDate: '2026-03-02',
    purpose: '00',
    type: 'SA',
    accountNumber: '1',
    shipTo: null,
  } as const;
  const lines = [{ lineNumber: '1', ndc11: '99001104801', packages: '5', unitPrice: null }];
  const envelope = { senderId: 'HUB', receiverId: 'WHOLE', controlNumber: 9, created: '2026-03-02T15:00:00' };
  writeFileSync(file, write850([{ ...order, lines }], envelope));
  const added = await hub('outbound', 'add', 'claims', file);
  expect(added.stdout).toContain('group PO 9 for WHOLE: its 997 or 999 is waited for');
  const silent = await hub('outbound', 'add', 'claims', file, '--name', 'again.850', '--no-acknowledgement');
  expect(silent.stdout).not.toContain('waited');
  const rows = await database.owner.query(
    'select partner, functional_code, control_number, expects_acknowledgement from outbound_file where partner is not null order by name',
  );
  expect(rows).toEqual([
    { partner: 'WHOLE', functional_code: 'PO', control_number: '9', expects_acknowledgement: false },
    { partner: 'WHOLE', functional_code: 'PO', control_number: '9', expects_acknowledgement: true },
  ]);
});
