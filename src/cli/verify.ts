/** `hub verify`: the conservation laws, and with --rebuild the whole state computed again from facts. */
import type { Command } from 'commander';
import { FORMATS } from '../../adapters/index.ts';
import { checkLaws, type LawResult } from '../audit/laws.ts';
import { digestAll, inQuietSnapshot, rebuild, type RebuildResult } from '../rebuild.ts';
import { combine } from '../audit/digest.ts';
import { FINDINGS, OK, print, printJson } from './output.ts';
import { globals, withSession, type Session } from './session.ts';

const SHOWN = 5;

interface Verification {
  ok: boolean;
  digest: string;
  laws: LawResult[];
  rebuild: RebuildResult | null;
}

/** Checks laws in one quiet snapshot, then rebuilds if asked. */
async function verify(session: Session, withRebuild: boolean): Promise<Verification> {
  const { ingest, tenants, opened } = session;
  const { laws, digest } = await inQuietSnapshot(ingest, tenants, async (tx) => {
    const results: LawResult[] = [];
    for (const tenant of tenants) {
      await tx.query(`select set_config('hub.tenant', $1, true)`, [tenant.id]);
      results.push(...(await checkLaws(tx, tenant)));
    }
    return { laws: results, digest: combine(await digestAll(tx, tenants)) };
  });
  const rebuilt = withRebuild ? await rebuild(opened, ingest, tenants, FORMATS, () => new Date()) : null;
  return {
    ok: laws.every((law) => law.breaches.length === 0) && rebuilt?.identical !== false,
    digest,
    laws,
    rebuild: rebuilt,
  };
}

function printLaws(laws: readonly LawResult[]): void {
  for (const { law, says, tenant, breaches } of laws) {
    print(
      `${breaches.length === 0 ? '✔' : '✗'} ${law.padEnd(4)} ${tenant.padEnd(12)} ${says}${breaches.length === 0 ? '' : `: ${breaches.length} breaches`}`,
    );
    for (const breach of breaches.slice(0, SHOWN)) print(`      ${breach}`);
    if (breaches.length > SHOWN) print(`      ... and ${breaches.length - SHOWN} more`);
  }
}

function printRebuild(result: RebuildResult): void {
  print(`Rebuilt from ${result.payloads} payloads in ${result.seconds.toFixed(1)} s`);
  for (const live of result.live) {
    const again = result.rebuilt.find((part) => part.tenant === live.tenant && part.part === live.part);
    const same = again?.sha256 === live.sha256;
    print(
      `${same ? '✔' : '✗'} ${live.tenant.padEnd(12)} ${live.part.padEnd(16)} ${live.rows} rows${same ? '' : `, rebuilt ${again?.rows ?? 0}: different`}`,
    );
  }
  print(
    result.identical
      ? `Digest ${result.liveDigest} is identical.`
      : `Digests differ: live ${result.liveDigest}, rebuilt ${result.rebuiltDigest}.`,
  );
}

/** Adds the command. */
export function registerVerify(program: Command): void {
  program
    .command('verify')
    .description(
      'check the conservation laws; --rebuild computes the whole state again from facts and compares digests',
    )
    .option('--rebuild', 'rebuild into an empty schema and compare')
    .option('--json', 'one JSON object')
    .action(async (options: { rebuild?: boolean; json?: boolean }, command: Command) => {
      const result = await withSession(globals(command), (session) => verify(session, options.rebuild === true));
      if (options.json === true) printJson(result);
      else {
        printLaws(result.laws);
        if (result.rebuild !== null) printRebuild(result.rebuild);
        else print(`Digest ${result.digest}`);
      }
      process.exitCode = result.ok ? OK : FINDINGS;
    });
}
