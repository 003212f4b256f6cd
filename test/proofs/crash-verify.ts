/** What the verification at the end of a crash proof has to say, in one line. */
import type { RebuildResult } from '../../src/rebuild.ts';

/** What `hub verify --rebuild --json` found, shortly: breached laws, parts that the rebuilt state has otherwise. */
export function findingsOf(output: string): string {
  const from = output.indexOf('{"ok"');
  if (from < 0) return output.slice(-1000);
  const { laws, rebuild } = JSON.parse(output.slice(from, output.lastIndexOf('}') + 1)) as Verification;
  const breached = laws
    .filter(({ breaches }) => breaches.length > 0)
    .map(({ law, tenant, breaches }) => `${law} ${tenant}: ${breaches.length} breaches (${breaches[0]})`);
  const different = (rebuild?.live ?? []).flatMap((live) => {
    const again = rebuild?.rebuilt.find((part) => part.tenant === live.tenant && part.part === live.part);
    return again?.sha256 === live.sha256
      ? []
      : [`${live.tenant}/${live.part} differs (${live.rows} rows, ${again?.rows} rebuilt)`];
  });
  return [...breached, ...different].join('; ');
}

interface Verification {
  laws: { law: string; tenant: string; breaches: string[] }[];
  rebuild: Pick<RebuildResult, 'live' | 'rebuilt'> | null;
}
