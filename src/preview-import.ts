/**
 * What a file of master or reference data, or of invoices, would change: it is imported and its claims are marked as always, in a rehearsal.
 * There is one way to import, so the preview cannot tell another story than the import.
 */
import { createHash } from 'node:crypto';
import { REMARK, type Source } from '../adapters/contract.ts';
import { stepsOf } from '../adapters/source.ts';
import { waitingDispenses } from './decide/count-effects.ts';
import { markWaiting } from './decide/mark.ts';
import { newId } from './db/ids.ts';
import { rehearse } from './db/rehearsal.ts';
import type { StageContext, Tenant } from './db/stage.ts';
import type { TenantTransaction } from './db/tenant.ts';
import type { RecordError } from './model/records.ts';
import { BY_KEY, type RawPayload } from './normalize/batch.ts';
import { InvoicePreview } from './normalize/invoices/preview-invoices.ts';
import { becomeTenant, PUBLIC_TENANT } from './normalize/public-tenant.ts';
import { readerOf } from './normalize/read-feeds.ts';
import { PayloadReading } from './normalize/read-payload.ts';
import {
  countsOf,
  detailsOf,
  type ImportCounts,
  type ImportDetail,
  type ImportedFile,
} from './normalize/versions/count-imports.ts';
import { writeBatch } from './normalize/write-batch.ts';

const PORTION_UNITS = 10_000;
const ERRORS_KEPT = 20;

/** A line that could not be read, or a value left out. */
export interface PreviewError extends RecordError {
  position: string;
  accepted: boolean;
}

/** What a file would do. */
export interface ImportPreview {
  feed: string;
  file: string;
  /** Why the file would not be read at all; null = it would. */
  held: string | null;
  lines: { accepted: number; rejected: number; ignored: number };
  /** The first of them. */
  errors: PreviewError[];
  kinds: (ImportCounts & { kind: ImportedFile['kind'] | 'invoice'; details: ImportDetail[] })[];
  /** Dispenses that would be decided again, by tenant. */
  dispenses: { tenant: string; dispenses: number }[];
}

/** The feed brings something else than master or reference data or invoices. */
export class NotMasterData extends Error {
  override readonly name = 'NotMasterData';
}

/** Plans of the stages that take part: rows by key, planned each time. */
const SETTINGS = { ...BY_KEY, plan_cache_mode: 'force_custom_plan' };

/**
 * Previews a file for a feed; `most` rows of each effect are shown.
 * @throws NotMasterData.
 */
export async function previewImport(
  context: StageContext,
  feed: string,
  file: { name: string; source: Source },
  most: number,
): Promise<ImportPreview> {
  const raw = await payloadOf(context, feed, file);
  return rehearse(context.db, context.tenant.id, async (_stage, tx) => {
    for (const [name, value] of Object.entries(SETTINGS))
      await tx.query('select set_config($1, $2, true)', [name, value], { name: `set ${name}` });
    return preview(tx, context, raw, file.source, most);
  });
}

async function payloadOf(
  context: StageContext,
  feed: string,
  { name, source }: { name: string; source: Source },
): Promise<RawPayload> {
  const hash = createHash('sha256');
  for await (const bytes of stepsOf(source)) hash.update(bytes);
  const sha256 = hash.digest('hex');
  const receivedAt = context.clock().toISOString();
  const month = `${receivedAt.slice(0, 7)}-01`;
  return {
    rawId: newId(),
    month,
    feed,
    receivedAt,
    name,
    controlId: sha256,
    sha256,
    sizeBytes: source.size,
    attempts: 0,
  };
}

async function preview(
  tx: TenantTransaction,
  context: StageContext,
  raw: RawPayload,
  source: Source,
  most: number,
): Promise<ImportPreview> {
  const concerned =
    context.tenant.name === PUBLIC_TENANT
      ? context.tenants.filter(({ name }) => name !== PUBLIC_TENANT)
      : [context.tenant];
  const before = await marked(tx, context, concerned);
  const read = await importAll(tx, context, raw, source);
  const kinds: ImportPreview['kinds'] = [];
  for (const kind of read.kinds) {
    const one = { rawId: raw.rawId, kind, feed: raw.feed, receivedAt: raw.receivedAt };
    kinds.push({ kind, ...(await countsOf(tx, one)), details: await detailsOf(tx, one, most) });
  }
  kinds.push(...read.invoices.result(most));
  const after = await marked(tx, context, concerned);
  const dispenses = concerned.map(({ name }, index) => ({
    tenant: name,
    dispenses: (after[index] ?? 0) - (before[index] ?? 0),
  }));
  const { held, lines, errors } = read;
  return { feed: raw.feed, file: raw.name, held, lines, errors, kinds, dispenses };
}

/** Marks what waits in each tenant, and counts the dispenses that wait to be decided. */
async function marked(tx: TenantTransaction, context: StageContext, tenants: readonly Tenant[]): Promise<number[]> {
  const counts: number[] = [];
  for (const tenant of tenants) {
    await becomeTenant(tx, tenant.id);
    while ((await markWaiting(tx, { ...context, tenant })) > 0);
    counts.push(await waitingDispenses(tx, tenant.id));
  }
  await becomeTenant(tx, tx.tenantId);
  return counts;
}

async function importAll(
  tx: TenantTransaction,
  context: StageContext,
  raw: RawPayload,
  source: Source,
): Promise<
  Pick<ImportPreview, 'held' | 'lines' | 'errors'> & { kinds: Set<ImportedFile['kind']>; invoices: InvoicePreview }
> {
  const reading = new PayloadReading(await readerOf(tx, context), raw, source);
  const kinds = new Set<ImportedFile['kind']>();
  const invoices = new InvoicePreview();
  const lines = { accepted: 0, rejected: 0, ignored: 0 };
  const errors: PreviewError[] = [];
  for (;;) {
    const outcome = await reading.next(PORTION_UNITS);
    if (outcome.kind === 'FAILED') throw new Error(outcome.reason);
    if (outcome.kind === 'HELD')
      return { held: `${outcome.position}: ${outcome.error.message}`, lines, errors, kinds, invoices };
    for (const unit of outcome.units) {
      const accepted = unit.records > 0;
      lines[accepted ? 'accepted' : unit.errors.length > 0 && unit.ignored !== REMARK ? 'rejected' : 'ignored'] += 1;
      for (const error of unit.errors)
        if (errors.length < ERRORS_KEPT) errors.push({ ...error, position: unit.position, accepted });
    }
    for (const { record } of outcome.items) {
      // Catalogues and invoices come in an envelope that is acknowledged.
      if (record.type === 'functionalGroup' || record.type === 'invoice') continue;
      if (record.type !== 'master' && record.type !== 'reference' && record.type !== 'snapshot')
        throw new NotMasterData(`feed ${raw.feed} brings neither master or reference data nor invoices`);
      kinds.add(record.kind);
    }
    await invoices.before(tx, outcome.items);
    await writeBatch(tx, context, outcome);
    invoices.after(outcome.items);
    if (outcome.complete) return { held: null, lines, errors, kinds, invoices };
  }
}
