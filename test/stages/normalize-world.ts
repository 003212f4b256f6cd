/** What the normalize tests share: a database with two tenants and the public one, payloads of a format whose bytes are records. */
import { createHash } from 'node:crypto';
import { type Format, HeldPayload, type Parsed } from '../../adapters/contract.ts';
import { whole } from '../../adapters/source.ts';
import type { Database } from '../../src/db/client.ts';
import { newId } from '../../src/db/ids.ts';
import type { StageContext, Tenant } from '../../src/db/stage.ts';
import { type TenantId, tenantId, withTenant } from '../../src/db/tenant.ts';
import type {
  CanonicalRecord,
  ClaimRecord,
  InvoiceRecord,
  MasterRecord,
  PatientEvent,
  PrescriptionEvent,
  ReferenceRecord,
  VisitEvent,
} from '../../src/model/records.ts';
import { normalizeStage } from '../../src/normalize/normalize.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

/** A payload of the test format: units as they are, or a way to fail. */
export type TestPayload = { units: Partial<Parsed>[] } | { held: string } | { throws: string };

/** Reads what `payload()` wrote: the records themselves. */
const recordsFormat: Format = {
  name: 'records',
  kind: 'ehr',
  checkOptions: () => [],
  read: whole(function* read(bytes) {
    const payload: TestPayload = JSON.parse(new TextDecoder().decode(bytes));
    if ('held' in payload) throw new HeldPayload('line 9', 'trailer', payload.held);
    if ('throws' in payload) throw new TypeError(payload.throws);
    for (const [index, unit] of payload.units.entries())
      yield { position: `unit ${index + 1}`, records: [], errors: [], ...unit };
  }),
};

/** A payload to receive: records for the test format, or bytes for a real one. */
export interface TestRaw {
  payload: TestPayload | Uint8Array;
  feed?: string;
  receivedAt?: string;
  name?: string;
  rawId?: string;
  /** Default: C-0, C-1, ... of the call. */
  controlId?: string;
}

/** One record per unit. */
export const units = (...records: CanonicalRecord[]): TestPayload => ({
  units: records.map((record) => ({ records: [record] })),
});

/** A feed to declare. */
export interface TestFeed {
  name: string;
  transport?: string;
  format?: string;
  zone?: string;
  options?: Record<string, unknown>;
}

export interface World {
  database: TestDatabase;
  tenants: Tenant[];
  context(name: string, db?: Database): StageContext;
  declare(tenant: string, feed: TestFeed): Promise<void>;
  receive(tenant: string, raws: readonly TestRaw[]): Promise<string[]>;
  /** Runs the stage until nothing waits; answers how many payloads it did. */
  drain(tenant: string): Promise<number>;
  /** Rows as the superuser sees them. */
  rows<Row = Record<string, unknown>>(text: string, params?: readonly unknown[]): Promise<Row[]>;
  /** Changes written since the last call, `KIND key`, sorted. */
  changes(tenant: string): Promise<string[]>;
  tenantId(name: string): string;
  close(): Promise<void>;
}

/** A fresh database with tenants `north`, `south` and `public`, each with the feeds `ehr` (Chicago) and `files`. */
export async function normalizeWorld(formats: Iterable<Format> = []): Promise<World> {
  const database = await testDatabase();
  const tenants = ['north', 'south', 'public'].map((name): Tenant => ({ id: tenantId(newId()), name, zone: 'UTC' }));
  const find = (name: string): Tenant => {
    const tenant = tenants.find((one) => one.name === name);
    if (!tenant) throw new Error(`no tenant ${name}`);
    return tenant;
  };
  for (const { id, name, zone } of tenants) {
    await database.ingest.query('insert into tenant (id, name, title, zone) values ($1, $2, $2, $3)', [id, name, zone]);
    await declareFeed(database, id, { name: 'ehr', transport: 'mllp' });
    await declareFeed(database, id, { name: 'files' });
  }
  const registry = new Map([recordsFormat, ...formats].map((format) => [format.name, format]));
  const context = (name: string, db = database.ingest): StageContext => ({
    db,
    tenant: find(name),
    tenants,
    clock: () => new Date('2026-04-01T00:00:00.000Z'),
    formats: registry,
  });
  const rows = <Row>(text: string, params: readonly unknown[] = []): Promise<Row[]> =>
    database.owner.query<Row>(text, params);
  return {
    database,
    tenants,
    context,
    declare: (tenant, feed) => declareFeed(database, find(tenant).id, feed),
    receive: (tenant, raws) => receive(database, find(tenant), raws),
    drain: async (tenant) => {
      let total = 0;
      for (;;) {
        const done = await normalizeStage.run(context(tenant));
        if (done === 0) return total;
        total += done;
      }
    },
    rows,
    changes: async (tenant) => {
      const found = await rows<{ kind: string; keys: string[] }>(
        'delete from change where tenant_id = $1 returning kind, keys',
        [find(tenant).id],
      );
      return found.flatMap(({ kind, keys }) => keys.map((key) => `${kind} ${key}`.trim())).sort();
    },
    tenantId: (name) => find(name).id,
    close: () => database.close(),
  };
}

