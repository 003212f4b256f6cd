/**
 * MFN: M02 (practitioners) becomes rows of the prescriber roster, M05 (locations) rows of the location crosswalk, as far as the
 * feed's options tell which 340B IDs they belong to; a message itself never names one. A message that replaces its file
 * (MFI-3 REP) is a whole list: what the feed named before and this one does not has ended.
 */
import type { CanonicalRecord, MasterRecord } from '../../../src/model/records.ts';
import { isNpi } from '../../../src/model/npi.ts';
import type { Message, Segment } from './split.ts';
import { authorityOf } from './values.ts';
import type { Values } from './values.ts';

/** Feed options: `entity` = whose roster M02 speaks of, `sites` = 340B ID by organisation or department of M05. */
export interface MasterOptions {
  entity?: string;
  sites?: Readonly<Record<string, string>>;
}

/** What an MFN came to. */
export interface MasterRecords {
  records: CanonicalRecord[];
  ignored?: string;
}

/** One MFE with the segments behind it. */
interface Entry {
  message: Message;
  mfe: Segment;
  stf?: Segment;
  pra?: Segment;
  loc?: Segment;
  ldp?: Segment;
}

const SLOTS: Readonly<Record<string, 'stf' | 'pra' | 'loc' | 'ldp'>> = {
  STF: 'stf',
  PRA: 'pra',
  LOC: 'loc',
  LDP: 'ldp',
};

function entriesOf(message: Message): Entry[] {
  const entries: Entry[] = [];
  for (const segment of message.segments) {
    if (segment.name === 'MFE') entries.push({ message, mfe: segment });
    const slot = SLOTS[segment.name];
    const entry = entries.at(-1);
    if (slot && entry) entry[slot] ??= segment;
  }
  return entries;
}

/** Deleted and deactivated entries end on the day they take effect (MFE-3, else MFI-5, else MSH-7). */
const ENDS = new Set(['MDL', 'MDC']);

const dayOf = (values: Values, segment: Segment | undefined, index: number): string | null =>
  (segment && values.date(segment, index)) ?? null;

/** The period of an entry: as stated, for one that is deleted at most until it takes effect. */
function periodOf(
  { message, mfe }: Entry,
  values: Values,
  stated: { from: string | null; to: string | null },
): { from: string | null; to: string | null } {
  if (!ENDS.has(mfe.text(1).toUpperCase())) return stated;
  // Periods are told apart by their first day: an end without one is an end of what began on no day.
  if (stated.from === null) values.fail('MFE-1', 'an entry that is deleted without its first day ends no other period');
  const to =
    stated.to ??
    dayOf(values, mfe, 3) ??
    dayOf(values, message.first('MFI'), 5) ??
    dayOf(values, message.first('MSH'), 7);
  return { from: stated.from, to };
}

function npiIn(entry: Entry): string {
  const listed = [...(entry.pra?.repetitions(6) ?? [])].find((id) => /NPI/i.test(id.text(2)));
  const staff = entry.stf?.repetitions(2).find((id) => id.text(5).toUpperCase() === 'NPI');
  const key = entry.mfe.repetitions(4)[0]?.text(1) ?? '';
  return listed?.text(1) || staff?.text(1) || (isNpi(key) ? key : '');
}

function practitioner(entry: Entry, entity: string, values: Values): MasterRecord | undefined {
  const { stf, pra } = entry;
  const npi = npiIn(entry);
  if (!isNpi(npi)) values.fail('PRA-6', 'no valid NPI of the practitioner (PRA-6, STF-2, MFE-4)');
  if (!stf) values.fail('STF', 'the segment is missing');
  if (!isNpi(npi) || !stf) return undefined;
  const row = {
    npi,
    familyName: stf.text(3, 1),
    givenName: stf.text(3, 2),
    entity,
    ...periodOf(entry, values, {
      from: dayOf(values, pra, 8) ?? dayOf(values, stf, 12),
      to: dayOf(values, pra, 10) ?? dayOf(values, stf, 13),
    }),
    taxonomy: pra?.text(5) ?? '',
    affiliation: 'STAFF' as const,
  };
  return { type: 'master', kind: 'prescriberAffiliation', row };
}

