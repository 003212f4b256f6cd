/**
 * `hub feed preview <name> --sample <file>`: what the feed would make of a file, row by row, and how many of its claims would
 * link. The file goes the whole way (received, normalized, decided) in a rehearsal that leaves nothing behind.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { FORMATS } from '../../../adapters/index.ts';
import { applyFeed } from '../../config/apply.ts';
import type { FeedConfig } from '../../config/schema.ts';
import { firstIdOf } from '../../db/ids.ts';
import { rehearse } from '../../db/rehearsal.ts';
import { run, statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import { nearest } from '../../model/nearest.ts';
import { PIPELINE } from '../../pipeline.ts';
import { createReceiver } from '../../receive/receiver.ts';
import { drain } from '../../worker.ts';
import { FINDINGS, OK, print, printJson, UsageError } from '../output.ts';
import { configurationFolder, globals, loadFor, type Session, withSession } from '../session.ts';
import { declaredTenant } from './find.ts';
import { recordShown } from '../phi-shown.ts';
import { fileSource } from './sample.ts';

const RESULT = statement(import.meta.url, '../payload-result.sql');
const PROBLEMS = statement(import.meta.url, 'preview-problems.sql');
const LINKS = statement(import.meta.url, 'preview-links.sql');
/** Stages that a preview goes through: a ledger of what will not happen would say nothing. */
const REHEARSED = new Set(['normalize', 'mark', 'decide']);

/** A row that has a problem. */
interface Problem {
  position: string;
  field: string;
  /** The value as sent, masked unless the caller asked for it. */
  value: string;
  problem: string;
  accepted: boolean;
}

interface Links {
  status: string | null;
  reason: string | null;
  dispenses: number;
  linked: number;
}

/** What a file would become. */
export interface Preview {
  state: string;
  records: number;
  accepted: number;
  rejected: number;
  duplicate: number;
  ignored: number;
  problems: Problem[];
  links: Links[];
}

/** Shape without content: letters become x, digits 9. */
const mask = (value: string): string => value.replaceAll(/\p{L}/gu, 'x').replaceAll(/\p{N}/gu, '9');

/** Rehearses a file on a feed as the configuration declares it, whether it was applied already or not. */
export async function previewFile(
  session: Session,
  feed: FeedConfig,
  file: string,
  { showPhi = false, clock = () => new Date() }: { showPhi?: boolean; clock?: () => Date } = {},
): Promise<Preview> {
  const tenant = declaredTenant(session, feed);
  fileSource(file);
  return rehearse(session.ingest, tenant.id, async (db, tx) => {
    // Ids carry the time of the machine, whatever the rehearsal's clock says.
    const began = new Date(Date.now() - 1);
    // A name of its own: the file may have come in before.
    const rehearsed = { ...feed, feed: `${feed.feed} (preview)`, sourceSystem: feed.sourceSystem ?? feed.feed };
    await applyFeed(tx, tenant.id, rehearsed, undefined, clock());
    const receiver = createReceiver(db, { clock });
    const content = createReadStream(file);
    const { rawId } = await receiver.deliverFilesTo(tenant.id, rehearsed.feed)({ name: basename(file), content });
    const stages = PIPELINE.filter(({ name }) => REHEARSED.has(name));
    await drain(stages, { db, tenant, tenants: session.tenants, clock, formats: FORMATS });
    return readPreview(tx, rawId, firstIdOf(began), showPhi);
  });
}

async function readPreview(tx: TenantTransaction, rawId: string, firstId: string, showPhi: boolean): Promise<Preview> {
  const [result] = await run<Omit<Preview, 'problems' | 'links'>>(tx, RESULT, [tx.tenantId, rawId]);
  const problems = await run<Problem>(tx, PROBLEMS, [tx.tenantId, rawId]);
  const links = await run<Links>(tx, LINKS, [tx.tenantId, rawId, firstId]);
  if (result === undefined) throw new Error('the sample was not stored');
  return {
    ...result,
    problems: problems.map((one) => (showPhi ? one : { ...one, value: mask(one.value) })),
    links: [...links],
  };
}

