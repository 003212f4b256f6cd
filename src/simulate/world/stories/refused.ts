/** Stories that end INELIGIBLE, at least one for every rule. */
import { addDays } from '../../../model/calendar.ts';
import { drugsOf } from '../drugs.ts';
import { LAKESIDE, NORTHGATE_ENDED_DAYS } from '../lakeside.ts';
import { MERCY } from '../mercy.ts';
import type { Story } from '../story.ts';
import type { Scene, Teller } from '../teller.ts';
import { everydayEntity } from './eligible.ts';

/** A scene of an everyday visit that is refused at once. */
const refused = (teller: Teller, story: string, old: boolean): Scene => ({
  story,
  entity: everydayEntity(teller),
  outcome: 'INELIGIBLE',
  dateOfService: teller.day(old),
});

/** A patient with only this one visit. */
const onlyVisit = (teller: Teller, story: string, old: boolean): Scene => ({
  ...refused(teller, story, old),
  patient: teller.people.patient(),
});

function cancelled(trigger: 'A11' | 'S26'): Story['tell'] {
  return (teller, story, old) => {
    const { visit } = teller.care({ ...onlyVisit(teller, story, old), patientClass: 'O' });
    visit?.steps.push({ trigger, at: `${visit.start.slice(0, 11)}19:10:00` });
  };
}

/** Every second of these at the hospital's own pharmacy, where it is bought at list price. */
function overTheCounter(teller: Teller, story: string, old: boolean): void {
  const mercy = teller.tenant.name === 'mercy';
  const own = old || teller.random.chance(0.5);
  teller.care({
    ...refused(teller, story, old),
    ...(own
      ? {
          entity: mercy ? MERCY.hospital : LAKESIDE.centre,
          pharmacy: teller.pharmacy(mercy ? MERCY.inHouse : LAKESIDE.inHouse),
        }
      : {}),
    drug: teller.random.pick(drugsOf('OTC')),
  });
}

/** The commercial claim is fine; the secondary payer is a Medicaid plan that is carved out. */
function hiddenMedicaid(teller: Teller, story: string): void {
  const { dispense } = teller.care({
    ...refused(teller, story, true),
    entity: MERCY.hospital,
    pharmacy: teller.pharmacy(MERCY.riverside),
    plan: teller.plan('990011'),
  });
  const [first] = dispense.transactions;
  if (first !== undefined)
    dispense.transactions.push({
      ...first,
      at: `${first.at.slice(0, 17)}59`,
      plan: teller.plan('990044'),
      otherCoverage: 2,
    });
}

const visits: Story[] = [
  {
    name: 'walk-in',
    share: { mercy: 28, lakeside: 28 },
    fails: ['PATIENT_MATCHED'],
    tell(teller, story, old) {
      teller.care({ ...refused(teller, story, old), outcome: 'INELIGIBLE_LATER', seen: false, order: 'NONE' });
    },
  },
  {
    name: 'inpatient',
    share: { mercy: 30, lakeside: 4 },
    fails: ['ENCOUNTER_QUALIFYING'],
    tell(teller, story, old) {
      const location = teller.tenant.name === 'mercy' ? '4WEST' : 'LSMAIN';
      const entity = teller.tenant.name === 'mercy' ? MERCY.hospital : LAKESIDE.centre;
      teller.care({ ...onlyVisit(teller, story, old), entity, location, patientClass: 'I' });
    },
  },
  {
    name: 'cancelled-visit',
    share: { mercy: 14, lakeside: 14 },
    fails: ['ENCOUNTER_QUALIFYING'],
    tell: cancelled('A11'),
  },
  { name: 'no-show', share: { mercy: 6, lakeside: 8 }, fails: ['ENCOUNTER_QUALIFYING'], tell: cancelled('S26') },
  {
    name: 'site-not-registered-yet',
    share: { mercy: 8 },
    fails: ['ENCOUNTER_QUALIFYING'],
    tell(teller, story, old) {
      teller.care({ ...onlyVisit(teller, story, old), entity: MERCY.hospital, location: 'NORTHCL', patientClass: 'O' });
    },
  },
  {
    name: 'visit-too-long-ago',
    share: { mercy: 6, lakeside: 6 },
    fails: ['ENCOUNTER_QUALIFYING'],
    tell(teller, story, old) {
      const scene = onlyVisit(teller, story, old);
      teller.care({ ...scene, outcome: 'INELIGIBLE_LATER', lead: 390, writtenAfter: 389, order: 'UNNAMED' });
    },
  },
  {
    name: 'no-order-in-the-ehr',
    share: { lakeside: 12 },
    fails: ['PRESCRIPTION_ORIGIN'],
    tell(teller, story, old) {
      teller.care({ ...onlyVisit(teller, story, old), outcome: 'INELIGIBLE_LATER', order: 'NONE' });
    },
  },
  {
    name: 'prescriber-not-on-roster',
    share: { mercy: 26, lakeside: 20 },
    fails: ['PRESCRIBER_AFFILIATED'],
    opens: ['PRESCRIBER_UNKNOWN'],
    tell(teller, story, old) {
      teller.care({ ...refused(teller, story, old), prescriber: teller.random.pick(teller.medical.strangers) });
    },
  },
  {
    name: 'prescriber-left',
    share: { mercy: 8, lakeside: 6 },
    fails: ['PRESCRIBER_AFFILIATED'],
    tell(teller, story, old) {
      teller.care({ ...refused(teller, story, old), prescriber: teller.random.pick(teller.medical.former) });
    },
  },
];

