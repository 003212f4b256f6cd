/** Synthetic patients and prescribers. No two patients of a tenant share name and birth date unless a story wants it. */
import { addDays } from '../../model/calendar.ts';
import { compareFamilyName, compareGivenName } from '../../model/names.ts';
import { npiFrom } from '../../model/npi.ts';
import type { SimTenant } from './organisation.ts';
import type { Random } from './random.ts';

/** A patient. */
export interface SimPatient {
  mrn: string;
  family: string;
  given: string;
  birthDate: string;
  sex: 'F' | 'M';
  zip: string;
}

/** A roster row. */
interface SimAffiliation {
  /** 340B ID of the entity or site. */
  entity: string;
  from: string;
  to: string | null;
  kind: 'STAFF' | 'LOCUM';
}

/** A prescriber; without affiliations he is on no roster. */
export interface SimPrescriber {
  npi: string;
  family: string;
  given: string;
  taxonomy: string;
  affiliations: SimAffiliation[];
}

const FAMILY =
  'Abara Alvarez Andersen Baker Bianchi Brandt Carver Castillo Cho Coleman Dalton Dubois Eklund Ellison Faraday Ferreira Fischer Gallagher Garza Giordano Haddad Hansen Hollis Ibarra Ivanov Jaeger Jensen Kaplan Keane Kowalski Laurent Lindqvist Lozano Maddox Marchetti Mbeki Mercer Moreau Muñoz Nakamura Novak Núñez Okafor Olsen Ortiz Osei Pacheco Pelletier Petrov Quintero Radcliffe Ramsey Reyes Rivière Rosales Sandoval Schäfer Sørensen Stanton Szabo Takeda Tanaka Thorne Toussaint Ueda Valdez Varga Vaughn Wagner Weiss Whitlock Yamada Zamora Zielinski Łukasik'.split(
    ' ',
  );
const COMPOUND = [
  'O’Dell',
  "O'Brien",
  'Smith-Jones',
  'van der Berg',
  'De la Cruz',
  'Baker Jr',
  'Coleman III',
  'St. Clair',
];
const GIVEN_F =
  'Amara Beatriz Carmen Chloé Delia Elena Fatima Grace Hanna Imani Ines Joyce Keiko Lucía María Mei Nadia Noor Olive Paloma Renée Rosa Sofia Tamsin Uma Vera Wanda Ximena Yara Zoë'.split(
    ' ',
  );
const GIVEN_M =
  'Aaron Bruno Carlos Dmitri Elias Farid Gustavo Hugo Ivan Jamal José Kwame Liam Mateo Nils Omar Pavel Quentin Rafael Samuel Tomás Ugo Víctor Wendell Xavier Yusuf Zane André Björn Clément'.split(
    ' ',
  );
const TAXONOMIES = ['207Q00000X', '207R00000X', '363LF0000X', '208000000X', '207RC0000X', '363A00000X'];

/** Makes people who were not there before. */
export class People {
  private readonly taken = new Set<string>();
  private count = 0;

  constructor(
    private readonly random: Random,
    private readonly tenant: SimTenant,
    private readonly today: string,
    /** Medical record number of the n-th patient. */
    private readonly mrn: (count: number) => string,
  ) {}

  /** A patient unlike all before. */
  patient(): SimPatient {
    for (;;) {
      const sex = this.random.chance(0.54) ? 'F' : 'M';
      const family = this.random.chance(0.06) ? this.random.pick(COMPOUND) : this.random.pick(FAMILY);
      const given = this.random.pick(sex === 'F' ? GIVEN_F : GIVEN_M);
      const birthDate = addDays(this.today, -this.random.int(1 * 365, 92 * 365));
      const key = `${compareFamilyName(family)}|${compareGivenName(given)}|${birthDate}`;
      if (this.taken.has(key)) continue;
      this.taken.add(key);
      const zip = `${this.tenant.state === 'IL' ? '60' : '14'}${this.random.digits(3)}`;
      return { mrn: this.nextMrn(), family, given, birthDate, sex, zip };
    }
  }

  /** Another person with the same name, birth date and sex. */
  lookAlike(patient: SimPatient): SimPatient {
    return { ...patient, mrn: this.nextMrn(), zip: `${patient.zip.slice(0, 2)}999` };
  }

  private nextMrn(): string {
    this.count += 1;
    return this.mrn(this.count);
  }
}

/** Everybody who prescribes at a tenant. */
export interface Medical {
  /** On the roster on every day of the history. */
  staff: SimPrescriber[];
  /** Left before the history began. */
  former: SimPrescriber[];
  /** On no roster. */
  strangers: SimPrescriber[];
}

function person(random: Random, base: number, affiliations: SimAffiliation[]): SimPrescriber {
  return {
    npi: npiFrom(String(base)),
    family: random.pick(FAMILY),
    given: random.pick(random.chance(0.5) ? GIVEN_F : GIVEN_M),
    taxonomy: random.pick(TAXONOMIES),
    affiliations,
  };
}

/** The prescribers of a tenant. `first` are the first nine digits of their NPIs. */
export function medicalStaff(random: Random, tenant: SimTenant, today: string, first: number): Medical {
  const from = addDays(today, -900);
  let next = first;
  const at = (entity: string, end: string | null = null): SimAffiliation => ({ entity, from, to: end, kind: 'STAFF' });
  const staff: SimPrescriber[] = [];
  for (const entity of tenant.entities) {
    const count = entity.sites.length > 1 ? 14 : 4;
    for (let index = 0; index < count; index += 1) {
      const site = index % 3 === 0 ? random.pick(entity.sites).id : entity.id;
      staff.push(person(random, next++, [at(site)]));
    }
  }
  const [main, other] = tenant.entities;
  // A few work at both hospitals: only they can make one dispense eligible twice.
  if (main !== undefined && other !== undefined)
    for (let index = 0; index < 3; index += 1) staff.push(person(random, next++, [at(main.id), at(other.id)]));
  if (main !== undefined)
    staff.push(
      person(random, next++, [at(main.id), { entity: main.id, from: addDays(today, -200), to: null, kind: 'LOCUM' }]),
    );
  const former = [1, 2, 3].map(() =>
    person(random, next++, main === undefined ? [] : [at(main.id, addDays(today, -120))]),
  );
  const strangers = [1, 2, 3, 4, 5].map(() => person(random, next++, []));
  return { staff, former, strangers };
}

/** Staff whose rows name this entity or one of its sites. */
export function staffOf(medical: Medical, tenant: SimTenant, entity: string): SimPrescriber[] {
  const family = new Set(tenant.entities.find(({ id }) => id === entity)?.sites.map(({ id }) => id));
  return medical.staff.filter(({ affiliations }) => affiliations.some((row) => family.has(row.entity)));
}
