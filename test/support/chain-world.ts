/**
 * A small world for the read tests, written straight into the tables: chains from encounter to invoice line for several
 * tenants whose rows look alike, with missing links, nulls, awkward texts and values outside the enums.
 */
import type { PgTable } from 'drizzle-orm/pg-core';
import * as tables from '../../drizzle/tables/index.ts';
import type { Database } from '../../src/db/client.ts';
import { newId } from '../../src/db/ids.ts';
import { tenantId, type TenantId } from '../../src/db/tenant.ts';
import { caseRows } from './case-rows.ts';
import { messageRows } from './message-rows.ts';
import { day, Dice, insertRows, instant, type RowValues } from './rows.ts';
import { linksBetween, phases, resourcesOf, said } from './chain-people.ts';
import { randomVerdicts, ResultBook } from './verdicts.ts';

const ENTITIES = ['DSH000001', 'BL03074A'];
const PHARMACIES = ['0000011', '0000022', '0000033'];
const DRUGS = ['00093104801', '00093104805', '11111222233'];
const NPIS = ['1000000004', '1000000012'];
const TEXTS = ['plain', 'O\'Brien "the" \\ back', 'line\nbreak\ttab', 'Ünïcødé 🦉', '', '\u0001\u001f'];

/** One tenant of the world and the ids of its rows by table. */
export interface WorldTenant {
  id: TenantId;
  ids: Record<string, string[]>;
}

type Rows = [PgTable, RowValues[]][];

/** Public reference rows, one version each plus one superseded. */
export async function insertReference(owner: Database): Promise<void> {
  const raw = { raw_id: newId(), position: '1', known_from: '2026-01-01T00:00:00Z', ordinal: 1 };
  const entities = [...ENTITIES, `${ENTITIES[0]}A`].map((id, index) => ({
    ...raw,
    id340b: id,
    parent340b: index === 2 ? ENTITIES[0] : id,
    name: `Entity ${TEXTS[index]}`,
    entity_type: 'DSH',
    participating: true,
    start_date: '2010-01-01',
  }));
  const old = { ...entities[0], name: 'superseded', known_to: '2026-01-02T00:00:00Z', ordinal: 2 };
  await insertRows(owner, tables.coveredEntity, [...entities, old]);
  await insertRows(owner, tables.drugProduct, [{ ...raw, product_ndc: '000931048', name: 'Product', schedule: 'CII' }]);
  await insertRows(
    owner,
    tables.drugPackage,
    DRUGS.slice(0, 2).map((ndc11) => ({ ...raw, ndc11, product_ndc: ndc11.slice(0, 9), package_size: '30.000' })),
  );
}

function masterRows(dice: Dice, base: RowValues): Rows {
  const version = { ...base, raw_id: newId(), position: '2', known_from: '2026-01-01T00:00:00Z' };
  const roster = NPIS.flatMap((npi) =>
    [null, '2020-01-01', '2024-06-01'].map((valid_from, ordinal) => ({
      ...version,
      npi,
      entity: dice.pick(ENTITIES),
      family_name: dice.pick(TEXTS),
      valid_from,
      ordinal,
    })),
  );
  const pharmacies = PHARMACIES.slice(0, 2).map((ncpdp, ordinal) => ({
    ...version,
    ncpdp,
    ordinal,
    name: dice.pick(TEXTS),
    carve_in_reported_for: ['DSH000001', 'A,"B'],
  }));
  const feeds = ['alpha', 'beta', 'gamma', 'omega'].map((name, index) => ({
    ...base,
    name,
    kind: 'ehr',
    options: {},
    serves: [...ENTITIES],
    paused: index === 3,
    warn_after_seconds: dice.maybe(3_600),
    error_after_seconds: dice.maybe(86_400),
  }));
  return [
    [tables.prescriberAffiliation, roster],
    [tables.pharmacy, [...pharmacies, { ...pharmacies[0], known_to: '2026-01-03T00:00:00Z', ordinal: 9, name: 'old' }]],
    [tables.feed, feeds],
    [
      tables.policyVersion,
      [{ ...base, id: newId(), valid_from: '2025-01-01', parameters: {}, approved_by: 'a person' }],
    ],
  ];
}

