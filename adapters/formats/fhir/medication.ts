/** MedicationRequest and MedicationDispense to statements about a prescription (DOMAIN 12.21, 12.28). */
import type { EventStamp, Identifier, PrescriptionEvent, Stated } from '../../../src/model/records.ts';
import { nameOf, ndcOf, rxNormOf, statedNpi } from './codes.ts';
import type { Element } from './element.ts';
import type { FhirOptions } from './options.ts';
import { targetOf, type Scope } from './references.ts';

/** Status to order control. Every other status is an order that stands. */
const CONTROLS: Readonly<Record<string, string>> = { cancelled: 'OC', stopped: 'DC', 'entered-in-error': 'CA' };
const STANDING = new Set(['active', 'on-hold', 'completed', 'ended', 'unknown']);
const ORDERS = new Set(['order', 'original-order', 'reflex-order', 'filler-order', 'instance-order']);

const NO_DRUG = { ndcText: null, rxNorm: null, drugName: null };

/** The drug: a concept of its own, or the Medication it refers to where the payload has it. */
function drugOf(resource: Element, scope: Scope): Pick<PrescriptionEvent, 'ndcText' | 'rxNorm' | 'drugName'> {
  // R5 puts both kinds below `medication`.
  const r5 = resource.child('medication');
  const concept = resource.child('medicationCodeableConcept').present
    ? resource.child('medicationCodeableConcept')
    : r5.child('concept');
  if (concept.present) return { ndcText: ndcOf(concept), rxNorm: rxNormOf(concept), drugName: nameOf(concept) };
  const reference = resource.child('medicationReference').present
    ? resource.child('medicationReference')
    : r5.child('reference');
  const code = targetOf(reference, resource, scope).resource?.child('code');
  // A drug that is elsewhere: what an earlier version said of it still holds.
  if (code === undefined) return reference.present ? { drugName: reference.stated('display') ?? undefined } : NO_DRUG;
  return { ndcText: ndcOf(code), rxNorm: rxNormOf(code), drugName: nameOf(code) ?? reference.stated('display') };
}

/** The prescription number among the identifiers; undefined = this resource does not say. */
function rxNumberOf(resource: Element, options: FhirOptions): Stated<string> {
  return (
    resource
      .list('identifier')
      .find((identifier) => identifier.text('system') === options.rxNumberSystem)
      ?.text('value') || undefined
  );
}

/** Why a request is no order of a drug, as a short code; undefined = it is one. */
export function notAnOrder(request: Element): string | undefined {
  const intent = request.text('intent');
  if (intent !== '' && !ORDERS.has(intent)) return 'NOT_AN_ORDER';
  return request.text('status') === 'draft' ? 'DRAFT_ORDER' : undefined;
}

/** The statement of a MedicationRequest; undefined when it has no id (noted). */
export function prescriptionOf(
  request: Element,
  orderNumber: string,
  stamp: EventStamp,
  patientIdentifiers: Identifier[],
  scope: Scope,
  options: FhirOptions,
): PrescriptionEvent | undefined {
  if (orderNumber === '') {
    request.notes.fail('MedicationRequest.id', 'an order without an id cannot be referred to');
    return undefined;
  }
  const status = request.text('status').toLowerCase();
  const control = CONTROLS[status];
  // An order whose status cannot be read must not count as one.
  if (control === undefined && !STANDING.has(status))
    request.notes.fail('MedicationRequest.status', 'a status of R4 was expected', status);
  const dispense = request.child('dispenseRequest');
  return {
    type: 'prescription',
    ...stamp,
    orderNumber,
    control: control ?? (STANDING.has(status) ? 'NW' : 'CA'),
    patientIdentifiers,
    visitNumber: targetOf(request.child('encounter'), request, scope).id || null,
    rxNumber: rxNumberOf(request, options),
    ...drugOf(request, scope),
    writtenDate: request.date('authoredOn'),
    prescriberNpi: statedNpi([request.child('requester')], request, scope),
    quantity: dispense.child('quantity').decimal('value'),
    refills: dispense.count('numberOfRepeatsAllowed'),
  };
}

/**
 * What a MedicationDispense adds to the order that authorised it: the pharmacy's prescription number. Undefined when it
 * has none or names no order; dispenses themselves are built from claims (DOMAIN 4).
 */
export function filledOf(
  dispense: Element,
  stamp: EventStamp,
  patientIdentifiers: Identifier[],
  scope: Scope,
  options: FhirOptions,
): PrescriptionEvent | undefined {
  const rxNumber = rxNumberOf(dispense, options);
  const order = targetOf(dispense.child('authorizingPrescription'), dispense, scope);
  if (rxNumber === undefined || order.id === '' || order.type !== 'MedicationRequest') return undefined;
  return { type: 'prescription', ...stamp, orderNumber: order.id, control: 'SC', patientIdentifiers, rxNumber };
}
