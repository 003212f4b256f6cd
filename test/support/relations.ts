/**
 * Other ways of telling the hub the same facts: again, cut into other files, in another order, beside other tenants' data. What
 * the hub makes of them must not differ. Each takes a small seeded world or its deliveries and answers the same kind of thing.
 */
import { byFeedAndDay, claimFiles } from '../../src/simulate/world/claim-files.ts';
import type { World, WorldTenant } from '../../src/simulate/world/build.ts';
import type { FeedDelivery } from './small-hub.ts';

/** The same deliveries in another order. */
export function shuffled<T>(deliveries: readonly T[], random: () => number): T[] {
  const result = [...deliveries];
  for (let index = result.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [result[index], result[other]] = [result[other]!, result[index]!];
  }
  return result;
}

/** Every delivery twice and some more often, the repetitions anywhere behind the first and under other names. */
export function duplicated(deliveries: readonly FeedDelivery[], random: () => number): FeedDelivery[] {
  const result = [...deliveries];
  for (const delivery of deliveries)
    for (let again = 1 + Math.floor(random() * 2); again > 0; again -= 1) {
      const first = result.indexOf(delivery);
      const place = first + 1 + Math.floor(random() * (result.length - first));
      result.splice(place, 0, { ...delivery, name: `again-${again}-${delivery.name}` });
    }
  return result;
}

/** The world with each day's claims in several files instead of one: no claim is lost, none comes twice. */
export const splitClaims = (world: World, random: () => number): World => ({
  ...world,
  tenants: world.tenants.map((tenant) => ({ ...tenant, claims: splitFiles(tenant, random) })),
});

function splitFiles({ dispenses, tenant }: WorldTenant, random: () => number): WorldTenant['claims'] {
  return [...byFeedAndDay(dispenses)].flatMap(([feed, days]) =>
    [...days].flatMap(([day, placed]) => {
      const parts = 2 + Math.floor(random() * 3);
      const groups = Map.groupBy(placed, () => Math.floor(random() * parts));
      return [...groups].flatMap(([part, some]) =>
        claimFiles(feed, day, `${day.replaceAll('-', '')}${part + 1}`, some, tenant),
      );
    }),
  );
}

/** The deliveries of some tenants' feeds and the public ones: what is left without the noise of all others. */
export const onlyOf = (
  world: World,
  tenants: readonly string[],
  deliveries: readonly FeedDelivery[],
): FeedDelivery[] => {
  const noise = world.tenants.filter(({ name }) => !tenants.includes(name)).flatMap(feedsOf);
  return deliveries.filter(({ feed }) => !noise.includes(feed));
};

const feedsOf = ({ name, master, claims, invoices }: WorldTenant): string[] => [
  `${name}-adt`,
  ...[...master, ...claims, ...invoices].map(({ feed }) => feed),
];