function peopleRows(dice: Dice, base: RowValues, raw: () => RowValues): Rows {
  const patients = Array.from({ length: 4 }, (_, index) => ({
    ...base,
    ...raw(),
    id: newId(),
    source_system: 'epic',
    key: `MR|${index}`,
    family_name: dice.maybe(dice.pick(TEXTS)),
    birth_date: dice.maybe('1970-02-03'),
    sex: 'F',
    sources: said(index),
  }));
  const links = linksBetween(patients).map((link) => ({ ...base, ...link }));
  const { coverages, referrals, consultNotes } = resourcesOf(patients);
  const own = (rows: RowValues[]): RowValues[] => rows.map((row) => ({ ...base, ...row }));
  const identifiers = patients.flatMap((patient, index) =>
    ['1', '2'].map((n) => ({
      ...base,
      patient_id: patient.id,
      authority: 'HOSP',
      type: 'MR',
      value: `${index}00${n}`,
    })),
  );
  const encounters = Array.from({ length: 8 }, (_, index) => ({
    ...base,
    ...raw(),
    id: newId(),
    source_system: 'epic',
    visit_number: `V${index}`,
    patient_id: dice.maybe(dice.pick(patients).id),
    class: 'AMB',
    status: 'ACTIVE',
    started_at: dice.maybe(instant(dice)),
    start_date: dice.maybe(day(dice)),
    site_id340b: dice.maybe(dice.pick([...ENTITIES, `${ENTITIES[0]}A`])),
    attending_npi: dice.maybe(dice.pick([...NPIS, '1999999999'])),
    facility: dice.maybe(dice.pick(TEXTS)),
    history: phases(index),
    sources: said(index),
  }));
  const prescriptions = Array.from({ length: 8 }, (_, index) => ({
    ...base,
    ...raw(),
    id: newId(),
    source_system: 'epic',
    order_number: `O${index}`,
    status: 'ACTIVE',
    encounter_id: dice.maybe(dice.pick(encounters).id),
    patient_id: dice.maybe(dice.pick(patients).id),
    ndc11: dice.maybe(dice.pick(DRUGS)),
    written_date: dice.maybe(day(dice)),
    prescriber_npi: dice.maybe(dice.pick(NPIS)),
    quantity: dice.maybe('30.5'),
  }));
  return [
    [tables.patient, patients],
    [tables.patientIdentifier, identifiers],
    [tables.patientLink, links],
    [tables.encounter, encounters],
    [tables.prescription, prescriptions],
    [tables.coverage, own(coverages)],
    [tables.referral, own(referrals)],
    [tables.consultNote, own(consultNotes)],
  ];
}

