/** Feeds as files: what differs from the last time, secrets that are not kept, samples that must become what the file promises. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FORMATS } from '../../adapters/index.ts';
import { failedTests, planOf } from '../../src/cli/feed/apply.ts';
import type { Session } from '../../src/cli/session.ts';
import { takeOver } from '../../src/config/applied.ts';
import { applyConfiguration } from '../../src/config/apply.ts';
import { differences, withoutSecrets } from '../../src/config/compare.ts';
import { type Configuration, loadConfiguration } from '../../src/config/load.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let folder: string;

const feedText = (more: string, password = '"hunter2"'): string => `
feed: acme-claims
tenant: mercy
kind: claims
source: { sftp: { host: sftp.acme.example, user: hub, password: ${password}, hostKeySha256: "SHA256:yVm2zfB1QjrLwRP8ojmAsLnehhDSlN9DWQiQ8RRRfjg", path: /out } }
format:
  claim-extract:
    map: { status: { default: paid }, pharmacy.ncpdp: N, rx.number: R, fill.number: F, dateOfService: D, ndc: P, quantity: Q }
timezone: America/Chicago
${more}`;

function configured(...feed: [string, string?]): Configuration {
  writeFileSync(join(folder, 'feeds', 'acme-claims.yaml'), feedText(...feed));
  return loadConfiguration(folder, FORMATS);
}

beforeAll(async () => {
  database = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), 'feeds-'));
  mkdirSync(join(folder, 'feeds'));
  writeFileSync(join(folder, 'hub.yaml'), 'tenants: [{ name: mercy, zone: America/Chicago, entities: [DSH990012] }]\n');
  writeFileSync(
    join(folder, 'acme.csv'),
    'N,R,F,D,P,Q\n5900011,1,0,2026-03-09,70101010330,30\n5900011,2,0,someday,70101010330,30\n',
  );
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await database.close();
});

test('what was applied is compared by path; a secret in the file is neither kept nor shown', async () => {
  const plan = async (configuration: Configuration): ReturnType<typeof planOf> => {
    const tenants = await applyConfiguration(database.ingest, { ...configuration, feeds: [] }, new Date());
    return planOf({ ingest: database.ingest, tenants } as unknown as Session, configuration);
  };
  const first = configured('freshness: { error_after: 24h }');
  expect(await plan(first)).toEqual([{ feed: 'acme-claims', change: 'new', differences: [] }]);
  await applyConfiguration(database.ingest, first, new Date());
  expect(await plan(first)).toEqual([]);
  const other = await plan(configured('freshness: { error_after: 26h }', '"other"'));
  expect(other).toEqual([
    {
      feed: 'acme-claims',
      change: 'changed',
      differences: [{ path: 'freshness.error_after', from: '24h', to: '26h' }],
    },
  ]);
  expect(await plan({ ...first, feeds: [] })).toEqual([{ feed: 'acme-claims', change: 'undeclared', differences: [] }]);
});

test('secrets are left out, references to them stay', () => {
  expect(
    withoutSecrets({ sftp: { password: 'a', privateKey: '${file:/k}', user: 'hub' }, list: [{ clientSecret: 'b' }] }),
  ).toEqual({
    sftp: { password: '(not kept)', privateKey: '${file:/k}', user: 'hub' },
    list: [{ clientSecret: '(not kept)' }],
  });
});

test('the order of keys is no difference', () => {
  expect(differences({ a: [{ x: 1, y: 2 }], b: 1 }, { b: 2, a: [{ y: 2, x: 1 }] })).toEqual([
    { path: 'b', from: 1, to: 2 },
  ]);
});

describe('tests in a feed’s file', () => {
  test.each<[string, string[]]>([
    ['tests: [{ sample: acme.csv, expect: { ok: 1, rejected: 1 } }]', []],
    ['tests: [{ sample: acme.csv, expect: { ok: 2 } }]', ['ok 1, expected 2; rejected 1, expected 0']],
  ])('%s', async (text, says) => {
    const { feeds } = configured(text);
    const failed = await Promise.all(feeds.map((feed) => failedTests(folder, feed)));
    expect(failed.flat().map((one) => one.says)).toEqual(says);
  });
});

test('a running hub takes over what was applied, and nothing that stands in the files alone', () => {
  const first = configured('freshness: { error_after: 24h }');
  const applied = new Map([['acme-claims', withoutSecrets(first.declared?.get('acme-claims'))]]);
  const edited = configured('freshness: { error_after: 26h }');
  const kept = takeOver(first, edited, applied);
  expect(kept.configuration.feeds).toEqual(first.feeds);
  expect(kept.notes).toEqual([expect.stringContaining('feeds/acme-claims.yaml is not what was applied')]);
  applied.set('acme-claims', withoutSecrets(edited.declared?.get('acme-claims')));
  expect(takeOver(first, edited, applied)).toEqual({ configuration: { ...first, feeds: edited.feeds }, notes: [] });
  // A secret that stands in the file is not kept, so it is the file's.
  const secret = configured('freshness: { error_after: 26h }', '"changed"');
  expect(takeOver(edited, secret, applied).configuration.feeds[0]).toMatchObject({
    source: { sftp: { password: 'changed' } },
  });
  // A tenant of whom the hub did not know at its start has no stages yet.
  const moved = { ...edited, feeds: edited.feeds.map((feed) => ({ ...feed, tenant: 'lakeside' })) };
  const { configuration, notes } = takeOver(edited, moved, applied);
  expect(configuration.feeds).toEqual(edited.feeds);
  expect(notes).toEqual([expect.stringContaining('tenant lakeside, which this hub serves from its next start on')]);
  expect(takeOver(edited, { ...edited, feeds: [] }, applied).configuration.feeds).toEqual([]);
});
