/**
 * The rule results that a batch names, and their numbers: a result that is stated already keeps its number, one that nobody has
 * stated gets the next. Nothing is remembered beyond the batch: asking for a few thousand results costs milliseconds.
 */
import { createHash } from 'node:crypto';
import type { Transaction } from '../db/client.ts';
import { run, statement } from '../db/statement.ts';
import type { TenantId } from '../db/tenant.ts';
import { numberHex, type RuleResult } from './verdict-codec.ts';

const FIND = statement(import.meta.url, 'find-rule-results.sql');
const STORE = statement(import.meta.url, 'store-rule-results.sql');
/** Rounds of adding what another worker is adding as well. */
const TRIES = 20;

/** The results of one batch. */
export class RuleResults {
  readonly #results = new Map<string, RuleResult>();
  readonly #numbers = new Map<string, string>();

  readonly isKnown = (key: string): boolean => this.#results.has(key);
  readonly learn = (key: string, result: RuleResult): void => void this.#results.set(key, result);

  /** The number of a result as hex; `settle` first. */
  readonly hexOf = (key: string): string => {
    const hex = this.#numbers.get(key);
    if (hex === undefined) throw new Error('a rule result without a number');
    return hex;
  };

  /** Finds the numbers of all results, and states those that nobody has stated. */
  async settle(tx: Transaction, tenant: TenantId): Promise<void> {
    const waiting = new Map([...this.#results].map(([key, result]) => [digestOf(key), { key, result }]));
    for (let tries = 0; waiting.size > 0; tries += 1) {
      if (tries === TRIES) throw new Error('the numbers of rule results could not be settled');
      const found = await run<{ digest: string; number: number }>(tx, FIND, [tenant, [...waiting.keys()]]);
      for (const { digest, number } of found) {
        this.#numbers.set(waiting.get(digest)?.key ?? '', numberHex(number));
        waiting.delete(digest);
      }
      if (waiting.size === 0) return;
      const results = [...waiting.values()].map(({ result }) => result);
      await run(tx, STORE, [
        tenant,
        [...waiting.keys()],
        results.map((one) => one.rule),
        results.map((one) => one.answer),
        results.map((one) => one.reason),
        results.map((one) => JSON.stringify(one.evidence)),
      ]);
    }
  }
}

const digestOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 32);
