/** The segments at a position (`ISA 1 GS 1 ST 3/IT1 4`) of an X12 file of any size, for people who look for what is wrong there. */
import { type Excerpt, HeldPayload, type Source } from '../../contract.ts';
import { textsOf } from '../../tables/text-encoding.ts';
import { type Segment, SegmentScanner } from './parse.ts';

const SEGMENTS_SHOWN = 16;
const LONGEST = 1_000;
const ENVELOPE = new Set(['ISA', 'GS', 'ST', 'SE', 'GE', 'IEA']);
const TRAILERS = new Set(['SE', 'GE', 'IEA']);

interface Open extends Excerpt {
  /** Segment that it begins with: the next of that name is another one. '' = it is this segment alone. */
  name: string;
}

/** Counts headers and segments as the reader of the envelope does. */
class Places {
  #isa = 0;
  #gs = 0;
  #st = 0;
  readonly #counts = new Map<string, number>();

  /** Positions that begin with a segment. */
  of({ name, ordinal }: Segment): string[] {
    const alone = `segment ${ordinal}`;
    if (name === 'ISA') [this.#isa, this.#gs, this.#st] = [this.#isa + 1, 0, 0];
    if (name === 'GS') [this.#gs, this.#st] = [this.#gs + 1, 0];
    if (name === 'ST') {
      this.#st += 1;
      this.#counts.clear();
    }
    const interchange = `ISA ${this.#isa}`;
    const group = `${interchange} GS ${this.#gs}`;
    const set = `${group} ST ${this.#st}`;
    const places: Record<string, string> = { ISA: interchange, GS: group, ST: set };
    places['SE'] = `${set}/SE`;
    places['GE'] = `${group}/GE`;
    places['IEA'] = `${interchange}/IEA`;
    const known = places[name];
    if (known !== undefined) return [known, alone];
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return [`${set}/${name} ${count}`, alone];
  }
}

/** Adds a segment to what is being shown; answers what is complete now. */
function go(open: Open[], { name, text }: Segment): Open[] {
  const ends = (one: Open): boolean =>
    one.lines.length > 0 && (one.name === '' || one.name === name || ENVELOPE.has(name));
  const complete: Open[] = [];
  for (const one of open) {
    if (ends(one)) complete.push(one);
    else if (one.lines.length < SEGMENTS_SHOWN) one.lines.push(text.slice(0, LONGEST));
    else if (one.lines.length === SEGMENTS_SHOWN) one.lines.push('...');
  }
  return complete;
}

/** What stands at these positions. A file that cannot be cut into segments has nothing to show. */
export async function* excerpts(source: Source, positions: ReadonlySet<string>): AsyncGenerator<Excerpt> {
  const scanner = new SegmentScanner();
  const places = new Places();
  let open: Open[] = [];
  const scan = function* scan(): Generator<Excerpt> {
    for (let segment = scanner.next(); segment; segment = scanner.next()) {
      const { name } = segment;
      for (const position of places.of(segment))
        if (positions.has(position)) {
          const alone = position.startsWith('segment') || TRAILERS.has(name);
          open.push({ position, lines: [], name: alone ? '' : name });
        }
      const complete = go(open, segment);
      open = open.filter((one) => !complete.includes(one));
      for (const { position, lines } of complete) yield { position, lines };
    }
  };
  try {
    for await (const text of textsOf(source)) {
      scanner.push(text);
      yield* scan();
    }
    scanner.end();
    yield* scan();
  } catch (error) {
    if (!(error instanceof HeldPayload)) throw error;
  }
  for (const { position, lines } of open) yield { position, lines };
}
