/**
 * Payloads of HL7 v2 that nobody would send on purpose: valid messages by grammar, then broken in every way that bytes can be.
 * Whatever comes, reading must not throw, not hang, not grow, must answer what the contract of formats promises, and what was
 * read must be the same after it is built and read again.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { buildMessage, treeOf } from '../../adapters/formats/hl7v2/build.ts';
import { readMessages } from '../../adapters/formats/hl7v2/index.ts';
import { readUnits } from '../../adapters/formats/hl7v2/parse.ts';
import { seededRandom } from '../support/seeded-random.ts';
import type { ProofResult } from './run.ts';

const SECOND = 1_000;
const MEGABYTE = 1024 * 1024;
/** Growth of the collected heap from the first tenth to the end that nothing explains. */
const MOST_GROWTH_MB = 32;
/** Every so many inputs one is large: a hang shows there, not in a hundred bytes. */
const LARGE_EVERY = 5_000;

type Random = () => number;
const below = (random: Random, limit: number): number => Math.floor(random() * limit);
const pick = <T>(random: Random, from: readonly T[]): T => from[below(random, from.length)] as T;

const TYPES =
  'ADT^A01 ADT^A02 ADT^A03 ADT^A04 ADT^A05 ADT^A06 ADT^A07 ADT^A08 ADT^A09 ADT^A10 ADT^A11 ADT^A12 ADT^A13 ADT^A17 ADT^A18 ADT^A20 ADT^A23 ADT^A24 ADT^A28 ADT^A29 ADT^A30 ADT^A31 ADT^A34 ADT^A35 ADT^A36 ADT^A37 ADT^A38 ADT^A39 ADT^A40^ADT_A39 ADT^A41 ADT^A42 ADT^A43 ADT^A44 ADT^A45 ADT^A46 ADT^A47 ADT^A48 ADT^A49 ADT^A50 ADT^A51 ADT^A60 SIU^S12 SIU^S15 SIU^S17 SIU^S26 ORM^O01 OMP^O09 RDE^O11 RDE^O25 RDS^O13 DFT^P03 MFN^M02 MFN^M05 MFN^M99 ORU^R01 ACK XYZ^Z99'.split(
    ' ',
  );
const SEGMENTS =
  'EVN PID PID PID PD1 MRG MRG PV1 PV1 PV2 NK1 IN1 SCH ORC RXO RXE RXR RXD FT1 OBX DG1 AL1 GT1 MFI MFE STF PRA LOC LDP ZZZ'.split(
    ' ',
  );
/** Segments that are read far behind their beginning. */
const LONG = new Set(['PV1', 'RXE', 'PID']);
const VALUES = [
  '',
  '',
  '',
  '""',
  'M0001',
  'SMITH',
  '20260302',
  '20260302093000',
  '20260302093000.123-0600',
  '19800101',
  '20260308023000',
  '2026',
  '99999999',
  'F',
  'O',
  'I',
  'NW',
  'CA',
  '30',
  '30.5',
  '-1',
  '1234567893',
  'NPI',
  'MR',
  'SS',
  'NDC',
  '00093104801',
  'CLINIC1',
  'V0001',
  '\\T\\',
  '\\X0D\\',
  '\\.br\\',
  '\\E',
  '\\Z\\',
  'Ünï',
  '李',
  '\u{1F989}',
  '\u0000',
  ' ',
  '\u2028',
] as const;
const CHARSETS = ['', '', 'UNICODE UTF-8', '8859/1', '8859/5', 'ASCII', 'ISO IR87', 'UTF-16'];
const ZONES = ['America/Chicago', 'America/New_York', 'UTC', 'Australia/Lord_Howe'];
const OPTIONS = [
  {},
  { visitNumber: 'PV1-50' },
  { visitNumber: 'PID-18' },
  { entity: 'DSH1', sites: { CLINIC1: 'DSH1A' } },
];
const SIGNS = ['|^~\\&', '|^~\\&#', '|^~\\&', '!@~\\%', '|^~', '|^', '*:;?>', '#$%&+'];

