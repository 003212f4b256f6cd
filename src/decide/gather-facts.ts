/**
 * Facts of a batch: for every open dispense the candidate entities (DOMAIN.md 12.1) and all that the rules may look at for
 * each of them. Three rounds of set-based statements, whatever the size of the batch.
 */
import type { Transaction } from '../db/client.ts';
import type { TenantId } from '../db/tenant.ts';
import { addDays, quarterOf } from '../model/calendar.ts';
import type { PlanType } from '../model/records.ts';
import { gatherBook, ndcIn, payersOf, planOf, type FactBook } from './fact-book.ts';
import type { FoldedDispense } from './fold-claims.ts';
import type { Setting } from './load-setting.ts';
import { gatherPatientFacts, type PatientAnswer, type PatientQuestion } from './patient-facts.ts';
import type {
  Arrangement,
  DispenseFacts,
  EntityFacts,
  ExclusionFacts,
  Facts,
  MedicaidPolicyRow,
  NdcResolution,
  PayerFacts,
} from './rules/facts.ts';

/** One dispense with what was found out about it. */
export interface Gathered {
  folded: FoldedDispense;
  ndc: NdcResolution;
  /** Worst plan type of the payers, for filters. */
  planType: PlanType;
  /** One per candidate entity; empty unless OPEN. */
  candidates: Facts[];
}

/** Worst first; of the others the primary payer's type stands. */
const WORST_PLAN_TYPES: readonly PlanType[] = ['MEDICAID_FFS', 'MEDICAID_MCO', 'UNKNOWN'];

/**
 * Gathers the facts of all given dispenses. They are put together one dispense at a time as the answer is walked, so that those
 * of a judged dispense are garbage before the next is judged.
 */
export async function gatherFacts(
  tx: Transaction,
  tenant: TenantId,
  setting: Setting,
  dispenses: readonly FoldedDispense[],
): Promise<Iterable<Gathered>> {
  const book = await gatherBook(tx, tenant, setting, dispenses);
  const entities = new EntityBook(book, setting);
  const drafts = dispenses.map((folded) => draft(book, entities, setting, folded));
  const questions = drafts.flatMap((one) => one.questions);
  return together(drafts, entities, await gatherPatientFacts(tx, tenant, setting, book, questions));
}

function* together(
  drafts: readonly Draft[],
  entities: EntityBook,
  answerOf: (question: PatientQuestion) => PatientAnswer,
): Generator<Gathered> {
  for (const { gathered, common, questions } of drafts) {
    const candidates: Facts[] = [];
    if (common)
      for (const question of questions) candidates.push(entities.facts(common, question.entity, answerOf(question)));
    yield { ...gathered, candidates };
  }
}

/** What all candidates of a dispense share. */
type Common = Pick<
  Facts,
  'policy' | 'windowOpen' | 'dispense' | 'pharmacy' | 'roster' | 'drug' | 'payers' | 'restrictions'
>;

interface Draft {
  gathered: Omit<Gathered, 'candidates'>;
  common: Common | null;
  questions: (PatientQuestion & { entity: EntityFacts })[];
}

function draft(book: FactBook, entities: EntityBook, setting: Setting, folded: FoldedDispense): Draft {
  const ndc = ndcIn(book, folded.primary.ndcText);
  const payers = payersOf(folded).map((payer): PayerFacts => {
    const plan = planOf(book, payer, folded.dateOfService);
    return { ...payer, plan: plan && { id: plan.id, planType: plan.planType, state: plan.state } };
  });
  const gathered = { folded, ndc, planType: worstPlanType(payers) };
  if (folded.state !== 'OPEN') return { gathered, common: null, questions: [] };
  const dispense = dispenseFacts(setting, folded, ndc);
  const common: Common = {
    policy: setting.policy,
    windowOpen: setting.decisionDate <= addDays(folded.dateOfService, setting.policy.waitDays),
    dispense,
    pharmacy: book.pharmacies.get(folded.ncpdp) ?? null,
    roster: book.roster.get(folded.primary.prescriberId ?? '') ?? [],
    drug: ndc.kind === 'LISTED' && ndc.ndc11 !== null ? (book.drugs.get(ndc.ndc11) ?? null) : null,
    payers,
    restrictions: book.restrictions.get(ndc.ndc11?.slice(0, 5) ?? '') ?? [],
  };
  const wanted = { claim: folded.primary, ndc11: ndc.ndc11, writtenDate: folded.writtenDate };
  const questions = entities.candidates(folded.ncpdp).map((entity) => ({ entity, wanted }));
  return { gathered, common, questions };
}

