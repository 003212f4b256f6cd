/** Public reference files in their publishers' layouts: OPAIS, FDA directory, Medicaid Exclusion File, orphan designations. */
import { stringify } from 'csv-stringify/sync';
import { addDays, quarterOf } from '../../model/calendar.ts';
import { DRUGS, PACKAGES, type SimDrug } from './drugs.ts';
import type { SimFile } from './feeds.ts';
import { quarterStart, type SimEntity, type SimSite, type SimTenant } from './organisation.ts';

const timestamp = (day: string | null): string | null => (day === null ? null : `${day}T00:00:00.0000000`);

function contracts(entity: SimEntity, tenant: SimTenant, ceId: number) {
  const mapped = tenant.pharmacies
    .filter(({ inHouseOf }) => inHouseOf === '')
    .flatMap((pharmacy) =>
      pharmacy.arrangements
        .filter((row) => row.entity === entity.id)
        .map((row) => ({ opaisId: pharmacy.opaisId, name: pharmacy.name, begin: row.begin, end: row.termination })),
    );
  const unmapped = tenant.unmappedContracts
    .filter((row) => row.entity === entity.id)
    .map((row) => ({ opaisId: row.opaisId, name: row.name, begin: entity.start, end: null }));
  return [...mapped, ...unmapped].map((row, index) => ({
    contractId: ceId * 100 + index,
    pharmacyId: Number(row.opaisId),
    name: row.name,
    address: { addressLine1: 'Synthetic Avenue', city: 'Anytown', state: tenant.state },
    beginDate: timestamp(row.begin),
    terminationDate: timestamp(row.end),
    comments: null,
  }));
}

function coveredEntity(entity: SimEntity, site: SimSite, tenant: SimTenant, ceId: number, today: string) {
  const parent = site.id === entity.id;
  const start = parent ? entity.start : site.start;
  const end = parent ? entity.termination : site.termination;
  return {
    ceId,
    id340B: site.id,
    entityType: entity.type,
    name: entity.name,
    subName: parent ? '' : site.name,
    grantNumber: null,
    participating: end === null || end > today ? 'TRUE' : 'FALSE',
    participatingStartDate: timestamp(start),
    terminationDate: timestamp(end),
    streetAddress: { addressLine1: '1 Synthetic Way', city: 'Anytown', state: tenant.state, zip: '60000' },
    npiNumbers: parent ? [{ npiNumber: entity.npi, state: tenant.state }] : [],
    medicaidNumbers: parent ? [{ medicaidNumber: entity.medicaidNumber, state: tenant.state }] : [],
    contractPharmacies: parent ? contracts(entity, tenant, ceId) : [],
  };
}

function opais(tenants: readonly SimTenant[], today: string): string {
  const sites = tenants.flatMap((tenant) =>
    tenant.entities.flatMap((entity) => entity.sites.map((site) => ({ tenant, entity, site }))),
  );
  const coveredEntities = sites.map(({ tenant, entity, site }, index) =>
    coveredEntity(entity, site, tenant, 90_001 + index, today),
  );
  return JSON.stringify({ coveredEntities }, null, 1);
}

const compact = (day: string): string => day.replaceAll('-', '');
const lines = (rows: readonly (readonly string[])[]): string => rows.map((row) => `${row.join('\t')}\r\n`).join('');

