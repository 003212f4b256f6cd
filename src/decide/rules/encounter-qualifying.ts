import { addDays, participates } from '../../model/calendar.ts';
import type { Evidence, Verdict } from '../../model/verdict.ts';
import { mayStillDeliver, type Facts, type VisitRow } from './facts.ts';
import { fail, pass, unknown, type Earlier } from './verdicts.ts';

/** Losing candidates beyond this are only counted: a chronic patient has hundreds of visits. */
const EVIDENCE_MAX = 20;
const QUALIFYING_CLASSES = new Set(['AMB', 'EMER', 'OBSENC']);

interface Candidate {
  visit: VisitRow;
  answer: 'PASS' | 'FAIL' | 'UNKNOWN';
  note: string;
}

/** The visit that qualifies the dispense; null when rule 4 does not pass. */
export function qualifyingVisit(facts: Facts): VisitRow | null {
  if (facts.patient.kind !== 'MATCHED' || facts.dispense.writtenDate === null) return null;
  return weigh(facts, facts.patient.patientId, facts.dispense.writtenDate).chosen?.visit ?? null;
}

interface Weighed {
  candidates: Candidate[];
  /** The best of those that qualify. */
  chosen: Candidate | undefined;
}

/** The rule and the judgement both ask for the chosen visit of the same facts. */
const WEIGHED = new WeakMap<Facts, Weighed>();

function weigh(facts: Facts, patientId: string, writtenDate: string): Weighed {
  const known = WEIGHED.get(facts);
  if (known) return known;
  const candidates = candidatesOf(facts, patientId, writtenDate);
  const weighed = { candidates, chosen: choose(facts, candidates, writtenDate) };
  WEIGHED.set(facts, weighed);
  return weighed;
}

/** Rule 4: an outpatient visit of the patient at a site of the entity stands behind the written date (12.22 to 12.25). */
export function encounterQualifying(facts: Facts, earlier: Earlier): Verdict {
  const matched = earlier.get('PATIENT_MATCHED');
  if (facts.patient.kind !== 'MATCHED')
    return (matched?.answer === 'FAIL' ? fail : unknown)('PATIENT_NOT_MATCHED', matched?.evidence ?? []);
  const { writtenDate } = facts.dispense;
  if (writtenDate === null)
    return unknown('WRITTEN_DATE_MISSING', [{ kind: 'claim', id: facts.dispense.claimId, note: 'NO_WRITTEN_DATE' }]);
  const { candidates, chosen } = weigh(facts, facts.patient.patientId, writtenDate);
  const evidence = evidenceOf(facts, candidates, chosen);
  if (chosen) return pass(isNamed(facts, chosen.visit) ? 'NAMED_VISIT' : 'VISIT_IN_WINDOW', evidence);
  if (candidates.some((candidate) => candidate.answer === 'UNKNOWN')) return unknown('VISIT_UNCLEAR', evidence);
  const { prescription } = facts;
  if (binding(facts)) {
    const arrived = prescription !== null && prescription.visit !== null;
    if (arrived) return fail('NAMED_VISIT_NOT_QUALIFYING', evidence);
    return mayStillDeliver(facts)
      ? unknown('NAMED_VISIT_NOT_YET_KNOWN', evidence)
      : fail('NAMED_VISIT_NOT_FOUND', evidence);
  }
  return mayStillDeliver(facts) ? unknown('VISIT_NOT_YET_KNOWN', evidence) : fail('NO_QUALIFYING_VISIT', evidence);
}

/** The matching prescription names a visit and policy lets only that one count (12.8). */
const binding = (facts: Facts): boolean =>
  facts.policy.namedEncounterBinds && facts.prescription !== null && facts.prescription.visitNumber !== null;

const isNamed = (facts: Facts, visit: VisitRow): boolean =>
  facts.prescription !== null &&
  facts.prescription.visitNumber === visit.visitNumber &&
  facts.prescription.sourceSystem === visit.sourceSystem;

