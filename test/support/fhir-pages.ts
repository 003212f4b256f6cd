/** What a FHIR feed would deliver of a world's resources: pages with version numbers, as a server has them. */
import { createHash } from 'node:crypto';
import type { SimResource } from '../../src/simulate/world/fhir-resources.ts';
import type { FeedDelivery } from './small-hub.ts';

const PER_PAGE = 20;

/** Pages in the order of the server's clock. Who prescribes stands beside the orders of the page, as with `_include`. */
export function fhirPages(feed: string, resources: readonly SimResource[]): FeedDelivery[] {
  const versions = new Map<string, number>();
  const practitioners = new Map<string, object>();
  const entries = resources.map(({ resource, at }) => {
    const name = `${resource.resourceType}/${resource.id}`;
    const version = (versions.get(name) ?? 0) + 1;
    versions.set(name, version);
    if (resource.resourceType === 'Practitioner') practitioners.set(name, resource);
    return { resource: { ...resource, meta: { versionId: String(version), lastUpdated: at } } };
  });
  const included = [...practitioners.values()].map((resource) => ({ resource, search: { mode: 'include' } }));
  return Array.from({ length: Math.ceil(entries.length / PER_PAGE) }, (_, index) => {
    const page = entries.slice(index * PER_PAGE, (index + 1) * PER_PAGE);
    const bundle = { resourceType: 'Bundle', type: 'searchset', entry: [...page, ...included] };
    const bytes = Buffer.from(JSON.stringify(bundle));
    return { feed, controlId: createHash('sha256').update(bytes).digest('hex'), name: `page ${index + 1}`, bytes };
  });
}
