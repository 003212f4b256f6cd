/** The demonstration world as a configuration and a list of deliveries, for tests that need no transports. */
import { createHash } from 'node:crypto';
import type { Configuration } from '../../src/config/load.ts';
import { feedSchema, hubSchema, type FeedConfig } from '../../src/config/schema.ts';
import type { World } from '../../src/simulate/world/build.ts';
import {
  CLAIM_FEEDS,
  INVOICE_FEEDS,
  MASTER_FILES,
  REFERENCE_FEEDS,
  type SimFile,
} from '../../src/simulate/world/feeds.ts';
import { fhirOptions } from '../../src/simulate/world/fhir-resources.ts';
import { fhirPages } from './fhir-pages.ts';
import type { FeedDelivery } from './small-hub.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

interface FeedSpec {
  tenant: string;
  kind: FeedConfig['kind'];
  format: string;
  options?: Record<string, unknown>;
  timezone?: string;
  serves?: string[];
}

const feed = (name: string, { format, options = {}, timezone = 'America/Chicago', ...spec }: FeedSpec): FeedConfig =>
  feedSchema.parse({ feed: name, ...spec, timezone, source: { manual: true }, format: { [format]: options } });

/** Tenants and feeds of a world; every feed is fed by hand. */
export function configurationOf(world: World): Configuration {
  const ofTenant = world.tenants.flatMap(({ name, tenant }) => [
    feed(`${name}-adt`, {
      tenant: name,
      kind: 'ehr',
      format: 'hl7v2',
      timezone: tenant.zone,
      serves: tenant.entities.map((entity) => entity.id),
    }),
    ...(tenant.fhirFeed === undefined
      ? []
      : [
          feed(tenant.fhirFeed, {
            tenant: name,
            kind: 'ehr',
            format: 'fhir',
            options: fhirOptions(tenant),
            timezone: tenant.zone,
            serves: tenant.entities.map((entity) => entity.id),
          }),
        ]),
    ...Object.entries(MASTER_FILES).map(([record, stem]) =>
      feed(`${name}-${stem}`, { tenant: name, kind: 'master', format: 'master-csv', options: { record } }),
    ),
  ]);
  return {
    directory: '/',
    hub: hubSchema.parse({
      tenants: world.tenants.map(({ name, tenant }) => ({
        name,
        zone: tenant.zone,
        entities: tenant.entities.map((entity) => entity.id),
        policy: tenant.policy,
      })),
    }),
    feeds: [
      ...ofTenant,
      ...Object.entries(CLAIM_FEEDS).map(([name, spec]) => feed(name, { ...spec, kind: 'claims' })),
      ...Object.entries(INVOICE_FEEDS).map(([name, spec]) => feed(name, { ...spec, kind: 'invoices' })),
      ...Object.entries(REFERENCE_FEEDS).map(([name, format]) =>
        feed(name, { tenant: 'public', kind: 'reference', format }),
      ),
    ],
  };
}

const fileDelivery = (file: SimFile): FeedDelivery => ({
  feed: file.feed,
  controlId: sha256(file.bytes),
  name: file.name,
  bytes: file.bytes,
});

/** Everything the world sends: reference and master data, claim and invoice files, HL7 messages, FHIR pages. */
export function deliveriesOf(world: World): FeedDelivery[] {
  const messages = world.tenants.flatMap(({ name, messages: sent }) =>
    sent.map(({ controlId, text }): FeedDelivery => {
      const bytes = Buffer.from(text);
      return {
        feed: `${name}-adt`,
        controlId: controlId === '' ? `sha256:${sha256(bytes)}` : controlId,
        name: 'mllp',
        bytes,
      };
    }),
  );
  const pages = world.tenants.flatMap(({ tenant, resources }) => fhirPages(tenant.fhirFeed ?? '', resources));
  const files = world.tenants.flatMap((one) => [...one.master, ...one.claims, ...one.invoices]);
  return [...world.reference.map(fileDelivery), ...files.map(fileDelivery), ...messages, ...pages];
}
