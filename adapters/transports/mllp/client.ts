/**
 * Sends messages over MLLP and does not let go of one before it is answered: `hub send`, the EHR simulator and the tests
 * send with it.
 * Own client, because node-hl7-client glues two frames of one chunk together and has no notion of resending; it shares the
 * framing with the listener, so there is one framing to trust.
 */
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { controlIdOf, expectsAnswer, readAcknowledgement, type Acknowledgement } from './answer-code.ts';
import { frame, FrameDecoder } from './framing.ts';

export type { Acknowledgement } from './answer-code.ts';

/** How a client behaves. */
export interface MllpClientOptions {
  /** Messages under way at once on the connection. Default 1: the next goes out when the last is answered. */
  inFlight?: number;
  /** Longest wait for an answer before the connection is given up and everything unanswered sent again, ms. Default 10,000. */
  answerMs?: number;
  /** Pause before connecting again or after a refusal, ms. Default 200. */
  retryMs?: number;
  /** How often a message that is answered AR or CR is sent again before that answer is passed on. Default 5. */
  refusals?: number;
  /** How often in a row a connection may be lost or refused before everything unanswered rejects. Default: no end. */
  losses?: number;
  /** Speak TLS; absent = clear text. */
  tls?: ClientTls;
}

/** How a client shows itself and whom it trusts, in PEM. */
export interface ClientTls {
  /** Authority of the receiver's certificate. Default: the well-known ones. */
  ca?: string;
  /** Own certificate, for receivers that ask for one. */
  key?: string;
  cert?: string;
  /** Name that the receiver's certificate must have. Default: the host. */
  servername?: string;
}

interface Letter {
  bytes: Uint8Array;
  controlId: string;
  refused: number;
  resolve(ack: Acknowledgement): void;
  reject(error: Error): void;
}

/** The answer to a message that wants none: it has left, more is not known. */
const unanswered = ({ controlId }: Letter): Acknowledgement => ({
  code: '',
  controlId,
  text: '',
  bytes: new Uint8Array(),
});

/** A sender with one connection, made when there is something to send and made again whenever it is lost. */
export class MllpClient {
  readonly #host: string;
  readonly #port: number;
  readonly #options: Required<Omit<MllpClientOptions, 'tls'>> & Pick<MllpClientOptions, 'tls'>;
  #socket: Socket | undefined;
  /** Written and not answered yet, oldest first. */
  #sent: Letter[] = [];
  readonly #waiting: Letter[] = [];
  #retry: NodeJS.Timeout | undefined;
  #patience: NodeJS.Timeout | undefined;
  #closed = false;
  #ready = false;
  #losses = 0;
  /** Code of the last thing that went wrong with a connection. */
  #trouble = 'the connection was closed';

  constructor(host: string, port: number, options: MllpClientOptions = {}) {
    this.#host = host;
    this.#port = port;
    this.#options = {
      inFlight: 1,
      answerMs: 10_000,
      retryMs: 200,
      refusals: 5,
      losses: Number.POSITIVE_INFINITY,
      ...options,
    };
  }

  /**
   * Sends one message (text goes out as UTF-8). Resolves with the answer; AR and CR are tried again first. Lost connections
   * and missing answers are not errors: the message is sent again until it is answered. Rejects after `close`, and when the
   * connection was lost too often (`losses`). A message that asks for no answer resolves when it has left, with code ''.
   */
  send(message: string | Uint8Array): Promise<Acknowledgement> {
    if (this.#closed) return Promise.reject(new Error('the MLLP client is closed'));
    const bytes = typeof message === 'string' ? new TextEncoder().encode(message) : message;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes, controlId: controlIdOf(bytes), refused: 0, resolve, reject });
      this.#pump();
    });
  }

  /** Closes the connection; what is not answered rejects. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#patience);
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#giveUp('the MLLP client was closed before the answer came');
  }

  #giveUp(reason: string): void {
    const left = [...this.#sent.splice(0), ...this.#waiting.splice(0)];
    for (const letter of left) letter.reject(new Error(reason));
  }

  #pump(): void {
    if (this.#closed || this.#retry) return;
    if (!this.#socket) {
      if (this.#waiting.length > 0) this.#connect();
      return;
    }
    if (!this.#ready) return;
    while (this.#sent.length < this.#options.inFlight) {
      const letter = this.#waiting.shift();
      if (!letter) break;
      if (expectsAnswer(letter.bytes)) {
        this.#sent.push(letter);
        this.#socket.write(frame(letter.bytes));
      } else
        this.#socket.write(frame(letter.bytes), (error) => {
          if (error) this.#waiting.push(letter);
          else letter.resolve(unanswered(letter));
        });
    }
    this.#expect();
  }

  #connect(): void {
    const { tls } = this.#options;
    const place = { host: this.#host, port: this.#port };
    const socket =
      tls === undefined
        ? connect({ ...place, noDelay: true })
        : connectTls({ ...place, servername: isIP(this.#host) ? '' : this.#host, ...tls });
    const decoder = new FrameDecoder();
    this.#socket = socket;
    socket.on(tls === undefined ? 'connect' : 'secureConnect', () => {
      socket.setNoDelay(true);
      this.#ready = true;
      this.#pump();
    });
    socket.on('data', (chunk: Uint8Array) => {
      for (const event of decoder.push(chunk)) if (event.kind === 'frame') this.#answered(event.bytes);
    });
    // What follows is told by `close`, which always comes.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#trouble = error.code ?? error.message;
    });
    socket.on('close', () => {
      if (this.#socket === socket) this.#lost();
    });
  }

  /** Everything that was not answered goes first on the next connection, in its order. */
  #lost(): void {
    this.#socket = undefined;
    this.#ready = false;
    clearTimeout(this.#patience);
    if (this.#sent.length + this.#waiting.length > 0) this.#losses += 1;
    if (this.#losses > this.#options.losses) {
      this.#giveUp(`no answer from ${this.#host}:${this.#port} (${this.#trouble})`);
      return;
    }
    this.#waiting.unshift(...this.#sent.splice(0));
    this.#later();
  }

  #later(): void {
    if (this.#closed) return;
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      this.#pump();
    }, this.#options.retryMs);
  }

  /** An answer that does not come ends the connection: whether the message was stored is unknown, so it is sent again. */
  #expect(): void {
    clearTimeout(this.#patience);
    if (this.#sent.length > 0) this.#patience = setTimeout(() => this.#socket?.destroy(), this.#options.answerMs);
  }

  #answered(bytes: Uint8Array): void {
    const ack = readAcknowledgement(bytes);
    this.#losses = 0;
    // An answer without a message id can only be about the oldest; one with an unknown id (a second, application answer) is about none.
    const index = ack.controlId === '' ? 0 : this.#sent.findIndex((letter) => letter.controlId === ack.controlId);
    const [letter] = index < 0 ? [] : this.#sent.splice(index, 1);
    if (letter === undefined) return;
    if (/^.R$/.test(ack.code) && letter.refused < this.#options.refusals) {
      letter.refused += 1;
      this.#waiting.unshift(letter);
      this.#later();
      return;
    }
    letter.resolve(ack);
    this.#pump();
  }
}
