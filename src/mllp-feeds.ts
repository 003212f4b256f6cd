/**
 * The MLLP side of a running hub: for each port a listener with all the feeds that share it, the watch over its certificates, and
 * what it knows of its senders, kept where every hub's readers find it.
 */
import type { Deliver, Running } from '../adapters/contract.ts';
import { answers } from '../adapters/formats/hl7v2/ack.ts';
import type { FeedFigures } from '../adapters/transports/mllp/figures.ts';
import { Room } from '../adapters/transports/mllp/room.ts';
import { listenMllp, MLLP_LIMITS, type MllpFeed, type MllpListener } from '../adapters/transports/mllp/server.ts';
import { type Configuration, formatOf } from './config/load.ts';
import { mllpTls } from './config/mllp.ts';
import type { FeedConfig } from './config/schema.ts';
import type { Database } from './db/client.ts';
import { fault } from './db/fault.ts';
import type { Tenant } from './db/stage.ts';
import type { Log } from './log.ts';
import { CertificateWatch, type CertifiedPort } from './mllp-certificates.ts';
import { keepListenerStates, type ListenerState } from './receive/listener-states.ts';
import type { Receiver } from './receive/receiver.ts';
import type { TransportGroup } from './transports.ts';

/** What MLLP feeds need of the hub. */
export interface MllpIntake {
  db: Database;
  receiver: Receiver;
  tenants: readonly Tenant[];
  clock: () => Date;
  log: Log;
  /** Refuse HL7 test and training messages (MSH-11 T, D). */
  productionOnly: boolean;
}

/** One port with the feeds that share it. */
interface Port extends MllpIntake {
  /** Of these feeds alone. */
  configuration: Configuration;
  room: Room;
}

/** The listener of a port at work. */
interface PortAtWork extends Running {
  /** What came since the start, by feed. */
  feeds(): FeedFigures[];
}

/** What a transport hands its messages to: stored under the feed's tenant. */
function deliverTo({ receiver, tenants }: MllpIntake, feed: FeedConfig): Deliver {
  const tenant = tenants.find((one) => one.name === feed.tenant);
  if (tenant === undefined) throw new Error(`feed ${feed.feed} names an unknown tenant`);
  const deliver = receiver.deliverTo(tenant.id, feed.feed);
  return (delivery) => {
    fault.point('frame-read');
    return deliver(delivery);
  };
}

/** The feeds, and the files of those that show a certificate. */
function served(intake: Port): { feeds: MllpFeed[]; certified: CertifiedPort[] } {
  const { configuration, productionOnly } = intake;
  const feeds: MllpFeed[] = [];
  const certified: CertifiedPort[] = [];
  for (const feed of configuration.feeds) {
    const { source } = feed;
    if (!('mllp' in source)) continue;
    const read = (): ReturnType<typeof mllpTls> => mllpTls(configuration.directory, configuration.hub, feed);
    const tls = read();
    // What stands in the configuration is not read again: a port that speaks TLS goes on to.
    if (tls !== undefined) certified.push({ feed: feed.feed, shown: tls, read: () => read() ?? tls });
    const master = { options: formatOf(feed).options, zone: feed.timezone };
    feeds.push({
      ...source.mllp,
      feed: feed.feed,
      tls,
      idleMs: source.mllp.idle * 1000,
      deliver: deliverTo(intake, feed),
      answers: answers({ productionOnly, master }),
      onAnswered: () => fault.point('after-ack'),
    });
  }
  return { feeds, certified };
}

async function listen({ configuration, clock, log, productionOnly, room }: Port, feeds: MllpFeed[]) {
  const { host } = configuration.hub.mllp;
  try {
    return await listenMllp({
      host,
      feeds,
      answers: answers({ productionOnly }),
      clock,
      room,
      onFault: (told) => log({ level: told.kind === 'IDLE' ? 'info' : 'warn', event: 'mllp', ...told }),
    });
  } catch (error) {
    const { code, port } = error as NodeJS.ErrnoException & { port?: number };
    if (port === undefined) throw error;
    const cure = 'Stop the program that uses it, or change source.mllp.port of its feeds or mllp.host in hub.yaml.';
    throw new Error(`Cannot listen for MLLP on ${host}:${port} (${code ?? 'error'}). ${cure}`, { cause: error });
  }
}

/** What readers are told of a feed's listener. */
const stateOf = (figures: FeedFigures, listener: MllpListener, watch: CertificateWatch): ListenerState => ({
  ...figures,
  port: listener.ports.get(figures.feed) ?? 0,
  certificate: watch.state(figures.feed),
});

/** Listens on a port. @throws when it cannot be had, naming the setting. */
async function startPort(intake: Port): Promise<PortAtWork> {
  const { feeds, certified } = served(intake);
  const listener = await listen(intake, feeds);
  const { db, tenants, clock, log, configuration } = intake;
  const watch = new CertificateWatch({
    ports: certified,
    present: (feed, identity) => listener.present(feed, identity),
    clock,
    log,
  });
  const owners = new Map(tenants.map(({ name, id }) => [name, id]));
  const tenantOf = new Map(configuration.feeds.map(({ feed, tenant }) => [feed, owners.get(tenant)]));
  const states = keepListenerStates({
    db,
    tenantOf: (feed) => tenantOf.get(feed),
    states: () => listener.feeds().map((figures) => stateOf(figures, listener, watch)),
    clock,
    onFault: (detail) => log({ level: 'warn', event: 'listener state', detail }),
  });
  return {
    feeds: () => listener.feeds(),
    stop: async () => {
      watch.stop();
      await listener.stop();
      await states.stop();
    },
  };
}

/** The ports of a hub; they share what may be held in memory. */
export class MllpPorts {
  readonly #intake: MllpIntake;
  readonly #room = new Room({ frames: MLLP_LIMITS.inFlightTotal, bytes: MLLP_LIMITS.bytesTotal });
  /** What listens now, and whose its feeds are. */
  readonly #atWork = new Map<PortAtWork, ReadonlyMap<string, string>>();

  constructor(intake: MllpIntake) {
    this.#intake = intake;
  }

  /** One group for each port; a feed on port 0 has one of its own. Renewed certificates are the port's own business. */
  groups(configuration: Configuration): TransportGroup[] {
    const ports = new Map<string, FeedConfig[]>();
    for (const feed of configuration.feeds) {
      if (!('mllp' in feed.source)) continue;
      const { port } = feed.source.mllp;
      const key = port === 0 ? `MLLP port of ${feed.feed}` : `MLLP port ${port}`;
      ports.set(key, [...(ports.get(key) ?? []), feed]);
    }
    return [...ports].map(([key, feeds]) => {
      // Format and zone: how a message of master data is answered depends on them.
      const declared = feeds.map(({ feed, tenant, source, format, timezone }) => [
        feed,
        tenant,
        source,
        format,
        timezone,
      ]);
      return {
        key,
        signature: JSON.stringify([configuration.hub.mllp, declared]),
        start: () => this.#start({ ...configuration, feeds }),
      };
    });
  }

  /** What came over MLLP to a tenant's feeds. */
  figures(tenant: string): FeedFigures[] {
    return [...this.#atWork].flatMap(([port, owners]) =>
      port.feeds().filter(({ feed }) => owners.get(feed) === tenant),
    );
  }

  async #start(configuration: Configuration): Promise<Running> {
    const port = await startPort({ ...this.#intake, configuration, room: this.#room });
    this.#atWork.set(port, new Map(configuration.feeds.map(({ feed, tenant }) => [feed, tenant])));
    return {
      stop: async () => {
        await port.stop();
        this.#atWork.delete(port);
      },
    };
  }
}
