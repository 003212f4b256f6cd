/** The cutter against JSON.parse: the same entries, however the text comes in pieces; whatever is no JSON is refused. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { JsonListCutter, NoJsonList } from './json-list.ts';

function entriesOf(text: string, step: number, key = 'list'): unknown[] {
  const cutter = new JsonListCutter(key);
  const entries: unknown[] = [];
  for (let at = 0; at < text.length; at += step)
    for (const entry of cutter.cut(text.slice(at, at + step))) entries.push(JSON.parse(entry));
  cutter.end();
  return entries;
}

const documents = fc.record({
  before: fc.dictionary(
    fc.string().filter((key) => key !== 'list' && key !== '__proto__'),
    fc.jsonValue(),
  ),
  list: fc.array(fc.jsonValue()),
  after: fc.jsonValue(),
});

test('entries are those of JSON.parse, wherever the pieces end', () => {
  fc.assert(
    fc.property(documents, fc.nat({ max: 40 }), fc.constantFrom(0, 2), (drawn, step, space) => {
      const text = JSON.stringify({ ...drawn.before, list: drawn.list, 'after "\\': drawn.after }, null, space);
      const list = JSON.parse(JSON.stringify(drawn.list)) as unknown[];
      expect(entriesOf(text, step + 1)).toEqual(list);
      expect(entriesOf(JSON.stringify(drawn.list, null, space), step + 1)).toEqual(list);
    }),
  );
});

test('what JSON.parse refuses is refused', () => {
  fc.assert(
    fc.property(
      documents,
      fc.nat(),
      fc.nat(),
      fc.constantFrom('', ',', '{', ']', '"', '\\', 'x', '1'),
      (drawn, seed, step, put) => {
        const whole = JSON.stringify({ list: drawn.list, after: drawn.after });
        const at = seed % whole.length;
        const text = whole.slice(0, at) + put + whole.slice(at + 1);
        let parsed: unknown;
        try {
          parsed = JSON.parse(text);
        } catch {
          expect(() => entriesOf(text, 1 + (step % 50))).toThrow();
          return;
        }
        const list = Array.isArray(parsed) ? parsed : (parsed as { list?: unknown }).list;
        if (Array.isArray(list) && !/"list".*"list"/s.test(text))
          expect(entriesOf(text, 1 + (step % 50))).toEqual(list);
      },
    ),
    { numRuns: 400 },
  );
});

test.each([
  ['', 'SYNTAX'],
  ['{"list": [1, 2', 'SYNTAX'],
  ['{"list": [1, 2]', 'SYNTAX'],
  ['{"list": [1, 2]} x', 'SYNTAX'],
  ['{"list": [1], "list": [2]}', 'SYNTAX'],
  ['{"other": [1]}', 'NO_LIST'],
  ['{"list": {"list": [1]}}', 'NO_LIST'],
  ['"text"', 'SYNTAX'],
])('%s is refused', (text, kind) => {
  try {
    entriesOf(text, 3);
  } catch (error) {
    expect(error).toBeInstanceOf(NoJsonList);
    expect((error as NoJsonList).kind).toBe(kind);
    return;
  }
  throw new Error('not refused');
});
