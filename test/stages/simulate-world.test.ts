/** The demonstration world: seeded, large enough, every rule and exception provoked, and readable by the product's own formats. */
import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { FORMATS } from '../../adapters/index.ts';
import { readAll } from '../../adapters/source.ts';
import type { Parsed } from '../../adapters/contract.ts';
import type { CanonicalRecord } from '../../src/model/records.ts';
import { buildWorld, unprovoked, type World, type WorldTenant } from '../../src/simulate/world/build.ts';
import {
  CLAIM_FEEDS,
  INVOICE_FEEDS,
  MASTER_FILES,
  REFERENCE_FEEDS,
  type SimFile,
} from '../../src/simulate/world/feeds.ts';
import { fhirPages } from '../support/fhir-pages.ts';

const TODAY = '2026-11-22';
const world = buildWorld({ seed: 'throughline', today: TODAY });
/** Small enough to be read back whole in a second. */
const tenth = buildWorld({ seed: 'throughline', today: TODAY, scale: 0.1 });
const total = (of: (tenant: WorldTenant) => number): number => world.tenants.reduce((sum, one) => sum + of(one), 0);

function digest(built: World): string {
  const hash = createHash('sha256');
  for (const { messages, resources, claims, invoices, master } of built.tenants) {
    for (const message of messages) hash.update(message.text);
    hash.update(JSON.stringify(resources));
    for (const file of [...claims, ...invoices, ...master]) hash.update(file.name).update(file.bytes);
  }
  for (const file of built.reference) hash.update(file.name).update(file.bytes);
  return hash.digest('hex');
}

function read(
  formatName: string,
  options: Record<string, unknown>,
  bytes: Uint8Array,
  zone: string,
): Promise<Parsed[]> {
  const format = FORMATS.get(formatName);
  if (format === undefined) throw new Error(`no format ${formatName}`);
  expect(format.checkOptions(options)).toEqual([]);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return readAll(format, bytes, { feed: 'test', zone, sha256, options });
}

async function readFiles(
  feeds: Record<string, { format: string; options: Record<string, unknown> }>,
  files: readonly SimFile[],
  zone: string,
): Promise<Parsed[]> {
  const units: Parsed[] = [];
  for (const file of files) {
    const declared = feeds[file.feed];
    if (declared === undefined) throw new Error(`no feed ${file.feed}`);
    units.push(...(await read(declared.format, declared.options, file.bytes, zone)));
  }
  return units;
}
const records = (units: readonly Parsed[]): CanonicalRecord[] => units.flatMap((unit) => unit.records);
const errors = (units: readonly Parsed[]) => units.flatMap((unit) => unit.errors);

test('the same seed gives the same bytes, another seed others', () => {
  const small = { today: TODAY, scale: 0.02 };
  const once = digest(buildWorld({ seed: 'a', ...small }));
  expect(digest(buildWorld({ seed: 'a', ...small }))).toBe(once);
  expect(digest(buildWorld({ seed: 'b', ...small }))).not.toBe(once);
});

test('the history is as large as promised and mostly eligible', () => {
  const outcome = (name: keyof WorldTenant['expected']['outcomes']) => total((one) => one.expected.outcomes[name]);
  const open = outcome('ELIGIBLE') + outcome('PENDING') + outcome('HELD') + outcome('INELIGIBLE');
  expect(total((one) => one.expected.visits)).toBeGreaterThanOrEqual(10_000);
  expect(total((one) => one.expected.transactions)).toBeGreaterThanOrEqual(8_000);
  expect(open).toBeGreaterThanOrEqual(8_000);
  expect(total((one) => one.expected.invoiceLines)).toBeGreaterThanOrEqual(1_500);
  expect(outcome('ELIGIBLE') / open).toBeGreaterThan(0.5);
  expect(outcome('HELD') / open).toBeLessThan(0.08);
});

test.each([1, 0.01])('every rule and every exception code is provoked at scale %d', (scale) => {
  expect(unprovoked(scale === 1 ? world : buildWorld({ seed: 'throughline', today: TODAY, scale }))).toEqual([]);
});

test('the history holds on every day of the year', () => {
  for (const today of ['2027-01-01', '2028-02-29', '2026-03-31', '2026-07-01'])
    expect(unprovoked(buildWorld({ seed: 'x', today, scale: 0.01 }))).toEqual([]);
});

