/** FHIR R4 from an EHR (or, as claims, from a payer): README.md says which resources and elements are read. */
import type { Format } from '../../contract.ts';
import { mapEntry } from './map.ts';
import { optionProblems, readOptions } from './options.ts';
import { readEntries } from './parse.ts';

/** The format `fhir`. */
export const format: Format = {
  name: 'fhir',
  kind: 'ehr',
  checkOptions: optionProblems,
  async *read(source, context) {
    const options = readOptions(context.options);
    let ordinal = 0;
    for await (const entries of readEntries(source))
      yield entries.map((entry) => mapEntry(entry, (ordinal += 1), context, options));
  },
};
