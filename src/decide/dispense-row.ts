/** A dispense as its table holds it: the folded claims beside the winning answer. */
import type { FoldedDispense } from './fold-claims.ts';
import type { Gathered } from './gather-facts.ts';
import type { Judgement } from './judge.ts';

/** Columns of `dispense`, by their names in the table. */
export interface DispenseRow {
  id: string;
  ncpdp: string;
  rx_number: string;
  fill_number: number;
  date_of_service: string;
  dispensing_status: string;
  state: string;
  ever_paid: boolean;
  ndc_text: string | null;
  ndc11: string | null;
  quantity: string | null;
  unit: string;
  days_supply: number | null;
  written_date: string | null;
  prescriber_id: string | null;
  bin: string;
  pcn: string;
  payer_group: string;
  plan_type: string;
  first_received_at: string;
  claim_id: string | null;
  patient_id: string | null;
  encounter_id: string | null;
  prescription_id: string | null;
  determination_id: string | null;
  entity: string | null;
  status: string | null;
  bucket: string | null;
  orderable: boolean;
  reason: string | null;
  raw_id: string;
  position: string;
}

/** The columns in the order in which the statements take them. */
export const DISPENSE_COLUMNS = [
  'id',
  'ncpdp',
  'rx_number',
  'fill_number',
  'date_of_service',
  'dispensing_status',
  'state',
  'ever_paid',
  'ndc_text',
  'ndc11',
  'quantity',
  'unit',
  'days_supply',
  'written_date',
  'prescriber_id',
  'bin',
  'pcn',
  'payer_group',
  'plan_type',
  'first_received_at',
  'claim_id',
  'patient_id',
  'encounter_id',
  'prescription_id',
  'determination_id',
  'entity',
  'status',
  'bucket',
  'orderable',
  'reason',
  'raw_id',
  'position',
] as const satisfies readonly (keyof DispenseRow)[];

/** The natural key of a dispense, as text. */
export const identityOf = (
  row: Pick<DispenseRow, 'ncpdp' | 'rx_number' | 'fill_number' | 'date_of_service' | 'dispensing_status'>,
): string => [row.ncpdp, row.rx_number, row.fill_number, row.date_of_service, row.dispensing_status].join('|');

/** The columns of an answer when there is nothing to decide. */
const NO_ANSWER = {
  claim_id: null,
  patient_id: null,
  encounter_id: null,
  prescription_id: null,
  determination_id: null,
  entity: null,
  status: null,
  bucket: null,
  orderable: false,
  reason: null,
} as const;

/** The claim that a dispense is judged by; null unless it is open. */
export const claimOf = (folded: FoldedDispense): string | null => (folded.state === 'OPEN' ? folded.primary.id : null);

/**
 * The row of a dispense that is folded and judged; `winner` null = not open, or the tenant has no entity. The determination's id is
 * known later.
 */
export function dispenseRow(id: string, gathered: Gathered, winner: Judgement | null): DispenseRow {
  const { folded, ndc } = gathered;
  const { primary } = folded;
  const patient = winner?.facts.patient;
  return {
    id,
    ncpdp: folded.ncpdp,
    rx_number: folded.rxNumber,
    fill_number: folded.fillNumber,
    date_of_service: folded.dateOfService,
    dispensing_status: folded.dispensingStatus,
    state: folded.state,
    ever_paid: folded.everPaid,
    ndc_text: primary.ndcText,
    ndc11: ndc.ndc11,
    quantity: primary.quantity,
    unit: primary.unit,
    days_supply: primary.daysSupply,
    written_date: folded.writtenDate,
    prescriber_id: primary.prescriberId,
    bin: primary.bin,
    pcn: primary.pcn,
    payer_group: primary.payerGroup,
    plan_type: gathered.planType,
    first_received_at: primary.receivedAt,
    claim_id: claimOf(folded),
    patient_id: patient?.kind === 'MATCHED' ? patient.patientId : null,
    encounter_id: winner?.visit?.id ?? null,
    prescription_id: winner?.facts.prescription?.id ?? null,
    determination_id: null,
    entity: winner?.entity ?? null,
    status: winner?.status ?? null,
    bucket: winner?.bucket ?? null,
    orderable: winner !== null && winner.orderable && winner.bucket !== null,
    reason: winner?.reason ?? null,
    raw_id: primary.rawId,
    position: primary.position,
  };
}

/** A dispense whose claims are no longer there (its pharmacy was resolved differently): kept for its history only. */
export const deserted = (row: DispenseRow): DispenseRow => ({
  ...row,
  ...NO_ANSWER,
  state: 'NEVER_PAID',
  ever_paid: false,
});

/** True when both rows say the same, whatever the scale of their decimals and the spelling of their instants. */
export function sameDispense(a: DispenseRow, b: DispenseRow): boolean {
  const other = new Map<string, unknown>(Object.entries(b));
  return Object.entries(a).every(([column, value]: [string, unknown]) => {
    const stored = other.get(column);
    if (column === 'first_received_at') return Date.parse(String(value)) === Date.parse(String(stored));
    return (
      value === stored ||
      (column === 'quantity' && value !== null && stored !== null && Number(value) === Number(stored))
    );
  });
}

/** Where a dispense accrues: `entity|ncpdp|ndc11|bucket` as parts, with what it accrues; null = nowhere. */
export function accrualOf(row: DispenseRow | null): { key: [string, string, string, string]; quantity: string } | null {
  if (
    row?.state !== 'OPEN' ||
    row.entity === null ||
    row.ndc11 === null ||
    row.bucket === null ||
    row.quantity === null
  )
    return null;
  return { key: [row.entity, row.ncpdp, row.ndc11, row.bucket], quantity: row.quantity };
}
