/** What the hub sends: golden texts, and what a reader of our own makes of them. */
import { describe, expect, test } from '@jest/globals';
import type { FunctionalGroupRecord } from '../../../src/model/records.ts';
import type { FormatContext, Parsed } from '../../contract.ts';
import { readAll } from '../../source.ts';
import { format } from './index.ts';
import { write850 } from './write-850.ts';
import type { PurchaseOrder } from './write-850.ts';
import { write997 } from './write-997.ts';

const context: FormatContext = { feed: 'wholesaler', zone: 'America/Denver', sha256: '', options: {} };
const read = (text: string): Promise<Parsed[]> => readAll(format, new TextEncoder().encode(text), context);
const lines = (text: string): string[] => text.trimEnd().split('\n');

const order: PurchaseOrder = {
  number: 'PO-3391',
  orderDate: '2026-03-02',
  purpose: '00',
  type: 'SA',
  accountNumber: '000812',
  shipTo: { qualifier: '21', id: 'HIN000812', name: 'CORNER PHARMACY' },
  lines: [
    { lineNumber: '1', ndc11: '99001104801', packages: '5', unitPrice: '12.345' },
    { lineNumber: '2', ndc11: '99001104005', packages: '1', unitPrice: null },
  ],
};
const envelope = {
  senderId: 'EXAMPLEHUB',
  receiverId: 'EXAMPLEWHOLE',
  controlNumber: 17,
  created: '2026-03-02T15:30:07',
};

describe('850', () => {
  test('golden', () => {
    expect(lines(write850([order, { ...order, number: 'PO-3392', shipTo: null, purpose: '01' }], envelope))).toEqual([
      'ISA*00*          *00*          *ZZ*EXAMPLEHUB     *ZZ*EXAMPLEWHOLE   *260302*1530*U*00401*000000017*0*P*>~',
      'GS*PO*EXAMPLEHUB*EXAMPLEWHOLE*20260302*153007*17*X*004010~',
      'ST*850*0001~',
      'BEG*00*SA*PO-3391**20260302~',
      'N1*BY**91*000812~',
      'N1*ST*CORNER PHARMACY*21*HIN000812~',
      'PO1*1*5*EA*12.345**N4*99001104801~',
      'PO1*2*1*EA***N4*99001104005~',
      'CTT*2~',
      'SE*8*0001~',
      'ST*850*0002~',
      'BEG*01*SA*PO-3392**20260302~',
      'N1*BY**91*000812~',
      'N1*ST**91*000812~',
      'PO1*1*5*EA*12.345**N4*99001104801~',
      'PO1*2*1*EA***N4*99001104005~',
      'CTT*2~',
      'SE*8*0002~',
      'GE*2*17~',
      'IEA*1*000000017~',
    ]);
  });

  test('005010, other separators and qualifiers', async () => {
    const text = write850([order], {
      ...envelope,
      version: '005010',
      usage: 'T',
      senderQualifier: '01',
      senderCode: 'APP',
      separators: { element: '|', component: ':', terminator: '\\' },
    });
    expect(lines(text).slice(0, 2)).toEqual([
      'ISA|00|          |00|          |01|EXAMPLEHUB     |ZZ|EXAMPLEWHOLE   |260302|1530|^|00501|000000017|0|T|:\\',
      'GS|PO|APP|EXAMPLEWHOLE|20260302|153007|17|X|005010\\',
    ]);
    expect(lines(text)[0]).toHaveLength(106);
    expect(await read(text)).toMatchObject([{ ignored: 'SET_850', errors: [] }]);
  });

  test.each([
    ['an order without lines', [{ ...order, lines: [] }], envelope],
    ['a separator in a value', [{ ...order, number: 'PO*1' }], envelope],
    ['a component separator in a value', [{ ...order, number: 'PO>1' }], envelope],
    ['control number 0', [order], { ...envelope, controlNumber: 0 }],
    ['a control number of ten digits', [order], { ...envelope, controlNumber: 1_000_000_000 }],
    ['a nameless party', [order], { ...envelope, receiverId: ' ' }],
    ['a party of 16 characters', [order], { ...envelope, receiverId: 'X'.repeat(16) }],
  ])('%s is refused', (_what, orders, around) => {
    expect(() => write850(orders, around)).toThrow(RangeError);
  });
});

const group: FunctionalGroupRecord = {
  type: 'functionalGroup',
  partnerQualifier: '01',
  partner: '123456789',
  ownQualifier: 'ZZ',
  own: 'EXAMPLEHUB',
  partnerCode: 'WHOLEAPP',
  ownCode: 'HUBAPP',
  interchangeNumber: '000000501',
  functionalCode: 'IN',
  controlNumber: '0501',
  version: '004010',
  usage: 'T',
  setsIncluded: 3,
  sets: [
    { code: '810', controlNumber: '0001', status: 'A', faults: [] },
    { code: '810', controlNumber: '0002', status: 'E', faults: ['4', '5'] },
    { code: '820', controlNumber: '0003', status: 'R', faults: ['1'] },
  ],
};
const numbers = { controlNumber: 9, created: '2026-03-02T16:00:00' };

describe('997', () => {
  test('golden: parties turned round, each set answered', () => {
    expect(lines(write997(group, numbers))).toEqual([
      'ISA*00*          *00*          *ZZ*EXAMPLEHUB     *01*123456789      *260302*1600*U*00401*000000009*0*T*>~',
      'GS*FA*HUBAPP*WHOLEAPP*20260302*160000*9*X*004010~',
      'ST*997*0001~',
      'AK1*IN*0501~',
      'AK2*810*0001~',
      'AK5*A~',
      'AK2*810*0002~',
      'AK5*E*4*5~',
      'AK2*820*0003~',
      'AK5*R*1~',
      'AK9*P*3*3*2~',
      'SE*10*0001~',
      'GE*1*9~',
      'IEA*1*000000009~',
    ]);
  });

  test.each([
    ['A', 'AK9*A*1*1*1', { setsIncluded: 1, sets: group.sets.slice(0, 1) }],
    ['E', 'AK9*E*2*2*2', { setsIncluded: 2, sets: group.sets.slice(0, 2) }],
    ['R', 'AK9*R*1*1*0', { setsIncluded: 1, sets: group.sets.slice(2) }],
    ['A of an empty group', 'AK9*A*0*0*0', { setsIncluded: 0, sets: [] }],
    ['A with another count', 'AK9*A*7*1*1*5', { setsIncluded: 7, sets: group.sets.slice(0, 1) }],
    ['A without a trailer', 'AK9*A*1*1*1*3', { setsIncluded: null, sets: group.sets.slice(0, 1) }],
  ])('%s', (_what, ak9, change) => {
    expect(write997({ ...group, ...change }, numbers)).toContain(`\n${ak9}~\n`);
  });

  test('reads back as what was said of the group', async () => {
    expect(await read(write997(group, numbers))).toMatchObject([
      {
        errors: [],
        records: [
          {
            kind: '997',
            partner: 'EXAMPLEHUB',
            functionalCode: 'IN',
            controlNumber: '501',
            status: 'P',
            setsAccepted: 2,
            sets: [
              { controlNumber: '1', status: 'A', faults: [] },
              { controlNumber: '2', status: 'E', faults: ['set: 4', 'set: 5'] },
              { controlNumber: '3', status: 'R', faults: ['set: 1'] },
            ],
          },
        ],
      },
    ]);
  });

  test('a control number that holds a separator cannot be repeated', () => {
    expect(() => write997({ ...group, controlNumber: '5*1' }, numbers)).toThrow(RangeError);
  });
});
