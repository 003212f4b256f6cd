/**
 * `hub import preview <feed> <file>`: what a file of master or reference data would change, and how many dispenses would be
 * decided again; nothing is kept. `hub import list`, `hub import show <id>`: what the files that came have changed. `hub import
 * known <kind> --at <instant>`: the rows as they were known then.
 */
import { basename } from 'node:path';
import Table from 'cli-table3';
import type { Command } from 'commander';
import { FORMATS } from '../../adapters/index.ts';
import type { StageContext, Tenant } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import { withTenant } from '../db/tenant.ts';
import {
  detailsOf,
  knownAt,
  type KnownRow,
  type ImportCounts,
  type ImportDetail,
  type ImportedFile,
} from '../normalize/versions/count-imports.ts';
import { VERSION_SPECS } from '../normalize/versions/version-spec.ts';
import { NotMasterData, previewImport, type ImportPreview } from '../preview-import.ts';
import { feedTenant } from './feed/find.ts';
import { fileSource } from './feed/sample.ts';
import { FINDINGS, OK, print, printJson, UsageError } from './output.ts';
import { globals, withSession, type Session } from './session.ts';

const LIST = statement(import.meta.url, 'list-imports.sql');
const MARKS = { ADDED: '+', CHANGED: '~', ENDED: '-' };
const ROWS_SHOWN = 10;
const FILES_SHOWN = 50;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface ListedImport extends ImportedFile, ImportCounts {
  tenant: string;
  waiting: boolean;
  dispenses: number | null;
}

const contextOf = (session: Session, tenant: Tenant): StageContext => ({
  db: session.ingest,
  tenant,
  tenants: session.tenants,
  clock: () => new Date(),
  formats: FORMATS,
});

function said(value: unknown): string {
  if (value === null) return 'open';
  if (Array.isArray(value)) return value.join(';');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Columns that are others now, `was -> is`; of a new row what it says. */
function differences({ before, after }: ImportDetail): string {
  const columns = Object.entries(after ?? before ?? {});
  if (before === null || after === null)
    return columns
      .filter(([, value]) => value !== '' && value !== null)
      .map(([name, value]) => `${name} ${said(value)}`)
      .join(', ');
  return columns
    .filter(([name, value]) => JSON.stringify(before[name]) !== JSON.stringify(value))
    .map(([name, value]) => `${name} ${said(before[name])} -> ${said(value)}`)
    .join(', ');
}

function printDetails(details: readonly ImportDetail[]): void {
  for (const detail of details) {
    const key = detail.key.map((part) => said(part)).join(' ');
    const gone = detail.effect === 'ENDED' && detail.after === null ? 'no longer listed: ' : '';
    print(`  ${MARKS[detail.effect]} ${key}  ${gone}${differences(detail)}`);
  }
}

const countsText = ({ rows, added, changed, ended, unchanged }: ImportCounts): string =>
  `${rows} rows: ${added} added, ${changed} changed, ${ended} ended, ${unchanged} unchanged`;

function printPreview(preview: ImportPreview): void {
  const { held, lines, errors, kinds, dispenses } = preview;
  if (held !== null) print(`${preview.file} would not be read: ${held}`);
  print(`${lines.accepted} lines accepted, ${lines.rejected} rejected, ${lines.ignored} ignored`);
  for (const { position, field, message, accepted } of errors)
    print(`  ${position}  ${field}  ${message}${accepted ? ' (line accepted without it)' : ''}`);
  for (const { kind, details, ...counts } of kinds) {
    print(`${kind}: ${countsText(counts)}`);
    printDetails(details);
  }
  for (const one of dispenses) print(`${one.tenant}: ${one.dispenses} dispenses would be decided again`);
  print('Nothing was kept.');
}

async function list(
  session: Session,
  feed: string | null,
  most: number,
  rawId: string | null,
): Promise<ListedImport[]> {
  const lists: ListedImport[] = [];
  for (const tenant of session.tenants) {
    const rows = await withTenant(session.ingest, tenant.id, (tx) =>
      run<ListedImport>(tx, LIST, [tenant.id, feed, most, rawId]),
    );
    lists.push(...rows.map((row) => ({ ...row, tenant: tenant.name })));
  }
  return lists;
}

function printImports(imports: readonly ListedImport[]): void {
  const head = ['TENANT', 'RECEIVED', 'FEED', 'KIND', 'ROWS', 'ADDED', 'CHANGED', 'ENDED', 'DISPENSES', 'ID'];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const one of imports) {
    const counts = one.waiting ? ['...', '', '', ''] : [one.rows, one.added, one.changed, one.ended];
    table.push([one.tenant, one.receivedAt, one.feed, one.kind, ...counts, one.dispenses ?? 0, one.rawId]);
  }
  print(table.toString());
}

/** The rows that a file changed: those of the public tenant for a public file. */
async function show(
  session: Session,
  rawId: string,
  most: number,
): Promise<{ file: ListedImport; details: ImportDetail[] }[]> {
  if (!UUID.test(rawId)) throw new UsageError('an import is named by its id (hub import list)');
  const found = await list(session, null, FILES_SHOWN, rawId);
  const shown: { file: ListedImport; details: ImportDetail[] }[] = [];
  for (const file of found) {
    const tenant = session.tenants.find(({ name }) => name === file.tenant);
    // A public file stands in every tenant; its rows are compared where it was received.
    if (tenant === undefined || shown.some((one) => one.file.kind === file.kind)) continue;
    const details = await withTenant(session.ingest, tenant.id, (tx) => detailsOf(tx, file, most));
    shown.push({ file, details });
  }
  if (shown.length === 0) throw new UsageError('no import has this id (hub import list)');
  return shown;
}

