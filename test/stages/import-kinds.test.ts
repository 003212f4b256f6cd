/**
 * Every kind of file of master and reference data, as its publisher or a tenant sends it: previewed, imported, previewed again.
 * The preview tells what the import does, and the same file again changes nothing and adds no rows.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { FORMATS } from '../../adapters/index.ts';
import { inMemory } from '../../adapters/source.ts';
import { countImportsStage } from '../../src/normalize/versions/count-imports.ts';
import { VERSION_SPECS } from '../../src/normalize/versions/version-spec.ts';
import { previewImport } from '../../src/preview-import.ts';
import { normalizeWorld, type World } from './normalize-world.ts';

const SAMPLES = join(import.meta.dirname, '../../adapters/formats');
type Kind = keyof typeof VERSION_SPECS;

/** A sample, its feed's options and the kinds in it. */
const FILES: [format: string, sample: string, options: Record<string, unknown>, kinds: Kind[]][] = [
  ['opais', 'daily.json', {}, ['coveredEntity', 'contractPharmacy', 'medicaidNumber']],
  ['mef-csv', 'publisher.xlsx', {}, ['medicaidExclusion']],
  ['mef-csv', 'periods.csv', {}, ['medicaidExclusion']],
  ['fda-ndc', 'product.txt', {}, ['drugProduct']],
  ['fda-ndc', 'package.txt', {}, ['drugPackage']],
  ['orphan-csv', 'orphans.csv', {}, ['orphanDesignation']],
  ['nadac-csv', 'weekly.csv', {}, ['nadacPrice']],
  ['hcpcs-ndc', 'quarter.csv', {}, ['hcpcsNdc']],
  ['master-csv', 'prescribers.csv', { record: 'prescriberAffiliation' }, ['prescriberAffiliation']],
  ['master-csv', 'locations.csv', { record: 'locationCrosswalk' }, ['locationCrosswalk']],
  ['master-csv', 'pharmacies.csv', { record: 'pharmacy' }, ['pharmacy']],
  ['master-csv', 'plans.csv', { record: 'plan' }, ['plan']],
  ['master-csv', 'medicaid-policies.csv', { record: 'medicaidPolicy' }, ['medicaidPolicy']],
  ['master-csv', 'manufacturer-policies.csv', { record: 'manufacturerPolicy' }, ['manufacturerPolicy']],
  ['master-csv', 'wholesaler-accounts.csv', { record: 'wholesalerAccount' }, ['wholesalerAccount']],
  ['master-csv', 'drug-prices.csv', { record: 'drugPrice' }, ['drugPrice']],
  ['master-csv', 'fees.csv', { record: 'feeSchedule' }, ['feeSchedule']],
  ['x12', 'catalogue.edi', { prices: { CON: '340B', WHL: 'WAC' }, acknowledge: true }, ['drugPrice']],
];

let world: World;
beforeAll(async () => {
  world = await normalizeWorld(FORMATS.values());
});
afterAll(() => world.close());

test('no kind is left out', () => {
  const covered = new Set(FILES.flatMap(([, , , kinds]) => kinds));
  expect(Object.keys(VERSION_SPECS).filter((kind) => !covered.has(kind as Kind))).toEqual([]);
});

test.each(FILES)('%s %s', async (format, sample, options, kinds) => {
  const tenant = FORMATS.get(format)?.kind === 'reference' ? 'public' : 'north';
  const feed = `${format}-${sample}`;
  await world.declare(tenant, { name: feed, format, options });
  await world.rows(`truncate ${kinds.map((kind) => VERSION_SPECS[kind].table).join(', ')}, data_sighting`);
  const bytes = new Uint8Array(readFileSync(join(SAMPLES, format, 'samples', sample)));
  const preview = () => previewImport(world.context(tenant), feed, { name: sample, source: inMemory(bytes) }, 50);
  const stored = async (): Promise<number[]> => {
    const counts: number[] = [];
    for (const kind of kinds) {
      const [row] = await world.rows<{ count: number }>(`select count(*)::int from ${VERSION_SPECS[kind].table}`);
      counts.push(row?.count ?? 0);
    }
    return counts;
  };
  const counted = () =>
    world.rows(
      `select kind, rows, added, changed, ended, unchanged from data_import where tenant_id = $1 and feed = $2
       and not waiting order by received_at desc, kind limit $3`,
      [world.tenantId(tenant), feed, kinds.length],
    );
  const take = async (day: number): Promise<void> => {
    await world.receive(tenant, [{ payload: bytes, feed, name: sample, receivedAt: `2026-03-1${day}T12:00:00.000Z` }]);
    await world.drain(tenant);
    while ((await countImportsStage.run(world.context(tenant))) > 0);
  };

  const first = await preview();
  expect(first.held).toBeNull();
  expect(first.kinds.map(({ kind }) => kind).sort()).toEqual([...kinds].sort());
  for (const { rows, added, details } of first.kinds)
    expect([rows > 0, added, details.length]).toEqual([true, rows, rows]);
  expect(await stored()).toEqual(kinds.map(() => 0));

  await take(1);
  const foretold = ({ kinds: found }: typeof first) =>
    found.map(({ details: _details, ...counts }) => counts).sort((a, b) => a.kind.localeCompare(b.kind));
  expect(await counted()).toEqual(foretold(first));

  const before = await stored();
  const again = await preview();
  for (const { rows, unchanged, details } of again.kinds) expect([unchanged, details]).toEqual([rows, []]);
  await take(2);
  expect(await counted()).toEqual(foretold(again));
  expect(await stored()).toEqual(before);
});
