/** The EHR simulator: sends messages over MLLP until they are acknowledged and remembers which were. */
import { MllpClient } from '../../adapters/transports/mllp/client.ts';
import { sendAll } from '../../adapters/transports/mllp/send-all.ts';
import type { Journal } from './journal.ts';
import type { SimMessage } from './world/ehr-stream.ts';

/** Messages under way per connection. */
const IN_FLIGHT = 32;

/** Where and how to send. */
export interface EhrTarget {
  host: string;
  port: number;
  /** Parallel connections of the history; default 4. */
  connections?: number;
}

/** What became of a batch of messages. */
export interface Sent {
  acknowledged: number;
  /** Answered AE or AR: kept by the hub, not to be sent again. */
  refused: number;
  /** Already acknowledged by an earlier run. */
  skipped: number;
}

/** One sender of one EHR. */
export class Ehr {
  private readonly clients: MllpClient[];
  /** Messages that are refused would hold up those behind them, so they have a line of their own. */
  private readonly careful: MllpClient;

  constructor(
    private readonly target: EhrTarget,
    private readonly journal: Journal,
  ) {
    const { host, port } = target;
    this.clients = Array.from(
      { length: target.connections ?? 4 },
      () => new MllpClient(host, port, { inFlight: IN_FLIGHT }),
    );
    this.careful = new MllpClient(host, port, { refusals: 0 });
  }

  private async sendOne(client: MllpClient, message: SimMessage, sent: Sent): Promise<void> {
    // A resent message has the control id of the first; both are sent, once each.
    const line = `${message.controlId}${message.resent ? ' again' : ''}`;
    if (message.controlId !== '' && this.journal.has(line)) {
      sent.skipped += 1;
      return;
    }
    const answer = await client.send(message.text);
    if (/^.A$/.test(answer.code)) {
      sent.acknowledged += 1;
      this.journal.add(line);
    } else sent.refused += 1;
  }

  /** Sends all; resolves when every one is answered. `progress` gets how many are. */
  async send(messages: readonly SimMessage[], progress: (done: number) => void = () => undefined): Promise<Sent> {
    const sent: Sent = { acknowledged: 0, refused: 0, skipped: 0 };
    let done = 0;
    const send = async (client: MllpClient, message: SimMessage): Promise<void> => {
      await this.sendOne(message.malformed ? this.careful : client, message, sent);
      done += 1;
      if (done % 200 === 0 || done === messages.length) progress(done);
    };
    await sendAll(this.clients, messages, send, { hands: IN_FLIGHT });
    return sent;
  }

  /** Drops the connections; what is not answered rejects. */
  close(): void {
    for (const client of [...this.clients, this.careful]) client.close();
  }

  /** Where it sends to, for people. */
  get address(): string {
    return `${this.target.host}:${this.target.port}`;
  }
}
