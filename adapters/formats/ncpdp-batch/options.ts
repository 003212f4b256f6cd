/** The feed's options of this format, checked once by `checkOptions` and read the same way by `read`. */
import { type Habit, HABITS } from './remarks.ts';

/** 331-CX qualifier -> authority and type of 332-CY, as the feed's options declare it. */
export type PatientAuthorities = ReadonlyMap<string, { authority: string; type: string }>;

/** What a feed may declare. */
export interface BatchOptions {
  patientIdentifiers: PatientAuthorities;
  /** Read files whose header says T (test) as if they were production; off by default. */
  acceptTest: boolean;
  /** What the sender is known to do: no remark is made of it. */
  expects: ReadonlySet<Habit>;
}

const KNOWN = ['patientIdentifiers', 'acceptTest', 'expects'];

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The options and what is wrong with them, each a sentence naming the option. */
export function readOptions(given: Readonly<Record<string, unknown>>): { options: BatchOptions; problems: string[] } {
  const problems = Object.keys(given)
    .filter((key) => !KNOWN.includes(key))
    .map((key) => `unknown option ${key}; known are ${KNOWN.join(', ')}`);
  const test = given['acceptTest'] ?? false;
  if (typeof test !== 'boolean') problems.push('acceptTest must be true or false');
  const declared = given['patientIdentifiers'] ?? {};
  const patientIdentifiers = new Map<string, { authority: string; type: string }>();
  if (!isObject(declared)) problems.push('patientIdentifiers must map a 331-CX qualifier to { authority, type }');
  for (const [qualifier, target] of isObject(declared) ? Object.entries(declared) : []) {
    const { authority, type } = isObject(target) ? target : {};
    if (typeof authority === 'string' && typeof type === 'string')
      patientIdentifiers.set(qualifier, { authority, type });
    else problems.push(`patientIdentifiers.${qualifier} must name an authority and a type`);
  }
  const habits: unknown[] = Array.isArray(given['expects']) ? given['expects'] : [];
  const expects = new Set(HABITS.filter((habit) => habits.includes(habit)));
  if (given['expects'] !== undefined && (!Array.isArray(given['expects']) || expects.size !== habits.length))
    problems.push(`expects must list some of ${HABITS.join(', ')}, each once`);
  return { options: { patientIdentifiers, acceptTest: test === true, expects }, problems };
}
