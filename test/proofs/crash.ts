/** The crash proof: what was acknowledged survives SIGKILL of hub and database and lost connections, exactly once. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isClean, runCrash, type CrashResult, type FaultLine } from './crash-run.ts';
import type { ProofResult } from './run.ts';
import type { SiegeResult } from './siege.ts';

/** A run of so many kills is the full proof; shorter ones send less between two faults. */
const FULL_KILLS = 100;

const SIEGE = fileURLToPath(new URL('siege.js', import.meta.url));

const kindOf = ({ fault }: FaultLine): string => fault.split(':')[0] ?? fault;

function table(lines: readonly FaultLine[]): string {
  const rows = [...Map.groupBy(lines, kindOf)].map(([fault, of]) => {
    const times = of.map((line) => line.recovery_ms).sort((a, b) => a - b);
    const sum = (pick: (line: FaultLine) => number): number => of.reduce((total, line) => total + pick(line), 0);
    return [
      fault.padEnd(28),
      ...[
        of.length,
        sum((line) => Number(line.injected)),
        sum((line) => line.lost),
        sum((line) => line.doubled),
        times[Math.floor(times.length / 2)] ?? 0,
        times.at(-1) ?? 0,
      ].map((value) => String(value).padStart(9)),
    ].join('');
  });
  const head = ['faults', 'injected', 'lost', 'doubled', 'median ms', 'most ms'].map((name) => name.padStart(9));
  return [`${'fault'.padEnd(28)}${head.join('')}`, ...rows].join('\n');
}

function sentence({ lines, acked, files, history, problems }: CrashResult): string {
  const injected = (kind: string): number => lines.filter((line) => line.injected && line.fault === kind).length;
  const kills = lines.filter((line) => line.fault.includes(':'));
  const atPoints = kills.filter((line) => line.injected);
  const outside = kills.length - atPoints.length;
  return [
    `${atPoints.length} hub SIGKILLs at ${new Set(atPoints.map(kindOf)).size} points`,
    ...(outside > 0 ? [`${outside} from outside`] : []),
    `${injected('database-killed')} database SIGKILLs`,
    `${injected('backend-terminated')} terminated backends`,
    `${injected('store-stalled')} hubs killed while nothing could be stored`,
    `${acked} messages acknowledged`,
    `${files} files`,
    `${history.lost.length} lost`,
    `${history.doubled.length} doubled`,
    ...(history.altered.length > 0 ? [`${history.altered.length} altered`] : []),
    ...(history.invented.length > 0 ? [`${history.invented.length} never sent`] : []),
    `${history.unknown} of unknown fate (${history.unknownStored} stored once)`,
    problems.length === 0 ? 'laws and rebuild hold' : problems.join('; ').slice(0, 600),
  ].join(', ');
}

/** Node runs its exit hooks, which stop the hub, only on a real exit. */
function exitOnSignals(): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
}

/**
 * `count` SIGKILLs of the hub over all points, a tenth as many of the database, half as many terminated backends, a twentieth as
 * many while nothing can be stored.
 */
export async function crash(count: number, seed: number): Promise<ProofResult> {
  exitOnSignals();
  const result = await runCrash({
    seed,
    kills: count,
    databaseKills: Math.round(count / 10),
    terminations: Math.round(count / 2),
    stalls: Math.ceil(count / 20),
    messages: count * (count < FULL_KILLS ? 500 : 2_000),
    say: (line) => console.log(line),
  });
  console.log(table(result.lines));
  for (const problem of result.problems) console.error(problem);
  return { holds: isClean(result), says: sentence(result) };
}

/** Without its tenant predicates the hub still has row-level security; without that too, the probes must report leaks. */
async function tenantFilter(): Promise<{ caught: boolean; says: string }> {
  const env = { ...process.env, NODE_ENV: 'test', HUB_SABOTAGE: 'no-tenant-filter' };
  const { stdout } = await promisify(execFile)(process.execPath, [SIEGE], { env });
  const { probes, guarded, open }: SiegeResult = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  const caught = guarded === 0 && open > probes / 2;
  const verdict = caught ? 'caught' : 'NOT caught';
  return {
    caught,
    says: `no-tenant-filter ${verdict} (${open} of ${probes} probes leak, ${guarded} with row-level security)`,
  };
}

/** The same on builds without a protection: each must be found out, or the proof proves nothing. */
export async function crashSabotage(count: number, seed: number): Promise<ProofResult> {
  exitOnSignals();
  const says: string[] = [];
  let holds = true;
  for (const sabotage of ['ack-first', 'no-dedupe'] as const) {
    const result = await runCrash({
      seed,
      sabotage,
      kills: count,
      databaseKills: 0,
      terminations: 0,
      // Without these an early answer may come too late to be heard, and the message is sent again.
      stalls: 1,
      points: ['before-store', 'stored-before-ack'],
      messages: count * 300,
      chain: false,
    });
    const { lost, doubled } = result.history;
    const caught = sabotage === 'ack-first' ? lost.length > 0 : doubled.length > 0;
    holds &&= caught;
    says.push(`${sabotage} ${caught ? 'caught' : 'NOT caught'} (${lost.length} lost, ${doubled.length} doubled)`);
  }
  const siege = await tenantFilter();
  says.push(siege.says);
  return { holds: holds && siege.caught, says: says.join(', ') };
}