function valueOf(random: Random): string {
  return random() < 0.02 ? String(random()).repeat(below(random, 40)) : pick(random, VALUES);
}

/** A field of repetitions of components of subcomponents. */
function fieldOf(random: Random, [, component = '^', repetition = '~', , subcomponent = '&']: string[]): string {
  const several = (most: number, sign: string, part: () => string): string =>
    Array.from({ length: 1 + (random() < 0.3 ? below(random, most) : 0) }, part).join(sign);
  return several(4, repetition, () => several(14, component, () => several(3, subcomponent, () => valueOf(random))));
}

function messageOf(random: Random, index: number): string {
  const signs = pick(random, SIGNS);
  const parts = signs.split('');
  const [field = '|'] = parts;
  const type = pick(random, TYPES).replaceAll('^', parts[1] ?? '^');
  const header = [
    'MSH',
    signs.slice(1),
    'APP',
    'FAC',
    'HUB',
    'T',
    '20260302093000',
    '',
    type,
    `C${index}`,
    'P',
    '2.5.1',
  ];
  const lines = [[...header, '', '', '', '', '', pick(random, CHARSETS)].join(field)];
  for (let left = below(random, 7); left > 0; left -= 1) {
    const name = pick(random, SEGMENTS);
    const most = LONG.has(name) && random() < 0.4 ? 52 : 14;
    const fields = Array.from({ length: below(random, most) }, () => (random() < 0.7 ? '' : fieldOf(random, parts)));
    lines.push([name, ...fields].join(field));
  }
  return lines.join(pick(random, ['\r', '\r', '\r', '\n', '\r\n', '\r\r']));
}

function payloadOf(random: Random, index: number): Buffer {
  const messages = Array.from({ length: random() < 0.15 ? 1 + below(random, 4) : 1 }, () => messageOf(random, index));
  const body = messages.join(pick(random, ['\r', '\u001C\r\u000B', '\rBHS|^~\\&\r']));
  const wrapped = random() < 0.1 ? `FHS|^~\\&\rBHS|^~\\&\r${body}\rBTS|${below(random, 5)}\rFTS|1\r` : body;
  return Buffer.from(wrapped, random() < 0.8 ? 'utf8' : 'latin1');
}

/** What can happen to bytes on their way. */
const MUTATIONS: readonly ((bytes: Buffer, random: Random) => Buffer)[] = [
  (bytes) => bytes,
  (bytes, random) => bytes.subarray(0, below(random, bytes.length + 1)),
  (bytes, random) => bytes.subarray(below(random, bytes.length + 1)),
  (bytes, random) => {
    const changed = Buffer.from(bytes);
    for (let left = 1 + below(random, 8); left > 0 && changed.length > 0; left -= 1)
      changed[below(random, changed.length)] = below(random, 256);
    return changed;
  },
  (bytes, random) => {
    const at = below(random, bytes.length + 1);
    const sign = pick(random, ['\r', '\n', '|', '^', '~', '\\', '&', '\u000B', '\u001C', 'MSH|', '\u0000', '"']);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(sign.repeat(1 + below(random, 30))), bytes.subarray(at)]);
  },
  (bytes, random) => {
    const [from, to] = [below(random, bytes.length + 1), below(random, bytes.length + 1)];
    return Buffer.concat([
      bytes.subarray(0, to),
      bytes.subarray(Math.min(from, to), Math.max(from, to)),
      bytes.subarray(to),
    ]);
  },
];

/** A megabyte of one thing: what is quadratic takes minutes here. */
function largeOf(random: Random): Buffer {
  const piece = pick(random, [
    '~',
    '^',
    '&',
    '\\T\\',
    '\\',
    '|',
    '\r',
    'PID|1||~x',
    'MSH|',
    '\\X41\\',
    'ORC|NW|1\rRXE|1\r',
    '""^',
    '\u001C',
  ]);
  const head = 'MSH|^~\\&|APP|||||||ADT^A04|C|P|2.5\rPID|1||M1^^^A^MR||';
  return Buffer.from(`${head}${piece.repeat(Math.ceil(MEGABYTE / piece.length))}`);
}

