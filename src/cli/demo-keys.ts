/** The demo's operator keys, in files of mode 0600: `.hub/demo-operator.key` for mercy, `.hub/demo-operator-<tenant>.key` for others. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authenticator, createKey } from '../access/keys.ts';
import type { Hub } from '../hub.ts';

const FIRST_TENANT = 'mercy';
const DAYS = 90;

/** Makes the keys that are missing or no longer open the hub. */
export async function demoKeys(hub: Hub, directory: string, now: Date): Promise<void> {
  const keys = new Authenticator(hub.read, () => now);
  for (const tenant of hub.tenants.filter((one) => one.name !== 'public')) {
    const path = join(
      directory,
      tenant.name === FIRST_TENANT ? 'demo-operator.key' : `demo-operator-${tenant.name}.key`,
    );
    const kept = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
    if (kept !== '' && (await keys.authenticate(`Bearer ${kept}`)) !== undefined) continue;
    const key = await createKey(hub.ingest, {
      tenantId: tenant.id,
      name: 'demo operator',
      role: 'operator',
      days: DAYS,
      now,
      replace: true,
    });
    writeFileSync(path, `${key}\n`, { mode: 0o600 });
  }
}
