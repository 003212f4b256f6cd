/** The shape of a story and what it is meant to provoke. */
import type { ExceptionCode, RuleCode } from '../../model/verdict.ts';
import type { Teller } from './teller.ts';

/** Tenants that stories are told in. */
export type TenantName = 'mercy' | 'lakeside';

/** One kind of thing that happens. */
export interface Story {
  name: string;
  /** How many of 1,000 dispenses of the tenant are of this kind; absent = never there. */
  share: Partial<Record<TenantName, number>>;
  /** Rules that FAIL for some candidate, at the latest when the waiting window is over. */
  fails?: RuleCode[];
  /** Exception cases that are open for it, at the latest when the waiting window is over. */
  opens?: ExceptionCode[];
  /** Tells it once. `old` = its date of service must lie before the waiting window. */
  tell(teller: Teller, name: string, old: boolean): void;
}
