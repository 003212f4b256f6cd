/** `hub message list`: what came in, the latest first, and what became of it. */
import Table from 'cli-table3';
import type { Command } from 'commander';
import { withTenant } from '../../db/tenant.ts';
import { listMessages, type MessageLine } from '../../messages/messages.ts';
import { OK, print, printJson, progress, UsageError } from '../output.ts';
import { globals, withSession, type Session } from '../session.ts';
import { type FilterOptions, filterOf, messageId, tenantsOf } from './options.ts';

interface ListOptions extends FilterOptions {
  outcome?: string;
  controlId?: string;
  limit: string;
  after?: string;
  json?: boolean;
}

interface Line extends MessageLine {
  tenant: string;
}

async function lines(session: Session, options: ListOptions): Promise<{ shown: Line[]; more: boolean }> {
  const first = Number(options.limit);
  if (!Number.isInteger(first) || first < 1 || first > 10_000) throw new UsageError('--limit takes 1 to 10000');
  const filter = filterOf(options, new Date());
  const before = options.after === undefined ? null : messageId(options.after);
  const found: Line[] = [];
  for (const tenant of tenantsOf(session.tenants, options.tenant)) {
    const page = await withTenant(
      session.ingest,
      tenant.id,
      (tx) => listMessages(tx, tenant.id, filter, { first: first + 1, before }),
      { readOnly: true },
    );
    found.push(...page.map((line) => ({ tenant: tenant.name, ...line })));
  }
  // Ids of all tenants sort by time, so the pages of several are one list.
  found.sort((left, right) => (left.id < right.id ? 1 : -1));
  return { shown: found.slice(0, first), more: found.length > first };
}

function printTable(shown: readonly Line[]): void {
  const table = new Table({
    head: ['ID', 'TENANT', 'FEED', 'RECEIVED', 'CONTROL ID', 'STATE', 'RECORDS', 'REJECTED', 'ERRORS', 'BYTES'],
    style: { head: [], border: [] },
  });
  for (const line of shown)
    table.push([
      line.id,
      line.tenant,
      line.feed,
      line.receivedAt,
      line.controlId.length > 24 ? `${line.controlId.slice(0, 23)}…` : line.controlId,
      line.state,
      line.records,
      line.rejected,
      line.errors,
      line.sizeBytes,
    ]);
  print(table.toString());
}

/** Adds the command. */
export function registerList(parent: Command): void {
  parent
    .command('list')
    .description('messages and files, the latest first')
    .option('--tenant <name>', 'of this tenant only')
    .option('--feed <name>', 'of this feed')
    .option('--state <states>', 'PENDING, DONE, HELD, REJECTED, QUARANTINED, SUPERSEDED; several with commas')
    .option('--outcome <outcome>', 'with a record that was ACCEPTED, REJECTED, DUPLICATE, IGNORED, or with ERRORS')
    .option('--control-id <id>', 'MSH-10, or the hash of a file')
    .option('--since <time>', 'received at or after: a day, an instant, or an age such as 24h')
    .option('--until <time>', 'received before')
    .option('--limit <n>', 'lines of a page', '50')
    .option('--after <id>', 'continue after this message')
    .option('--json', 'one JSON object a line')
    .action(async (options: ListOptions, command: Command) => {
      const { shown, more } = await withSession(globals(command), (session) => lines(session, options));
      if (options.json === true) for (const line of shown) printJson(line);
      else printTable(shown);
      if (more) progress(`more: --after ${shown.at(-1)?.id}`);
      process.exitCode = OK;
    });
}
