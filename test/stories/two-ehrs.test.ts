/**
 * Two EHRs of one tenant that write the same things differently: assigning authorities and types of numbers, places of the visit
 * number, forms of order numbers, zones of times, messages of merging. Each claim finds its chain in the right one of them.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { buildReadModel } from '../../schema/index.ts';
import { makeScope } from '../../src/access/scope.ts';
import { feedSchema, hubSchema } from '../../src/config/schema.ts';
import '../../src/cli/trace.ts';
import type { Tenant } from '../../src/db/stage.ts';
import { run, statements } from '../../src/db/statement.ts';
import { withTenant } from '../../src/db/tenant.ts';
import { npiFrom } from '../../src/model/npi.ts';
import { ReadCompiler } from '../../src/read/answer.ts';
import { cursorKey } from '../../src/read/cursor.ts';
import { requestOf } from '../../src/read/request.ts';
import { publicData } from '../stages/decide-public-data.ts';
import { NDC } from '../stages/decide-world.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { seededRandom } from '../support/seeded-random.ts';
import {
  contextsOf,
  forgetDerived,
  processPermuted,
  settle,
  stateOf,
  storeFacts,
  type FeedDelivery,
} from '../support/small-hub.ts';

const NOW = new Date('2026-03-12T18:00:00Z');
const CITY = npiFrom('170000001');
const VALLEY = npiFrom('170000002');
/** At the contract pharmacy of DSH1 and at RRC2's own. */
const [CONTRACT, IN_HOUSE] = ['1234567', '7654321'];

/** Epic-like: PV1-19 is a CSN, numbers of type MR, local times, RDE with placer numbers `id^EPC`, A40. */
function epic(index: number, type: string, at: string, ...segments: string[]): FeedDelivery {
  const header = `MSH|^~\\&|EPIC|CITY|HUB|T|${at}||${type}|E${index}|P|2.5.1||||||UNICODE UTF-8`;
  return message('epic', `E${index}`, [header, ...(type.startsWith('ADT') ? [`EVN||${at}`] : []), ...segments]);
}

/** Cerner-like: the FIN of PID-18 names visits, numbers of type MRN, times with offset, ORM with filler numbers only, A34. */
function cerner(index: number, type: string, at: string, ...segments: string[]): FeedDelivery {
  const header = `MSH|^~\\&|HNAM|VALLEY|HUB|T|${at}-0500||${type}|C${index}|P|2.3`;
  return message('cerner', `C${index}`, [header, ...segments]);
}

const message = (feed: string, controlId: string, lines: string[]): FeedDelivery => ({
  feed,
  controlId,
  name: 'mllp',
  bytes: Buffer.from(`${lines.join('\r')}\r`),
});

const epicPid = (mrn: string, more = ''): string =>
  `PID|1||${mrn}^^^CITYMRN^MR~E${mrn}^^^EPI^EPI||ROE^JANE^Q^^^^L||19800203|F|||1 Way^^Town^IL^60601${more}`;
const epicVisit = (csn: string, place: string): string =>
  `PV1|1|O|${place}^ROOM1^^CITY^^^^^Clinic|||^|${CITY}^CITY^DOC^^^^^^NPI^^^^NPI||||||||||||${csn}^^^CSN`;
const cernerPid = (mrn: string, fin: string): string =>
  `PID|1||${mrn}^^^VALLEYMRN^MRN||ROE^JANE||198002030000|F||||||||||${fin}^^^FIN^FIN NBR`;
const cernerVisit = (place: string, start: string, patientClass = 'R'): string =>
  `PV1|1|${patientClass}|${place}^EXAM^1^VALLEY||||${VALLEY}^VALLEY^DOC|||||||||||||||||||||||||||||||||||||${start}-0500`;

const MESSAGES: FeedDelivery[] = [
  // The same person in both EHRs; both use the number 5001, for different visits.
  epic(1, 'ADT^A04', '20260302090000', epicPid('100'), epicVisit('5001', 'CLINIC1')),
  epic(
    2,
    'RDE^O11',
    '20260302091500',
    epicPid('100'),
    epicVisit('5001', 'CLINIC1'),
    `ORC|NW|88^EPC|||||||20260302091500|||${CITY}^CITY^DOC^^^^^^NPI^^^^NPI`,
    `RXE||${NDC}^Drug^NDC||||||||||2|||R-EPIC`,
  ),
  cerner(1, 'ADT^A01', '20260301120000', cernerPid('900', '5001'), cernerVisit('WARD', '20260301120000', 'I')),
  cerner(2, 'ADT^A04', '20260303100000', cernerPid('900', 'F77'), cernerVisit('VALCL', '20260303100000')),
  cerner(
    3,
    'ORM^O01',
    '20260303101000',
    cernerPid('900', 'F77'),
    cernerVisit('VALCL', '20260303100000'),
    `ORC|NW||77^HNAM_ORDERID||||||20260303101000-0500|||${VALLEY}^VALLEY^DOC`,
    `RXO|${NDC}^Drug^NDC||||||||||30||1`,
  ),
  // A second record in each, with the visit behind the second claim, merged as each of them merges.
  epic(3, 'ADT^A04', '20260306090000', epicPid('101'), epicVisit('5002', 'CLINIC1')),
  epic(4, 'ADT^A40^ADT_A39', '20260307080000', epicPid('100'), 'MRG|101^^^CITYMRN^MR~E101^^^EPI^EPI'),
  cerner(4, 'ADT^A04', '20260305140000', cernerPid('901', 'F78'), cernerVisit('VALCL', '20260305140000')),
  cerner(5, 'ADT^A34', '20260307090000', cernerPid('900', 'F77'), 'MRG|901'),
];