function candidatesOf(facts: Facts, patientId: string, writtenDate: string): Candidate[] {
  const named = facts.prescription?.visit ?? null;
  const listed = facts.visits.some((visit) => visit.id === named?.id);
  const visits = named && binding(facts) && !listed ? [...facts.visits, named] : facts.visits;
  return visits.map((visit) => {
    const judged = judgeVisit(facts, visit, patientId, writtenDate);
    const outbid = binding(facts) && !isNamed(facts, visit) && judged.answer !== 'FAIL';
    return outbid ? { visit, answer: 'FAIL', note: 'ANOTHER_VISIT_IS_NAMED' } : { visit, ...judged };
  });
}

type Opinion = Omit<Candidate, 'visit'>;
const no = (note: string): Opinion => ({ answer: 'FAIL', note });
const unclear = (note: string): Opinion => ({ answer: 'UNKNOWN', note });

function judgeVisit(facts: Facts, visit: VisitRow, patientId: string, writtenDate: string): Opinion {
  if (visit.patientId !== patientId) return no('OTHER_PATIENT');
  if (visit.status !== 'ACTIVE') return no(visit.status);
  if (visit.class !== 'UNKNOWN' && !QUALIFYING_CLASSES.has(visit.class)) return no(`CLASS_${visit.class}`);
  if (visit.startDate === null) return unclear('START_MISSING');
  if (visit.startDate < addDays(writtenDate, -facts.policy.lookbackDays)) return no('BEFORE_LOOKBACK');
  if (visit.startDate > addDays(writtenDate, facts.policy.writtenGraceDays)) return no('AFTER_WRITTEN_DATE');
  if (visit.site !== null) {
    const site = facts.entity.family.get(visit.site);
    if (!site && facts.entity.family.size > 0) return no('SITE_OF_ANOTHER_ENTITY');
    if (!site) return unclear('ENTITY_NOT_IN_OPAIS');
    if (!participates(visit.startDate, site.startDate, site.terminationDate)) return no('SITE_NOT_REGISTERED');
  }
  if (visit.class === 'UNKNOWN') return unclear('CLASS_UNKNOWN');
  return visit.site === null ? unclear('SITE_UNMAPPED') : { answer: 'PASS', note: 'QUALIFIES' };
}

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The best of the qualifying candidates (12.25). */
function choose(facts: Facts, candidates: Candidate[], writtenDate: string): Candidate | undefined {
  const grace = (visit: VisitRow): number => (visit.startDate !== null && visit.startDate > writtenDate ? 1 : 0);
  const passing = candidates.filter((candidate) => candidate.answer === 'PASS');
  if (passing.length < 2) return passing[0];
  return passing.sort(
    ({ visit: a }, { visit: b }) =>
      Number(isNamed(facts, b)) - Number(isNamed(facts, a)) ||
      grace(a) - grace(b) ||
      Date.parse(b.startedAt ?? b.startDate ?? '') - Date.parse(a.startedAt ?? a.startDate ?? '') ||
      text(a.visitNumber, b.visitNumber) ||
      text(a.sourceSystem, b.sourceSystem),
  )[0];
}

/** The chosen one first, then the unclear ones, then why the others lost; latest start first. */
function evidenceOf(facts: Facts, candidates: Candidate[], chosen: Candidate | undefined): Evidence[] {
  const rank = (candidate: Candidate): number =>
    candidate === chosen ? 0 : candidate.answer === 'UNKNOWN' ? 1 : candidate.answer === 'PASS' ? 2 : 3;
  const sorted = [...candidates].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      text(b.visit.startDate ?? '', a.visit.startDate ?? '') ||
      text(a.visit.visitNumber, b.visit.visitNumber) ||
      text(a.visit.sourceSystem, b.visit.sourceSystem),
  );
  const evidence: Evidence[] = sorted.slice(0, EVIDENCE_MAX).map((candidate) => ({
    kind: 'encounter',
    id: candidate.visit.id,
    note: candidate !== chosen && candidate.answer === 'PASS' ? 'ANOTHER_VISIT_PREFERRED' : candidate.note,
  }));
  if (facts.prescription?.visitNumber != null)
    evidence.push({ kind: 'prescription', id: facts.prescription.id, note: 'NAMES_VISIT' });
  if (sorted.length > EVIDENCE_MAX)
    evidence.push({ kind: 'encounter', id: '', note: `${sorted.length - EVIDENCE_MAX}_MORE` });
  return evidence;
}
