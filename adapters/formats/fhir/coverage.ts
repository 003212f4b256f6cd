/** Coverage to a statement about who pays for a patient. What a claim is judged by is its own BIN, PCN and group (DOMAIN 12.30). */
import type { CoverageEvent, EventStamp, Identifier, Standing, Stated } from '../../../src/model/records.ts';
import { codingsOf, hasCode } from './codes.ts';
import type { Element } from './element.ts';
import { targetOf, type Scope } from './references.ts';
import { standingOf } from './version.ts';

const STANDINGS: Readonly<Record<string, Standing>> = {
  active: 'STAND',
  draft: 'WAIT',
  cancelled: 'CANCEL',
  'entered-in-error': 'DELETE',
};

/** Name and identifier of the payer, as far as the payload has them: an Organization elsewhere says nothing here. */
function payerOf(coverage: Element, scope: Scope): Pick<CoverageEvent, 'payerName' | 'payerId'> {
  // R5 calls it insurer.
  const payer = coverage.child('payor').present ? coverage.child('payor') : coverage.child('insurer');
  if (!payer.present) return { payerName: null, payerId: null };
  const target = targetOf(payer, coverage, scope);
  const name = payer.text('display') || target.resource?.text('name');
  const id = target.value || target.resource?.list('identifier')[0]?.text('value');
  return { payerName: name || undefined, payerId: id || undefined };
}

/** The value of a class of the plan (`rxbin`, `group` ...). */
const classOf = (coverage: Element, code: string): string | null =>
  coverage
    .list('class')
    .find((one) => hasCode(one.child('type'), code))
    ?.stated('value') ?? null;

/** The member's number: R5 has identifiers in its place. */
function subscriberOf(coverage: Element): Stated<string> {
  const stated = coverage.child('subscriberId');
  return typeof stated.value === 'object' ? stated.stated('value') : coverage.stated('subscriberId');
}

/** The statement of a Coverage; undefined when it has no id (noted). */
export function coverageOf(
  coverage: Element,
  number: string,
  stamp: EventStamp,
  patientIdentifiers: Identifier[],
  scope: Scope,
): CoverageEvent | undefined {
  if (number === '') {
    coverage.notes.fail('Coverage.id', 'a coverage without an id has no versions');
    return undefined;
  }
  const type = coverage.child('type');
  const period = coverage.child('period');
  return {
    type: 'coverage',
    ...stamp,
    action: standingOf(coverage, STANDINGS),
    number,
    patientIdentifiers,
    kind: codingsOf(type)[0]?.stated('code') ?? type.stated('text'),
    ...payerOf(coverage, scope),
    planCode: classOf(coverage, 'plan'),
    bin: classOf(coverage, 'rxbin'),
    pcn: classOf(coverage, 'rxpcn'),
    payerGroup: classOf(coverage, 'rxgroup') ?? classOf(coverage, 'group'),
    cardholder: classOf(coverage, 'rxid') ?? subscriberOf(coverage),
    priority: coverage.count('order'),
    validFrom: period.date('start'),
    validTo: period.date('end'),
  };
}
