/** What a poller has to know of a page: its links, and which version of which resource it brings. Nothing of their meaning. */
import { createHash } from 'node:crypto';

/** One entry of a page. */
export interface PageEntry {
  /** Type, id and version; what has no version is known by its content. */
  key: string;
  /** `meta.lastUpdated` or the entry's time, as milliseconds; null when it has none. */
  at: number | null;
  deleted: boolean;
  /** Included for another's sake, or a remark of the server: it says nothing about how far the search is. */
  aside: boolean;
}

/** A Bundle as a page. */
export interface Page {
  entries: PageEntry[];
  next: string | null;
  /** The server says that it sorted by time. */
  sorted: boolean;
  /** Same entries, same text. */
  fingerprint: string;
}

type JsonObject = Record<string, unknown>;
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectAt = (value: unknown, field: string): JsonObject => {
  const found = isObject(value) ? value[field] : undefined;
  return isObject(found) ? found : {};
};
const textAt = (value: unknown, field: string): string => {
  const found = isObject(value) ? value[field] : undefined;
  return typeof found === 'string' ? found : '';
};
const listAt = (value: unknown, field: string): unknown[] => {
  const found = isObject(value) ? value[field] : undefined;
  return Array.isArray(found) ? found : [];
};

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

function entryOf(entry: unknown): PageEntry {
  const resource = objectAt(entry, 'resource');
  const meta = objectAt(resource, 'meta');
  const request = objectAt(entry, 'request');
  const response = objectAt(entry, 'response');
  const time = textAt(meta, 'lastUpdated') || textAt(response, 'lastModified');
  const at = Date.parse(time);
  const mode = textAt(objectAt(entry, 'search'), 'mode');
  const deleted = textAt(request, 'method').toUpperCase() === 'DELETE';
  const version = textAt(meta, 'versionId') || textAt(response, 'etag') || time;
  const name = deleted
    ? `DELETE ${textAt(request, 'url')}`
    : `${textAt(resource, 'resourceType')}/${textAt(resource, 'id')}`;
  return {
    key: version === '' ? `${name} ${hash(JSON.stringify(entry))}` : `${name} ${version}`,
    at: Number.isNaN(at) ? null : at,
    deleted,
    aside: mode === 'include' || mode === 'outcome',
  };
}

/** Reads a page; null when it is no Bundle. */
export function readPage(bytes: Uint8Array): Page | null {
  let bundle: unknown;
  try {
    bundle = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return null;
  }
  if (textAt(bundle, 'resourceType') !== 'Bundle') return null;
  const links = listAt(bundle, 'link');
  const linkOf = (relation: string): string | null =>
    textAt(
      links.find((link) => textAt(link, 'relation') === relation),
      'url',
    ) || null;
  const entries = listAt(bundle, 'entry').map(entryOf);
  return {
    entries,
    next: linkOf('next'),
    sorted: /[?&]_sort=_lastUpdated(&|$)/.test(linkOf('self') ?? ''),
    fingerprint: hash(entries.map(({ key }) => key).join('\n')),
  };
}