/** `HELD 55 (MEDICAID_CARVE 50, DRUG_COVERED 5)`, for one answer. */
function answered(status: string, links: readonly Links[]): string {
  const reasons = links
    .filter(({ reason }) => reason !== null && status !== 'ELIGIBLE')
    .map(({ reason, dispenses }) => [reason ?? '', dispenses] as const);
  const told = [...Map.groupBy(reasons, ([reason]) => reason)]
    .map(([reason, all]) => [reason, all.reduce((sum, [, count]) => sum + count, 0)] as const)
    .sort((a, b) => b[1] - a[1])
    .map(([reason, count]) => `${reason} ${count}`);
  const total = links.reduce((sum, { dispenses }) => sum + dispenses, 0);
  return `${status} ${total}${told.length === 0 ? '' : ` (${told.join(', ')})`}`;
}

/** The sentence under a preview of claims: how many find their encounter, and what they would be answered for which reason. */
export function linkSentence(links: readonly Links[]): string {
  const linked = links.reduce((sum, one) => sum + one.linked, 0);
  const total = links.reduce((sum, one) => sum + one.dispenses, 0);
  const statuses = [...Map.groupBy(links, ({ status }) => status ?? 'not open')]
    .map(([status, all]) => answered(status, all))
    .join(', ');
  return `would link: ${linked} dispenses to encounters, ${total - linked} unmatched; ${statuses}`;
}

function printPreview(preview: Preview, limit: number): void {
  const { records, accepted, rejected, duplicate, ignored, problems, links, state } = preview;
  print(
    `${records} rows: ${accepted} ok, ${rejected} rejected, ${duplicate} known already, ${ignored} ignored${state === 'DONE' ? '' : ` (${state})`}`,
  );
  for (const one of problems.slice(0, limit))
    print(
      `  ${one.position.padEnd(12)} ${one.field.padEnd(14)} ${one.value.slice(0, 24).padEnd(24)} ${one.problem}${one.accepted ? ' (row taken without it)' : ''}`,
    );
  if (problems.length > limit) print(`  ... and ${problems.length - limit} more (--limit)`);
  if (links.length > 0) print(linkSentence(links));
}

/** Adds the command. */
export function registerPreview(feed: Command): void {
  feed
    .command('preview')
    .description('what the declared feed would make of a file: rows, problems, links; nothing is kept')
    .argument('<name>', 'name of the feed, applied or not')
    .requiredOption('--sample <file>', 'a file as the sender delivers it')
    .option('--show-phi', 'show values as sent instead of their shape; kept with your account and the reason')
    .option('--reason <text>', 'why they are shown')
    .option('--limit <n>', 'problems to print', '20')
    .option('--json', 'one JSON object')
    .action(
      async (
        name: string,
        options: { sample: string; showPhi?: boolean; reason?: string; limit: string; json?: boolean },
        command: Command,
      ) => {
        const { feeds } = loadFor(globals(command));
        const names = feeds.map(({ feed: one }) => one);
        const declared = feeds.find(({ feed: one }) => one === name);
        const guess = nearest(name, names);
        if (declared === undefined)
          throw new UsageError(
            existsSync(join(configurationFolder(globals(command)), 'feeds', `${name}.yaml.draft`))
              ? `feeds/${name}.yaml.draft is not complete: add what its head says is missing and rename it to ${name}.yaml`
              : `feed "${name}" is not declared${guess === null ? '' : `; did you mean "${guess}"?`}`,
          );
        const showPhi = options.showPhi === true;
        const preview = await withSession(globals(command), async (session) => {
          const found = await previewFile(session, declared, options.sample, { showPhi });
          if (showPhi)
            await recordShown(session.ingest, declaredTenant(session, declared).id, {
              feed: declared.feed,
              command: 'feed preview',
              subject: createHash('sha256').update(basename(options.sample)).digest('hex'),
              reason: options.reason,
              counts: { values: found.problems.length },
            });
          return found;
        });
        if (options.json === true) printJson(preview);
        else printPreview(preview, Number(options.limit));
        process.exitCode = preview.rejected > 0 || preview.state !== 'DONE' ? FINDINGS : OK;
      },
    );
}
