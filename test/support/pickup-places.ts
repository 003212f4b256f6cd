/** Places that files are picked up from, seen alike: a local folder, the SFTP server in this process, OpenSSH. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DeliverFile, Running } from '../../adapters/contract.ts';
import type { PickupRules, PollReport, Turns } from '../../adapters/pickup/source.ts';
import { startFolder } from '../../adapters/transports/folder/index.ts';
import { startSftp } from '../../adapters/transports/sftp/index.ts';
import { startOpenSsh } from './openssh.ts';
import { type ReceivedFile, receivedFile } from './received-file.ts';
import { startPartner } from './sftp-partner.ts';

/** What a poller of a test is started with beside the place. */
export interface Poll {
  rules?: Partial<PickupRules>;
  turns?: Turns;
  /** Takes files instead of the list `delivered`. */
  deliver?: DeliverFile;
  port?: number;
}

/** A poller at work, and what came of it. */
export interface Polling {
  delivered: ReceivedFile[];
  polls: PollReport[];
  warnings: string[];
  running: Running;
}

/** A place; paths are relative to it. */
export interface Place {
  path(...parts: string[]): string;
  put(name: string, content: string | Uint8Array): void;
  names(folder?: string): string[];
  poll(options?: Poll): Polling;
  /** The server's port; 0 = no server. */
  port: number;
  stop(): Promise<void>;
}

type Start = (rules: PickupRules, more: { port?: number | undefined } & Parts) => Running;
type Parts = Pick<Parameters<typeof startFolder>[0], 'deliver' | 'log' | 'onPoll' | 'turns' | 'spoolFolder'>;

function placeOver(root: string, start: Start, port: number, stop: () => Promise<void>): Place {
  const path = (...parts: string[]): string => join(root, ...parts);
  const pollers: Running[] = [];
  return {
    path,
    put: (name, content) => {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), content);
    },
    names: (folder = '') =>
      existsSync(path(folder))
        ? readdirSync(path(folder))
            .filter((name) => name !== 'archive')
            .sort()
        : [],
    poll: ({ rules = {}, turns, deliver, port: through } = {}) => {
      const delivered: ReceivedFile[] = [];
      const polls: PollReport[] = [];
      const warnings: string[] = [];
      const take: DeliverFile = async (delivery) => {
        const file = await receivedFile(delivery);
        delivered.push(file);
        return { rawId: 'raw', duplicate: false, sha256: file.sha256 };
      };
      const running = start(
        { match: '*', pollSeconds: 0.02, after: 'archive', ...rules },
        {
          deliver: deliver ?? take,
          log: ({ level, message }) => void (level === 'warn' && warnings.push(message)),
          onPoll: (report) => polls.push(report),
          turns,
          spoolFolder: join(root, '..', 'spool'),
          port: through,
        },
      );
      pollers.push(running);
      return { delivered, polls, warnings, running };
    },
    port,
    stop: async () => {
      for (const running of pollers) await running.stop();
      await stop();
    },
  };
}

/** The kinds of place; one that cannot be had here answers null and has said why. */
export const PLACES: Record<string, () => Promise<Place | null>> = {
  'a folder': async () => {
    const directory = mkdtempSync(join(tmpdir(), 'place-'));
    const root = join(directory, 'out');
    mkdirSync(root);
    const start: Start = (rules, more) => startFolder({ ...more, config: { ...rules, path: root } });
    return placeOver(root, start, 0, async () => rmSync(directory, { recursive: true }));
  },
  'the SFTP server in this process': async () => {
    const partner = await startPartner();
    const start: Start = (rules, { port, ...more }) =>
      startSftp({ ...more, config: { ...partner.access, port: port ?? partner.access.port, ...rules, path: '/out' } });
    return placeOver(partner.path('out'), start, partner.access.port, async () => {
      await partner.server.stop();
      rmSync(partner.directory, { recursive: true });
    });
  },
  OpenSSH: async () => {
    const ssh = await startOpenSsh();
    if (ssh === null) return null;
    const root = join(ssh.directory, 'out');
    mkdirSync(root);
    const start: Start = (rules, { port, ...more }) =>
      startSftp({ ...more, config: { ...ssh.access, port: port ?? ssh.access.port, ...rules, path: root } });
    return placeOver(root, start, ssh.access.port, () => ssh.stop());
  },
};
