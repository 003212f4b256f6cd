/** How a simulated FHIR server misbehaves: by turns, so that every run meets everything and none is stuck for good. */

/** What the server does with a request instead of answering it well. */
export type Misdeed = 'TOO_MANY' | 'BROKEN' | 'EXPIRED' | 'REPEATED' | null;

/** Kinds of requests that are treated differently. */
export type Asked = 'first page' | 'next page' | 'other';

/** Decides by turns. */
export class Mood {
  /** Switchable while the server runs. */
  bad: boolean;
  private requests = 0;
  private pages = 0;
  /** How often each misdeed was done. */
  readonly done: Record<Exclude<Misdeed, null>, number> = { TOO_MANY: 0, BROKEN: 0, EXPIRED: 0, REPEATED: 0 };

  constructor(bad: boolean) {
    this.bad = bad;
  }

  /** What happens to this request. */
  next(asked: Asked): Misdeed {
    if (!this.bad) return null;
    const misdeed = this.choose(asked);
    if (misdeed !== null) this.done[misdeed] += 1;
    return misdeed;
  }

  private choose(asked: Asked): Misdeed {
    this.requests += 1;
    if (this.requests % 5 === 2) return 'TOO_MANY';
    if (this.requests % 7 === 3) return 'BROKEN';
    if (asked !== 'next page') return null;
    this.pages += 1;
    if (this.pages % 13 === 3) return 'EXPIRED';
    return this.pages % 7 === 4 ? 'REPEATED' : null;
  }
}
