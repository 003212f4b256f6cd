/**
 * Which target a column probably carries: by the words of its name, held against the values below it. Names of columns differ
 * from vendor to vendor in spelling, hardly in words, so a name is read as a set of words.
 */
import { isDate } from '../../../src/model/calendar.ts';
import { isNpi } from '../../../src/model/npi.ts';
import type { Target } from './targets.ts';

/** Spellings of one word. */
const WORDS: Readonly<Record<string, string>> = {
  NO: 'NUMBER',
  NUM: 'NUMBER',
  NBR: 'NUMBER',
  NR: 'NUMBER',
  '#': 'NUMBER',
  DT: 'DATE',
  DTE: 'DATE',
  TS: 'TIME',
  TIMESTAMP: 'TIME',
  DATETIME: 'TIME',
  TM: 'TIME',
  PHARM: 'PHARMACY',
  PHCY: 'PHARMACY',
  PHRM: 'PHARMACY',
  STORE: 'PHARMACY',
  NABP: 'NCPDP',
  PRSCRBR: 'PRESCRIBER',
  PRESCR: 'PRESCRIBER',
  PHYSICIAN: 'PRESCRIBER',
  DOCTOR: 'PRESCRIBER',
  DR: 'PRESCRIBER',
  MD: 'PRESCRIBER',
  PRVDR: 'PROVIDER',
  PROV: 'PROVIDER',
  SRVC: 'SERVICE',
  SVC: 'SERVICE',
  SERV: 'SERVICE',
  PAT: 'PATIENT',
  PT: 'PATIENT',
  PTNT: 'PATIENT',
  QTY: 'QUANTITY',
  QUAN: 'QUANTITY',
  SCRIPT: 'RX',
  PRESCRIPTION: 'RX',
  PRESCRIPTIONNUMBER: 'RX',
  RXNO: 'RX',
  REFILL: 'FILL',
  RFL: 'FILL',
  FILLED: 'FILL',
  FILLNUM: 'FILL',
  DISP: 'DISPENSED',
  DSPNSD: 'DISPENSED',
  DISPENSE: 'DISPENSED',
  DISPENSING: 'DISPENSED',
  DAY: 'DAYS',
  SUPLY: 'SUPPLY',
  SUP: 'SUPPLY',
  DAYSUPPLY: 'SUPPLY',
  DAYSSUPPLY: 'SUPPLY',
  WRITE: 'WRITTEN',
  WRTN: 'WRITTEN',
  WRIT: 'WRITTEN',
  PRESCRIBED: 'WRITTEN',
  BIRTH: 'DOB',
  BIRTHDATE: 'DOB',
  DATEOFBIRTH: 'DOB',
  GENDER: 'SEX',
  LNAME: 'LAST',
  SURNAME: 'LAST',
  LASTNAME: 'LAST',
  FAMILY: 'LAST',
  FNAME: 'FIRST',
  FIRSTNAME: 'FIRST',
  GIVEN: 'FIRST',
  GRP: 'GROUP',
  GROUPID: 'GROUP',
  CRDHLDR: 'CARDHOLDER',
  MEMBER: 'CARDHOLDER',
  MBR: 'CARDHOLDER',
  SUBSCRIBER: 'CARDHOLDER',
  CARD: 'CARDHOLDER',
  AMT: 'AMOUNT',
  PD: 'PAID',
  ING: 'INGREDIENT',
  INGR: 'INGREDIENT',
  COPAY: 'PATIENTPAY',
  FEES: 'FEE',
  TRANS: 'TRANSACTION',
  TRAN: 'TRANSACTION',
  TXN: 'TRANSACTION',
  TRX: 'TRANSACTION',
  CD: 'CODE',
  TYP: 'TYPE',
  STAT: 'STATUS',
  RESP: 'RESPONSE',
  UOM: 'UNIT',
  UNITS: 'UNIT',
  CMPND: 'COMPOUND',
  SCC: 'CLARIFICATION',
  CLR: 'CLARIFICATION',
  SEC: 'SECONDARY',
  ADJ: 'ADJUDICATED',
  PROCESSED: 'ADJUDICATED',
  PROC: 'ADJUDICATED',
  PROCESSOR: 'ADJUDICATED',
  ADJUDICATION: 'ADJUDICATED',
  COV: 'COVERAGE',
  PROD: 'PRODUCT',
  PARTIAL: 'DISPENSED',
  PTL: 'DISPENSED',
  REF: 'REFERENCE',
  RFRNC: 'REFERENCE',
  DOS: 'DATEOFSERVICE',
  NDC11: 'NDC',
  IDENTIFIER: 'ID',
};

