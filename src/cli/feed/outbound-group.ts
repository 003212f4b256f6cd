/** What a partner's acknowledgement of a file will name: read from the file's own envelope, as the x12 format reads what comes in. */
import { FORMATS } from '../../../adapters/index.ts';
import { HeldPayload } from '../../../adapters/contract.ts';
import { inMemory } from '../../../adapters/source.ts';
import type { FunctionalGroupRecord } from '../../model/records.ts';
import type { OutboundGroup } from '../../outbound/queue.ts';

const ISA_WITHIN = 64;

/** The group of a file that holds exactly one which is to be acknowledged; how many it holds; why it is no X12 though it begins so. */
export async function groupIn(
  bytes: Uint8Array,
  expectsAcknowledgement: boolean,
): Promise<{ groups: number; group?: OutboundGroup; unreadable?: string }> {
  const found: FunctionalGroupRecord[] = [];
  const context = { feed: '', zone: 'UTC', sha256: '', options: { acknowledge: true } };
  if (!Buffer.from(bytes.subarray(0, ISA_WITHIN)).includes('ISA')) return { groups: 0 };
  try {
    for await (const units of FORMATS.get('x12')?.read(inMemory(bytes), context) ?? [])
      for (const record of units.flatMap(({ records }) => records))
        if (record.type === 'functionalGroup') found.push(record);
  } catch (error) {
    if (error instanceof HeldPayload) return { groups: 0, unreadable: error.message };
    throw error;
  }
  const [first, ...more] = found;
  if (first === undefined || more.length > 0) return { groups: found.length };
  // We are its sender: the other party of the envelope is the partner.
  const { own: partner, functionalCode } = first;
  const controlNumber = first.controlNumber.replace(/^0+(?=.)/, '');
  return { groups: 1, group: { partner, functionalCode, controlNumber, expectsAcknowledgement } };
}
