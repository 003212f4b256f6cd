/** What the FHIR transport refuses, and how it identifies itself. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet } from 'jose';
import { keySetOf } from '../../adapters/transports/fhir/key-set.ts';
import { probeFhir } from '../../adapters/transports/fhir/probe.ts';
import { isPrivate } from '../../adapters/transports/fhir/addresses.ts';
import { feedSchema, hubSchema } from '../../src/config/schema.ts';
import { keySets } from '../../src/fhir-feeds.ts';
import { closeAll, fhirConfig, filled, known, opened, poll, serve, twoMore, until } from '../support/fhir-feed.ts';

afterEach(closeAll);

/** A server that answers every request in the same way. */
async function answering(answer: (path: string) => { status?: number; headers?: object; body?: string }) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const { status = 200, headers = {}, body = '' } = answer(request.url ?? '');
    response.writeHead(status, { ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened({
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/fhir`, asked };
}

const bundle = (next: string): string =>
  JSON.stringify({
    resourceType: 'Bundle',
    type: 'searchset',
    link: [{ relation: 'next', url: next }],
    entry: [{ resource: { resourceType: 'Patient', id: 'p1' } }],
  });

describe('what is refused', () => {
  const ONE = { types: ['Patient'], deletions: 'none' } as const;

  test('a next link to another origin is not followed, whatever it looks like', async () => {
    const other = await answering(() => ({ body: '{}' }));
    for (const link of [
      `${other.url}/Patient`,
      '//169.254.169.254/latest',
      'http://ehr@127.0.0.1/x',
      'file:///etc/passwd',
    ]) {
      const server = await answering(() => ({ body: bundle(link) }));
      const { polls, running } = await poll(fhirConfig(server.url, ONE));
      await until('a poll', () => polls.length > 0);
      expect(polls[0]?.failure).toContain('was not followed');
      await running.stop();
    }
    expect(other.asked).toEqual([]);
  });

  test('a redirect is not followed', async () => {
    const other = await answering(() => ({ body: '{}' }));
    const server = await answering(() => ({ status: 302, headers: { location: other.url } }));
    const { polls } = await poll(fhirConfig(server.url, ONE));
    await until('a poll', () => polls.length > 0);
    expect(polls[0]?.failure).toBe('Patient answered 302');
    expect(other.asked).toEqual([]);
  });

  test('a private address is not connected to unless the feed says so, by name or by number', async () => {
    const server = await answering(() => ({ body: '{}' }));
    for (const url of [server.url, server.url.replace('127.0.0.1', 'localhost')]) {
      const { polls, running } = await poll(fhirConfig(url, { ...ONE, privateNetwork: false }));
      await until('a poll', () => polls.length > 0);
      expect(polls[0]?.failure).toContain('privateNetwork');
      await running.stop();
    }
    expect(server.asked).toEqual([]);
    for (const address of ['10.1.2.3', '169.254.169.254', '::1', 'fd00::1', '::ffff:127.0.0.1', '100.64.0.1'])
      expect([address, isPrivate(address)]).toEqual([address, true]);
    for (const address of ['8.8.8.8', '2606:4700::1111', '172.32.0.1'])
      expect([address, isPrivate(address)]).toEqual([address, false]);
  });

  test('an answer above the limit is not read to its end', async () => {
    const server = await answering(() => ({ body: ' '.repeat(300_000) }));
    const { polls } = await poll(fhirConfig(server.url, { ...ONE, maxBytes: 100_000 }));
    await until('a poll', () => polls.length > 0);
    expect(polls[0]?.failure).toContain('maxBytes');
  });

  test('a next link in a circle ends', async () => {
    const server = await answering(() => ({ body: bundle('/fhir/Patient?again') }));
    const { polls, delivered } = await poll(fhirConfig(server.url, ONE));
    await until('a poll', () => polls.length > 0);
    expect(polls[0]?.failure).toContain('5 times in a row');
    expect(delivered).toHaveLength(1);
  });

  test('what is no Bundle is a failure, not a page', async () => {
    const server = await answering(() => ({ body: '<html>Sign in</html>' }));
    const { polls, delivered } = await poll(fhirConfig(server.url, ONE));
    await until('a poll', () => polls.length > 0);
    expect(polls[0]?.failure).toBe('Patient: the answer is no Bundle');
    expect(delivered).toEqual([]);
  });
});

test('a probe says what the server is, or why there is none, and reads nothing', async () => {
  const clock = (): Date => new Date();
  const server = await serve(filled(1));
  const probe = (url: string, change: object = {}) => probeFhir({ url, privateNetwork: true, ...change }, 5_000, clock);
  expect(await probe(server.url)).toEqual({ version: '4.0.1', token: 'none' });
  expect(await probe(server.url, { bearer: 'x' })).toEqual({ version: '4.0.1', token: 'fixed' });
  expect(server.requests).toEqual({});
  expect(await probe(server.url, { privateNetwork: false })).toMatchObject({
    fault: expect.stringContaining('private'),
  });
  const other = await answering(() => ({ body: '<html>' }));
  expect(await probe(other.url)).toMatchObject({ fault: expect.stringContaining('is the base URL right?') });
  const closed = await answering(() => ({ status: 404 }));
  expect(await probe(closed.url)).toEqual({ fault: 'metadata answered 404' });
});

describe('SMART backend services', () => {
  test.each(['RS384', 'ES384'] as const)(
    '%s: tokens are reused until they expire or are refused',
    async (algorithm) => {
      const keys =
        algorithm === 'RS384'
          ? generateKeyPairSync('rsa', { modulusLength: 2048 })
          : generateKeyPairSync('ec', { namedCurve: 'P-384' });
      const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
      const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      const client = { clientId: 'hub', publicKey, algorithm, seconds: 300 };
      const server = await serve(filled(7), { client });
      const smart = {
        clientId: 'hub',
        tokenUrl: `${server.url}/token`,
        scope: 'system/*.rs',
        privateKey,
        keyId: 'k1',
        algorithm,
      };
      const { delivered, polls } = await poll(fhirConfig(server.url, { smart }));
      await until('a whole poll', () => polls.length > 0);
      expect((await known(delivered)).size).toBe(14);
      await twoMore(polls);
      expect(server.tokens.count).toBe(1);
      server.tokens.revoke();
      await twoMore(polls);
      expect(server.tokens.count).toBe(2);
      expect(polls.every(({ failure }) => failure === null)).toBe(true);
    },
  );

  test('a client that the server does not know gets nothing, and says why', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const client = {
      clientId: 'hub',
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      algorithm: 'ES384' as const,
      seconds: 300,
    };
    const server = await serve(filled(1), { client });
    const smart = {
      clientId: 'hub',
      tokenUrl: `${server.url}/token`,
      scope: 'system/*.rs',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      keyId: 'k1',
      algorithm: 'ES384' as const,
    };
    const { polls, delivered } = await poll(fhirConfig(server.url, { smart }));
    await until('a poll', () => polls.length > 0);
    expect(polls[0]?.failure).toBe('the token endpoint answered 400');
    expect(delivered).toEqual([]);
  });

  test('a server that fetches the keys follows a rotation: the next key is told before it signs', async () => {
    const [first, next] = [0, 1].map(() => generateKeyPairSync('ec', { namedCurve: 'P-384' }));
    const smartWith = (tokenUrl: string, keyId: string, pair = first, other = next, otherId = 'k2') => ({
      clientId: 'hub',
      tokenUrl,
      scope: 'system/*.rs',
      privateKey: pair?.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() ?? '',
      keyId,
      algorithm: 'ES384' as const,
      published: [
        {
          keyId: otherId,
          algorithm: 'ES384' as const,
          publicKey: other?.publicKey.export({ type: 'spki', format: 'pem' }).toString() ?? '',
        },
      ],
    });
    const before = await keySetOf(smartWith('https://ehr.example/token', 'k1'));
    const told = await answering(() => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(before),
    }));
    const publicKey = createRemoteJWKSet(new URL(told.url), { cooldownDuration: 0 });
    const server = await serve(filled(3), { client: { clientId: 'hub', publicKey, algorithm: 'ES384', seconds: 300 } });
    for (const smart of [
      smartWith(`${server.url}/token`, 'k1'),
      smartWith(`${server.url}/token`, 'k2', next, first, 'k1'),
    ]) {
      const { delivered, polls } = await poll(fhirConfig(server.url, { smart }));
      await until('a whole poll', () => polls.length > 0);
      expect(polls[0]?.failure).toBeNull();
      expect((await known(delivered)).size).toBe(6);
    }
    // One key under the other's name is no key.
    const { polls } = await poll(fhirConfig(server.url, { smart: smartWith(`${server.url}/token`, 'k2') }));
    await until('a poll', () => polls.length > 0);
    expect(polls[0]?.failure).toBe('the token endpoint answered 400');
  });

  test.each(['RS384', 'ES384'] as const)('%s: of a key only what is public is told', async (algorithm) => {
    const keys =
      algorithm === 'RS384'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const smart = {
      clientId: 'hub',
      tokenUrl: 'https://ehr.example/token',
      scope: '',
      privateKey,
      keyId: 'k1',
      algorithm,
    };
    const { keys: told } = await keySetOf(smart);
    const parts = algorithm === 'RS384' ? ['n', 'e'] : ['crv', 'x', 'y'];
    expect(told.map((key) => Object.keys(key).sort())).toEqual([
      ['alg', 'key_ops', 'kid', 'kty', 'use', ...parts].sort(),
    ]);
    expect(told).toMatchObject([{ kid: 'k1', alg: algorithm, use: 'sig', key_ops: ['verify'] }]);
    await expect(keySetOf({ ...smart, privateKey: 'no key' })).rejects.toThrow('source.fhir.smart.privateKey');
    const published = [{ keyId: 'k2', algorithm, publicKey: privateKey }];
    await expect(keySetOf({ ...smart, published })).rejects.toThrow('smart.published[0].publicKey');
  });

  test('the sets of a configuration are by feed, and a key that is none is named with its feed', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const feed = (name: string, smart: object) =>
      feedSchema.parse({
        feed: name,
        tenant: 'north',
        kind: 'ehr',
        source: { fhir: { url: 'https://ehr.example/fhir', ...smart } },
        format: { fhir: {} },
        timezone: 'UTC',
      });
    const smart = (pem: string): object => ({
      smart: {
        clientId: 'hub',
        tokenUrl: 'https://ehr.example/token',
        privateKey: pem,
        keyId: 'k1',
        algorithm: 'ES384',
      },
    });
    const hub = hubSchema.parse({ tenants: [{ name: 'north', zone: 'UTC', entities: ['DSH990001'] }] });
    const good = feed('clinic', smart(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()));
    const sets = await keySets({ directory: '/', hub, feeds: [good, feed('open', {})] });
    expect([...sets.keys()]).toEqual(['clinic']);
    await expect(keySets({ directory: '/', hub, feeds: [good, feed('broken', smart('no key'))] })).rejects.toThrow(
      'feed broken: source.fhir.smart.privateKey',
    );
  });
});
