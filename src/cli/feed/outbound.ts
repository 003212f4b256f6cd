/** `hub feed outbound`: the files that go out through a feed, and what only a person can decide about them. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import Table from 'cli-table3';
import type { Command } from 'commander';
import { type TenantTransaction, withTenant } from '../../db/tenant.ts';
import { decideFile, type Fate, listFiles, OutboundRefused, queueFile, releaseFile } from '../../outbound/queue.ts';
import { deliverNow } from '../../outbound/sender.ts';
import { outboundPlace } from '../../places.ts';
import { FINDINGS, OK, print, printJson, progress, UsageError } from '../output.ts';
import { globals, withSession } from '../session.ts';
import { groupIn } from './outbound-group.ts';
import { deciderOf, type DecisionOptions, declaredFeed, declaredTenant, feedTenant } from './find.ts';

const FATES: readonly Fate[] = ['sent', 'send-again', 'give-up'];

/** Runs `work` in a transaction of the feed's tenant; what the queue refuses is a wrong use of the command. */
function inTenant<T>(command: Command, feed: string, work: (tx: TenantTransaction) => Promise<T>): Promise<T> {
  return withSession(globals(command), async (session) => {
    const tenant = await feedTenant(session, feed);
    return withTenant(session.ingest, tenant.id, work);
  }).catch((error: unknown) => {
    throw error instanceof OutboundRefused ? new UsageError(error.message) : error;
  });
}

async function add(feed: string, path: string, options: AddOptions, command: Command): Promise<void> {
  const { source } = declaredFeed(globals(command), feed).feed;
  const place =
    'sftp' in source ? source.sftp.outboundPath : 'folder' in source ? source.folder.outboundPath : undefined;
  if (place === undefined)
    throw new UsageError(
      `${feed} has no place to deliver to: set source.sftp.outboundPath or source.folder.outboundPath`,
    );
  const bytes = readFileSync(path);
  const { by, now } = deciderOf(options);
  const name = options.name ?? basename(path);
  const state = options.draft === true ? 'DRAFT' : 'QUEUED';
  const { groups, group, unreadable } = await groupIn(bytes, options.acknowledgement !== false);
  if (unreadable !== undefined)
    progress(`It begins like X12 and cannot be read (${unreadable}): no acknowledgement is waited for.`);
  if (groups > 1)
    progress(`It holds ${groups} X12 groups: their acknowledgements are kept when they come, not waited for.`);
  const { id, made } = await inTenant(command, feed, (tx) =>
    queueFile(tx, { feed, name, bytes, state, by, now, ...(group === undefined ? {} : { group }) }),
  );
  print(`${id} ${name}: ${made ? (state === 'DRAFT' ? 'kept as a draft' : 'queued') : 'was there already'}`);
  if (group !== undefined)
    print(
      `  group ${group.functionalCode} ${group.controlNumber} for ${group.partner}${group.expectsAcknowledgement ? ': its 997 or 999 is waited for' : ''}`,
    );
  process.exitCode = OK;
}

interface AddOptions extends DecisionOptions {
  name?: string;
  draft?: boolean;
  acknowledgement?: boolean;
}

async function list(feed: string, options: { json?: boolean }, command: Command): Promise<void> {
  const files = await inTenant(command, feed, (tx) => listFiles(tx, feed));
  if (options.json === true) for (const file of files) printJson(file);
  else {
    const table = new Table({
      head: ['ID', 'NAME', 'BYTES', 'STATE', 'ATTEMPTS', 'ACKNOWLEDGED', 'DETAIL'],
      style: { head: [], border: [] },
    });
    for (const { id, name, sizeBytes, state, attempts, detail, expectsAcknowledgement, acknowledgedAt } of files) {
      const acknowledged = acknowledgedAt ?? (expectsAcknowledgement ? 'not yet' : '-');
      table.push([id, name, sizeBytes, state, attempts, acknowledged, detail]);
    }
    print(table.toString());
  }
  process.exitCode = files.some(({ state }) => state === 'UNCERTAIN' || state === 'FAILED') ? FINDINGS : OK;
}

async function resolve(
  feed: string,
  id: string,
  options: DecisionOptions & { as: string },
  command: Command,
): Promise<void> {
  const fate = FATES.find((one) => one === options.as);
  if (fate === undefined) throw new UsageError(`--as takes one of ${FATES.join(', ')}`);
  if (!/^[0-9a-f-]{36}$/.test(id)) throw new UsageError('the id is the first column of "hub feed outbound list"');
  await inTenant(command, feed, (tx) => decideFile(tx, id, fate, deciderOf(options)));
  print(`${id}: ${fate}, as decided by ${deciderOf(options).by}`);
  process.exitCode = OK;
}

async function release(feed: string, id: string, _options: object, command: Command): Promise<void> {
  if (!/^[0-9a-f-]{36}$/.test(id)) throw new UsageError('the id is the first column of "hub feed outbound list"');
  if (!(await inTenant(command, feed, (tx) => releaseFile(tx, id)))) throw new UsageError(`${id} is no draft`);
  print(`${id}: queued`);
  process.exitCode = OK;
}

async function deliver(feed: string, _options: object, command: Command): Promise<void> {
  const declared = declaredFeed(globals(command), feed);
  const report = await withSession(globals(command), async (session) => {
    const { ingest } = session;
    const tenant = declaredTenant(session, declared.feed).id;
    const log = ({ message }: { message: string }): void => progress(message);
    const open = outboundPlace(declared.feed, { db: ingest, tenant, directory: declared.configuration.directory, log });
    if (open === null) throw new UsageError(`${feed} has no place to deliver to (outboundPath)`);
    return deliverNow({ db: ingest, tenant, feed, open, clock: () => new Date(), log });
  });
  if (report === null) print('nothing waits, the feed is paused, or a running hub delivers at this moment');
  else
    print(
      `${report.sent} sent, ${report.uncertain} uncertain, ${report.failed} failed, ${report.postponed} to be tried again`,
    );
  process.exitCode = report !== null && report.uncertain + report.failed + report.postponed > 0 ? FINDINGS : OK;
}

/** Adds the commands. */
export function registerOutbound(feed: Command): void {
  const outbound = feed.command('outbound').description('files that go out through a feed');
  outbound
    .command('list')
    .description('outbound files of a feed, newest first; exit code 2 when one needs a person')
    .argument('<feed>', 'name of the feed')
    .option('--json', 'one JSON object a line')
    .action(list);
  outbound
    .command('add')
    .description('hand a file over; its name is used once')
    .argument('<feed>', 'name of the feed')
    .argument('<file>', 'local file')
    .option('--name <name>', "name at the partner (default: the file's)")
    .option('--draft', 'keep it until it is released')
    .option('--no-acknowledgement', 'the partner answers no 997 or 999 to it')
    .option('--by <name>', 'who hands it over (default: this account)')
    .action(add);
  outbound
    .command('release')
    .description('let a draft go out')
    .argument('<feed>', 'name of the feed')
    .argument('<id>', 'id of the file')
    .action(release);
  outbound
    .command('deliver')
    .description('deliver what waits now, without a running hub')
    .argument('<feed>', 'name of the feed')
    .action(deliver);
  outbound
    .command('resolve')
    .description('say what became of an uncertain or failed file; kept with who said it')
    .argument('<feed>', 'name of the feed')
    .argument('<id>', 'id of the file')
    .requiredOption('--as <fate>', 'sent = it is at the partner; send-again = it is not; give-up = it shall not be')
    .option('--reason <text>', 'how this is known')
    .option('--by <name>', 'who decides (default: this account)')
    .action(resolve);
}
