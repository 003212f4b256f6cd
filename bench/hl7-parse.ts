/**
 * `hl7-parse`: an ADT message from its bytes to canonical records (character set, delimiters, escapes, times with zones, checks)
 * against node-hl7-client parsing the same text and reading the same fields as plain texts. Before anything is timed, both
 * must read every field of every message alike: the bench's own, the format's samples, and those of `--samples <folder>`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Message as ClientMessage, type HL7Node } from 'node-hl7-client';
import { readMessages } from '../adapters/formats/hl7v2/index.ts';
import { readUnits } from '../adapters/formats/hl7v2/parse.ts';
import type { Message, Segment } from '../adapters/formats/hl7v2/split.ts';
import { interleave, median, rounded, type Bench, type BenchOptions, type Figure } from './figure.ts';
import { adtMessage } from './hl7-messages.ts';

const MESSAGES = 20_000;
const CONTEXT = { zone: 'America/Chicago', options: {} };
const OWN_SAMPLES = join(import.meta.dirname, '../adapters/formats/hl7v2/samples');

/** What the mapping of a visit reads, as paths of node-hl7-client; of PID-3, PID-5 and PV1-7 it reads every repetition. */
const PATHS =
  'MSH.7 MSH.9.1 MSH.9.2 MSH.10 MSH.18 EVN.2 PID.7 PID.8 PID.11.5 PID.18.1 PV1.2 PV1.3.1 PV1.3.4 PV1.19.1 PV1.44 PV1.45'.split(
    ' ',
  );
const REPEATED: readonly (readonly [string, readonly number[]])[] = [
  ['PID.3', [1, 4, 5]],
  ['PID.5', [1, 2, 7]],
  ['PV1.7', [1, 13]],
];

/** The bench. */
export const hl7Parse: Bench = {
  name: 'hl7-parse',
  about: 'an ADT message from bytes to records against node-hl7-client (--samples folder: compare those too)',
  run,
};

async function run(options: BenchOptions): Promise<Figure[]> {
  const payloads = Array.from({ length: options.size ?? MESSAGES }, (_, index) => Buffer.from(adtMessage(index)));
  const compared = compareAll(payloads.slice(0, 500), options);
  const { measured, baseline } = await interleave(
    options.rounds,
    () => timed(payloads, hubReads),
    () => timed(payloads, clientReads),
  );
  const [hub, client] = [median(measured), median(baseline)];
  const figure = (name: string, value: number, unit: string): Figure => ({
    bench: 'hl7-parse',
    figure: name,
    value: rounded(value),
    unit,
    ratio: null,
    against: null,
  });
  return [
    {
      ...figure('parse-and-map', hub, 'us/message'),
      ratio: rounded(client / hub),
      against: `node-hl7-client, parse and read: ${rounded(client)} us/message`,
    },
    figure('messages-read-alike', compared.alike, 'messages'),
    figure('messages-only-the-hub-reads', compared.onlyHub, 'messages'),
  ];
}

/** Microseconds of processor time a message: what else the machine does costs the one side as little as the other. */
async function timed(payloads: readonly Uint8Array[], read: (bytes: Uint8Array) => void): Promise<number> {
  const before = process.cpuUsage();
  for (const bytes of payloads) read(bytes);
  const { user, system } = process.cpuUsage(before);
  return Promise.resolve((user + system) / payloads.length);
}

function hubReads(bytes: Uint8Array): void {
  for (const { records, errors } of readMessages(bytes, CONTEXT))
    if (records.length === 0 || errors.length > 0) throw new Error('the bench writes only messages that are kept');
}

function clientReads(bytes: Uint8Array): void {
  const message = new ClientMessage({
    text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'),
  });
  for (const path of PATHS) message.get(path).toString();
  for (const [path, wanted] of REPEATED)
    for (const repetition of message.get(path).toArray()) {
      const components = repetition.toArray();
      for (const component of wanted) components[component - 1]?.toString();
    }
}

function compareAll(own: readonly Uint8Array[], { samples, log }: BenchOptions): { alike: number; onlyHub: number } {
  const counts = { alike: 0, onlyHub: 0 };
  const files = [OWN_SAMPLES, ...(samples === undefined ? [] : [samples])].flatMap(filesOf);
  for (const bytes of [...own, ...files])
    for (const { message } of readUnits(bytes)) {
      if (!message) continue;
      const difference = differenceOf(message);
      if (difference === undefined) counts.alike += 1;
      else if (difference.refused) counts.onlyHub += 1;
      else throw new Error(`not read alike: ${difference.where}`);
    }
  log(`${counts.alike} messages read alike, ${counts.onlyHub} that node-hl7-client refuses`);
  return counts;
}

const filesOf = (folder: string): Uint8Array[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.json'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));

/** A segment as sent. */
function lineOf(segment: Segment, separator: string): string {
  const fields = Array.from({ length: segment.size }, (_, index) => segment.field(index));
  // MSH-1 is the sign between the fields itself.
  if (segment.name === 'MSH') fields.splice(1, 1);
  return fields.join(separator);
}

/** Escapes that both sides know; what others mean is a matter of taste. */
const hasOnlyCommonEscapes = (raw: string, sign: string): boolean =>
  sign === '' || !raw.includes(sign) || raw.split(sign).every((part, at) => at % 2 === 0 || /^[FSTRE]$/.test(part));

/** Both parsers on one message: every value of every field, or where they differ. */
export function differenceOf(message: Message): { refused: boolean; where: string } | undefined {
  const { field: separator, escape, subcomponent } = message.delimiters;
  // node-hl7-client takes the usual signs for those that a short MSH-2 does not name, and separates what is none.
  if (subcomponent === '') return { refused: true, where: 'MSH-2' };
  let segments: HL7Node[];
  try {
    segments = new ClientMessage({
      text: `${message.segments.map((one) => lineOf(one, separator)).join('\r')}\r`,
    }).toArray();
  } catch {
    return { refused: true, where: 'message' };
  }
  if (segments.length !== message.segments.length) return { refused: false, where: 'number of segments' };
  for (const [index, segment] of message.segments.entries()) {
    const fields = segments[index]?.toArray() ?? [];
    // node-hl7-client counts from the name, without MSH-1; MSH-2 holds the delimiters themselves.
    for (let field = segment.name === 'MSH' ? 3 : 1; field < segment.size; field += 1) {
      const node = fields[segment.name === 'MSH' ? field - 1 : field];
      if (hasOnlyCommonEscapes(segment.field(field), escape) && !sameField(segment, field, node))
        return { refused: false, where: `${segment.name}-${field}` };
    }
  }
  return undefined;
}

/** The text that a value has on both sides; `""` deletes. */
const meant = (node: HL7Node | undefined): string => {
  const raw = node?.toRaw().trim() ?? '';
  return raw === '""' ? '' : (node?.toString().trim() ?? '');
};

function sameField(segment: Segment, field: number, node: HL7Node | undefined): boolean {
  const repetitions = (node?.toArray() ?? []).filter((one) => one.toRaw() !== '');
  if (segment.field(field).trim() === '') return true;
  const own = segment.repetitions(field);
  if (own.length !== repetitions.length) return false;
  return own.every((repetition, at) => {
    const components = repetitions[at]?.toArray() ?? [];
    for (let component = 1; component <= components.length + 1; component += 1) {
      const parts = components[component - 1]?.toArray() ?? [];
      for (let part = 1; part <= parts.length + 1; part += 1)
        if (repetition.text(component, part) !== meant(parts[part - 1])) return false;
    }
    return true;
  });
}
