/** Referrals (DOMAIN 5, rule 5): ServiceRequest is the order out, DocumentReference the consult note that came back. */
import type { ConsultNoteEvent, EventStamp, Identifier, ReferralEvent, Standing } from '../../../src/model/records.ts';
import { codingsOf, nameOf, statedNpi } from './codes.ts';
import type { Element } from './element.ts';
import type { FhirOptions } from './options.ts';
import { targetOf, type Scope } from './references.ts';
import { standingOf } from './version.ts';

const ORDER_STANDINGS: Readonly<Record<string, Standing>> = {
  active: 'STAND',
  completed: 'STAND',
  'on-hold': 'STAND',
  draft: 'WAIT',
  unknown: 'WAIT',
  revoked: 'CANCEL',
  'entered-in-error': 'DELETE',
};
const NOTE_STANDINGS: Readonly<Record<string, Standing>> = {
  current: 'STAND',
  superseded: 'CANCEL',
  'entered-in-error': 'DELETE',
};

const saysOneOf = (concepts: readonly Element[], codes: ReadonlySet<string>): boolean =>
  concepts.flatMap(codingsOf).some((coding) => codes.has(coding.text('code').toLowerCase()));

/** True when category or code say that the patient is sent to another provider: most requests are for tests and procedures. */
export const isReferral = (request: Element, { referralCodes }: FhirOptions): boolean =>
  saysOneOf([...request.list('category'), request.child('code')], referralCodes);

/** True when type or category say that it is a consult note. LOINC has one code for each specialty, all named so. */
const isConsultNote = (document: Element, { consultNoteCodes }: FhirOptions): boolean => {
  const concepts = [document.child('type'), ...document.list('category')];
  const named = concepts.flatMap(codingsOf).some((coding) => /\bconsult/i.test(coding.text('display')));
  return named || saysOneOf(concepts, consultNoteCodes);
};

/** The statement of a ServiceRequest; undefined when it has no id (noted). */
export function referralOf(
  request: Element,
  number: string,
  stamp: EventStamp,
  patientIdentifiers: Identifier[],
  scope: Scope,
): ReferralEvent | undefined {
  if (number === '') {
    request.notes.fail('ServiceRequest.id', 'an order without an id cannot be referred to');
    return undefined;
  }
  const code = request.child('code');
  return {
    type: 'referral',
    ...stamp,
    action: standingOf(request, ORDER_STANDINGS),
    number,
    patientIdentifiers,
    visitNumber: targetOf(request.child('encounter'), request, scope).id || null,
    // R5 has the concept one level deeper.
    service: nameOf(code.child('concept').present ? code.child('concept') : code),
    orderedDate: request.date('authoredOn'),
    requesterNpi: statedNpi([request.child('requester')], request, scope),
    performerNpi: statedNpi(request.list('performer'), request, scope),
  };
}

/** Order number of the referral that a document answers: `context.related`, in R5 `basedOn`. */
function answeredBy(document: Element, scope: Scope): string | null {
  const references = [...document.child('context').list('related'), ...document.list('basedOn')];
  const targets = references.map((reference) => targetOf(reference, document, scope));
  return targets.find(({ type, id }) => type === 'ServiceRequest' && id !== '')?.id ?? null;
}

/** True when a document is a consult note or says that it answers a request. */
export const concernsReferral = (document: Element, scope: Scope, options: FhirOptions): boolean =>
  isConsultNote(document, options) || answeredBy(document, scope) !== null;

/** Only a consult note that is final closes a loop. */
function noteStanding(document: Element, options: FhirOptions): Standing {
  const stated = standingOf(document, NOTE_STANDINGS);
  if (document.text('docStatus') === 'entered-in-error') return 'DELETE';
  if (stated !== 'STAND') return stated;
  return document.text('docStatus') === 'preliminary' || !isConsultNote(document, options) ? 'WAIT' : 'STAND';
}

/** The statement of a DocumentReference; undefined when it has no id (noted). */
export function consultNoteOf(
  document: Element,
  number: string,
  stamp: EventStamp,
  patientIdentifiers: Identifier[],
  scope: Scope,
  options: FhirOptions,
): ConsultNoteEvent | undefined {
  if (number === '') {
    document.notes.fail('DocumentReference.id', 'a note without an id has no versions');
    return undefined;
  }
  return {
    type: 'consultNote',
    ...stamp,
    action: noteStanding(document, options),
    number,
    patientIdentifiers,
    referralNumber: answeredBy(document, scope),
    authorNpi: statedNpi(document.list('author'), document, scope),
    writtenDate: document.date('date'),
  };
}
