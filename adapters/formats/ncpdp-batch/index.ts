/** NCPDP Batch Standard 1.2 carrying Telecommunication D.0 claims and their responses (see README.md). */
import type { Format } from '../../contract.ts';
import { whole } from '../../source.ts';
import { excerpts } from './excerpt.ts';
import { readOptions } from './options.ts';
import { readPayload } from './read.ts';

/** The format as the registry knows it. */
export const format: Format = {
  name: 'ncpdp-batch',
  kind: 'claims',
  checkOptions: (options) => readOptions(options).problems,
  read: whole(readPayload),
  excerpts,
};
