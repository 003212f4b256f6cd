/** Writes the demonstration's configuration: `hub.yaml` and `feeds/*.yaml`, as an administrator would have written them. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Cast } from './world/build.ts';
import { CLAIM_FEEDS, INVOICE_FEEDS, MASTER_FILES, REFERENCE_FEEDS } from './world/feeds.ts';
import { FHIR_INCLUDES, FHIR_TYPES, fhirOptions } from './world/fhir-resources.ts';

/** Ports of the demonstration; all on loopback. */
export interface DemoPorts {
  http: number;
  database: number;
  sftp: number;
  fhir: number;
  /** MLLP port of each tenant's EHR. */
  mllp: Record<Cast['name'], number>;
}

/** Ports that are used when nothing else is said. */
export const DEFAULT_PORTS: DemoPorts = {
  http: 8340,
  database: 54_329,
  sftp: 2222,
  fhir: 8081,
  mllp: { mercy: 2575, lakeside: 2576 },
};

/** Folder of a folder feed, below the configuration's directory. */
export const folderOf = (feed: string): string => join('in', feed);

/** Feeds that arrive over SFTP; each has a user of the same name. */
export const SFTP_FEEDS: readonly string[] = [...Object.keys(CLAIM_FEEDS), ...Object.keys(INVOICE_FEEDS)];

/** Passwords of the SFTP users, made once, mode 0600. */
export function sftpPasswords(directory: string): Record<string, string> {
  const folder = join(directory, 'secrets');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return Object.fromEntries(
    SFTP_FEEDS.map((user) => {
      const path = join(folder, user);
      if (!existsSync(path)) writeFileSync(path, `${randomBytes(18).toString('base64url')}\n`, { mode: 0o600 });
      return [user, readFileSync(path, 'utf8').trim()];
    }),
  );
}

interface Demo {
  directory: string;
  ports: DemoPorts;
  casts: readonly Cast[];
  fingerprint: string;
}

const zoneOf = ({ casts }: Demo, tenant: string): string =>
  casts.find(({ name }) => name === tenant)?.tenant.zone ?? 'America/Chicago';

/** The second EHR of a tenant, which is asked over FHIR. */
const fhirFeeds = ({ casts, ports }: Demo): object[] =>
  casts.flatMap(({ name, tenant }) => {
    if (tenant.fhirFeed === undefined) return [];
    return {
      feed: tenant.fhirFeed,
      tenant: name,
      kind: 'ehr',
      source: {
        fhir: {
          url: `http://127.0.0.1:${ports.fhir}/fhir`,
          privateNetwork: true,
          types: FHIR_TYPES,
          include: FHIR_INCLUDES,
          pollSeconds: 2,
          overlapSeconds: 60,
        },
      },
      format: { fhir: fhirOptions(tenant) },
      timezone: tenant.zone,
      serves: tenant.entities.map(({ id }) => id),
      freshness: { warn_after: '5m', error_after: '30m' },
    };
  });

const ehrFeeds = ({ casts, ports }: Demo): object[] =>
  casts.map(({ name, tenant }) => ({
    feed: tenant.ehrFeed,
    tenant: name,
    kind: 'ehr',
    source: { mllp: { port: ports.mllp[name] } },
    format: { hl7v2: {} },
    timezone: tenant.zone,
    serves: tenant.entities.map(({ id }) => id),
    sourceSystem: tenant.facility,
    freshness: { warn_after: '2m', error_after: '10m' },
  }));

const sftpFeed = (
  demo: Demo,
  feed: string,
  kind: string,
  declared: { tenant: string; format: string; options: object },
): object => ({
  feed,
  tenant: declared.tenant,
  kind,
  source: {
    sftp: {
      host: '127.0.0.1',
      port: demo.ports.sftp,
      user: feed,
      password: `\${file:${join(demo.directory, 'secrets', feed)}}`,
      hostKeySha256: demo.fingerprint,
      path: '/out',
      match: kind === 'claims' ? '*.txt' : declared.format === 'x12' ? '*.810' : '*.csv',
      pollSeconds: 1,
      after: 'archive',
      // Acknowledgements of what came (997).
      ...(declared.format === 'x12' ? { outboundPath: '/in' } : {}),
    },
  },
  format: { [declared.format]: declared.options },
  timezone: zoneOf(demo, declared.tenant),
  freshness: kind === 'claims' ? { warn_after: '5m', error_after: '30m' } : { warn_after: '1h', error_after: '24h' },
});

const folderFeed = (feed: string, tenant: string, kind: string, format: object, timezone: string): object => ({
  feed,
  tenant,
  kind,
  source: { folder: { path: folderOf(feed), match: '*', pollSeconds: 0.5, after: 'archive' } },
  format,
  timezone,
});

function feeds(demo: Demo): object[] {
  return [
    ...ehrFeeds(demo),
    ...fhirFeeds(demo),
    ...Object.entries(CLAIM_FEEDS).map(([feed, declared]) => sftpFeed(demo, feed, 'claims', declared)),
    ...Object.entries(INVOICE_FEEDS).map(([feed, declared]) => sftpFeed(demo, feed, 'invoices', declared)),
    ...demo.casts.flatMap(({ name, tenant }) =>
      Object.entries(MASTER_FILES).map(([record, stem]) =>
        folderFeed(`${name}-${stem}`, name, 'master', { 'master-csv': { record } }, tenant.zone),
      ),
    ),
    ...Object.entries(REFERENCE_FEEDS).map(([feed, format]) =>
      folderFeed(feed, 'public', 'reference', { [format]: {} }, 'America/Chicago'),
    ),
  ];
}

const header = '# Written by the demonstration at every start; copy it to begin a configuration of your own.\n';

/** Writes everything below `directory`, which must be absolute: secrets are named by path. */
export function writeDemoConfiguration(demo: Demo): void {
  const hub = {
    http: { port: demo.ports.http },
    database: { port: demo.ports.database },
    tenants: demo.casts.map(({ name, tenant }) => ({
      name,
      title: tenant.title,
      zone: tenant.zone,
      entities: tenant.entities.map(({ id }) => id),
      ...(Object.keys(tenant.policy).length === 0 ? {} : { policy: tenant.policy }),
    })),
  };
  mkdirSync(join(demo.directory, 'feeds'), { recursive: true });
  writeFileSync(join(demo.directory, 'hub.yaml'), header + stringify(hub));
  for (const feed of feeds(demo)) {
    const name = 'feed' in feed ? String(feed.feed) : '';
    writeFileSync(join(demo.directory, 'feeds', `${name}.yaml`), header + stringify(feed, { lineWidth: 0 }));
  }
}
