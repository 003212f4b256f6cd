/** One line of `hub doctor`. */

/** What a check found. `cure` says what to do and is there whenever the state is not `ok`. */
export interface Finding {
  /** What was looked at: `runtime`, `database`, `feed mercy-adt`. */
  check: string;
  state: 'ok' | 'warning' | 'problem';
  says: string;
  cure?: string;
}

export const ok = (check: string, says: string): Finding => ({ check, state: 'ok', says });
export const warning = (check: string, says: string, cure: string): Finding => ({
  check,
  state: 'warning',
  says,
  cure,
});
export const problem = (check: string, says: string, cure: string): Finding => ({
  check,
  state: 'problem',
  says,
  cure,
});

/** An error as a sentence; class and code only when it is none of ours. */
export const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown failure');
