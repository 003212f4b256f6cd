/**
 * MLLP framing: `0x0B content 0x1C 0x0D`. Chunks of the socket are kept as a list and joined once per frame, so that a
 * frame in many chunks costs what its bytes cost; small chunks are gathered in blocks, so that a frame sent byte by byte
 * does not cost an object per byte. Pure: deadlines belong to the connection.
 */

const VT = 0x0b;
const FS = 0x1c;
const CR = 0x0d;
const LF = 0x0a;

/** Largest frame content, bytes (B1). */
export const FRAME_MAX = 8 * 1024 * 1024;

/** Chunks below this are gathered. */
const SMALL = 4_096;
const BLOCK = 16_384;

/** What the stream held. */
export type FrameEvent =
  | { kind: 'frame'; bytes: Uint8Array }
  /** Bytes outside any frame; CR and LF between frames are not counted. */
  | { kind: 'stray'; count: number }
  /** A new frame began before the old one ended; its bytes are lost to us, the sender never got an answer. */
  | { kind: 'cut' }
  /** More content than allowed; `head` are its first bytes. The decoder takes nothing more. */
  | { kind: 'tooLarge'; head: Uint8Array };

/** Puts content into a frame. */
export function frame(content: Uint8Array): Uint8Array {
  const framed = new Uint8Array(content.length + 3);
  framed[0] = VT;
  framed.set(content, 1);
  framed[content.length + 1] = FS;
  framed[content.length + 2] = CR;
  return framed;
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** First place at or after `from` where one of two signs stands, else the length. */
function findEither(chunk: Uint8Array, from: number, first: number, second: number): number {
  const one = chunk.indexOf(first, from);
  const end = one < 0 ? chunk.length : one;
  const other = chunk.subarray(from, end).indexOf(second);
  return other < 0 ? end : from + other;
}

/** Finds the frames of one connection's stream. */
export class FrameDecoder {
  readonly #max: number;
  #chunks: Uint8Array[] = [];
  #length = 0;
  /** Block that small chunks go to; its filled part is the last entry of the list. */
  #room: { block: Uint8Array; used: number } | undefined;
  #state: 'outside' | 'inside' | 'ending' | 'dead' = 'outside';

  constructor(max = FRAME_MAX) {
    this.#max = max;
  }

  /** True while a frame has begun and not ended: the time its deadline runs. */
  get open(): boolean {
    return this.#state === 'inside' || this.#state === 'ending';
  }

  /** Bytes of the frame that has begun and not ended. */
  get held(): number {
    return this.#length;
  }

  /** Takes the next bytes. The chunk must not be changed afterwards: the decoder keeps views of it. */
  push(chunk: Uint8Array): FrameEvent[] {
    const events: FrameEvent[] = [];
    let at = 0;
    while (at < chunk.length && this.#state !== 'dead') {
      if (this.#state === 'outside') at = this.#skipTo(chunk, at, events);
      else if (this.#state === 'inside') at = this.#take(chunk, at, events);
      else at = this.#decideEnd(chunk, at, events);
    }
    return events;
  }

  /** The frame whose 0x1C was the last thing that came: some senders leave the 0x0D out. Undefined when there is none. */
  flush(): Uint8Array | undefined {
    return this.#state === 'ending' ? this.#finish() : undefined;
  }

  /** The first bytes (at most 4,096) of a frame that has begun, for an answer to it. */
  head(): Uint8Array {
    const first: Uint8Array[] = [];
    let length = 0;
    for (const chunk of this.#chunks) {
      const part = chunk.subarray(0, SMALL - length);
      first.push(part);
      length += part.length;
      if (length >= SMALL) break;
    }
    return join(first, length);
  }

  #skipTo(chunk: Uint8Array, from: number, events: FrameEvent[]): number {
    const found = chunk.indexOf(VT, from);
    const end = found < 0 ? chunk.length : found;
    let count = 0;
    for (let at = from; at < end; at += 1) if (chunk[at] !== CR && chunk[at] !== LF) count += 1;
    if (count > 0) events.push({ kind: 'stray', count });
    if (found >= 0) this.#state = 'inside';
    return end + 1;
  }

  #take(chunk: Uint8Array, from: number, events: FrameEvent[]): number {
    const end = findEither(chunk, from, FS, VT);
    if (end > from && !this.#keep(chunk.subarray(from, end), events)) return chunk.length;
    if (chunk[end] === FS) this.#state = 'ending';
    if (chunk[end] === VT) {
      this.#reset('inside');
      events.push({ kind: 'cut' });
    }
    return end + 1;
  }

  /** After 0x1C: 0x0D ends the frame, so does the next frame's 0x0B; anything else was content all along. */
  #decideEnd(chunk: Uint8Array, at: number, events: FrameEvent[]): number {
    const sign = chunk[at];
    if (sign === CR || sign === VT) {
      events.push({ kind: 'frame', bytes: this.#finish() });
      if (sign === VT) this.#state = 'inside';
      return at + 1;
    }
    this.#state = 'inside';
    return this.#keep(Uint8Array.of(FS), events) ? at : chunk.length;
  }

  #keep(part: Uint8Array, events: FrameEvent[]): boolean {
    if (this.#length + part.length > this.#max) {
      if (this.#chunks.length === 0) this.#chunks.push(part);
      events.push({ kind: 'tooLarge', head: this.head() });
      this.#reset('dead');
      return false;
    }
    this.#length += part.length;
    // The first part is usually the whole frame: no need to copy it twice.
    if (this.#chunks.length === 0 || part.length >= SMALL) {
      this.#chunks.push(part);
      this.#room = undefined;
    } else this.#gather(part);
    return true;
  }

  /** Copies a small part behind the last gathered one, into a new block when it does not fit. */
  #gather(part: Uint8Array): void {
    if (!this.#room || this.#room.used + part.length > BLOCK) {
      this.#room = { block: new Uint8Array(BLOCK), used: 0 };
      this.#chunks.push(this.#room.block.subarray(0, 0));
    }
    this.#room.block.set(part, this.#room.used);
    this.#room.used += part.length;
    this.#chunks[this.#chunks.length - 1] = this.#room.block.subarray(0, this.#room.used);
  }

  #finish(): Uint8Array {
    const bytes = join(this.#chunks, this.#length);
    this.#reset('outside');
    return bytes;
  }

  #reset(state: 'outside' | 'inside' | 'dead'): void {
    this.#chunks = [];
    this.#room = undefined;
    this.#length = 0;
    this.#state = state;
  }
}
