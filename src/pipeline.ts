/**
 * The table of contents of the product: what happens to a payload after it was received, in order. Each stage finds its work
 * in tables, does a batch of it and marks it done in one transaction; no stage calls another.
 *
 *   receive    (src/receive)    payload stored, then acknowledged            -> raw_message, raw_receipt, raw_state
 *   replay     (src/messages)   what was set aside is put back, when asked   -> raw_state
 *   normalize  (src/normalize)  parsed and folded into the shared model      -> patient, encounter, prescription, claim_transaction, invoice, master data, change
 *   count      (src/normalize)  what each file of master data changed        -> data_import
 *   mark       (src/decide)     what a change can affect                     -> decision_work
 *   decide     (src/decide)     claims to dispenses, eleven rules, verdicts  -> dispense, determination, accumulator_work
 *   accumulate (src/accumulate) what should have accrued, less what has      -> accumulator_entry, accumulator_balance
 *   reconcile  (src/reconcile)  invoice lines resolved, credited, received   -> invoice_line, accumulator_entry
 *   allocate   (src/reconcile)  which supply repays which dispense           -> allocation
 *   acknowledge (src/order)     every received X12 group gets its 997        -> edi_interchange
 *   answered (src/order)        what partners acknowledge of files sent      -> outbound_file
 *   exceptions (src/monitor)    cases open and close with their causes       -> exception_case
 */
import { accumulateStage } from './accumulate/accumulate.ts';
import type { Stage } from './db/stage.ts';
import { decideStage } from './decide/decide.ts';
import { markStage } from './decide/mark.ts';
import { replayStage } from './messages/replay.ts';
import { exceptionStage } from './monitor/exceptions.ts';
import { normalizeStage } from './normalize/normalize.ts';
import { countImportsStage } from './normalize/versions/count-imports.ts';
import { acknowledgeStage } from './order/acknowledge.ts';
import { answeredStage } from './order/answered.ts';
import { allocateStage } from './reconcile/allocate.ts';
import { reconcileStage } from './reconcile/reconcile.ts';

/** The stages in order. `receive` is driven by transports, all others by the worker (src/worker.ts). */
export const PIPELINE: readonly Stage[] = [
  replayStage,
  normalizeStage,
  countImportsStage,
  markStage,
  decideStage,
  accumulateStage,
  reconcileStage,
  allocateStage,
  acknowledgeStage,
  answeredStage,
  exceptionStage,
];
