/**
 * A FHIR server that misbehaves (429, 500, expired and repeated pages, clocks that differ) leads to the same state as a good
 * one, and so does an export: through transport, receiver and pipeline into a database, compared by digest.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startFhir } from '../../adapters/transports/fhir/index.ts';
import type { Tenant } from '../../src/db/stage.ts';
import { feedCursors } from '../../src/receive/feed-cursors.ts';
import { createReceiver } from '../../src/receive/receiver.ts';
import { FhirStore } from '../../src/simulate/fhir/store.ts';
import { startFhirServer } from '../../src/simulate/fhir/server.ts';
import { buildWorld } from '../../src/simulate/world/build.ts';
import { FHIR_INCLUDES, FHIR_TYPES } from '../../src/simulate/world/fhir-resources.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { closeAll, fhirConfig, opened } from '../support/fhir-feed.ts';
import { contextsOf, settle, stateOf, storeFacts } from '../support/small-hub.ts';
import { waitFor } from '../support/wait-for.ts';
import { configurationOf, deliveriesOf } from '../support/world.ts';

const TODAY = '2026-11-22';
const NOW = new Date(`${TODAY}T18:00:00Z`);
const world = buildWorld({ seed: 'fhir story', today: TODAY, scale: 0.006 });
const resources = world.tenants.flatMap((tenant) => tenant.resources);
const FEED = 'lakeside-fhir';
/** The other tenant has no FHIR server. */
const FEEDS = new Set(
  configurationOf(world)
    .feeds.filter(({ tenant }) => tenant !== 'mercy')
    .map(({ feed }) => feed),
);

interface Run {
  bad: boolean;
  /** Nodes of the server whose clocks differ by as much. */
  skewMs: number;
  /** Exports instead of searches. */
  exports?: boolean;
}

const CONTENT = `
  select p.key, p.family_name, p.given_name, p.birth_date, p.sex, p.postal_code, e.visit_number, e.class, e.status, e.started_at,
    e.start_date, e.ended_at, e.facility, e.location, e.site_id340b, e.attending_npi, r.order_number, r.status as order_status,
    r.rx_number, r.ndc11, r.drug_name, r.written_date, r.prescriber_npi, r.quantity, r.refills,
    (select json_agg(json_build_array(h ->> 'status', h ->> 'class') order by n)
      from jsonb_array_elements(e.history) with ordinality as x (h, n)) as course,
    (select json_agg(to_jsonb(c) - $2::text[] order by c.number) from coverage c where c.patient_id = p.id) as coverages,
    (select json_agg(to_jsonb(f) - $2::text[] order by f.number) from referral f where f.patient_id = p.id) as referrals,
    (select json_agg(to_jsonb(n) - $2::text[] order by n.number) from consult_note n where n.patient_id = p.id) as notes
  from patient p
  left join encounter e on e.tenant_id = p.tenant_id and e.patient_id = p.id
  left join prescription r on r.tenant_id = p.tenant_id and r.patient_id = p.id
  where p.source_system = $1
  order by p.key, e.visit_number, r.order_number`;

/** A row of it, as far as it is looked at. */
type Content = Record<'coverages' | 'notes', { status: string }[] | null>;

/** Ids, and where in which payload it stood: other payloads, other places. */
const APART = ['tenant_id', 'id', 'patient_id', 'raw_id', 'position', 'sources'];

const databases: TestDatabase[] = [];
/** Digests of determinations, balances, allocations and cases, by natural key; what stands behind them without its provenance. */
const digests: Record<string, string[]> = {};
const content: Record<string, readonly Content[]> = {};
const found: Record<string, { encounters: number; breaches: string[]; payloads: number }> = {};

