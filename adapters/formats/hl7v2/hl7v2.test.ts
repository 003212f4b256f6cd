/** Splitting, where the samples of the contract test cannot look: delimiters and escapes. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readAll } from '../../source.ts';
import { format } from './index.ts';
import { delimitersOf, Message, unescape } from './split.ts';

const bytes = (content: string): Uint8Array => Uint8Array.from(content, (sign) => sign.charCodeAt(0));
const standard = { field: '|', component: '^', repetition: '~', escape: '\\', subcomponent: '&', truncation: '#' };
const decode = (more: Uint8Array): string => Buffer.from(more).toString('latin1');

const unescaped = (text: string): string => unescape(text, standard, decode);

describe('splitting', () => {
  test('fields, components and subcomponents are counted as the standard counts them', () => {
    const lines = ['MSH|^~\\&|APP', 'PID|1||A^B&C^D~E||""'];
    const message = new Message(lines, standard, decode);
    const msh = message.first('MSH');
    const pid = message.first('PID');
    expect([msh?.field(1), msh?.field(2), msh?.text(3)]).toEqual(['|', '^~\\&', 'APP']);
    expect([pid?.text(3), pid?.text(3, 2), pid?.text(3, 2, 2), pid?.text(3, 3)]).toEqual(['A', 'B', 'C', 'D']);
    expect(pid?.repetitions(3).map((repetition) => repetition.text())).toEqual(['A', 'E']);
    expect([pid?.value(5), pid?.value(5, 3), pid?.value(4), pid?.value(99)]).toEqual([
      null,
      null,
      undefined,
      undefined,
    ]);
  });

  test('what is written with any delimiters is read back, escaped delimiters included', () => {
    const signs = fc.uniqueArray(fc.constantFrom(...'|^~\\&#!%*?:;@$+=<>'.split('')), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(signs, fc.array(fc.string({ maxLength: 12 }), { minLength: 1, maxLength: 6 }), (chosen, values) => {
        const [field = '', component = '', repetition = '', escape = '', subcomponent = ''] = chosen;
        const header = `MSH${chosen.join('')}`;
        const delimiters = delimitersOf(header);
        expect(delimiters).toEqual({ field, component, repetition, escape, subcomponent, truncation: '' });
        const names = new Map([
          [field, 'F'],
          [component, 'S'],
          [repetition, 'R'],
          [escape, 'E'],
          [subcomponent, 'T'],
        ]);
        const escaped = values.map((value) =>
          value
            .split('')
            .map((sign) => (names.has(sign) ? `${escape}${names.get(sign)}${escape}` : sign))
            .join(''),
        );
        if ('message' in delimiters) throw new Error('delimiters');
        const message = new Message([header, `ZZZ${field}${escaped.join(component)}`], delimiters, decode);
        const read = values.map((_, index) =>
          message
            .first('ZZZ')
            ?.repetitions(1)[0]
            ?.value(index + 1),
        );
        const expected = values.map((value) => (value.trim() === '""' ? null : value.trim() || undefined));
        if (values.length === 1 && values[0] === '') expect(read).toEqual([undefined]);
        else expect(read).toEqual(expected);
      }),
    );
  });

  test('unknown escapes stay, and a missing closing sign harms nothing', () => {
    expect(unescaped('a\\Zx\\b\\T\\c')).toBe('a\\Zx\\b&c');
    expect(unescaped('a\\T')).toBe('a\\T');
    expect(unescaped('a\\X4\\b\\X4142\\c\\.br\\d\\H\\e\\N\\')).toBe('a\\X4\\bABc\nde');
  });

  test('a million repetitions and escapes come to their end: in other than linear time they would not', async () => {
    const [repetitions, escapes] = ['~x'.repeat(1_000_000), '\\T\\'.repeat(1_000_000)];
    const payload = bytes(`MSH|^~\\&|||||20260302||ADT^A08|C|P|2.5\rPID|1||${repetitions}||${escapes}\r`);
    const units = await readAll(format, payload, { feed: 'f', zone: 'UTC', sha256: '', options: {} });
    expect(units).toHaveLength(1);
  });
});
