/** HRSA's public register of covered entities, OPA_CE_DAILY_PUBLIC.JSON. README.md says which fields are read. */
import type { Format } from '../../contract.ts';
import { whole } from '../../source.ts';
import { unknownOptions } from '../../tables/options.ts';
import { mapEntities } from './map.ts';
import { parseEntities } from './parse.ts';

/** The format `opais`; it has no options. */
export const format: Format = {
  name: 'opais',
  kind: 'reference',
  checkOptions: (options) => unknownOptions(options, []),
  read: whole(function* read(bytes) {
    yield* mapEntities(parseEntities(bytes));
  }),
};
