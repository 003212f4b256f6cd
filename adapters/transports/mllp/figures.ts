/** What the listener knows of its senders: who is connected, what came, what was answered badly. Counted since it started. */
import type { Refusal } from './doors.ts';

/** One sender of a feed: a certificate's first name, else an address. */
export interface SenderState {
  feed: string;
  sender: string;
  connections: number;
  /** Since when it is connected; null = it is not. */
  since: Date | null;
  lastFrameAt: Date | null;
  frames: number;
  bytes: number;
  naks: number;
}

/** All senders of a feed together. */
export interface FeedFigures {
  feed: string;
  connections: number;
  frames: number;
  bytes: number;
  /** Answers that are no acceptance, by outcome. */
  naks: ReadonlyMap<string, number>;
  /** Frames that were cut off, too large or too slow, and bytes outside frames. */
  frameErrors: number;
  /** Callers of the feed's port that were let in as nobody, by reason. */
  turnedAway: ReadonlyMap<string, number>;
  senders: SenderState[];
}

/** Senders remembered after they have gone. */
const MOST_SENDERS = 1_000;

interface Counted {
  connections: number;
  frames: number;
  bytes: number;
  naks: Map<string, number>;
  frameErrors: number;
  turnedAway: Map<string, number>;
}

const more = (counts: Map<string, number>, name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);

/** Counts for one listener. */
export class Figures {
  readonly #clock: () => Date;
  readonly #feeds = new Map<string, Counted>();
  readonly #senders = new Map<string, SenderState>();

  constructor(clock: () => Date, feeds: readonly string[]) {
    this.#clock = clock;
    for (const feed of feeds)
      this.#feeds.set(feed, {
        connections: 0,
        frames: 0,
        bytes: 0,
        naks: new Map(),
        frameErrors: 0,
        turnedAway: new Map(),
      });
  }

  /** A sender connected; what it does is told to the answer, and its end to `closed`. */
  opened(feed: string, sender: string): SenderTally {
    const state = this.#sender(feed, sender);
    const counted = this.#feed(feed);
    counted.connections += 1;
    state.connections += 1;
    state.since ??= this.#clock();
    return {
      frame: (bytes) => {
        counted.frames += 1;
        counted.bytes += bytes;
        state.frames += 1;
        state.bytes += bytes;
        state.lastFrameAt = this.#clock();
      },
      nak: (outcome) => {
        more(counted.naks, outcome.toLowerCase());
        state.naks += 1;
      },
      frameError: () => {
        counted.frameErrors += 1;
      },
      closed: () => {
        counted.connections -= 1;
        state.connections -= 1;
        if (state.connections === 0) state.since = null;
      },
    };
  }

  /** A caller of a port was turned away: each feed behind it may be the one that was meant. */
  turnedAway(feeds: readonly string[], reason: Refusal): void {
    for (const feed of feeds) more(this.#feed(feed).turnedAway, reason);
  }

  /** Connections of a feed now. */
  connections(feed: string): number {
    return this.#feed(feed).connections;
  }

  feeds(): FeedFigures[] {
    const senders = Map.groupBy(this.#senders.values(), ({ feed }) => feed);
    return [...this.#feeds].map(([feed, counted]) => ({ feed, ...counted, senders: [...(senders.get(feed) ?? [])] }));
  }

  #feed(feed: string): Counted {
    const counted = this.#feeds.get(feed);
    if (counted === undefined) throw new Error(`the listener has no feed ${feed}`);
    return counted;
  }

  #sender(feed: string, sender: string): SenderState {
    const key = `${feed} ${sender}`;
    const known = this.#senders.get(key);
    if (known) return known;
    if (this.#senders.size >= MOST_SENDERS)
      for (const [old, { connections }] of this.#senders)
        if (connections === 0) {
          this.#senders.delete(old);
          break;
        }
    const state = { feed, sender, connections: 0, since: null, lastFrameAt: null, frames: 0, bytes: 0, naks: 0 };
    this.#senders.set(key, state);
    return state;
  }
}

/** What a connection counts. */
export interface SenderTally {
  frame(bytes: number): void;
  nak(outcome: string): void;
  frameError(): void;
  closed(): void;
}
