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
  of?: KnownId | 'listed';
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

/** Verdicts whose results have no numbers yet. */
export interface DraftVerdicts {
  /** The results in order, by their keys. */
  keys: string[];
  /** Sixteen bytes each, as hex. */
  listed: string;
}

/** Evidence beyond this goes into a further result of the same rule, so that the notes of many visits do not multiply the results. */
const EVIDENCE_MAX = 4;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const FIELD = '\u0001';
const ROW = '\u0002';

const isKnown = (kind: string): kind is KnownId =>
  kind === 'claim' || kind === 'patient' || kind === 'encounter' || kind === 'prescription';

function ofWhom({ kind, id }: Evidence, known: KnownIds): StatedEvidence['of'] {
  if (!isKnown(kind)) return undefined;
  if (known[kind] === id) return kind;
  return UUID.test(id) ? 'listed' : undefined;
}

/**
 * Splits verdicts (in rule order) into results and listed ids. The keys of results that `isKnownKey` does not know are handed to
 * `learn` with the result.
 */
export function draftVerdicts(
  verdicts: ReadonlyMap<RuleCode, Verdict>,
  known: KnownIds,
  isKnownKey: (key: string) => boolean,
  learn: (key: string, result: RuleResult) => void,
): DraftVerdicts {
  const draft: DraftVerdicts = { keys: [], listed: '' };
  for (const [rule, { answer, reason, evidence }] of verdicts) {
    const head = rule + FIELD + answer + FIELD + reason;
    for (let from = 0; from === 0 || from < evidence.length; from += EVIDENCE_MAX) {
      const to = Math.min(from + EVIDENCE_MAX, evidence.length);
      let key = head;
      for (let at = from; at < to; at += 1) {
        const row = evidence[at];
        if (row === undefined) break;
        const of = ofWhom(row, known);
        key += ROW + row.kind + FIELD + (of === undefined ? FIELD + row.id : of) + FIELD + (row.note ?? '');
        if (of === 'listed') draft.listed += row.id.replaceAll('-', '');
      }
      draft.keys.push(key);
      if (!isKnownKey(key))
        learn(key, { rule, answer, reason, evidence: evidence.slice(from, to).map((row) => stated(row, known)) });
    }
  }
  return draft;
}

function stated(row: Evidence, known: KnownIds): StatedEvidence {
  const of = ofWhom(row, known);
  return {
    kind: row.kind,
    ...(of === undefined ? { id: row.id } : { of }),
    ...(row.note === undefined ? {} : { note: row.note }),
  };
}

/** A result's number as three bytes of hex. @throws RangeError beyond 2^24 - 1. */
export function numberHex(number: number): string {
  if (number < 0 || number > 0xff_ff_ff) throw new RangeError(`rule result ${number} does not fit into three bytes`);
  return number.toString(16).padStart(6, '0');
}

/** The bytes of `determination.verdicts` as hex; `hexOf` gives each result's number. */
export function encodeVerdicts(draft: DraftVerdicts, hexOf: (key: string) => string): string {
  if (draft.keys.length > 255) throw new RangeError('more rule results than a byte can count');
  let text = draft.keys.length.toString(16).padStart(2, '0');
  for (const key of draft.keys) text += hexOf(key);
  return text + draft.listed;
}
