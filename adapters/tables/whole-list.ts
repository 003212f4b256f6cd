/**
 * Files that are whole lists (feed option `absent: ended`): what an earlier file named and this one does not has ended (DOMAIN
 * 12.27, REPLACE). A list of which a line could not be read is not known whole, so it ends nothing, and says so.
 */
import type { SnapshotRecord } from '../../src/model/records.ts';
import type { Parsed } from '../contract.ts';

type Options = Readonly<Record<string, unknown>>;

/** Problems of the option. */
export const absentProblems = ({ absent }: Options): string[] =>
  absent === undefined || absent === 'kept' || absent === 'ended'
    ? []
    : ['absent must be kept (absence means nothing) or ended (the file is the whole list)'];

/** Position of the unit that stands for what the file does not name. */
const POSITION = 'end of list';

const refused = (message: string): Parsed => ({
  position: POSITION,
  records: [],
  errors: [{ code: 'RECORD_INVALID', field: 'absent', message, original: '' }],
});

/** The units of a file and, when the feed says that its files are whole lists, what that means. `part` of a unit: see SnapshotRecord.within. */
export async function* wholeList(
  units: AsyncIterable<readonly Parsed[]>,
  { absent }: Options,
  list: Pick<SnapshotRecord, 'of' | 'kind'>,
  partOf: (unit: Parsed) => string = () => '',
): AsyncGenerator<readonly Parsed[]> {
  const parts = new Set<string>();
  let rejected = 0;
  for await (const some of units) {
    for (const unit of some) {
      if (unit.records.length > 0) parts.add(partOf(unit));
      else if (unit.errors.length > 0) rejected += 1;
    }
    yield some;
  }
  if (absent !== 'ended') return;
  if (rejected > 0) yield [refused(`nothing ends by its absence: ${rejected} lines of the list could not be read`)];
  else if (parts.size === 0) yield [refused('nothing ends by its absence: the list is empty')];
  else
    yield [
      {
        position: POSITION,
        records: [...parts].map((within): SnapshotRecord => ({ type: 'snapshot', ...list, within })),
        errors: [],
      },
    ];
}
