import type { Verdict } from '../../model/verdict.ts';
import { fail, pass } from './verdicts.ts';

/**
 * Rule 11: of the candidate entities that come out ELIGIBLE by rules 1 to 10 only the winner keeps the dispense (12.2). It
 * looks at the other candidates' answers, not at anything posted before.
 */
export function notDuplicate(entity: string, eligible: readonly string[], winner: string): Verdict {
  if (eligible.length < 2 || !eligible.includes(entity)) return pass('NO_OTHER_CANDIDATE_WINS');
  if (entity === winner) return pass('WINS_AMONG_CANDIDATES', [{ kind: 'candidate', id: entity, note: 'WINS' }]);
  return fail('ANOTHER_ENTITY_WINS', [{ kind: 'candidate', id: winner, note: 'WINS' }]);
}
