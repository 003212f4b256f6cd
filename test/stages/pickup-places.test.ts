/** One contract for picking files up, held by every kind of place: what is read, when, where it goes, and what never happens. */
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, renameSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { DeliverFile } from '../../adapters/contract.ts';
import { openProxy } from '../support/proxy.ts';
import { PLACES, type Place } from '../support/pickup-places.ts';
import { waitFor } from '../support/wait-for.ts';

const SAMPLES = 'adapters/formats/packed/samples';
const texts = (files: readonly { name: string; bytes: Buffer }[]) =>
  files.map(({ name, bytes }) => `${name}: ${bytes.toString()}`);

describe.each(Object.entries(PLACES))('%s', (_, make) => {
  let place: Place | null;
  beforeAll(async () => {
    place = await make();
  });
  afterAll(() => place?.stop());
  let pollers: { running: { stop(): Promise<void> } }[] = [];
  beforeEach(async () => {
    for (const { running } of pollers) await running.stop();
    pollers = [];
  });
  /** Runs against the place, or not at all where it is not installed. */
  const at = (work: (here: Place, poll: Place['poll']) => Promise<void>) => async (): Promise<void> => {
    if (place === null) return;
    const here = place;
    await work(here, (options) => {
      const polling = here.poll(options);
      pollers.push(polling);
      return polling;
    });
  };

  test(
    'a stable file is stored once, then archived; others stay',
    at(async (here, poll) => {
      here.put('claims.txt', 'one');
      here.put('note.md', 'x');
      const { delivered } = poll({ rules: { match: '*.txt' } });
      await waitFor('it is archived', () => here.names('archive').includes('claims.txt'));
      expect(texts(delivered)).toEqual(['claims.txt: one']);
      expect(delivered[0]?.sha256).toBe(createHash('sha256').update('one').digest('hex'));
      expect(here.names()).toEqual(['note.md']);
      unlinkSync(here.path('note.md'));
    }),
  );

  test(
    'an upload that stalls at 60 % is not read before it is complete',
    at(async (here, poll) => {
      const { delivered, polls } = poll({ rules: { stableFor: 1.5 } });
      for (let part = 1; part <= 5; part += 1) {
        if (part === 1) here.put('slow.txt', 'part\n');
        else appendFileSync(here.path('slow.txt'), 'part\n');
        const seen = polls.length;
        // After three of five parts the sender falls silent for many polls, yet for less than stableFor.
        await waitFor('more polls', () => polls.length >= seen + (part === 3 ? 12 : 2));
        expect(delivered).toEqual([]);
      }
      expect(polls.at(-1)?.waiting).toBe(1);
      await waitFor('it is read', () => delivered.length === 1);
      expect(delivered[0]?.bytes.toString()).toBe('part\n'.repeat(5));
    }),
  );

  test(
    'with a marker asked for, a file without one is never read; what is being written is left alone by its name',
    at(async (here, poll) => {
      here.put('marked.txt', 'whole');
      here.put('upload.txt.part', 'half');
      here.put('other.filepart', 'half');
      const { delivered, polls } = poll({ rules: { marker: '.ok', match: '*' } });
      await waitFor('many polls', () => polls.length > 8);
      expect(delivered).toEqual([]);
      here.put('marked.txt.ok', '');
      await waitFor('both are gone', () => !here.names().some((name) => name.startsWith('marked')));
      expect(texts(delivered)).toEqual(['marked.txt: whole']);
      for (const name of ['upload.txt.part', 'other.filepart']) unlinkSync(here.path(name));
    }),
  );

  test(
    'a file replaced while it is read is not stored but read again; one that takes its name afterwards goes back',
    at(async (here, poll) => {
      const stored: string[] = [];
      let reads = 0;
      const deliver: DeliverFile = async ({ content }) => {
        reads += 1;
        const chunks: Uint8Array[] = [];
        let first = true;
        for await (const chunk of content) {
          chunks.push(chunk);
          if (first && reads === 1) {
            writeFileSync(here.path('swap.txt'), 'B'.repeat(3_000_000));
            utimesSync(here.path('swap.txt'), 1_000_000_000, 1_000_000_000);
          }
          first = false;
        }
        const bytes = Buffer.concat(chunks);
        stored.push(`${bytes.length} ${[...new Set(bytes.toString())].join('')}`);
        // Stored; before it is moved away the partner puts tomorrow's file in its place.
        if (stored.length === 1) {
          writeFileSync(here.path('tomorrow'), 'C');
          renameSync(here.path('tomorrow'), here.path('swap.txt'));
        }
        return { rawId: 'raw', duplicate: false, sha256: createHash('sha256').update(bytes).digest('hex') };
      };
      here.put('swap.txt', 'A'.repeat(3_000_000));
      poll({ deliver, rules: { match: 'swap.txt' } });
      await waitFor('all of them are away', () => stored.length === 2 && here.names().length === 0);
      expect(stored).toEqual(['3000000 B', '1 C']);
      expect(readFileSync(here.path('archive', 'swap.txt'), 'utf8')).toBe('C');
    }),
  );

  test(
    'folders below are looked into as deep as is said; links are never followed',
    at(async (here, poll) => {
      here.put('a.txt', 'top');
      here.put('2026/a.txt', 'one down');
      here.put('2026/03/b.txt', 'two down');
      symlinkSync('/etc/hostname', here.path('link.txt'));
      symlinkSync('/etc', here.path('2026', 'etc'));
      const { delivered, polls } = poll({ rules: { depth: 1, match: '*.txt' } });
      await waitFor('two are read', () => delivered.length === 2);
      await waitFor('more polls', () => polls.length > 6);
      expect(texts(delivered).sort()).toEqual(['2026/a.txt: one down', 'a.txt: top']);
      expect(here.names('2026/03')).toEqual(['b.txt']);
      expect(here.names('archive')).toEqual(expect.arrayContaining(['2026__a.txt', 'a.txt']));
      unlinkSync(here.path('link.txt'));
    }),
  );

  test(
    'packed files come unpacked; a bomb is kept as it came and goes to the error box, the others go on',
    at(async (here, poll) => {
      here.put('claims.csv.gz', gzipSync('one,two\n'));
      here.put('b.zip', readFileSync(`${SAMPLES}/bomb.zip`));
      here.put('s.zip', readFileSync(`${SAMPLES}/slip.zip`));
      here.put('z.csv', 'last');
      const { delivered, warnings } = poll({ rules: { match: '*.*' } });
      await waitFor('four are away', () => here.names().filter((name) => /\.(gz|zip|csv)$/.test(name)).length === 0);
      expect(delivered.map(({ name, bytes }) => `${name} ${bytes.length}`)).toEqual([
        `b.zip ${readFileSync(`${SAMPLES}/bomb.zip`).length}`,
        'claims.csv 8',
        's.zip 117',
        'z.csv 4',
      ]);
      expect(here.names('error')).toEqual(['b.zip', 's.zip']);
      expect(warnings.filter((warning) => warning.includes('not unpacked'))).toHaveLength(2);
      expect(warnings.join('')).not.toMatch(/b\.zip|s\.zip/);
    }),
  );

  test(
    'a transfer that breaks in the middle of a file stores nothing and begins again',
    at(async (here, poll) => {
      if (here.port === 0) return;
      const proxy = await openProxy(`ssh://127.0.0.1:${here.port}`);
      const stored: number[] = [];
      let cuts = 0;
      const deliver: DeliverFile = async ({ content }) => {
        let bytes = 0;
        for await (const chunk of content) {
          bytes += chunk.length;
          if (cuts < 2 && bytes > 500_000) {
            cuts += 1;
            proxy.reset();
          }
        }
        stored.push(bytes);
        return { rawId: 'raw', duplicate: false, sha256: '0'.repeat(64) };
      };
      here.put('long.txt', 'x'.repeat(4_000_000));
      const { polls } = poll({ deliver, port: Number(new URL(proxy.url).port), rules: { match: 'long.txt' } });
      await waitFor('it is archived', () => here.names('archive').includes('long.txt'), 30_000);
      expect(stored).toEqual([4_000_000]);
      expect(cuts).toBe(2);
      expect(polls.filter(({ failure }) => failure !== null).length).toBeGreaterThanOrEqual(2);
      await proxy.close();
    }),
  );

  test(
    'delete removes what was read and nothing else',
    at(async (here, poll) => {
      here.put('gone.txt', 'x');
      const { delivered } = poll({ rules: { after: 'delete', match: 'gone.txt' } });
      await waitFor('it is gone', () => !here.names().includes('gone.txt'));
      expect(delivered).toHaveLength(1);
      expect(here.names('archive')).not.toContain('gone.txt');
    }),
  );
});
