/** Options that the message commands share, read from texts. */
import { MESSAGE_OUTCOMES, MESSAGE_STATES, type MessageFilter } from '../../messages/messages.ts';
import type { Tenant } from '../../db/stage.ts';
import { UsageError } from '../output.ts';

/** Which messages, as typed. */
export interface FilterOptions {
  tenant?: string;
  feed?: string;
  state?: string;
  since?: string;
  until?: string;
}

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** `2026-03-01`, `2026-03-01T10:00:00Z`, or an age such as `24h`. */
export function instantOf(option: string, text: string | undefined, now: Date): string | null {
  if (text === undefined) return null;
  const age = /^(\d{1,6})([smhd])$/.exec(text);
  if (age !== null) return new Date(now.getTime() - Number(age[1]) * (UNITS[age[2] ?? ''] ?? 0) * 1_000).toISOString();
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isInstant = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:?\d{2})$/.test(text);
  const at = isDay || isInstant ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new UsageError(`--${option} takes a day (2026-03-01, UTC), an instant with its zone, or an age such as 24h`);
  return new Date(at).toISOString();
}

/** Names of a list separated by commas, each of them known. */
export function namesOf<T extends string>(option: string, text: string, known: readonly T[]): T[] {
  return text.split(',').map((name) => {
    const found = known.find((one) => one === name.trim().toUpperCase());
    if (found === undefined) throw new UsageError(`--${option} "${name}" is unknown; known: ${known.join(', ')}`);
    return found;
  });
}

/** The filter that the options say. */
export function filterOf(options: FilterOptions & { outcome?: string; controlId?: string }, now: Date): MessageFilter {
  const [outcome] = options.outcome === undefined ? [] : namesOf('outcome', options.outcome, MESSAGE_OUTCOMES);
  return {
    feed: options.feed ?? null,
    states: options.state === undefined ? null : namesOf('state', options.state, MESSAGE_STATES),
    since: instantOf('since', options.since, now),
    until: instantOf('until', options.until, now),
    controlId: options.controlId ?? null,
    outcome: outcome ?? null,
  };
}

/** The tenant named, or all. */
export function tenantsOf(all: readonly Tenant[], name: string | undefined): readonly Tenant[] {
  if (name === undefined) return all;
  const tenant = all.find((one) => one.name === name);
  if (tenant === undefined)
    throw new UsageError(`tenant "${name}" is unknown; known: ${all.map((one) => one.name).join(', ')}`);
  return [tenant];
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A message's id as typed. */
export function messageId(text: string): string {
  const id = text.trim().toLowerCase();
  if (!UUID.test(id)) throw new UsageError(`"${text}" is no message id; hub message list shows them`);
  return id;
}
