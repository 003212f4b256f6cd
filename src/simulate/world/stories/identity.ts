/** Stories of records that are not what they first seemed: merged, moved, renumbered, given another class, deleted. */
import { addDays } from '../../../model/calendar.ts';
import type { VisitStep } from '../events.ts';
import type { SimPatient } from '../people.ts';
import type { Story } from '../story.ts';
import type { Scene, Teller } from '../teller.ts';
import { everydayEntity } from './eligible.ts';

/** A scene of a patient whom only names can find. */
function byName(teller: Teller, story: string, old: boolean, outcome: Scene['outcome'] = 'ELIGIBLE'): Scene {
  const entity = everydayEntity(teller);
  const dateOfService = teller.day(old);
  const pharmacy = teller.pharmacyOf(entity, dateOfService, true);
  const patient = teller.people.patient();
  return { story, entity, outcome, dateOfService, patient, pharmacy, withIdentifier: false, patientClass: 'O' };
}

/** In the evening of the visit. */
const evening = (start: string, minute: number): string => `${start.slice(0, 11)}18:${minute}:00`;

/** The visit was registered under another record of the patient, which is merged in the evening. */
function merged(other: (teller: Teller, patient: SimPatient) => SimPatient): Story['tell'] {
  return (teller, story, old) => {
    const { patient, visit } = teller.care(byName(teller, story, old));
    if (visit === null) return;
    const prior = other(teller, patient);
    for (const step of visit.steps) step.patient = prior;
    visit.steps.push({ trigger: 'A40', at: evening(visit.start, 40), patient, prior });
  };
}

/** The same person under the name of before. */
const underFormerName = (teller: Teller, patient: SimPatient): SimPatient => {
  const { family } = teller.people.patient();
  return { ...teller.people.lookAlike(patient), family };
};

/** Two people of one name are merged by mistake, and taken apart again. */
function mergeUndone(teller: Teller, story: string, old: boolean): void {
  const scene = byName(teller, story, old, 'HELD');
  const { patient, visit } = teller.care(scene);
  if (visit === null) return;
  const prior = teller.people.lookAlike(patient);
  teller.visit(prior, scene.entity, addDays(scene.dateOfService, -6), { patientClass: 'O' });
  visit.steps.push(
    { trigger: 'A40', at: evening(visit.start, 40), prior },
    { trigger: 'A37', at: evening(visit.start, 50), prior },
  );
}

/** Registered on somebody else, then moved to the right patient. */
function wrongPatient(teller: Teller, story: string, old: boolean): void {
  const { visit } = teller.care(byName(teller, story, old));
  if (visit === null) return;
  const prior = teller.people.patient();
  for (const step of visit.steps) step.patient = prior;
  visit.steps.push({ trigger: 'A45', at: evening(visit.start, 45), prior });
}

/** The visit gets a new number; the order names that one. */
function renumbered(teller: Teller, story: string, old: boolean): void {
  const { visit, order } = teller.care(byName(teller, story, old));
  if (visit === null) return;
  const number = `${visit.number}N`;
  visit.steps.push({ trigger: 'A50', at: evening(visit.start, 55), number });
  if (order !== null) order.visit = number;
}

/** The visit of a patient who has no other ends differently than it began. */
function turned(outcome: Scene['outcome'], first: string, step: Omit<VisitStep, 'at'>): Story['tell'] {
  return (teller, story, old) => {
    const { visit } = teller.care(byName(teller, story, old, outcome));
    if (visit === null) return;
    for (const earlier of visit.steps) earlier.patientClass = first;
    visit.steps.push({ ...step, at: evening(visit.start, 30) });
  };
}

const fails: Story['fails'] = ['ENCOUNTER_QUALIFYING'];

/** All of them; shares per 1,000. */
export const IDENTITY: Story[] = [
  {
    name: 'duplicate-record',
    share: { mercy: 6, lakeside: 6 },
    tell: merged((teller, patient) => teller.people.lookAlike(patient)),
  },
  { name: 'former-name', share: { mercy: 5, lakeside: 5 }, tell: merged(underFormerName) },
  { name: 'wrong-patient', share: { mercy: 4, lakeside: 4 }, tell: wrongPatient },
  { name: 'renumbered-visit', share: { mercy: 4, lakeside: 4 }, tell: renumbered },
  {
    name: 'became-outpatient',
    share: { mercy: 4 },
    tell: turned('ELIGIBLE', 'I', { trigger: 'A07', patientClass: 'O' }),
  },
  {
    name: 'became-inpatient',
    share: { mercy: 6, lakeside: 2 },
    fails,
    tell: turned('INELIGIBLE', 'O', { trigger: 'A06', patientClass: 'I' }),
  },
  {
    name: 'deleted-visit',
    share: { mercy: 3, lakeside: 3 },
    fails,
    tell: turned('INELIGIBLE', 'O', { trigger: 'A23' }),
  },
  {
    name: 'merge-undone',
    share: { mercy: 3, lakeside: 3 },
    opens: ['PATIENT_AMBIGUOUS', 'DETERMINATION_HELD'],
    tell: mergeUndone,
  },
];
