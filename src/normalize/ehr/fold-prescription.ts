/** A prescription is what the statements about its order number add up to. Pure. */
import { Decimal } from 'decimal.js';
import { readNdc } from '../../model/ndc.ts';
import type { PrescriptionEvent } from '../../model/records.ts';
import { comparableRxNumber } from '../rx-number.ts';
import { type StoredEvent, inEventOrder, patientKey, restated } from './event.ts';

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
  /** Provenance of the latest statement. */
  rawId: string;
  position: string;
}

/** ORC-1: cancel request, cancelled, discontinue (12.28). */
const CANCELS = new Set(['CA', 'OC', 'DC']);
/** ORC-1: new order, replacement order. Only these bring a cancelled order back. */
const ORDERS = new Set(['NW', 'RO']);

function statusOf(ordered: readonly StoredEvent<PrescriptionEvent>[]): PrescriptionState['status'] {
  let cancelled = false;
  for (const { event } of ordered) {
    if (CANCELS.has(event.control)) cancelled = true;
    else if (ORDERS.has(event.control)) cancelled = false;
  }
  return cancelled ? 'CANCELLED' : 'ACTIVE';
}

function ndcOf(text: string | null): string | null {
  const reading = text === null ? undefined : readNdc(text);
  return reading?.kind === 'EXACT' ? reading.ndc11 : null;
}

/** Folds all statements about one order; undefined when there are none. */
export function foldPrescription(events: readonly StoredEvent<PrescriptionEvent>[]): PrescriptionState | undefined {
  const ordered = inEventOrder(events);
  const last = ordered.at(-1);
  if (!last) return undefined;
  const state: PrescriptionState = {
    status: statusOf(ordered),
    patientKey: null,
    visitNumber: null,
    rxNumber: null,
    ndcText: null,
    ndc11: null,
    drugName: null,
    writtenDate: null,
    prescriberNpi: null,
    quantity: null,
    refills: null,
    rawId: last.rawId,
    position: last.position,
  };
  for (const { event } of ordered) {
    state.patientKey = patientKey(event.patientIdentifiers) ?? state.patientKey;
    state.visitNumber = restated(state.visitNumber, event.visitNumber);
    state.rxNumber = restated(state.rxNumber, event.rxNumber);
    state.ndcText = restated(state.ndcText, event.ndcText);
    state.drugName = restated(state.drugName, event.drugName);
    state.writtenDate = restated(state.writtenDate, event.writtenDate);
    state.prescriberNpi = restated(state.prescriberNpi, event.prescriberNpi);
    state.quantity = restated(state.quantity, event.quantity);
    state.refills = restated(state.refills, event.refills);
  }
  state.rxNumber = comparableRxNumber(state.rxNumber);
  state.ndc11 = ndcOf(state.ndcText);
  state.quantity = state.quantity === null ? null : new Decimal(state.quantity).toFixed(3);
  return state;
}
