/** Coding systems that the hub knows, and values found by them: NPI, NDC, RxNorm, identifier types. */
import type { Identifier, Stated } from '../../../src/model/records.ts';
import { Element } from './element.ts';
import { targetOf, type Scope } from './references.ts';

const NPI_SYSTEMS = new Set(['http://hl7.org/fhir/sid/us-npi', 'urn:oid:2.16.840.1.113883.4.6']);
const NDC_SYSTEMS = new Set(['http://hl7.org/fhir/sid/ndc', 'urn:oid:2.16.840.1.113883.6.69']);
const RXNORM_SYSTEMS = new Set(['http://www.nlm.nih.gov/research/umls/rxnorm', 'urn:oid:2.16.840.1.113883.6.88']);
const SSN_SYSTEMS = new Set(['http://hl7.org/fhir/sid/us-ssn', 'urn:oid:2.16.840.1.113883.4.1']);

/** Codings of a CodeableConcept; a bare Coding is a list of one. */
export function codingsOf(concept: Element): Element[] {
  const codings = concept.list('coding');
  return codings.length > 0 || concept.text('code') === '' ? codings : [concept];
}

/** True when one of the codings has one of these codes. */
export const hasCode = (concept: Element, ...codes: string[]): boolean =>
  codingsOf(concept).some((coding) => codes.includes(coding.text('code')));

/** The type code of an Identifier (`MR`, `NPI` ...), upper case; '' when none is sent. */
export const identifierType = (identifier: Element): string => {
  const [coding] = codingsOf(identifier.child('type'));
  return (coding?.text('code') ?? '').toUpperCase();
};

const isNpi = (identifier: Element): boolean =>
  NPI_SYSTEMS.has(identifier.text('system')) || identifierType(identifier) === 'NPI';

/** The NPI among the identifiers of a Practitioner; '' when there is none. */
export const npiAmong = (identifiers: readonly Element[]): string => identifiers.find(isNpi)?.text('value') ?? '';

/** The NPI that a reference to a practitioner leads to inside the payload; null when it leads to none. */
export function npiOf(reference: Element, root: Element, scope: Scope): string | null {
  if (!reference.present) return null;
  const target = targetOf(reference, root, scope);
  if (NPI_SYSTEMS.has(target.system) && target.value !== '') return target.value;
  const identifier = reference.child('identifier');
  if (identifier.present && isNpi(identifier)) return identifier.text('value') || null;
  const { resource } = target;
  if (resource === undefined) return null;
  if (resource.text('resourceType') === 'PractitionerRole')
    return npiAmong(resource.list('identifier')) || npiOf(resource.child('practitioner'), resource, scope);
  return npiAmong(resource.list('identifier')) || null;
}

/**
 * The NPI as a statement, of the first that has one: null when nobody is named; undefined when somebody is, but the payload does
 * not have the NPI: what an earlier version said then still holds.
 */
export function statedNpi(references: readonly Element[], root: Element, scope: Scope): Stated<string> {
  const named = references.filter(({ present }) => present);
  if (named.length === 0) return null;
  return named.map((reference) => npiOf(reference, root, scope)).find((npi) => npi !== null) ?? undefined;
}

/** Code of the first coding whose system is the National Drug Code. */
export const ndcOf = (concept: Element): string | null =>
  codingsOf(concept)
    .find((coding) => NDC_SYSTEMS.has(coding.text('system')))
    ?.stated('code') ?? null;

/** Code of the first RxNorm coding. */
export const rxNormOf = (concept: Element): string | null =>
  codingsOf(concept)
    .find((coding) => RXNORM_SYSTEMS.has(coding.text('system')))
    ?.stated('code') ?? null;

/** What people call it: the text of the concept, else the first display. */
export const nameOf = (concept: Element): string | null =>
  concept.stated('text') ??
  codingsOf(concept)
    .map((coding) => coding.text('display'))
    .find((display) => display !== '') ??
  null;

/** An identifier as the model has it; undefined without a value, or when it is a social security number (not kept). */
export function identifierOf(
  identifier: Element,
  authorities: Readonly<Record<string, string>>,
): Identifier | undefined {
  const value = identifier.text('value');
  const system = identifier.text('system');
  const type = identifierType(identifier);
  if (value === '' || type === 'SS' || SSN_SYSTEMS.has(system)) return undefined;
  return { authority: Object.hasOwn(authorities, system) ? (authorities[system] ?? system) : system, type, value };
}