interface Clue {
  target: Target;
  /** All of them must stand in the name. */
  words: string;
  /** None of them may. */
  not?: string;
  fits: (value: string) => boolean;
}

const any = (value: string): boolean => value.length <= 64;
const digits =
  (least: number, most: number) =>
  (value: string): boolean =>
    /^\d+$/.test(value) && value.length >= least && value.length <= most;
const number = (value: string): boolean => /^[-+(]?\$?[\d,]*\.?\d+[-)]?$/.test(value);
const dateLike = (value: string): boolean => /\d/.test(value) && /^[\dA-Za-z:/.\-+ ]{6,30}$/.test(value);
const word = (value: string): boolean => /^[A-Za-z0-9 _-]{1,20}$/.test(value);
const ndc = (value: string): boolean => /^[\d-]{9,13}$/.test(value);

/** The more words a clue has, the more it says: the longest that holds wins. */
const CLUES: readonly Clue[] = [
  { target: 'pharmacy.ncpdp', words: 'NCPDP', fits: digits(5, 7) },
  { target: 'pharmacy.ncpdp', words: 'PHARMACY ID', fits: digits(7, 7) },
  { target: 'pharmacy.ncpdp', words: 'PHARMACY NUMBER', fits: digits(7, 7) },
  { target: 'pharmacy.ncpdp', words: 'SERVICE PROVIDER ID', fits: digits(7, 7) },
  { target: 'pharmacy.npi', words: 'PHARMACY NPI', fits: digits(10, 10) },
  { target: 'pharmacy.npi', words: 'SERVICE PROVIDER', fits: isNpi },
  { target: 'rx.number', words: 'RX NUMBER', not: 'BIN GROUP DATE NPI', fits: any },
  { target: 'rx.number', words: 'RX', not: 'DATE BIN GROUP PCN NPI CODE QUANTITY', fits: any },
  { target: 'rx.number', words: 'RX SERVICE REFERENCE NUMBER', fits: any },
  { target: 'fill.number', words: 'FILL', not: 'DATE AUTHORIZED REMAINING LEFT ALLOWED DISPENSED', fits: digits(1, 2) },
  { target: 'dateOfService', words: 'SERVICE DATE', fits: dateLike },
  { target: 'dateOfService', words: 'DATEOFSERVICE', fits: dateLike },
  { target: 'dateOfService', words: 'FILL DATE', fits: dateLike },
  { target: 'dateOfService', words: 'DISPENSED DATE', fits: dateLike },
  { target: 'dateWritten', words: 'WRITTEN', fits: dateLike },
  { target: 'dateWritten', words: 'WRITTEN DATE', fits: dateLike },
  { target: 'ndc', words: 'NDC', fits: ndc },
  { target: 'ndc', words: 'PRODUCT ID', fits: ndc },
  { target: 'ndc', words: 'PRODUCT SERVICE ID', fits: ndc },
  { target: 'quantity', words: 'QUANTITY', not: 'WRITTEN', fits: number },
  { target: 'quantity', words: 'QUANTITY DISPENSED', fits: number },
  { target: 'unit', words: 'UNIT', not: 'PRICE COST', fits: word },
  { target: 'daysSupply', words: 'DAYS', fits: digits(1, 3) },
  { target: 'daysSupply', words: 'SUPPLY', fits: digits(1, 3) },
  { target: 'daysSupply', words: 'DAYS SUPPLY', fits: digits(1, 3) },
  { target: 'prescriber.id', words: 'PRESCRIBER NPI', fits: any },
  { target: 'prescriber.id', words: 'PRESCRIBER ID', not: 'TYPE CODE QLFYR', fits: any },
  { target: 'prescriber.id', words: 'PRESCRIBER', not: 'LAST FIRST NAME DEA', fits: isNpi },
  { target: 'payer.bin', words: 'BIN', fits: digits(6, 8) },
  { target: 'payer.pcn', words: 'PCN', fits: any },
  { target: 'payer.pcn', words: 'ADJUDICATED CONTROL NUMBER', fits: any },
  { target: 'payer.group', words: 'GROUP', fits: any },
  { target: 'payer.cardholder', words: 'CARDHOLDER', not: 'LAST FIRST NAME', fits: any },
  { target: 'otherPayer.bin', words: 'SECONDARY BIN', fits: digits(6, 8) },
  { target: 'otherPayer.bin', words: 'OTHER BIN', fits: digits(6, 8) },
  { target: 'otherPayer.pcn', words: 'SECONDARY PCN', fits: any },
  { target: 'otherPayer.group', words: 'SECONDARY GROUP', fits: any },
  { target: 'otherCoverage', words: 'OTHER COVERAGE', fits: digits(1, 2) },
  { target: 'adjudicatedAt', words: 'ADJUDICATED TIME', fits: dateLike },
  { target: 'adjudicatedAt', words: 'ADJUDICATED DATE', fits: dateLike },
  { target: 'adjudicatedAt', words: 'TRANSACTION TIME', fits: dateLike },
  { target: 'patient.lastName', words: 'LAST', not: 'PRESCRIBER DATE CARDHOLDER', fits: any },
  { target: 'patient.firstName', words: 'FIRST', not: 'PRESCRIBER DATE CARDHOLDER', fits: any },
  { target: 'patient.birthDate', words: 'DOB', fits: dateLike },
  { target: 'patient.sex', words: 'SEX', fits: word },
  { target: 'patient.id', words: 'MRN', fits: any },
  { target: 'patient.id', words: 'PATIENT ID', fits: any },
  { target: 'amounts.ingredientCost', words: 'INGREDIENT COST', fits: number },
  { target: 'amounts.dispensingFee', words: 'DISPENSED FEE', fits: number },
  { target: 'amounts.patientPay', words: 'PATIENT PAY', fits: number },
  { target: 'amounts.patientPay', words: 'PATIENTPAY', fits: number },
  { target: 'amounts.totalPaid', words: 'PAID', not: 'DATE PATIENT', fits: number },
  { target: 'amounts.totalPaid', words: 'PAID AMOUNT', not: 'DATE PATIENT', fits: number },
  { target: 'submissionClarification', words: 'CLARIFICATION', fits: word },
  { target: 'basisOfCost', words: 'BASIS COST', fits: word },
  { target: 'compound', words: 'COMPOUND', fits: (value) => /^[012YN]$/i.test(value) },
  { target: 'dispensingStatus', words: 'DISPENSED STATUS', fits: (value) => /^[PC]$/i.test(value) },
  { target: 'dispensingStatus', words: 'DISPENSED FILL', fits: (value) => /^[PC]$/i.test(value) },
  { target: 'responseStatus', words: 'RESPONSE STATUS', fits: (value) => /^[PACDRSQ]$/.test(value) },
  { target: 'responseStatus', words: 'TRANSACTION RESPONSE STATUS', fits: (value) => /^[PACDRSQ]$/.test(value) },
  { target: 'status', words: 'TRANSACTION', not: 'ID DATE TIME NUMBER', fits: word },
  { target: 'status', words: 'TRANSACTION CODE', fits: word },
  { target: 'status', words: 'TRANSACTION TYPE', fits: word },
  { target: 'status', words: 'STATUS', not: 'PATIENT RESPONSE', fits: word },
  { target: 'status', words: 'CLAIM STATUS', fits: word },
];

