/** Why units of a file were not kept, as `hub ingest` tells it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { FORMATS } from '../../adapters/index.ts';
import { ignoredReasons, reasonLines } from '../../src/cli/ingest-reasons.ts';

const header = (type: string, id: string): string => `MSH|^~\\&|EHR|MAIN|HUB|T|20260302150405||${type}|${id}|P|2.5.1`;

test('reasons are counted by file and over all files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-reasons-'));
  try {
    const path = join(folder, 'mixed.hl7');
    const patient = 'PID|1||M1^^^MAIN^MR||ROE^JANE';
    const lines = [
      header('ACK', '1'),
      header('DFT^P03', '2'),
      patient,
      header('ADT^A20', '3'),
      header('DFT^P03', '4'),
      patient,
    ];
    writeFileSync(path, lines.join('\r'));
    const format = FORMATS.get('hl7v2');
    if (!format) throw new Error('no format');
    const feed = { name: 'adt', format: 'hl7v2', zone: 'America/Chicago', options: {} };
    const reasons = await ignoredReasons(path, feed, format, '');
    expect(reasons).toEqual({ ACKNOWLEDGEMENT: 1, CHARGE_KEPT_RAW: 2, EVENT_NOT_KEPT: 1 });
    const error = { field: 'PID-3', message: 'no usable patient identifier', accepted: false };
    expect(
      reasonLines([
        { ignoredBecause: reasons, errors: [error] },
        { ignoredBecause: { ACKNOWLEDGEMENT: 2 }, errors: [error, { ...error, accepted: true }] },
      ]),
    ).toEqual([
      '       3  ignored   ACKNOWLEDGEMENT',
      '       2  ignored   CHARGE_KEPT_RAW',
      '       2  rejected  PID-3  no usable patient identifier',
      '       1  ignored   EVENT_NOT_KEPT',
      '       1  without   PID-3  no usable patient identifier',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
