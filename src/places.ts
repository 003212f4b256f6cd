/** The partners' places as the configuration and people's decisions describe them: which host key counts, where files go out. */
import { isAbsolute, join } from 'node:path';
import type { TransportLog } from '../adapters/pickup/source.ts';
import type { FileTarget } from '../adapters/pickup/target.ts';
import { openFolderTarget } from '../adapters/transports/folder/target.ts';
import { fingerprintText } from '../adapters/transports/sftp/host-key.ts';
import { openSftpTarget } from '../adapters/transports/sftp/target.ts';
import type { FeedConfig } from './config/schema.ts';
import type { Database } from './db/client.ts';
import { lastDecision } from './db/feed-decisions.ts';
import type { TenantId } from './db/tenant.ts';

/** A relative path of the configuration, from its folder. */
export const placeAt = (directory: string, path: string): string => (isAbsolute(path) ? path : join(directory, path));

/** The SFTP side of a feed's configuration. */
export type SftpSource = Extract<FeedConfig['source'], { sftp: unknown }>['sftp'];

/**
 * The host key that counts for a feed, in OpenSSH's spelling; null = none. What a person trusted stands for the server it was said
 * of and until the configuration states another key: of the two decisions the later one counts.
 */
export async function pinnedKey(
  db: Database,
  tenant: TenantId,
  feed: string,
  { host, port, hostKeySha256 }: Pick<SftpSource, 'host' | 'port' | 'hostKeySha256'>,
): Promise<string | null> {
  const declared = hostKeySha256 === undefined ? null : fingerprintText(hostKeySha256);
  const trusted = await lastDecision(db, tenant, feed, 'TRUST');
  if (trusted === null) return declared;
  const { detail, subject } = trusted;
  const stands = detail['host'] === host && detail['port'] === port && detail['declared'] === declared;
  return stands ? subject : declared;
}

/** How the place is opened that a feed's files are delivered to; null = the feed has none. */
export function outboundPlace(
  { feed, source }: FeedConfig,
  about: { db: Database; tenant: TenantId; directory: string; log: TransportLog },
): (() => Promise<FileTarget>) | null {
  if ('sftp' in source && source.sftp.outboundPath !== undefined) {
    const { outboundPath: folder, ...access } = source.sftp;
    const pinned = (): Promise<string | null> => pinnedKey(about.db, about.tenant, feed, source.sftp);
    return () => openSftpTarget({ access, folder, pinned, log: about.log });
  }
  if ('folder' in source && source.folder.outboundPath !== undefined) {
    const folder = placeAt(about.directory, source.folder.outboundPath);
    return () => openFolderTarget(folder);
  }
  return null;
}
