/**
 * What a file does that the standard does not have and that costs nothing: told once for the file, with the first place, unless
 * the feed declares that its sender does so.
 */
import { type Parsed, REMARK } from '../../contract.ts';
import { recordError } from './findings.ts';
import type { Notation } from './notation.ts';

/** Habits that a feed may declare. */
export const HABITS = ['textSeparators', 'lineBreaks', 'endOfFile'] as const;
export type Habit = (typeof HABITS)[number];

/** What was seen in a file; '' = nowhere. */
export class Remarks {
  notation: Notation | null = null;
  /** Records with a line break behind them. */
  breaks = 0;
  firstBreak = '';
  /** Transmissions with a line break inside. */
  innerBreaks = 0;
  firstInnerBreak = '';
  endOfFile = '';

  /** The remarks as a unit that loses nothing; none when there is nothing to say. */
  unit(expected: ReadonlySet<Habit>): Parsed[] {
    const { notation } = this;
    const errors = [];
    if (notation && !expected.has('textSeparators')) {
      const { name, field } = notation;
      errors.push(
        recordError(
          'separators',
          `the separators are written as text (${name}) and read as what they stand for`,
          field,
        ),
      );
    }
    const breaks = [
      ...(this.breaks > 0 ? [`behind ${this.breaks} records, first behind ${this.firstBreak}`] : []),
      ...(this.innerBreaks > 0 ? [`inside ${this.innerBreaks} transmissions, first in ${this.firstInnerBreak}`] : []),
    ];
    if (breaks.length > 0 && !expected.has('lineBreaks'))
      errors.push(recordError('line breaks', `line breaks stand ${breaks.join('; ')}; they are passed over`, ''));
    if (this.endOfFile !== '' && !expected.has('endOfFile'))
      errors.push(recordError('end of file', `an end of file 0x1A stands at ${this.endOfFile}; it is passed over`, ''));
    return errors.length === 0 ? [] : [{ position: 'file', records: [], errors, ignored: REMARK }];
  }
}
