/** `hub feed rejects`: the sender's own rejected records with the reasons, to be handed back; without `--run` the files that have some. */
import { writeFileSync } from 'node:fs';
import Table from 'cli-table3';
import type { Command } from 'commander';
import { handBack, type Reason } from '../../../adapters/rejects/index.ts';
import { bytesOf } from '../../../adapters/source.ts';
import type { Database } from '../../db/client.ts';
import { run, statement } from '../../db/statement.ts';
import { type TenantId, withTenant } from '../../db/tenant.ts';
import { StoredSource } from '../../normalize/stored-source.ts';
import { FINDINGS, OK, print, printJson, progress, UsageError } from '../output.ts';
import { globals, withSession } from '../session.ts';
import { recordShown } from '../phi-shown.ts';
import { feedTenant } from './find.ts';

const PAYLOAD = statement(import.meta.url, 'find-payload.sql');
const REASONS = statement(import.meta.url, 'payload-reasons.sql');
const LIST = statement(import.meta.url, 'list-rejected.sql');

interface RejectsOptions {
  run?: string;
  out?: string;
  all?: boolean;
  json?: boolean;
  reason?: string;
}

interface RejectedFile {
  rawId: string;
  name: string;
  receivedAt: string;
  state: string;
  records: number;
  rejected: number;
}

/** A payload of which a string can be made; larger files are handed back piece by piece by nobody yet. */
const LARGEST_BYTES = 500 * 1024 ** 2;

interface Payload {
  name: string;
  payload: Uint8Array;
  month: string;
  sizeBytes: number;
  /** 0 = the bytes are in `payload`. */
  parts: number;
  options: Record<string, unknown>;
}

function listFiles(db: Database, tenant: TenantId, feed: string): Promise<RejectedFile[]> {
  return withTenant(db, tenant, (tx) => run<RejectedFile>(tx, LIST, [tenant, feed]), { readOnly: true });
}

interface Rejected {
  name: string;
  bytes: Uint8Array;
  options: Record<string, unknown>;
  reasons: Reason[];
}

/** The payload and the reasons. @throws UsageError when the feed has no such payload, or it is too large. */
async function readRejected(
  db: Database,
  tenant: TenantId,
  wanted: { feed: string; rawId: string; all: boolean },
): Promise<Rejected> {
  const { feed, rawId, all } = wanted;
  const [rows, reasons] = await withTenant(
    db,
    tenant,
    (tx) =>
      Promise.all([run<Payload>(tx, PAYLOAD, [tenant, rawId, feed]), run<Reason>(tx, REASONS, [tenant, rawId, all])]),
    { readOnly: true },
  );
  const [payload] = rows;
  if (payload === undefined) throw new UsageError(`feed ${feed} has no payload ${rawId}`);
  const { name, month, sizeBytes, parts, options } = payload;
  if (sizeBytes > LARGEST_BYTES) throw new UsageError(`${name} is too large to be cut in memory`);
  const bytes =
    parts === 0 ? payload.payload : await bytesOf(new StoredSource(db, tenant, { month, rawId, sizeBytes }));
  return { name, bytes, options, reasons };
}

function printFiles(files: readonly RejectedFile[]): void {
  const table = new Table({
    head: ['RUN', 'FILE', 'RECEIVED', 'STATE', 'RECORDS', 'REJECTED'],
    style: { head: [], border: [] },
  });
  for (const { rawId, name, receivedAt, state, records, rejected } of files)
    table.push([rawId, name, receivedAt, state, records, rejected]);
  print(table.toString());
}

/** Patient values: the file is for the account that runs the command only, and an existing one is not replaced. */
function write(bytes: Uint8Array, out: string | undefined): void {
  if (out === undefined) process.stdout.write(bytes);
  else writeFileSync(out, bytes, { mode: 0o600, flag: 'wx' });
}

function handOver({ name, bytes: sent, options, reasons }: Rejected, out: string | undefined): number {
  const { bytes, records, whole } = handBack(sent, reasons, options);
  if (records > 0) write(bytes, out);
  progress(`${name}: ${records} rejected records${out === undefined || records === 0 ? '' : ` written to ${out}`}`);
  for (const { position, field, message } of whole)
    progress(`  as a whole: ${[position, field].filter((part) => part !== '').join(' ')}: ${message}`);
  return reasons.length;
}

/** Adds the command. */
export function registerRejects(feed: Command): void {
  feed
    .command('rejects')
    .description("the sender's own rejected records with the reasons, to be handed back to them (patient data)")
    .argument('<feed>', 'name of the feed')
    .option('--run <id>', 'the payload, by the id that this command and "hub ingest --json" show; absent: list them')
    .option('--out <file>', 'write to this new file (mode 0600) instead of standard output')
    .option('--all', 'also accepted records of which a value could not be read')
    .option('--reason <text>', 'why they are handed back; kept with your account')
    .option('--json', 'the list as one JSON object a line')
    .action(async (name: string, options: RejectsOptions, command: Command) => {
      const { run: rawId } = options;
      if (rawId !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(rawId))
        throw new UsageError('--run takes an id that "hub feed rejects <feed>" lists');
      const found = await withSession(globals(command), async (session) => {
        const tenant = await feedTenant(session, name);
        if (rawId === undefined) {
          const files = await listFiles(session.ingest, tenant.id, name);
          if (options.json === true) for (const file of files) printJson(file);
          else printFiles(files);
          return files.length;
        }
        const wanted = { feed: name, rawId, all: options.all === true };
        const rejected = await readRejected(session.ingest, tenant.id, wanted);
        const counts = { reasons: rejected.reasons.length };
        await recordShown(session.ingest, tenant.id, {
          feed: name,
          command: 'feed rejects',
          subject: rawId,
          reason: options.reason,
          counts,
        });
        return handOver(rejected, options.out);
      });
      process.exitCode = found > 0 ? FINDINGS : OK;
    });
}
