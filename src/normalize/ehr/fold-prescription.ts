/** A prescription is what the statements about its order number add up to. Pure. */
import { Decimal } from 'decimal.js';
import { readNdc } from '../../model/ndc.ts';
import type { PrescriptionEvent, VisitLinkEvent } from '../../model/records.ts';
import { comparableRxNumber } from '../rx-number.ts';
import { type StoredEvent, inEventOrder, patientKey } from './event.ts';
import { type Source, Sources, restate } from './sources.ts';

/** Columns of `prescription` that follow from the statements; keys instead of ids of patient and encounter. */
export interface PrescriptionState {
  status: 'ACTIVE' | 'CANCELLED';
  patientKey: string | null;
  visitNumber: string | null;
  /** Normalised (12.15). */
  rxNumber: string | null;
  ndcText: string | null;
  /** Null unless the text alone tells it. */
  ndc11: string | null;
  drugName: string | null;
  writtenDate: string | null;
  prescriberNpi: string | null;
  /** Three decimals. */
  quantity: string | null;
  refills: string | null;
  sources: Source[];
  /** Provenance of the latest statement. */
  rawId: string;
  position: string;
}

/** ORC-1: cancel request, cancelled, discontinue (12.28). */
const CANCELS = new Set(['CA', 'OC', 'DC']);
/** ORC-1: new order, replacement order. Only these bring a cancelled order back. */
const ORDERS = new Set(['NW', 'RO']);

function statusOf(ordered: readonly StoredEvent<PrescriptionEvent>[], sources: Sources): PrescriptionState['status'] {
  let cancelled = false;
  for (const stored of ordered) {
    const cancels = CANCELS.has(stored.event.control);
    if (!cancels && !ORDERS.has(stored.event.control)) continue;
    cancelled = cancels;
    sources.said('status', stored);
  }
  return cancelled ? 'CANCELLED' : 'ACTIVE';
}

function ndcOf(text: string | null): string | null {
  const reading = text === null ? undefined : readNdc(text);
  return reading?.kind === 'EXACT' ? reading.ndc11 : null;
}

/** Folds all statements about one order; undefined when there are none. `moves`: of the visit that it names, with its patient. */
export function foldPrescription(
  events: readonly StoredEvent<PrescriptionEvent>[],
  moves: readonly StoredEvent<VisitLinkEvent>[] = [],
): PrescriptionState | undefined {
  const ordered = inEventOrder(events);
  const last = ordered.at(-1);
  if (!last) return undefined;
  const sources = new Sources();
  const values: Record<ValueField, string | null> = {
    patient: null,
    visitNumber: null,
    rxNumber: null,
    ndcText: null,
    drugName: null,
    writtenDate: null,
    prescriberNpi: null,
    quantity: null,
    refills: null,
  };
  for (const stored of inEventOrder<StoredEvent<PrescriptionEvent | VisitLinkEvent>>([...ordered, ...moves])) {
    const { event } = stored;
    restate(values, 'patient', patientKey(event.patientIdentifiers) ?? undefined, stored, sources);
    if (event.type !== 'prescription') continue;
    restate(values, 'visitNumber', event.visitNumber, stored, sources);
    restate(values, 'rxNumber', event.rxNumber, stored, sources);
    restate(values, 'ndcText', event.ndcText, stored, sources);
    restate(values, 'drugName', event.drugName, stored, sources);
    restate(values, 'writtenDate', event.writtenDate, stored, sources);
    restate(values, 'prescriberNpi', event.prescriberNpi, stored, sources);
    restate(values, 'quantity', event.quantity, stored, sources);
    restate(values, 'refills', event.refills, stored, sources);
  }
  const { patient, ...columns } = values;
  return {
    ...columns,
    status: statusOf(ordered, sources),
    patientKey: patient,
    rxNumber: comparableRxNumber(values.rxNumber),
    ndc11: ndcOf(values.ndcText),
    quantity: values.quantity === null ? null : new Decimal(values.quantity).toFixed(3),
    sources: sources.list(),
    rawId: last.rawId,
    position: last.position,
  };
}

type ValueField =
  | 'patient'
  | 'visitNumber'
  | 'rxNumber'
  | 'ndcText'
  | 'drugName'
  | 'writtenDate'
  | 'prescriberNpi'
  | 'quantity'
  | 'refills';
