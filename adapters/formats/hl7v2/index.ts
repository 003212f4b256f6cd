/** HL7 v2 (2.1 to 2.9) from an EHR: patients, visits, prescriptions. README.md says which fields are read. */
import type { Format, FormatContext, Parsed } from '../../contract.ts';
import { whole } from '../../source.ts';
import { editPayload } from './edit.ts';
import { excerpts } from './excerpt.ts';
import { mapMessage } from './map.ts';
import { masterEvent, replacesFile } from './master.ts';
import { readUnits } from './parse.ts';
import { treeOf } from './tree.ts';

/**
 * The last message of a payload that replaces a master file, by event. A payload is known at one instant, so what stands
 * before such a message in it was never the state of anything.
 */
function lastReplacements(bytes: Uint8Array): Map<string, string> {
  const last = new Map<string, string>();
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('MFI')) return last;
  for (const { position, message } of readUnits(bytes))
    if (message && replacesFile(message)) last.set(masterEvent(message), position);
  return last;
}

/** The units of a payload in memory. */
export function* readMessages(bytes: Uint8Array, context: Pick<FormatContext, 'zone' | 'options'>): Generator<Parsed> {
  const replacements = lastReplacements(bytes);
  const ahead = new Set(replacements.keys());
  for (const { position, message, errors } of readUnits(bytes)) {
    const event = message && ahead.size > 0 ? masterEvent(message) : '';
    if (position === replacements.get(event)) ahead.delete(event);
    if (message && ahead.has(event)) yield { position, records: [], errors, ignored: 'REPLACED_IN_PAYLOAD' };
    else if (message) yield mapMessage(message, errors, position, context);
    else yield { position, records: [], errors };
  }
}

const VISIT_NUMBERS = ['PV1-19', 'PV1-50', 'PID-18'];

const OPTIONS = ['visitNumber', 'entity', 'sites'];
const isId = (value: unknown): boolean => typeof value === 'string' && /^[A-Z0-9-]{3,20}$/.test(value);

/** What is wrong with the options that give master files their 340B IDs. */
function masterProblems({ entity, sites }: Readonly<Record<string, unknown>>): string[] {
  const problems: string[] = [];
  if (entity !== undefined && !isId(entity)) problems.push('entity must be a 340B ID');
  if (sites === undefined) return problems;
  if (typeof sites !== 'object' || sites === null || Array.isArray(sites))
    return [...problems, 'sites must name a 340B ID for each organisation or department'];
  for (const [name, site] of Object.entries(sites)) if (!isId(site)) problems.push(`sites.${name} must be a 340B ID`);
  return problems;
}

/**
 * The format `hl7v2`. Options: `visitNumber` = which field is the stable visit number of this site (default `PV1-19`); for MFN
 * messages `entity` = the 340B ID whose roster M02 is, `sites` = 340B ID by organisation or department of M05.
 */
export const format: Format = {
  name: 'hl7v2',
  kind: 'ehr',
  checkOptions(options) {
    const unknown = Object.keys(options).filter((name) => !OPTIONS.includes(name));
    const problems = unknown.map((name) => `unknown option "${name}"; hl7v2 knows ${OPTIONS.join(', ')}`);
    const chosen = options['visitNumber'];
    if (chosen !== undefined && !VISIT_NUMBERS.some((field) => field === chosen))
      problems.push(`visitNumber must be one of ${VISIT_NUMBERS.join(', ')}`);
    return [...problems, ...masterProblems(options)];
  },
  read: whole(readMessages),
  tree: treeOf,
  edit: editPayload,
  excerpts,
};
