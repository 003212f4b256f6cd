/** What a resource says in the shared model. What is not kept has a reason as a short code. */
import type { CanonicalRecord, EventStamp } from '../../../src/model/records.ts';
import type { FormatContext, Parsed } from '../../contract.ts';
import { claimOf, isPharmacyClaim } from './claim.ts';
import { hasCode } from './codes.ts';
import { coverageOf } from './coverage.ts';
import { Element, Notes } from './element.ts';
import { visitOf } from './encounter.ts';
import { filledOf, notAnOrder, prescriptionOf } from './medication.ts';
import type { FhirOptions } from './options.ts';
import type { Entry } from './parse.ts';
import { isAnimal, linksOf, patientOf, resourceIdentifier, subjectOf } from './patient.ts';
import { concernsReferral, consultNoteOf, isReferral, referralOf } from './referral.ts';
import { affiliationsOf, crosswalkOf } from './roster.ts';
import { deletionStamp, stampOf } from './version.ts';

/** Resources that are read only where another one refers to them, or that wait for their place in the model. */
const NOT_KEPT: Readonly<Record<string, string>> = {
  Practitioner: 'READ_WHERE_REFERRED_TO',
  Medication: 'READ_WHERE_REFERRED_TO',
  Organization: 'READ_WHERE_REFERRED_TO',
  Claim: 'CLAIM_REQUEST_NOT_KEPT',
  ClaimResponse: 'CLAIM_REQUEST_NOT_KEPT',
  Answer: 'ANSWER_WITHOUT_RESOURCE',
  EmptyBundle: 'NOTHING_IN_IT',
};

interface Reading {
  resource: Element;
  entry: Entry;
  stamp: EventStamp;
  options: FhirOptions;
}

/** Records, or why there are none. */
type Said = CanonicalRecord[] | string;

const some = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);

/** Records about a patient's visit or order: nobody's record and records of groups are kept apart. */
function ofSubject(
  { resource, entry, options }: Reading,
  make: (patient: NonNullable<ReturnType<typeof subjectOf>>) => CanonicalRecord | undefined,
  field = 'subject',
): Said {
  const patient = subjectOf(resource, field, entry.scope, options);
  if (patient === null) return 'SUBJECT_IS_NO_PATIENT';
  return patient === undefined ? [] : some(make(patient));
}

const READERS: Readonly<Record<string, (reading: Reading) => Said>> = {
  Patient({ resource, entry, stamp, options }) {
    if (isAnimal(resource)) return 'NOT_A_PERSON';
    const patient = patientOf(resource, entry.id, stamp, options);
    return patient === undefined ? [] : [patient, ...linksOf(resource, entry.id, stamp, entry.scope)];
  },
  Encounter: (reading) =>
    ofSubject(reading, (patient) => {
      const { resource, entry, stamp, options } = reading;
      return visitOf(resource, entry.id, stamp, patient, entry.scope, options);
    }),
  MedicationRequest(reading) {
    const { resource, entry, stamp, options } = reading;
    return (
      notAnOrder(resource) ??
      ofSubject(reading, (patient) => prescriptionOf(resource, entry.id, stamp, patient, entry.scope, options))
    );
  },
  MedicationDispense(reading) {
    const { resource, entry, stamp, options } = reading;
    const said = ofSubject(reading, (patient) => filledOf(resource, stamp, patient, entry.scope, options));
    return Array.isArray(said) && said.length === 0 ? 'DISPENSES_COME_FROM_CLAIMS' : said;
  },
  Coverage: (reading) =>
    ofSubject(
      reading,
      (patient) => coverageOf(reading.resource, reading.entry.id, reading.stamp, patient, reading.entry.scope),
      'beneficiary',
    ),
  ServiceRequest(reading) {
    const { resource, entry, stamp, options } = reading;
    if (!isReferral(resource, options)) return 'NOT_A_REFERRAL';
    return ofSubject(reading, (patient) => referralOf(resource, entry.id, stamp, patient, entry.scope));
  },
  DocumentReference(reading) {
    const { resource, entry, stamp, options } = reading;
    if (!concernsReferral(resource, entry.scope, options)) return 'NOT_A_CONSULT_NOTE';
    return ofSubject(reading, (patient) => consultNoteOf(resource, entry.id, stamp, patient, entry.scope, options));
  },
  PractitionerRole: ({ resource, entry, stamp, options }) => affiliationsOf(resource, stamp, entry.scope, options),
  Location({ resource, entry, options }) {
    const row = crosswalkOf(resource, entry.id, options);
    return row === undefined ? 'PLACE_WITHOUT_340B_ID' : [row];
  },
};