/** `patientOf`: patients by their visits and orders. */
function claimRows(
  dice: Dice,
  base: RowValues,
  raw: () => RowValues,
  ids: Record<string, string[]>,
  patientOf: ReadonlyMap<unknown, unknown>,
): Rows {
  const some = (table: string): string => dice.pick(ids[table] ?? []);
  const dispenses = Array.from({ length: 16 }, (_, index) => ({
    ...base,
    ...raw(),
    id: newId(),
    ncpdp: dice.pick(PHARMACIES),
    rx_number: `${1000 + (index >> 1)}`,
    fill_number: index & 1,
    date_of_service: day(dice),
    state: dice.pick(['OPEN', 'REVERSED', 'NEVER_PAID']),
    status: dice.maybe(dice.pick(['ELIGIBLE', 'PENDING', 'HELD', 'INELIGIBLE', 'ODD'])),
    bucket: dice.maybe(dice.pick(['340B', 'GPO'])),
    reason: dice.maybe(dice.pick(['SITE', 'DRUG_COVERED'])),
    entity: dice.maybe(dice.pick(ENTITIES)),
    ndc11: dice.maybe(dice.pick(DRUGS)),
    quantity: dice.maybe('12.345'),
    days_supply: dice.maybe(30),
    unit: 'EA',
    plan_type: 'COMMERCIAL',
    patient_id: dice.maybe(some('patient')),
    encounter_id: dice.maybe(some('encounter')),
    prescription_id: dice.maybe(some('prescription')),
    claim_id: index % 4 ? newId() : null,
    prescriber_id: dice.maybe(dice.pick(NPIS)),
    first_received_at: instant(dice),
  }));
  // As deciding leaves them: a dispense's patient is that of its visit or order.
  for (const [index, dispense] of dispenses.entries()) {
    const [first, second] = index % 3 ? [dispense.encounter_id, dispense.prescription_id] : [dispense.prescription_id];
    const patient = patientOf.get(first) ?? patientOf.get(second);
    if (typeof patient === 'string') dispense.patient_id = patient;
  }
  const book = new ResultBook();
  const determinations = dispenses.flatMap((dispense, index) =>
    ENTITIES.slice(0, 1 + (index % 2)).map((entity) => {
      const own = {
        patient_id: dispense.patient_id,
        encounter_id: dispense.encounter_id,
        claim_id: index % 3 ? null : newId(),
      };
      const claim = own.claim_id ?? dispense.claim_id;
      const known = { claim, patient: own.patient_id, encounter: own.encounter_id, prescription: null };
      return {
        ...base,
        ...own,
        id: newId(),
        dispense_id: dispense.id,
        entity,
        sequence: 1,
        status: dice.pick(['ELIGIBLE', 'HELD', 'ODD']),
        verdicts: `\\x${book.encode(randomVerdicts(dice, TEXTS, known), known)}`,
        policy_version_id: some('policy_version'),
        decided_at: instant(dice),
      };
    }),
  );
  for (const [index, dispense] of dispenses.entries()) {
    const own = determinations.find((determination) => determination.dispense_id === dispense.id);
    Object.assign(dispense, { determination_id: index % 5 === 0 ? null : own?.id });
  }
  const claims = dispenses.flatMap((dispense) =>
    ['B1', 'B2'].slice(0, 1 + dice.below(2)).map((code) => ({
      ...base,
      ...raw(),
      id: newId(),
      transaction_key: newId(),
      code,
      feed: 'beta',
      ncpdp: dispense.ncpdp,
      rx_number: dispense.rx_number,
      fill_number: dispense.fill_number,
      date_of_service: dispense.date_of_service,
      cardholder: dice.pick(TEXTS),
      submission_clarification: ['20', 'x'],
      total_paid: dice.maybe('10.10'),
      patient_family_name: dice.maybe(dice.pick(TEXTS)),
    })),
  );
  return [
    [tables.dispense, dispenses],
    [tables.ruleResult, book.rows.map((row) => ({ ...base, ...row }))],
    [tables.determination, determinations],
    [tables.claimTransaction, claims],
  ];
}

