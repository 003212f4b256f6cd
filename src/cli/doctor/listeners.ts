/** Certificates that running hubs could not take over: they show the former ones, and say why. */
import type { Database } from '../../db/client.ts';
import { listenersOf } from '../../monitor/listeners.ts';
import { readTenants } from '../session.ts';
import { type Finding, problem } from './finding.ts';

const DAY_MS = 86_400_000;

/** One line for each listener that does not show what its files hold; none when all do. */
export async function checkListeners(db: Database, now: Date): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const tenant of await readTenants(db))
    for (const { feed, hub, port, live, certificateEndsAt, certificateProblem } of await listenersOf(db, tenant, now)) {
      if (!live || certificateProblem === '' || certificateEndsAt === null) continue;
      const days = Math.floor((Date.parse(certificateEndsAt) - now.getTime()) / DAY_MS);
      findings.push(
        problem(
          `certificate :${port}`,
          `hub ${hub} still shows the former certificate to the senders of ${feed} (it ends in ${days} days): ${certificateProblem}`,
          'mend the files; they are read again every ten seconds',
        ),
      );
    }
  return findings;
}
