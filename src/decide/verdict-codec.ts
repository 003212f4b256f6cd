/**
 * Verdicts as bytes. A determination names each rule's result by a number (three bytes) instead of repeating its words and
 * its master rows; ids that its own columns hold are not repeated either, and those of other visits, patients and orders are
 * listed behind the numbers. Here everything but the numbers, which the database gives (rule-results.ts). Pure.
 */
import type { Evidence, RuleCode, Verdict } from '../model/verdict.ts';

/** A row of evidence as a rule result states it: its own id, or whose id stands here. */
export interface StatedEvidence {
  kind: string;
  note?: string;
  id?: string;
  of?: Whose;
}

/** What one rule answered, free of the patient's own rows. */
export interface RuleResult {
  rule: RuleCode;
  answer: Verdict['answer'];
  reason: string;
  evidence: StatedEvidence[];
}

/** Ids that stand in columns: the dispense's claim, the rest beside the verdicts. */
export type KnownId = 'claim' | 'patient' | 'encounter' | 'prescription';
export type KnownIds = Record<KnownId, string | null>;
type Whose = KnownId | 'listed';

/** A result that some determination of the batch names. */
export interface NamedResult extends RuleResult {
  /** Its number as three bytes of hex; '' = not known yet. */
  hex: string;
}

/** Verdicts whose results may have no numbers yet. */
export interface DraftVerdicts {
  results: NamedResult[];
  /** Sixteen bytes each, as hex. */
  listed: string;
}

/** Evidence beyond this goes into a further result of the same rule, so that the notes of many visits do not multiply the results. */
const EVIDENCE_MAX = 4;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A step on the way to a result: millions are looked up word by word, which makes no garbage as keys of text would. */
interface Step {
  next: Map<string, Step>;
  named: NamedResult | null;
}
const newStep = (): Step => ({ next: new Map(), named: null });

function follow(step: Step, word: string): Step {
  const known = step.next.get(word);
  if (known !== undefined) return known;
  const made = newStep();
  step.next.set(word, made);
  return made;
}

/** The results that a batch names, each once. */
export class ResultTree {
  /** In the order in which they were first named. */
  readonly results: NamedResult[] = [];
  readonly #root = newStep();

  /** Splits verdicts (in rule order) into results and listed ids. */
  draft(verdicts: ReadonlyMap<RuleCode, Verdict>, known: KnownIds): DraftVerdicts {
    const draft: DraftVerdicts = { results: [], listed: '' };
    for (const [rule, verdict] of verdicts) {
      const head = follow(follow(follow(this.#root, rule), verdict.answer), verdict.reason);
      let from = 0;
      do {
        draft.results.push(this.#name(head, rule, verdict, from, known, draft));
        from += EVIDENCE_MAX;
      } while (from < verdict.evidence.length);
    }
    return draft;
  }

  /** The result of a rule whose evidence is that from `from` on; adds the ids that it lists. */
  #name(
    head: Step,
    rule: RuleCode,
    { answer, reason, evidence }: Verdict,
    from: number,
    known: KnownIds,
    draft: DraftVerdicts,
  ): NamedResult {
    const to = Math.min(from + EVIDENCE_MAX, evidence.length);
    let step = head;
    for (let at = from; at < to; at += 1) {
      const row = evidence[at];
      if (row === undefined) break;
      const whose = whoseId(row, known);
      step = follow(step, row.kind);
      step = whose === undefined ? follow(follow(step, '='), row.id) : follow(step, whose);
      step = follow(step, row.note ?? '');
      if (whose === 'listed') draft.listed += row.id.replaceAll('-', '');
    }
    if (step.named === null) {
      step.named = {
        rule,
        answer,
        reason,
        evidence: evidence.slice(from, to).map((row) => stated(row, known)),
        hex: '',
      };
      this.results.push(step.named);
    }
    return step.named;
  }
}

/** Other rows that are some patient's own. */
const OF_PATIENTS = new Set(['referral', 'consultNote']);

function whoseId({ kind, id }: Evidence, known: KnownIds): Whose | undefined {
  if (OF_PATIENTS.has(kind)) return UUID.test(id) ? 'listed' : undefined;
  if (kind !== 'claim' && kind !== 'patient' && kind !== 'encounter' && kind !== 'prescription') return undefined;
  if (known[kind] === id) return kind;
  return UUID.test(id) ? 'listed' : undefined;
}

function stated(row: Evidence, known: KnownIds): StatedEvidence {
  const of = whoseId(row, known);
  return {
    kind: row.kind,
    ...(of === undefined ? { id: row.id } : { of }),
    ...(row.note === undefined ? {} : { note: row.note }),
  };
}

/** What a result says as one text, the same in every process: its digest makes it unique. */
export const resultText = ({ rule, answer, reason, evidence }: RuleResult): string =>
  [rule, answer, reason].join('\u0001') +
  evidence
    .map(({ kind, id, of, note }) => `\u0002${kind}\u0001${of ?? `\u0001${id ?? ''}`}\u0001${note ?? ''}`)
    .join('');

/** A result's number as three bytes of hex. @throws RangeError beyond 2^24 - 1. */
export function numberHex(number: number): string {
  if (number < 1 || number > 0xff_ff_ff) throw new RangeError(`rule result ${number} does not fit into three bytes`);
  return number.toString(16).padStart(6, '0');
}

/** The bytes of `determination.verdicts` as hex. @throws when a result has no number. */
export function encodeVerdicts({ results, listed }: DraftVerdicts): string {
  if (results.length > 255) throw new RangeError('more rule results than a byte can count');
  let text = results.length.toString(16).padStart(2, '0');
  for (const { hex } of results) {
    if (hex === '') throw new Error('a rule result without a number');
    text += hex;
  }
  return text + listed;
}
