/**
 * `hub feed diff`, `apply` and `test`: what the files in feeds/ would change, taking it over, and the samples that they name.
 * A feed whose tests fail is not applied.
 */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { REMARK } from '../../../adapters/contract.ts';
import { FORMATS } from '../../../adapters/index.ts';
import { appliedFeeds } from '../../config/applied.ts';
import { applyConfiguration } from '../../config/apply.ts';
import { differences, withoutSecrets, type Difference } from '../../config/compare.ts';
import { formatOf, type Configuration } from '../../config/load.ts';
import type { FeedConfig } from '../../config/schema.ts';
import { FAILURE, FINDINGS, OK, print, printJson, progress, UsageError } from '../output.ts';
import { globals, loadFor, type Session, withSession } from '../session.ts';
import { fileSource } from './sample.ts';

/** What applying would do to one feed. */
interface Planned {
  feed: string;
  change: 'new' | 'changed' | 'undeclared';
  differences: Difference[];
}

/** What applying the configuration would change. */
export async function planOf(session: Session, { feeds, declared }: Configuration): Promise<Planned[]> {
  const applied = await appliedFeeds(session.ingest, session.tenants);
  const plan = feeds.map(({ feed }): Planned => {
    const before = applied.get(feed);
    if (!applied.has(feed)) return { feed, change: 'new', differences: [] };
    return { feed, change: 'changed', differences: differences(before ?? {}, withoutSecrets(declared?.get(feed))) };
  });
  const names = new Set(feeds.map(({ feed }) => feed));
  const gone = [...applied.keys()].filter((feed) => !names.has(feed));
  return [
    ...plan.filter(({ change, differences: found }) => change === 'new' || found.length > 0),
    ...gone.map((feed): Planned => ({ feed, change: 'undeclared', differences: [] })),
  ];
}

const shown = (value: unknown): string => (value === undefined ? '-' : JSON.stringify(value));

function printPlan(plan: readonly Planned[]): void {
  if (plan.length === 0) print('Nothing differs from what was applied.');
  for (const { feed, change, differences: found } of plan) {
    if (change === 'new') print(`+ ${feed}`);
    else if (change === 'undeclared')
      print(`? ${feed}: its file is gone; what it brought stays, nothing more is taken`);
    else print(`~ ${feed} (${found.map(({ path, from, to }) => `${path} ${shown(from)} → ${shown(to)}`).join(', ')})`);
  }
}

/** A sample that did not become what its feed's file promises. */
interface FailedTest {
  feed: string;
  sample: string;
  says: string;
}

/** Reads the samples of a feed by its format, as the feed would. */
export async function failedTests(directory: string, feed: FeedConfig): Promise<FailedTest[]> {
  const failed: FailedTest[] = [];
  const { name, options } = formatOf(feed);
  const format = FORMATS.get(name);
  for (const { sample, expect } of feed.tests) {
    const found = { ok: 0, rejected: 0, ignored: 0 };
    let held = '';
    try {
      const context = { feed: feed.feed, zone: feed.timezone, sha256: '', options };
      for await (const units of format?.read(fileSource(resolve(directory, sample)), context) ?? [])
        for (const { records, errors, ignored } of units)
          found[records.length > 0 ? 'ok' : errors.length > 0 && ignored !== REMARK ? 'rejected' : 'ignored'] += 1;
    } catch (error) {
      if (error instanceof UsageError) throw error;
      held = error instanceof Error ? `; the file is held: ${error.message}` : '; the file is held';
    }
    const wrong = (['ok', 'rejected', 'ignored'] as const).filter((key) => found[key] !== expect[key]);
    if (wrong.length > 0 || held !== '')
      failed.push({
        feed: feed.feed,
        sample,
        says: `${wrong.map((key) => `${key} ${found[key]}, expected ${expect[key]}`).join('; ')}${held}`,
      });
  }
  return failed;
}

async function runTests({ directory, feeds }: Configuration, name?: string): Promise<FailedTest[]> {
  const failed: FailedTest[] = [];
  for (const feed of feeds.filter((one) => name === undefined || one.feed === name))
    failed.push(...(await failedTests(directory, feed)));
  return failed;
}

function printTests(failed: readonly FailedTest[], total: number): void {
  for (const { feed, sample, says } of failed) print(`✗ ${feed}: ${sample}: ${says}`);
  print(`${total - failed.length} of ${total} samples as promised`);
}

interface Chosen {
  json?: boolean;
  dryRun?: boolean;
}

async function apply(options: Chosen, command: Command): Promise<void> {
  const configuration = loadFor(globals(command));
  const failed = await runTests(configuration);
  if (failed.length > 0) {
    for (const { feed, sample, says } of failed) progress(`✗ ${feed}: ${sample}: ${says}`);
    progress('Nothing was applied: samples did not become what the files promise.');
    process.exitCode = FAILURE;
    return;
  }
  const { found: plan, tenants } = await withSession(globals(command), async (session) => {
    const found = await planOf(session, configuration);
    const served = new Set(session.tenants.map(({ name }) => name));
    if (options.dryRun !== true) await applyConfiguration(session.ingest, configuration, new Date());
    return { found, tenants: configuration.hub.tenants.map(({ name }) => name).filter((name) => !served.has(name)) };
  });
  if (options.json === true) for (const one of plan) printJson(one);
  else printPlan(plan);
  if (options.dryRun !== true) {
    if (plan.length > 0)
      progress('Applied: new rows are read by it from now on; a running hub is at its sources within seconds.');
    if (tenants.length > 0)
      progress(`A running hub serves the new tenants (${tenants.join(', ')}) from its next start on.`);
  }
  process.exitCode = OK;
}

/** Adds the commands. */
export function registerApply(feed: Command): void {
  feed
    .command('diff')
    .description('how the files in feeds/ differ from what was applied; exit code 2 when they do')
    .option('--json', 'one JSON object a feed')
    .action(async (options: Chosen, command: Command) => {
      const configuration = loadFor(globals(command));
      const plan = await withSession(globals(command), (session) => planOf(session, configuration));
      if (options.json === true) for (const one of plan) printJson(one);
      else printPlan(plan);
      process.exitCode = plan.length > 0 ? FINDINGS : OK;
    });
  feed
    .command('apply')
    .description('test the samples that the files in feeds/ name, then take the files over')
    .option('--dry-run', 'say what would change, change nothing')
    .option('--json', 'one JSON object a feed')
    .action(apply);
  feed
    .command('test')
    .description('read the samples that a feed’s file names, and compare with what it promises')
    .argument('[name]', 'one feed; default all')
    .option('--json', 'one JSON object a failure')
    .action(async (name: string | undefined, options: Chosen, command: Command) => {
      const configuration = loadFor(globals(command));
      if (name !== undefined && !configuration.feeds.some((one) => one.feed === name))
        throw new UsageError(`feed "${name}" is not declared`);
      const failed = await runTests(configuration, name);
      const total = configuration.feeds
        .filter((one) => name === undefined || one.feed === name)
        .reduce((sum, one) => sum + one.tests.length, 0);
      if (options.json === true) for (const one of failed) printJson(one);
      else printTests(failed, total);
      process.exitCode = failed.length > 0 ? FINDINGS : OK;
    });
}