function supplyRows(dice: Dice, base: RowValues, raw: () => RowValues, ids: Record<string, string[]>): Rows {
  const some = (table: string): string => dice.pick(ids[table] ?? []);
  const key = (): RowValues => ({
    entity: dice.pick(ENTITIES),
    ncpdp: dice.pick(PHARMACIES),
    ndc11: dice.pick(DRUGS),
    bucket: '340B',
  });
  const invoices = Array.from({ length: 5 }, (_, index) => ({
    ...base,
    ...raw(),
    ...key(),
    id: newId(),
    wholesaler: 'McK',
    account_number: '77',
    invoice_number: `INV-${index}`,
    kind: 'INVOICE',
    invoice_date: day(dice),
    content_hash: `${index}`,
    total: dice.maybe('100.00'),
    current: index > 0,
  }));
  const lines = invoices.flatMap((invoice, index) =>
    Array.from({ length: 1 + (index % 3) }, (_, ordinal) => ({
      ...base,
      ...raw(),
      ...key(),
      id: newId(),
      invoice_id: invoice.id,
      line_number: `${ordinal}`,
      ordinal,
      packages: '2',
      unit_price: '12.3456',
      quantity: dice.maybe('60'),
      state: 'ALLOCATED',
      current: true,
    })),
  );
  const lineIds = lines.map((line) => line.id);
  // Some allocations name a dispense or a line that is not there: a non-null edge without a row.
  const allocations = Array.from({ length: 14 }, () => ({
    ...base,
    ...key(),
    id: newId(),
    dispense_id: dice.chance(0.7) ? some('dispense') : newId(),
    invoice_line_id: dice.chance(0.7) ? dice.pick(lineIds) : newId(),
    quantity: '10',
    superseded_at: dice.chance(0.2) ? instant(dice) : null,
  }));
  const entries = Array.from({ length: 20 }, (_, index) => ({
    ...base,
    ...key(),
    id: newId(),
    posting: index % 2 ? 'ACCRUE' : 'RECEIVE_DIRECT',
    from_account: 'DISPENSED',
    to_account: 'AVAILABLE',
    quantity: '12.345',
    dispense_id: index % 2 ? some('dispense') : null,
    invoice_line_id: index % 2 ? null : dice.pick(lineIds),
    determination_id: index % 2 ? some('determination') : null,
  }));
  const balances = ENTITIES.flatMap((entity) =>
    PHARMACIES.map((ncpdp, index) => ({
      ...base,
      id: newId(),
      entity,
      ncpdp,
      ndc11: DRUGS[0],
      bucket: '340B',
      available: index === 0 ? '-5' : '5',
    })),
  );
  return [
    [tables.invoice, invoices],
    [tables.invoiceLine, lines],
    [tables.allocation, allocations],
    [tables.accumulatorEntry, entries],
    [tables.accumulatorBalance, balances],
  ];
}

/** Inserts one tenant's rows. The same seed gives rows that look alike but have ids of their own. */
export async function insertTenant(owner: Database, seed: number): Promise<WorldTenant> {
  const dice = new Dice(seed);
  const id = tenantId(newId());
  const base = { tenant_id: id };
  const ids: Record<string, string[]> = {};
  const states = ['alpha', 'beta', 'gamma'].flatMap((feed) =>
    Array.from({ length: 3 }, (_, index) => ({
      ...base,
      raw_id: newId(),
      month: '2026-03-01',
      feed,
      received_at: `2026-03-0${index + 1}T10:00:00.123Z`,
      state: feed === 'gamma' && index === 2 ? 'QUARANTINED' : 'DONE',
      records: 5,
      accepted: 4,
      rejected: 1,
    })),
  );
  const raw = (): RowValues => ({
    raw_id: dice.chance(0.9) ? dice.pick(states).raw_id : newId(),
    position: dice.pick(['PV1.19', 'file:12']),
  });
  const put = async (rows: Rows): Promise<void> => {
    for (const [table, values] of rows) {
      const inserted = await insertRows(owner, table, values);
      ids[tableName(table)] = inserted.map((row) => String(row['id']));
    }
  };
  await insertRows(owner, tables.tenant, [{ id, name: `tenant-${id}`, zone: 'America/Chicago' }]);
  await put([[tables.rawState, states]]);
  await put(messageRows(new Dice(seed), base, states));
  await put(masterRows(dice, base));
  const people = peopleRows(dice, base, raw);
  await put(people);
  const patientOf = new Map(people.flatMap(([, rows]) => rows.map((row) => [row['id'], row['patient_id']])));
  await put(claimRows(dice, base, raw, ids, patientOf));
  await put(supplyRows(dice, base, raw, ids));
  await put(caseRows(dice, base, ids));
  return { id, ids };
}

const tableName = (table: PgTable): string =>
  String((table as unknown as Record<symbol, unknown>)[Symbol.for('drizzle:Name')]);
