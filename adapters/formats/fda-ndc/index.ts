/** The FDA's NDC directory: product.txt and package.txt. README.md says which columns are read. */
import type { Format } from '../../contract.ts';
import { whole } from '../../source.ts';
import { unknownOptions } from '../../tables/options.ts';
import { mapDirectoryLine } from './map.ts';
import { parseDirectory } from './parse.ts';

/** The format `fda-ndc`; it has no options, the header tells the two files apart. */
export const format: Format = {
  name: 'fda-ndc',
  kind: 'reference',
  checkOptions: (options) => unknownOptions(options, []),
  read: whole(function* read(bytes) {
    for (const line of parseDirectory(bytes)) yield mapDirectoryLine(line);
  }),
};
