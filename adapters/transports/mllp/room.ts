/**
 * How much the listener holds in memory, over all connections: frames that wait for their storing, and bytes of those and of
 * frames still arriving. While it is full, connections stop reading and wait in line, so that senders' sockets fill up and
 * not our memory.
 */

/** Called when a connection that waits may look again. */
export type Look = () => void;

/** Bounds of a room. */
export interface RoomLimits {
  frames: number;
  bytes: number;
}

/** What is held, and who waits for room. */
export class Room {
  readonly #limits: RoomLimits;
  readonly #waiting = new Set<Look>();
  #frames = 0;
  #bytes = 0;
  #turn: Look | undefined;

  constructor(limits: RoomLimits) {
    this.#limits = limits;
  }

  get full(): boolean {
    return this.#frames >= this.#limits.frames || this.#bytes >= this.#limits.bytes;
  }

  /** True while this connection may read. */
  admits(look: Look): boolean {
    return !this.full || this.#turn === look;
  }

  /** Bytes of unfinished frames changed by so many. */
  unfinished(change: number): void {
    this.#bytes += change;
  }

  /** A whole frame waits for its storing from now on. */
  take(look: Look, bytes: number): void {
    this.#frames += 1;
    this.#bytes += bytes;
    if (this.#turn === look) this.#turn = undefined;
  }

  /** A frame is answered: those who wait look again, in the order in which they began to wait. */
  free(bytes: number): void {
    this.#frames -= 1;
    this.#bytes -= bytes;
    this.#settle();
  }

  wait(look: Look): void {
    this.#waiting.add(look);
    this.#settle();
  }

  /** A connection is gone, and with it the bytes of its unfinished frame. */
  leave(look: Look, unfinished: number): void {
    this.#bytes -= unfinished;
    this.#waiting.delete(look);
    if (this.#turn === look) this.#turn = undefined;
    this.#settle();
  }

  /**
   * A room full of unfinished frames alone would never empty: nothing is being stored, and nobody reads the rest. Then the
   * first in line has its turn until its frame is whole.
   */
  #settle(): void {
    if (!this.full) {
      const waiting = [...this.#waiting];
      this.#waiting.clear();
      for (const look of waiting) look();
    } else if (this.#frames === 0 && this.#turn === undefined) {
      const [first] = this.#waiting;
      if (first === undefined) return;
      this.#waiting.delete(first);
      this.#turn = first;
      first();
    }
  }
}
