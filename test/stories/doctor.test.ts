/** `hub doctor` as an operator meets it: before the first start, beside a running hub, after a stop, and with things broken. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { connect } from '../../src/db/client.ts';
import { attachEmbedded } from '../../src/db/embedded.ts';
import { DemoPlace, type RunningDemo } from '../support/demo-process.ts';

interface Report {
  ok: boolean;
  problems: number;
  warnings: number;
  findings: { check: string; state: 'ok' | 'warning' | 'problem'; says: string; cure?: string }[];
}

let place: DemoPlace;
let running: RunningDemo | null = null;

beforeAll(async () => {
  place = await DemoPlace.make(0.02);
});
afterAll(async () => {
  await running?.stop();
  place.remove();
});

function doctor(): { status: number | null; report: Report; finding: (check: string) => Report['findings'][number] } {
  const done = place.hub('doctor', '--json');
  if (done.stdout === '') throw new Error(done.stderr);
  const report = JSON.parse(done.stdout) as Report;
  for (const one of report.findings)
    expect([one.check, one.state !== 'ok']).toEqual([one.check, (one.cure ?? '') !== '']);
  expect(report.ok).toBe(done.status === 0);
  return {
    status: done.status,
    report,
    finding: (check) => {
      const found = report.findings.find((one) => one.check === check);
      if (found === undefined) throw new Error(`no line about ${check}:\n${done.stdout}`);
      return found;
    },
  };
}

test('before the first start it makes nothing and says what is missing', () => {
  const { status, finding } = doctor();
  expect(status).toBe(2);
  expect(finding('runtime').state).toBe('ok');
  expect(finding('configuration')).toMatchObject({ state: 'warning', says: expect.stringContaining('no hub.yaml') });
  expect(finding('database')).toMatchObject({ state: 'warning', cure: expect.stringContaining('hub demo') });
  expect(() => readdirSync(place.directory)).toThrow('ENOENT');
});

test('beside a running hub everything answers', async () => {
  running = place.start();
  await running.printed('Ready after', 150_000);
  const { report, finding } = doctor();
  const { HUB_HTTP_PORT: http, HUB_MLLP_PORT: mllp, HUB_SFTP_PORT: sftp } = place.ports;
  expect(finding('database').says).toMatch(/^PostgreSQL \d+\.\d+ \(embedded, run by hub process \d+\)/);
  expect(finding('clock of the database').says).toMatch(/^\d+ ms/);
  expect(finding('migrations')).toMatchObject({ state: 'ok', says: expect.stringMatching(/^current \(\d+\)$/) });
  expect(finding('roles').state).toBe('ok');
  expect(finding('disk').says).toMatch(/GB free, deliveries are refused below/);
  expect(finding(`http :${http}`)).toMatchObject({ state: 'ok', says: 'a hub answers and is ready' });
  expect(finding(`mllp :${mllp}`)).toMatchObject({ state: 'ok', says: 'accepts connections' });
  expect(finding(`sftp 127.0.0.1:${sftp}`)).toMatchObject({ state: 'ok', says: expect.stringContaining('as pinned') });
  expect(finding('certificate http')).toMatchObject({ state: 'ok', says: expect.stringContaining('loopback') });
  expect(finding(`certificate :${mllp}`)).toMatchObject({ state: 'ok', says: expect.stringContaining('loopback') });
  expect(report.problems).toBe(0);
}, 200_000);

test('a silent feed, a failing feed, a loosened table and a wrong host key are told with their cure', async () => {
  const owner = connect(attachEmbedded(place.directory)!, { role: 'owner', max: 1 });
  const feeds = join(place.directory, 'demo', 'feeds');
  const file = readdirSync(feeds).find((name) => readFileSync(join(feeds, name), 'utf8').includes('hostKeySha256'))!;
  const text = readFileSync(join(feeds, file), 'utf8');
  try {
    await owner.query('alter table dispense no force row level security');
    await owner.query(
      `update raw_state set received_at = received_at - interval '300 days' where feed = 'pacsupply-invoices'`,
    );
    await owner.query(
      `update raw_state set state = 'QUARANTINED' where raw_id = (select raw_id from raw_state where feed = 'lakeside-adt' limit 1)`,
    );
    writeFileSync(join(feeds, file), text.replace(/hostKeySha256: .*/, `hostKeySha256: ${'ab'.repeat(32)}`));
    const { status, report, finding } = doctor();
    expect(status).toBe(2);
    expect(finding('roles')).toMatchObject({ state: 'problem', cure: expect.stringContaining('hub migrate') });
    expect(finding('feed pacsupply-invoices')).toMatchObject({
      state: 'warning',
      says: expect.stringMatching(/^SILENT: last data 30\d d ago, expected every/),
    });
    expect(finding('feed lakeside-adt')).toMatchObject({ state: 'problem', says: expect.stringContaining('FAILING') });
    const changed = report.findings.find((one) => one.says.includes('not the pinned one'));
    expect(changed).toMatchObject({ state: 'problem', says: expect.stringMatching(/shows host key SHA256:/) });
    expect(place.hub('doctor').stdout).toMatch(/ ✗ feed lakeside-adt.*\n.*fix: /);
  } finally {
    writeFileSync(join(feeds, file), text);
    await owner.end();
  }
}, 60_000);

test('after a stop it starts the database for the look, migrates nothing, and ports are free', async () => {
  expect(await running?.stop()).toBe(0);
  running = null;
  const { finding } = doctor();
  expect(finding('database').says).toContain('started for this check');
  expect(finding('roles').state).toBe('problem');
  expect(finding(`http :${place.ports.HUB_HTTP_PORT}`)).toMatchObject({ state: 'ok', says: 'free' });
  expect(finding(`sftp 127.0.0.1:${place.ports.HUB_SFTP_PORT}`)).toMatchObject({
    state: 'problem',
    says: expect.stringContaining('ECONNREFUSED'),
  });
}, 60_000);

test('a port that another program holds is a problem', async () => {
  const server: Server = createServer((socket) => socket.end('no\n'));
  await new Promise<void>((resolve) => server.listen(Number(place.ports.HUB_HTTP_PORT), '127.0.0.1', resolve));
  try {
    expect(doctor().finding(`http :${place.ports.HUB_HTTP_PORT}`)).toMatchObject({
      state: 'problem',
      says: 'is held by another program',
      cure: expect.stringContaining('http.port'),
    });
  } finally {
    server.close();
  }
}, 60_000);

test('a server that does not answer is told without its password', () => {
  const before = process.env['DATABASE_URL'];
  process.env['DATABASE_URL'] = 'postgresql://someone:SECRET-WORD@127.0.0.1:1/hub';
  try {
    const done = place.hub('doctor');
    expect(done.status).toBe(2);
    expect(done.stdout).toMatch(/✗ database .*cannot connect/);
    expect(done.stdout + done.stderr).not.toContain('SECRET-WORD');
  } finally {
    if (before === undefined) delete process.env['DATABASE_URL'];
    else process.env['DATABASE_URL'] = before;
  }
}, 60_000);