/** Warnings of the server are no records; an error means that a resource is missing here. */
function serverRemark(outcome: Element): Said {
  for (const issue of outcome.list('issue'))
    if (['fatal', 'error'].includes(issue.text('severity')))
      outcome.notes.fail(issue.path, 'the server reports an error instead of a resource', issue.text('code'));
  return 'SERVER_REMARK';
}

/** Why a claims feed does not take a resource: what else a payer's server sends belongs to other feeds. */
function claimRefusal(resource: Element): string | undefined {
  const type = resource.text('resourceType');
  if (type === 'Claim' || type === 'ClaimResponse') return NOT_KEPT[type];
  if (type !== 'ExplanationOfBenefit') return 'NOT_A_CLAIM';
  return isPharmacyClaim(resource) ? undefined : 'NOT_A_PHARMACY_CLAIM';
}

const readClaim = ({ resource, entry, stamp, options }: Reading, ordinal: number): Said =>
  some(claimOf(resource, { stamp, scope: entry.scope, options, ordinal }));

/** Only what is read has to say when its version was stored. */
function readRecords(resource: Element, entry: Entry, options: FhirOptions, ordinal: number): Said {
  const type = resource.text('resourceType');
  const reading = (): Reading => ({ resource, entry, options, stamp: stampOf(resource, entry) });
  if (type === 'OperationOutcome') return serverRemark(resource);
  if (options.reads === 'claims') return claimRefusal(resource) ?? readClaim(reading(), ordinal);
  if (type === 'ExplanationOfBenefit') return 'CLAIM_ON_EHR_FEED';
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (reader !== undefined) return reader(reading());
  return (Object.hasOwn(NOT_KEPT, type) ? NOT_KEPT[type] : undefined) ?? 'RESOURCE_NOT_KEPT';
}

/** What the deletion of a resource ends, by its type. */
const DELETIONS: Readonly<Record<string, (id: string, stamp: EventStamp) => CanonicalRecord>> = {
  Patient: (id, stamp) => ({ type: 'patient', ...stamp, action: 'DELETE', identifiers: [resourceIdentifier(id)] }),
  Encounter: (id, stamp) => ({
    type: 'visit',
    ...stamp,
    action: 'DELETE',
    visitNumber: id,
    patientIdentifiers: [],
  }),
  MedicationRequest: (id, stamp) => ({
    type: 'prescription',
    ...stamp,
    control: 'CA',
    orderNumber: id,
    patientIdentifiers: [],
  }),
  Coverage: (number, stamp) => ({ type: 'coverage', ...stamp, action: 'DELETE', number, patientIdentifiers: [] }),
  ServiceRequest: (number, stamp) => ({ type: 'referral', ...stamp, action: 'DELETE', number, patientIdentifiers: [] }),
  DocumentReference: (number, stamp) => ({
    type: 'consultNote',
    ...stamp,
    action: 'DELETE',
    number,
    patientIdentifiers: [],
  }),
};

/** A deleted resource is a tombstone: what it said ends as deleted, orders as cancelled. */
function deletion(entry: Entry, { type, id }: { type: string; id: string }, notes: Notes): Said {
  const stamp = deletionStamp(entry, type, notes);
  const end = Object.hasOwn(DELETIONS, type) ? DELETIONS[type] : undefined;
  return end === undefined ? 'DELETION_NOT_KEPT' : [end(id, stamp)];
}

/** Maps one entry; `ordinal` counts the entries of the payload. */
export function mapEntry(
  entry: Entry,
  ordinal: number,
  { zone }: Pick<FormatContext, 'zone'>,
  options: FhirOptions,
): Parsed {
  const { position } = entry;
  const notes = new Notes(zone);
  const parsed = (said: Said): Parsed =>
    typeof said === 'string'
      ? { position, records: [], errors: notes.errors, ...(notes.errors.length > 0 ? {} : { ignored: said }) }
      : { position, records: said, errors: notes.errors };
  if (entry.fault !== undefined) {
    notes.fail(entry.fault.field, entry.fault.message, entry.fault.original);
    return parsed([]);
  }
  if (entry.deleted !== undefined) return parsed(deletion(entry, entry.deleted, notes));
  const type = entry.resource?.['resourceType'];
  if (typeof type !== 'string' || type === '') {
    notes.fail('resourceType', 'the object does not say which resource it is');
    return parsed([]);
  }
  const resource = new Element(entry.resource, type, notes);
  // Test data that a server marks as such must not become anybody's encounter.
  if (
    resource
      .child('meta')
      .list('security')
      .some((label) => hasCode(label, 'HTEST'))
  )
    return parsed('TEST_DATA');
  return parsed(readRecords(resource, entry, options, ordinal));
}
