/**
 * `decide`: from marked claims to determinations. Facts are made in the tables, then marking and deciding run until nothing
 * waits, in one process as the hub runs them. There is no baseline; the larger size shows whether time grows with the work.
 */
import { connect, type Database } from '../src/db/client.ts';
import { decideStage } from '../src/decide/decide.ts';
import { markStage } from '../src/decide/mark.ts';
import { drain } from '../src/worker.ts';
import { benchContext } from './bench-hub.ts';
import { startDatabase, type BenchDatabase } from './database.ts';
import { fillWorld } from './decide-world.ts';
import { median, rounded, type Bench, type BenchOptions, type Figure } from './figure.ts';

const MILLION = 1_000_000;
const SIZES: readonly number[] = [MILLION / 4, MILLION];
/** Statements of the fill exceed the runtime's own time-out at large sizes. */
const FILL_MS = 0;

/** The bench. `--size n` adds that size; the rounds of each size are as given. */
export const decide: Bench = {
  name: 'decide',
  about: 'seconds to decide 250,000 and 1,000,000 dispenses (--size n: n/4 and n instead)',
  run: async (options) => {
    const database = await startDatabase();
    const ingest = connect(database.ingestUrl, { role: 'ingest', max: 4 });
    const filling = connect(database.ingestUrl, { role: 'ingest', max: 1, statementMs: FILL_MS });
    try {
      const sizes = options.size === undefined ? SIZES : [Math.round(options.size / 4), options.size];
      const seconds: number[][] = sizes.map(() => []);
      for (let round = 0; round < options.rounds; round += 1)
        for (const [index, size] of sizes.entries())
          seconds[index]?.push(await decideOnce(database, ingest, filling, size, options));
      return figuresOf(sizes, seconds.map(median));
    } finally {
      await filling.end();
      await ingest.end();
      await database.stop();
    }
  },
};

async function decideOnce(
  database: BenchDatabase,
  ingest: Database,
  filling: Database,
  size: number,
  options: BenchOptions,
): Promise<number> {
  const context = await benchContext(ingest);
  await fillWorld(database.owner, filling, context.tenant.id, size);
  const started = performance.now();
  const used = process.cpuUsage();
  await drain([markStage], context);
  const marked = performance.now();
  await drain([markStage, decideStage], context);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(used);
  const statuses = await database.owner.query<{ status: string; count: number }>(
    `select coalesce(status, state) as status, count(*) from dispense group by 1 order by 1`,
  );
  const told = statuses.map((row) => `${row.status} ${row.count}`).join(', ');
  options.log(
    `${size}: ${seconds.toFixed(1)} s, of which marking ${((marked - started) / 1000).toFixed(1)} s; CPU of the process ${((user + system) / size).toFixed(0)} us a dispense; ${told}`,
  );
  const total = statuses.reduce((sum, row) => sum + row.count, 0);
  if (total < size) throw new Error(`${size} dispenses expected, ${total} made`);
  return seconds;
}

function figuresOf(sizes: readonly number[], seconds: readonly number[]): Figure[] {
  const plain = { bench: 'decide', ratio: null, against: null };
  const figures = sizes.flatMap((size, index): Figure[] => {
    const value = seconds[index] ?? Number.NaN;
    return [
      { ...plain, figure: `decide-${size}-seconds`, value: rounded(value), unit: 's' },
      { ...plain, figure: `decide-${size}-rate`, value: rounded(size / value), unit: 'dispenses/s' },
    ];
  });
  const [small = Number.NaN, large = Number.NaN] = sizes;
  const [smallSeconds = Number.NaN, largeSeconds = Number.NaN] = seconds;
  const growth = largeSeconds / large / (smallSeconds / small);
  // The target's figure; of another size than a million it is what a million would take at that pace.
  figures.push({
    ...plain,
    figure: 'decide-1m-seconds',
    value: rounded((largeSeconds / large) * MILLION),
    unit: large === MILLION ? 's' : `s, at the pace of ${large}`,
  });
  return [...figures, { ...plain, figure: `growth-${small}-to-${large}`, value: rounded(growth), unit: 'of linear' }];
}
