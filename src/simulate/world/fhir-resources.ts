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
 * Tells what belongs to patients of the EHR that speaks FHIR: one in five of a tenant that has one. Who is merged, moved or
 * renumbered is a patient of the other EHR: those events have no counterpart among resources.
 */
export function fhirPatients(
  tenant: SimTenant,
  visits: readonly SimVisit[],
): (one: { patient: SimPatient }) => boolean {
  const { fhirFeed } = tenant;
  if (fhirFeed === undefined) return () => false;
  const changed = visits.filter(({ steps }) => steps.some((step) => step.prior ?? step.patient ?? step.number));
  const others = new Set(
    changed.flatMap(({ patient, steps }) => [
      patient.mrn,
      ...steps.flatMap((step) => [step.prior?.mrn ?? '', step.patient?.mrn ?? '']),
    ]),
  );
  return ({ patient: { mrn } }) => {
    const sum = Array.from(mrn.replaceAll(/\D/g, '')).reduce((total, digit) => total + Number(digit), 0);
    return sum % 5 === 0 && !others.has(mrn);
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
const STATUSES: Readonly<Record<VisitStep['trigger'], string>> = {
  A01: 'in-progress',
  A03: 'finished',
  A04: 'in-progress',
  A06: 'in-progress',
  A07: 'in-progress',
  A08: 'in-progress',
  A11: 'cancelled',
  A23: 'entered-in-error',
  A37: 'in-progress',
  A40: 'in-progress',
  A45: 'in-progress',
  A50: 'in-progress',
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
    class: { code: CLASSES[step.patientClass ?? visit.patientClass] ?? visit.patientClass },
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
