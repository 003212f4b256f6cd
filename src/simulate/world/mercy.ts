/** Tenant `mercy`: a disproportionate-share hospital with child sites, a rural hospital, a clinic whose grant ended. */
import { addDays } from '../../model/calendar.ts';
import { npiFrom } from '../../model/npi.ts';
import { accountsOf, quarterStart, type SimEntity, type SimPharmacy, type SimTenant } from './organisation.ts';

/** 340B IDs and pharmacies that stories name. */
export const MERCY = {
  hospital: 'DSH990012',
  rural: 'RRC990034',
  ended: 'STD990560',
  inHouse: '5900011',
  riverside: '5900022',
  cornercare: '5900033',
} as const;

function entities(today: string): SimEntity[] {
  const start = quarterStart(today, 20);
  const site = (id: string, name: string, location: string, from = start) => ({
    id,
    name,
    location,
    start: from,
    termination: null,
  });
  return [
    {
      id: MERCY.hospital,
      type: 'DSH',
      name: 'Mercy General Hospital',
      start,
      termination: null,
      medicaidNumber: '990012001',
      npi: npiFrom('199001201'),
      sites: [
        site(MERCY.hospital, 'Mercy General Hospital', '4WEST'),
        site('DSH990012A', 'Main Street Clinic', 'MAINCL'),
        site('DSH990012B', 'Mercy Specialty Center', 'SPECCL'),
        site('DSH990012C', 'Mercy Heart Clinic', 'HEARTCL'),
        // Opened, but its registration takes effect on the first day of the next quarter.
        site('DSH990012D', 'Mercy North Clinic', 'NORTHCL', quarterStart(today, -1)),
      ],
    },
    {
      id: MERCY.rural,
      type: 'RRC',
      name: 'Mercy Valley Regional Hospital',
      start,
      termination: null,
      medicaidNumber: '990034001',
      npi: npiFrom('199003401'),
      sites: [
        site(MERCY.rural, 'Mercy Valley Regional Hospital', 'VALLEY'),
        site('RRC990034A', 'Valley Clinic', 'VALCL'),
      ],
    },
    {
      id: MERCY.ended,
      type: 'STD',
      name: 'Mercy Sexual Health Clinic',
      start,
      termination: addDays(today, -26),
      medicaidNumber: '990560001',
      npi: npiFrom('199056001'),
      sites: [site(MERCY.ended, 'Mercy Sexual Health Clinic', 'SHCL')],
    },
  ];
}

function pharmacies(today: string): SimPharmacy[] {
  const begin = quarterStart(today, 8);
  const arranged = (...ids: string[]) => ids.map((entity) => ({ entity, begin, termination: null }));
  return [
    {
      ncpdp: MERCY.inHouse,
      npi: npiFrom('159000110'),
      name: 'Mercy Outpatient Pharmacy',
      state: 'IL',
      opaisId: '',
      inHouseOf: MERCY.hospital,
      arrangements: arranged(MERCY.hospital),
      carveInFor: [],
      feed: 'mercy-rx-claims',
      sendsPatient: true,
    },
    {
      ncpdp: MERCY.riverside,
      npi: npiFrom('159000220'),
      name: 'Riverside Drug',
      state: 'IL',
      opaisId: '880022',
      inHouseOf: '',
      arrangements: arranged(MERCY.hospital, MERCY.rural),
      carveInFor: [],
      feed: 'riverside-claims',
      sendsPatient: true,
    },
    {
      ncpdp: MERCY.cornercare,
      npi: npiFrom('159000330'),
      name: 'Corner Care Pharmacy',
      state: 'IL',
      opaisId: '880033',
      inHouseOf: '',
      arrangements: arranged(MERCY.hospital, MERCY.ended),
      carveInFor: [],
      feed: 'cornercare-claims',
      sendsPatient: false,
    },
  ];
}

const PLANS: SimTenant['plans'] = [
  {
    bin: '990011',
    pcn: 'COMM',
    group: 'PRAIRIE1',
    type: 'COMMERCIAL',
    state: '',
    name: 'Prairie Mutual',
    listed: true,
  },
  {
    bin: '990011',
    pcn: 'COMM',
    group: 'PRAIRIE2',
    type: 'COMMERCIAL',
    state: '',
    name: 'Prairie Mutual',
    listed: true,
  },
  { bin: '990012', pcn: 'GOLD', group: '', type: 'COMMERCIAL', state: '', name: 'Goldleaf Health', listed: true },
  { bin: '990022', pcn: 'MEDD', group: 'PDP7', type: 'MEDICARE_D', state: '', name: 'Evergreen Part D', listed: true },
  {
    bin: '990033',
    pcn: 'ILFFS',
    group: '',
    type: 'MEDICAID_FFS',
    state: 'IL',
    name: 'Illinois Medicaid',
    listed: true,
  },
  {
    bin: '990044',
    pcn: 'ILMCO',
    group: '',
    type: 'MEDICAID_MCO',
    state: 'IL',
    name: 'Lantern Community Plan',
    listed: true,
  },
  {
    bin: '990055',
    pcn: 'WIFFS',
    group: '',
    type: 'MEDICAID_FFS',
    state: 'WI',
    name: 'Wisconsin Medicaid',
    listed: true,
  },
  { bin: '990098', pcn: 'NEWPLAN', group: 'X1', type: 'UNKNOWN', state: '', name: '', listed: false },
  { bin: '990099', pcn: 'DISC', group: '', type: 'UNKNOWN', state: '', name: '', listed: false },
];

/** The tenant as it stands on `today`. */
export function mercy(today: string): SimTenant {
  return {
    name: 'mercy',
    title: 'Mercy Health (synthetic)',
    zone: 'America/Chicago',
    state: 'IL',
    policy: {},
    facility: 'MERCY',
    authority: 'MERCYMRN',
    ehrFeed: 'mercy-adt',
    letter: 'M',
    entities: entities(today),
    pharmacies: pharmacies(today),
    plans: PLANS,
    medicaid: [
      { entity: MERCY.hospital, state: 'IL', planType: 'MEDICAID_FFS', decision: 'CARVE_IN' },
      { entity: MERCY.hospital, state: 'IL', planType: 'MEDICAID_MCO', decision: 'CARVE_OUT' },
      { entity: MERCY.rural, state: 'IL', planType: 'MEDICAID_FFS', decision: 'CARVE_IN' },
      { entity: MERCY.rural, state: 'IL', planType: 'MEDICAID_MCO', decision: 'CARVE_OUT' },
    ],
    manufacturers: [
      {
        labeler: '70606',
        from: addDays(today, -400),
        exemptEntityTypes: ['CH'],
        designated: [`${MERCY.hospital}:${MERCY.cornercare}`],
      },
    ],
    accounts: [
      ...accountsOf('MIDWEST', 'mercy-invoices', 7_100_001, [
        [MERCY.hospital, MERCY.inHouse, ['340B', 'WAC', 'GPO']],
        [MERCY.hospital, MERCY.riverside, ['340B']],
        [MERCY.hospital, MERCY.cornercare, ['340B']],
        [MERCY.rural, MERCY.riverside, ['340B']],
      ]),
    ],
    unmappedContracts: [],
    // The rural hospital carves in by policy but was never listed.
    excluded: [MERCY.hospital],
  };
}
