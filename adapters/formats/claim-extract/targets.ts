/** What a column of a claim extract can be mapped to, and how its text is read. */
import type { ClaimCode } from '../../../src/model/records.ts';

/** How a column's text is read. */
export type Kind = 'text' | 'integer' | 'decimal' | 'money' | 'date' | 'instant' | 'ndc';

/** Kinds by the name that a mapping's `as` uses. */
export const KINDS: readonly Kind[] = ['text', 'integer', 'decimal', 'money', 'date', 'instant', 'ndc'];

/** True for the name of a kind. */
export const isKind = (text: unknown): text is Kind => KINDS.some((kind) => kind === text);

/** Targets of a mapping, named as `ClaimRecord` groups them. `status` stands for code and responseStatus together. */
export const TARGETS = {
  status: 'text',
  code: 'text',
  responseStatus: 'text',
  'pharmacy.ncpdp': 'text',
  'pharmacy.npi': 'text',
  'rx.number': 'text',
  'fill.number': 'integer',
  dateOfService: 'date',
  ndc: 'ndc',
  quantity: 'decimal',
  unit: 'text',
  daysSupply: 'integer',
  dateWritten: 'date',
  'prescriber.id': 'text',
  'prescriber.qualifier': 'text',
  'payer.bin': 'text',
  'payer.pcn': 'text',
  'payer.group': 'text',
  'payer.cardholder': 'text',
  'otherPayer.bin': 'text',
  'otherPayer.pcn': 'text',
  'otherPayer.group': 'text',
  otherCoverage: 'integer',
  adjudicatedAt: 'instant',
  'patient.lastName': 'text',
  'patient.firstName': 'text',
  'patient.birthDate': 'date',
  'patient.sex': 'text',
  'patient.id': 'text',
  'amounts.ingredientCost': 'money',
  'amounts.dispensingFee': 'money',
  'amounts.patientPay': 'money',
  'amounts.totalPaid': 'money',
  submissionClarification: 'text',
  basisOfCost: 'text',
  compound: 'text',
  dispensingStatus: 'text',
} as const satisfies Record<string, Kind>;

/** One target. */
export type Target = keyof typeof TARGETS;

/** True for the name of a target. */
export const isTarget = (text: string): text is Target => Object.hasOwn(TARGETS, text);

/** Each group needs at least one of its alternatives, each alternative all of its targets (12.18). */
export const REQUIRED: readonly (readonly (readonly Target[])[])[] = [
  [['status'], ['code', 'responseStatus']],
  [['pharmacy.ncpdp'], ['pharmacy.npi']],
  [['rx.number']],
  [['fill.number']],
  [['dateOfService']],
  [['ndc']],
  [['quantity']],
];

/** Names a mapping may also use. */
export const ALIASES: ReadonlyMap<string, Target> = new Map([
  ['ndc11', 'ndc'],
  ['payer.cardholderId', 'payer.cardholder'],
]);

/** What a `status` column says after its lookup, as transaction code and response status (112-AN). */
export const STATUSES: ReadonlyMap<string, Readonly<{ code: ClaimCode; responseStatus: string }>> = new Map([
  ['paid', { code: 'B1', responseStatus: 'P' }],
  ['reversed', { code: 'B2', responseStatus: 'A' }],
  ['rebilled', { code: 'B3', responseStatus: 'P' }],
  ['rejected', { code: 'B1', responseStatus: 'R' }],
  ['captured', { code: 'B1', responseStatus: 'C' }],
  ['duplicate', { code: 'B1', responseStatus: 'D' }],
]);
