/** Folder pick-up: the same contract as SFTP on a local directory. */
import { appendFileSync, existsSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import type { Running } from '../../adapters/contract.ts';
import type { PollReport } from '../../adapters/pickup/source.ts';
import { startFolder, type FolderConfig } from '../../adapters/transports/folder/index.ts';
import { type ReceivedFile, receivedFile } from '../support/received-file.ts';

const open: Running[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.stop();
});

function watch(change: Partial<FolderConfig> = {}) {
  const path = join(mkdtempSync(join(tmpdir(), 'folder-')), 'in');
  const delivered: ReceivedFile[] = [];
  const polls: PollReport[] = [];
  const warnings: string[] = [];
  const running = startFolder({
    config: { path, match: '*.csv', pollSeconds: 0.01, after: 'archive', ...change },
    deliver: async (delivery) => {
      const file = await receivedFile(delivery);
      delivered.push(file);
      return { rawId: 'raw', duplicate: false, sha256: file.sha256 };
    },
    log: ({ level, message }) => void (level === 'warn' && warnings.push(message)),
    onPoll: (report) => polls.push(report),
  });
  open.push(running);
  return { path, delivered, polls, warnings, running };
}

async function until(label: string, condition: () => boolean): Promise<void> {
  const end = performance.now() + 15_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited in vain until ${label}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

test('the folder is made, a stable file is stored and archived, others stay', async () => {
  const { path, delivered, polls } = watch();
  await until('the folder is there', () => polls.length > 0);
  writeFileSync(join(path, 'roster.csv'), 'NPI\n');
  writeFileSync(join(path, 'note.md'), 'x');
  await until('it is archived', () => existsSync(join(path, 'archive', 'roster.csv')));
  await until('it is gone', () => !existsSync(join(path, 'roster.csv')));
  expect(delivered.map(({ name }) => name)).toEqual(['roster.csv']);
  expect(readdirSync(path).sort()).toEqual(['archive', 'note.md']);
});

test('a growing file waits; an empty file is a delivery too', async () => {
  const { path, delivered, polls } = watch({ stablePolls: 4 });
  await until('the folder is there', () => polls.length > 0);
  for (let part = 0; part < 6; part += 1) {
    appendFileSync(join(path, 'big.csv'), 'part\n');
    const seen = polls.length;
    await until('two polls', () => polls.length >= seen + 2);
  }
  expect(delivered).toEqual([]);
  writeFileSync(join(path, 'empty.csv'), '');
  await until('both are read', () => delivered.length === 2);
  expect(delivered.map(({ bytes }) => bytes.length).sort((a, b) => a - b)).toEqual([0, 30]);
});

test('links and files above the limit are left alone; an archived name is never overwritten', async () => {
  const { path, delivered, polls, warnings } = watch({ maxBytes: 10 });
  await until('the folder is there', () => polls.length > 0);
  writeFileSync(join(path, 'large.csv'), 'x'.repeat(11));
  symlinkSync('/etc/hostname', join(path, 'link.csv'));
  for (const text of ['one', 'two']) {
    writeFileSync(join(path, 'daily.csv'), text);
    await until('it is taken', () => !existsSync(join(path, 'daily.csv')));
  }
  expect(delivered).toHaveLength(2);
  expect(readdirSync(join(path, 'archive'))).toHaveLength(2);
  expect(warnings).toHaveLength(2);
  expect(readdirSync(path)).toContain('large.csv');
});

test('stop waits for the delivery under way', async () => {
  const { path, polls, delivered, running } = watch();
  await until('the folder is there', () => polls.length > 0);
  writeFileSync(join(path, 'last.csv'), 'x');
  await until('it is read', () => delivered.length === 1);
  await running.stop();
  expect(existsSync(join(path, 'archive', 'last.csv'))).toBe(true);
});
