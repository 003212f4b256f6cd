/**
 * X12 from wholesalers: invoices and credit memos (810), catalogues (832), answers to orders (855, 856), acknowledgements (997,
 * 999, TA1). README.md says which segments and elements are read.
 */
import type { Format, Parsed } from '../../contract.ts';
import { textsOf } from '../../tables/text-encoding.ts';
import { EnvelopeWalk } from './envelope.ts';
import { excerpts } from './excerpt.ts';
import { UnitMap } from './map.ts';
import { optionProblems } from './options.ts';
import { SegmentScanner } from './parse.ts';
import { write997 } from './write-997.ts';

/** The format `x12`. Options: `wholesaler`, `account`, `prices`, `acknowledge`. */
export const format: Format = {
  name: 'x12',
  kind: 'invoices',
  checkOptions: optionProblems,
  acknowledge: write997,
  excerpts,
  async *read(source, context) {
    const scanner = new SegmentScanner();
    const walk = new EnvelopeWalk();
    const units = new UnitMap(context);
    const found = (): Parsed[] => {
      const parsed: Parsed[] = [];
      for (const unit of walk.found.splice(0)) for (const one of units.map(unit)) parsed.push(one);
      return parsed;
    };
    const scan = (): Parsed[] => {
      for (let segment = scanner.next(); segment; segment = scanner.next()) walk.take(segment);
      return found();
    };
    for await (const text of textsOf(source)) {
      scanner.push(text);
      yield scan();
    }
    scanner.end();
    yield scan();
    walk.finish();
    yield found();
  },
};
