/**
 * The MLLP side of a running hub: one listener for all feeds that come so, the watch over its certificates, and what it knows
 * of its senders, kept where every hub's readers find it.
 */
import type { Deliver, Running } from '../adapters/contract.ts';
import { answers } from '../adapters/formats/hl7v2/ack.ts';
import type { FeedFigures } from '../adapters/transports/mllp/figures.ts';
import { listenMllp, type MllpFeed, type MllpListener } from '../adapters/transports/mllp/server.ts';
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

/** What MLLP feeds need of the hub. */
export interface MllpIntake {
  configuration: Configuration;
  db: Database;
  receiver: Receiver;
  tenants: readonly Tenant[];
  clock: () => Date;
  log: Log;
  /** Refuse HL7 test and training messages (MSH-11 T, D). */
  productionOnly: boolean;
}

/** The listener at work. */
export interface MllpFeeds extends Running {
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
function served(intake: MllpIntake): { feeds: MllpFeed[]; certified: CertifiedPort[] } {
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

async function listen({ configuration, clock, log, productionOnly }: MllpIntake, feeds: MllpFeed[]) {
  const { host } = configuration.hub.mllp;
  try {
    return await listenMllp({
      host,
      feeds,
      answers: answers({ productionOnly }),
      clock,
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

/** Listens for all MLLP feeds; undefined when there are none. @throws when a port cannot be had, naming the setting. */
export async function startMllpFeeds(intake: MllpIntake): Promise<MllpFeeds | undefined> {
  const { feeds, certified } = served(intake);
  if (feeds.length === 0) return undefined;
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
