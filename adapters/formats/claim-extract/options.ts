/**
 * A feed's declaration of a claim extract, checked and made ready for reading. How a file is cut into rows stands in
 * options-shape.ts, what the columns mean in options-mapping.ts, which rows are meant in options-rows.ts.
 */
import { type Given, unknownKeys } from './options-keys.ts';
import { type Mapping, readMappings } from './options-mapping.ts';
import { type RowRules, readRowRules, ROW_OPTIONS } from './options-rows.ts';
import { type FileShape, readShape, SHAPE_OPTIONS } from './options-shape.ts';
import type { Target } from './targets.ts';

/** The whole declaration. */
export interface ExtractOptions extends FileShape {
  mappings: ReadonlyMap<Target, Mapping>;
  rules: RowRules;
}

const OPTIONS = [...SHAPE_OPTIONS, ...ROW_OPTIONS, 'map'];

/** The declaration and what is wrong with it, each a sentence naming the option. */
export function readOptions(given: Given): { options: ExtractOptions; problems: string[] } {
  const problems = unknownKeys(given, OPTIONS, '');
  const shape = readShape(given, problems);
  const mappings = readMappings(given['map'], shape.columns, problems);
  const rules = readRowRules(given, shape.columns, problems);
  return { options: { ...shape, mappings, rules }, problems };
}
