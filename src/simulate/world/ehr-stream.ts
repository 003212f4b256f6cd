/** All HL7 messages of a tenant in the order of their events, with the ways in which real streams are untidy. */
import type { SimOrder, SimVisit } from './events.ts';
import { messageText, orderDraft, visitDrafts, type Draft } from './hl7-text.ts';
import type { SimTenant } from './organisation.ts';
import type { Random } from './random.ts';

/** A message to be sent. */
export interface SimMessage {
  controlId: string;
  text: string;
  /** Local time of its event. */
  at: string;
  /** The same bytes were sent before. */
  resent: boolean;
  /** Cannot be read; the hub keeps it and answers AE or AR. */
  malformed: boolean;
}

const byTime = (a: Draft, b: Draft): number => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0);

/** Messages that cannot be read: a header without fields, a PID that was torn off, a date that is none. */
function malformed(tenant: SimTenant, last: string): SimMessage[] {
  const torn = ['MSH|^~\\&|EHRSIM', '', ''].join('\r');
  const noPatient = `MSH|^~\\&|EHRSIM|${tenant.facility}|||20260101||ADT^A04|${tenant.letter}BAD1|P|2.5.1\rPV1|1|O|X^^^${tenant.facility}\r`;
  const noDate = `MSH|^~\\&|EHRSIM|${tenant.facility}|||someday||ADT^A04|${tenant.letter}BAD2|P|2.5.1\rEVN|A04|someday\rPID|1||1^^^${tenant.authority}^MR\rPV1|1|O\r`;
  return [torn, noPatient, noDate].map((text, index) => ({
    controlId: index === 0 ? '' : `${tenant.letter}BAD${index}`,
    text,
    at: last,
    resent: false,
    malformed: true,
  }));
}

/** The history of a tenant. One message in a hundred is sent again later, a few come late, three cannot be read. */
export function ehrStream(tenant: SimTenant, visits: SimVisit[], orders: SimOrder[], random: Random): SimMessage[] {
  const drafts = [
    ...visits.flatMap((visit) => visitDrafts(visit, tenant)),
    ...orders.map((order) => orderDraft(order, tenant)),
  ].sort(byTime);
  const messages = drafts.map((draft, index): SimMessage => {
    const controlId = `${tenant.letter}${String(index + 1).padStart(7, '0')}`;
    return { controlId, text: messageText(draft, controlId, tenant), at: draft.at, resent: false, malformed: false };
  });
  const result: SimMessage[] = [];
  const late: SimMessage[] = [];
  for (const message of messages) {
    if (random.chance(0.005)) late.push(message);
    else result.push(message);
    const earlier = result[result.length - random.int(1, 40)];
    if (earlier !== undefined && random.chance(0.01)) result.push({ ...earlier, resent: true });
    if (late.length > 0 && random.chance(0.02)) result.push(...late.splice(0, 1));
  }
  result.push(...late);
  const bad = malformed(tenant, messages.at(-1)?.at ?? '');
  for (const [index, message] of bad.entries())
    result.splice(Math.floor((result.length * (index + 1)) / 4), 0, message);
  return result;
}
