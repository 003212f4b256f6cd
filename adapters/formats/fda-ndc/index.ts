/** The FDA's NDC directory: product.txt and package.txt. README.md says which columns are read. */
import type { Format } from '../../contract.ts';
import { unknownOptions } from '../../tables/options.ts';
import { mapDirectoryLine } from './map.ts';
import { parseDirectory } from './parse.ts';

/** The format `fda-ndc`; it has no options, the header tells the two files apart. */
export const format: Format = {
  name: 'fda-ndc',
  kind: 'reference',
  checkOptions: (options) => unknownOptions(options, []),
  async *read(source) {
    for await (const lines of parseDirectory(source)) yield lines.map(mapDirectoryLine);
  },
};