const dispenseFacts = (setting: Setting, folded: FoldedDispense, ndc: NdcResolution): DispenseFacts => ({
  subject: `${folded.ncpdp}|${folded.rxNumber}|${folded.fillNumber}|${folded.dateOfService}`,
  ncpdp: folded.ncpdp,
  rxNumber: folded.rxNumber,
  fillNumber: folded.fillNumber,
  dateOfService: folded.dateOfService,
  ndcText: folded.primary.ndcText,
  ndc,
  quantity: folded.primary.quantity,
  writtenDate: folded.writtenDate,
  prescriberId: folded.primary.prescriberId,
  claimId: folded.primary.id,
  receivedDate: setting.localDate(folded.primary.receivedAt),
});

const typeOf = (payer: PayerFacts): PlanType => payer.plan?.planType ?? (payer.bin === '' ? 'CASH' : 'UNKNOWN');

function worstPlanType(payers: PayerFacts[]): PlanType {
  const types = payers.map(typeOf);
  return WORST_PLAN_TYPES.find((type) => types.includes(type)) ?? types[0] ?? 'UNKNOWN';
}

/** What the batch asks again for every dispense, worked out once: arrangements by pharmacy, Medicaid rows by entity and quarter. */
class EntityBook {
  readonly #book: FactBook;
  readonly #setting: Setting;
  readonly #candidates = new Map<string, EntityFacts[]>();
  readonly #arrangements = new Map<string, Map<EntityFacts, Arrangement[]>>();
  readonly #medicaid = new Map<EntityFacts, MedicaidPolicyRow[]>();
  readonly #exclusions = new Map<string, Map<EntityFacts, ExclusionFacts>>();

  constructor(book: FactBook, setting: Setting) {
    this.#book = book;
    this.#setting = setting;
  }

  /** Parents that have an arrangement row with the pharmacy, whatever its dates; if none has, all (12.1). */
  candidates(ncpdp: string): EntityFacts[] {
    return remembered(this.#candidates, ncpdp, () => {
      const { entities } = this.#setting;
      const arranged = entities.filter((entity) => this.#arrangementsOf(ncpdp, entity).length > 0);
      return arranged.length > 0 ? arranged : entities;
    });
  }

  /** All that the rules look at for one candidate. Written out: copying objects into one another took a tenth of gathering. */
  facts(common: Common, entity: EntityFacts, { patient, prescription, visits, referrals }: PatientAnswer): Facts {
    const { ncpdp, dateOfService } = common.dispense;
    return {
      policy: common.policy,
      windowOpen: common.windowOpen,
      ehrLate: this.#setting.ehr.get(entity.id340b)?.late ?? false,
      dispense: common.dispense,
      entity,
      pharmacy: common.pharmacy,
      arrangements: this.#arrangementsOf(ncpdp, entity),
      patient,
      prescription,
      visits,
      referrals,
      roster: common.roster,
      drug: common.drug,
      payers: common.payers,
      // The parent's own rows first: a site's row speaks only where the parent says nothing.
      medicaidPolicies: remembered(this.#medicaid, entity, () =>
        [...idsOf(entity)].flatMap((id) => this.#book.medicaidPolicies.get(id) ?? []),
      ),
      exclusions: this.#exclusionsOf(quarterOf(dateOfService), entity),
      restrictions: common.restrictions,
    };
  }

  #arrangementsOf(ncpdp: string, entity: EntityFacts): Arrangement[] {
    const ofPharmacy = remembered(this.#arrangements, ncpdp, () => new Map<EntityFacts, Arrangement[]>());
    return remembered(ofPharmacy, entity, () => arrangementsOf(this.#book, ncpdp, entity));
  }

  #exclusionsOf(quarter: string, entity: EntityFacts): ExclusionFacts {
    const ofQuarter = remembered(this.#exclusions, quarter, () => new Map<EntityFacts, ExclusionFacts>());
    return remembered(ofQuarter, entity, () => {
      const listed = this.#book.exclusions.get(quarter);
      const ids = idsOf(entity);
      return {
        loaded: listed !== undefined,
        rows: (listed ?? []).flatMap((row) =>
          row.id !== null && ids.has(row.id340b)
            ? [{ id: row.id, state: row.state, from: row.from, termination: row.termination }]
            : [],
        ),
      };
    });
  }
}

const idsOf = (entity: EntityFacts): Set<string> => new Set([entity.id340b, ...entity.family.keys()]);

function remembered<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function arrangementsOf(book: FactBook, ncpdp: string, entity: EntityFacts): Arrangement[] {
  const contracts = (book.arrangements.get(ncpdp) ?? [])
    .filter((row) => row.entity === entity.id340b)
    .map((row): Arrangement => ({
      id: row.id,
      kind: 'CONTRACT',
      id340b: row.id340b,
      from: row.from,
      termination: row.termination,
    }));
  const pharmacy = book.pharmacies.get(ncpdp);
  const own = pharmacy?.inHouseOf === entity.id340b || entity.family.has(pharmacy?.inHouseOf ?? '');
  if (!pharmacy || !own) return contracts;
  const { id, inHouseOf, inHouseFrom } = pharmacy;
  return [{ id, kind: 'IN_HOUSE', id340b: inHouseOf, from: inHouseFrom, termination: null }, ...contracts];
}
