/** Values put at places of a message, and the tree that shows where they are: what is not named stays byte by byte. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PlaceUnknown } from '../../contract.ts';
import { editPayload } from './edit.ts';
import { treeOf } from './tree.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (payload: Uint8Array): string => new TextDecoder().decode(payload);
const HEAD = 'MSH|^~\\&|EHR|M|HUB|L|20260302||ADT^A04|C1|P|2.5.1';
const MESSAGE = `${HEAD}\rPID|1||M1^^^A~M2^^^B||Doé^Jo&X||19800230|U\rOBX|1||a\rOBX|2||b\r\nZZZ`;
const edited = (payload: string, ...changes: [string, string][]): string =>
  text(
    editPayload(
      bytes(payload),
      changes.map(([place, value]) => ({ place, value })),
    ),
  );

describe('editing', () => {
  test.each<[string, string, string]>([
    ['PID-8', 'F', MESSAGE.replace('|U\r', '|F\r')],
    ['pid-7', '19800228', MESSAGE.replace('19800230', '19800228')],
    ['PID-5.1', 'Ünal', MESSAGE.replace('Doé', 'Ünal')],
    ['PID-5.2.1', 'Ann', MESSAGE.replace('Jo&X', 'Ann&X')],
    ['PID-3[2].4', 'C', MESSAGE.replace('^^^B', '^^^C')],
    ['PID-3[3]', 'M3^^^D', MESSAGE.replace('^^^B', '^^^B~M3^^^D')],
    ['PID-3.1', 'M9', MESSAGE.replace('|M1^', '|M9^')],
    ['PID-11.5', '60601', MESSAGE.replace('|U\r', '|U|||^^^^60601\r')],
    ['OBX[2]-3', 'c', MESSAGE.replace('|2||b', '|2||c')],
    ['ZZZ-2', 'x', `${MESSAGE}||x`],
    ['MSH-10', 'C2', MESSAGE.replace('|C1|', '|C2|')],
    ['MSH-9.2', 'A08', MESSAGE.replace('A04', 'A08')],
    ['PID-8', '""', MESSAGE.replace('|U\r', '|""\r')],
  ])('%s = %s', (place, value, expected) => {
    expect(edited(MESSAGE, [place, value])).toBe(expected);
  });

  test('in the second message of a batch, with custom separators, in the bytes of its own character set', () => {
    const batch = `BHS|^~\\&\r${MESSAGE}\rMSH#*~!@#EHR#########\rPID#1##M3***A\rBTS|2\r`;
    expect(edited(batch, ['2/PID-3.4', 'B'], ['1/PID-8', 'F'])).toBe(
      batch.replace('M3***A', 'M3***B').replace('|U\r', '|F\r'),
    );
    const latin = Buffer.from('MSH|^~\\&|||||||||||||||||8859/1\rPID|||||Do\u00e9', 'latin1');
    expect(Buffer.from(editPayload(latin, [{ place: 'PID-5.2', value: '\u00c9va' }])).toString('latin1')).toMatch(
      /Do\u00e9\^\u00c9va$/,
    );
    expect(() => editPayload(latin, [{ place: 'PID-5', value: '\u0141' }])).toThrow('character set');
  });

  test.each<[string, string, string]>([
    ['PID8', 'F', 'is no place'],
    ['PV1-2', 'O', 'the message has 0 PV1 segments'],
    ['OBX[3]-5', 'O', 'the message has 2 OBX segments'],
    ['2/PID-8', 'F', 'the payload has 1 messages'],
    ['PID-0', 'F', 'counted from 1'],
    ['PID-9000', 'F', 'counted from 1'],
    ['MSH-2', '^', 'are not edited'],
    ['PID-8', 'F|G', 'a separator'],
    ['PID-5.1', 'A^B', 'a separator'],
    ['PID-8', 'F\rZZZ|1', 'line ends'],
  ])('%s = %j is refused', (place, value, reason) => {
    expect(() => edited(MESSAGE, [place, value])).toThrow(PlaceUnknown);
    expect(() => edited(MESSAGE, [place, value])).toThrow(reason);
  });

  test('whatever is put anywhere is read back there, and nothing else changes', () => {
    const value = fc.stringMatching(/^[A-Za-z0-9 é.,]{1,12}$/);
    const place = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.option(fc.integer({ min: 1, max: 6 })));
    fc.assert(
      fc.property(place, value, ([field, component], put) => {
        const at = `PID-${field}${component === null ? '' : `.${component}`}`;
        const payload = editPayload(bytes(MESSAGE), [{ place: at, value: put }]);
        const [before, after] = [treeOf(bytes(MESSAGE)), treeOf(payload)].map(([unit]) => unit?.segments ?? []);
        const pid = after?.find(({ name }) => name === 'PID')?.fields.find((one) => one.place === `PID-${field}`);
        const read = component === null ? pid?.value : pid?.parts.find((part) => part.place.endsWith(`.${component}`));
        const found = typeof read === 'object' ? read.value : (read ?? pid?.value);
        expect(found).toBe(put);
        const rest = (segments: typeof before) =>
          segments?.map(({ name, fields }) => [name, fields.filter((one) => one.place !== `PID-${field}`)]);
        expect(rest(after)).toEqual(rest(before));
      }),
    );
  });
});

describe('the tree', () => {
  test('shows fields and parts as sent, with places as errors name them', () => {
    const [unit] = treeOf(bytes(MESSAGE));
    expect(unit?.position).toBe('message 1');
    expect(unit?.segments.map(({ name }) => name)).toEqual(['MSH', 'PID', 'OBX', 'OBX', 'ZZZ']);
    const pid = unit?.segments[1]?.fields ?? [];
    expect(pid.map(({ place, value }) => [place, value])).toEqual([
      ['PID-1', '1'],
      ['PID-3', 'M1^^^A~M2^^^B'],
      ['PID-5', 'Doé^Jo&X'],
      ['PID-7', '19800230'],
      ['PID-8', 'U'],
    ]);
    expect(pid[1]?.parts.map(({ place, value }) => `${place}=${value}`)).toEqual([
      'PID-3[1].1=M1',
      'PID-3[1].4=A',
      'PID-3[2].1=M2',
      'PID-3[2].4=B',
    ]);
    expect(pid[3]?.parts).toEqual([]);
    expect([pid[2]?.harmless, unit?.segments[0]?.fields[0]]).toEqual([
      false,
      { place: 'MSH-1', value: '|', harmless: true, parts: [] },
    ]);
  });

  test('no bytes make it throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (noise, headed) => {
        const payload = headed ? Buffer.concat([bytes('MSH|^~\\&|'), noise]) : noise;
        expect(Array.isArray(treeOf(payload))).toBe(true);
      }),
    );
  });
});
