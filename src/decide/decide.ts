/**
 * The stage that decides: takes marked prescriptions at a pharmacy, folds all their claims into dispenses, gathers the facts,
 * asks the rules for every candidate entity and writes the answers. One transaction per batch; state is a function of the
 * facts at hand, so a key may be decided any number of times.
 */
import type { Transaction } from '../db/client.ts';
import type { Cause } from '../db/exceptions.ts';
import { fault } from '../db/fault.ts';
import { newId } from '../db/ids.ts';
import type { Stage, StageContext } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import { withTenant } from '../db/tenant.ts';
import { draftOf, type StoredDetermination } from './determination-row.ts';
import { claimOf, deserted, dispenseRow, identityOf, type DispenseRow } from './dispense-row.ts';
import { foldClaims, type Claim, type FoldedDispense } from './fold-claims.ts';
import { gatherFacts, type Gathered } from './gather-facts.ts';
import { judge } from './judge.ts';
import { loadSetting, PLAN_EACH_TIME } from './load-setting.ts';
import { causesOf } from './raise-causes.ts';
import { settleResults } from './rule-results.ts';
import { ResultTree } from './verdict-codec.ts';
import { Answers, type Judged } from './write-answers.ts';

const TAKE = statement(import.meta.url, 'take-prescriptions.sql');
const CLAIMS = statement(import.meta.url, 'facts-claims.sql');
const DISPENSES = statement(import.meta.url, 'facts-dispenses.sql');
const DETERMINATIONS = statement(import.meta.url, 'facts-determinations.sql');
/** Prescriptions per transaction: large enough to hide the round trips, small enough for a short queue of waiting markers. */
const BATCH = 1000;
/** Batches of a lane before other stages have their turn: a second or two. */
const LANE_BATCHES = 4;

/** A prescription at a pharmacy: the unit of work. */
interface Key {
  ncpdp: string;
  rxNumber: string;
}
const keyText = (key: Key): string => `${key.ncpdp}|${key.rxNumber}`;

/**
 * Deciding as a stage of the pipeline. While much waits, a second lane works beside the first: the process judges one batch
 * while the database reads and writes the other.
 */
export const decideStage: Stage = {
  name: 'decide',
  run: async (context) => {
    let second: Promise<PromiseSettledResult<number>[]> | undefined;
    const first = lane(context, () => {
      // One connection stays free for those who must not wait: what is received, what is asked.
      if (context.db.freeLinks > 1) second ??= Promise.allSettled([lane(context, () => {})]);
    });
    const outcomes = [...(await Promise.allSettled([first])), ...((await second) ?? [])];
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    return outcomes.reduce((done, outcome) => done + (outcome.status === 'fulfilled' ? outcome.value : 0), 0);
  },
};

/** One batch after the other while they are full; `full` is told as soon as a full one is taken. */
async function lane(context: StageContext, full: () => void): Promise<number> {
  let total = 0;
  for (let batch = 0; batch < LANE_BATCHES; batch += 1) {
    const work = (tx: Transaction): Promise<number> => decideBatch(tx, context, full);
    const done = await withTenant(context.db, context.tenant.id, work, { settings: PLAN_EACH_TIME });
    if (done > 0) fault.point('decide-committed');
    total += done;
    if (done < BATCH) break;
  }
  return total;
}

