/** Stories that end ELIGIBLE: most of the world. */
import { addDays } from '../../../model/calendar.ts';
import { drugsOf, tenDigits } from '../drugs.ts';
import { at, quantityText } from '../events.ts';
import { LAKESIDE } from '../lakeside.ts';
import { MERCY } from '../mercy.ts';
import { staffOf } from '../people.ts';
import type { Story } from '../story.ts';
import type { Teller } from '../teller.ts';

/** The entity of an everyday visit. */
export function everydayEntity(teller: Teller): string {
  if (teller.tenant.name === 'lakeside') return LAKESIDE.centre;
  return teller.random.chance(0.14) ? MERCY.rural : MERCY.hospital;
}

const ordinary = (teller: Teller, story: string, old: boolean) =>
  teller.care({ story, entity: everydayEntity(teller), outcome: 'ELIGIBLE', dateOfService: teller.day(old) });

/** A visit whose first message had the wrong place; an A08 puts it right. */
function correctedPlace(teller: Teller, story: string, old: boolean): void {
  const { visit } = ordinary(teller, story, old);
  const [first] = visit?.steps ?? [];
  if (visit === null || first === undefined) return;
  first.location = teller.tenant.name === 'mercy' ? 'ANNEX' : 'LSPOPUP';
  visit.steps.push({ trigger: 'A08', at: `${visit.start.slice(0, 11)}18:30:00` });
}

/** Both hospitals saw the patient and share the prescriber: two candidates are eligible, one wins. */
function twoHospitals(teller: Teller, story: string, old: boolean): void {
  const dateOfService = teller.day(old);
  const patient = teller.people.patient();
  const rural = staffOf(teller.medical, teller.tenant, MERCY.rural);
  const hospital = new Set(staffOf(teller.medical, teller.tenant, MERCY.hospital));
  const prescriber = teller.random.pick(rural.filter((one) => hospital.has(one)));
  teller.visit(patient, MERCY.rural, addDays(dateOfService, -9), { attending: prescriber, patientClass: 'O' });
  teller.care({
    story,
    entity: MERCY.hospital,
    outcome: 'ELIGIBLE',
    dateOfService,
    patient,
    prescriber,
    patientClass: 'O',
    order: 'NONE',
    pharmacy: teller.pharmacy(MERCY.riverside),
  });
}

/** Part of the quantity today, the rest two days later: two dispenses of one fill. */
function partialFill(teller: Teller, story: string): void {
  const dateOfService = teller.day(true);
  const later = addDays(dateOfService, 2);
  const drug = teller.random.pick(drugsOf('ORDINARY').filter(({ size }) => size === 30));
  const entity = everydayEntity(teller);
  const { dispense } = teller.care({
    story,
    entity,
    outcome: 'ELIGIBLE',
    dateOfService,
    // Still registered when the rest is handed out.
    pharmacy: teller.pharmacyOf(entity, later),
    drug,
    units: 10,
  });
  dispense.dispensingStatus = 'P';
  teller.dispenses.push({
    ...dispense,
    dispensingStatus: 'C',
    quantity: quantityText(20),
    dateOfService: later,
    transactions: [{ code: 'B1', status: 'P', day: later, at: at(later, 11 * 60) }],
  });
}

/** Billed, reversed and billed again within days. */
function rebilled(teller: Teller, story: string): void {
  const { dispense } = ordinary(teller, story, true);
  const back = addDays(dispense.dateOfService, 1);
  const again = addDays(dispense.dateOfService, 2);
  dispense.transactions.push(
    { code: 'B2', status: 'A', day: back, at: at(back, 9 * 60 + 5) },
    { code: 'B1', status: 'P', day: again, at: at(again, 10 * 60 + 5) },
  );
}

/** Two payers share the bill; neither is Medicaid. */
function twoPayers(teller: Teller, story: string): void {
  const pharmacy = teller.pharmacy(teller.tenant.name === 'mercy' ? MERCY.riverside : LAKESIDE.harbor);
  const plan = teller.tenant.plans.find(({ type }) => type === 'MEDICARE_D');
  const second = teller.tenant.plans.find(({ type }) => type === 'COMMERCIAL');
  if (plan === undefined || second === undefined) return;
  const { dispense } = teller.care({
    story,
    entity: everydayEntity(teller),
    outcome: 'ELIGIBLE',
    dateOfService: teller.day(true),
    pharmacy,
    plan,
  });
  const [first] = dispense.transactions;
  if (first !== undefined)
    dispense.transactions.push({ ...first, at: `${first.at.slice(0, 17)}59`, plan: second, otherCoverage: 2 });
}

