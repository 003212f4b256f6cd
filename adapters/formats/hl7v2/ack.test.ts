/** The answers to HL7 messages: codes, modes, ERR segments, and what a header says before anything is stored. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { acknowledge, answers, type Outcome } from './ack.ts';

const bytes = (content: string): Uint8Array => Uint8Array.from(content, (sign) => sign.charCodeAt(0));
const own = (): { controlId: string; at: Date } => ({ controlId: 'HUB1', at: new Date('2026-03-02T15:04:05Z') });
const decode = (more: Uint8Array): string => Buffer.from(more).toString('latin1');
const answered = (frame: string, outcome: Outcome): string[][] =>
  acknowledge(bytes(frame), outcome, own).map((content) => decode(content).split('\r').slice(0, -1));
const heading = (more: string): string => `MSH|^~\\&|EHR|MAIN|HUB|LUNA|20260302150405||ADT^A04^ADT_A01|C1|P|${more}`;
const verdict = (frame: string, productionOnly = false): string =>
  answers({ productionOnly }).examine(bytes(frame)).verdict;

describe('acknowledging', () => {
  test('original mode: AA, or AR with the reason', () => {
    expect(answered(heading('2.5.1'), 'STORED')).toEqual([
      ['MSH|^~\\&|HUB|LUNA|EHR|MAIN|20260302150405+0000||ACK^A04^ACK|HUB1|P|2.5.1', 'MSA|AA|C1'],
    ]);
    expect(answered(heading('2.5.1'), 'FAILED')[0]?.slice(1)).toEqual([
      'MSA|AR|C1',
      'ERR|||207^Application internal error^HL70357|E||||Not stored try again',
    ]);
    expect(answered(heading('2.5.1'), 'REFUSED')[0]?.[2]).toBe(
      'ERR||MSH^1^11|202^Unsupported processing id^HL70357|E||||Only processing id P is taken here',
    );
  });

  test('versions before 2.5 get their ERR, and the sentence in MSA-3', () => {
    expect(answered(heading('2.3'), 'FAILED')[0]?.slice(1)).toEqual([
      'MSA|AR|C1|Not stored try again',
      'ERR|^^^207&Application internal error&HL70357',
    ]);
    expect(answered(heading('2.4').replace('^~\\&', '^'), 'REFUSED')[0]?.slice(1)).toEqual([
      'MSA|AR|C1|Only processing id P is taken here',
      'ERR|MSH^1^11^202',
    ]);
  });

  test('a header without type or control id is an error in the message: AE, CE', () => {
    const nameless = heading('2.5.1').replace('|C1|', '||');
    expect(answered(nameless, 'INCOMPLETE')[0]).toEqual([
      'MSH|^~\\&|HUB|LUNA|EHR|MAIN|20260302150405+0000||ACK^A04^ACK|HUB1|P|2.5.1',
      'MSA|AE|',
      'ERR||MSH|101^Required field missing^HL70357|E||||Message type or control id is missing or unusable',
    ]);
    expect(answered(`${nameless}|||AL|NE`, 'INCOMPLETE').map((segments) => segments[1])).toEqual(['MSA|CE|']);
  });

  test('an acknowledgement is not answered, whatever it asks for', () => {
    const ack = heading('2.5.1|||AL|AL').replace('ADT^A04^ADT_A01', 'ACK^A04^ACK');
    expect(verdict(ack)).toBe('ANSWER');
    expect(answered(ack, 'STORED')).toEqual([]);
  });

  test.each([
    ['', 'UNREADABLE'],
    ['PID|1', 'UNREADABLE'],
    ['MSH|', 'UNREADABLE'],
    [heading('2.5.1'), 'TAKE'],
    [heading(''), 'TAKE'],
    [heading('2'), 'TAKE'],
    [heading('2.9^USA'), 'TAKE'],
    [heading('3.0'), 'VERSION'],
    [heading('25'), 'VERSION'],
    [heading('2.5.1').replace('|C1|', '||'), 'INCOMPLETE'],
    [heading('2.5.1').replace('ADT^A04^ADT_A01', '^A04'), 'INCOMPLETE'],
    [heading('2.5.1').replace('C1', '9'.repeat(200)), 'INCOMPLETE'],
  ])('a header is judged before anything is stored: %s', (frame, expected) => {
    expect(verdict(frame)).toBe(expected);
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
    ['NE', 'NE', 'FAILED', []],
    ['AL', 'AL', 'REFUSED', ['CR', 'AR']],
    ['AL', 'ER', 'INCOMPLETE', ['CE', 'AE']],
    ['SU', 'SU', 'STORED', ['CA', 'AA']],
    ['ER', 'AL', 'STORED', ['AA']],
    ['al', 'ne', 'STORED', ['CA']],
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
        for (const outcome of ['STORED', 'FAILED', 'UNREADABLE', 'INCOMPLETE', 'REFUSED', 'VERSION'] as const)
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
    const training = heading('2.5').replace('|P|', '|T^A|');
    expect(verdict(training, true)).toBe('REFUSED');
    expect(verdict(training)).toBe('TAKE');
    expect(verdict(heading('2.5'), true)).toBe('TAKE');
  });

  describe('entries of master files', () => {
    const reading = { options: { entity: 'DSH1' }, zone: 'America/New_York' };
    const GOOD = 'MFE|MAD|E1|20260101|1234567893^^NPI|CWE\rSTF|1||Alder^Ann\rPRA|1|||||1234567893^NPI';
    const BAD = 'MFE|MUP|E2||S3\rSTF|S3||Cedar^Cy';
    const mfn = (level: string, conditions: string, ...entries: string[]): string =>
      [
        heading(`2.5.1${conditions}`).replace('ADT^A04^ADT_A01', 'MFN^M02^MFN_M02'),
        `MFI|PRA||UPD|||${level}`,
        ...entries,
      ].join('\r');
    const told = (frame: string, outcome: Outcome = 'STORED'): string[][] =>
      acknowledge(bytes(frame), outcome, own, reading).map((content) => decode(content).split('\r').slice(0, -1));
    const MFI = (level: string): string => `MFI|PRA||UPD|||${level}`;
    const TAKEN = 'MFA|MAD|E1|20260302150405+0000|S^Successful posting^HL70181|1234567893^^NPI|CWE';
    const NOT = 'MFA|MUP|E2|20260302150405+0000|U^no valid NPI of the practitioner  PRA 6  STF 2  MFE 4^HL70181|S3|';

    const MISSING = 'ERR||MFE|204^Unknown key identifier^HL70357|E||||Entries not taken 1';

    test('MFK tells of each, where MFI-6 asks', () => {
      expect(told(mfn('AL', '', GOOD, BAD))).toEqual([
        [
          'MSH|^~\\&|HUB|LUNA|EHR|MAIN|20260302150405+0000||MFK^M02^MFK_M01|HUB1|P|2.5.1',
          'MSA|AE|C1',
          MISSING,
          MFI('AL'),
          TAKEN,
          NOT,
        ],
      ]);
      expect(told(mfn('ER', '', GOOD, BAD))[0]?.slice(1)).toEqual(['MSA|AE|C1', MISSING, MFI('ER'), NOT]);
      expect(told(mfn('su', '', GOOD, BAD))[0]?.slice(1)).toEqual(['MSA|AE|C1', MISSING, MFI('su'), TAKEN]);
      expect(told(mfn('ER', '', GOOD))[0]?.slice(1)).toEqual(['MSA|AA|C1', MFI('ER')]);
      for (const level of ['', 'NE']) expect(told(mfn(level, '', GOOD, BAD))[0]?.slice(1)).toEqual(['MSA|AA|C1']);
    });

    test.each([
      ['AL', 'NE', [GOOD, BAD], ['ACK CA']],
      ['AL', 'AL', [GOOD], ['ACK CA', 'MFK AA']],
      ['AL', 'AL', [GOOD, BAD], ['ACK CA', 'MFK AE']],
      ['NE', 'ER', [GOOD], []],
      ['NE', 'ER', [GOOD, BAD], ['MFK AE']],
      ['ER', 'SU', [GOOD, BAD], []],
      ['', 'SU', [GOOD], ['MFK AA']],
      ['AL', 'AL', [], ['ACK CA', 'MFK AE']],
    ] as const)('enhanced mode: MSH-15 %s, MSH-16 %s', (accept, application, entries, answers_) => {
      const sent = told(mfn('AL', `|||${accept}|${application}`, ...entries));
      const spoken = sent.map(([msh, msa]) => `${msh?.split('|')[8]?.slice(0, 3)} ${msa?.split('|')[1]}`);
      expect(spoken).toEqual(answers_);
    });

    test('what is not stored is answered as any message; so is a feed that keeps no such file', () => {
      expect(told(mfn('AL', '', GOOD), 'FAILED')[0]?.[1]).toBe('MSA|AR|C1');
      expect(answered(mfn('AL', '', GOOD), 'STORED')[0]?.slice(1)).toEqual(['MSA|AA|C1']);
      const other = mfn('AL', '', GOOD).replace('MFN^M02^MFN_M02', 'MFN^M06');
      expect(told(other)[0]?.at(-1)).toMatch(/U\^this master file is not kept\^HL70181/);
      expect(verdict(heading('2.5.1').replace('ADT^A04^ADT_A01', 'MFK^M02^MFK_M01'))).toBe('ANSWER');
    });

    test('the sender’s delimiters come back, and no bytes make it throw', () => {
      const odd = mfn('AL', '', GOOD, BAD).replaceAll('|', '#').replaceAll('^', '*');
      expect(told(odd)[0]?.[4]).toBe(TAKEN.replaceAll('|', '#').replaceAll('^', '*'));
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
          const frame = Uint8Array.from([...bytes(`${mfn('AL', '|||AL|AL', GOOD)}\rMFE|`), ...noise]);
          for (const content of acknowledge(frame, 'STORED', own, reading))
            for (const segment of decode(content).split('\r').slice(0, -1))
              expect(['MSH', 'MSA', 'ERR', 'MFI', 'MFA']).toContain(segment.slice(0, 3));
        }),
        { numRuns: 500 },
      );
    });
  });
});
