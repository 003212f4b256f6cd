/** What a bench answers: figures, medians of interleaved rounds, and how they are printed. */

/** One figure; one JSON line with `--json`. */
export interface Figure {
  bench: string;
  /** `durable-acks-64`, `peak-rss-mb-100000`. */
  figure: string;
  value: number;
  unit: string;
  /** How many times better than the baseline of the same run; null = nothing to compare with. */
  ratio: number | null;
  /** The baseline and its value, for people; null = none. */
  against: string | null;
}

/** A figure with the load of the machine (average of a minute) before and after its bench: what else ran distorts it. */
export interface Noted extends Figure {
  load: string;
}

/** What a bench is given. */
export interface BenchOptions {
  /** Interleaved rounds: A B A B ... */
  rounds: number;
  /** Rows, lines or dispenses; undefined = the bench's own sizes. */
  size: number | undefined;
  /** A folder of further samples, for benches that compare; undefined = none. */
  samples: string | undefined;
  /** Progress, for people (standard error). */
  log: (line: string) => void;
}

/** A bench of `npm run bench`. */
export interface Bench {
  name: string;
  about: string;
  run(options: BenchOptions): Promise<Figure[]>;
}

/** The middle value; the mean of the two middle ones of an even number. NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The value below which `share` (0 to 1) of the values lie; NaN without values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Runs A, B, A, B ... so that what else the machine does falls on both. */
export async function interleave<T>(
  rounds: number,
  measured: () => Promise<T>,
  baseline: () => Promise<T>,
): Promise<{ measured: T[]; baseline: T[] }> {
  const results: { measured: T[]; baseline: T[] } = { measured: [], baseline: [] };
  for (let round = 0; round < rounds; round += 1) {
    results.measured.push(await measured());
    results.baseline.push(await baseline());
  }
  return results;
}

/** Three significant digits below 1000, whole numbers above. */
export const rounded = (value: number): number =>
  Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3));

/** The figures as a table; numbers to the right. */
export function table(figures: readonly Noted[]): string {
  const rows = figures.map(({ bench, figure, value, unit, ratio, load, against }) => [
    bench,
    figure,
    value.toLocaleString('en-US', { maximumFractionDigits: 3 }),
    unit,
    ratio === null ? '' : `${ratio}x`,
    load,
    against ?? '',
  ]);
  const lines = [['bench', 'figure', 'value', 'unit', 'ratio', 'load', 'against'], ...rows];
  const widths = [0, 1, 2, 3, 4, 5].map((at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  const cell = (text: string, at: number): string =>
    at === 2 || at === 4 ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0);
  return lines.map((line) => line.map(cell).join('  ').trimEnd()).join('\n');
}
