/**
 * What the configuration says about MLLP ports as a whole: which certificate a port shows, that clear text stays where it may
 * be, and that every sender of a shared port belongs to one feed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { BlockList, isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { FeedConfig, HubConfig } from './schema.ts';

/** A feed that comes over MLLP. */
interface Listening {
  where: string;
  feed: string;
  source: Extract<FeedConfig['source'], { mllp: unknown }>['mllp'];
}

const listening = (feeds: readonly FeedConfig[]): Listening[] =>
  feeds.flatMap(({ feed, source }) =>
    'mllp' in source ? [{ where: `feeds/${feed}.yaml`, feed, source: source.mllp }] : [],
  );

/** True for addresses that only this machine reaches. */
export const isLoopback = (host: string): boolean => /^(127\.|::1$|localhost$)/.test(host);

/** The files of a feed's certificate: its own, else hub.yaml's; undefined = clear text. */
const filesOf = (hub: HubConfig, { tls }: Listening['source']): HubConfig['mllp']['tls'] =>
  tls === false ? undefined : (tls ?? hub.mllp.tls);

/** Everything wrong with the MLLP feeds together, in sentences that name file and key. */
export function mllpProblems(directory: string, hub: HubConfig, feeds: readonly FeedConfig[]): string[] {
  const all = listening(feeds);
  return [
    ...all.flatMap((one) => certificateProblems(directory, hub, one)),
    ...all.flatMap((one, index) => all.slice(0, index).flatMap((other) => sharedPortProblems(hub, other, one))),
  ];
}

function certificateProblems(directory: string, hub: HubConfig, { where, source }: Listening): string[] {
  const files = filesOf(hub, source);
  const problems: string[] = [];
  for (const [name, path] of Object.entries(files ?? {}))
    if (path !== undefined && !existsSync(resolve(directory, path)))
      problems.push(`${where}: the file of tls.${name} does not exist: ${resolve(directory, path)}`);
  if (source.certificate !== undefined && files?.ca === undefined)
    problems.push(
      `${where}: source.mllp.certificate needs tls.ca, the authority that client certificates are checked against`,
    );
  if (files === undefined && !isLoopback(hub.mllp.host) && hub.mllp.clearText === 'loopback')
    problems.push(
      `${where}: port ${source.port} would listen in clear text on ${hub.mllp.host}. Set source.mllp.tls here or mllp.tls in hub.yaml, ` +
        'or mllp.host to 127.0.0.1; behind a VPN or TLS proxy set mllp.clearText to protected-network',
    );
  return problems;
}

/** Two feeds of one port need the same certificate and no sender that could be either. */
function sharedPortProblems(hub: HubConfig, first: Listening, second: Listening): string[] {
  const { port } = second.source;
  if (port === 0 || first.source.port !== port) return [];
  const says = `${second.where}: shares port ${port} with feed "${first.feed}"`;
  if (JSON.stringify(filesOf(hub, first.source)) !== JSON.stringify(filesOf(hub, second.source)))
    return [`${says}, so both must have the same tls`];
  if (apartByAddress(first.source.address, second.source.address)) return [];
  if (apartByName(first.source.certificate, second.source.certificate)) return [];
  return [
    `${says} and a sender could be either: give both address lists that do not overlap, or certificate lists without a common name`,
  ];
}

const listOf = (networks: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [base = '', bits] = network.split('/');
    const family = isIPv6(base) ? 'ipv6' : 'ipv4';
    list.addSubnet(base, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
  }
  return list;
};

/** Two networks overlap when one holds the first address of the other. */
function apartByAddress(first: readonly string[] | undefined, second: readonly string[] | undefined): boolean {
  if (first === undefined || second === undefined) return false;
  const holds = (list: readonly string[], networks: readonly string[]): boolean => {
    const asked = listOf(list);
    return networks.some((network) => {
      const base = network.split('/')[0] ?? '';
      return asked.check(base, isIPv6(base) ? 'ipv6' : 'ipv4');
    });
  };
  return !holds(first, second) && !holds(second, first);
}

const spelled = (name: string): string => name.toLowerCase().replaceAll(':', '');

function apartByName(first: readonly string[] | undefined, second: readonly string[] | undefined): boolean {
  if (first === undefined || second === undefined) return false;
  const known = new Set(first.map(spelled));
  return !second.some((name) => known.has(spelled(name)));
}

/** Key, certificate and authority of a feed's port in PEM. Throws a sentence that names the setting when they cannot be used. */
export function mllpTls(
  directory: string,
  hub: HubConfig,
  feed: FeedConfig,
): { key: string; cert: string; ca?: string | undefined } | undefined {
  const [one] = listening([feed]);
  const files = one && filesOf(hub, one.source);
  if (one === undefined || files === undefined) return undefined;
  try {
    const read = (path: string): string => readFileSync(resolve(directory, path), 'utf8');
    const identity = { key: read(files.key), cert: read(files.cert), ca: files.ca && read(files.ca) };
    createSecureContext(identity);
    return identity;
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    throw new Error(`${one.where}: key, cert and ca of tls cannot be used together (${code}). Check the files.`, {
      cause: error,
    });
  }
}
