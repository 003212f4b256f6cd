/** What is parsed, built and parsed again is the same. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildMessage, type MessageTree, type Text, treeOf } from './build.ts';
import { readUnits } from './parse.ts';
import type { Delimiters, Message } from './split.ts';

const SAMPLES = join(import.meta.dirname, 'samples');
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const messagesOf = (bytes: Uint8Array): Message[] =>
  [...readUnits(bytes)].flatMap(({ message }) => (message ? [message] : []));

/** The tree with MSH-18 that says what the bytes are, now that they are UTF-8. */
function inUtf8(tree: MessageTree): MessageTree {
  const [msh, ...others] = tree.segments;
  const fields = [...(msh?.fields ?? [])];
  while (fields.length < 16) fields.push([[['']]]);
  fields[15] = [[['UNICODE UTF-8']]];
  return { ...tree, segments: [{ name: 'MSH', fields }, ...others] };
}

describe('parse, build, parse', () => {
  test.each(readdirSync(SAMPLES).filter((name) => name.endsWith('.hl7')))('%s', (name) => {
    for (const message of messagesOf(new Uint8Array(readFileSync(join(SAMPLES, name))))) {
      const tree = inUtf8(treeOf(message));
      expect(messagesOf(encode(buildMessage(tree))).map(treeOf)).toEqual([tree]);
    }
  });

  test('any values with any delimiters', () => {
    const signs = fc.uniqueArray(
      fc.constantFrom('|', '^', '~', '\\', '&', '#', '!', '%', '*', ':', '@', '$', '+', '='),
      {
        minLength: 5,
        maxLength: 6,
      },
    );
    // Escapes, deletions, line ends and frame signs among ordinary text.
    const text: fc.Arbitrary<Text> = fc.oneof(
      fc.constantFrom('', null, '""', '\\', '\\E\\', '\\.br\\', 'a\\', '\r', 'x\ny', '\u000B', '\u001C', '|^~\\&'),
      fc.string({ unit: 'binary', maxLength: 8 }).map((drawn) => drawn.replaceAll('\u0000', '')),
    );
    const field = fc.array(fc.array(fc.array(text, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 2,
    });
    const segment = fc.record({
      name: fc.constantFrom('PID', 'PV1', 'ZZ9'),
      fields: fc.array(field, { maxLength: 4 }),
    });
    fc.assert(
      fc.property(signs, fc.array(segment, { maxLength: 4 }), (chosen, segments) => {
        const [f = '', component = '', repetition = '', escape = '', subcomponent = '', truncation = ''] = chosen;
        const delimiters: Delimiters = { field: f, component, repetition, escape, subcomponent, truncation };
        const tree = inUtf8({ delimiters, segments: [{ name: 'MSH', fields: [] }, ...segments] });
        expect(messagesOf(encode(buildMessage(tree))).map(treeOf)).toEqual([tree]);
      }),
      { numRuns: 300 },
    );
  });
});
