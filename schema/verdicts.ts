/**
 * The verdicts of a determination as a jsonb array, worked out where they are selected: its bytes name rule results by their
 * numbers, whose evidence is completed with the determination's own ids (src/decide/verdict-codec.ts writes them).
 */
import * as tables from '../drizzle/tables/index.ts';
import type { Expression, ExpressionScope } from '../src/read/catalog.ts';

/** `[{rule, answer, reason, evidence: [{kind, id, note}]}]` in rule order. */
export const verdicts: Expression = (scope) => `select coalesce(jsonb_agg(jsonb_build_object(
  'rule', v.rule, 'answer', v.answer, 'reason', v.reason, 'evidence', v.evidence) order by v.place), '[]'::jsonb)
from (select min(w.place) as place, w.rule, w.answer, w.reason,
  coalesce(jsonb_agg(jsonb_build_object('kind', w.item ->> 'kind', 'id', ${idOf(scope)}, 'note', w.item ->> 'note')
    order by w.place, w.n) filter (where w.item is not null), '[]'::jsonb) as evidence
from (${rowsOf(scope)}) w
group by w.rule, w.answer, w.reason) v`;

/** Every row of evidence with its rule, and how many listed ids there are up to it. */
const rowsOf = ({ row, from }: ExpressionScope): string => `select p.place, r.rule, r.answer, r.reason, e.item, e.n,
  count(*) filter (where e.item ->> 'of' = 'listed') over (order by p.place, e.n) as listed
from generate_series(1, get_byte(${row}.verdicts, 0)) as p (place)
cross join lateral (select r.rule, r.answer, r.reason, r.evidence from ${from(tables.ruleResult, 'r', `r.number = ${numberAt(row, 'p.place')}`)}) r
left join lateral jsonb_array_elements(r.evidence) with ordinality e (item, n) on true`;

/** The number of the rule result at a place, counted from 1. */
const numberAt = (row: string, place: string): string =>
  `(get_byte(${row}.verdicts, 3 * ${place} - 2) << 16) + (get_byte(${row}.verdicts, 3 * ${place} - 1) << 8) + get_byte(${row}.verdicts, 3 * ${place})`;

/** The id of a row of evidence: its own, one of the determination's, or the next that is listed. */
function idOf({ row, from }: ExpressionScope): string {
  const claim = `coalesce(${row}.claim_id, (select x.claim_id from ${from(tables.dispense, 'x', `x.id = ${row}.dispense_id`)}))`;
  const listed = `encode(substr(${row}.verdicts, 3 * get_byte(${row}.verdicts, 0) + 16 * w.listed::int - 14, 16), 'hex')::uuid`;
  return `case w.item ->> 'of' when 'claim' then ${claim}::text when 'patient' then ${row}.patient_id::text
    when 'encounter' then ${row}.encounter_id::text when 'prescription' then ${row}.prescription_id::text
    when 'listed' then ${listed}::text else w.item ->> 'id' end`;
}
