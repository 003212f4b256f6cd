/**
 * Who may come in, and as which feed. A sender is known by its client certificate or by its address, never by what a message
 * says. A caller that no feed admits, or that more than one admits, is turned away.
 */
import type { X509Certificate } from 'node:crypto';
import { BlockList, isIPv6 } from 'node:net';
import type { MllpFeed } from './server.ts';

/** One who connected. */
export interface Caller {
  /** IPv4 addresses are written plainly, also where the socket speaks IPv6. */
  address: string;
  /** Names of a certificate that was checked against the feed's authority, as `certificateNames` spells them. */
  names: readonly string[];
}

/** Why a caller was turned away. */
export type Refusal = 'address' | 'certificate' | 'ambiguous' | 'connections' | 'tls';

/** A feed behind a port. */
export interface Door {
  feed: MllpFeed;
  addresses: BlockList | undefined;
  names: ReadonlySet<string> | undefined;
}

export const plainAddress = (address = ''): string => address.replace(/^::ffff:(?=\d+\.)/, '');

/** One spelling for a name of a certificate: `cn=ehr-1`, `dns:ehr.example`, `sha256:0a1b...`. */
export function certificateName(text: string): string {
  const name = text.trim().toLowerCase();
  return name.startsWith('sha256:') ? `sha256:${name.slice(7).replaceAll(':', '')}` : name;
}

/** All names that a certificate can be known by: common name, DNS names, SHA-256 fingerprint; the one for people first. */
export function certificateNames(certificate: X509Certificate): string[] {
  const common = certificate.subject.split('\n').filter((line) => line.startsWith('CN='));
  const alternative = (certificate.subjectAltName ?? '').split(', ');
  // Names in quotes hold signs that could be read as further names: such a certificate is known by its other names only.
  const dns = certificate.subjectAltName?.includes('"') ? [] : alternative.filter((name) => name.startsWith('DNS:'));
  return [...common, ...dns, `SHA256:${certificate.fingerprint256}`].map(certificateName);
}

/** Addresses and networks as a list that can be asked. Throws on what is neither. */
export function addressList(addresses: readonly string[]): BlockList {
  const list = new BlockList();
  for (const address of addresses) {
    const [base = '', bits] = address.split('/');
    const family = isIPv6(base) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(base, family);
    else list.addSubnet(base, Number(bits), family);
  }
  return list;
}

/** The door of a feed. */
export const doorOf = (feed: MllpFeed): Door => ({
  feed,
  addresses: feed.address && addressList(feed.address),
  names: feed.certificate && new Set(feed.certificate.map(certificateName)),
});

const knowsAddress = ({ addresses }: Door, { address }: Caller): boolean =>
  addresses === undefined || addresses.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
const knowsName = ({ names }: Door, caller: Caller): boolean =>
  names === undefined || caller.names.some((name) => names.has(name));

/** The one door that opens for a caller, or why none does. */
export function doorFor(doors: readonly Door[], caller: Caller): Door | Refusal {
  const near = doors.filter((door) => knowsAddress(door, caller));
  const open = near.filter((door) => knowsName(door, caller));
  const [door] = open;
  if (door === undefined) return near.length === 0 ? 'address' : 'certificate';
  return open.length === 1 ? door : 'ambiguous';
}
