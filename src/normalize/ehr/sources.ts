/** Which message said a value, and in which segment and field. Noted while folding, so that it is true by construction. */
import type { EhrEvent, StoredEvent } from './event.ts';

/** One message with the values that hold because of it. */
export interface Source {
  rawId: string;
  position: string;
  trigger: string;
  /** `class PV1-2, location PV1-3`: each value with its place. */
  values: string;
}

/** Where HL7 v2 keeps the fields of a record; `places` of the record itself wins. */
const PLACES: Readonly<Record<EhrEvent['type'], Readonly<Record<string, string>>>> = {
  patient: {
    key: 'PID-3',
    familyName: 'PID-5',
    givenName: 'PID-5',
    birthDate: 'PID-7',
    sex: 'PID-8',
    postalCode: 'PID-11',
  },
  visit: {
    patient: 'PID-3',
    class: 'PV1-2',
    facility: 'PV1-3',
    location: 'PV1-3',
    attendingNpi: 'PV1-7',
    startedAt: 'PV1-44',
    endedAt: 'PV1-45',
    account: 'PID-18',
  },
  prescription: {
    patient: 'PID-3',
    visitNumber: 'PV1-19',
    status: 'ORC-1',
    rxNumber: 'RXE-15',
    ndcText: 'RXE-2',
    drugName: 'RXE-2',
    writtenDate: 'RXE-32',
    prescriberNpi: 'ORC-12',
    quantity: 'RXE-10',
    refills: 'RXE-12',
  },
  patientLink: {},
  visitLink: { patient: 'PID-3' },
  coverage: {},
  referral: {},
  consultNote: {},
};

/** Where FHIR keeps them, by resource (the trigger of its statements). */
const FHIR_PLACES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Patient: {
    key: 'Patient.id',
    familyName: 'Patient.name',
    givenName: 'Patient.name',
    birthDate: 'Patient.birthDate',
    sex: 'Patient.gender',
    postalCode: 'Patient.address',
    status: 'Patient',
  },
  Encounter: {
    key: 'Encounter.subject',
    patient: 'Encounter.subject',
    class: 'Encounter.class',
    status: 'Encounter.status',
    facility: 'Encounter.location',
    location: 'Encounter.location',
    attendingNpi: 'Encounter.participant',
    startedAt: 'Encounter.period.start',
    endedAt: 'Encounter.period.end',
  },
  MedicationRequest: {
    key: 'MedicationRequest.subject',
    patient: 'MedicationRequest.subject',
    visitNumber: 'MedicationRequest.encounter',
    status: 'MedicationRequest.status',
    rxNumber: 'MedicationRequest.identifier',
    ndcText: 'MedicationRequest.medication',
    drugName: 'MedicationRequest.medication',
    writtenDate: 'MedicationRequest.authoredOn',
    prescriberNpi: 'MedicationRequest.requester',
    quantity: 'MedicationRequest.dispenseRequest.quantity',
    refills: 'MedicationRequest.dispenseRequest.numberOfRepeatsAllowed',
  },
  Coverage: {
    key: 'Coverage.beneficiary',
    patient: 'Coverage.beneficiary',
    status: 'Coverage.status',
    kind: 'Coverage.type',
    payerName: 'Coverage.payor',
    payerId: 'Coverage.payor',
    planCode: 'Coverage.class',
    bin: 'Coverage.class',
    pcn: 'Coverage.class',
    payerGroup: 'Coverage.class',
    cardholder: 'Coverage.subscriberId',
    priority: 'Coverage.order',
    validFrom: 'Coverage.period.start',
    validTo: 'Coverage.period.end',
  },
  ServiceRequest: {
    key: 'ServiceRequest.subject',
    patient: 'ServiceRequest.subject',
    status: 'ServiceRequest.status',
    visitNumber: 'ServiceRequest.encounter',
    service: 'ServiceRequest.code',
    orderedDate: 'ServiceRequest.authoredOn',
    requesterNpi: 'ServiceRequest.requester',
    performerNpi: 'ServiceRequest.performer',
  },
  DocumentReference: {
    key: 'DocumentReference.subject',
    patient: 'DocumentReference.subject',
    status: 'DocumentReference.status',
    referralNumber: 'DocumentReference.context.related',
    authorNpi: 'DocumentReference.author',
    writtenDate: 'DocumentReference.date',
  },
  MedicationDispense: { rxNumber: 'MedicationDispense.identifier' },
};

/** Collects who said what last. */
export class Sources {
  readonly #latest = new Map<string, { from: StoredEvent; place: string }>();

  /** The value of `field` comes from `from`; `place` when the message has it elsewhere than its record usually does. */
  said(field: string, from: StoredEvent, place?: string): void {
    const { event } = from;
    // A FHIR statement that is not in its list (a deletion) is known by what it is of.
    const fhir = FHIR_PLACES[event.trigger.split(' ')[0] ?? ''];
    const known = fhir === undefined ? (place ?? PLACES[event.type][field] ?? 'MSH-9') : (fhir[field] ?? event.trigger);
    this.#latest.set(field, { from, place: event.places?.[field] ?? known });
  }

  /** The value was deleted. */
  gone(field: string): void {
    this.#latest.delete(field);
  }

  /** By message, in the order of its payload and place; null when nothing is known. */
  list(): Source[] {
    const found = new Map<string, Source>();
    for (const field of [...this.#latest.keys()].sort()) {
      const latest = this.#latest.get(field);
      if (!latest) continue;
      const { rawId, position, event } = latest.from;
      const value = `${field} ${latest.place}`;
      const known = found.get(`${rawId} ${position}`);
      if (known) known.values += `, ${value}`;
      else found.set(`${rawId} ${position}`, { rawId, position, trigger: event.trigger, values: value });
    }
    return [...found.values()];
  }
}

/** What holds after a statement: absent says nothing, null deletes the value. Notes the source of what is stated. */
export function restate<Field extends string>(
  state: Record<Field, string | null>,
  field: Field,
  stated: string | null | undefined,
  from: StoredEvent,
  sources: Sources,
): void {
  if (stated === undefined) return;
  state[field] = stated;
  if (stated === null) sources.gone(field);
  else sources.said(field, from);
}
