/** Patient to the shared model, and how other resources name one (DOMAIN 12.21). */
import type { EventStamp, Identifier, PatientEvent, PatientLinkEvent } from '../../../src/model/records.ts';
import { identifierOf } from './codes.ts';
import type { Element } from './element.ts';
import type { FhirOptions } from './options.ts';
import { targetOf, type Scope } from './references.ts';

/** The resource's own id as an identifier: it names the patient in its source system, for nothing else is in a reference. */
export const resourceIdentifier = (id: string): Identifier => ({ authority: 'Patient', type: 'FHIR', value: id });

const SEXES: Readonly<Record<string, string>> = { male: 'M', female: 'F', other: 'O', unknown: 'U' };

/** The official name, else the usual one, else the first that is neither old nor a nickname. */
function nameElement(patient: Element): Element | undefined {
  const names = patient.list('name');
  const use = (wanted: string): Element | undefined => names.find((name) => name.text('use') === wanted);
  return (
    use('official') ??
    use('usual') ??
    names.find((name) => !['old', 'maiden', 'nickname', 'anonymous'].includes(name.text('use'))) ??
    names[0]
  );
}

const primitive = (element: Element | undefined): string | null =>
  typeof element?.value === 'string' ? element.value.trim().replaceAll('\u0000', '\uFFFD') || null : null;

/** Who they are: the resource id first, then every identifier that is not a social security number. */
export function identifiersOf(patient: Element, id: string, options: FhirOptions): Identifier[] {
  const listed = patient.list('identifier').flatMap((one) => identifierOf(one, options.authorities) ?? []);
  const all = id === '' ? listed : [resourceIdentifier(id), ...listed];
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

/**
 * What `link` says of one person's several records: this one was replaced by another, or replaces it. Only records of this
 * server are known by their id. `seealso` and `refer` are no merges and are not kept.
 */
export function linksOf(patient: Element, id: string, stamp: EventStamp, scope: Scope): PatientLinkEvent[] {
  if (id === '') return [];
  const self = [resourceIdentifier(id)];
  return patient.list('link').flatMap((link): PatientLinkEvent[] => {
    const type = link.text('type');
    const target = targetOf(link.child('other'), patient, scope);
    if (target.type !== 'Patient' || target.id === '' || target.id === id) return [];
    const other = [resourceIdentifier(target.id)];
    const merge = { type: 'patientLink', action: 'MERGE', ...stamp } as const;
    if (type === 'replaced-by') return [{ ...merge, patientIdentifiers: other, otherIdentifiers: self }];
    return type === 'replaces' ? [{ ...merge, patientIdentifiers: self, otherIdentifiers: other }] : [];
  });
}

const ANIMAL = 'http://hl7.org/fhir/StructureDefinition/patient-animal';

/** True for a patient of a veterinarian. */
export const isAnimal = (patient: Element): boolean =>
  patient.list('extension').some((one) => one.text('url') === ANIMAL);

/** The statement of a Patient resource; undefined when nothing names the patient (noted). */
export function patientOf(
  patient: Element,
  id: string,
  stamp: EventStamp,
  options: FhirOptions,
): PatientEvent | undefined {
  const identifiers = identifiersOf(patient, id, options);
  if (identifiers.length === 0) {
    patient.notes.fail('Patient.id', 'neither an id nor a usable identifier');
    return undefined;
  }
  const name = nameElement(patient);
  const gender = patient.text('gender');
  const address = patient.list('address').find((one) => one.text('use') !== 'old') ?? patient.child('address');
  const birth = patient.time('birthDate');
  const replaced = patient.list('link').some((link) => link.text('type') === 'replaced-by');
  return {
    type: 'patient',
    ...stamp,
    // A version is whole: without the link the record is its own again, and a deletion has ended in any case.
    action: replaced ? 'OPEN' : 'ADD',
    identifiers,
    familyName: name?.stated('family') ?? null,
    givenName: primitive(name?.list('given')[0]),
    birthDate: birth ? birth.writtenDate : birth,
    sex: gender === '' ? null : (SEXES[gender.toLowerCase()] ?? gender),
    postalCode: address.stated('postalCode'),
  };
}

/**
 * The patient that `subject` points at. Undefined with a note when it points at none; null when it is no person's record
 * (a Group, a Device).
 */
export function subjectOf(
  resource: Element,
  field: string,
  scope: Scope,
  options: FhirOptions,
): Identifier[] | null | undefined {
  const reference = resource.child(field);
  const target = targetOf(reference, resource, scope);
  if (target.type !== '' && target.type !== 'Patient') return null;
  if (target.id !== '') return [resourceIdentifier(target.id)];
  if (target.resource !== undefined) {
    const contained = identifiersOf(target.resource, '', options);
    if (contained.length > 0) return contained;
  }
  if (target.value !== '') {
    const identifier = identifierOf(reference.child('identifier'), options.authorities);
    const authority = Object.hasOwn(options.authorities, target.system)
      ? (options.authorities[target.system] ?? target.system)
      : target.system;
    return [identifier ?? { authority, type: '', value: target.value }];
  }
  resource.notes.fail(reference.path, 'a reference to a patient was expected', reference.value ?? '');
  return undefined;
}
