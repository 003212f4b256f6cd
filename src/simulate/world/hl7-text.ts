/** HL7 v2.5.1 text of visits and orders, as an EHR's interface engine writes it. Times are local, without offset. */
import type { LocalTime, SimOrder, SimVisit, VisitStep } from './events.ts';
import type { SimTenant } from './organisation.ts';
import type { SimPatient, SimPrescriber } from './people.ts';

/** A message before it has a control id. */
export interface Draft {
  at: LocalTime;
  /** Everything behind the header. */
  type: string;
  trigger: string;
  segments: string[];
}

const ESCAPES: Record<string, string> = { '\\': '\\E\\', '|': '\\F\\', '^': '\\S\\', '&': '\\T\\', '~': '\\R\\' };
const text = (value: string): string => value.replaceAll(/[\\|^&~]/g, (char) => ESCAPES[char] ?? char);
const stamp = (local: LocalTime): string => local.replaceAll(/[-:T]/g, '');
const person = ({ npi, family, given }: SimPrescriber): string =>
  `${npi}^${text(family)}^${text(given)}^^^^^^NPI^L^^^NPI`;

/** Fields by their number; gaps are empty. */
function segment(name: string, fields: Record<number, string>): string {
  const last = Math.max(...Object.keys(fields).map(Number));
  return [name, ...Array.from({ length: last }, (_, index) => fields[index + 1] ?? '')].join('|');
}

const pid = (patient: SimPatient, tenant: SimTenant): string =>
  segment('PID', {
    1: '1',
    3: `${patient.mrn}^^^${tenant.authority}^MR`,
    5: `${text(patient.family)}^${text(patient.given)}`,
    7: patient.birthDate.replaceAll('-', ''),
    8: patient.sex,
    11: `1 Synthetic Way^^Anytown^${tenant.state}^${patient.zip}`,
  });

const pv1 = (visit: SimVisit, step: VisitStep, tenant: SimTenant): string =>
  segment('PV1', {
    1: '1',
    2: step.patientClass ?? visit.patientClass,
    3: `${step.location ?? visit.location}^^^${tenant.facility}`,
    7: person(visit.attending),
    19: step.number ?? visit.number,
    44: stamp(visit.start),
  });

/** Structure of the message by its trigger event; the others are ADT_A01. */
const STRUCTURES: Partial<Record<VisitStep['trigger'], string>> = {
  A06: 'ADT_A06',
  A07: 'ADT_A06',
  A23: 'ADT_A21',
  A37: 'ADT_A37',
  A40: 'ADT_A39',
  A45: 'ADT_A45',
  A50: 'ADT_A50',
};

/** What stands behind the PID: the prior record, the visit, or both. */
function restOf(visit: SimVisit, step: VisitStep, tenant: SimTenant): string[] {
  const prior = step.prior ?? step.patient ?? visit.patient;
  const mrg = (fields: Record<number, string>): string =>
    segment('MRG', { 1: `${prior.mrn}^^^${tenant.authority}^MR`, ...fields });
  if (step.trigger === 'A37') return [pid(prior, tenant)];
  if (step.trigger === 'A40') return [mrg({ 7: `${text(prior.family)}^${text(prior.given)}` })];
  const numbered = step.trigger === 'A45' || step.trigger === 'A50';
  return [...(numbered ? [mrg({ 5: visit.number })] : []), pv1(visit, step, tenant)];
}

function visitDraft(visit: SimVisit, step: VisitStep, tenant: SimTenant): Draft {
  if (step.trigger === 'S26')
    return {
      at: step.at,
      type: 'SIU^S26^SIU_S12',
      trigger: 'S26',
      segments: [
        segment('SCH', { 1: `A${visit.number}`, 25: 'NOSHOW' }),
        pid(visit.patient, tenant),
        segment('PV1', { 1: '1', 2: visit.patientClass, 19: visit.number }),
      ],
    };
  return {
    at: step.at,
    type: `ADT^${step.trigger}^${STRUCTURES[step.trigger] ?? 'ADT_A01'}`,
    trigger: step.trigger,
    segments: [
      segment('EVN', { 1: step.trigger, 2: stamp(step.at) }),
      pid(step.patient ?? visit.patient, tenant),
      ...restOf(visit, step, tenant),
    ],
  };
}

/** All messages about a visit. */
export const visitDrafts = (visit: SimVisit, tenant: SimTenant): Draft[] =>
  visit.steps.map((step) => visitDraft(visit, step, tenant));

/** The message about a prescription. */
export function orderDraft(order: SimOrder, tenant: SimTenant): Draft {
  const named = order.visit === '' ? [] : [segment('PV1', { 1: '1', 2: 'O', 19: order.visit })];
  const quantity = order.quantity.replace(/\.?0+$/, '');
  return {
    at: order.written,
    type: 'RDE^O11^RDE_O11',
    trigger: 'O11',
    segments: [
      pid(order.patient, tenant),
      ...named,
      segment('ORC', { 1: 'NW', 2: order.number, 9: stamp(order.written), 12: person(order.prescriber) }),
      segment('RXE', {
        2: `${order.drug.ndc11}^${text(order.drug.name)} ${text(order.drug.strength)}^NDC`,
        3: '1',
        5: order.drug.form,
        10: quantity,
        11: order.drug.unit,
        12: String(order.refills),
        15: order.rx,
        32: stamp(order.written),
      }),
    ],
  };
}

/** The message with its header. */
export function messageText(draft: Draft, controlId: string, tenant: SimTenant): string {
  const header = [
    'MSH',
    '^~\\&',
    'EHRSIM',
    tenant.facility,
    'THROUGHLINE',
    tenant.name.toUpperCase(),
    stamp(draft.at),
    '',
    draft.type,
    controlId,
    'P',
    '2.5.1',
  ];
  return [`${header.join('|')}||||||UNICODE UTF-8`, ...draft.segments, ''].join('\r');
}
