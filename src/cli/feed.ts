/** `hub feed`: the interfaces. `list` is here, with the last data and state of each; the other verbs are in `feed/`. */
import Table from 'cli-table3';
import type { Command } from 'commander';
import { feedHealth, type FeedHealth } from '../monitor/feed-health.ts';
import { registerApply } from './feed/apply.ts';
import { registerInit } from './feed/init.ts';
import { registerOutbound } from './feed/outbound.ts';
import { registerPause } from './feed/pause.ts';
import { registerPreview } from './feed/preview.ts';
import { registerRejects } from './feed/rejects.ts';
import { registerRun } from './feed/run.ts';
import { registerSenders } from './feed/senders.ts';
import { registerTrust } from './feed/trust.ts';
import { OK, print, printJson } from './output.ts';
import { globals, withSession } from './session.ts';

const ago = (seconds: number | null): string => {
  if (seconds === null) return 'never';
  if (seconds < 90) return `${seconds}s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)}m ago`;
  return `${Math.floor(seconds / 3600)}h${String(Math.floor((seconds % 3600) / 60)).padStart(2, '0')}m ago`;
};
const sla = (seconds: number | null): string =>
  seconds === null ? '-' : seconds < 3600 ? `${Math.round(seconds / 60)}m` : `${Math.round(seconds / 3600)}h`;

const NO_LINES = Object.fromEntries(
  'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid middle'
    .split(' ')
    .map((name) => [name, '']),
);

function printFeeds(feeds: readonly FeedHealth[]): void {
  const table = new Table({
    head: [
      'TENANT',
      'NAME',
      'KIND',
      'LAST DATA',
      'SLA',
      'STATE',
      'PAYLOADS',
      'RECORDS',
      'REJECTED',
      'WAITING',
      'SENDERS',
    ],
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    // One line a feed: thirty of them fit on a screen.
    chars: NO_LINES,
  });
  for (const feed of feeds)
    table.push([
      feed.tenant,
      feed.name,
      `${feed.format}/${feed.transport}`,
      ago(feed.lagSeconds),
      sla(feed.slaSeconds),
      feed.health,
      feed.payloads,
      feed.records,
      feed.rejected,
      feed.waiting,
      feed.connections ?? '-',
    ]);
  print(table.toString());
}

const VERBS = [
  registerInit,
  registerPreview,
  registerApply,
  registerTrust,
  registerPause,
  registerRun,
  registerRejects,
  registerSenders,
  registerOutbound,
];

/** Adds the command. */
export function registerFeed(program: Command): void {
  const verbs = program.command('feed').description('interfaces');
  for (const register of VERBS) register(verbs);
  verbs
    .command('list')
    .description('every feed with its last data, its promise and its state')
    .option('--json', 'one JSON object a line')
    .action(async (options: { json?: boolean }, command: Command) => {
      const feeds = await withSession(globals(command), async ({ ingest, tenants }) => {
        const lists: FeedHealth[][] = [];
        for (const tenant of tenants) lists.push(await feedHealth(ingest, tenant, new Date()));
        return lists.flat();
      });
      if (options.json === true) for (const feed of feeds) printJson(feed);
      else printFeeds(feeds);
      process.exitCode = OK;
    });
}
