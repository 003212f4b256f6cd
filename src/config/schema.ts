/**
 * The configuration's one declaration: `hub.yaml` (tenants, entities, ports) and `feeds/*.yaml` (one interface each).
 * Unknown keys are errors. EXPERIENCE.md shows examples.
 */
import { isIP } from 'node:net';
import { z } from 'zod';

const port = z.int().min(0).max(65_535);
/** `90s`, `2m`, `30h`, `7d`; read as seconds. */
const duration = z
  .string()
  .regex(/^\d+(s|m|h|d)$/, 'a duration such as 90s, 2m, 24h or 7d')
  .transform(
    (text) => Number(text.slice(0, -1)) * { s: 1, m: 60, h: 3600, d: 86_400 }[text.slice(-1) as 's' | 'm' | 'h' | 'd'],
  );
const zone = z.string().refine((name) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}, 'an IANA time zone such as America/Chicago');
const id340b = z.string().min(3).max(20);
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date such as 2026-01-31');

/** Files in PEM, seen from the configuration folder. With `ca` a sender must show a certificate of that authority. */
const tls = z.strictObject({ key: z.string().min(1), cert: z.string().min(1), ca: z.string().min(1).optional() });
/** An address, or a network such as `10.1.0.0/16`. */
const network = z.string().refine((text) => {
  const [base = '', bits, ...more] = text.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(base)] ?? -1;
  return more.length === 0 && most > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}, 'an address or a network such as 10.1.0.0/16');
/** How a client certificate is named. */
const certificateName = z
  .string()
  .regex(/^(CN=.+|DNS:[^\s,]+|SHA256:([0-9a-f]{2}:?){32})$/i, 'CN=<common name>, DNS:<name> or SHA256:<fingerprint>');

/** Parameters of rules that a tenant may set; the rest keeps src/model/policy.ts's defaults. */
const policy = z.strictObject({
  validFrom: day.default('2000-01-01'),
  approvedBy: z.string().default('configuration'),
  asOf: day.nullable().optional(),
  waitDays: z.int().min(0).optional(),
  lookbackDays: z.int().min(0).optional(),
  writtenGraceDays: z.int().min(0).optional(),
  claimMaxAgeDays: z.int().min(0).optional(),
  prescriptionOrigin: z.enum(['REQUIRED', 'PREFERRED', 'OFF']).optional(),
  writtenMatchDays: z.int().min(0).optional(),
  referralsAllowed: z.boolean().optional(),
  namedEncounterBinds: z.boolean().optional(),
  prescriptionLifeDays: z.int().min(0).optional(),
  prescriptionLifeDaysScheduled: z.int().min(0).optional(),
  orphanExcludedTypes: z.array(z.string()).optional(),
  gpoProhibitedTypes: z.array(z.string()).optional(),
  manufacturerRestriction: z.enum(['BLOCKS_ORDER', 'DISQUALIFIES']).optional(),
  priceToleranceAbs: z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'an exact decimal in quotes')
    .optional(),
  priceTolerancePct: z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'an exact decimal in quotes')
    .optional(),
  implausiblePackages: z.int().min(1).optional(),
  orderThresholdPackages: z.int().min(1).optional(),
  autoApproveOrders: z.boolean().optional(),
});

const tenant = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,40}$/, 'lower-case letters, digits and hyphens')
    .refine((name) => name !== 'public', 'a name other than public, which owns the public reference feeds'),
  title: z.string().optional(),
  zone,
  entities: z.array(id340b).min(1),
  policy: policy.optional(),
});

/** `hub.yaml`. */
export const hubSchema = z.strictObject({
  http: z
    .strictObject({
      port: port.default(8340),
      host: z.string().default('127.0.0.1'),
      /** Largest file that is taken by upload. */
      uploadMaxMegabytes: z.int().min(1).default(4_096),
    })
    .default({ port: 8340, host: '127.0.0.1', uploadMaxMegabytes: 4_096 }),
  mllp: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      /** Certificate of all MLLP ports whose feeds name none of their own. */
      tls: tls.optional(),
      /** Where listeners without TLS may be: on the loopback only, or wherever because the network itself protects them. */
      clearText: z.enum(['loopback', 'protected-network']).default('loopback'),
    })
    .default({ host: '127.0.0.1', clearText: 'loopback' }),
  database: z
    .strictObject({
      port: port.default(54_329),
      /** Free space of the embedded database's disk below which deliveries are refused; default by the disk's size. */
      minimumFreeMegabytes: z.int().min(0).optional(),
    })
    .default({ port: 54_329 }),
  tenants: z.array(tenant).min(1),
});

