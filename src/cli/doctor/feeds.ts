/** The feeds: what was promised and what came, and whether the partners' servers are still who they were. */
import { probeHostKey } from '../../../adapters/transports/sftp/probe.ts';
import type { Configuration } from '../../config/load.ts';
import type { Database } from '../../db/client.ts';
import { feedHealth, type FeedHealth } from '../../monitor/feed-health.ts';
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

/** The host key of every SFTP server of the configuration; nothing is authenticated. */
export async function checkHostKeys({ feeds }: Configuration): Promise<Finding[]> {
  const servers = new Map<string, { host: string; port: number; hostKeySha256: string; feeds: string[] }>();
  for (const { feed, source } of feeds) {
    if (!('sftp' in source)) continue;
    const { host, port, hostKeySha256 } = source.sftp;
    const key = `${host}:${port} ${hostKeySha256}`;
    const known = servers.get(key);
    if (known) known.feeds.push(feed);
    else servers.set(key, { host, port, hostKeySha256, feeds: [feed] });
  }
  return Promise.all(
    [...servers.values()].map(async (server): Promise<Finding> => {
      const check = `sftp ${server.host}:${server.port}`;
      const who = server.feeds.join(', ');
      const { state, detail } = await probeHostKey(server, PROBE_MS);
      switch (state) {
        case 'SAME':
          return ok(check, `reachable, host key as pinned (${who})`);
        case 'CHANGED':
          return problem(
            check,
            `shows host key ${detail}, which is not the pinned one (${who}); no password is sent to it`,
            `ask the partner; if they announced the new key, set source.sftp.hostKeySha256 of ${who} to it`,
          );
        case 'UNREACHABLE':
          return problem(
            check,
            `cannot be reached: ${detail} (${who})`,
            'check host, port and firewall; the hub keeps trying by itself',
          );
      }
    }),
  );
}
