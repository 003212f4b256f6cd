/** The commands by which a person decides about feeds: trusting a host key, pausing, handing files over. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { examine } from '../../src/cli/doctor.ts';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import type { TenantId } from '../../src/db/tenant.ts';
import { pinnedKey } from '../../src/places.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { HubPlace } from '../support/hub-place.ts';
import { type Partner, startPartner } from '../support/sftp-partner.ts';

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
async function diagnosis(): Promise<Finding | undefined> {
  const { ingestUrl, readUrl, monitorUrl } = database;
  const findings = await examine(
    { directory: join(place.folder, '.hub'), config: place.folder, logLevel: 'silent' },
    { DATABASE_URL: ingestUrl, DATABASE_READ_URL: readUrl, DATABASE_MONITOR_URL: monitorUrl },
    () => new Date(),
  );
  return findings.find(({ check }) => check.startsWith('sftp'));
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
});
