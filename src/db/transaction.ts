/** One transaction on one link: statements in order, savepoints, and the first failure kept apart from those that follow it. */
import { DatabaseError } from './errors.ts';
import type { Link, QueryOptions, Rows } from './link.ts';

/** Anything a statement can be run on: a Database (its own transaction) or a Transaction. */
export interface Queryable {
  /** Runs one statement; `$1` ... are bound. Errors: DatabaseError. */
  query<Row = Record<string, unknown>>(
    text: string,
    params?: readonly unknown[],
    options?: QueryOptions,
  ): Promise<Rows<Row>>;
}

/** An open transaction. Statements are pipelined in the order of the calls; awaiting each is not needed to keep the order. */
export interface Transaction extends Queryable {
  /** Streams rows into a TEMP stage (`copy stage from stdin`); COPY into a tenant table is refused by the server. */
  copyIn(text: string, source: CopySource, name?: string): Promise<void>;
  /** Runs `work` in a savepoint: its error undoes only what it did. */
  savepoint<T>(work: () => Promise<T>): Promise<T>;
}

/** Rows on their way into `copy ... from stdin`. */
export type CopySource = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** How a transaction begins. */
export interface TransactionOptions {
  readOnly?: boolean;
  isolation?: 'read committed' | 'repeatable read' | 'serializable';
  /** Local settings made before the first statement, pipelined with it. */
  settings?: Record<string, string>;
}

/** BEGIN with its modes. */
export function beginText(options: TransactionOptions): string {
  const isolation = options.isolation === undefined ? '' : ` isolation level ${options.isolation}`;
  return `begin${isolation}${options.readOnly === true ? ' read only' : ''}`;
}

/** The local settings of a transaction, sent behind BEGIN without waiting. */
export const settingQueries = (link: Link, options: TransactionOptions): Promise<unknown>[] =>
  Object.entries(options.settings ?? {}).map(([name, value]) =>
    link.query('select set_config($1, $2, true)', [name, value], { name: `set ${name}` }),
  );

/** A begun transaction; the pool commits or rolls it back. */
export class OpenTransaction implements Transaction {
  readonly #link: Link;
  #open = true;
  #first: unknown;
  #savepoints = 0;

  constructor(link: Link) {
    this.#link = link;
  }

  query<Row = Record<string, unknown>>(
    text: string,
    params: readonly unknown[] = [],
    options: QueryOptions = {},
  ): Promise<Rows<Row>> {
    if (!this.#open)
      return Promise.reject(new Error('this transaction is over: its statements must be awaited inside'));
    const answer = this.#link.query<Row>(text, params, options);
    answer.catch((error: unknown) => this.fail(error));
    return answer;
  }

  async copyIn(text: string, source: CopySource, name?: string): Promise<void> {
    if (!this.#open) throw new Error('this transaction is over: its statements must be awaited inside');
    await this.#link.copyIn(text, source, name);
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    const name = `s${(this.#savepoints += 1)}`;
    await this.query(`savepoint ${name}`);
    try {
      const result = await work();
      await this.query(`release ${name}`);
      return result;
    } catch (error) {
      await this.query(`rollback to ${name}`);
      const reason = this.reason(error);
      this.#first = undefined;
      throw reason;
    }
  }

  /** Remembers the first failure: the ones after it only say that the transaction has already failed. */
  fail(error: unknown): void {
    this.#first ??= error;
  }

  reason(error: unknown): unknown {
    return error instanceof DatabaseError && error.sqlstate === '25P02' ? (this.#first ?? error) : error;
  }

  async commit(): Promise<void> {
    const answer = await this.#link.query('commit', [], { name: 'commit' });
    // COMMIT of a failed transaction answers ROLLBACK without an error: a statement nobody awaited had failed.
    if (answer.command !== 'COMMIT') throw this.#first ?? new DatabaseError({ sqlstate: '25P02', statement: 'commit' });
  }

  async rollback(): Promise<void> {
    if (this.#link.dead) return;
    await this.#link.query('rollback', [], { name: 'rollback', deadlineMs: 5_000 }).catch(() => this.#link.destroy());
  }

  finish(): void {
    this.#open = false;
  }
}
