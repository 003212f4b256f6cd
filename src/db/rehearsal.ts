/**
 * A rehearsal: the real stages on the real data, inside one transaction that is rolled back in the end. What they would do can
 * be read before that; afterwards nothing has happened. So a preview and the run are one path.
 */
import type { Database, Rows, Step } from './client.ts';
import { type TenantId, type TenantTransaction, withTenant } from './tenant.ts';
import type { Transaction, TransactionOptions } from './transaction.ts';

/** Carries the result out of the transaction while undoing it. */
class CurtainFalls<T> extends Error {
  readonly result: T;
  constructor(result: T) {
    super('the rehearsal is over');
    this.result = result;
  }
}

/**
 * Runs `work` with a database whose transactions are savepoints of one tenant's transaction, then undoes everything.
 * Statements of other tenants are refused by row-level security.
 */
export async function rehearse<T>(
  db: Database,
  tenant: TenantId,
  work: (stage: Database, tx: TenantTransaction) => Promise<T>,
): Promise<T> {
  try {
    return await withTenant(db, tenant, async (tx) => {
      throw new CurtainFalls(await work(stageOn(tx), tx));
    });
  } catch (error) {
    if (error instanceof CurtainFalls) return error.result as T;
    throw error;
  }
}

/** The parts of a Database that stages use, played inside a transaction: one after the other, as savepoints must be. */
function stageOn(tx: TenantTransaction): Database {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(options: TransactionOptions | undefined, work: () => Promise<T>): Promise<T> => {
    const turn = last.then(() =>
      tx.savepoint(async () => {
        for (const [name, value] of Object.entries(options?.settings ?? {}))
          await tx.query('select set_config($1, $2, true)', [name, value], { name: `set ${name}` });
        return work();
      }),
    );
    last = turn.catch(() => undefined);
    return turn;
  };
  const stage: Pick<Database, 'role' | 'query' | 'transaction' | 'batch'> = {
    role: 'ingest',
    query: (text, params, options) => tx.query(text, params, options),
    transaction: <T>(work: (inner: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T> =>
      inTurn(options, () => work(tx)),
    batch: (steps: readonly Step[], options?: TransactionOptions): Promise<Rows<Record<string, unknown>>[]> =>
      inTurn(options, async () => {
        const answers: Rows<Record<string, unknown>>[] = [];
        for (const step of steps) answers.push(await tx.query(step.text, step.params, step.options));
        return answers;
      }),
  };
  return stage as unknown as Database;
}
