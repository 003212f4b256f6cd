/**
 * The one error type that leaves the database layer. The driver's own error carries bound values (`parameters`), rows
 * (`detail`) and the text that could not be read (`message` of class 22), all of which may be patient data, so none of them
 * is taken over: a DatabaseError says which statement failed, with which SQLSTATE, on which constraint, table or column.
 */

/** Names of the SQLSTATEs that are met in practice; others are shown by their code alone. */
const CONDITIONS: Record<string, string> = {
  '08001': 'cannot connect',
  '08006': 'connection lost',
  '22001': 'value too long',
  '22003': 'number out of range',
  '22007': 'not a date or time',
  '22008': 'date or time out of range',
  '22021': 'text not in the database encoding',
  '22P02': 'value not readable as its type',
  '22P03': 'value not readable as its type',
  '22P05': 'character without equivalent',
  '23502': 'value missing',
  '23503': 'foreign key violated',
  '23505': 'unique key violated',
  '23514': 'check violated',
  '23P01': 'exclusion violated',
  '25006': 'transaction is read-only',
  '25P02': 'transaction already failed',
  '40001': 'serialization failure',
  '40P01': 'deadlock',
  '42501': 'not permitted',
  '42703': 'no such column',
  '42P01': 'no such table',
  '53100': 'disk full',
  '53300': 'no connection free',
  '55P03': 'lock not available',
  '57014': 'cancelled by time-out',
  '57P01': 'database shuts down',
  '57P02': 'database crashed',
  '57P03': 'database is starting',
};

/** Classes whose server message names objects of ours and never a stored or bound value. */
const SPEAKING_CLASSES = new Set(['08', '0A', '25', '28', '3D', '3F', '40', '42', '53', '55', '57', '58']);

/** SQLSTATEs after which the same transaction may simply be tried again. */
const RETRYABLE = new Set(['40001', '40P01', '55P03', '53300', '57P01', '57P02', '57P03', '08001', '08006']);

/** Client-side codes (driver, Node) that mean the connection could not be made or was lost. */
const UNREACHABLE = new Set(['ECONNREFUSED', 'ENOENT', 'ENOTFOUND', 'EAI_AGAIN', 'CONNECT_TIMEOUT', 'EHOSTUNREACH']);
const LOST = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]);

/** What is known of a failure; every member is a name or a code, never a value. */
export interface Failure {
  sqlstate: string;
  statement?: string | undefined;
  constraint?: string | undefined;
  table?: string | undefined;
  column?: string | undefined;
  /** A sentence of ours or of a speaking class of the server. */
  explanation?: string | undefined;
}

/** A statement, connection or transaction that failed. `sqlstate` is PostgreSQL's code, or 08001/08006 for the network. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly sqlstate: string;
  readonly constraint: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;
  /** Name of the statement (`decide/gather-facts`), where it had one. */
  readonly statement: string | undefined;

  constructor(failure: Failure) {
    super(sentence(failure));
    this.sqlstate = failure.sqlstate;
    this.constraint = failure.constraint;
    this.table = failure.table;
    this.column = failure.column;
    this.statement = failure.statement;
  }

  /** True when the same transaction may succeed if it is simply run again. */
  get retryable(): boolean {
    return RETRYABLE.has(this.sqlstate);
  }

  /** True when no answer came because of the connection: the effect of a commit in flight is then unknown. */
  get connectionLost(): boolean {
    return this.sqlstate.startsWith('08') || this.sqlstate.startsWith('57P');
  }
}

function sentence(failure: Failure): string {
  const condition = CONDITIONS[failure.sqlstate];
  const parts = [
    `${failure.statement ?? 'statement'}: ${condition ?? 'failed'} (${failure.sqlstate})`,
    failure.table === undefined ? '' : `table ${failure.table}`,
    failure.column === undefined ? '' : `column ${failure.column}`,
    failure.constraint === undefined ? '' : `constraint ${failure.constraint}`,
    failure.explanation ?? '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Turns whatever the driver threw into a DatabaseError that is free of values; keeps a DatabaseError as it is. */
export function toDatabaseError(thrown: unknown, statement?: string): DatabaseError {
  if (thrown instanceof DatabaseError) return thrown;
  const from = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as Record<string, unknown>;
  const code = text(from['code']) ?? '';
  const isState = /^[0-9A-Z]{5}$/.test(code) && !UNREACHABLE.has(code) && code !== 'EPIPE';
  const sqlstate = isState ? code : UNREACHABLE.has(code) ? '08001' : LOST.has(code) ? '08006' : 'XX000';
  const speaks = isState && SPEAKING_CLASSES.has(sqlstate.slice(0, 2));
  const failure = new DatabaseError({
    sqlstate,
    statement,
    constraint: text(from['constraint_name']),
    table: text(from['table_name']),
    column: text(from['column_name']),
    explanation: speaks ? text(from['message']) : isState ? undefined : code || undefined,
  });
  // The place in our own code is worth keeping; the message and everything else of the original is not.
  const cause = new Error(`${sqlstate} ${text(from['routine']) ?? ''}`.trim());
  const frames = (text(from['stack']) ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  cause.stack = [`Error: ${cause.message}`, ...frames].join('\n');
  Object.defineProperty(failure, 'cause', { value: cause, enumerable: false });
  return failure;
}
