/** Splitting and acknowledging, where the samples of the contract test cannot look: delimiters, escapes, answer codes. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { acknowledge, answers, type Outcome } from './ack.ts';
import { readAll } from '../../source.ts';
import { format } from './index.ts';
import { delimitersOf, Message, unescape } from './split.ts';

const bytes = (content: string): Uint8Array => Uint8Array.from(content, (sign) => sign.charCodeAt(0));
const own = (): { controlId: string; at: Date } => ({ controlId: 'HUB1', at: new Date('2026-03-02T15:04:05Z') });
const standard = { field: '|', component: '^', repetition: '~', escape: '\\', subcomponent: '&', truncation: '#' };
const decode = (more: Uint8Array): string => Buffer.from(more).toString('latin1');

const unescaped = (text: string): string => unescape(text, standard, decode);
const answered = (frame: string, outcome: Outcome): string[][] =>
  acknowledge(bytes(frame), outcome, own).map((content) => decode(content).split('\r').slice(0, -1));
const heading = (more: string): string => `MSH|^~\\&|EHR|MAIN|HUB|LUNA|20260302150405||ADT^A04^ADT_A01|C1|P|${more}`;
const readingTime = async (size: number): Promise<number> => {
  const payload = bytes(
    `MSH|^~\\&|||||20260302||ADT^A08|C|P|2.5\rPID|1||${'~x'.repeat(size)}||${'\\T\\'.repeat(size)}\r`,
  );
  const start = performance.now();
  const units = await readAll(format, payload, { feed: 'f', zone: 'UTC', sha256: '', options: {} });
  expect(units).toHaveLength(1);
  return performance.now() - start;
};

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

  test('a million repetitions or escapes are read in linear time', async () => {
    await readingTime(10_000);
    expect(await readingTime(1_000_000)).toBeLessThan(10_000);
  });
});

describe('acknowledging', () => {
  test('original mode: AA, or AR with the reason', () => {
    expect(answered(heading('2.5.1'), 'STORED')).toEqual([
      ['MSH|^~\\&|HUB|LUNA|EHR|MAIN|20260302150405+0000||ACK^A04^ACK|HUB1|P|2.5.1', 'MSA|AA|C1'],
    ]);
    expect(answered(heading('2.5.1'), 'FAILED')[0]?.slice(1)).toEqual([
      'MSA|AR|C1',
      'ERR|||207|E||||Not stored, try again',
    ]);
    expect(answered(heading('2.3'), 'FAILED')[0]?.slice(1)).toEqual(['MSA|AR|C1|Not stored, try again']);
    expect(answered(heading('2.5.1'), 'REFUSED')[0]?.[2]).toBe(
      'ERR||MSH^1^11|202|E||||Only processing id P is taken here',
    );
  });

  test.each([
    ['AL', 'NE', 'STORED', ['CA']],
    ['AL', 'AL', 'STORED', ['CA', 'AA']],
    ['NE', 'AL', 'STORED', ['AA']],
    ['', 'AL', 'STORED', ['AA']],
    ['AL', '', 'STORED', ['CA']],
    ['ER', 'NE', 'STORED', []],
    ['ER', 'NE', 'FAILED', ['CR']],
    ['SU', 'NE', 'FAILED', []],
    ['SU', 'ER', 'FAILED', ['AR']],
    ['NE', 'NE', 'STORED', []],
  ] as const)('enhanced mode: MSH-15 %s, MSH-16 %s, %s', (accept, application, outcome, codes) => {
    const sent = answered(heading(`2.5.1|||${accept}|${application}`), outcome);
    expect(sent.map((segments) => segments[1]?.split('|')[1] ?? '')).toEqual(codes);
  });

  test('the sender’s own delimiters and character set come back', () => {
    const [sent] = answered('MSH#*!?%#EHR*1#MA\u00cfN#HUB#LUNA#20260302##ADT*A08#D1#P#2.7######8859/1', 'STORED');
    expect(sent).toEqual([
      'MSH#*!?%#HUB#LUNA#EHR*1#MA\u00cfN#20260302150405+0000##ACK*A08*ACK#HUB1#P#2.7######8859/1',
      'MSA#AA#D1',
    ]);
  });

  test('a frame that cannot be read gets AR, with the id where there is one', () => {
    for (const frame of ['', 'hello', 'MSH', 'MSH|', 'PID|1', 'MSHA^~\\&A'])
      expect(answered(frame, 'UNREADABLE')[0]?.[1]).toMatch(/^MSA\|AR\|/);
    expect(answered('MSH|^~\\&|A|B|C|D|2026|||C9|P|2.5', 'UNREADABLE')[0]?.[1]).toBe('MSA|AR|C9');
  });

  test('no bytes make it throw, and no answer carries a segment of the sender’s making', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (noise, withHeader) => {
        const frame = withHeader ? Uint8Array.from([...bytes('MSH|^~\\&|'), ...noise]) : noise;
        for (const outcome of ['STORED', 'FAILED', 'UNREADABLE', 'REFUSED'] as const)
          for (const content of acknowledge(frame, outcome, own)) {
            const names = decode(content)
              .split('\r')
              .slice(0, -1)
              .map((segment) => segment.slice(0, 3));
            expect(['MSH,MSA', 'MSH,MSA,ERR']).toContain(names.join());
          }
      }),
      { numRuns: 500 },
    );
  });

  test('processing ids T and D are refused only where production data is taken', () => {
    const training = bytes(heading('2.5').replace('|P|', '|T^A|'));
    expect(answers({ productionOnly: true }).isRefused(training)).toBe(true);
    expect(answers({ productionOnly: false }).isRefused(training)).toBe(false);
    expect(answers({ productionOnly: true }).isRefused(bytes(heading('2.5')))).toBe(false);
  });
});
