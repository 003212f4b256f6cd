/**
 * An 832 -> catalogue prices. Each item (LIN) is a unit of its own: one that cannot be read costs no other. Which account type
 * a price is for, the catalogue does not say: the feed's `prices` does, by the price code CTP02.
 */
import { PRICE, QUANTITY, readDecimal } from '../../../src/model/decimal-text.ts';
import { readNdc } from '../../../src/model/ndc.ts';
import type { AccountType, MasterRecord, RecordError } from '../../../src/model/records.ts';
import type { Parsed } from '../../contract.ts';
import { readDate } from './dates.ts';
import { invalid } from './envelope.ts';
import type { TransactionSet } from './envelope.ts';
import { priceType } from './options.ts';
import type { X12Options } from './options.ts';
import type { Segment } from './parse.ts';
import { MEASURES, ndcText } from './product.ts';

/** DTM01 of a first and of a last day that counts (element 374), the most telling first. */
const FIRST_DAY = ['007', '092', '196'];
const LAST_DAY = ['036', '093', '197'];
/** Units that hold several packages. */
const CASES = new Set(['CA', 'CS', 'CT']);

interface Period {
  from: string | null;
  to: string | null;
}

/** A price of an item: CTP with the dates that follow it. */
interface PriceLoop {
  ctp: Segment;
  dates: Segment[];
}

interface Item {
  lin: Segment;
  dates: Segment[];
  pack: Segment | undefined;
  prices: PriceLoop[];
}

function itemsOf(segments: readonly Segment[]): { heading: Segment[]; items: Item[] } {
  const heading: Segment[] = [];
  const items: Item[] = [];
  for (const segment of segments) {
    const item = items.at(-1);
    const price = item?.prices.at(-1);
    if (segment.name === 'LIN') items.push({ lin: segment, dates: [], pack: undefined, prices: [] });
    else if (!item) heading.push(segment);
    else if (segment.name === 'CTP') item.prices.push({ ctp: segment, dates: [] });
    else if (segment.name === 'PO4') item.pack ??= segment;
    else if (segment.name === 'DTM') (price ?? item).dates.push(segment);
  }
  return { heading, items };
}

/** The day that a list of DTM states; undefined = none does. An unreadable one is an error: it must not pass for an open end. */
function dayOf(dates: readonly Segment[], qualifiers: readonly string[], errors: RecordError[]): string | undefined {
  for (const qualifier of qualifiers) {
    const dtm = dates.find((segment) => segment.name === 'DTM' && segment.element(1) === qualifier);
    if (!dtm) continue;
    const day = readDate(dtm.element(2));
    if (day !== null) return day;
    errors.push(invalid('DTM-02', 'expected a date, year first', dtm.element(2)));
  }
  return undefined;
}

/** Dates of the price count before those of its item, those before the catalogue's. */
function periodOf(levels: readonly (readonly Segment[])[], errors: RecordError[]): Period {
  const find = (qualifiers: readonly string[]): string | null => {
    for (const level of levels) {
      const day = dayOf(level, qualifiers, errors);
      if (day !== undefined) return day;
    }
    return null;
  };
  return { from: find(FIRST_DAY), to: find(LAST_DAY) };
}

/** The price of one package, or null with the reason among the errors. */
function packagePrice(ctp: Segment, pack: Segment | undefined, errors: RecordError[]): string | null {
  const price = readDecimal(ctp.element(3), PRICE);
  const unit = (ctp.element(5).split(/[:>]/)[0] ?? '').toUpperCase();
  const each = ctp.element(4) === '' ? '1' : readDecimal(ctp.element(4), QUANTITY);
  const packs = pack?.element(1) ?? '';
  if (price === null || price.startsWith('-'))
    errors.push(invalid('CTP-03', 'expected a price, at most 4 decimals', ctp.element(3)));
  else if (each !== '1') errors.push(invalid('CTP-04', 'expected the price of one', ctp.element(4)));
  else if (MEASURES.has(unit))
    errors.push(invalid('CTP-05', 'expected the price of a package, not of a weight or volume', ctp.element(5)));
  else if (CASES.has(unit) && packs !== '' && readDecimal(packs, QUANTITY) !== '1')
    errors.push(invalid('CTP-05', 'expected the price of a package, not of a case of several (PO4-01)', packs));
  else return price;
  return null;
}

function eleven(text: string, errors: RecordError[]): string | null {
  const reading = readNdc(text);
  if (reading.kind === 'EXACT' || reading.kind === 'SHORT') return reading.ndc11;
  const expected = reading.kind === 'AMBIGUOUS' ? 'hyphens, or eleven digits: ten bare digits are ambiguous' : 'an NDC';
  errors.push(invalid('LIN-03', `expected ${expected}`, text));
  return null;
}

/** The price that counts of each account type: of two with the same start, the later in the file. */
function recordsOf(
  item: Item,
  ndc11: string,
  heading: readonly Segment[],
  options: X12Options,
  errors: RecordError[],
): MasterRecord[] {
  const records: MasterRecord[] = [];
  for (const { ctp, dates } of item.prices) {
    const accountType: AccountType | undefined = priceType(options, ctp.element(2));
    if (accountType === undefined) continue;
    const before = errors.length;
    const price = packagePrice(ctp, item.pack, errors);
    const { from, to } = periodOf([dates, item.dates, heading], errors);
    if (from !== null && to !== null && from > to)
      errors.push(invalid('DTM-02', 'the last day lies before the first day', to));
    if (price === null || errors.length > before) continue;
    records.push({ type: 'master', kind: 'drugPrice', row: { ndc11, accountType, packagePrice: price, from, to } });
  }
  return records;
}

function mapItem(item: Item, position: string, heading: readonly Segment[], options: X12Options): Parsed {
  const text = ndcText(item.lin, 2);
  if (text === null) return { position, records: [], errors: [], ignored: 'ITEM_WITHOUT_NDC' };
  const errors: RecordError[] = [];
  const ndc11 = eleven(text, errors);
  if (ndc11 === null) return { position, records: [], errors };
  const records = recordsOf(item, ndc11, heading, options, errors);
  if (records.length > 0 || errors.length > 0) return { position, records, errors };
  return { position, records, errors, ignored: 'NO_PRICE_OF_OURS' };
}

/** Every item of the catalogue; first what is wrong with the set as a whole. */
export function* mapCatalogue(set: TransactionSet, options: X12Options): Generator<Parsed> {
  const { heading, items } = itemsOf(set.segments);
  if (options.prices.size === 0) {
    const message = 'the feed does not say whose prices these are: set prices, as { "*": 340B }';
    yield { position: set.position, records: [], errors: [invalid('CTP-02', message, '')] };
    return;
  }
  const stated = set.segments.find(({ name }) => name === 'CTT')?.element(1) ?? '';
  const errors =
    stated === '' || (/^\d{1,10}$/.test(stated) && Number(stated) === items.length)
      ? []
      : [invalid('CTT01', `the number of items differs: ${items.length} found`, stated)];
  if (errors.length > 0 || items.length === 0)
    yield { position: set.position, records: [], errors, ...(errors.length > 0 ? {} : { ignored: 'NO_ITEMS' }) };
  for (const [index, item] of items.entries())
    yield mapItem(item, `${set.position}/LIN ${index + 1}`, heading, options);
}
