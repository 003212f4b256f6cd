/** `hub ingest <feed> <file|dir>`: the same way in as a transport: stored first, then worked through, then reported. */
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { HeldPayload, type FileReceipt } from '../../adapters/contract.ts';
import { FORMATS } from '../../adapters/index.ts';
import { deliverUnpacked } from '../../adapters/pickup/unpack.ts';
import type { Database } from '../db/client.ts';
import type { Tenant } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import { withTenant } from '../db/tenant.ts';
import { PIPELINE } from '../pipeline.ts';
import { createReceiver } from '../receive/receiver.ts';
import { drain } from '../worker.ts';
import { type FeedReader, ignoredReasons, reasonLines, type Reasons } from './ingest-reasons.ts';
import { feedTenant } from './feed/find.ts';
import { FINDINGS, OK, print, printJson, progress, UsageError } from './output.ts';
import { globals, withSession, type Session } from './session.ts';

const FEED_READER = statement(import.meta.url, 'feed-reader.sql');
const PAYLOAD_RESULT = statement(import.meta.url, 'payload-result.sql');
const PAYLOAD_ERRORS = statement(import.meta.url, 'payload-errors.sql');
const ERRORS_SHOWN = 20;
const READ_AHEAD_BYTES = 256 * 1024;

interface PayloadError {
  position: string;
  field: string;
  message: string;
  accepted: boolean;
}

/** What became of one file. */
interface FileResult {
  file: string;
  rawId: string;
  duplicateFile: boolean;
  state: string;
  records: number;
  accepted: number;
  rejected: number;
  duplicate: number;
  ignored: number;
  /** Of the ignored records, and of parts left out beside accepted ones. */
  ignoredBecause: Reasons;
  errors: PayloadError[];
}

function filesOf(path: string): string[] {
  if (!statSync(path, { throwIfNoEntry: false })) throw new UsageError(`${path} does not exist`);
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function resultOf(
  db: Database,
  tenant: Tenant,
  file: string,
  { rawId, duplicate, sha256 }: FileReceipt,
  reader: FeedReader | undefined,
): Promise<FileResult> {
  const ignoredBecause = await reasonsOf(file, reader, sha256);
  return withTenant(db, tenant.id, async (tx) => {
    const [state] = await run<Omit<FileResult, 'file' | 'rawId' | 'duplicateFile' | 'ignoredBecause' | 'errors'>>(
      tx,
      PAYLOAD_RESULT,
      [tenant.id, rawId],
    );
    const errors = await run<PayloadError>(tx, PAYLOAD_ERRORS, [tenant.id, rawId]);
    if (state === undefined) throw new Error('the payload was stored but has no state');
    return { file, rawId, duplicateFile: duplicate, ...state, ignoredBecause, errors: [...errors] };
  });
}

async function reasonsOf(file: string, reader: FeedReader | undefined, sha256: string): Promise<Reasons> {
  const format = FORMATS.get(reader?.format ?? '');
  if (!reader || !format) return {};
  try {
    return await ignoredReasons(file, reader, format, sha256);
  } catch (error) {
    if (error instanceof HeldPayload) return {};
    throw error;
  }
}

async function ingest(session: Session, feed: string, path: string): Promise<FileResult[]> {
  const tenant = await feedTenant(session, feed);
  const [reader] = await withTenant(session.ingest, tenant.id, (tx) =>
    run<FeedReader>(tx, FEED_READER, [tenant.id, feed]),
  );
  const clock = (): Date => new Date();
  const receiver = createReceiver(session.ingest, { clock });
  const receipts: (FileReceipt & { file: string })[] = [];
  for (const file of filesOf(path)) {
    const content = createReadStream(file, { highWaterMark: READ_AHEAD_BYTES });
    const deliver = receiver.deliverFilesTo(tenant.id, feed);
    const unpacked = await deliverUnpacked(deliver, { name: basename(file), content });
    for (const receipt of unpacked.receipts) receipts.push({ file, ...receipt });
  }
  progress(`${receipts.length} files stored; working through them`);
  for (const one of [tenant, ...session.tenants.filter((other) => other.id !== tenant.id)])
    await drain(PIPELINE, { db: session.ingest, tenant: one, tenants: session.tenants, clock, formats: FORMATS });
  const results: FileResult[] = [];
  for (const receipt of receipts) results.push(await resultOf(session.ingest, tenant, receipt.file, receipt, reader));
  return results;
}

/** A remark about the file as a whole (position `file`) takes nothing from any record. */
const outcomeOf = ({ accepted, position }: PayloadError): string =>
  accepted && position !== 'file' ? ' (record accepted without it)' : '';

function printResult(result: FileResult): void {
  const counts = `${result.records} records: ${result.accepted} accepted, ${result.rejected} rejected, ${result.duplicate} duplicate, ${result.ignored} ignored`;
  print(`${result.file}: ${result.duplicateFile ? 'received before, ' : ''}${result.state}, ${counts}`);
  for (const [reason, count] of Object.entries(result.ignoredBecause)) print(`  ignored  ${reason}  ${count}`);
  for (const error of result.errors.slice(0, ERRORS_SHOWN))
    print(`  ${error.position}  ${error.field}  ${error.message}${outcomeOf(error)}`);
  if (result.errors.length > ERRORS_SHOWN) print(`  ... and ${result.errors.length - ERRORS_SHOWN} more`);
}

/** Adds the command. */
export function registerIngest(program: Command): void {
  program
    .command('ingest')
    .description('hand a file, or every file of a folder, to a feed and report what was accepted and what not')
    .argument('<feed>', 'name of the feed (hub feed list)')
    .argument('<path>', 'file or folder')
    .option('--json', 'one JSON object a file')
    .action(async (feed: string, path: string, options: { json?: boolean }, command: Command) => {
      const results = await withSession(globals(command), (session) => ingest(session, feed, path));
      for (const result of results) {
        if (options.json === true) printJson(result);
        else printResult(result);
      }
      if (results.length > 1 && options.json !== true)
        print(['', 'reasons over all files', ...reasonLines(results)].join('\n'));
      process.exitCode = results.some((result) => result.rejected > 0 || result.state !== 'DONE') ? FINDINGS : OK;
    });
}
