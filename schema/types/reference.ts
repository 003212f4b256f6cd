/** Pharmacies and prescribers of the tenant; entities, sites and drugs as the public sources list them. */
import * as tables from '../../drizzle/tables/index.ts';
import { Column, Few, Id, One, Type, type Ref } from '../declare.ts';
import { DateScalar, DecimalScalar } from '../scalars.ts';

const CURRENT = { known_to: null };

@Type({ table: tables.pharmacy, where: CURRENT, about: 'A pharmacy, as the tenant lists it.' })
export class Pharmacy {
  @Column('ncpdp', () => String, { data: 'REF', required: true, about: 'NCPDP id.' })
  ncpdp!: string;

  @Column('npi', () => String, { data: 'REF', required: true, about: 'NPI.' })
  npi!: string;

  @Column('name', () => String, { data: 'REF', required: true, about: 'Name.' })
  name!: string;

  @Column('state', () => String, { data: 'REF', required: true, about: 'State.' })
  state!: string;

  @Column('address', () => String, { data: 'REF', required: true, about: 'Address.' })
  address!: string;

  @Column('in_house_of', () => String, {
    data: 'REF',
    required: true,
    about: '340B ID whose own pharmacy it is; else empty.',
  })
  inHouseOf!: string;

  @Column('carve_in_reported_for', () => [String], {
    data: 'REF',
    required: true,
    about: '340B IDs for which it is reported for Medicaid carve-in.',
  })
  carveInReportedFor!: string[];
}

@Type({ table: tables.coveredEntity, where: CURRENT, about: 'A covered entity or child site, as OPAIS lists it.' })
export class CoveredEntity {
  @Column('id340b', () => String, { data: 'REF', required: true, about: '340B ID.' })
  id340b!: string;

  @Column('parent340b', () => String, {
    data: 'REF',
    required: true,
    about: '340B ID of the parent; its own for a parent.',
  })
  parent340b!: string;

  @Column('name', () => String, { data: 'REF', required: true, about: 'Name.' })
  name!: string;

  @Column('sub_name', () => String, { data: 'REF', required: true, about: 'Name of the site or division.' })
  subName!: string;

  @Column('entity_type', () => String, { data: 'REF', required: true, about: 'DSH, CAH, CAN, PED, CH, HM ...' })
  entityType!: string;

  @Column('state', () => String, { data: 'REF', required: true, about: 'State.' })
  state!: string;

  @Column('participating', () => Boolean, { data: 'REF', required: true, about: 'Participates.' })
  participating!: boolean;

  @Column('start_date', () => DateScalar, { data: 'REF', about: 'First day of participation.' })
  startDate!: string;

  @Column('termination_date', () => DateScalar, { data: 'REF', about: 'First day that no longer counts.' })
  terminationDate!: string;

  @One(() => CoveredEntity, { on: { id340b: 'parent340b' }, data: 'REF', about: 'Parent entity.' })
  parent!: Ref<CoveredEntity>;
}

@Type({ table: tables.prescriberAffiliation, where: CURRENT, about: 'A row of the roster.' })
export class Affiliation {
  @Column('entity', () => String, { data: 'REF', required: true, about: '340B ID of the entity or site.' })
  entityId!: string;

  @Column('affiliation', () => String, { data: 'REF', required: true, about: 'STAFF, LOCUM or REFERRAL.' })
  kind!: string;

  @Column('valid_from', () => DateScalar, { data: 'REF', about: 'First day.' })
  validFrom!: string;

  @Column('valid_to', () => DateScalar, { data: 'REF', about: 'Last day; null = open.' })
  validTo!: string;
}

@Type({
  table: tables.prescriberAffiliation,
  where: CURRENT,
  about: 'A prescriber, as the latest roster row names them.',
})
export class Prescriber {
  @Column('npi', () => String, { data: 'REF', required: true, about: 'NPI.' })
  npi!: string;

  @Column('family_name', () => String, { data: 'REF', required: true, about: 'Family name.' })
  familyName!: string;

  @Column('given_name', () => String, { data: 'REF', required: true, about: 'Given name.' })
  givenName!: string;

  @Column('taxonomy', () => String, { data: 'REF', required: true, about: 'Taxonomy code.' })
  taxonomy!: string;

  @Few(() => Affiliation, { on: { npi: 'npi' }, data: 'REF', required: true, about: 'All roster rows.' })
  affiliations!: Ref<Affiliation[]>;
}

@Type({
  table: tables.drugPackage,
  where: CURRENT,
  via: { product: { table: tables.drugProduct, on: { product_ndc: 'product_ndc' }, where: CURRENT } },
  about: 'A drug package, as the FDA directory lists it.',
})
export class Drug {
  @Id()
  id!: string;

  @Column('ndc11', () => String, { data: 'REF', required: true, about: 'Eleven digits, 5-4-2.' })
  ndc11!: string;

  @Column('product_ndc', () => String, { data: 'REF', required: true, about: 'Product, nine digits.' })
  productNdc!: string;

  @Column('description', () => String, { data: 'REF', required: true, about: 'Package as described.' })
  description!: string;

  @Column('package_size', () => DecimalScalar, { data: 'REF', about: 'Billing units in a package.' })
  packageSize!: string;

  @Column('unit', () => String, { data: 'REF', required: true, about: 'EA, ML or GM.' })
  unit!: string;

  @Column('name', () => String, { via: 'product', data: 'REF', about: 'Name of the product.' })
  name!: string;

  @Column('labeler_name', () => String, { via: 'product', data: 'REF', about: 'Labeler.' })
  labeler!: string;

  @Column('dosage_form', () => String, { via: 'product', data: 'REF', about: 'Dosage form.' })
  dosageForm!: string;

  @Column('strength', () => String, { via: 'product', data: 'REF', about: 'Strength.' })
  strength!: string;

  @Column('schedule', () => String, { via: 'product', data: 'REF', about: 'CII ... CV, else empty.' })
  schedule!: string;

  @Column('product_type', () => String, { via: 'product', data: 'REF', about: 'HUMAN PRESCRIPTION DRUG ...' })
  productType!: string;
}
