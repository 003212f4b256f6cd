/** Looks at a server's host key and goes away: the handshake is broken off before anything is authenticated. */
import ssh2 from 'ssh2';
import { fingerprintOf, keyType } from './host-key.ts';

/** The key that a server shows, or why there is none (a code). */
export type HostKeyProbe = { fingerprint: string; type: string } | { unreachable: string };

/** Asks the server for its host key within `milliseconds`. Never rejects. */
export function probeHostKey(
  { host, port }: { host: string; port: number },
  milliseconds: number,
): Promise<HostKeyProbe> {
  return new Promise((resolve) => {
    const client = new ssh2.Client();
    const done = (probe: HostKeyProbe): void => {
      resolve(probe);
      client.destroy();
    };
    client.on('error', (error: NodeJS.ErrnoException) => done({ unreachable: error.code ?? 'no SSH answer' }));
    client.on('close', () => done({ unreachable: 'connection closed' }));
    client.connect({
      host,
      port,
      username: 'probe',
      readyTimeout: milliseconds,
      hostVerifier: (key: Buffer): boolean => {
        done({ fingerprint: fingerprintOf(key), type: keyType(key) });
        return false;
      },
    });
  });
}
