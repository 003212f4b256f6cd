/** `hub feed trust`: shows the host key of a feed's server, compares it with the pinned one and pins it when a person says so. */
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { fingerprintText } from '../../../adapters/transports/sftp/host-key.ts';
import { probeHostKey } from '../../../adapters/transports/sftp/probe.ts';
import type { FeedConfig } from '../../config/schema.ts';
import { recordDecision } from '../../db/feed-decisions.ts';
import { withTenant } from '../../db/tenant.ts';
import { pinnedKey, type SftpSource } from '../../places.ts';
import { FINDINGS, OK, print, printJson, progress, UsageError } from '../output.ts';
import { globals, type Session, withSession } from '../session.ts';
import { deciderOf, type DecisionOptions, declaredFeed, declaredTenant } from './find.ts';

const PROBE_MS = 10_000;

interface TrustOptions extends DecisionOptions {
  yes?: boolean;
  dryRun?: boolean;
  json?: boolean;
  fingerprint?: string;
}

/** What became of it: the key was pinned before, is pinned now, or is not. */
type Outcome = 'AS_PINNED' | 'PINNED' | 'NOT_EXPECTED' | 'NOT_CONFIRMED';

interface Seen {
  server: string;
  type: string;
  fingerprint: string;
  pinned: string | null;
}

async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

/** What a person decides with: the session, the feed and its SFTP side. */
interface Subject {
  session: Session;
  feed: FeedConfig;
  sftp: SftpSource;
}

async function look({ session, feed, sftp }: Subject): Promise<Seen> {
  const tenant = declaredTenant(session, feed);
  const pinned = await pinnedKey(session.ingest, tenant.id, feed.feed, sftp);
  const server = `${sftp.host}:${sftp.port}`;
  const probe = await probeHostKey(sftp, PROBE_MS);
  if ('unreachable' in probe) throw new Error(`${server} cannot be reached: ${probe.unreachable}; nothing was changed`);
  return { server, pinned, ...probe };
}

function show({ server, type, fingerprint, pinned }: Seen): void {
  print(`server       ${server}`);
  print(`host key     ${fingerprint} (${type})`);
  print(`pinned key   ${pinned ?? 'none'}${pinned === fingerprint ? ', the same' : ''}`);
}

async function decide(seen: Seen, options: TrustOptions): Promise<Outcome> {
  if (options.fingerprint !== undefined && fingerprintText(options.fingerprint) !== seen.fingerprint)
    return 'NOT_EXPECTED';
  if (seen.pinned === seen.fingerprint) return 'AS_PINNED';
  if (options.dryRun === true) return 'NOT_CONFIRMED';
  if (options.yes === true || options.fingerprint !== undefined) return 'PINNED';
  const question = seen.pinned === null ? 'Pin this key?' : 'THE KEY HAS CHANGED. Pin the new one?';
  return (await confirmed(question)) ? 'PINNED' : 'NOT_CONFIRMED';
}

async function pin({ session, feed, sftp }: Subject, seen: Seen, options: TrustOptions): Promise<void> {
  const tenant = declaredTenant(session, feed);
  const { host, port, hostKeySha256 } = sftp;
  const declared = hostKeySha256 === undefined ? null : fingerprintText(hostKeySha256);
  await withTenant(session.ingest, tenant.id, (tx) =>
    recordDecision(tx, {
      ...deciderOf(options),
      feed: feed.feed,
      kind: 'TRUST',
      subject: seen.fingerprint,
      detail: { host, port, declared, replaced: seen.pinned },
    }),
  );
}

const SENTENCES: Record<Outcome, string> = {
  AS_PINNED: 'The server shows the pinned key.',
  PINNED: 'Pinned; the next connection uses it.',
  NOT_EXPECTED: 'The server does NOT show the expected key. Nothing was pinned, and no password is sent to it.',
  NOT_CONFIRMED: 'Not pinned. Compare it with what the partner says, then add --yes, or --fingerprint with their text.',
};

/** Adds the command. */
export function registerTrust(feed: Command): void {
  feed
    .command('trust')
    .description("show the host key of a feed's SFTP server and pin it; nothing is authenticated")
    .argument('<feed>', 'name of the feed')
    .option('--fingerprint <text>', 'the key that the partner named (SHA256:...); pins it, and no other')
    .option('--yes', 'pin what the server shows without asking')
    .option('--dry-run', 'show only')
    .option('--reason <text>', 'why; kept with the decision')
    .option('--by <name>', 'who decides (default: this account)')
    .option('--json', 'one JSON object')
    .action(async (name: string, options: TrustOptions, command: Command) => {
      const declared = declaredFeed(globals(command), name).feed;
      const { source } = declared;
      if (!('sftp' in source)) throw new UsageError(`${name} is no SFTP feed: it has no host key`);
      const { seen, outcome } = await withSession(globals(command), async (session) => {
        const subject = { session, feed: declared, sftp: source.sftp };
        const shown = await look(subject);
        if (options.json !== true) show(shown);
        const decided = await decide(shown, options);
        if (decided === 'PINNED') await pin(subject, shown, options);
        return { seen: shown, outcome: decided };
      });
      if (options.json === true) printJson({ feed: name, ...seen, outcome });
      else progress(SENTENCES[outcome]);
      process.exitCode = outcome === 'AS_PINNED' || outcome === 'PINNED' ? OK : FINDINGS;
    });
}