/** What the contract promises of every unit. */
function breachOf(bytes: Buffer, random: Random): string | undefined {
  const context = { zone: pick(random, ZONES), options: pick(random, OPTIONS) };
  const positions = new Set<string>();
  for (const unit of readMessages(bytes, context)) {
    if (positions.has(unit.position)) return `two units at ${unit.position}`;
    positions.add(unit.position);
    if (unit.records.length + unit.errors.length === 0 && unit.ignored === undefined) return 'a unit that says nothing';
    if (unit.errors.some(({ original }) => original.length > 200)) return 'an original beyond 200 characters';
    for (const record of unit.records)
      if ('eventAt' in record && Number.isNaN(Date.parse(record.eventAt))) return 'an event time that is none';
  }
  // Only an empty batch says nothing.
  return positions.size === 0 && !/[BF]TS/i.test(bytes.toString('latin1')) ? 'no unit at all' : undefined;
}

/** Built and read again, a message is the same tree. */
function rebuiltBreach(bytes: Buffer): string | undefined {
  for (const { message } of readUnits(bytes)) {
    if (!message) continue;
    const tree = treeOf(message);
    // A message without an escape sign cannot say its own delimiters; other character sets are not written.
    const charset = message.first('MSH')?.text(18) ?? '';
    if (tree.delimiters.escape === '' || (charset !== '' && charset !== 'UNICODE UTF-8')) continue;
    const [again] = readUnits(Buffer.from(buildMessage(tree)));
    if (!again?.message || JSON.stringify(treeOf(again.message)) !== JSON.stringify(tree))
      return 'built and read again differs';
  }
  return undefined;
}

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  return typeof gc === 'function' ? () => void gc() : () => undefined;
}

/** Reads `count` inputs, a function of `seed`. */
export async function fuzzHl7(count: number, seed: number): Promise<ProofResult> {
  const collect = collector();
  const heap: number[] = [];
  let slowest = 0;
  let total = 0;
  for (let index = 0; index < count; index += 1) {
    // Each input has a generator of its own: a failing one is repeated alone.
    const random = seededRandom(seed * 1_000_003 + index);
    const bytes = index % LARGE_EVERY === 0 ? largeOf(random) : mutated(payloadOf(random, index), random);
    const repeat = `; repeat input ${index} of seed ${seed}`;
    const started = process.cpuUsage();
    try {
      const breach = breachOf(bytes, random) ?? (index % LARGE_EVERY === 0 ? undefined : rebuiltBreach(bytes));
      if (breach !== undefined) return { holds: false, says: breach + repeat };
    } catch (error) {
      return { holds: false, says: `${error instanceof Error ? (error.stack ?? error.name) : 'threw'}${repeat}` };
    }
    const { user, system } = process.cpuUsage(started);
    const allowed = Math.max(1, bytes.length / MEGABYTE) * SECOND;
    slowest = Math.max(slowest, (user + system) / 1_000 / allowed);
    if ((user + system) / 1_000 > allowed)
      return {
        holds: false,
        says: `took ${Math.round((user + system) / 1_000)} ms for ${bytes.length} bytes${repeat}`,
      };
    total += bytes.length;
    if ((index + 1) % Math.ceil(count / 10) !== 0) continue;
    collect();
    heap.push(process.memoryUsage().heapUsed / MEGABYTE);
    console.error(`${index + 1} inputs, heap ${Math.round(heap.at(-1) ?? 0)} MB`);
    await new Promise(setImmediate);
  }
  const growth = (heap.at(-1) ?? 0) - (heap[0] ?? 0);
  const says = `${count} inputs, ${Math.round(total / MEGABYTE)} MB, none threw, slowest ${slowest.toFixed(2)} s per MB, heap ${growth >= 0 ? '+' : ''}${growth.toFixed(1)} MB`;
  return { holds: growth < MOST_GROWTH_MB, says };
}

function mutated(payload: Buffer, random: Random): Buffer {
  let bytes = payload;
  for (let left = below(random, 3); left > 0; left -= 1) bytes = pick(random, MUTATIONS)(bytes, random);
  return bytes;
}