const products: Story[] = [
  { name: 'over-the-counter', share: { mercy: 16, lakeside: 16 }, fails: ['DRUG_COVERED'], tell: overTheCounter },
  {
    name: 'discontinued-product',
    share: { mercy: 5, lakeside: 5 },
    fails: ['DRUG_COVERED'],
    tell(teller, story, old) {
      teller.care({ ...refused(teller, story, old), drug: teller.random.pick(drugsOf('DISCONTINUED')) });
    },
  },
  {
    name: 'orphan-at-rural-hospital',
    share: { mercy: 5 },
    fails: ['DRUG_COVERED'],
    tell(teller, story, old) {
      const drug = teller.random.pick(drugsOf('ORPHAN'));
      teller.care({ ...refused(teller, story, old), entity: MERCY.rural, drug });
    },
  },
  {
    name: 'schedule-ii-refill',
    share: { mercy: 4, lakeside: 4 },
    fails: ['CLAIM_TIMELY'],
    tell(teller, story, old) {
      const drug = teller.random.pick(drugsOf('SCHEDULE_II'));
      teller.care({ ...onlyVisit(teller, story, old), drug, fill: 1, lead: 31 });
    },
  },
  {
    name: 'prescription-expired',
    share: { mercy: 5, lakeside: 5 },
    fails: ['CLAIM_TIMELY'],
    tell(teller, story, old) {
      const scheduled = teller.random.chance(0.5);
      const drug = teller.random.pick(drugsOf(scheduled ? 'SCHEDULE_IV' : 'ORDINARY'));
      teller.care({ ...onlyVisit(teller, story, old), drug, fill: 6, lead: scheduled ? 200 : 372 });
    },
  },
  {
    name: 'filled-before-written',
    share: { mercy: 3, lakeside: 3 },
    fails: ['CLAIM_TIMELY'],
    tell(teller, story) {
      teller.care({ ...onlyVisit(teller, story, true), lead: 1, writtenAfter: 3, order: 'UNNAMED' });
    },
  },
];

const registrations: Story[] = [
  {
    name: 'registration-lapsed',
    share: { lakeside: 22 },
    fails: ['PHARMACY_REGISTERED'],
    opens: ['REGISTRATION_LAPSED'],
    tell(teller, story) {
      const dateOfService = addDays(teller.today, -teller.random.int(1, NORTHGATE_ENDED_DAYS));
      const pharmacy = teller.pharmacy(LAKESIDE.northgate);
      teller.care({ story, entity: LAKESIDE.centre, outcome: 'INELIGIBLE', dateOfService, pharmacy });
    },
  },
  {
    name: 'entity-ended',
    share: { mercy: 7 },
    fails: ['ENTITY_PARTICIPATING'],
    tell(teller, story) {
      const ago = teller.random.int(2, 25);
      teller.care({
        story,
        entity: MERCY.ended,
        outcome: 'INELIGIBLE',
        dateOfService: addDays(teller.today, -ago),
        lead: 28 - ago,
        patient: teller.people.patient(),
        pharmacy: teller.pharmacy(MERCY.cornercare),
      });
    },
  },
];

const medicaid: Story[] = [
  {
    name: 'managed-medicaid-carved-out',
    share: { mercy: 24 },
    fails: ['MEDICAID_CARVE'],
    tell(teller, story, old) {
      teller.care({ ...refused(teller, story, old), plan: teller.plan('990044') });
    },
  },
  {
    name: 'medicaid-at-contract-pharmacy',
    share: { mercy: 16 },
    fails: ['MEDICAID_CARVE'],
    tell(teller, story, old) {
      const pharmacy = teller.pharmacy(teller.random.chance(0.5) ? MERCY.riverside : MERCY.cornercare);
      teller.care({ ...refused(teller, story, old), entity: MERCY.hospital, pharmacy, plan: teller.plan('990033') });
    },
  },
  {
    name: 'exclusion-file-mismatch',
    share: { mercy: 5, lakeside: 30 },
    fails: ['MEDICAID_CARVE'],
    opens: ['MEF_MISMATCH'],
    tell(teller, story, old) {
      const mercy = teller.tenant.name === 'mercy';
      teller.care({
        ...refused(teller, story, old),
        entity: mercy ? MERCY.rural : LAKESIDE.centre,
        plan: teller.plan(mercy ? '990033' : '990066'),
      });
    },
  },
  { name: 'hidden-medicaid', share: { mercy: 4 }, fails: ['MEDICAID_CARVE'], tell: hiddenMedicaid },
];

/** All of them; shares per 1,000. */
export const REFUSED: Story[] = [...visits, ...products, ...registrations, ...medicaid];
