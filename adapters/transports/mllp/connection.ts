/**
 * One MLLP connection: reads frames, hands them on at once and answers them in the order in which they came. Stops reading
 * while too many of its frames, or of all connections' frames, wait: the sender's socket fills up, not our memory.
 */
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Deliver } from '../../contract.ts';
import { frame, FrameDecoder, type FrameEvent } from './framing.ts';
import type { SenderTally } from './figures.ts';
import type { Room } from './room.ts';
import type { Answers, MllpFault, MllpLimits, Outcome } from './server.ts';

/** Longest wait for frames under way when the listener stops, milliseconds. */
const FINISH_MS = 10_000;

/** All that a connection needs. */
export interface ConnectionParts {
  socket: Socket;
  remote: string;
  feed: { feed: string; deliver: Deliver; onAnswered?: () => void };
  /** Close after so many milliseconds without a byte in either direction; 0 = never. */
  idleMs: number;
  tally: SenderTally;
  answers: Answers;
  own: () => { controlId: string; at: Date };
  limits: MllpLimits;
  room: Room;
  onFault: (fault: MllpFault) => void;
}

/** A connected sender. */
export class Connection {
  readonly #parts: ConnectionParts;
  readonly #decoder: FrameDecoder;
  /** Settles when all frames so far are answered; each answer waits for the one before it. */
  #tail: Promise<void> = Promise.resolve();
  #inFlight = 0;
  #inFlightBytes = 0;
  #stray = 0;
  #deadline: NodeJS.Timeout | undefined;
  #closing = false;
  readonly #look = (): void => this.#throttle();

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#decoder = new FrameDecoder(parts.limits.frameBytes);
    const { socket } = parts;
    socket.on('data', (chunk: Uint8Array) => this.#read(chunk));
    socket.on('end', () => void this.#end());
    socket.on('error', (error: NodeJS.ErrnoException) => this.#fault('SOCKET', error.code ?? error.name));
    socket.on('close', () => this.#gone());
    socket.setTimeout(parts.idleMs, () => this.#idle());
  }

  /** Stops reading, answers what is under way (ten seconds at most), closes. */
  async finish(): Promise<void> {
    this.#closing = true;
    this.#parts.socket.pause();
    const late = new Promise<void>((resolve) => setTimeout(resolve, FINISH_MS).unref());
    await Promise.race([this.#tail, late]);
    this.#parts.socket.destroySoon();
  }

  #gone(): void {
    clearTimeout(this.#deadline);
    this.#closing = true;
    this.#parts.room.leave(this.#look, this.#decoder.held);
    this.#parts.tally.closed();
  }

  /** A frame that has begun has its own deadline, and one that waits for its storing is our affair. */
  #idle(): void {
    if (this.#inFlight > 0 || this.#decoder.open) return;
    this.#fault('IDLE');
    this.#closing = true;
    this.#parts.socket.destroySoon();
  }

  #frameFault(kind: 'STRAY_BYTES' | 'FRAME_CUT' | 'FRAME_TOO_LARGE' | 'FRAME_LATE', detail = ''): void {
    this.#parts.tally.frameError();
    this.#fault(kind, detail);
  }

  #fault(kind: MllpFault['kind'], detail = ''): void {
    this.#parts.onFault({ kind, feed: this.#parts.feed.feed, remote: this.#parts.remote, detail });
  }

  #read(chunk: Uint8Array): void {
    if (this.#closing) return;
    const wasOpen = this.#decoder.open;
    const held = this.#decoder.held;
    const events = this.#decoder.push(chunk);
    this.#parts.room.unfinished(this.#decoder.held - held);
    for (const event of events) this.#on(event);
    this.#watch(wasOpen && events.length === 0);
    this.#throttle();
  }

  #on(event: FrameEvent): void {
    switch (event.kind) {
      case 'frame':
        this.#take(event.bytes);
        break;
      case 'stray':
        this.#stray += event.count;
        this.#frameFault('STRAY_BYTES', String(event.count));
        if (this.#stray > this.#parts.limits.strayBytes) this.#parts.socket.destroy();
        break;
      case 'cut':
        this.#frameFault('FRAME_CUT');
        break;
      case 'tooLarge':
        this.#frameFault('FRAME_TOO_LARGE');
        this.#giveUp(event.head);
        break;
    }
  }

  /** The deadline runs from a frame's first byte; `same` = the frame that was open before is still the open one. */
  #watch(same: boolean): void {
    if (same && this.#deadline !== undefined) return;
    clearTimeout(this.#deadline);
    this.#deadline = this.#decoder.open ? setTimeout(() => this.#late(), this.#parts.limits.frameMs) : undefined;
  }

  #late(): void {
    if (this.#parts.socket.isPaused()) {
      // We are the ones who do not read.
      this.#deadline = setTimeout(() => this.#late(), this.#parts.limits.frameMs);
      return;
    }
    const complete = this.#flush();
    if (complete) {
      this.#take(complete);
      return;
    }
    this.#frameFault('FRAME_LATE');
    this.#giveUp(this.#decoder.head());
  }

  /** A frame that will never be whole: said so, then closed, for nothing after it can be trusted. */
  #giveUp(head: Uint8Array): void {
    this.#closing = true;
    this.#answerInTurn(head, Promise.resolve('UNREADABLE'));
    void this.#tail.then(() => this.#parts.socket.destroySoon());
  }

  /** The sender closed its half: what it has sent is stored and answered, then ours closes. */
  async #end(): Promise<void> {
    const complete = this.#flush();
    if (complete) this.#take(complete);
    else if (this.#decoder.open) this.#frameFault('FRAME_CUT');
    await this.#tail;
    this.#parts.socket.end();
  }

  /** The frame whose last byte the sender leaves out. */
  #flush(): Uint8Array | undefined {
    const held = this.#decoder.held;
    const bytes = this.#decoder.flush();
    this.#parts.room.unfinished(this.#decoder.held - held);
    return bytes;
  }

  #take(bytes: Uint8Array): void {
    this.#parts.tally.frame(bytes.length);
    this.#inFlight += 1;
    this.#inFlightBytes += bytes.length;
    this.#parts.room.take(this.#look, bytes.length);
    // Storing begins now, so that frames of all connections share a commit; only the answer waits its turn.
    this.#answerInTurn(bytes, this.#store(bytes));
    void this.#tail.then(() => {
      this.#inFlight -= 1;
      this.#inFlightBytes -= bytes.length;
      this.#parts.room.free(bytes.length);
      this.#throttle();
    });
  }

  /** Never rejects: whatever goes wrong becomes an outcome that is answered. */
  async #store(bytes: Uint8Array): Promise<Outcome | 'ANSWER'> {
    const { answers, feed, remote } = this.#parts;
    const { controlId: sent, verdict } = answers.examine(bytes);
    if (verdict !== 'TAKE') this.#fault(verdict);
    if (verdict === 'REFUSED' || verdict === 'VERSION' || verdict === 'ANSWER') return verdict;
    const controlId = sent ?? `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    try {
      await feed.deliver({ controlId, name: `mllp ${remote}`, bytes });
    } catch (error) {
      this.#fault('NOT_STORED', error instanceof Error ? error.name : 'unknown');
      return 'FAILED';
    }
    return verdict === 'TAKE' ? 'STORED' : verdict;
  }

  #answerInTurn(bytes: Uint8Array, outcome: Promise<Outcome | 'ANSWER'>): void {
    const before = this.#tail;
    this.#tail = (async (): Promise<void> => {
      const told = await outcome;
      await before;
      if (told === 'ANSWER') return;
      if (told !== 'STORED') this.#parts.tally.nak(told);
      for (const content of this.#parts.answers.acknowledge(bytes, told, this.#parts.own)) await this.#write(content);
      this.#parts.feed.onAnswered?.();
    })().catch((error: unknown) => {
      this.#fault('SOCKET', error instanceof Error ? error.name : 'unknown');
    });
  }

  /** Resolves when the socket has taken the answer, or is gone. */
  #write(content: Uint8Array): Promise<void> {
    const { socket } = this.#parts;
    if (!socket.writable) return Promise.resolve();
    if (socket.write(frame(content))) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        socket.off('drain', done);
        socket.off('close', done);
        resolve();
      };
      socket.once('drain', done);
      socket.once('close', done);
    });
  }

  /** Reads on, or not, as there is room. */
  #throttle(): void {
    const { socket, limits, room } = this.#parts;
    if (this.#closing || socket.destroyed) return;
    const holds = this.#inFlight > 0 || this.#decoder.held > 0;
    if (this.#inFlight >= limits.inFlight || this.#inFlightBytes >= limits.inFlightBytes) socket.pause();
    else if (holds && !room.admits(this.#look)) {
      // With nothing of its own under way a connection may always read one chunk: nobody starves.
      socket.pause();
      room.wait(this.#look);
    } else if (socket.isPaused()) socket.resume();
  }
}