/** How files are picked up; the same for SFTP and folders (adapters/pickup/source.ts). */
const pickup = {
  match: z.string().default('*'),
  matchInside: z.string().optional(),
  depth: z.int().min(0).max(8).default(0),
  stablePolls: z.int().min(1).default(2),
  stableFor: duration.optional(),
  /** Suffix of the file that says that another is complete: `.done`. */
  marker: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,20}$/, 'a suffix such as .done')
    .optional(),
  after: z.enum(['archive', 'delete', 'leave']).default('archive'),
};
const FINGERPRINT = /^(?:(?:SHA256:)?[A-Za-z0-9+/]{43}=?|(?:[0-9a-fA-F]{2}:?){32})$/;
const sftp = z.strictObject({
  host: z.string(),
  port: port.default(22),
  user: z.string(),
  password: z.string().optional(),
  privateKey: z.string().optional(),
  /** Of an encrypted private key. */
  passphrase: z.string().optional(),
  /** The server's key; absent = a person pins it with `hub feed trust`. */
  hostKeySha256: z
    .string()
    .refine((text) => FINGERPRINT.test(text), 'what "ssh-keygen -lf" prints (SHA256:...), or 64 hex digits')
    .optional(),
  path: z.string(),
  ...pickup,
  pollSeconds: z.number().positive().default(30),
  archivePath: z.string().optional(),
  errorPath: z.string().optional(),
  /** Folder that outbound files are delivered to. */
  outboundPath: z.string().optional(),
});
const folder = z.strictObject({
  path: z.string(),
  ...pickup,
  pollSeconds: z.number().positive().default(5),
  /** Folder that outbound files are delivered to; must be there. */
  outboundPath: z.string().optional(),
});
const smartAlgorithm = z.enum(['RS384', 'ES384']).default('RS384');
const smart = z.strictObject({
  clientId: z.string().min(1),
  tokenUrl: z.url(),
  scope: z.string().default('system/*.rs'),
  privateKey: z.string().min(1),
  keyId: z.string().min(1),
  algorithm: smartAlgorithm,
  /** Further public keys that the feed's key set tells: the next one, the last one. */
  published: z
    .array(z.strictObject({ keyId: z.string().min(1), algorithm: smartAlgorithm, publicKey: z.string().min(1) }))
    .default([]),
});
const fhir = z
  .strictObject({
    url: z.url(),
    types: z
      .array(z.string().regex(/^[A-Z][A-Za-z]+$/, 'a resource type such as Encounter'))
      .min(1)
      .default(['Patient', 'Encounter', 'MedicationRequest']),
    pollSeconds: z.number().positive().default(30),
    overlapSeconds: z.number().min(0).default(300),
    count: z.int().min(1).max(10_000).default(200),
    since: day.optional(),
    include: z.record(z.string(), z.array(z.string())).default({}),
    deletions: z.enum(['history', 'none']).default('history'),
    /** Exports instead of searches. */
    bulk: z
      .strictObject({
        of: z
          .string()
          .regex(/^(Patient|Group\/[A-Za-z0-9.-]+)?$/, 'Patient, Group/<id>, or nothing for the whole server')
          .default(''),
        everyHours: z.number().positive().default(24),
      })
      .optional(),
    bearer: z.string().min(1).optional(),
    smart: smart.optional(),
    hook: z
      .strictObject({
        port,
        host: z.string().default('127.0.0.1'),
        header: z.string().default('x-hub-secret'),
        secret: z.string().min(16, 'a secret of at least 16 characters'),
      })
      .optional(),
    maxBytes: z
      .int()
      .min(1024)
      .default(64 * 1024 * 1024),
    privateNetwork: z.boolean().default(false),
    ca: z.string().optional(),
    fileOrigins: z.array(z.url()).default([]),
    pauseMs: z.number().min(1).default(500),
  })
  .refine(({ url, privateNetwork }) => privateNetwork || url.startsWith('https://'), {
    path: ['url'],
    message: 'https, or privateNetwork: true for a server inside your own network',
  })
  .refine(({ bearer, smart: key }) => bearer === undefined || key === undefined, {
    path: ['smart'],
    message: 'either bearer or smart',
  });
const mllp = z.strictObject({
  port,
  /** Who may send: addresses and networks; absent = any. */
  address: z.array(network).min(1).optional(),
  /** Who may send: client certificates, any of them; absent = every certificate that tls.ca knows. */
  certificate: z.array(certificateName).min(1).optional(),
  /** Own certificate of the port instead of hub.yaml's; false = clear text. */
  tls: z.union([tls, z.literal(false)]).optional(),
  /** Connections at once. */
  connections: z.int().min(1).max(1_024).default(64),
  /** A connection without a byte for so long is closed; 0s = never. */
  idle: duration.prefault('1h'),
});

/** `feeds/<name>.yaml`. */
export const feedSchema = z.strictObject({
  feed: z.string().regex(/^[a-z][a-z0-9-]{0,60}$/, 'lower-case letters, digits and hyphens'),
  tenant: z.string(),
  kind: z.enum(['ehr', 'claims', 'invoices', 'master', 'reference']),
  source: z.union([
    z.strictObject({ mllp }),
    z.strictObject({ sftp }),
    z.strictObject({ folder }),
    z.strictObject({ fhir }),
    z.strictObject({ manual: z.literal(true) }),
  ]),
  /** One key: the format's name; its value: the format's options. */
  format: z.record(z.string(), z.record(z.string(), z.unknown())),
  timezone: zone,
  serves: z.array(id340b).default([]),
  sourceSystem: z.string().optional(),
  /** Samples beside the configuration and what must become of their rows: `hub feed test` and `hub feed apply` check them. */
  tests: z
    .array(
      z.strictObject({
        sample: z.string(),
        expect: z.strictObject({
          ok: z.int().min(0),
          rejected: z.int().min(0).default(0),
          ignored: z.int().min(0).default(0),
        }),
      }),
    )
    .default([]),
  /** Files that go out through the feed: how long a partner may take to acknowledge one (997, 999). */
  outbound: z.strictObject({ acknowledgedWithin: duration.prefault('24h') }).prefault({}),
  freshness: z.strictObject({ warn_after: duration.optional(), error_after: duration.optional() }).default({}),
});

export type HubConfig = z.output<typeof hubSchema>;
export type FeedConfig = z.output<typeof feedSchema>;
