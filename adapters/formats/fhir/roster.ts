/** PractitionerRole to roster rows, Location to crosswalk rows, where the EHR knows the 340B IDs of its places. */
import type { EventStamp, MasterRecord } from '../../../src/model/records.ts';
import { dateIn } from '../../../src/model/calendar.ts';
import { codingsOf, npiAmong, npiOf } from './codes.ts';
import type { Element } from './element.ts';
import type { FhirOptions } from './options.ts';
import { targetOf, type Scope } from './references.ts';

const NUCC = 'http://nucc.org/provider-taxonomy';
const ROLES: Readonly<Record<string, 'LOCUM'>> = { locum: 'LOCUM', 'locum-tenens': 'LOCUM' };

/** The 340B ID among the identifiers of a place; '' when it has none. */
function id340bOf(place: Element | undefined, options: FhirOptions): string {
  if (place === undefined || options.id340bSystem === '') return '';
  const found = place.list('identifier').find((one) => one.text('system') === options.id340bSystem);
  return found?.text('value').toUpperCase() ?? '';
}

/** 340B IDs that a reference leads to: by the place itself, or by a logical reference. */
function placesOf(role: Element, scope: Scope, options: FhirOptions): string[] {
  const references = [...role.list('location'), role.child('organization')].filter(({ present }) => present);
  const found = references.map((reference) => {
    const target = targetOf(reference, role, scope);
    if (options.id340bSystem !== '' && target.system === options.id340bSystem) return target.value.toUpperCase();
    return id340bOf(target.resource, options);
  });
  return [...new Set(found.filter((id) => id !== ''))];
}

/** One row for every place of the role. A short code when it cannot be a roster row. */
export function affiliationsOf(
  role: Element,
  stamp: EventStamp,
  scope: Scope,
  options: FhirOptions,
): MasterRecord[] | string {
  const places = placesOf(role, scope, options);
  if (places.length === 0) return 'PLACE_WITHOUT_340B_ID';
  const practitioner = targetOf(role.child('practitioner'), role, scope).resource;
  const npi = npiAmong(role.list('identifier')) || npiOf(role.child('practitioner'), role, scope);
  if (!npi) return 'PRACTITIONER_NOT_RESOLVED';
  const name = practitioner?.list('name')[0];
  const given: unknown = name?.list('given')[0]?.value;
  const period = role.child('period');
  const stated = period.date('end');
  const ended = role.child('active').value === false ? dateIn(stamp.eventAt, role.notes.zone) : null;
  const taxonomy = role
    .list('specialty')
    .flatMap(codingsOf)
    .find((coding) => coding.text('system') === NUCC);
  const kind = role
    .list('code')
    .flatMap(codingsOf)
    .map((coding) => ROLES[coding.text('code').toLowerCase()])
    .find((found) => found !== undefined);
  return places.map((entity) => ({
    type: 'master',
    kind: 'prescriberAffiliation',
    row: {
      npi,
      familyName: name?.text('family') ?? '',
      givenName: typeof given === 'string' ? given.trim() : '',
      entity,
      from: period.date('start') ?? null,
      to: stated ?? ended,
      taxonomy: taxonomy?.text('code') ?? '',
      affiliation: kind ?? 'STAFF',
    },
  }));
}

/** The crosswalk row of a Location with a 340B ID; undefined = it has none. */
export function crosswalkOf(place: Element, id: string, options: FhirOptions): MasterRecord | undefined {
  const site = id340bOf(place, options);
  if (site === '' || id === '') return undefined;
  return {
    type: 'master',
    kind: 'locationCrosswalk',
    row: { facility: options.facility, location: id, site, from: null, to: null, costReportLine: '' },
  };
}
