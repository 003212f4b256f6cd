/** HRSA's public register of covered entities, OPA_CE_DAILY_PUBLIC.JSON. README.md says which fields are read. */
import type { Format } from '../../contract.ts';
import { unknownOptions } from '../../tables/options.ts';
import { lookThrough, textsOf } from '../../tables/text-encoding.ts';
import { idOf, mapEntity } from './map.ts';
import { entitiesOf } from './parse.ts';

/** The format `opais`; it has no options. */
export const format: Format = {
  name: 'opais',
  kind: 'reference',
  checkOptions: (options) => unknownOptions(options, []),
  async *read(source) {
    // Twice through the file: a site's parent is told by the IDs of the whole file, and a file that is cut off is not read at all.
    const known = new Set<string>();
    const encoding = await lookThrough(source, async (texts) => {
      known.clear();
      for await (const entities of entitiesOf(texts)) for (const entity of entities) known.add(idOf(entity));
    });
    let index = 0;
    for await (const entities of entitiesOf(textsOf(source, encoding)))
      yield entities.map((entity) => mapEntity(entity, `coveredEntities[${index++}]`, known));
  },
};
