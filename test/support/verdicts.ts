/**
 * Verdicts of determinations in tests: written for a world that is put straight into the tables, and read in a plain way that shares
 * nothing with the SQL of the read model.
 */
import { encodeVerdicts, numberHex, ResultTree, resultText, type KnownIds } from '../../src/decide/verdict-codec.ts';
import { newId } from '../../src/db/ids.ts';
import { RULE_CODES, type Verdict } from '../../src/model/verdict.ts';
import type { Dice } from './rows.ts';

/** A verdict as the API answers it. */
export interface ReadVerdict {
  rule: string;
  answer: string;
  reason: string;
  evidence: { kind: string; id: string; note?: string }[];
}

/** A row of `rule_result`. */
export interface RuleResultRow {
  number: number;
  digest: string;
  rule: string;
  answer: string;
  reason: string;
  evidence: { kind: string; id?: string; of?: string; note?: string }[];
}

/** Numbers results as they are first stated. */
export class ResultBook {
  readonly #tree = new ResultTree();

  /** The bytes of these verdicts as hex. */
  encode(verdicts: readonly ReadVerdict[], known: KnownIds): string {
    const given = new Map(verdicts.map((one) => [one.rule, one])) as unknown as ReadonlyMap<never, Verdict>;
    const draft = this.#tree.draft(given, known);
    for (const [index, result] of this.#tree.results.entries()) result.hex = numberHex(index + 1);
    return encodeVerdicts(draft);
  }

  get rows(): RuleResultRow[] {
    return this.#tree.results.map((result, index) => ({
      number: index + 1,
      digest: resultText(result),
      rule: result.rule,
      answer: result.answer,
      reason: result.reason,
      evidence: result.evidence,
    }));
  }

  get byNumber(): Map<number, RuleResultRow> {
    return new Map(this.rows.map((row) => [row.number, row]));
  }
}

/** What bytes say, with the ids that stand beside them. */
export function readVerdicts(
  bytes: Buffer,
  known: KnownIds,
  results: ReadonlyMap<number, RuleResultRow>,
): ReadVerdict[] {
  const count = bytes.readUInt8(0);
  let at = 1 + 3 * count;
  const verdicts = new Map<string, ReadVerdict>();
  for (let place = 0; place < count; place += 1) {
    const result = results.get(bytes.readUIntBE(1 + 3 * place, 3));
    if (result === undefined) throw new Error('a number without a rule result');
    const { rule, answer, reason } = result;
    const verdict = verdicts.get(rule) ?? { rule, answer, reason, evidence: [] };
    verdicts.set(rule, verdict);
    for (const { kind, id, of, note } of result.evidence) {
      let whole = id ?? '';
      if (of === 'listed') {
        whole = bytes.toString('hex', at, at + 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
        at += 16;
      } else if (of !== undefined) whole = known[of as keyof KnownIds] ?? '';
      verdict.evidence.push({ kind, id: whole, ...(note === undefined ? {} : { note }) });
    }
  }
  return [...verdicts.values()];
}

/** SQL: the rule, answer and reason of each verdict of the determination `alias`, as rows of `v`, in rule order. */
export const verdictRows = (alias: string): string => `lateral (
  select r.rule, r.answer, r.reason
  from generate_series(1, get_byte(${alias}.verdicts, 0)) as p (place)
  join rule_result r on r.tenant_id = ${alias}.tenant_id
    and r.number = ('x' || encode(substr(${alias}.verdicts, 3 * p.place - 1, 3), 'hex'))::bit(24)::int
  group by r.rule, r.answer, r.reason order by min(p.place)) v`;

/** Evidence of every sort: ids that stand in columns, listed ones, master rows; some rules have more rows than one result holds. */
export function randomVerdicts(dice: Dice, reasons: readonly string[], known: KnownIds): ReadVerdict[] {
  const sorts = [
    () => ({ kind: 'encounter', id: newId() }),
    () => ({ kind: 'encounter', id: known.encounter ?? '' }),
    () => ({ kind: 'patient', id: known.patient ?? newId() }),
    () => ({ kind: 'claim', id: known.claim ?? '' }),
    () => ({ kind: 'plan', id: '0192e0a0-0000-7000-8000-000000000004' }),
    () => ({ kind: 'candidate', id: 'DSH000001' }),
  ];
  return RULE_CODES.map((rule, place) => {
    const answer = dice.pick(['PASS', 'FAIL', 'UNKNOWN', 'NOT_APPLICABLE', 'ODD']);
    const reason = dice.pick(reasons);
    const notes = dice.chance(0.1) ? [] : Array.from({ length: dice.below(3) }, () => dice.chance(0.5));
    const evidence = notes.flatMap((noted, row) =>
      sorts.slice(0, 1 + (place % sorts.length)).map((_, sort) => ({
        ...(sorts[(place + row + sort) % sorts.length]?.() ?? { kind: 'plan', id: '' }),
        ...(noted ? { note: 'INPATIENT' } : {}),
      })),
    );
    return { rule, answer, reason, evidence };
  });
}
