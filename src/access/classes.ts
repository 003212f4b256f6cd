/**
 * Data classes: what kind of value a field holds, and which roles may read it (RELIABILITY 7). Deny by default: a role sees
 * the classes listed here and nothing else, and a field without a class cannot be declared.
 */

/**
 * REF public reference (NDC, NPI, 340B ID); OPS operation of the hub (ids, states, counts); FIN money; LDS what a limited data
 * set may hold (dates, patient reference); PHI direct identifiers (names, visit and prescription numbers); SECRET never readable.
 */
export type DataClass = 'REF' | 'OPS' | 'FIN' | 'LDS' | 'PHI' | 'SECRET';

/** Classes that every role reads. Only fields of these may be non-null, because a masked field answers null. */
export const OPEN_CLASSES: readonly DataClass[] = ['REF', 'OPS'];

/** Roles that a key can have. */
export const ROLES = ['operator', 'analyst', 'analyst_phi', 'partner', 'monitor', 'auditor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What each role reads. `operator` sees all but SECRET while keys of that role exist for synthetic data only. */
export const ROLE_CLASSES: Record<Role, readonly DataClass[]> = {
  operator: ['REF', 'OPS', 'FIN', 'LDS', 'PHI'],
  analyst: ['REF', 'OPS', 'FIN', 'LDS'],
  analyst_phi: ['REF', 'OPS', 'FIN', 'LDS', 'PHI'],
  partner: ['REF', 'OPS'],
  monitor: ['REF', 'OPS'],
  auditor: ['REF', 'OPS', 'FIN', 'LDS', 'PHI'],
  admin: ['REF', 'OPS'],
};
