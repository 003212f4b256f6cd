/**
 * Switches that take a protection away, so that tests can show that the other one holds (row-level security without the
 * predicate) and that the tests can fail (neither). They exist only for the test run: anything else refuses to start.
 *
 *   no-tenant-filter  statements lose their tenant predicate
 *   ack-first         a sender is answered before its delivery is stored
 *   no-dedupe         a delivery that came before is stored again
 *   watermark-first   the position at a FHIR server moves before the page is stored
 */

const SWITCHES = new Set((process.env['HUB_SABOTAGE'] ?? '').split(/[\s,]+/).filter((name) => name !== ''));

/** What a fault run (HUB_FAULTS=1, a hub process of its own) may set too: nothing that shows one tenant to another. */
const OF_FAULT_RUNS = ['ack-first', 'no-dedupe', 'watermark-first'];

/** Throws when a sabotage switch is set outside a test run. Called when this file loads and again by `hub serve`. */
export function refuseSabotage(environment: NodeJS.ProcessEnv = process.env): void {
  const wanted = environment['HUB_SABOTAGE'] ?? '';
  if (wanted === '' || environment['NODE_ENV'] === 'test') return;
  if (environment['HUB_FAULTS'] === '1' && OF_FAULT_RUNS.includes(wanted)) return;
  throw new Error(`HUB_SABOTAGE=${wanted} takes a protection away and is for tests only. Unset HUB_SABOTAGE to start.`);
}

refuseSabotage();

/** True when the switch is set. */
export const sabotaged = (name: 'ack-first' | 'no-dedupe' | 'watermark-first'): boolean => SWITCHES.has(name);

/** The tenant predicate of a statement, in both spellings: `d.tenant_id = $1::uuid` and `tenant_id = $1::uuid`. */
const PREDICATE = /\b(?:[a-z_][a-z0-9_]*\.)?tenant_id\s*=\s*\$1(?:::uuid)?(?![0-9])/gi;

/** With the switch `no-tenant-filter`: the text whose tenant predicates are all true. Without it: the text. */
export function withoutTenantFilter(text: string, on: boolean = SWITCHES.has('no-tenant-filter')): string {
  return on ? text.replaceAll(PREDICATE, '$$1::uuid is not null') : text;
}
