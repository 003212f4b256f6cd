/** A small world of facts for the deciding stages: rows as normalize stores them, each written together with its change. */
import { newId } from '../../src/db/ids.ts';
import type { Database, Transaction } from '../../src/db/client.ts';
import type { Change } from '../../src/db/changes.ts';
import type { Stage, StageContext, Tenant } from '../../src/db/stage.ts';
import { tenantId, withTenant } from '../../src/db/tenant.ts';
import { decideStage } from '../../src/decide/decide.ts';
import { markStage } from '../../src/decide/mark.ts';
import { exceptionStage } from '../../src/monitor/exceptions.ts';
import type { Policy } from '../../src/model/policy.ts';
import { verdictRows } from '../support/verdicts.ts';

export const NDC = '00093104801';
export const PHARMACY = '1234567';
export const IN_HOUSE = '7654321';
export const NPI = '1000000004';
export const RECEIVED = '2026-03-11T08:00:00.000Z';
export const STAGES: Stage[] = [markStage, decideStage, exceptionStage];

type Row = Record<string, unknown>;

/** Inserts rows by column name. */
export async function insert(tx: Transaction, table: string, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).join(', ');
  await tx.query(
    `insert into ${table} (${columns}) select ${columns} from json_populate_recordset(null::${table}, $1::json)`,
    [JSON.stringify(rows)],
  );
}

const provenance = () => ({ raw_id: newId(), position: 'line 1' });
/** Version columns of master and reference rows, known since the receipt. */
export const version = () => ({ known_from: RECEIVED, known_to: null, ordinal: 0, ...provenance() });

/** One tenant and its facts. */
export class World {
  readonly tenant: Tenant;
  readonly db: Database;
  now = '2026-03-12T12:00:00.000Z';

  constructor(db: Database, name: string) {
    this.db = db;
    this.tenant = { id: tenantId(newId()), name, zone: 'America/Chicago' };
  }

  /** Writes facts and what they change in one transaction, as normalize does. */
  async fact(changes: Change[], write: (tx: Transaction, own: Row) => Promise<void>): Promise<void> {
    const own = { tenant_id: this.tenant.id };
    await withTenant(this.db, this.tenant.id, async (tx) => {
      await write(tx, own);
      if (changes.length > 0)
        await insert(
          tx,
          'change',
          changes.map(({ kind, key }) => ({ ...own, id: newId(), kind, keys: [key] })),
        );
    });
  }

  get context(): StageContext {
    return {
      db: this.db,
      tenant: this.tenant,
      tenants: [this.tenant],
      clock: () => new Date(this.now),
      formats: new Map(),
    };
  }

  /** Runs the stages until nothing waits. */
  async settle(stages: readonly Stage[] = STAGES): Promise<void> {
    for (let done = 1; done > 0;) {
      done = 0;
      for (const stage of stages) done += await stage.run(this.context);
    }
  }

  query<R = Row>(text: string, params: unknown[] = []): Promise<R[]> {
    return withTenant(this.db, this.tenant.id, (tx) => tx.query<R>(text, [this.tenant.id, ...params]));
  }

  /** Tenant, entity DSH1 (another parent on request), EHR feed, policy. */
  async setUp(policy: Partial<Policy> = {}, entities: string[] = ['DSH1']): Promise<this> {
    await this.db.query('insert into tenant (id, name, title, zone) values ($1, $2, $2, $3)', [
      this.tenant.id,
      this.tenant.name,
      this.tenant.zone,
    ]);
    await this.fact([{ kind: 'ALL', key: '' }], async (tx, own) => {
      await insert(
        tx,
        'tenant_entity',
        entities.map((id340b) => ({ ...own, id340b })),
      );
      await insert(tx, 'feed', [
        {
          ...own,
          name: 'adt',
          kind: 'ehr',
          format: 'hl7v2',
          transport: 'mllp',
          source_system: 'EHR',
          serves: entities,
          zone: this.tenant.zone,
          options: {},
          error_after_seconds: null,
          paused: false,
        },
      ]);
      await insert(tx, 'policy_version', [
        {
          ...own,
          id: newId(),
          valid_from: '2020-01-01',
          parameters: policy,
          approved_by: 'test',
          known_from: RECEIVED,
        },
      ]);
    });
    return this;
  }

