/** The options of the format, checked once when the configuration is loaded. */
import { unknownOptions } from '../../tables/options.ts';

/** Options as the mapping takes them. */
export interface FhirOptions {
  /** `ehr`: patients, encounters, prescriptions. `claims`: pharmacy ExplanationOfBenefit becomes claims. */
  reads: 'ehr' | 'claims';
  /** Identifier system -> the name by which other feeds know the same assigning authority. */
  authorities: Readonly<Record<string, string>>;
  /** Facility of all encounters in the location crosswalk; '' = Location ids are unique without one. */
  facility: string;
  /** Identifier system whose value is the pharmacy's prescription number. */
  rxNumberSystem: string;
  /** Identifier system of Organization and Location whose value is a 340B ID. */
  id340bSystem: string;
  /** Codes (lower case) in category or code of a ServiceRequest that is a referral. */
  referralCodes: ReadonlySet<string>;
  /** Codes (lower case) in type or category of a DocumentReference that is a consult note. */
  consultNoteCodes: ReadonlySet<string>;
  /** Payer of claims whose Coverage does not name one. */
  payer: { bin: string; pcn: string; group: string } | null;
}

/** CMS's name of the prescription number (Part D claims). */
const RX_NUMBER_SYSTEM = 'https://bluebutton.cms.gov/resources/variables/rx_srvc_rfrnc_num';
/** SNOMED CT: patient referral, referral to service, consultation; and the words that some servers write. */
const REFERRAL_CODES = ['3457005', '306206005', '11429006', 'referral', 'ref', 'consult'];
/** LOINC: consult note. */
const CONSULT_NOTE_CODES = ['11488-4'];
const LISTS = ['referralCodes', 'consultNoteCodes'];
const KNOWN = ['reads', 'authorities', 'facility', 'rxNumberSystem', 'id340bSystem', 'payer', ...LISTS];

const texts = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((one) => typeof one === 'string' && one.trim() !== '');

const codes = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string' && one.trim() !== '');

/** Problems of the options, each a sentence. */
export function optionProblems(options: Readonly<Record<string, unknown>>): string[] {
  const problems = unknownOptions(options, KNOWN);
  const { reads, authorities, payer } = options;
  if (reads !== undefined && reads !== 'ehr' && reads !== 'claims') problems.push('reads must be ehr or claims');
  if (authorities !== undefined && !texts(authorities))
    problems.push('authorities must map an identifier system to the name of its assigning authority');
  if (
    payer !== undefined &&
    !(texts(payer) && Object.keys(payer).every((key) => ['bin', 'pcn', 'group'].includes(key)))
  )
    problems.push('payer names bin, pcn and group (texts in quotes) of claims that do not name their own');
  for (const name of ['facility', 'rxNumberSystem', 'id340bSystem'])
    if (options[name] !== undefined && (typeof options[name] !== 'string' || options[name].trim() === ''))
      problems.push(`${name} must be a text`);
  for (const name of LISTS)
    if (options[name] !== undefined && !codes(options[name])) problems.push(`${name} must be a list of codes (texts)`);
  return problems;
}

/** The options with their defaults; they have passed `optionProblems`. */
export function readOptions(options: Readonly<Record<string, unknown>>): FhirOptions {
  const text = (name: string, fallback: string): string =>
    typeof options[name] === 'string' ? options[name] : fallback;
  const { authorities, payer } = options;
  const listed = (name: string, fallback: string[]): ReadonlySet<string> => {
    const value = options[name];
    return new Set((codes(value) ? value : fallback).map((code) => code.toLowerCase()));
  };
  return {
    reads: options['reads'] === 'claims' ? 'claims' : 'ehr',
    authorities: texts(authorities) ? authorities : {},
    facility: text('facility', ''),
    rxNumberSystem: text('rxNumberSystem', RX_NUMBER_SYSTEM),
    id340bSystem: text('id340bSystem', ''),
    referralCodes: listed('referralCodes', REFERRAL_CODES),
    consultNoteCodes: listed('consultNoteCodes', CONSULT_NOTE_CODES),
    payer: texts(payer) ? { bin: payer['bin'] ?? '', pcn: payer['pcn'] ?? '', group: payer['group'] ?? '' } : null,
  };
}
