/** Visits and orders as resources of the tenant's FHIR server: the same events that another EHR would send as HL7 v2. */
import { instantOf } from '../../model/calendar.ts';
import type { FhirResource } from '../fhir/store.ts';
import type { LocalTime, SimOrder, SimVisit, VisitStep } from './events.ts';
import type { SimTenant } from './organisation.ts';
import type { SimPatient, SimPrescriber } from './people.ts';

/** A version of a resource and the instant at which the server stores it. */
export interface SimResource {
  resource: FhirResource;
  at: string;
}

/** Types that the server has; a client searches the first three. */
export const FHIR_TYPES = ['Patient', 'Encounter', 'MedicationRequest'] as const;

/** Systems of the identifiers on a tenant's server. */
const systemsOf = (tenant: SimTenant) => ({
  mrn: `https://ehr.${tenant.name}.example/mrn`,
  rx: `https://ehr.${tenant.name}.example/rx`,
});

/** Options of the format for this server: places and numbers are named as in the tenant's other feeds. */
export function fhirOptions(tenant: SimTenant): Record<string, unknown> {
  const { mrn, rx } = systemsOf(tenant);
  return { facility: tenant.facility, authorities: { [mrn]: tenant.authority }, rxNumberSystem: rx };
}

/**
 * Tells which patients are known to the EHR that speaks FHIR: one in five, the others to the one that speaks HL7 v2. Whoever
 * is merged, moved or renumbered is among the others: these are messages, not resources.
 */
export function fhirPatients(
  tenant: SimTenant,
  visits: readonly SimVisit[],
): (one: { patient: SimPatient }) => boolean {
  if (tenant.fhirFeed === undefined) return () => false;
  const told = visits.filter(({ steps }) => steps.some(({ trigger }) => STATUSES[trigger] === undefined));
  const byMessage = new Set(
    told.flatMap(({ patient, steps }) =>
      [patient, ...steps.flatMap((step) => [step.patient, step.prior])].map((one) => one?.mrn),
    ),
  );
  return ({ patient: { mrn } }) => {
    const digits = Array.from(mrn.replaceAll(/\D/g, ''));
    return !byMessage.has(mrn) && digits.reduce((sum, digit) => sum + Number(digit), 0) % 5 === 0;
  };
}

const CLASSES: Readonly<Record<string, string>> = {
  O: 'AMB',
  R: 'AMB',
  E: 'EMER',
  OBS: 'OBSENC',
  I: 'IMP',
  P: 'PRENC',
};
/** Status of an encounter after each event that a resource can tell. */
const STATUSES: Readonly<Partial<Record<VisitStep['trigger'], string>>> = {
  A01: 'in-progress',
  A03: 'finished',
  A04: 'in-progress',
  A08: 'in-progress',
  A11: 'cancelled',
  S26: 'cancelled',
};

const coded = (system: string, code: string, display: string): object => ({
  coding: [{ system, code, display }],
  text: display,
});

function patientResource(patient: SimPatient, tenant: SimTenant): FhirResource {
  const type = coded('http://terminology.hl7.org/CodeSystem/v2-0203', 'MR', 'Medical record number');
  return {
    resourceType: 'Patient',
    id: patient.mrn,
    identifier: [{ type, system: systemsOf(tenant).mrn, value: patient.mrn }],
    name: [{ use: 'official', family: patient.family, given: [patient.given] }],
    gender: patient.sex === 'F' ? 'female' : 'male',
    birthDate: patient.birthDate,
    address: [{ postalCode: patient.zip, state: tenant.state }],
  };
}

const practitionerResource = ({ npi, family, given }: SimPrescriber): FhirResource => ({
  resourceType: 'Practitioner',
  id: `P${npi}`,
  identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: npi }],
  name: [{ family, given: [given] }],
});

const subject = ({ mrn }: SimPatient): object => ({ reference: `Patient/${mrn}` });
const doctor = ({ npi }: SimPrescriber): object => ({ reference: `Practitioner/P${npi}` });

function encounterResource(visit: SimVisit, step: VisitStep, zone: string): FhirResource {
  const location = step.location ?? visit.location;
  return {
    resourceType: 'Encounter',
    id: visit.number,
    status: STATUSES[step.trigger],
    class: { code: CLASSES[visit.patientClass] ?? visit.patientClass },
    subject: subject(visit.patient),
    participant: [{ type: [{ coding: [{ code: 'ATND' }] }], individual: doctor(visit.attending) }],
    period: { start: instantOf(visit.start, zone) },
    ...(location === '' ? {} : { location: [{ location: { reference: `Location/${location}` } }] }),
  };
}

function orderResource(order: SimOrder, tenant: SimTenant): FhirResource {
  const { drug } = order;
  return {
    resourceType: 'MedicationRequest',
    id: order.number,
    status: 'active',
    intent: 'order',
    ...(order.rx === '' ? {} : { identifier: [{ system: systemsOf(tenant).rx, value: order.rx }] }),
    medicationCodeableConcept: coded('http://hl7.org/fhir/sid/ndc', drug.ndc11, `${drug.name} ${drug.strength}`),
    subject: subject(order.patient),
    ...(order.visit === '' ? {} : { encounter: { reference: `Encounter/${order.visit}` } }),
    authoredOn: instantOf(order.written, tenant.zone),
    requester: doctor(order.prescriber),
    dispenseRequest: { numberOfRepeatsAllowed: order.refills, quantity: { value: Number(order.quantity) } },
  };
}

/** Everything that the server stores for these visits and orders, in the order of its clock. */
export function fhirResources(
  tenant: SimTenant,
  visits: readonly SimVisit[],
  orders: readonly SimOrder[],
): SimResource[] {
  const at = (local: LocalTime): string => instantOf(local, tenant.zone);
  const events = [
    ...visits.flatMap((visit) =>
      visit.steps.map((step) => ({
        at: at(step.at),
        people: [patientResource(visit.patient, tenant), practitionerResource(visit.attending)],
        resource: encounterResource(visit, step, tenant.zone),
      })),
    ),
    ...orders.map((order) => ({
      at: at(order.written),
      people: [patientResource(order.patient, tenant), practitionerResource(order.prescriber)],
      resource: orderResource(order, tenant),
    })),
  ].sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
  return events.flatMap((event) => [
    ...event.people.map((resource) => ({ resource, at: event.at })),
    { resource: event.resource, at: event.at },
  ]);
}