  pharmacy(ncpdp: string, values: Row = {}): Promise<void> {
    const row = {
      npi: '',
      dea: '',
      name: 'Pharmacy',
      state: 'IL',
      opais_pharmacy_id: ncpdp === PHARMACY ? 'P1' : '',
      address: '',
      in_house_of: ncpdp === IN_HOUSE ? 'DSH1' : '',
      in_house_from: null,
      carve_in_reported_for: [],
      feed: 'rx',
      ...values,
    };
    return this.fact([{ kind: 'PHARMACY', key: ncpdp }], (tx, own) =>
      insert(tx, 'pharmacy', [{ ...own, id: newId(), ncpdp, ...row, ...version() }]),
    );
  }

  roster(npi: string, from: string | null, to: string | null, entity = 'DSH1A'): Promise<void> {
    return this.fact([{ kind: 'ROSTER', key: npi }], async (tx, own) => {
      await tx.query(
        'update prescriber_affiliation set known_to = $3 where tenant_id = $1 and npi = $2 and valid_from is not distinct from $4 and known_to is null',
        [this.tenant.id, npi, RECEIVED, from],
      );
      await insert(tx, 'prescriber_affiliation', [
        {
          ...own,
          id: newId(),
          npi,
          entity,
          family_name: 'A',
          given_name: 'B',
          taxonomy: '',
          affiliation: 'STAFF',
          valid_from: from,
          valid_to: to,
          ...version(),
        },
      ]);
    });
  }

  plan(bin: string, planType: string, state = 'IL'): Promise<void> {
    return this.fact([{ kind: 'PLAN', key: bin }], (tx, own) =>
      insert(tx, 'plan', [
        {
          ...own,
          id: newId(),
          bin,
          pcn: '',
          payer_group: '',
          plan_type: planType,
          state,
          name: '',
          valid_from: null,
          valid_to: null,
          ...version(),
        },
      ]),
    );
  }

  /** A patient; its id. */
  async patient(
    values: { family?: string; given?: string; birthDate?: string; value?: string; source?: string } = {},
  ): Promise<string> {
    const id = newId();
    const { family = 'ROE', given = 'JANE', birthDate = '1980-02-03', value = id, source = 'EHR' } = values;
    await this.fact([{ kind: 'PATIENT', key: id }], async (tx, own) => {
      await insert(tx, 'patient', [
        {
          ...own,
          id,
          source_system: source,
          key: `H|MR|${value}`,
          family_name: family,
          given_name: given,
          family_compare: family,
          given_compare: given,
          birth_date: birthDate,
          sex: 'F',
          ...provenance(),
        },
      ]);
      await insert(tx, 'patient_identifier', [{ ...own, patient_id: id, authority: 'H', type: 'MR', value }]);
      await insert(tx, 'ehr_event', [
        {
          ...own,
          source_system: source,
          kind: 'PATIENT',
          key: `H|MR|${value}`,
          event_at: RECEIVED,
          control_id: id,
          trigger: 'A04',
          received_at: RECEIVED,
          body: {
            familyName: family,
            givenName: given,
            birthDate,
            identifiers: [{ authority: 'H', type: 'MR', value }],
          },
          ...provenance(),
        },
      ]);
    });
    return id;
  }

  /** Joins two patient records; the first is part of the second. `undone` takes the edge away again. */
  async merge(patientId: string, otherId: string, kind: 'MERGE' | 'LINK' | 'undone' = 'MERGE'): Promise<void> {
    const changes = [patientId, otherId].map((key): Change => ({ kind: 'PATIENT', key }));
    await this.fact(changes, async (tx, own) => {
      if (kind !== 'undone')
        await insert(tx, 'patient_link', [
          { ...own, patient_id: patientId, other_id: otherId, kind, since: RECEIVED, ...provenance() },
        ]);
      else
        await tx.query('delete from patient_link where tenant_id = $1 and patient_id = $2 and other_id = $3', [
          this.tenant.id,
          patientId,
          otherId,
        ]);
    });
  }