const numberOf = (text: string): number => {
  if (!/^\d{1,6}$/.test(text)) throw new UsageError('--rows takes a whole number');
  return Number(text);
};

function registerPreview(group: Command): void {
  group
    .command('preview')
    .description('what a file of master or reference data, or of invoices, would change; nothing is kept')
    .argument('<feed>', 'name of the feed (hub feed list)')
    .argument('<file>', 'the file')
    .option('--rows <n>', 'changed rows shown of each kind', String(ROWS_SHOWN))
    .option('--json', 'one JSON object')
    .action(async (feed: string, file: string, options: { rows: string; json?: boolean }, command: Command) => {
      const preview = await withSession(globals(command), async (session) => {
        const context = contextOf(session, await feedTenant(session, feed));
        const named = { name: basename(file), source: fileSource(file) };
        return previewImport(context, feed, named, numberOf(options.rows)).catch((error: unknown) => {
          throw error instanceof NotMasterData ? new UsageError(error.message) : error;
        });
      });
      if (options.json === true) printJson(preview);
      else printPreview(preview);
      process.exitCode = preview.held !== null || preview.lines.rejected > 0 ? FINDINGS : OK;
    });
}

const isKind = (text: string): text is ImportedFile['kind'] => Object.hasOwn(VERSION_SPECS, text);

interface KnownOptions {
  at?: string;
  key?: string;
  tenant?: string;
  rows: string;
  json?: boolean;
}

/** `hub import known <kind>`: of a tenant's own data one tenant after the other, public data once. */
async function known(
  session: Session,
  kind: string,
  options: KnownOptions,
): Promise<(KnownRow & { tenant: string })[]> {
  if (!isKind(kind)) throw new UsageError(`kind must be one of ${Object.keys(VERSION_SPECS).join(', ')}`);
  const at = new Date(options.at ?? Date.now());
  if (Number.isNaN(at.getTime())) throw new UsageError('--at takes an instant such as 2026-03-01T00:00:00Z');
  const own = VERSION_SPECS[kind].scope === 'tenant';
  const tenants = session.tenants.filter(({ name }) => (own ? name === (options.tenant ?? name) : name === 'public'));
  const found: (KnownRow & { tenant: string })[] = [];
  for (const tenant of tenants) {
    const rows = await withTenant(session.ingest, tenant.id, (tx) =>
      knownAt(tx, kind, at.toISOString(), options.key ?? null, numberOf(options.rows)),
    );
    found.push(...rows.map((row) => ({ ...row, tenant: tenant.name })));
  }
  return found;
}

function registerKnown(group: Command): void {
  group
    .command('known')
    .description('rows of master or reference data as they were known at an instant')
    .argument('<kind>', 'kind of the rows: prescriberAffiliation, coveredEntity ...')
    .option('--at <instant>', 'as known then (default: now)')
    .option('--key <text>', 'only rows whose first key column is this (an NPI, a 340B ID)')
    .option('--tenant <name>', 'only this tenant')
    .option('--rows <n>', 'most rows of a tenant', '100')
    .option('--json', 'one JSON object a line')
    .action(async (kind: string, options: KnownOptions, command: Command) => {
      const rows = await withSession(globals(command), (session) => known(session, kind, options));
      for (const row of rows) {
        if (options.json === true) printJson(row);
        else {
          const key = row.key.map((part) => said(part)).join(' ');
          const until = row.knownTo === null ? '' : ` until ${row.knownTo}`;
          const says = differences({ effect: 'ADDED', key: row.key, before: null, after: row.row });
          print(`${row.tenant}  ${key}  ${says}  (known from ${row.knownFrom}${until})`);
        }
      }
      process.exitCode = OK;
    });
}

/** Adds the commands. */
export function registerImport(program: Command): void {
  const group = program.command('import').description('files of master and reference data, and what they change');
  registerPreview(group);
  registerKnown(group);
  group
    .command('list')
    .description('files that came, the latest first, with what each changed')
    .option('--feed <name>', 'only this feed')
    .option('--json', 'one JSON object a line')
    .action(async (options: { feed?: string; json?: boolean }, command: Command) => {
      const imports = await withSession(globals(command), (session) =>
        list(session, options.feed ?? null, FILES_SHOWN, null),
      );
      if (options.json === true) for (const one of imports) printJson(one);
      else printImports(imports);
      process.exitCode = OK;
    });
  group
    .command('show')
    .description('the rows that one file changed')
    .argument('<id>', 'id of the file (hub import list)')
    .option('--rows <n>', 'changed rows shown of each kind', String(ROWS_SHOWN))
    .option('--json', 'one JSON object a kind')
    .action(async (id: string, options: { rows: string; json?: boolean }, command: Command) => {
      const shown = await withSession(globals(command), (session) => show(session, id, numberOf(options.rows)));
      for (const { file, details } of shown) {
        if (options.json === true) printJson({ ...file, details });
        else {
          print(`${file.feed}, ${file.kind}, received ${file.receivedAt}: ${countsText(file)}`);
          printDetails(details);
        }
      }
      process.exitCode = OK;
    });
}