/** A feed of the test format unless it says another. */
async function declareFeed(database: TestDatabase, tenant: TenantId, feed: TestFeed): Promise<void> {
  const { name, transport = 'folder', format = 'records', zone = 'America/Chicago', options = {} } = feed;
  await withTenant(database.ingest, tenant, (tx) =>
    tx.query(
      `insert into feed (tenant_id, name, kind, format, transport, source_system, serves, zone, options)
       values ($1, $2, 'ehr', $3, $4, $2, '{}', $5, $6::text::jsonb)`,
      [tenant, name, format, transport, zone, JSON.stringify(options)],
    ),
  );
}

async function receive(database: TestDatabase, tenant: Tenant, raws: readonly TestRaw[]): Promise<string[]> {
  const ids: string[] = [];
  for (const {
    payload,
    feed = 'ehr',
    receivedAt = '2026-03-10T12:00:00.000Z',
    name,
    rawId = newId(),
    ...more
  } of raws) {
    const controlId = more.controlId ?? `C-${ids.length}`;
    const bytes = payload instanceof Uint8Array ? payload : new TextEncoder().encode(JSON.stringify(payload));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await withTenant(database.ingest, tenant.id, async (tx) => {
      await tx.query(
        `insert into raw_message (tenant_id, month, id, feed, name, control_id, received_at, sha256, size_bytes, payload)
         values ($1, '2026-03-01', $2, $3, $4, $5, $6, $7, $8, $9)`,
        [tenant.id, rawId, feed, name ?? `${feed}.json`, controlId, receivedAt, sha256, bytes.length, bytes],
      );
      await tx.query(
        `insert into raw_receipt (tenant_id, feed, control_id, sha256, raw_id, month, received_at)
         values ($1, $2, $3, $4, $5, '2026-03-01', $6) on conflict do nothing`,
        [tenant.id, feed, controlId, sha256, rawId, receivedAt],
      );
      await tx.query(
        `insert into raw_state (tenant_id, raw_id, month, feed, received_at) values ($1, $2, '2026-03-01', $3, $4)`,
        [tenant.id, rawId, feed, receivedAt],
      );
    });
    ids.push(rawId);
  }
  return ids;
}

/** A uuid whose order is its number, for payloads whose ids must be the same in two worlds. */
export const numberedId = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

const MRN = { authority: 'LUNA', type: 'MR', value: 'M1' };

export const patientEvent = (more: Partial<PatientEvent> = {}): PatientEvent => ({
  type: 'patient',
  eventAt: '2026-03-02T15:00:00.000Z',
  controlId: 'P1',
  trigger: 'A04',
  identifiers: [MRN],
  familyName: 'Müller-Ono Jr.',
  givenName: 'Ada',
  birthDate: '1980-01-02',
  sex: 'F',
  ...more,
});

export const visitEvent = (more: Partial<VisitEvent> = {}): VisitEvent => ({
  type: 'visit',
  action: 'OPEN',
  eventAt: '2026-03-02T15:00:00.000Z',
  controlId: 'V1',
  trigger: 'A04',
  visitNumber: 'V-1',
  patientIdentifiers: [MRN],
  patientClass: 'O',
  facility: 'MAIN',
  location: 'CLINIC',
  ...more,
});

export const orderEvent = (more: Partial<PrescriptionEvent> = {}): PrescriptionEvent => ({
  type: 'prescription',
  eventAt: '2026-03-02T16:00:00.000Z',
  controlId: 'O1',
  trigger: 'O11',
  orderNumber: 'ORD-1',
  control: 'NW',
  patientIdentifiers: [MRN],
  visitNumber: 'V-1',
  rxNumber: '000777',
  ndcText: '0093-1048-01',
  writtenDate: '2026-03-02',
  prescriberNpi: '1234567893',
  quantity: '30',
  ...more,
});

