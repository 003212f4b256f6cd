/**
 * `npm run proof -- <name> [--count n] [--seed n] [--size n] [--reader name]`: proofs too long for the test run. Each appends seed, commit and result to
 * docs/proofs.md; a failing seed prints the line that repeats it.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { crash, crashSabotage } from './crash.ts';
import { fileKill, serveFileKill } from './file-kill.ts';
import { fuzzHl7 } from './fuzz-hl7.ts';
import { fuzzFiles } from './fuzz-files.ts';
import { permute } from './permute.ts';

/** What a proof answers: a sentence for the record, and whether it holds. */
export interface ProofResult {
  holds: boolean;
  says: string;
}

const PROOFS: Record<
  string,
  { says: string; count: number; run: (count: number, seed: number, size: number | undefined) => Promise<ProofResult> }
> = {
  permute: { says: 'processing orders of a small world give one digest', count: 200, run: permute },
  'fuzz-hl7': { says: 'broken HL7 neither throws, hangs nor grows', count: 1_000_000, run: fuzzHl7 },
  crash: { says: 'what was acknowledged survives crashes, once', count: 100, run: crash },
  'file-kill': { says: 'a large file survives kills at any point, once', count: 10, run: fileKill },
  'fuzz-files': {
    says: 'readers of files survive any input, in linear time (--reader: one of them)',
    count: 1_000_000,
    run: (count, seed) => fuzzFiles(count, seed, values.reader),
  },
  'crash-sabotage': { says: 'hubs without a protection are found out', count: 4, run: crashSabotage },
};
const RECORD = 'docs/proofs.md';

const commit = (): string => {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string' },
    seed: { type: 'string' },
    size: { type: 'string' },
    reader: { type: 'string' },
    child: { type: 'boolean' },
  },
});
const [name = ''] = positionals;
const proof = PROOFS[name];
if (values.child === true) serveFileKill();
else if (proof === undefined) {
  console.error(`unknown proof "${name}"; known: ${Object.keys(PROOFS).join(', ')}`);
  process.exitCode = 64;
} else {
  const count = Number(values.count ?? proof.count);
  const seed = Number(values.seed ?? 1);
  const started = performance.now();
  const result = await proof.run(count, seed, values.size === undefined ? undefined : Number(values.size));
  const seconds = Math.round((performance.now() - started) / 1000);
  const line = `| ${name} | ${new Date().toISOString().slice(0, 10)} | ${commit()} | ${seed} | ${count} | ${result.holds ? 'holds' : 'FAILS'}: ${result.says} | ${seconds} s |`;
  if (!existsSync(RECORD))
    writeFileSync(
      RECORD,
      '# Proofs\n\nLong runs, newest last. `npm run proof -- <name>` adds a line.\n\n| proof | date | commit | seed | count | result | time |\n|---|---|---|---|---|---|---|\n',
    );
  appendFileSync(RECORD, `${line}\n`);
  console.log(line);
  process.exitCode = result.holds ? 0 : 1;
}
