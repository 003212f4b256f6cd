/**
 * Where each table lives and who may touch it: the one declaration from which row-level security, grants and the
 * scale-out test are made. A table that is missing here makes the start-up self-check refuse to serve.
 */

/** tenant = distributed by tenant_id, row-level security forced; reference = public data; local = coordinator only. */
export interface TableRule {
  kind: 'tenant' | 'reference' | 'local';
  /** append = the runtime may only SELECT and INSERT; state = all four. */
  access: 'append' | 'state';
  /** SELECT for the role that answers GraphQL; a list = of these columns only. */
  readable: boolean | readonly string[];
  /** SELECT for the monitor role: nothing that could carry a patient's value. */
  monitor: boolean;
}

const tenant = (access: TableRule['access'], readable: TableRule['readable'] = true, monitor = false): TableRule => ({
  kind: 'tenant',
  access,
  readable,
  monitor,
});
const reference = (): TableRule => ({ kind: 'reference', access: 'state', readable: true, monitor: false });
const local = (readable = false): TableRule => ({ kind: 'local', access: 'state', readable, monitor: false });
const work = (): TableRule => tenant('state', false, true);

export const REGISTRY: Record<string, TableRule> = {
  tenant: { kind: 'reference', access: 'state', readable: true, monitor: true },
  tenant_entity: tenant('state'),
  feed: tenant('state', true, true),
  feed_cursor: tenant('state', false, true),
  // Never the bytes: whole messages are handed out one by one, to roles that may see a patient's data (src/messages).
  raw_message: tenant('append', [
    'tenant_id',
    'month',
    'id',
    'feed',
    'name',
    'control_id',
    'received_at',
    'sha256',
    'size_bytes',
  ]),
  // Pieces of a transfer that broke off are deleted.
  raw_chunk: tenant('state', false),
  raw_receipt: tenant('append', false),
  raw_state: tenant('state', true, true),
  record_error: tenant('state'),
  message_edit: tenant('append'),
  message_replay: tenant('state'),
  ehr_event: tenant('state', false),
  patient: tenant('state'),
  patient_identifier: tenant('state'),
  patient_link: tenant('state'),
  encounter: tenant('state'),
  prescription: tenant('state'),
  coverage: tenant('state'),
  referral: tenant('state'),
  consult_note: tenant('state'),
  claim_transaction: tenant('state'),
  claim_response: tenant('state'),
  dispense: tenant('state'),
  rule_result: tenant('append'),
  determination: tenant('state'),
  change: work(),
  decision_work: work(),
  accumulator_work: work(),
  invoice_work: work(),
  allocation_work: work(),
  exception_work: work(),
  accumulator_entry: tenant('append'),
  accumulator_balance: tenant('state'),
  allocation: tenant('state'),
  invoice: tenant('state'),
  invoice_line: tenant('state'),
  order_document: tenant('state'),
  edi_acknowledgement: tenant('state'),
  edi_group: tenant('state', false),
  edi_interchange: tenant('append'),
  data_import: tenant('state'),
  data_snapshot: tenant('state', false),
  data_sighting: tenant('append', false),
  import_effect: tenant('state'),
  exception_cause: tenant('state'),
  exception_case: tenant('state'),
  prescriber_affiliation: tenant('state'),
  location_crosswalk: tenant('state'),
  pharmacy: tenant('state'),
  plan: tenant('state'),
  medicaid_policy: tenant('state'),
  manufacturer_policy: tenant('state'),
  wholesaler_account: tenant('state'),
  drug_price: tenant('state'),
  fee_schedule: tenant('state'),
  policy_version: tenant('state'),
  covered_entity: reference(),
  contract_pharmacy: reference(),
  medicaid_number: reference(),
  medicaid_exclusion: reference(),
  drug_product: reference(),
  drug_package: reference(),
  orphan_designation: reference(),
  nadac_price: reference(),
  hcpcs_ndc: reference(),
  feed_decision: tenant('append'),
  // Never the bytes.
  outbound_file: tenant('state', [
    'tenant_id',
    'id',
    'feed',
    'name',
    'sha256',
    'size_bytes',
    'state',
    'attempts',
    'detail',
    'created_at',
    'created_by',
    'sent_at',
    'partner',
    'functional_code',
    'control_number',
    'expects_acknowledgement',
    'acknowledged_at',
  ]),
  feed_listener: tenant('state', true, true),
  feed_sender: tenant('state'),
  lease: local(),
  api_key: local(true),
  schema_migration: local(true),
};
