/** A partner's SFTP server in this process, with the folders that tests look into. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SftpFaults } from '../../src/simulate/sftp-session.ts';
import { type SftpServer, startSftpServer } from '../../src/simulate/sftp-server.ts';

const USER = 'partner';
const PASSWORD = 'synthetic-secret';

/** A running partner. */
export interface Partner {
  server: SftpServer;
  directory: string;
  /** What `source.sftp` of a feed needs to log in. */
  access: { host: string; port: number; user: string; password: string; hostKeySha256: string };
  put(folder: string, name: string, content: string | Uint8Array): void;
  names(folder: string): string[];
  content(folder: string, name: string): string;
  path(...parts: string[]): string;
}

/** Starts one with the folders `out` and `in`. `faults` may be changed while it runs. */
export async function startPartner(
  faults: SftpFaults = {},
  place: { port?: number; directory?: string } = {},
): Promise<Partner> {
  const directory = place.directory ?? mkdtempSync(join(tmpdir(), 'partner-'));
  const server = await startSftpServer({
    port: place.port ?? 0,
    users: { [USER]: PASSWORD },
    directory: join(directory, 'homes'),
    hostKeyFile: join(directory, 'host-key'),
    faults,
  });
  const path = (...parts: string[]): string => join(server.home(USER), ...parts);
  for (const folder of ['out', 'in']) mkdirSync(path(folder), { recursive: true });
  return {
    server,
    directory,
    access: {
      host: '127.0.0.1',
      port: server.port,
      user: USER,
      password: PASSWORD,
      hostKeySha256: server.fingerprint,
    },
    put: (folder, name, content) => writeFileSync(path(folder, name), content),
    names: (folder) => (existsSync(path(folder)) ? readdirSync(path(folder)).sort() : []),
    content: (folder, name) => readFileSync(path(folder, name), 'utf8'),
    path,
  };
}
