/**
 * Verdicts as bytes: the candidate encodings of `evidence`. A rule is one byte answer and number of rows, one byte reason; a row is
 * one byte kind and how its id is given, one byte note, then the id unless the determination's own columns hold it. The product
 * stores jsonb; docs/decisions/0004 says what these figures propose.
 */

/** One rule's answer as `determination.verdicts` holds it. */
export interface StoredVerdict {
  rule: string;
  answer: string;
  reason: string;
  evidence: { kind: string; id: string; note?: string }[];
}

/** Ids that stand in columns beside the verdicts; evidence need not repeat them. */
export interface KnownIds {
  patient: string | null;
  encounter: string | null;
  prescription: string | null;
  /** The dispense's claim. */
  claim: string | null;
}

/** What an encoding makes use of. */
export interface CodecOptions {
  /** Refer to ids that stand in columns. */
  known: boolean;
  /** Refer to master and reference rows by the number of a dictionary. */
  numbered: boolean;
}

/** Numbers for texts, given in the order in which they first occur. */
export class Dictionary {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];

  /** The text's number, a new one if needed. */
  number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#texts.length);
    return this.#texts.push(text) - 1;
  }

  /** @throws when nothing has that number. */
  text(number: number): string {
    const text = this.#texts[number];
    if (text === undefined) throw new RangeError(`the dictionary has no ${number}`);
    return text;
  }

  get size(): number {
    return this.#texts.length;
  }
}

const RULES = [
  'ENTITY_PARTICIPATING',
  'PHARMACY_REGISTERED',
  'PATIENT_MATCHED',
  'ENCOUNTER_QUALIFYING',
  'PRESCRIBER_AFFILIATED',
  'PRESCRIPTION_ORIGIN',
  'DRUG_COVERED',
  'MEDICAID_CARVE',
  'MANUFACTURER_POLICY',
  'CLAIM_TIMELY',
  'NOT_DUPLICATE',
];
const ANSWERS = ['PASS', 'FAIL', 'UNKNOWN', 'NOT_APPLICABLE'];
const KNOWN_KINDS: readonly (keyof KnownIds)[] = ['patient', 'encounter', 'prescription', 'claim'];
/** Evidence per rule that fits beside the answer; rules state at most 22. */
const MOST_EVIDENCE = 63;

/** How an id is given: by column 0 to 3, as sixteen bytes, as a number of three bytes, as text with its length. */
const UUID = 4;
const NUMBER = 5;
const TEXT = 6;

const UUID_TEXT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const isMaster = (kind: string): boolean => kind !== 'candidate' && !KNOWN_KINDS.some((known) => known === kind);

/** Encodes and decodes with the dictionaries it has met. */
export class VerdictCodec {
  /** Reasons and notes: words of the program, far fewer than 256. */
  readonly words = new Dictionary();
  readonly kinds = new Dictionary();
  /** Master and reference rows. */
  readonly rows = new Dictionary();
  readonly #options: CodecOptions;

  constructor(options: CodecOptions) {
    this.#options = options;
    this.words.number('');
  }

  /** All eleven verdicts in rule order. @throws RangeError when they are not. */
  encode(verdicts: readonly StoredVerdict[], known: KnownIds): Buffer {
    const bytes: number[] = [];
    for (const [index, { rule, answer, reason, evidence }] of verdicts.entries()) {
      if (rule !== RULES[index] || evidence.length > MOST_EVIDENCE) throw new RangeError(`rule ${rule} does not fit`);
      bytes.push((ANSWERS.indexOf(answer) << 6) | evidence.length, this.#word(reason));
      for (const row of evidence) this.#pushRow(bytes, row, known);
    }
    return Buffer.from(bytes);
  }

  #word(text: string): number {
    const number = this.words.number(text);
    if (number > 255) throw new RangeError('more words than a byte can tell');
    return number;
  }

  #pushRow(bytes: number[], { kind, id, note }: StoredVerdict['evidence'][number], known: KnownIds): void {
    const column = this.#options.known ? KNOWN_KINDS.findIndex((name) => name === kind && known[name] === id) : -1;
    const given = this.#options.numbered && isMaster(kind) ? NUMBER : UUID_TEXT.test(id) ? UUID : TEXT;
    const way = column >= 0 ? column : given;
    bytes.push((this.kinds.number(kind) << 3) | way, this.#word(note ?? ''));
    if (way === UUID) bytes.push(...Buffer.from(id.replaceAll('-', ''), 'hex'));
    else if (way === TEXT) bytes.push(id.length, ...Buffer.from(id, 'latin1'));
    else if (way === NUMBER) {
      const number = this.rows.number(id);
      bytes.push(number & 255, (number >> 8) & 255, (number >> 16) & 255);
    }
  }

  /** What was encoded. */
  decode(bytes: Buffer, known: KnownIds): StoredVerdict[] {
    let at = 0;
    const next = (): number => bytes[at++] ?? 0;
    return RULES.map((rule) => {
      const head = next();
      const reason = this.words.text(next());
      const evidence = Array.from({ length: head & MOST_EVIDENCE }, () => {
        const first = next();
        const note = this.words.text(next());
        const { id, length } = this.#readId(bytes, at, first & 7, known);
        at += length;
        const kind = this.kinds.text(first >> 3);
        return note === '' ? { kind, id } : { kind, id, note };
      });
      return { rule, answer: ANSWERS[head >> 6] ?? '', reason, evidence };
    });
  }

  #readId(bytes: Buffer, at: number, way: number, known: KnownIds): { id: string; length: number } {
    const column = KNOWN_KINDS[way];
    if (column !== undefined) return { id: known[column] ?? '', length: 0 };
    if (way === NUMBER) return { id: this.rows.text(bytes.readUIntLE(at, 3)), length: 3 };
    if (way === TEXT) {
      const length = bytes[at] ?? 0;
      return { id: bytes.toString('latin1', at + 1, at + 1 + length), length: length + 1 };
    }
    const hex = bytes.toString('hex', at, at + 16);
    const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
    return { id, length: 16 };
  }
}

/** The same without ids: determinations that differ in rows only have one shape. */
export const shapeOf = (verdicts: readonly StoredVerdict[]): string =>
  verdicts
    .map(({ answer, reason, evidence }) =>
      [answer, reason, ...evidence.map(({ kind, note }) => `${kind}:${note ?? ''}`)].join(' '),
    )
    .join('\n');
