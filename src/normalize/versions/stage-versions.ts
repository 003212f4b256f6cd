/** Master and reference rows of a batch as COPY text for the stage of their kind (storing-sql.ts). */
import { newId } from '../../db/ids.ts';
import type { MasterRecord, ReferenceRecord } from '../../model/records.ts';
import type { Item } from '../batch.ts';
import { copyText, copyValue } from '../copy-text.ts';
import type { VersionSpec } from './version-spec.ts';

/** Rows of one piece of text on its way to the database. */
const ROWS_TOGETHER = 500;

/** COPY text, some rows at a time: key, values, id, known_from, raw_id, position, ordinal, feed. */
export async function* stagedVersions(
  { key, values }: VersionSpec,
  items: readonly Item<MasterRecord | ReferenceRecord>[],
): AsyncGenerator<string> {
  const members = [...key, ...values].map(({ member }) => member);
  let lines = '';
  let count = 0;
  for (const { unit, ordinal, record } of items) {
    const row: Readonly<Record<string, unknown>> = { ...record.row };
    for (const member of members) lines += `${copyValue(row[member])}\t`;
    const { raw, position, feed } = unit;
    lines += `${newId()}\t${raw.receivedAt}\t${raw.rawId}\t${copyText(position)}\t${ordinal}\t${copyText(feed.name)}\n`;
    count += 1;
    if (count % ROWS_TOGETHER !== 0) continue;
    yield await Promise.resolve(lines);
    lines = '';
  }
  if (lines !== '') yield lines;
}
