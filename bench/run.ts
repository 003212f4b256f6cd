/** `npm run bench -- <name> [--json] [--rounds 5] [--size n] [--samples folder]`: runs one bench and prints its figures. */
import '../src/memory.ts';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { chainQuery } from './chain-query.ts';
import { readPages } from './chain-reader.ts';
import { serveChild, type ChildWork } from './children.ts';
import { normalizeFile, claimsFile } from './claims-file.ts';
import { stopDatabases } from './database.ts';
import { decide } from './decide.ts';
import { evidence } from './evidence.ts';
import { table, type Bench, type Noted } from './figure.ts';
import { hl7Normalize, normalizeMessages } from './hl7-normalize.ts';
import { hl7Parse } from './hl7-parse.ts';
import { mllpAck } from './mllp-ack.ts';
import { sendMessages } from './mllp-senders.ts';
import { normalizeRegister, opais } from './opais.ts';
import { x12Scan } from './x12-scan.ts';

const BENCHES: readonly Bench[] = [
  mllpAck,
  claimsFile,
  chainQuery,
  decide,
  evidence,
  hl7Parse,
  hl7Normalize,
  x12Scan,
  opais,
];
const CHILDREN: Record<string, ChildWork> = {
  'mllp-senders': sendMessages,
  'claims-file': normalizeFile,
  'chain-reader': readPages,
  'hl7-normalize': normalizeMessages,
  opais: normalizeRegister,
};
/** EX_USAGE. */
const WRONG_USE = 64;
const INTERRUPTED = 130;

const usage = (): string =>
  [
    'npm run bench -- <name> [--json] [--rounds 5] [--size n] [--samples folder]',
    '',
    ...BENCHES.map(({ name, about }) => `  ${name.padEnd(13)} ${about}`),
  ].join('\n');

interface Given {
  name: string;
  json: boolean;
  rounds: number;
  size: number | undefined;
  samples: string | undefined;
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(text)) throw new TypeError(`"${text}" is not a whole number above 0`);
  return Number(text);
}

/** The command line; null, with a sentence on standard error, when it cannot be understood. */
function readArguments(): Given | null {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        rounds: { type: 'string' },
        size: { type: 'string' },
        samples: { type: 'string' },
      },
    });
    const rounds = numberOf(values.rounds) ?? 5;
    return {
      name: positionals[0] ?? '',
      json: values.json ?? false,
      rounds,
      size: numberOf(values.size),
      samples: values.samples,
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : 'unknown option'}\n`);
    return null;
  }
}

const loadOfMachine = (): string => (loadavg()[0] ?? Number.NaN).toFixed(1);

async function main(): Promise<void> {
  const given = readArguments();
  const bench = BENCHES.find(({ name }) => name === given?.name);
  if (given === null || bench === undefined) {
    process.stderr.write(`${usage()}\n`);
    process.exitCode = WRONG_USE;
    return;
  }
  const log = (line: string): void => void process.stderr.write(`${bench.name}: ${line}\n`);
  const before = loadOfMachine();
  const figures = await bench.run({ rounds: given.rounds, size: given.size, samples: given.samples, log });
  const load = `${before}-${loadOfMachine()}`;
  const noted = figures.map((figure): Noted => ({ ...figure, load }));
  const text = given.json ? noted.map((figure) => JSON.stringify(figure)).join('\n') : table(noted);
  process.stdout.write(`${text}\n`);
}

if (process.argv[2] === '--child') {
  const work = CHILDREN[process.argv[3] ?? ''];
  if (work !== undefined) serveChild(work);
} else {
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      interrupted = true;
      void stopDatabases().finally(() => process.exit(INTERRUPTED));
    });
  await main().catch((error: unknown) => {
    // A bench whose database is taken away fails; what counts then is the signal.
    if (!interrupted) throw error;
  });
}
