/**
 * What stands where something is wrong in a payload of any size: found by its format, else by counting lines. Memory is
 * bounded: what is not asked for is passed over.
 */
import type { Excerpt, Format, Source } from '../../adapters/contract.ts';
import { stepsOf } from '../../adapters/source.ts';
import type { MessageError } from './messages.ts';

/** Characters kept of a line. */
const LINE_MOST = 4_000;
/** Archives, workbooks and compressed files: their lines are not those of their bytes. */
const PACKED = [
  [0x50, 0x4b],
  [0x1f, 0x8b],
];

/** At most so many positions at which something is wrong, in the order of the errors. */
export const positionsOf = (errors: readonly MessageError[], most: number): Set<string> =>
  new Set(errors.slice(0, most).flatMap(({ position }) => (position === '' ? [] : [position])));

const isLine = (position: string): boolean => position.startsWith('line ');

/** What stands at these positions: of those that the format knows and of lines each in the order of the payload. */
export async function excerptsAt(
  format: Pick<Format, 'excerpts'> | undefined,
  source: Source,
  positions: ReadonlySet<string>,
): Promise<Excerpt[]> {
  const lines = new Set([...positions].filter(isLine));
  const own = new Set([...positions].filter((position) => !isLine(position)));
  const found: Excerpt[] = [];
  const take = async (some: AsyncIterable<Excerpt>, most: number): Promise<void> => {
    const before = found.length;
    for await (const excerpt of some) {
      found.push(excerpt);
      // The rest need not be read.
      if (found.length - before >= most) return;
    }
  };
  if (own.size > 0 && format?.excerpts) await take(format.excerpts(source, own), own.size);
  if (lines.size > 0) await take(lineExcerpts(source, lines), lines.size);
  return found;
}

const isPacked = (head: Uint8Array): boolean => PACKED.some((magic) => magic.every((byte, at) => head[at] === byte));

/** `line 17`, `line 17 Bundle entry 2`: the line. */
function linesWanted(positions: ReadonlySet<string>): Map<number, string[]> {
  const wanted = new Map<number, string[]>();
  for (const position of positions) {
    const [, text] = /^line (\d+)/.exec(position) ?? [];
    if (text === undefined) continue;
    const number = Number(text);
    wanted.set(number, [...(wanted.get(number) ?? []), position]);
  }
  return wanted;
}

/** Lines of a text; a line ends with LF, CR or both. */
async function* lineExcerpts(source: Source, positions: ReadonlySet<string>): AsyncGenerator<Excerpt> {
  const wanted = linesWanted(positions);
  const last = Math.max(0, ...wanted.keys());
  if (wanted.size === 0 || isPacked(await source.read(0, 2))) return;
  let number = 1;
  let line = '';
  let afterReturn = false;
  const decoder = new TextDecoder();
  const keep = (text: string, from: number, to: number): void => {
    if (wanted.has(number) && line.length < LINE_MOST) line += text.slice(from, Math.min(to, from + LINE_MOST));
  };
  function* ended(): Generator<Excerpt> {
    for (const position of wanted.get(number) ?? []) yield { position, lines: [line] };
    number += 1;
    line = '';
  }
  for await (const bytes of stepsOf(source)) {
    const text = decoder.decode(bytes, { stream: true });
    let start = afterReturn && text.startsWith('\n') ? 1 : 0;
    afterReturn = false;
    const breaks = /\r\n|\r|\n/g;
    breaks.lastIndex = start;
    for (let found = breaks.exec(text); found; found = breaks.exec(text)) {
      keep(text, start, found.index);
      yield* ended();
      if (number > last) return;
      start = breaks.lastIndex;
    }
    keep(text, start, text.length);
    afterReturn = text.endsWith('\r');
  }
  yield* ended();
}
