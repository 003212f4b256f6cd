/**
 * The numbers of the rule results that a batch names: a result that is stated already keeps its number, one that nobody has
 * stated gets the next. Nothing is remembered beyond the batch: asking for a few thousand results costs milliseconds.
 */
import { createHash } from 'node:crypto';
import type { Transaction } from '../db/client.ts';
import { run, statement } from '../db/statement.ts';
import type { TenantId } from '../db/tenant.ts';
import { numberHex, resultText, type NamedResult } from './verdict-codec.ts';

const FIND = statement(import.meta.url, 'find-rule-results.sql');
const STORE = statement(import.meta.url, 'store-rule-results.sql');
/** Rounds of adding what another worker is adding as well. */
const TRIES = 20;

/** Finds the numbers of all given results, and states those that nobody has stated. */
export async function settleResults(tx: Transaction, tenant: TenantId, results: readonly NamedResult[]): Promise<void> {
  const waiting = new Map(results.map((result) => [digestOf(result), result]));
  for (let tries = 0; waiting.size > 0; tries += 1) {
    if (tries === TRIES) throw new Error('the numbers of rule results could not be settled');
    const found = await run<{ digest: string; number: number }>(tx, FIND, [tenant, [...waiting.keys()]]);
    for (const { digest, number } of found) {
      const result = waiting.get(digest);
      if (result) result.hex = numberHex(number);
      waiting.delete(digest);
    }
    if (waiting.size === 0) return;
    const missing = [...waiting.values()];
    await run(tx, STORE, [
      tenant,
      [...waiting.keys()],
      missing.map((one) => one.rule),
      missing.map((one) => one.answer),
      missing.map((one) => one.reason),
      missing.map((one) => JSON.stringify(one.evidence)),
    ]);
  }
}

const digestOf = (result: NamedResult): string =>
  createHash('sha256').update(resultText(result)).digest('hex').slice(0, 32);
