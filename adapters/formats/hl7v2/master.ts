/**
 * MFN: M02 (practitioners) becomes rows of the prescriber roster, M05 (locations) rows of the location crosswalk, as far as the
 * feed's options tell which 340B IDs they belong to; a message itself never names one.
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
    if (segment.name === 'MFE') entries.push({ mfe: segment });
    const slot = SLOTS[segment.name];
    const entry = entries.at(-1);
    if (slot && entry) entry[slot] ??= segment;
  }
  return entries;
}

/** Deleted and deactivated entries end on the day they take effect (MFE-3). */
const ENDS = new Set(['MDL', 'MDC']);

const dayOf = (values: Values, segment: Segment | undefined, index: number): string | null =>
  (segment && values.date(segment, index)) ?? null;

const endOf = (values: Values, mfe: Segment, stated: string | null): string | null =>
  ENDS.has(mfe.text(1).toUpperCase()) ? (stated ?? dayOf(values, mfe, 3)) : stated;

function npiIn(entry: Entry): string {
  const listed = [...(entry.pra?.repetitions(6) ?? [])].find((id) => /NPI/i.test(id.text(2)));
  const staff = entry.stf?.repetitions(2).find((id) => id.text(5).toUpperCase() === 'NPI');
  const key = entry.mfe.repetitions(4)[0]?.text(1) ?? '';
  return listed?.text(1) || staff?.text(1) || (isNpi(key) ? key : '');
}

function practitioner(entry: Entry, entity: string, values: Values): MasterRecord | undefined {
  const { mfe, stf, pra } = entry;
  const npi = npiIn(entry);
  if (!isNpi(npi)) values.fail('PRA-6', 'no valid NPI of the practitioner (PRA-6, STF-2, MFE-4)');
  if (!stf) values.fail('STF', 'the segment is missing');
  if (!isNpi(npi) || !stf) return undefined;
  const row = {
    npi,
    familyName: stf.text(3, 1),
    givenName: stf.text(3, 2),
    entity,
    from: dayOf(values, pra, 8) ?? dayOf(values, stf, 12),
    to: endOf(values, mfe, dayOf(values, pra, 10) ?? dayOf(values, stf, 13)),
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
    from: dayOf(values, ldp, 7),
    to: endOf(values, mfe, dayOf(values, ldp, 8)),
    costReportLine: '',
  };
  return { type: 'master', kind: 'locationCrosswalk', row };
}

/** The rows of an MFN message. Entries that cannot be read are noted and left out; the others stand. */
export function masterRecords(
  message: Message,
  trigger: string,
  options: MasterOptions,
  values: Values,
): MasterRecords {
  const { entity, sites = {} } = options;
  if (trigger === 'M02' && entity === undefined) return { records: [], ignored: 'ROSTER_WITHOUT_ENTITY' };
  if (trigger !== 'M02' && trigger !== 'M05') return { records: [], ignored: 'EVENT_NOT_KEPT' };
  const entries = entriesOf(message);
  if (entries.length === 0) values.fail('MFE', 'the segment is missing');
  const records: CanonicalRecord[] = [];
  let without = false;
  for (const entry of entries) {
    const record = trigger === 'M02' ? practitioner(entry, entity ?? '', values) : place(entry, sites, values);
    if (record === 'NO_SITE') without = true;
    else if (record) records.push(record);
  }
  return without ? { records, ignored: 'LOCATION_WITHOUT_SITE' } : { records };
}