/** Half of the history is there when the hub begins to ask; the rest, and two deletions, come while it does. */
async function run(name: string, { bad, skewMs, exports = false }: Run): Promise<void> {
  const database = await testDatabase();
  databases.push(database);
  const facts = deliveriesOf(world).filter(({ feed }) => feed !== FEED && FEEDS.has(feed));
  const start = new Date(NOW.getTime() - (facts.length + 600) * 1000);
  const tenants = await storeFacts(database.ingest, configurationOf(world), facts, start);
  const tenant = tenants.find((one): one is Tenant => one.name === 'lakeside');
  if (tenant === undefined) throw new Error('no tenant');
  const clock = (): Date => NOW;
  const store = new FhirStore();
  const put = (part: typeof resources): void => {
    for (const { resource, at } of part) {
      const skew = (resource.id.charCodeAt(resource.id.length - 1) % 3) - 1;
      store.put(resource, new Date(Date.parse(at) + skew * skewMs).toISOString());
    }
  };
  // The clock stands still here, so an export would not see what comes after one before it.
  const half = exports ? resources.length : Math.floor(resources.length / 2);
  put(resources.slice(0, half));
  const server = opened(await startFhirServer({ port: 0, store, clock, bad }));
  const receiver = createReceiver(database.ingest, { clock });
  const cursors = feedCursors(database.ingest, tenant.id, FEED, clock);
  const config = fhirConfig(server.url, {
    types: [...FHIR_TYPES],
    count: 8,
    include: FHIR_INCLUDES,
    overlapSeconds: 7200,
    maxBytes: 8 * 1024 * 1024,
    ...(exports ? { bulk: { of: '', everyHours: 0 } } : {}),
  });
  const polls: (string | null)[] = [];
  const poller = await startFhir({
    config,
    cursors,
    clock,
    deliver: receiver.deliverTo(tenant.id, FEED),
    log: () => undefined,
    onPoll: ({ failure }) => void polls.push(failure),
  });
  opened(poller);
  const goodPolls = async (count: number): Promise<void> => {
    const seen = polls.length;
    await waitFor(
      `${count} good polls of ${name}`,
      () => polls.slice(seen).filter((one) => one === null).length >= count,
      60_000,
    );
  };
  await goodPolls(1);
  put(resources.slice(half));
  for (const type of ['Encounter', 'DocumentReference', 'Coverage']) {
    const gone = resources.filter(({ resource }) => resource.resourceType === type).slice(0, 2);
    for (const { resource } of gone) store.delete(type, resource.id, NOW.toISOString());
  }
  await goodPolls(2);
  if (bad && !exports) expect(Object.entries(server.mood.done).filter(([, count]) => count === 0)).toEqual([]);
  await poller.stop();
  await server.stop();
  await settle(contextsOf(database.ingest, tenants, NOW));
  const { parts, breaches } = await stateOf(database.ingest, tenants);
  // Raw payloads have other ids in another database, and pages other places: their part of the digest cannot be compared.
  digests[name] = parts
    .filter(({ part }) => part !== 'canonical')
    .map(({ tenant: owner, part, rows, sha256 }) => `${owner} ${part} ${rows} ${sha256}`);
  content[name] = await database.owner.query<Content>(CONTENT, [FEED, APART]);
  const [count] = await database.owner.query<{ encounters: number; payloads: number }>(
    `select (select count(*) from encounter where source_system = $1)::int as encounters,
       (select count(*) from raw_message where feed = $1)::int as payloads`,
    [FEED],
  );
  found[name] = { breaches, encounters: count?.encounters ?? 0, payloads: count?.payloads ?? 0 };
}

beforeAll(async () => {
  await run('good', { bad: false, skewMs: 0 });
  await run('bad', { bad: true, skewMs: 60_000 });
  await run('export', { bad: true, skewMs: 0, exports: true });
}, 240_000);
afterAll(async () => {
  await closeAll();
  for (const database of databases) await database.close();
});

test('the state is the same, however the server behaves', () => {
  const encounters = new Set(
    resources.filter(({ resource }) => resource.resourceType === 'Encounter').map(({ resource }) => resource.id),
  );
  expect(found['good']).toMatchObject({ breaches: [], encounters: encounters.size });
  expect(encounters.size).toBeGreaterThan(5);
  const said = JSON.stringify(content['good']);
  for (const kept of ['"ordered_date":"2', '"payer_name":"', '"referral_number":"R']) expect(said).toContain(kept);
  for (const list of ['coverages', 'notes'] as const)
    expect((content['good'] ?? []).some((row) => row[list]?.some(({ status }) => status === 'DELETED'))).toBe(true);
  for (const name of ['bad', 'export']) {
    expect(found[name]).toMatchObject({ breaches: [], encounters: encounters.size });
    expect(content[name]).toEqual(content['good']);
    expect(digests[name]).toEqual(digests['good']);
  }
  expect(digests['good']?.find((line) => line.startsWith('lakeside determinations'))).not.toContain(' 0 ');
});
