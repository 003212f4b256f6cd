/** Tenant `lakeside`: a community health centre whose policy requires the EHR's own prescription. */
import { addDays } from '../../model/calendar.ts';
import { npiFrom } from '../../model/npi.ts';
import { accountsOf, quarterStart, type SimEntity, type SimPharmacy, type SimTenant } from './organisation.ts';

/** 340B IDs and pharmacies that stories name. */
export const LAKESIDE = {
  centre: 'CH0900120',
  inHouse: '5900044',
  harbor: '5900055',
  northgate: '5900066',
} as const;

/** The contract with Northgate ended this many days ago. */
export const NORTHGATE_ENDED_DAYS = 22;

function entities(today: string): SimEntity[] {
  const start = quarterStart(today, 30);
  const site = (id: string, name: string, location: string) => ({ id, name, location, start, termination: null });
  return [
    {
      id: LAKESIDE.centre,
      type: 'CH',
      name: 'Lakeside Community Health Center',
      start,
      termination: null,
      medicaidNumber: '090012001',
      npi: npiFrom('190900121'),
      sites: [
        site(LAKESIDE.centre, 'Lakeside Community Health Center', 'LSMAIN'),
        site('CH090012A', 'Lakeside East', 'LSEAST'),
        site('CH090012B', 'Lakeside School Clinic', 'LSSCHOOL'),
      ],
    },
  ];
}

function pharmacies(today: string): SimPharmacy[] {
  const begin = quarterStart(today, 6);
  const arranged = (termination: string | null) => [{ entity: LAKESIDE.centre, begin, termination }];
  return [
    {
      ncpdp: LAKESIDE.inHouse,
      npi: npiFrom('159000440'),
      name: 'Lakeside Clinic Pharmacy',
      state: 'NY',
      opaisId: '',
      inHouseOf: LAKESIDE.centre,
      arrangements: arranged(null),
      carveInFor: [],
      feed: 'lakeside-rx-claims',
      sendsPatient: true,
    },
    {
      ncpdp: LAKESIDE.harbor,
      npi: npiFrom('159000550'),
      name: 'Harbor Pharmacy',
      state: 'NY',
      opaisId: '880055',
      inHouseOf: '',
      arrangements: arranged(null),
      carveInFor: [],
      feed: 'harbor-claims',
      sendsPatient: true,
    },
    {
      ncpdp: LAKESIDE.northgate,
      npi: npiFrom('159000660'),
      name: 'Northgate Pharmacy',
      state: 'NY',
      opaisId: '880066',
      inHouseOf: '',
      arrangements: arranged(addDays(today, -NORTHGATE_ENDED_DAYS)),
      carveInFor: [],
      feed: 'lakeside-rx-claims',
      sendsPatient: true,
    },
  ];
}

const PLANS: SimTenant['plans'] = [
  { bin: '990061', pcn: 'EMPIRE', group: 'G10', type: 'COMMERCIAL', state: '', name: 'Hudson Benefit', listed: true },
  { bin: '990022', pcn: 'MEDD', group: 'PDP9', type: 'MEDICARE_D', state: '', name: 'Evergreen Part D', listed: true },
  {
    bin: '990066',
    pcn: 'NYFFS',
    group: '',
    type: 'MEDICAID_FFS',
    state: 'NY',
    name: 'New York Medicaid',
    listed: true,
  },
  { bin: '990077', pcn: 'NYMCO', group: '', type: 'MEDICAID_MCO', state: 'NY', name: 'Harborlight Plan', listed: true },
  { bin: '990097', pcn: 'UNSEEN', group: '', type: 'UNKNOWN', state: '', name: '', listed: false },
];

/** The tenant as it stands on `today`. */
export function lakeside(today: string): SimTenant {
  return {
    name: 'lakeside',
    title: 'Lakeside Community Health (synthetic)',
    zone: 'America/New_York',
    state: 'NY',
    policy: { prescriptionOrigin: 'REQUIRED' },
    facility: 'LAKESIDE',
    authority: 'LAKEMRN',
    ehrFeed: 'lakeside-adt',
    fhirFeed: 'lakeside-fhir',
    letter: 'L',
    entities: entities(today),
    pharmacies: pharmacies(today),
    plans: PLANS,
    medicaid: [
      { entity: LAKESIDE.centre, state: 'NY', planType: 'MEDICAID_FFS', decision: 'CARVE_OUT' },
      { entity: LAKESIDE.centre, state: 'NY', planType: 'MEDICAID_MCO', decision: 'CARVE_IN' },
    ],
    manufacturers: [{ labeler: '70606', from: addDays(today, -300), exemptEntityTypes: ['DSH'], designated: [] }],
    accounts: [
      ...accountsOf('MIDWEST', 'lakeside-invoices', 7_200_001, [
        [LAKESIDE.centre, LAKESIDE.inHouse, ['340B', 'GPO']],
        [LAKESIDE.centre, LAKESIDE.harbor, ['340B']],
      ]),
      ...accountsOf('PACSUPPLY', 'pacsupply-invoices', 330_001, [[LAKESIDE.centre, LAKESIDE.northgate, ['340B']]]),
    ],
    unmappedContracts: [{ entity: LAKESIDE.centre, opaisId: '880077', name: 'Pierside Apothecary' }],
    // Carved out by policy although listed: every such claim is a mismatch.
    excluded: [LAKESIDE.centre],
  };
}
