/** `hub send` as informatics meets it: files of every kind to a listener, answers reported, exit codes that scripts can use. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { Command } from 'commander';
import type { Delivery } from '../../adapters/contract.ts';
import { answers } from '../../adapters/formats/hl7v2/ack.ts';
import { listenMllp, type MllpListener } from '../../adapters/transports/mllp/server.ts';
import { registerSend } from '../../src/cli/send.ts';
import { makeAuthority, makeIdentity } from '../support/certificates.ts';
import { waitFor } from '../support/wait-for.ts';

let folder: string;
let listener: MllpListener;
let address: string;
let seen: Delivery[];
let refuse: (delivery: Delivery) => boolean;
const authority = makeAuthority('A');
const own = makeIdentity(authority, 'A', { commonName: 'hub', dns: ['localhost'] });
const sender = makeIdentity(authority, 'A', { commonName: 'sender' });

const msh = (id: string, more = ''): string => `MSH|^~\\&|EHR|M|HUB|L|20260302150405||ADT^A04|${id}|P|2.5.1${more}`;
const text = ({ bytes }: Delivery): string => Buffer.from(bytes).toString('latin1');
const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-send-'));
  for (const [name, pem] of Object.entries({ ca: authority.cert, cert: sender.cert, key: sender.key }))
    file(`${name}.pem`, pem);
  const deliver = (delivery: Delivery): Promise<{ rawId: string; duplicate: boolean }> => {
    seen.push(delivery);
    return refuse(delivery) ? Promise.reject(new RangeError('no')) : Promise.resolve({ rawId: 'r', duplicate: false });
  };
  listener = await listenMllp({
    host: 'localhost',
    feeds: [
      { feed: 'clear', port: 0, deliver },
      { feed: 'secret', port: 0, deliver, tls: { ...own, ca: authority.cert }, certificate: ['CN=sender'] },
    ],
    answers: answers({ productionOnly: false }),
    clock: () => new Date('2026-03-02T15:04:05Z'),
  });
  address = `localhost:${listener.ports.get('clear')}`;
});
afterAll(async () => {
  await listener.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  seen = [];
  refuse = () => false;
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
});

/** Runs the command: exit code, standard output, standard error. */
async function hub(...words: string[]): Promise<{ code: unknown; out: string[]; err: string[] }> {
  const out: string[] = [];
  const err: string[] = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => out.push(String(line).trimEnd()) > 0);
  jest.spyOn(process.stderr, 'write').mockImplementation((line) => err.push(String(line).trimEnd()) > 0);
  const program = new Command('hub').exitOverride();
  registerSend(program);
  await program.parseAsync(['send', ...words], { from: 'user' });
  const code = process.exitCode;
  process.exitCode = undefined;
  return { code, out, err };
}

test('a batch with line feeds goes out message by message, in order, with CR', async () => {
  const path = file('batch.hl7', `FHS|^~\\&\nBHS|^~\\&\n${msh('C1')}\nPID|1\n${msh('C2')}\r\nPID|2\r\nBTS|2\nFTS|1\n`);
  const { code, out, err } = await hub(address, path, '--json');
  expect(code).toBe(0);
  expect(seen.map(text)).toEqual([`${msh('C1')}\rPID|1`, `${msh('C2')}\rPID|2`]);
  expect(out.map((line) => JSON.parse(line))).toEqual([
    { file: path, message: 1, controlId: 'C1', code: 'AA', text: '', ms: expect.any(Number) },
    { file: path, message: 2, controlId: 'C2', code: 'AA', text: '', ms: expect.any(Number) },
  ]);
  expect(err).toEqual(['2 messages: 2 accepted, 0 refused']);
});

test('two frames of a recorded stream stay two messages; --as-is keeps line ends; a folder is sent by name', async () => {
  mkdirSync(join(folder, 'stream'));
  file('stream/b.hl7', `${msh('B1')}\nPID|1`);
  file('stream/a.hl7', `\u000b${msh('A1')}\rPID|1\r\u001c\r\u000b${msh('A2')}\rPID|2\r\u001c\r`);
  expect((await hub(address, join(folder, 'stream'), '--as-is')).code).toBe(0);
  expect(seen.map(({ controlId }) => controlId)).toEqual(['A1', 'A2', 'B1']);
  expect(text(seen[2]!)).toBe(`${msh('B1')}\nPID|1`);
});

test('what is refused is shown with the reason and ends with 2; --retries tries again first', async () => {
  let tries = 0;
  refuse = ({ controlId }) => controlId === 'C2' && (tries += 1) < 3;
  const path = file('two.hl7', `${msh('C1')}\rPID|1\r${msh('C2')}\rPID|2\rPID|no header before`);
  const { code, out } = await hub(address, path);
  expect(code).toBe(2);
  expect(out[0]).toMatch(/^CONTROL ID +ANSWER +MS +TEXT$/);
  expect(out[2]).toMatch(/^C2 +AR +[\d.]+ +Not stored try again$/);
  tries = 0;
  expect((await hub(address, path, '--retries', '5')).code).toBe(0);
});

test('a message that wants no answer counts as sent', async () => {
  const { code, out } = await hub(address, file('ne.hl7', msh('N1', '|||NE|NE')), '--json');
  expect([code, JSON.parse(out[0] ?? '')]).toEqual([0, expect.objectContaining({ controlId: 'N1', code: '' })]);
  await waitFor('its arrival', () => seen.length === 1);
});

test('with TLS and an own certificate; without one it fails and says so', async () => {
  const secret = `localhost:${listener.ports.get('secret')}`;
  const path = file('one.hl7', msh('T1'));
  const pems = ['ca', 'cert', 'key'].flatMap((name) => [`--${name}`, join(folder, `${name}.pem`)]);
  expect((await hub(secret, path, ...pems)).code).toBe(0);
  expect(seen.map(({ controlId }) => controlId)).toEqual(['T1']);
  const failed = await hub(secret, path, ...pems.slice(0, 2));
  expect(failed.code).toBe(1);
  expect(failed.err[0]).toMatch(/^no answer from localhost:\d+ \(/);
});

test('nobody there is a failure, nonsense is a usage error, --dry-run sends nothing', async () => {
  const path = file('one.hl7', msh('C1'));
  const { code, err } = await hub('localhost:1', path);
  expect([code, err[0]]).toEqual([1, 'no answer from localhost:1 (ECONNREFUSED)']);
  await expect(hub('localhost', path)).rejects.toThrow('is not host:port');
  await expect(hub(address, join(folder, 'gone'))).rejects.toThrow('does not exist');
  await expect(hub(address, path, '--cert', path)).rejects.toThrow('belong together');
  expect((await hub(address, path, '--dry-run')).out).toEqual([`${path} 1: C1`]);
  expect(seen).toEqual([]);
});

test('several connections and a rate: everything arrives once, no faster than asked', async () => {
  const path = file('many.hl7', Array.from({ length: 20 }, (_, n) => `${msh(`M${n}`)}\rPID|1\r`).join(''));
  const begun = performance.now();
  expect((await hub(address, path, '--connections', '4', '--rate', '100')).code).toBe(0);
  expect(performance.now() - begun).toBeGreaterThan(180);
  expect(new Set(seen.map(({ controlId }) => controlId)).size).toBe(20);
  expect(seen).toHaveLength(20);
});