/** What is guessed of one column. */
export interface ColumnGuess {
  target: Target;
  /** Words that spoke for it; 0 = its values alone. */
  words: number;
}

/** The words of a column's name, each in its usual spelling. */
export function wordsOf(name: string): ReadonlySet<string> {
  const parts = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toUpperCase()
    .split(/[^A-Z0-9#]+/)
    .filter((part) => part !== '');
  const words = new Set(parts.map((part) => (Object.hasOwn(WORDS, part) ? (WORDS[part] ?? part) : part)));
  if (words.has('DATE') && words.has('DOB')) words.delete('DATE');
  return words;
}

/** Most of the filled cells must fit: samples have bad rows. */
const mostFit = (values: readonly string[], fits: (value: string) => boolean): boolean => {
  const filled = values.filter((value) => value !== '');
  return filled.filter(fits).length >= filled.length * 0.8;
};

/** Target of each column by its name, the best first come first served; a target is given once. */
export function guessByName(
  columns: readonly string[],
  valuesOf: (at: number) => readonly string[],
): ReadonlyMap<number, ColumnGuess> {
  const claims: { at: number; guess: ColumnGuess }[] = [];
  for (const [at, name] of columns.entries()) {
    const words = wordsOf(name);
    for (const { target, words: wanted, not = '', fits } of CLUES) {
      const all = wanted.split(' ');
      if (!all.every((one) => words.has(one)) || not.split(' ').some((one) => words.has(one))) continue;
      if (mostFit(valuesOf(at), fits)) claims.push({ at, guess: { target, words: all.length } });
    }
  }
  claims.sort((a, b) => b.guess.words - a.guess.words || a.at - b.at);
  const taken = new Set<Target>();
  const guesses = new Map<number, ColumnGuess>();
  for (const { at, guess } of claims) {
    if (guesses.has(at) || taken.has(guess.target)) continue;
    guesses.set(at, guess);
    taken.add(guess.target);
  }
  return guesses;
}

const plainDay = (value: string): boolean =>
  /^\d{8}$/.test(value) && isDate(`${value.slice(0, 4)}-${value.slice(4, 6)}-${value.slice(6)}`);

/** Days of service of one file lie in a year or two, births do not. */
function ofOneTime(values: readonly string[]): boolean {
  const years = values.map((value) => Number(/(?:19|20)\d\d/.exec(value)?.[0] ?? value.slice(-2)));
  return Math.max(...years) - Math.min(...years) <= 2;
}

/** Without names only values that hardly anything else looks like are taken, the leftmost column first. */
const BY_VALUE: readonly {
  target: Target;
  fits: (value: string) => boolean;
  varied?: boolean;
  /** Of all values together. */
  together?: (values: readonly string[]) => boolean;
}[] = [
  { target: 'ndc', fits: (value) => /^(\d{11}|\d{4,5}-\d{3,4}-\d{1,2})$/.test(value), varied: true },
  { target: 'prescriber.id', fits: isNpi, varied: true },
  { target: 'pharmacy.npi', fits: isNpi, varied: false },
  { target: 'pharmacy.ncpdp', fits: digits(7, 7), varied: false },
  { target: 'payer.bin', fits: digits(6, 6), varied: false },
  {
    target: 'dateOfService',
    fits: (value) => plainDay(value) || /^\d{1,4}[-/]\d{1,2}[-/]\d{2,4}$/.test(value),
    together: ofOneTime,
  },
  { target: 'rx.number', fits: digits(6, 12), varied: true, together: (values) => !mostFit(values, plainDay) },
  { target: 'quantity', fits: (value) => /^-?\d+\.\d{1,3}$/.test(value) },
  { target: 'fill.number', fits: digits(1, 2) },
];

/** Targets of columns without names; every one wants a person's eye. */
export function guessByValue(
  width: number,
  valuesOf: (at: number) => readonly string[],
): ReadonlyMap<number, ColumnGuess> {
  const guesses = new Map<number, ColumnGuess>();
  for (const { target, fits, varied, together } of BY_VALUE) {
    for (let at = 0; at < width; at++) {
      const filled = valuesOf(at).filter((value) => value !== '');
      if (guesses.has(at) || filled.length === 0 || !mostFit(filled, fits)) continue;
      if (together?.(filled) === false) continue;
      if (varied !== undefined && varied !== new Set(filled).size > Math.max(3, filled.length / 10)) continue;
      guesses.set(at, { target, words: 0 });
      break;
    }
  }
  return guesses;
}