async function decideBatch(tx: Transaction, { tenant, clock }: StageContext, full: () => void): Promise<number> {
  const keys = await run<Key>(tx, TAKE, [tenant.id, BATCH]);
  if (keys.length === 0) return 0;
  if (keys.length === BATCH) full();
  const columns = [tenant.id, keys.map((key) => key.ncpdp), keys.map((key) => key.rxNumber)];
  const [setting, claims, stored] = await Promise.all([
    loadSetting(tx, tenant, clock().toISOString()),
    run<Claim>(tx, CLAIMS, columns),
    run<DispenseRow>(tx, DISPENSES, columns),
  ]);
  const folded = foldAll(claims);
  const before = new Map(stored.map((row) => [identityOf(row), row]));
  const [gathered, determinations] = await Promise.all([
    gatherFacts(tx, tenant.id, setting, folded.dispenses),
    before.size === 0 ? [] : run<StoredDetermination>(tx, DETERMINATIONS, [tenant.id, stored.map((row) => row.id)]),
  ]);
  const tree = new ResultTree();
  const judged: JudgedDispense[] = [];
  for (const one of gathered) judged.push(judgeOne(one, before, tree));
  await settleResults(tx, tenant.id, tree.results);
  const answers = new Answers();
  const determinationsOf = Map.groupBy(determinations, (one) => one.dispenseId);
  for (const one of judged) answer(answers, one, determinationsOf.get(one.dispenseId) ?? []);
  // What is left has lost its claims.
  for (const row of before.values()) desert(answers, row, determinationsOf.get(row.id) ?? []);
  raiseOrphans(answers, keys, folded.orphans);
  await answers.write(tx, tenant.id, setting);
  fault.point('decide-in-transaction');
  return keys.length;
}

function foldAll(claims: readonly Claim[]): { dispenses: FoldedDispense[]; orphans: Claim[] } {
  const prescriptions = [...Map.groupBy(claims, keyText).values()].map(foldClaims);
  return {
    dispenses: prescriptions.flatMap((one) => one.dispenses),
    orphans: prescriptions.flatMap((one) => one.orphans),
  };
}

const foldedIdentity = (one: FoldedDispense): string =>
  `${one.ncpdp}|${one.rxNumber}|${one.fillNumber}|${one.dateOfService}|${one.dispensingStatus}`;

/** What is kept of a judged dispense until the whole batch is judged: no facts and no verdicts, only what will be written. */
interface JudgedDispense extends Judged {
  row: DispenseRow;
  causes: Cause[];
}

/** Judges one dispense; takes its stored row out of `before`. */
function judgeOne(gathered: Gathered, before: Map<string, DispenseRow>, tree: ResultTree): JudgedDispense {
  const identity = foldedIdentity(gathered.folded);
  const stored = before.get(identity) ?? null;
  before.delete(identity);
  const judgements = judge(gathered.candidates);
  const winner = judgements.find((one) => one.winning) ?? null;
  const dispenseId = stored?.id ?? newId();
  return {
    dispenseId,
    before: stored,
    claimId: claimOf(gathered.folded),
    drafts: judgements.map((one) => draftOf(one, tree)),
    row: dispenseRow(dispenseId, gathered, winner),
    causes: winner ? causesOf(dispenseId, winner, gathered.folded.primary.totalPaid) : [],
  };
}

/** Compares a judged dispense with what is stored. */
function answer(answers: Answers, judged: JudgedDispense, stored: readonly StoredDetermination[]): void {
  const { dispenseId, before, row, causes } = judged;
  row.determination_id = answers.determine(judged, stored);
  answers.dispense(row, before);
  if (before || causes.length > 0) answers.raise(`dispense:${dispenseId}`, causes);
}

function desert(answers: Answers, row: DispenseRow, stored: readonly StoredDetermination[]): void {
  answers.determine({ dispenseId: row.id, before: row, claimId: null, drafts: [] }, stored);
  answers.dispense(deserted(row), row);
  answers.raise(`dispense:${row.id}`, []);
}

/** REVERSAL_ORPHAN stands on the prescription at the pharmacy: there may be no dispense to name (12.12, 12.16). */
function raiseOrphans(answers: Answers, keys: readonly Key[], orphans: readonly Claim[]): void {
  const orphansOf = Map.groupBy(orphans, keyText);
  for (const key of keys) {
    const source = `prescription:${keyText(key)}`;
    answers.raise(
      source,
      (orphansOf.get(keyText(key)) ?? []).map((claim) => orphanCause(claim, source)),
    );
  }
}

const orphanCause = (claim: Claim, source: string): Cause => ({
  code: 'REVERSAL_ORPHAN',
  subject: `${claim.ncpdp}|${claim.rxNumber}|${claim.fillNumber ?? ''}|${claim.dateOfService}`,
  source,
  detail: 'A reversal waits for the claim that it reverses.',
  dollars: claim.totalPaid,
});
