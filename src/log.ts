/**
 * The log: JSON lines on standard error, made of an allow-list of keys. What is not on the list never leaves, so that no
 * patient's value can slip in through an error object or a payload (RELIABILITY E25).
 */
import { pino } from 'pino';

/** Keys that may be logged: names, ids, positions, counts, and sentences that the hub itself wrote. */
const ALLOWED = [
  'event',
  'feed',
  'tenant',
  'stage',
  'kind',
  'detail',
  'remote',
  'port',
  'rawId',
  'position',
  'field',
  'count',
  'milliseconds',
  'sqlstate',
  'statement',
  'constraint',
  'name',
  'signal',
] as const;

/** One log line. */
export type LogEntry = { level: 'info' | 'warn' | 'error'; event: string } & Partial<
  Record<(typeof ALLOWED)[number], string | number | undefined>
>;
export type Log = (entry: LogEntry) => void;

/** A log that writes to standard error; `level` drops what is below it. */
export function createLog(level: 'info' | 'warn' | 'error' | 'silent'): Log {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
  return (entry) => {
    const line: Record<string, unknown> = {};
    for (const key of ALLOWED) if (entry[key] !== undefined) line[key] = entry[key];
    logger[entry.level](line);
  };
}
