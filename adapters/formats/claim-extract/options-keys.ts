/** What every part of a declaration is read with: objects, scalars, and "did you mean". */
import { nearest } from '../../../src/model/nearest.ts';

/** An object of a declaration. */
export type Given = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Given =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** A place in a line or a list, counted from 1. */
export const isPlace = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 1;

/** A sentence for each key that is not known at this place. */
export function unknownKeys(given: Given, known: readonly string[], place: string): string[] {
  return Object.keys(given)
    .filter((key) => !known.includes(key))
    .map((key) => `unknown option ${place}${key}${meant(key, known)}`);
}

/** `; did you mean x?` where something is near enough. */
export const meant = (text: string, names: Iterable<string>): string => {
  const name = nearest(text, names);
  return name === null ? '' : `; did you mean ${name}?`;
};