test('messages and resources: as many visits and orders as told; only the malformed ones cannot be read', async () => {
  for (const { messages, resources, expected, tenant } of tenth.tenants) {
    const format = FORMATS.get('hl7v2');
    const context = { feed: 'test', zone: tenant.zone, sha256: '', options: {} };
    const units: { message: (typeof messages)[number]; parsed: Parsed[] }[] = [];
    for (const message of messages) {
      const bytes = new TextEncoder().encode(message.text);
      units.push({ message, parsed: format === undefined ? [] : await readAll(format, bytes, context) });
    }
    const pages = fhirPages(tenant.fhirFeed ?? '', resources);
    const paged: Parsed[] = [];
    for (const { bytes } of pages) paged.push(...(await readAll(FORMATS.get('fhir')!, bytes, context)));
    expect(errors(paged)).toEqual([]);
    expect(paged.length > 0).toBe(tenant.fhirFeed !== undefined);
    const found = records([...units.flatMap(({ parsed }) => parsed), ...paged]);
    const visits = new Set(found.flatMap((one) => (one.type === 'visit' ? [one.visitNumber] : [])));
    const orders = new Set(found.flatMap((one) => (one.type === 'prescription' ? [one.orderNumber] : [])));
    expect(visits.size).toBe(expected.visits);
    expect(orders.size).toBe(expected.orders);
    for (const { message, parsed } of units)
      if (errors(parsed).length > 0 !== message.malformed) throw new Error(`unexpected: ${message.controlId}`);
    expect(messages.filter(({ malformed }) => malformed)).toHaveLength(3);
    expect(messages.filter(({ resent }) => resent).length).toBeGreaterThan(2);
    expect(found.some((one) => one.type === 'visit' && one.action === 'CANCEL')).toBe(true);
    expect(found.some((one) => one.type === 'visit' && one.action === 'NO_SHOW')).toBe(true);
  }
});

test('claim files: every transaction is there once, in the right feed, and only the unreadable are rejected', async () => {
  for (const { claims, expected, tenant } of tenth.tenants) {
    const first = claims.filter(({ name }) => !name.startsWith('RESENT_'));
    const found = await readFiles(CLAIM_FEEDS, first, tenant.zone);
    const codes = records(found).flatMap((one) => (one.type === 'claim' ? [one.code] : []));
    const rejected = found.filter((unit) => unit.records.length === 0 && unit.errors.length > 0);
    expect(codes.length + rejected.length).toBe(expected.transactions);
    expect(rejected.length).toBe(expected.provoked['RECORD_INVALID']);
    expect(new Set(codes)).toEqual(new Set(['B1', 'B2', 'B3']));
    expect(claims.length - first.length).toBeGreaterThanOrEqual(2);
    for (const file of claims.filter(({ name }) => name.startsWith('RESENT_')))
      expect(first.some((one) => one.feed === file.feed && Buffer.from(one.bytes).equals(file.bytes))).toBe(true);
  }
});

test('invoice files: complete sets of a cut file are read, credits and corrections are there', async () => {
  for (const { invoices, expected, tenant } of tenth.tenants) {
    const whole = invoices.filter(({ name }) => !name.includes('_CUT') && !name.includes('_AGAIN'));
    const units = await readFiles(INVOICE_FEEDS, whole, tenant.zone);
    const found = records(units).flatMap((one) => (one.type === 'invoice' ? [one] : []));
    expect(errors(units)).toEqual([]);
    expect(new Set(found.map((one) => one.invoiceNumber)).size).toBe(expected.invoices);
    const latest = new Map(
      found
        .toSorted((a, b) => ((a.createdAt ?? '') < (b.createdAt ?? '') ? -1 : 1))
        .map((one) => [one.invoiceNumber, one]),
    );
    expect([...latest.values()].reduce((sum, one) => sum + one.lines.length, 0)).toBe(expected.invoiceLines);
    expect(found.some((one) => one.kind === 'CREDIT' && one.originalInvoice !== '')).toBe(true);
    expect(found.length).toBe(expected.invoices + 1);
    const cutFiles = invoices.filter(({ name }) => name.includes('_CUT'));
    const cut = await readFiles(INVOICE_FEEDS, cutFiles, tenant.zone);
    expect(errors(cut).length).toBeGreaterThan(0);
  }
});

test('master and reference files are read without an error', async () => {
  const stems = Object.entries(MASTER_FILES);
  for (const { master, tenant } of tenth.tenants)
    for (const file of master) {
      const record = stems.find(([, stem]) => file.name === `${stem}.csv`)?.[0];
      const units = await read('master-csv', { record }, file.bytes, tenant.zone);
      expect(errors(units)).toEqual([]);
      expect(records(units).length).toBeGreaterThan(0);
    }
  for (const file of tenth.reference) {
    const units = await read(REFERENCE_FEEDS[file.feed] ?? '', {}, file.bytes, 'America/Chicago');
    expect(errors(units)).toEqual([]);
    expect(records(units).length).toBeGreaterThan(0);
  }
});
