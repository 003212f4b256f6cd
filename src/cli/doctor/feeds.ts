/** The feeds: what was promised and what came, and whether the partners' servers are still who they were. */
import { fingerprintText } from '../../../adapters/transports/sftp/host-key.ts';
import { type HostKeyProbe, probeHostKey } from '../../../adapters/transports/sftp/probe.ts';
import type { Configuration } from '../../config/load.ts';
import type { Database } from '../../db/client.ts';
import { feedHealth, type FeedHealth } from '../../monitor/feed-health.ts';
import { pinnedKey } from '../../places.ts';
import { readTenants } from '../session.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const PROBE_MS = 5_000;

const span = (seconds: number): string => {
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
};

function findingOf(feed: FeedHealth): Finding | undefined {
  const check = `feed ${feed.name}`;
  const promised = feed.slaSeconds === null ? 'no promise declared' : `expected every ${span(feed.slaSeconds)}`;
  const last = feed.lagSeconds === null ? 'nothing has ever come' : `last data ${span(feed.lagSeconds)} ago`;
  switch (feed.health) {
    case 'FAILING':
      return problem(
        check,
        'FAILING: payloads are set aside as unreadable',
        `look at "hub feed list" and the open exceptions, mend the feed's format options, ask for the file again`,
      );
    case 'SILENT':
    case 'LATE':
      return warning(
        check,
        `${feed.health}: ${last}, ${promised}`,
        `ask the sender of ${feed.name}; the ${feed.transport} line of this feed says whether it can be reached`,
      );
    case 'FRESH':
    case 'PAUSED':
      return undefined;
  }
}

/** One line for each feed that is not as it should be, one for all others. */
export async function checkFeeds(
  db: Database,
  configuration: Configuration | undefined,
  now: Date,
): Promise<Finding[]> {
  const feeds: FeedHealth[] = [];
  for (const tenant of await readTenants(db)) feeds.push(...(await feedHealth(db, tenant, now)));
  const stored = new Set(feeds.map(({ name }) => name));
  const unknown = (configuration?.feeds ?? []).filter(({ feed }) => !stored.has(feed)).map(({ feed }) => feed);
  const faults = feeds.map(findingOf).filter((finding) => finding !== undefined);
  return [
    ok('feeds', `${feeds.length - faults.length} of ${feeds.length} as promised`),
    ...faults,
    ...unknown.map((name) =>
      warning(
        `feed ${name}`,
        'is configured but not known to the database',
        'restart the hub, which applies the configuration',
      ),
    ),
  ];
}

interface Server {
  host: string;
  port: number;
  /** Null = nobody has said which key is the right one. */
  pin: string | null;
  feeds: string[];
}

async function serversOf({ feeds }: Configuration, db: Database | undefined): Promise<Server[]> {
  const tenants = db === undefined ? [] : await readTenants(db);
  const servers = new Map<string, Server>();
  for (const { feed, tenant, source } of feeds) {
    if (!('sftp' in source)) continue;
    const { host, port, hostKeySha256 } = source.sftp;
    const owner = tenants.find(({ name }) => name === tenant);
    const declared = hostKeySha256 === undefined ? null : fingerprintText(hostKeySha256);
    const pin = db === undefined || owner === undefined ? declared : await pinnedKey(db, owner.id, feed, source.sftp);
    const key = `${host}:${port} ${pin ?? ''}`;
    const known = servers.get(key);
    if (known) known.feeds.push(feed);
    else servers.set(key, { host, port, pin, feeds: [feed] });
  }
  return [...servers.values()];
}

function keyFinding({ host, port, pin, feeds }: Server, probe: HostKeyProbe): Finding {
  const check = `sftp ${host}:${port}`;
  const who = feeds.join(', ');
  const cure = feeds.map((feed) => `hub feed trust ${feed}`).join('; ');
  if ('unreachable' in probe)
    return problem(
      check,
      `cannot be reached: ${probe.unreachable} (${who})`,
      'check host, port and firewall; the hub keeps trying by itself',
    );
  const { fingerprint } = probe;
  if (pin === null)
    return problem(
      check,
      `shows host key ${fingerprint}, and none is pinned (${who}); nothing is sent to it`,
      `compare it with what the partner says, then: ${cure}`,
    );
  if (pin === fingerprint) return ok(check, `reachable, host key as pinned (${who})`);
  return problem(
    check,
    `shows host key ${fingerprint}, which is not the pinned one, ${pin} (${who}); no password is sent to it`,
    `ask the partner; if they announced the new key: ${cure}`,
  );
}

/** The host key of every SFTP server of the configuration; nothing is authenticated. Without the database the files' pins count. */
export async function checkHostKeys(configuration: Configuration, db: Database | undefined): Promise<Finding[]> {
  const servers = await serversOf(configuration, db);
  return Promise.all(servers.map(async (server) => keyFinding(server, await probeHostKey(server, PROBE_MS))));
}
