/** Files that do not go out by themselves: uncertain ones, failed ones, and those of feeds that have no place to deliver to. */
import type { Configuration } from '../../config/load.ts';
import type { FeedConfig } from '../../config/schema.ts';
import type { Database } from '../../db/client.ts';
import { statement } from '../../db/statement.ts';
import { readTenant } from '../../db/tenant.ts';
import { readTenants } from '../session.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const WAITING = statement(import.meta.url, 'outbound-waiting.sql');

interface Count {
  feed: string;
  state: 'QUEUED' | 'UNCERTAIN' | 'FAILED';
  count: number;
}

const hasPlace = (feed: FeedConfig | undefined): boolean => {
  if (feed === undefined) return false;
  const { source } = feed;
  return ('sftp' in source ? source.sftp : 'folder' in source ? source.folder : {}).outboundPath !== undefined;
};

function findingOf({ feed, state, count }: Count, configuration: Configuration): Finding | undefined {
  const check = `outbound ${feed}`;
  if (state !== 'QUEUED')
    return problem(
      check,
      `${count} files ${state}: ${state === 'FAILED' ? 'not delivered' : 'only a person can tell whether they arrived'}`,
      `see "hub feed outbound list ${feed}", ask the partner, then "hub feed outbound resolve ${feed} <id> --as ..."`,
    );
  if (hasPlace(configuration.feeds.find((one) => one.feed === feed))) return undefined;
  return warning(
    check,
    `${count} files wait, and the feed has no place to deliver them to`,
    `set source.sftp.outboundPath (or source.folder.outboundPath) of ${feed}, then "hub feed apply"`,
  );
}

/** One line for each feed whose files need somebody; one when none does. */
export async function checkOutbound(db: Database, configuration: Configuration): Promise<Finding[]> {
  const counts: Count[] = [];
  for (const { id } of await readTenants(db))
    counts.push(...(await readTenant<Count>(db, id, WAITING.text, [], WAITING.name)));
  const findings = counts.flatMap((one) => findingOf(one, configuration) ?? []);
  return findings.length === 0 ? [ok('outbound', 'no file waits for a person')] : findings;
}