export const claim = (more: Partial<ClaimRecord> = {}): ClaimRecord => ({
  type: 'claim',
  code: 'B1',
  responseStatus: 'P',
  providerQualifier: '07',
  providerId: '1234567',
  rxNumber: '777',
  fillNumber: 0,
  dateOfService: '2026-03-05',
  dispensingStatus: '',
  bin: '610000',
  pcn: 'PCN',
  group: 'G',
  cardholder: 'C',
  otherCoverage: 0,
  otherPayers: [],
  adjudicatedAt: '2026-03-05T17:00:00.000Z',
  batchCreatedAt: null,
  batchId: '',
  batchReference: '',
  transactionIndex: 1,
  ordinal: 1,
  ndcText: '00093104801',
  productQualifier: '03',
  quantity: '30.000',
  unit: 'EA',
  daysSupply: 30,
  writtenDate: '2026-03-02',
  prescriberQualifier: '01',
  prescriberId: '1234567893',
  patient: { familyName: 'MULLER', givenName: 'ADA', birthDate: '1980-01-02', sex: 'F', identifier: null },
  compound: false,
  submissionClarification: ['20'],
  basisOfCost: '08',
  amounts: { ingredientCost: '10.00', dispensingFee: '1.00', patientPay: '0.00', totalPaid: '11.00' },
  ...more,
});

export const invoice = (more: Partial<InvoiceRecord> = {}): InvoiceRecord => ({
  type: 'invoice',
  wholesaler: 'ACME',
  accountNumber: 'A-1',
  invoiceNumber: 'I-1',
  invoiceDate: '2026-03-07',
  kind: 'INVOICE',
  originalInvoice: '',
  purchaseOrder: '',
  total: '20.00',
  allowances: '0.00',
  charges: '0.00',
  tax: '0.00',
  createdAt: '2026-03-07T10:00:00.000Z',
  lines: [{ lineNumber: '1', ndcText: '00093104801', packages: '2', unitPrice: '10.00', position: 'ST 1/IT1 1' }],
  ...more,
});

type Pharmacy = Extract<MasterRecord, { kind: 'pharmacy' }>['row'];
export const pharmacy = (more: Partial<Pharmacy> = {}): MasterRecord => ({
  type: 'master',
  kind: 'pharmacy',
  row: {
    ncpdp: '1234567',
    npi: '1111111112',
    dea: '',
    name: 'Main Street Pharmacy',
    state: 'IL',
    opaisPharmacyId: '',
    address: '',
    inHouseOf: '',
    inHouseFrom: null,
    carveInReportedFor: ['DSH123456'],
    feed: '',
    ...more,
  },
});

type Crosswalk = Extract<MasterRecord, { kind: 'locationCrosswalk' }>['row'];
export const crosswalk = (more: Partial<Crosswalk> = {}): MasterRecord => ({
  type: 'master',
  kind: 'locationCrosswalk',
  row: { facility: 'MAIN', location: 'CLINIC', site: 'DSH123456A', from: null, to: null, costReportLine: '', ...more },
});

type Roster = Extract<MasterRecord, { kind: 'prescriberAffiliation' }>['row'];
export const roster = (more: Partial<Roster> = {}): MasterRecord => ({
  type: 'master',
  kind: 'prescriberAffiliation',
  row: {
    npi: '1234567893',
    familyName: 'Doc',
    givenName: 'Tor',
    entity: 'DSH123456',
    from: '2024-01-01',
    to: null,
    taxonomy: '',
    affiliation: 'STAFF',
    ...more,
  },
});

export const orphan = (productNdc: string, designated = true): ReferenceRecord => ({
  type: 'reference',
  kind: 'orphanDesignation',
  row: { productNdc, designated },
});

type Exclusion = Extract<ReferenceRecord, { kind: 'medicaidExclusion' }>['row'];
export const listed = (id340b: string, quarter = '2026Q1', more: Partial<Exclusion> = {}): ReferenceRecord => ({
  type: 'reference',
  kind: 'medicaidExclusion',
  row: { quarter, id340b, state: 'IL', medicaidNumber: '1', npi: '', startDate: null, terminationDate: null, ...more },
});
