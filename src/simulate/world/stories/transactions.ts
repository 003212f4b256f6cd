/** Stories about claims that do not stay: reversals in every order, rejections, answers that never come. */
import { addDays, daysBetween } from '../../../model/calendar.ts';
import { at, type SimDispense } from '../events.ts';
import { LAKESIDE } from '../lakeside.ts';
import { MERCY } from '../mercy.ts';
import type { Story } from '../story.ts';
import type { Teller } from '../teller.ts';
import { everydayEntity } from './eligible.ts';

const reversed = (teller: Teller, story: string, old: boolean): SimDispense =>
  teller.care({ story, entity: everydayEntity(teller), outcome: 'REVERSED', dateOfService: teller.day(old) }).dispense;

/** The B2 of a dispense, some days after it. */
function takeBack(teller: Teller, dispense: SimDispense, days: number): void {
  const day = addDays(dispense.dateOfService, Math.min(days, daysBetween(dispense.dateOfService, teller.today) - 1));
  // After the claim even on the same day: claims are adjudicated until 20:00.
  dispense.transactions.push({ code: 'B2', status: 'A', day, at: at(day, 20 * 60 + teller.random.int(5, 55)) });
}

/** The reversal stands in an earlier file than its claim. */
function reversalFirst(teller: Teller, story: string): void {
  const dispense = reversed(teller, story, true);
  const [claim] = dispense.transactions;
  if (claim === undefined) return;
  const { dateOfService } = dispense;
  dispense.transactions.unshift({ code: 'B2', status: 'A', day: dateOfService, at: at(dateOfService, 20 * 60 + 30) });
  claim.day = addDays(dateOfService, 1);
}

/** All of them; shares per 1,000. */
export const TRANSACTIONS: Story[] = [
  {
    name: 'reversed',
    share: { mercy: 30, lakeside: 30 },
    tell: (teller, story, old) => takeBack(teller, reversed(teller, story, old), teller.random.int(0, 4)),
  },
  {
    name: 'reversed-late',
    share: { mercy: 10, lakeside: 10 },
    tell: (teller, story) => takeBack(teller, reversed(teller, story, true), teller.random.int(12, 25)),
  },
  { name: 'reversal-before-claim', share: { mercy: 6, lakeside: 6 }, tell: reversalFirst },
  {
    name: 'reversal-without-claim',
    share: { mercy: 2, lakeside: 2 },
    opens: ['REVERSAL_ORPHAN'],
    tell(teller, story, old) {
      const dispense = reversed(teller, story, old);
      dispense.outcome = 'NEVER_OPENED';
      for (const transaction of dispense.transactions) {
        transaction.code = 'B2';
        transaction.status = 'A';
      }
    },
  },
  {
    name: 'rejected',
    share: { mercy: 22, lakeside: 22 },
    tell(teller, story, old) {
      const dispense = reversed(teller, story, old);
      dispense.outcome = 'NEVER_OPENED';
      for (const transaction of dispense.transactions) transaction.status = 'R';
    },
  },
  {
    name: 'unreadable-claim',
    share: { mercy: 2, lakeside: 2 },
    opens: ['RECORD_INVALID'],
    tell(teller, story, old) {
      const dispense = reversed(teller, story, old);
      dispense.outcome = 'NEVER_OPENED';
      dispense.unreadable = true;
    },
  },
  {
    name: 'never-answered',
    share: { mercy: 2, lakeside: 2 },
    tell(teller, story, old) {
      const mercy = teller.tenant.name === 'mercy';
      const { dispense } = teller.care({
        story,
        entity: mercy ? MERCY.hospital : LAKESIDE.centre,
        outcome: 'NEVER_OPENED',
        dateOfService: teller.day(old),
        pharmacy: teller.pharmacy(mercy ? MERCY.riverside : LAKESIDE.harbor),
      });
      for (const transaction of dispense.transactions) transaction.status = '';
    },
  },
];
