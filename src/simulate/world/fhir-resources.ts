/** Visits, orders, referrals and insurances as resources of the tenant's FHIR server: the same events that another EHR would send as HL7 v2. */
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

/** Types that a client searches; the server has Practitioner besides. */
export const FHIR_TYPES = [
  'Patient',
  'Encounter',
  'MedicationRequest',
  'ServiceRequest',
  'DocumentReference',
  'Coverage',
] as const;

/** What comes along with them: who prescribed, attended, was asked and wrote. */
export const FHIR_INCLUDES: Readonly<Record<string, string[]>> = {
  Encounter: ['Encounter:participant'],
  MedicationRequest: ['MedicationRequest:requester'],
  ServiceRequest: ['ServiceRequest:performer'],
  DocumentReference: ['DocumentReference:author'],
};

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
    return sumOf(mrn) % 5 === 0 && !others.has(mrn);
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

const classAt = (visit: SimVisit, step: VisitStep): object => ({
  code: CLASSES[step.patientClass ?? visit.patientClass] ?? visit.patientClass,
});

/** What held before a step: a search gives the latest version only. */
function historiesBefore(visit: SimVisit, step: VisitStep, zone: string): object {
  const before = visit.steps.slice(0, visit.steps.indexOf(step));
  if (before.length === 0) return {};
  const entries = before.map((one, index) => ({
    one,
    period: { start: instantOf(one.at, zone), end: instantOf(visit.steps[index + 1]?.at ?? step.at, zone) },
  }));
  return {
    statusHistory: entries.map(({ one, period }) => ({ status: STATUSES[one.trigger], period })),
    classHistory: entries.map(({ one, period }) => ({ class: classAt(visit, one), period })),
  };
}

function encounterResource(visit: SimVisit, step: VisitStep, zone: string): FhirResource {
  const location = step.location ?? visit.location;
  return {
    resourceType: 'Encounter',
    id: visit.number,
    status: STATUSES[step.trigger],
    class: classAt(visit, step),
    ...historiesBefore(visit, step, zone),
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

const sumOf = (text: string): number =>
  Array.from(text.replaceAll(/\D/g, '')).reduce((total, digit) => total + Number(digit), 0);

/** One order in three was written by a consultant whom the patient was sent to, and who wrote back. */
function referralResources(order: SimOrder, tenant: SimTenant): FhirResource[] {
  if (sumOf(order.number) % 3 !== 0) return [];
  const written = instantOf(order.written, tenant.zone);
  const id = `R${order.number}`;
  const common = { subject: subject(order.patient) };
  return [
    {
      resourceType: 'ServiceRequest',
      id,
      status: 'active',
      intent: 'order',
      category: [coded('http://snomed.info/sct', '3457005', 'Patient referral')],
      code: { text: 'Consultation' },
      ...common,
      ...(order.visit === '' ? {} : { encounter: { reference: `Encounter/${order.visit}` } }),
      authoredOn: written,
      performer: [doctor(order.prescriber)],
    },
    {
      resourceType: 'DocumentReference',
      id: `N${order.number}`,
      status: 'current',
      docStatus: 'final',
      type: coded('http://loinc.org', '11488-4', 'Consult note'),
      ...common,
      date: written,
      author: [doctor(order.prescriber)],
      context: { related: [{ reference: `ServiceRequest/${id}` }] },
    },
  ];
}

/** The insurance of a patient. */
function coverageResource(patient: SimPatient, tenant: SimTenant): FhirResource[] {
  const plan = tenant.plans[sumOf(patient.mrn) % tenant.plans.length];
  if (plan === undefined) return [];
  const part = (code: string, value: string): object[] =>
    value === '' ? [] : [{ type: { coding: [{ code }] }, value }];
  return [
    {
      resourceType: 'Coverage',
      id: `C${patient.mrn}`,
      status: 'active',
      beneficiary: subject(patient),
      payor: [{ display: plan.name }],
      class: [...part('rxbin', plan.bin), ...part('rxpcn', plan.pcn), ...part('rxgroup', plan.group)],
      order: 1,
    },
  ];
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
        resources: [
          patientResource(visit.patient, tenant),
          ...coverageResource(visit.patient, tenant),
          practitionerResource(visit.attending),
          encounterResource(visit, step, tenant.zone),
        ],
      })),
    ),
    ...orders.map((order) => ({
      at: at(order.written),
      resources: [
        patientResource(order.patient, tenant),
        practitionerResource(order.prescriber),
        orderResource(order, tenant),
        ...referralResources(order, tenant),
      ],
    })),
  ].sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
  return events.flatMap((event) => event.resources.map((resource) => ({ resource, at: event.at })));
}
