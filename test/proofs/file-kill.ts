/**
 * A large claim file is received and normalized by processes that are killed (SIGKILL) at random points: while its pieces are
 * stored, before and after its receipt, inside portions and between them, and at any time. At the end every row is what one
 * undisturbed process makes of the file.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { benchContext } from '../../bench/bench-hub.ts';
import { claimLine, HEADER } from '../../bench/claims-lines.ts';
import { type BenchDatabase, emptyTables, startDatabase } from '../../bench/database.ts';
import { serveChild } from '../../bench/children.ts';
import { connect, type Database } from '../../src/db/client.ts';
import type { FaultPoint } from '../../src/db/fault.ts';
import { normalizeStage } from '../../src/normalize/normalize.ts';
import { createReceiver } from '../../src/receive/receiver.ts';
import { seededRandom } from '../support/seeded-random.ts';
import type { ProofResult } from './run.ts';

const LINES = 1_000_000;
const LINES_PER_WRITE = 5_000;
const TABLES = ['raw_message', 'raw_chunk', 'raw_receipt', 'raw_state', 'record_error', 'claim_transaction', 'change'];
const POINTS: readonly FaultPoint[] = [
  'file-pieces-stored',
  'before-store',
  'stored-before-ack',
  'portion-in-transaction',
  'portion-committed',
];
/** At least so many lines lie between two commits of pieces, or of portions. */
const LINES_OF_COMMIT = 12_000;

/** Every 997th line cannot be read, every 499th is the one before it again. */
function lineOf(index: number): string {
  if (index % 499 === 498) return claimLine(index - 1);
  const line = claimLine(index);
  return index % 997 === 996 ? line.replace('|EA|', '|EA|many') : line;
}

async function writeFile(path: string, lines: number): Promise<void> {
  const file = createWriteStream(path);
  file.write(`${HEADER}\n`);
  for (let from = 0; from < lines; from += LINES_PER_WRITE) {
    const count = Math.min(LINES_PER_WRITE, lines - from);
    const text = Array.from({ length: count }, (_, index) => `${lineOf(from + index)}\n`).join('');
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}

/** The child: hands the file in, as a transport does after every start, and normalizes until nothing waits. */
export const serveFileKill = (): void =>
  serveChild(async (input) => {
    const { ingestUrl, path }: { ingestUrl: string; path: string } = JSON.parse(input);
    const ingest = connect(ingestUrl, { role: 'ingest', max: 3 });
    try {
      const context = await benchContext(ingest);
      const receiver = createReceiver(ingest, { clock: context.clock });
      const receipt = await receiver.receiveFile(context.tenant.id, 'claims', {
        name: 'claims.txt',
        content: createReadStream(path, { highWaterMark: 256 * 1024 }),
      });
      while ((await normalizeStage.run(context)) > 0);
      return receipt;
    } finally {
      await ingest.end();
    }
  });

interface Life {
  child: ChildProcess;
  /** Resolves to true when it did its work, false when it was killed. @throws what it says when it failed. */
  ended: Promise<boolean>;
}

function begin(database: BenchDatabase, path: string, fault: string): Life {
  const child = fork(process.argv[1] ?? '', ['--child'], {
    stdio: ['ignore', 2, 2, 'ipc'],
    env: { ...process.env, HUB_FAULTS: '1', FAULT: fault },
  });
  const ended = new Promise<boolean>((resolve, reject) => {
    child.once('message', (answer: { ok: boolean; message?: string }) => {
      if (answer.ok) resolve(true);
      else reject(new Error(answer.message ?? 'unknown'));
    });
    child.once('exit', (code, signal) => {
      if (signal === 'SIGKILL') resolve(false);
      else reject(new Error(`the process ended by itself (${signal ?? code ?? 'unknown'})`));
    });
  });
  child.send(JSON.stringify({ ingestUrl: database.ingestUrl, path }));
  return { child, ended };
}

/** All that the file said, without generated ids, as one line. */
async function digest(owner: Database): Promise<string> {
  const rows = await owner.query<{ part: string }>(`
    select 'claims ' || count(*) || ' ' || sum(hashtextextended((to_jsonb(c) - 'id' - 'raw_id')::text, 340)::numeric) as part
    from claim_transaction c
    union all select 'errors ' || count(*) || ' ' || sum(hashtextextended((to_jsonb(e) - 'id' - 'raw_id')::text, 340)::numeric)
    from record_error e
    union all select 'states ' || string_agg(concat_ws(' ', state, records, accepted, rejected, duplicate, ignored), ',')
    from raw_state
    union all select 'prescriptions ' || count(distinct key) || ' ' || sum(distinct hashtextextended(key, 340)::numeric)
    from change cross join lateral unnest(keys) as key where kind = 'CLAIM'
    union all select 'files ' || count(*) || ' ' || (select count(*) from raw_receipt) from raw_message`);
  return rows.map(({ part }) => part).join('; ');
}

/** Lives that end by a kill: by a fault at a place, every third by the clock. */
async function killed(
  database: BenchDatabase,
  path: string,
  kills: number,
  seed: number,
  lines: number,
): Promise<string[]> {
  const random = seededRandom(seed);
  // So far apart that the file outlives all kills.
  const most = Math.max(1, Math.floor(lines / LINES_OF_COMMIT / (kills + 1)));
  const places: string[] = [];
  while (places.length < kills) {
    const byClock = places.length % 3 === 2;
    const point = POINTS[places.length < 2 ? 0 : Math.floor(random() * POINTS.length)] ?? 'before-store';
    const passage = point.endsWith('store') || point.endsWith('ack') ? 1 : 1 + Math.floor(random() * most);
    const fault = byClock ? '' : `${point}:${passage}`;
    const { child, ended } = begin(database, path, fault);
    const timer = byClock
      ? sleep(500 + random() * Math.min(6_000, lines / 50)).then(() => child.kill('SIGKILL'))
      : undefined;
    const done = await ended;
    await timer;
    console.log(`kill ${places.length + 1}: ${byClock ? 'at any time' : fault}${done ? ' (not met)' : ''}`);
    if (done) break;
    places.push(byClock ? 'clock' : fault);
  }
  return places;
}

/** The proof: `kills` lives, then one to the end; equal to an undisturbed run. */
export async function fileKill(kills: number, seed: number, size = LINES): Promise<ProofResult> {
  const folder = mkdtempSync(join(tmpdir(), 'hub-file-kill-'));
  const database = await startDatabase();
  try {
    const path = join(folder, 'claims.txt');
    await writeFile(path, size);
    const run = async (lives: number): Promise<{ places: string[]; found: string }> => {
      await emptyTables(database.owner, TABLES);
      const places = await killed(database, path, lives, seed, size);
      if (!(await begin(database, path, '').ended)) throw new Error('the last life was killed');
      return { places, found: await digest(database.owner) };
    };
    const { found: expected } = await run(0);
    console.log(`undisturbed: ${expected}`);
    const { places, found } = await run(kills);
    const holds = found === expected && places.length === kills;
    const says = `${size} lines, killed ${places.length} times (${places.join(', ')}): ${holds ? 'equal to an undisturbed run' : `${found} instead of ${expected}`}`;
    return { holds, says };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await database.stop();
  }
}