const csv = (feed: string, ...lines: string[]): FeedDelivery => ({
  feed,
  controlId: `${feed}-file`,
  name: `${feed}.csv`,
  bytes: Buffer.from(`${lines.join('\n')}\n`),
});

const FILES: FeedDelivery[] = [
  csv(
    'roster',
    'NPI,Last Name,First Name,340B ID,Start,End,Taxonomy',
    `${CITY},City,Doc,DSH1,2020-01-01,,`,
    `${VALLEY},Valley,Doc,RRC2,2020-01-01,,`,
  ),
  csv(
    'places',
    'Facility,EHR Location,340B ID,From,To,Cost Report Line',
    'CITY,CLINIC1,DSH1A,2020-01-01,,',
    'VALLEY,VALCL,RRC2,2020-01-01,,',
    'VALLEY,WARD,RRC2,2020-01-01,,',
  ),
  csv(
    'pharmacies',
    'Feed,NCPDP,NPI,DEA,Name,State,OPAIS Pharmacy Id,Address,In House Of,In House From,Medicaid Carve In Reported For',
    `claims,${CONTRACT},,,Contract,IL,P1,,,,`,
    `claims,${IN_HOUSE},,,Own,IL,,,RRC2,2020-01-01,`,
  ),
  csv('plans', 'BIN,PCN,Group,Plan Type,State,Name,From,To', '610000,,,COMMERCIAL,IL,Plan,,'),
  csv(
    'claims',
    'TXN,NCPDP,RX,FILL,DOS,NDC,QTY,WRITTEN,NPI,BIN,LAST,FIRST,DOB',
    // From the visits that orders name, and from those of the merged records.
    `PAID,${CONTRACT},R1,0,2026-03-03,${NDC},30,2026-03-02,${CITY},610000,ROE,JANE,1980-02-03`,
    `PAID,${IN_HOUSE},R2,0,2026-03-04,${NDC},30,2026-03-03,${VALLEY},610000,ROE,JANE,1980-02-03`,
    `PAID,${CONTRACT},R3,0,2026-03-07,${NDC},30,2026-03-06,${CITY},610000,ROE,JANE,1980-02-03`,
    `PAID,${IN_HOUSE},R4,0,2026-03-07,${NDC},30,2026-03-05,${VALLEY},610000,ROE,JANE,1980-02-03`,
  ),
];

const declared = { tenant: 'town', timezone: 'America/Chicago', source: { manual: true } };
const master = (feed: string, record: string) => ({
  ...declared,
  feed,
  kind: 'master',
  format: { 'master-csv': { record } },
});
const CONFIGURATION = {
  directory: '/',
  hub: hubSchema.parse({ tenants: [{ name: 'town', zone: 'America/Chicago', entities: ['DSH1', 'RRC2'] }] }),
  feeds: [
    { ...declared, feed: 'epic', kind: 'ehr', serves: ['DSH1'], format: { hl7v2: {} } },
    {
      ...declared,
      feed: 'cerner',
      kind: 'ehr',
      serves: ['RRC2'],
      timezone: 'America/New_York',
      format: { hl7v2: { visitNumber: 'PID-18' } },
    },
    master('roster', 'prescriberAffiliation'),
    master('places', 'locationCrosswalk'),
    master('pharmacies', 'pharmacy'),
    master('plans', 'plan'),
    {
      ...declared,
      feed: 'claims',
      kind: 'claims',
      format: {
        'claim-extract': {
          map: {
            status: { from: 'TXN', lookup: { PAID: 'paid' } },
            'pharmacy.ncpdp': 'NCPDP',
            'rx.number': 'RX',
            'fill.number': 'FILL',
            dateOfService: 'DOS',
            ndc: 'NDC',
            quantity: 'QTY',
            dateWritten: 'WRITTEN',
            'prescriber.id': 'NPI',
            'payer.bin': 'BIN',
            'patient.lastName': 'LAST',
            'patient.firstName': 'FIRST',
            'patient.birthDate': 'DOB',
          },
        },
      },
    },
  ].map((feed) => feedSchema.parse(feed)),
};

