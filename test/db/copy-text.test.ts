/** COPY text: what is written is what the database reads, any sign in it, and what differs is written differently. */
import { describe, expect, test } from '@jest/globals';
import { CopyText } from '../../src/db/copy-text.ts';

const written = (write: (copy: CopyText) => void): string => {
  const copy = new CopyText();
  write(copy);
  copy.endLine();
  return Buffer.from(copy.take()).toString('utf8');
};

describe('COPY text', () => {
  test.each([
    ['plain', 'plain\n'],
    ['', '\n'],
    ['a\tb', 'a\\tb\n'],
    ['a\nb\rc', 'a\\nb\\rc\n'],
    ['\\N', '\\\\N\n'],
    ['José \u{1F48A}', 'José \u{1F48A}\n'],
    ['a\0b', 'a\uFFFDb\n'],
    ['half \ud800', 'half \uFFFD\n'],
  ])('%j is escaped', (value, expected) => {
    expect(written((copy) => copy.text(value))).toBe(expected);
  });

  test('absent is neither empty nor the text that stands for it', () => {
    const forms = [null, '', '\\N', 'N'].map((value) => written((copy) => copy.maybe(value)));
    expect(new Set(forms).size).toBe(4);
    expect(forms[0]).toBe('\\N\n');
  });

  test('a line longer than a chunk is whole, and what was taken back is gone', () => {
    const long = 'é'.repeat(100_000);
    const line = written((copy) => {
      copy.number(7);
      const place = copy.place;
      copy.text('taken back');
      copy.backTo(place);
      copy.text(long);
    });
    expect(line).toBe(`7\t${long}\n`);
  });
});
