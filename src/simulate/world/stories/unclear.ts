/** Stories that stay UNKNOWN: PENDING while the waiting window is open, then HELD with an exception. */
import { addDays } from '../../../model/calendar.ts';
import { drugsOf, tenDigits } from '../drugs.ts';
import { MERCY } from '../mercy.ts';
import type { Story } from '../story.ts';
import type { Scene, Teller } from '../teller.ts';
import { everydayEntity } from './eligible.ts';

/** NDCs that are in no directory. */
const UNLISTED = ['79999001130', '79999002260', '79999003390', '79998-4321-01'];
/** Ten bare digits none of whose expansions is listed. */
const UNLISTED_TEN = '7999700112';
/** Ten digits that are no NPI. */
const NOT_AN_NPI = '1234567890';

const unclear = (teller: Teller, story: string, old: boolean): Scene => ({
  story,
  entity: everydayEntity(teller),
  outcome: 'HELD',
  dateOfService: teller.day(old),
});

/** Two patients of the EHR share name, birth date and sex, and the claim has no number to tell them apart. */
function lookAlikes(teller: Teller, story: string, old: boolean): void {
  const scene = unclear(teller, story, old);
  const { patient } = teller.care({
    ...scene,
    patient: teller.people.patient(),
    withIdentifier: false,
    pharmacy: teller.pharmacyOf(scene.entity, scene.dateOfService, true),
  });
  teller.visit(teller.people.lookAlike(patient), scene.entity, addDays(scene.dateOfService, -5), { patientClass: 'O' });
}

/** All of them; shares per 1,000. */
export const UNCLEAR: Story[] = [
  {
    name: 'look-alikes',
    share: { mercy: 7, lakeside: 8 },
    opens: ['PATIENT_AMBIGUOUS', 'DETERMINATION_HELD'],
    tell: lookAlikes,
  },
  {
    name: 'unknown-plan',
    share: { mercy: 10, lakeside: 8 },
    opens: ['PLAN_UNKNOWN', 'DETERMINATION_HELD'],
    tell(teller, story, old) {
      const plan = teller.random.pick(teller.tenant.plans.filter(({ listed }) => !listed));
      teller.care({ ...unclear(teller, story, old), plan });
    },
  },
  {
    name: 'unlisted-drug',
    share: { mercy: 8 },
    opens: ['NDC_UNKNOWN', 'DETERMINATION_HELD'],
    tell(teller, story, old) {
      teller.care({ ...unclear(teller, story, old), ndcText: teller.random.pick(UNLISTED), order: 'UNNAMED' });
    },
  },
  {
    name: 'ambiguous-drug-code',
    share: { mercy: 6 },
    opens: ['NDC_AMBIGUOUS', 'DETERMINATION_HELD'],
    tell(teller, story, old) {
      const [drug] = drugsOf('CLASHING');
      const ndcText = drug === undefined || teller.random.chance(0.3) ? UNLISTED_TEN : tenDigits(drug);
      teller.care({
        ...unclear(teller, story, old),
        ...(drug === undefined ? {} : { drug }),
        ndcText,
        order: 'UNNAMED',
      });
    },
  },
  {
    name: 'prescriber-id-unreadable',
    share: { mercy: 8 },
    opens: ['PRESCRIBER_UNKNOWN', 'DETERMINATION_HELD'],
    tell(teller, story, old) {
      teller.care({ ...unclear(teller, story, old), prescriberId: teller.random.chance(0.5) ? null : NOT_AN_NPI });
    },
  },
  {
    name: 'place-not-mapped',
    share: { mercy: 10, lakeside: 10 },
    opens: ['SITE_UNMAPPED', 'DETERMINATION_HELD'],
    tell(teller, story, old) {
      const location = teller.tenant.name === 'mercy' ? 'ANNEX' : 'LSPOPUP';
      const scene = unclear(teller, story, old);
      teller.care({ ...scene, patient: teller.people.patient(), location, patientClass: 'O' });
    },
  },
  {
    name: 'class-not-told',
    share: { mercy: 3, lakeside: 3 },
    opens: ['DETERMINATION_HELD'],
    tell(teller, story, old) {
      const scene = unclear(teller, story, old);
      teller.care({ ...scene, patient: teller.people.patient(), patientClass: '' });
    },
  },
  {
    name: 'medicaid-without-policy',
    share: { mercy: 4 },
    opens: ['DETERMINATION_HELD'],
    tell(teller, story, old) {
      const scene = unclear(teller, story, old);
      teller.care({ ...scene, entity: MERCY.hospital, plan: teller.plan('990055') });
    },
  },
];
