/** Why units of a file were not kept, as its format says. Reasons are not stored: the file is read once more where some were ignored. */
import { open } from 'node:fs/promises';
import type { Format, Source } from '../../adapters/contract.ts';

/** What reading a feed's files takes. */
export interface FeedReader {
  name: string;
  format: string;
  zone: string;
  options: Record<string, unknown>;
}

/** How many units each reason holds for. */
export type Reasons = Record<string, number>;

const STEP_BYTES = 256 * 1024;

/** Counts the reasons of ignored units, and of parts left out beside records that were taken. */
export async function ignoredReasons(path: string, feed: FeedReader, format: Format, sha256: string): Promise<Reasons> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const source: Source = {
      size,
      step: STEP_BYTES,
      read: async (from, to) => {
        const buffer = new Uint8Array(Math.max(0, Math.min(to, size) - from));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
        return buffer.subarray(0, bytesRead);
      },
    };
    const reasons: Reasons = {};
    const { name, zone, options } = feed;
    for await (const units of format.read(source, { feed: name, zone, options, sha256 }))
      for (const { ignored } of units) if (ignored !== undefined) reasons[ignored] = (reasons[ignored] ?? 0) + 1;
    return reasons;
  } finally {
    await file.close();
  }
}

/** One line per reason over all files, the most frequent first. */
export function reasonLines(
  results: readonly {
    ignoredBecause: Reasons;
    errors: readonly { field: string; message: string; accepted: boolean }[];
  }[],
): string[] {
  const counts = new Map<string, number>();
  const add = (line: string, count: number): void => void counts.set(line, (counts.get(line) ?? 0) + count);
  for (const { ignoredBecause, errors } of results) {
    for (const [reason, count] of Object.entries(ignoredBecause)) add(`ignored   ${reason}`, count);
    for (const { field, message, accepted } of errors)
      add(`${accepted ? 'without   ' : 'rejected  '}${field}  ${message}`, 1);
  }
  return [...counts]
    .sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))
    .map(([line, count]) => `${String(count).padStart(8)}  ${line}`);
}
