/** `hub feed senders`: who is connected to feeds that listen, since when, and what came of them. */
import Table from 'cli-table3';
import type { Command } from 'commander';
import { type FeedListener, listenersOf } from '../../monitor/listeners.ts';
import { OK, print, printJson, UsageError } from '../output.ts';
import { globals, withSession } from '../session.ts';

const HEAD = ['TENANT', 'FEED', 'HUB', 'SENDER', 'CONNECTED SINCE', 'LAST MESSAGE', 'MESSAGES', 'REFUSED'];

function rowsOf({ tenant, feed, hub, live, senders }: FeedListener): (string | number)[][] {
  const place = [tenant, feed, live ? hub : `${hub} (gone)`];
  if (senders.length === 0) return [[...place, 'nobody yet', '-', '-', 0, 0]];
  return senders.map(({ sender, since, lastMessageAt, messages, refused }) => [
    ...place,
    sender,
    live && since !== null ? since : '-',
    lastMessageAt ?? '-',
    messages,
    refused,
  ]);
}

/** What a listener refused, and what is wrong with its certificate. */
function notesOf({ feed, hub, refusals, brokenFrames, certificateProblem }: FeedListener): string[] {
  const said = refusals.map(({ kind, reason, count }) =>
    kind === 'CALLER' ? `${count} callers turned away (${reason})` : `${count} messages refused (${reason})`,
  );
  if (brokenFrames > 0) said.push(`${brokenFrames} broken frames`);
  if (certificateProblem !== '') said.push(`the former certificate is shown: ${certificateProblem}`);
  return said.length === 0 ? [] : [`${feed} at ${hub}: ${said.join(', ')}`];
}

/** Adds the command. */
export function registerSenders(parent: Command): void {
  parent
    .command('senders')
    .description('who is connected to MLLP feeds, as running hubs say every five seconds')
    .argument('[name]', 'one feed; default all')
    .option('--json', 'one JSON object a listener')
    .action(async (name: string | undefined, options: { json?: boolean }, command: Command) => {
      const found = await withSession(globals(command), async ({ ingest, tenants }) => {
        const all: FeedListener[] = [];
        for (const tenant of tenants) all.push(...(await listenersOf(ingest, tenant, new Date())));
        return all.filter(({ feed }) => name === undefined || feed === name);
      });
      if (found.length === 0 && name !== undefined)
        throw new UsageError(`no hub has listened for "${name}" in the last day`);
      if (options.json === true) for (const one of found) printJson(one);
      else {
        const table = new Table({ head: HEAD, style: { head: [], border: [] } });
        table.push(...found.flatMap(rowsOf));
        print(table.toString());
        for (const note of found.flatMap(notesOf)) print(note);
      }
      process.exitCode = OK;
    });
}
