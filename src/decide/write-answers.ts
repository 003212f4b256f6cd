/**
 * Writes what a batch decided: dispenses, determinations (added, never edited), exception causes, marks for the ledger. Only
 * differences are written, so deciding twice changes nothing.
 */
import type { Transaction } from '../db/client.ts';
import { replaceCauses, type Cause } from '../db/exceptions.ts';
import { newId } from '../db/ids.ts';
import { run, statement } from '../db/statement.ts';
import type { TenantId } from '../db/tenant.ts';
import { contentOf, saysTheSame, type DeterminationContent, type StoredDetermination } from './determination-row.ts';
import { accrualOf, sameDispense, type DispenseRow } from './dispense-row.ts';
import type { Judgement } from './judge.ts';
import type { Setting } from './load-setting.ts';

const UPSERT_DISPENSES = statement(import.meta.url, 'upsert-dispenses.sql');
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
}

/** All writes of a batch, collected before the first is sent. */
export class Answers {
  readonly #dispenses: DispenseRow[] = [];
  readonly #added: NewDetermination[] = [];
  readonly #retired: string[] = [];
  readonly #crowned: { id: string; winning: boolean }[] = [];
  readonly #ledgerKeys = new Map<string, [string, string, string, string]>();
  readonly #sources: string[] = [];
  readonly #causes: Cause[] = [];

  /**
   * Takes the judgements of one dispense and compares them with what is stored.
   * @returns id of the winning determination, null without judgements.
   */
  determine(
    dispenseId: string,
    judgements: readonly Judgement[],
    stored: readonly StoredDetermination[],
  ): string | null {
    let winnerId: string | null = null;
    const judged = new Set(judgements.map((one) => one.entity));
    this.#retired.push(...stored.filter((one) => !judged.has(one.entity)).map((one) => one.id));
    for (const judgement of judgements) {
      const inForce = stored.find((one) => one.entity === judgement.entity);
      const id = this.#place(dispenseId, judgement, inForce);
      if (judgement.winning) winnerId = id;
    }
    return winnerId;
  }

  #place(dispenseId: string, judgement: Judgement, inForce: StoredDetermination | undefined): string {
    const content = contentOf(judgement);
    const { entity, winning } = judgement;
    if (inForce && saysTheSame(inForce, content)) {
      if (inForce.winning !== winning) this.#crowned.push({ id: inForce.id, winning });
      return inForce.id;
    }
    if (inForce) this.#retired.push(inForce.id);
    const id = newId();
    this.#added.push({ ...content, id, dispenseId, entity, winning });
    return id;
  }

  /** Takes the dispense's new row beside the stored one; differences in what accrues mark both ledger keys. */
  dispense(row: DispenseRow, before: DispenseRow | null): void {
    if (!before || !sameDispense(row, before)) this.#dispenses.push(row);
    const was = accrualOf(before);
    const is = accrualOf(row);
    const same = was?.key.join('|') === is?.key.join('|') && Number(was?.quantity) === Number(is?.quantity);
    if (was && is && same) return;
    for (const accrual of [was, is]) if (accrual) this.#ledgerKeys.set(accrual.key.join('|'), accrual.key);
  }

  /** States all causes that a source raises. */
  raise(source: string, causes: readonly Cause[]): void {
    this.#sources.push(source);
    this.#causes.push(...causes);
  }

  /** Sends everything, in the order in which all workers lock: dispenses, determinations, ledger marks, exceptions. */
  async write(tx: Transaction, tenant: TenantId, setting: Setting): Promise<void> {
    const sent: Promise<unknown>[] = [];
    if (this.#dispenses.length > 0) sent.push(run(tx, UPSERT_DISPENSES, [tenant, JSON.stringify(this.#dispenses)]));
    if (this.#retired.length > 0) sent.push(run(tx, RETIRE_DETERMINATIONS, [tenant, this.#retired]));
    if (this.#crowned.length > 0)
      sent.push(
        run(tx, CROWN_DETERMINATIONS, [
          tenant,
          this.#crowned.map((one) => one.id),
          this.#crowned.map((one) => one.winning),
        ]),
      );
    if (this.#added.length > 0)
      sent.push(
        run(tx, INSERT_DETERMINATIONS, [
          tenant,
          JSON.stringify(this.#added.map(columnsOf)),
          setting.policyVersionId,
          setting.decisionDate,
          setting.now,
        ]),
      );
    const keys = [...this.#ledgerKeys.values()];
    if (keys.length > 0)
      sent.push(run(tx, MARK_LEDGER, [tenant, ...[0, 1, 2, 3].map((part) => keys.map((key) => key[part]))]));
    sent.push(replaceCauses(tx, tenant, this.#sources, this.#causes));
    await Promise.all(sent);
  }
}

const columnsOf = (one: NewDetermination) => ({
  id: one.id,
  dispense_id: one.dispenseId,
  entity: one.entity,
  status: one.status,
  bucket: one.bucket,
  orderable: one.orderable,
  reason: one.reason,
  provisional: one.provisional,
  patient_id: one.patientId,
  encounter_id: one.encounterId,
  prescription_id: one.prescriptionId,
  verdicts: one.verdicts,
  winning: one.winning,
});
