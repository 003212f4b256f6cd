/** Coverages, referrals and consult notes: each is what the versions of one resource add up to. Pure. */
import type { ConsultNoteEvent, CoverageEvent, ReferralEvent, Standing } from '../../model/records.ts';
import { type StoredEvent, inEventOrder, patientKey } from './event.ts';
import { type Source, Sources, restate } from './sources.ts';

export type ResourceEvent = CoverageEvent | ReferralEvent | ConsultNoteEvent;

/** Fields of each kind that become columns. */
export const RESOURCE_FIELDS = {
  coverage: [
    'kind',
    'payerName',
    'payerId',
    'planCode',
    'bin',
    'pcn',
    'payerGroup',
    'cardholder',
    'priority',
    'validFrom',
    'validTo',
  ],
  referral: ['visitNumber', 'service', 'orderedDate', 'requesterNpi', 'performerNpi'],
  consultNote: ['referralNumber', 'authorNpi', 'writtenDate'],
} as const satisfies { [E in ResourceEvent as E['type']]: readonly Exclude<keyof E, 'patientIdentifiers'>[] };

const STATUSES: Readonly<Record<Standing, ResourceState['status']>> = {
  STAND: 'ACTIVE',
  WAIT: 'PENDING',
  CANCEL: 'CANCELLED',
  DELETE: 'DELETED',
};

/** Columns that follow from the statements; `values` by the names of RESOURCE_FIELDS. */
export interface ResourceState {
  status: 'ACTIVE' | 'PENDING' | 'CANCELLED' | 'DELETED';
  patientKey: string | null;
  values: Record<string, string | null>;
  sources: Source[];
  /** Provenance of the latest statement. */
  rawId: string;
  position: string;
}

/** Folds all statements about one resource; undefined when there are none. */
export function foldResource(events: readonly StoredEvent<ResourceEvent>[]): ResourceState | undefined {
  const ordered = inEventOrder(events);
  const last = ordered.at(-1);
  if (!last) return undefined;
  const fields: readonly string[] = RESOURCE_FIELDS[last.event.type];
  const values: Record<string, string | null> = Object.fromEntries(fields.map((field) => [field, null]));
  const named: Record<'patient', string | null> = { patient: null };
  const sources = new Sources();
  for (const stored of ordered) {
    restate(named, 'patient', patientKey(stored.event.patientIdentifiers) ?? undefined, stored, sources);
    const stated = new Map<string, unknown>(Object.entries(stored.event));
    for (const field of fields) {
      const value = stated.get(field);
      if (value === null || typeof value === 'string') restate(values, field, value, stored, sources);
    }
    sources.said('status', stored);
  }
  return {
    status: STATUSES[last.event.action],
    patientKey: named.patient,
    values,
    sources: sources.list(),
    rawId: last.rawId,
    position: last.position,
  };
}