function products(today: string): string {
  const header =
    'PRODUCTID PRODUCTNDC PRODUCTTYPENAME PROPRIETARYNAME PROPRIETARYNAMESUFFIX NONPROPRIETARYNAME DOSAGEFORMNAME ROUTENAME STARTMARKETINGDATE ENDMARKETINGDATE MARKETINGCATEGORYNAME APPLICATIONNUMBER LABELERNAME SUBSTANCENAME ACTIVE_NUMERATOR_STRENGTH ACTIVE_INGRED_UNIT PHARM_CLASSES DEASCHEDULE NDC_EXCLUDE_FLAG LISTING_RECORD_CERTIFIED_THROUGH'.split(
      ' ',
    );
  const end = (drug: SimDrug) => (drug.role === 'DISCONTINUED' ? compact(addDays(today, -60)) : '');
  const rows = DRUGS.map((drug) => {
    const [number = '', unit = ''] = drug.strength.split(' ');
    const type = drug.role === 'OTC' ? 'HUMAN OTC DRUG' : 'HUMAN PRESCRIPTION DRUG';
    const name = drug.name.toLowerCase();
    const start = compact(addDays(today, -2500));
    return [
      `${drug.productNdc}_synthetic`,
      drug.productNdc,
      type,
      drug.name,
      '',
      name,
      drug.form,
      'ORAL',
      start,
      end(drug),
      'ANDA',
      'ANDA000000',
      drug.labelerName,
      drug.name.toUpperCase(),
      number,
      unit,
      '',
      drug.schedule,
      'N',
      '',
    ];
  });
  return lines([header, ...rows]);
}

function packageText(drug: SimDrug): string {
  const inner = drug.unit === 'EA' ? drug.form : drug.unit === 'ML' ? 'mL' : 'g';
  const container = drug.unit === 'GM' ? 'TUBE' : 'BOTTLE';
  if (drug.unit === 'ML')
    return `1 ${container} in 1 CARTON (${drug.packageNdc})  > ${drug.size} ${inner} in 1 ${container}`;
  return `${drug.size} ${inner} in 1 ${container} (${drug.packageNdc})`;
}

function packages(today: string): string {
  const header =
    'PRODUCTID PRODUCTNDC NDCPACKAGECODE PACKAGEDESCRIPTION STARTMARKETINGDATE ENDMARKETINGDATE NDC_EXCLUDE_FLAG SAMPLE_PACKAGE'.split(
      ' ',
    );
  const rows = PACKAGES.map((drug) => {
    const end = drug.role === 'DISCONTINUED' ? compact(addDays(today, -60)) : '';
    const start = compact(addDays(today, -2500));
    return [`${drug.productNdc}_synthetic`, drug.productNdc, drug.packageNdc, packageText(drug), start, end, 'N', 'N'];
  });
  return lines([header, ...rows]);
}

/** Listed entities in every quarter of the last year and a half, this one and the next. */
function exclusions(tenants: readonly SimTenant[], today: string): string {
  const quarters = [-1, 0, 1, 2, 3, 4, 5].map((back) => quarterOf(quarterStart(today, back)));
  const listed = tenants.flatMap((tenant) =>
    tenant.entities
      .filter(({ id }) => tenant.excluded.includes(id))
      .flatMap((entity) =>
        quarters.map((quarter) => [quarter, entity.id, tenant.state, entity.medicaidNumber, entity.npi]),
      ),
  );
  return stringify([['Quarter', '340B ID', 'State', 'Medicaid Number', 'NPI'], ...listed]);
}

const orphans = (): string =>
  stringify([
    ['NDC Product', 'Orphan Designated'],
    ...DRUGS.filter(({ role }) => role === 'ORPHAN').map((drug) => [drug.productNdc, 'Yes']),
  ]);

/** All public files. */
export function referenceFiles(tenants: readonly SimTenant[], today: string): SimFile[] {
  const file = (feed: string, name: string, text: string): SimFile => ({
    feed,
    name,
    bytes: new TextEncoder().encode(text),
    day: today,
  });
  return [
    file('opais', 'OPA_CE_DAILY_PUBLIC.JSON', opais(tenants, today)),
    file('ndc-directory', 'product.txt', products(today)),
    file('ndc-directory', 'package.txt', packages(today)),
    file('exclusion-file', 'medicaid-exclusion-file.csv', exclusions(tenants, today)),
    file('orphan-drugs', 'orphan-designations.csv', orphans()),
  ];
}
