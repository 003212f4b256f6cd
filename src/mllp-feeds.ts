/** The MLLP side of a running hub: one listener for each port, with all the feeds that share it. */
import { answers } from '../adapters/formats/hl7v2/ack.ts';
import type { Deliver, Running } from '../adapters/contract.ts';
import { Room } from '../adapters/transports/mllp/room.ts';
import { listenMllp, MLLP_LIMITS, type MllpFeed, type MllpListener } from '../adapters/transports/mllp/server.ts';
import type { Configuration } from './config/load.ts';
import { mllpTls } from './config/mllp.ts';
import type { FeedConfig } from './config/schema.ts';
import { fault } from './db/fault.ts';
import type { Tenant } from './db/stage.ts';
import type { Log } from './log.ts';
import type { MllpFigures } from './http/mllp-figures.ts';
import type { Receiver } from './receive/receiver.ts';
import type { TransportGroup } from './transports.ts';

/** What MLLP feeds need of the hub. */
interface MllpIntake {
  receiver: Receiver;
  tenants: readonly Tenant[];
  clock: () => Date;
  log: Log;
  /** Refuse HL7 test and training messages (MSH-11 T, D). */
  productionOnly: boolean;
}

/** The ports of a hub; they share what may be held in memory. */
export class MllpPorts {
  readonly #intake: MllpIntake;
  readonly #room = new Room({ frames: MLLP_LIMITS.inFlightTotal, bytes: MLLP_LIMITS.bytesTotal });
  /** Whose the feeds of each listener are. */
  readonly #listeners = new Map<MllpListener, ReadonlyMap<string, string>>();

  constructor(intake: MllpIntake) {
    this.#intake = intake;
  }

  /** One group for each port. @throws when certificates cannot be read. */
  groups(configuration: Configuration): TransportGroup[] {
    const ports = new Map<string, FeedConfig[]>();
    for (const feed of configuration.feeds) {
      if (!('mllp' in feed.source)) continue;
      const { port } = feed.source.mllp;
      const key = port === 0 ? `MLLP port of ${feed.feed}` : `MLLP port ${port}`;
      ports.set(key, [...(ports.get(key) ?? []), feed]);
    }
    return [...ports].map(([key, feeds]) => {
      const { host } = configuration.hub.mllp;
      const tls = feeds.map((feed) => mllpTls(configuration.directory, configuration.hub, feed));
      const declared = feeds.map(({ feed, tenant, source }) => ({ feed, tenant, source }));
      return {
        key,
        signature: JSON.stringify({ host, tls, declared }),
        start: () =>
          this.#listen(
            host,
            feeds.map((feed, at) => this.#served(feed, tls[at])),
            new Map(feeds.map(({ feed, tenant }) => [feed, tenant])),
          ),
      };
    });
  }

  /** What came over MLLP to a tenant's feeds. */
  figures(tenant: string): MllpFigures[] {
    return [...this.#listeners].flatMap(([listener, owners]) =>
      listener.feeds().filter(({ feed }) => owners.get(feed) === tenant),
    );
  }

  #served({ feed, tenant: owner, source }: FeedConfig, tls: MllpFeed['tls']): MllpFeed {
    const tenant = this.#intake.tenants.find(({ name }) => name === owner);
    if (tenant === undefined || !('mllp' in source)) throw new Error(`feed ${feed} names an unknown tenant`);
    const store = this.#intake.receiver.deliverTo(tenant.id, feed);
    const deliver: Deliver = (delivery) => {
      fault.point('frame-read');
      return store(delivery);
    };
    const onAnswered = (): void => fault.point('after-ack');
    return { ...source.mllp, feed, tls, idleMs: source.mllp.idle * 1000, deliver, onAnswered };
  }

  async #listen(host: string, feeds: MllpFeed[], owners: ReadonlyMap<string, string>): Promise<Running> {
    const { log, clock, productionOnly } = this.#intake;
    try {
      const listener = await listenMllp({
        host,
        feeds,
        answers: answers({ productionOnly }),
        clock,
        room: this.#room,
        onFault: (told) => log({ level: told.kind === 'IDLE' ? 'info' : 'warn', event: 'mllp', ...told }),
      });
      this.#listeners.set(listener, owners);
      const stop = async (): Promise<void> => {
        await listener.stop();
        this.#listeners.delete(listener);
      };
      return { stop };
    } catch (error) {
      const { code, port } = error as NodeJS.ErrnoException & { port?: number };
      if (port === undefined) throw error;
      const cure = 'Stop the program that uses it, or change source.mllp.port of its feeds or mllp.host in hub.yaml.';
      throw new Error(`Cannot listen for MLLP on ${host}:${port} (${code ?? 'error'}). ${cure}`, { cause: error });
    }
  }
}
