/** MLLP in the configuration: what cannot be served safely or unambiguously is an error at load that names file and key. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { FORMATS } from '../../adapters/index.ts';
import { checkCertificates } from '../../src/cli/doctor/certificates.ts';
import { type Configuration, ConfigurationError, loadConfiguration } from '../../src/config/load.ts';
import { mllpTls } from '../../src/config/mllp.ts';
import { makeAuthority, makeIdentity } from '../support/certificates.ts';

let root: string;
let count = 0;
const DAY_MS = 86_400_000;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'hub-config-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Loads a configuration of so many MLLP feeds, with files `hub.key`, `hub.pem`, `ca.pem` and `other.key` beside it. */
function load(mllp: Record<string, unknown>, ...sources: Record<string, unknown>[]): Configuration {
  const folder = join(root, String((count += 1)));
  mkdirSync(join(folder, 'feeds'), { recursive: true });
  const authority = makeAuthority('A');
  const hub = makeIdentity(authority, 'A', { commonName: 'hub', validTo: new Date(Date.now() + 10 * DAY_MS) });
  const files = { 'hub.key': hub.key, 'hub.pem': hub.cert, 'ca.pem': authority.cert, 'other.key': authority.key };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const tenants = [{ name: 'luna', zone: 'UTC', entities: ['DSH010001'] }];
  writeFileSync(join(folder, 'hub.yaml'), stringify({ mllp, tenants }));
  sources.forEach((source, index) => {
    const feed = `ehr-${index + 1}`;
    const file = {
      feed,
      tenant: 'luna',
      kind: 'ehr',
      source: { mllp: source },
      format: { hl7v2: {} },
      timezone: 'UTC',
    };
    writeFileSync(join(folder, 'feeds', `${feed}.yaml`), stringify(file));
  });
  return loadConfiguration(folder, FORMATS);
}

function problemsOf(mllp: Record<string, unknown>, ...sources: Record<string, unknown>[]): string[] {
  try {
    load(mllp, ...sources);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

const tls = { key: 'hub.key', cert: 'hub.pem' };
const mutual = { ...tls, ca: 'ca.pem' };

describe('clear text', () => {
  test('stays on the loopback unless somebody says that the network protects it', () => {
    expect(problemsOf({}, { port: 2575 })).toEqual([]);
    expect(problemsOf({ host: '0.0.0.0' }, { port: 2575 })).toEqual([
      expect.stringMatching(
        /^feeds\/ehr-1\.yaml: port 2575 would listen in clear text on 0\.0\.0\.0\. .*mllp\.tls.*mllp\.clearText/,
      ),
    ]);
    expect(problemsOf({ host: '0.0.0.0', clearText: 'protected-network' }, { port: 2575 })).toEqual([]);
    expect(problemsOf({ host: '0.0.0.0', tls }, { port: 2575 })).toEqual([]);
    expect(problemsOf({ host: '0.0.0.0' }, { port: 2575, tls })).toEqual([]);
    expect(problemsOf({ host: '0.0.0.0', tls }, { port: 2575, tls: false })).toHaveLength(1);
  });
});

describe('certificates', () => {
  test('files that are missing and names that nothing checks are errors', () => {
    expect(problemsOf({}, { port: 2575, tls: { key: 'gone.key', cert: 'hub.pem' } })).toEqual([
      expect.stringMatching(/^feeds\/ehr-1\.yaml: the file of tls\.key does not exist: .*gone\.key$/),
    ]);
    expect(problemsOf({ tls }, { port: 2575, certificate: ['CN=ehr'] })).toEqual([
      expect.stringContaining('source.mllp.certificate needs tls.ca'),
    ]);
    expect(problemsOf({ tls: mutual }, { port: 2575, certificate: ['ehr'] })[0]).toContain('CN=<common name>');
  });

  test('a key of another certificate is told with the setting, not with the key', () => {
    const { directory, hub, feeds } = load({ tls: { ...tls, key: 'other.key' } }, { port: 2575 });
    const [feed] = feeds;
    if (feed === undefined) throw new Error('no feed');
    expect(() => mllpTls(directory, hub, feed)).toThrow(
      /^feeds\/ehr-1\.yaml: key, cert and ca of tls cannot be used together \(ERR_/,
    );
  });

  test('the doctor says when a certificate ends', () => {
    const configuration = load({ tls: mutual }, { port: 2575 }, { port: 2576, tls: false });
    const at = (days: number): unknown[] =>
      checkCertificates(configuration, new Date(Date.now() + days * DAY_MS)).map(({ check, state, says }) => [
        check,
        state,
        says,
      ]);
    expect(at(0)[0]).toEqual(['certificate :2575', 'warning', 'expires in 9 days, senders show certificates']);
    expect(at(-60)[0]).toMatchObject(['certificate :2575', 'ok', expect.stringContaining('expires in 69 days')]);
    expect(at(20)[0]).toMatchObject(['certificate :2575', 'problem', expect.stringContaining('expired')]);
    expect(at(0)[1]).toMatchObject(['certificate :2576', 'ok', expect.stringContaining('loopback')]);
  });
});

describe('feeds that share a port', () => {
  test.each([
    ['no lists', {}, {}, 1],
    ['one list', { address: ['10.1.0.0/16'] }, {}, 1],
    ['addresses apart', { address: ['10.1.0.0/16', '192.168.1.7'] }, { address: ['10.2.0.0/16', 'fd00::/8'] }, 0],
    ['an address inside the other network', { address: ['10.1.0.0/16'] }, { address: ['10.2.0.0/16', '10.1.4.4'] }, 1],
    ['networks that overlap', { address: ['10.1.2.0/24'] }, { address: ['10.0.0.0/8'] }, 1],
    ['certificates apart', { certificate: ['CN=a'] }, { certificate: ['CN=b', 'DNS:a'] }, 0],
    ['one certificate in both', { certificate: ['CN=a', 'DNS:x.example'] }, { certificate: ['DNS:X.example'] }, 1],
    ['a certificate here, an address there', { certificate: ['CN=a'] }, { address: ['10.1.0.0/16'] }, 1],
    [
      'one address, certificates apart',
      { address: ['10.1.1.1'], certificate: ['CN=a'] },
      { address: ['10.1.1.1'], certificate: ['CN=b'] },
      0,
    ],
  ])('%s', (_name, first, second, expected) => {
    const problems = problemsOf({ tls: mutual }, { port: 2575, ...first }, { port: 2575, ...second });
    expect(problems).toEqual(
      Array(expected).fill(
        expect.stringMatching(/^feeds\/ehr-2\.yaml: shares port 2575 with feed "ehr-1" and a sender could be either/),
      ),
    );
    expect(problemsOf({ tls: mutual }, { port: 2575, ...first }, { port: 2576, ...second })).toEqual([]);
  });

  test('show one certificate', () => {
    const apart = [{ address: ['10.1.1.1'] }, { address: ['10.1.1.2'] }];
    expect(problemsOf({}, { port: 2575, tls, ...apart[0] }, { port: 2575, ...apart[1] })).toEqual([
      'feeds/ehr-2.yaml: shares port 2575 with feed "ehr-1", so both must have the same tls',
    ]);
  });

  test('what is no address is an error', () => {
    for (const address of ['10.1', '10.0.0.0/33', 'ehr.example', '::1/129', '10.0.0.0/8/9'])
      expect(problemsOf({}, { port: 2575, address: [address] })[0]).toContain('an address or a network such as');
  });
});
