/** Which version of a resource it is: (type, id, lastUpdated, versionId) orders the fold (DOMAIN 12.4). */
import type { EventStamp, Standing } from '../../../src/model/records.ts';
import type { Element } from './element.ts';
import { Notes } from './element.ts';
import type { Entry } from './parse.ts';
import { readTime } from './time.ts';

/** What has no time is older than everything that has one; among themselves such versions stand in order of receipt. */
const BEFORE_ALL = '1970-01-01T00:00:00.000Z';

/** Numbers in text order; `W/"3"` is the version 3. */
function versionText(sent: string): string {
  const version = sent.replace(/^W\//, '').replaceAll('"', '');
  return /^\d{1,20}$/.test(version) ? version.padStart(20, '0') : version;
}

/** The time at which the server stored this version. */
function eventAt(stated: string, entry: Entry, notes: Notes, field: string): string {
  const read = (value: unknown, path: string): string | undefined => {
    if (typeof value !== 'string' || value.trim() === '') return undefined;
    const time = readTime(value.trim(), notes.zone);
    if (time === undefined) notes.fail(path, 'an instant was expected', value);
    return time?.instant;
  };
  return read(stated, field) ?? read(entry.time, 'Bundle.timestamp') ?? BEFORE_ALL;
}

/** True for a version of which nobody knows when it was stored. */
export const isTimeless = ({ eventAt: at }: EventStamp): boolean => at === BEFORE_ALL;

/**
 * How a record stands by its status; one that cannot be read is noted and puts the record out of force: nothing may rest on what
 * is not known.
 */
export function standingOf(resource: Element, standings: Readonly<Record<string, Standing>>): Standing {
  const status = resource.child('status');
  const stated = resource.text('status').toLowerCase();
  const standing = Object.hasOwn(standings, stated) ? standings[stated] : undefined;
  if (standing === undefined) resource.notes.fail(status.path, 'a status of R4 was expected', stated);
  return standing ?? 'WAIT';
}

/** The stamp of a resource. */
export function stampOf(resource: Element, entry: Entry): EventStamp {
  const meta = resource.child('meta');
  return {
    eventAt: eventAt(meta.text('lastUpdated'), entry, resource.notes, meta.child('lastUpdated').path),
    controlId: versionText(meta.text('versionId') || entry.etag),
    trigger: resource.text('resourceType'),
  };
}

/** The stamp of a deletion. Without a time it is noted: it can only end versions that have none either. */
export function deletionStamp(entry: Entry, type: string, notes: Notes): EventStamp {
  const at = eventAt('', entry, notes, '');
  if (at === BEFORE_ALL) notes.fail('Bundle.timestamp', 'a deletion without a time ends no version that has one');
  return { eventAt: at, controlId: versionText(entry.etag), trigger: `${type} DELETE` };
}
