/** A text that is found is that text, whatever else was remembered in its place. */
import { expect, test } from '@jest/globals';
import { Memo } from './memo.ts';

/** Texts that differ in one part of their key only: first, middle, last four characters, length. */
const texts = Array.from({ length: 6_000 }, (_, at) => String(at).padStart(4, '0')).flatMap((four) => [
  `${four}AAAABBBB`,
  `AAAA${four}BBBB`,
  `AAAABBBB${four}`,
  four,
  `\u0000${four}`,
  `${four}\u0000`,
  `\u00E9${four}`,
  four.replace(/^0+/, ''),
]);

test('only what was kept is found, and only under its own text', () => {
  const memo = new Memo<string>();
  let found = 0;
  for (const text of texts) {
    const source = `|${text}|`;
    const known = memo.find(source, 1, 1 + text.length);
    expect(known === undefined || known === text).toBe(true);
    if (known !== undefined) continue;
    memo.keep(text);
    if (memo.find(source, 1, 1 + text.length) === text) found += 1;
  }
  expect(found).toBeGreaterThan(texts.length * 0.9);
});

test('long texts and letters of more than a byte are not remembered', () => {
  const memo = new Memo<string>();
  for (const text of ['THIRTEEN SIGN', '\u674E', 'A\u0141']) {
    expect(memo.find(text, 0, text.length)).toBeUndefined();
    memo.keep(text);
    expect(memo.find(text, 0, text.length)).toBeUndefined();
  }
  // `\u0141` is `A` in its lower byte.
  memo.find('AA', 0, 2);
  memo.keep('AA');
  expect(memo.find('A\u0141', 0, 2)).toBeUndefined();
});

test('a column that never repeats itself is not asked any more', () => {
  const memo = new Memo<number>();
  for (let at = 0; at < 1_000; at++) {
    const text = String(at);
    memo.find(text, 0, text.length);
    memo.keep(at);
  }
  memo.find('1', 0, 1);
  memo.keep(1);
  expect(memo.find('1', 0, 1)).toBeUndefined();
});