let database: TestDatabase;
let tenants: Tenant[];
let town: Tenant;
beforeAll(async () => {
  database = await testDatabase();
  await publicData(database.ingest);
  tenants = await storeFacts(database.ingest, CONFIGURATION, [...FILES, ...MESSAGES], new Date('2026-03-08T06:00:00Z'));
  const found = tenants.find(({ name }) => name === 'town');
  if (!found) throw new Error('no tenant');
  town = found;
  await settle(contextsOf(database.ingest, tenants, NOW));
});
afterAll(() => database.close());

const CHAIN = `{ dispenses(first: 9) { nodes {
  rxNumber status
  patient { sourceSystem identifiers { value } linkedFrom { kind patient { identifiers { value } } } }
  encounter { sourceSystem visitNumber siteId class statusHistory { status } sources { trigger values } }
  prescription { number sourceSystem }
} } }`;

interface ChainNode {
  rxNumber: string;
  status: string;
  patient: { sourceSystem: string; identifiers: { value: string }[]; linkedFrom: { kind: string }[] } | null;
  encounter: {
    sourceSystem: string;
    visitNumber: string;
    siteId: string;
    sources: { trigger: string; values: string }[];
  } | null;
  prescription: { number: string; sourceSystem: string } | null;
}

async function chains(): Promise<ChainNode[]> {
  const model = buildReadModel();
  const compiler = new ReadCompiler({ model, db: database.read, cursorKey: cursorKey(), clock: () => NOW });
  const answer = await compiler.answer(
    requestOf(model, parse(CHAIN), null, {}),
    makeScope(town.id, 'story', 'operator'),
  );
  expect(answer.errors).toEqual([]);
  const data: { dispenses: { nodes: ChainNode[] } } = JSON.parse(Buffer.concat(answer.data).toString());
  return data.dispenses.nodes.toSorted((left, right) => (left.rxNumber < right.rxNumber ? -1 : 1));
}

test('every claim finds patient, visit and order in the EHR of its entity, over merged records', async () => {
  expect(await chains()).toMatchObject([
    {
      rxNumber: 'R1',
      status: 'ELIGIBLE',
      patient: { sourceSystem: 'epic', linkedFrom: [{ kind: 'MERGE' }] },
      encounter: { sourceSystem: 'epic', visitNumber: '5001', siteId: 'DSH1A', class: 'AMB' },
      prescription: { sourceSystem: 'epic', number: '88' },
    },
    {
      rxNumber: 'R2',
      status: 'ELIGIBLE',
      patient: { sourceSystem: 'cerner', linkedFrom: [{ kind: 'MERGE' }] },
      encounter: { sourceSystem: 'cerner', visitNumber: 'F77', siteId: 'RRC2', class: 'AMB' },
      prescription: { sourceSystem: 'cerner', number: '77' },
    },
    { rxNumber: 'R3', status: 'ELIGIBLE', encounter: { visitNumber: '5002' }, prescription: null },
    { rxNumber: 'R4', status: 'ELIGIBLE', encounter: { visitNumber: 'F78' }, prescription: null },
  ]);
});

test('each value names the field where that EHR has it', async () => {
  const [fromEpic, fromCerner] = await chains();
  const said = (chain: ChainNode | undefined): string =>
    chain?.encounter?.sources.map(({ values }) => values).join(', ') ?? '';
  expect(said(fromEpic)).toContain('startedAt EVN-2');
  expect(said(fromCerner)).toContain('startedAt PV1-44');
});

test('hub trace shows the message, segment and field of each value', async () => {
  const statement = statements().find(({ name }) => name === 'cli/trace-dispenses');
  if (!statement) throw new Error('no such statement');
  const rows = await withTenant(database.ingest, town.id, async (tx) => {
    const dispenses = await tx.query<{ id: string }>('select id from dispense where tenant_id = $1', [town.id]);
    return run<{ trace: { prescription: { sources: { message: string; values: string }[] } | null } }>(tx, statement, [
      town.id,
      dispenses.map(({ id }) => id),
    ]);
  });
  const sources = rows.flatMap(({ trace }) => trace.prescription?.sources ?? []);
  expect(sources.map((source) => source.message).sort()).toEqual(['cerner message 1', 'epic message 1']);
  expect(sources.find((source) => source.message.startsWith('cerner'))?.values).toContain('ndcText RXO-1');
  expect(sources.find((source) => source.message.startsWith('epic'))?.values).toContain('rxNumber RXE-15');
});

test.each([1, 2, 3])('in any order of processing (seed %i)', async (seed) => {
  const expected = await chains();
  const { digest } = await stateOf(database.ingest, tenants);
  await forgetDerivedButReference();
  await processPermuted(contextsOf(database.ingest, tenants, NOW), seededRandom(seed));
  expect(await chains()).toEqual(
    expected.map((chain) => expect.objectContaining({ rxNumber: chain.rxNumber, status: 'ELIGIBLE' })),
  );
  expect((await stateOf(database.ingest, tenants)).digest).toBe(digest);
});

/** The public rows of this story come from no file. */
async function forgetDerivedButReference(): Promise<void> {
  await forgetDerived(database.owner);
  await publicData(database.ingest);
}