/** All of them; shares per 1,000. */
export const ELIGIBLE: Story[] = [
  { name: 'ordinary', share: { mercy: 415, lakeside: 440 }, tell: ordinary },
  {
    name: 'refill',
    share: { mercy: 110, lakeside: 110 },
    tell(teller, story, old) {
      const lead = teller.random.int(35, 300);
      teller.care({
        story,
        entity: everydayEntity(teller),
        outcome: 'ELIGIBLE',
        dateOfService: teller.day(old),
        patient: teller.people.patient(),
        lead,
        fill: Math.ceil(lead / 31),
      });
    },
  },
  {
    name: 'written-the-day-before',
    share: { mercy: 6, lakeside: 6 },
    tell(teller, story, old) {
      const dateOfService = teller.day(old);
      teller.care({
        story,
        entity: everydayEntity(teller),
        outcome: 'ELIGIBLE',
        dateOfService,
        lead: 1,
        writtenAfter: -1,
      });
    },
  },
  { name: 'corrected-place', share: { mercy: 12, lakeside: 12 }, tell: correctedPlace },
  {
    name: 'medicaid-carved-in',
    share: { mercy: 25, lakeside: 70 },
    tell(teller, story, old) {
      const mercy = teller.tenant.name === 'mercy';
      teller.care({
        story,
        entity: mercy ? MERCY.hospital : LAKESIDE.centre,
        outcome: 'ELIGIBLE',
        dateOfService: teller.day(old),
        plan: teller.plan(mercy ? '990033' : '990077'),
        ...(mercy ? { pharmacy: teller.pharmacy(MERCY.inHouse) } : {}),
      });
    },
  },
  {
    name: 'restricted-labeler',
    share: { mercy: 25, lakeside: 20 },
    fails: ['MANUFACTURER_POLICY'],
    tell(teller, story, old) {
      const mercy = teller.tenant.name === 'mercy';
      teller.care({
        story,
        entity: everydayEntity(teller),
        outcome: 'ELIGIBLE',
        dateOfService: teller.day(old),
        drug: teller.random.pick(drugsOf('RESTRICTED')),
        pharmacy: teller.pharmacy(mercy ? MERCY.riverside : LAKESIDE.harbor),
      });
    },
  },
  {
    name: 'designated-pharmacy',
    share: { mercy: 8 },
    tell(teller, story, old) {
      const drug = teller.random.pick(drugsOf('RESTRICTED'));
      const pharmacy = teller.pharmacy(MERCY.cornercare);
      teller.care({
        story,
        entity: MERCY.hospital,
        outcome: 'ELIGIBLE',
        dateOfService: teller.day(old),
        drug,
        pharmacy,
      });
    },
  },
  { name: 'two-hospitals', share: { mercy: 6 }, fails: ['NOT_DUPLICATE'], tell: twoHospitals },
  { name: 'partial-fill', share: { mercy: 3, lakeside: 3 }, tell: partialFill },
  { name: 'rebilled', share: { mercy: 10, lakeside: 10 }, tell: rebilled },
  {
    name: 'replaced',
    share: { mercy: 5, lakeside: 5 },
    tell(teller, story) {
      const { dispense } = ordinary(teller, story, true);
      const day = addDays(dispense.dateOfService, 1);
      const quantity = quantityText(dispense.drug.size);
      dispense.transactions.push({ code: 'B3', status: 'P', day, at: at(day, 9 * 60 + 40), quantity });
    },
  },
  { name: 'two-payers', share: { mercy: 4, lakeside: 4 }, tell: twoPayers },
  {
    name: 'ten-digit-code',
    share: { mercy: 5, lakeside: 5 },
    tell(teller, story, old) {
      const drug = teller.random.pick(drugsOf('ORDINARY'));
      const ndcText = tenDigits(drug);
      teller.care({
        story,
        entity: everydayEntity(teller),
        outcome: 'ELIGIBLE',
        dateOfService: teller.day(old),
        drug,
        ndcText,
      });
    },
  },
  {
    name: 'implausible-quantity',
    share: { mercy: 1, lakeside: 1 },
    opens: ['QUANTITY_IMPLAUSIBLE'],
    tell(teller, story, old) {
      const drug = teller.random.pick(drugsOf('ORDINARY').filter(({ unit }) => unit === 'GM'));
      const dateOfService = teller.day(old);
      teller.care({
        story,
        entity: everydayEntity(teller),
        outcome: 'ELIGIBLE',
        dateOfService,
        drug,
        units: drug.size * 12,
      });
    },
  },
  {
    name: 'sent-twice',
    share: { mercy: 6, lakeside: 6 },
    tell(teller, story) {
      const pharmacy = teller.pharmacy(teller.tenant.name === 'mercy' ? MERCY.inHouse : LAKESIDE.inHouse);
      const entity = teller.tenant.name === 'mercy' ? MERCY.hospital : LAKESIDE.centre;
      const { dispense } = teller.care({
        story,
        entity,
        outcome: 'ELIGIBLE',
        dateOfService: teller.day(true),
        pharmacy,
      });
      const [first] = dispense.transactions;
      if (first !== undefined) dispense.transactions.push({ ...first, day: addDays(first.day, 1) });
    },
  },
];
