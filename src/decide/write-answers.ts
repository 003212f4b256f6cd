/**
 * Writes what a batch decided: dispenses, determinations (added, never edited), exception causes, marks for the ledger. Only
 * differences are written, so deciding twice changes nothing.
 */
import type { Transaction } from '../db/client.ts';
import { replaceCauses, type Cause } from '../db/exceptions.ts';
import { newId } from '../db/ids.ts';
import { run, statement } from '../db/statement.ts';
import type { TenantId } from '../db/tenant.ts';
import {
  contentOf,
  saysTheSame,
  type DeterminationContent,
  type Drafted,
  type StoredDetermination,
} from './determination-row.ts';
import { accrualOf, DISPENSE_COLUMNS, sameDispense, type DispenseRow } from './dispense-row.ts';
import type { Setting } from './load-setting.ts';

const INSERT_DISPENSES = statement(import.meta.url, 'insert-dispenses.sql');
const UPDATE_DISPENSES = statement(import.meta.url, 'update-dispenses.sql');
const INSERT_DETERMINATIONS = statement(import.meta.url, 'insert-determinations.sql');
const RETIRE_DETERMINATIONS = statement(import.meta.url, 'retire-determinations.sql');
const CROWN_DETERMINATIONS = statement(import.meta.url, 'crown-determinations.sql');
const MARK_LEDGER = statement(import.meta.url, 'mark-ledger.sql');

/** A determination to be added; its place in the sequence is found when it is. */
interface NewDetermination extends DeterminationContent {
  id: string;
  dispenseId: string;
  entity: string;
  winning: boolean;
  /** The dispense is new as well: nothing can stand before. */
  first: boolean;
}

/** A judged dispense: its id, what was stored of it, and the judgements of all its candidates. */
export interface Judged {
  dispenseId: string;
  before: DispenseRow | null;
  /** The open claim; null = nothing to judge. */
  claimId: string | null;
  drafts: readonly Drafted[];
}

/** All writes of a batch, collected before the first is sent. */
export class Answers {
  readonly #new: DispenseRow[] = [];
  readonly #changed: DispenseRow[] = [];
  readonly #added: NewDetermination[] = [];
  readonly #retired: { id: string; claimId: string | null }[] = [];
  readonly #crowned: { id: string; winning: boolean }[] = [];
  readonly #ledgerKeys = new Map<string, [string, string, string, string]>();
  readonly #sources: string[] = [];
  readonly #causes: Cause[] = [];

  /**
   * Takes the judgements of one dispense and compares them with what is stored.
   * @returns id of the winning determination, null without judgements.
   */
  determine(judged: Judged, stored: readonly StoredDetermination[]): string | null {
    let winnerId: string | null = null;
    const claimId = judged.before?.claim_id ?? null;
    const entities = new Set(judged.drafts.map(({ entity }) => entity));
    for (const one of stored) if (!entities.has(one.entity)) this.#retired.push({ id: one.id, claimId });
    for (const draft of judged.drafts) {
      const inForce = stored.find((one) => one.entity === draft.entity);
      const id = this.#place(judged, draft, inForce);
      if (draft.winning) winnerId = id;
    }
    return winnerId;
  }

  #place(judged: Judged, draft: Drafted, inForce: StoredDetermination | undefined): string {
    const content = contentOf(draft);
    const { entity, winning } = draft;
    const { dispenseId, before } = judged;
    if (inForce && before?.claim_id === judged.claimId && saysTheSame(inForce, content)) {
      if (inForce.winning !== winning) this.#crowned.push({ id: inForce.id, winning });
      return inForce.id;
    }
    if (inForce) this.#retired.push({ id: inForce.id, claimId: before?.claim_id ?? null });
    const id = newId();
    this.#added.push({ ...content, id, dispenseId, entity, winning, first: before === null });
    return id;
  }

  /** Takes the dispense's new row beside the stored one; differences in what accrues mark both ledger keys. */
  dispense(row: DispenseRow, before: DispenseRow | null): void {
    if (!before) this.#new.push(row);
    else if (!sameDispense(row, before)) this.#changed.push(row);
    const was = accrualOf(before);
    const is = accrualOf(row);
    const same = was?.key.join('|') === is?.key.join('|') && Number(was?.quantity) === Number(is?.quantity);
    if (was && is && same) return;
    for (const accrual of [was, is]) if (accrual) this.#ledgerKeys.set(accrual.key.join('|'), accrual.key);
  }

  /** States all causes that a source raises; a source that is new and raises nothing need not be told. */
  raise(source: string, causes: readonly Cause[]): void {
    this.#sources.push(source);
    this.#causes.push(...causes);
  }

  /** Sends everything, in the order in which all workers lock: dispenses, determinations, ledger marks, exceptions. */
  async write(tx: Transaction, tenant: TenantId, setting: Setting): Promise<void> {
    const sent: Promise<unknown>[] = [];
    if (this.#new.length > 0) sent.push(run(tx, INSERT_DISPENSES, [tenant, ...dispenseColumns(this.#new)]));
    if (this.#changed.length > 0) sent.push(run(tx, UPDATE_DISPENSES, [tenant, ...dispenseColumns(this.#changed)]));
    if (this.#retired.length > 0)
      sent.push(
        run(tx, RETIRE_DETERMINATIONS, [
          tenant,
          this.#retired.map((one) => one.id),
          this.#retired.map((one) => one.claimId),
        ]),
      );
    if (this.#crowned.length > 0)
      sent.push(
        run(tx, CROWN_DETERMINATIONS, [
          tenant,
          this.#crowned.map((one) => one.id),
          this.#crowned.map((one) => one.winning),
        ]),
      );
    if (this.#added.length > 0) sent.push(insertDeterminations(tx, tenant, setting, this.#added));
    const keys = [...this.#ledgerKeys.values()];
    if (keys.length > 0)
      sent.push(run(tx, MARK_LEDGER, [tenant, ...[0, 1, 2, 3].map((part) => keys.map((key) => key[part]))]));
    sent.push(replaceCauses(tx, tenant, this.#sources, this.#causes));
    await Promise.all(sent);
  }
}

const dispenseColumns = (rows: readonly DispenseRow[]): unknown[][] =>
  DISPENSE_COLUMNS.map((column) => rows.map((row) => row[column]));

function insertDeterminations(
  tx: Transaction,
  tenant: TenantId,
  setting: Setting,
  added: readonly NewDetermination[],
): Promise<unknown> {
  const column = <T>(pick: (one: NewDetermination) => T): T[] => added.map(pick);
  return run(tx, INSERT_DETERMINATIONS, [
    tenant,
    column((one) => one.id),
    column((one) => one.dispenseId),
    column((one) => one.patientId),
    column((one) => one.encounterId),
    column((one) => one.prescriptionId),
    column((one) => one.first),
    column((one) => one.orderable),
    column((one) => one.provisional),
    column((one) => one.absence),
    column((one) => one.winning),
    column((one) => one.entity),
    column((one) => one.status),
    column((one) => one.bucket),
    column((one) => one.reason),
    column((one) => one.verdicts),
    setting.policyVersionId,
    setting.decisionDate,
    setting.now,
  ]);
}
