/** Delimited claim extracts of pharmacies, by a mapping that the feed declares (see README.md). */
import type { Format } from '../../contract.ts';
import { readOptions } from './options.ts';
import { readExtract } from './read.ts';

/** The format as the registry knows it. */
export const format: Format = {
  name: 'claim-extract',
  kind: 'claims',
  checkOptions: (options) => readOptions(options).problems,
  read: readExtract,
};