  /** A visit; its id. */
  async visit(patientId: string, startDate: string, values: Row = {}): Promise<string> {
    const id = newId();
    await this.fact([{ kind: 'VISIT', key: id }], (tx, own) =>
      insert(tx, 'encounter', [
        {
          ...own,
          id,
          source_system: 'EHR',
          visit_number: `V${id}`,
          patient_id: patientId,
          class: 'AMB',
          status: 'ACTIVE',
          started_at: `${startDate}T15:00:00Z`,
          start_date: startDate,
          facility: 'H',
          location: 'CLINIC',
          site_id340b: 'DSH1A',
          ...provenance(),
          ...values,
        },
      ]),
    );
    return id;
  }

  /** An order; its id. */
  async order(patientId: string, values: Row = {}): Promise<string> {
    const id = newId();
    await this.fact([{ kind: 'PRESCRIPTION', key: id }], (tx, own) =>
      insert(tx, 'prescription', [
        {
          ...own,
          id,
          source_system: 'EHR',
          order_number: `O${id}`,
          status: 'ACTIVE',
          patient_id: patientId,
          rx_number: '77',
          ndc_text: NDC,
          ndc11: NDC,
          written_date: '2026-03-01',
          prescriber_npi: NPI,
          ...provenance(),
          ...values,
        },
      ]),
    );
    return id;
  }

  /** A paid B1 unless told otherwise. */
  async claim(values: Row = {}): Promise<void> {
    const id = newId();
    const row = {
      transaction_key: id,
      feed: 'rx',
      received_at: RECEIVED,
      ncpdp: PHARMACY,
      provider_qualifier: '07',
      provider_id: PHARMACY,
      code: 'B1',
      response_status: 'P',
      rx_number: '77',
      fill_number: 0,
      date_of_service: '2026-03-10',
      dispensing_status: '',
      bin: '610000',
      pcn: 'A',
      payer_group: 'G',
      cardholder: '',
      other_coverage: 0,
      other_payers: [],
      adjudicated_at: '2026-03-10T15:00:00Z',
      batch_id: '',
      batch_reference: '',
      transaction_index: 1,
      ordinal: 1,
      ndc_text: NDC,
      quantity: '30.000',
      unit: 'EA',
      written_date: '2026-03-01',
      prescriber_qualifier: '01',
      prescriber_id: NPI,
      family_compare: 'ROE',
      given_compare: 'JANE',
      patient_birth_date: '1980-02-03',
      patient_sex: 'F',
      compound: false,
      submission_clarification: [],
      basis_of_cost: '',
      total_paid: '12.50',
      ...values,
    };
    await this.fact([{ kind: 'CLAIM', key: `${row.ncpdp}|${row.rx_number}` }], (tx, own) =>
      insert(tx, 'claim_transaction', [{ ...own, id, ...row, ...provenance() }]),
    );
  }

  /** The answers by natural key, without ids and times. */
  answers(): Promise<Row[]> {
    return this.query(
      `select d.ncpdp, d.rx_number, d.fill_number, d.date_of_service, d.state, d.ndc11, d.quantity, d.written_date, d.entity, d.status, d.bucket, d.orderable, d.reason,
         (select json_agg(json_build_array(t.entity, t.status, t.reason, t.bucket, t.winning, t.provisional, (select json_agg(json_build_array(v.rule, v.answer, v.reason)) from ${verdictRows('t')})) order by t.entity)
          from determination t where t.tenant_id = $1 and t.dispense_id = d.id and t.current) as determinations
       from dispense d where d.tenant_id = $1 order by d.ncpdp, d.rx_number, d.fill_number, d.date_of_service`,
    );
  }

  /** Open cases as `CODE subject`. */
  async cases(): Promise<string[]> {
    const rows = await this.query<{ code: string; subject: string }>(
      `select code, subject from exception_case where tenant_id = $1 and state = 'OPEN' order by code, subject`,
    );
    return rows.map((row) => `${row.code} ${row.subject}`);
  }
}
