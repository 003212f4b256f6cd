/** A claim file so large that it is stored in pieces and read in portions: the places of that way lie on no other. */
import { CLAIM_FEEDS, type SimFile } from '../../src/simulate/world/feeds.ts';

/** A file of more than a megabyte is stored in pieces. */
const LARGE_BYTES = 1_200_000;
const TRAILER = 'TRL|';

/** The first extract among the files becomes large by repeating its lines, which says nothing new: each is the same transaction again. */
export function withLargeFile(files: readonly SimFile[]): SimFile[] {
  const chosen = files.find(({ feed }) => CLAIM_FEEDS[feed]?.format === 'claim-extract');
  return files.map((file) => (file === chosen ? { ...file, bytes: enlarged(file.bytes) } : file));
}

function enlarged(bytes: Uint8Array): Uint8Array {
  const [header = '', ...lines] = Buffer.from(bytes).toString('utf8').trimEnd().split('\n');
  const trailed = lines.at(-1)?.startsWith(TRAILER) === true;
  const rows = trailed ? lines.slice(0, -1) : lines;
  const times = Math.ceil(LARGE_BYTES / Math.max(1, rows.join('\n').length));
  const repeated = Array.from({ length: times }, () => rows).flat();
  return Buffer.from([header, ...repeated, ...(trailed ? [`${TRAILER}${repeated.length}`] : []), ''].join('\n'));
}