function place(
  entry: Entry,
  sites: Readonly<Record<string, string>>,
  values: Values,
): MasterRecord | 'NO_SITE' | undefined {
  const { mfe, loc, ldp } = entry;
  const key = loc?.repetitions(1)[0] ?? mfe.repetitions(4)[0];
  const location = key?.text(1) ?? '';
  if (!key || location === '') {
    values.fail('LOC-1', 'the location is missing');
    return undefined;
  }
  const names = [ldp?.text(2), loc?.text(4, 10), loc?.text(4, 3), loc?.text(4, 1), authorityOf(key, 4)];
  const site = names.map((name) => (name ? sites[name] : undefined)).find((found) => found !== undefined);
  if (site === undefined) return 'NO_SITE';
  const row = {
    facility: authorityOf(key, 4),
    location,
    site,
    ...periodOf(entry, values, { from: dayOf(values, ldp, 7), to: dayOf(values, ldp, 8) }),
    costReportLine: '',
  };
  return { type: 'master', kind: 'locationCrosswalk', row };
}

/** One entry (MFE) as it was read: its row, or in a few words why it has none. */
interface ReadEntry {
  record?: MasterRecord;
  reason: string;
}

/** Codes of what is well-formed and not kept. */
type NotKept = 'ROSTER_WITHOUT_ENTITY' | 'LOCATION_WITHOUT_SITE' | 'EVENT_NOT_KEPT';

const WORDS: Readonly<Record<NotKept, string>> = {
  ROSTER_WITHOUT_ENTITY: 'no entity is configured for this roster',
  LOCATION_WITHOUT_SITE: 'no site is configured for this location',
  EVENT_NOT_KEPT: 'this master file is not kept',
};

const KINDS: Readonly<Record<string, MasterRecord['kind']>> = {
  M02: 'prescriberAffiliation',
  M05: 'locationCrosswalk',
};

/** All entries of an MFN message in their order, and why some of them are not kept although they can be read. */
export function readEntries(
  message: Message,
  trigger: string,
  { entity, sites = {} }: MasterOptions,
  values: Values,
): { entries: ReadEntry[]; ignored?: NotKept } {
  const found = entriesOf(message);
  const none = KINDS[trigger] === undefined ? 'EVENT_NOT_KEPT' : undefined;
  const ignored = none ?? (trigger === 'M02' && entity === undefined ? 'ROSTER_WITHOUT_ENTITY' : undefined);
  if (ignored !== undefined) return { entries: found.map(() => ({ reason: WORDS[ignored] })), ignored };
  if (found.length === 0) values.fail('MFE', 'the segment is missing');
  let without = false;
  const entries = found.map((entry): ReadEntry => {
    const before = values.errors.length;
    const record = trigger === 'M02' ? practitioner(entry, entity ?? '', values) : place(entry, sites, values);
    if (record === 'NO_SITE') without = true;
    if (record === 'NO_SITE') return { reason: WORDS.LOCATION_WITHOUT_SITE };
    return record ? { record, reason: '' } : { reason: values.errors[before]?.message ?? 'not readable' };
  });
  return without ? { entries, ignored: 'LOCATION_WITHOUT_SITE' } : { entries };
}

/** Which master file a message speaks of (`M02`); '' when it is no MFN. */
export function masterEvent(message: Message): string {
  const msh = message.first('MSH');
  return msh?.text(9, 1).toUpperCase() === 'MFN' ? msh.text(9, 2).toUpperCase() : '';
}

/** True when an MFN says that its entries are all there are (MFI-3). */
export const replacesFile = (message: Message): boolean =>
  masterEvent(message) !== '' && message.first('MFI')?.text(3).toUpperCase() === 'REP';

/** The rows of an MFN message. Entries that cannot be read are noted and left out; the others stand. */
export function masterRecords(
  message: Message,
  trigger: string,
  options: MasterOptions,
  values: Values,
): MasterRecords {
  const { entries, ignored } = readEntries(message, trigger, options, values);
  const records: CanonicalRecord[] = entries.flatMap(({ record }) => record ?? []);
  const kind = KINDS[trigger];
  if (kind !== undefined && ignored !== 'ROSTER_WITHOUT_ENTITY' && replacesFile(message)) {
    const unread = entries.filter(({ record, reason }) => !record && reason !== WORDS.LOCATION_WITHOUT_SITE).length;
    // A list that is not known whole ends nothing.
    if (unread > 0)
      values.fail('MFI-3', `nothing ends by its absence: ${unread} entries of the file could not be read`);
    else if (records.length === 0) values.fail('MFI-3', 'nothing ends by its absence: the file names nothing');
    else records.push({ type: 'snapshot', of: 'master', kind, within: '' });
  }
  return ignored === undefined ? { records } : { records, ignored };
}
