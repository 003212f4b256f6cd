/**
 * What goes on happening after the history: a few visits a second, a claim file now and then, an invoice sometimes. A step
 * is a pure function of seed and tick (seconds since 1970), so a restart never repeats a number.
 */
import { addDays } from '../model/calendar.ts';
import { claimFiles } from './world/claim-files.ts';
import type { Cast } from './world/build.ts';
import type { SimMessage } from './world/ehr-stream.ts';
import type { SimDispense } from './world/events.ts';
import type { SimFile } from './world/feeds.ts';
import { fhirPatients, fhirResources, type SimResource } from './world/fhir-resources.ts';
import { messageText, orderDraft, visitDrafts } from './world/hl7-text.ts';
import { interchange } from './world/invoice-files.ts';
import { People } from './world/people.ts';
import { bucketOf, type SimInvoice } from './world/purchases.ts';
import { Random } from './world/random.ts';
import { everydayEntity } from './world/stories/eligible.ts';
import { Teller } from './world/teller.ts';

/** Ticks between two claim files and between two invoices. */
export const CLAIM_TICKS = 20;
export const INVOICE_TICKS = 300;

/** What a tick brings for one tenant. */
export interface TrickleStep {
  messages: SimMessage[];
  resources: SimResource[];
  files: SimFile[];
}

/** Local date and time of a tick, `YYYY-MM-DDTHH:mm:ss`. */
function localTime(tick: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(new Date(tick * 1000));
  return parts.replace(' ', 'T');
}

interface Happening {
  messages: SimMessage[];
  resources: SimResource[];
  dispenses: SimDispense[];
}

/** The visits of one tick: none to two, most with a prescription that is filled at once. */
function happening({ name, tenant, medical }: Cast, seed: string, tick: number): Happening {
  const random = new Random(`${seed}/${name}/trickle/${tick}`);
  const now = localTime(tick, tenant.zone);
  const today = now.slice(0, 10);
  let count = 0;
  const number = (kind: string) => () => `${tenant.letter}${kind}${tick}${(count += 1)}`;
  const people = new People(random, tenant, today, number('T'));
  const numbers = { visit: number('W'), order: number('Q'), rx: () => `9${tick}${(count += 1) % 10}` };
  const teller = new Teller(tenant, medical, people, random, numbers, addDays(today, 1), 2);
  for (let left = random.int(0, 2); left > 0; left -= 1) {
    const entity = everydayEntity(teller);
    const walkIn = random.chance(0.08);
    const { visit, order, dispense } = teller.care({
      story: 'trickle',
      entity,
      outcome: walkIn ? 'PENDING' : 'ELIGIBLE',
      dateOfService: today,
      lead: 0,
      ...(walkIn ? { seen: false, order: 'NONE' } : {}),
    });
    for (const transaction of dispense.transactions) transaction.at = now;
    if (order !== null) order.written = now;
    if (visit === null) continue;
    visit.start = now;
    for (const step of visit.steps) step.at = now;
  }
  const byFhir = fhirPatients(tenant, teller.visits);
  const drafts = [
    ...teller.visits.filter((one) => !byFhir(one)).flatMap((visit) => visitDrafts(visit, tenant)),
    ...teller.orders.filter((one) => !byFhir(one)).map((order) => orderDraft(order, tenant)),
  ];
  const messages = drafts.map((draft, index): SimMessage => {
    const controlId = `${tenant.letter}T${tick}${index}`;
    return { controlId, text: messageText(draft, controlId, tenant), at: now, resent: false, malformed: false };
  });
  const resources = fhirResources(tenant, teller.visits.filter(byFhir), teller.orders.filter(byFhir));
  return { messages, resources, dispenses: teller.dispenses };
}

const dispensesOf = (cast: Cast, seed: string, tick: number, ticks: number): SimDispense[] =>
  Array.from({ length: ticks }, (_, index) => happening(cast, seed, tick - ticks + 1 + index).dispenses).flat();

function claims(cast: Cast, seed: string, tick: number): SimFile[] {
  const dispenses = dispensesOf(cast, seed, tick, CLAIM_TICKS);
  const feeds = new Set(dispenses.map(({ pharmacy }) => pharmacy.feed));
  const day = localTime(tick, cast.tenant.zone).slice(0, 10);
  return [...feeds].flatMap((feed) => {
    const placed = dispenses
      .filter(({ pharmacy }) => pharmacy.feed === feed)
      .flatMap((dispense) => dispense.transactions.map((transaction) => ({ dispense, transaction })));
    return claimFiles(feed, day, tick.toString(36), placed, cast.tenant);
  });
}

/** Whole packages of what the last minutes accrued on the X12 accounts. */
function invoices(cast: Cast, seed: string, tick: number): SimFile[] {
  const { tenant } = cast;
  const created = localTime(tick, tenant.zone);
  const dispenses = dispensesOf(cast, seed, tick, INVOICE_TICKS);
  const documents: SimInvoice[] = [];
  for (const [index, account] of tenant.accounts.entries()) {
    if (account.type !== '340B' || account.wholesaler !== 'MIDWEST') continue;
    const units = new Map<SimDispense['drug'], number>();
    for (const dispense of dispenses)
      if (
        bucketOf(dispense, tenant) === '340B' &&
        dispense.entity === account.entity &&
        dispense.pharmacy.ncpdp === account.ncpdp
      )
        units.set(dispense.drug, (units.get(dispense.drug) ?? 0) + Number(dispense.quantity));
    const lines = [...units]
      .map(([drug, sum]) => ({
        drug,
        ndcText: drug.ndc11,
        packages: Math.floor(sum / drug.size),
        unitPrice: drug.prices['340B'],
      }))
      .filter(({ packages }) => packages > 0);
    if (lines.length > 0)
      documents.push({
        account,
        accountNumber: account.number,
        number: `${tenant.letter}T${tick}${index}`,
        date: created.slice(0, 10),
        kind: 'INVOICE',
        original: '',
        lines,
        total: null,
        story: 'trickle',
      });
  }
  const [first] = documents;
  if (first === undefined) return [];
  const bytes = interchange(documents, tick % 1_000_000_000, created);
  return [{ feed: first.account.feed, name: `${first.account.feed}_${tick.toString(36)}.810`, bytes, day: first.date }];
}

/** Everything that one tick brings for one tenant. */
export function trickleStep(cast: Cast, seed: string, tick: number): TrickleStep {
  const { messages, resources } = happening(cast, seed, tick);
  return {
    messages,
    resources,
    files: [
      ...(tick % CLAIM_TICKS === 0 ? claims(cast, seed, tick) : []),
      ...(tick % INVOICE_TICKS === 0 ? invoices(cast, seed, tick) : []),
    ],
  };
}
