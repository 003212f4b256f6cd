/** How commands talk: exit codes, JSON or text, and errors as sentences without stack or values. */
import { ConfigurationError } from '../config/load.ts';
import { DatabaseError } from '../db/errors.ts';
import { RefusesToServe } from '../hub.ts';

export const OK = 0;
export const FAILURE = 1;
export const FINDINGS = 2;
export const USAGE = 64;

/** One JSON line on standard output. */
export const printJson = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

/** One line of text on standard output. */
export const print = (line = ''): void => void process.stdout.write(`${line}\n`);

/** One line of progress on standard error. */
export const progress = (line: string): void => void process.stderr.write(`${line}\n`);

/** Prints why a command failed and answers its exit code: what the operator can mend, not where the code stood. */
export function fail(error: unknown): number {
  const speaking =
    error instanceof ConfigurationError ||
    error instanceof RefusesToServe ||
    error instanceof DatabaseError ||
    error instanceof UsageError;
  progress(
    error instanceof Error
      ? speaking
        ? error.message
        : `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}`
      : 'failed',
  );
  if (process.env['HUB_DEBUG'] === '1' && error instanceof Error) progress(error.stack ?? '');
  return error instanceof UsageError ? USAGE : FAILURE;
}

/** The command was called with something it cannot use. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
