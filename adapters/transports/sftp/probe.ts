/** Looks at a server's host key and goes away: the handshake is broken off before anything is authenticated. */
import ssh2 from 'ssh2';
import { hostKeyCheck } from './host-key.ts';

/** `SAME` as pinned; `CHANGED` with the fingerprint offered; `UNREACHABLE` with a code. */
export interface HostKeyProbe {
  state: 'SAME' | 'CHANGED' | 'UNREACHABLE';
  detail: string;
}

/** Asks the server for its host key within `milliseconds`. Never rejects; throws only for an unreadable pin. */
export function probeHostKey(
  { host, port, hostKeySha256 }: { host: string; port: number; hostKeySha256: string },
  milliseconds: number,
): Promise<HostKeyProbe> {
  const check = hostKeyCheck(hostKeySha256);
  return new Promise((resolve) => {
    const client = new ssh2.Client();
    const done = (probe: HostKeyProbe): void => {
      resolve(probe);
      client.destroy();
    };
    client.on('error', (error: NodeJS.ErrnoException) =>
      done({ state: 'UNREACHABLE', detail: error.code ?? 'no SSH answer' }),
    );
    client.on('close', () => done({ state: 'UNREACHABLE', detail: 'connection closed' }));
    client.connect({
      host,
      port,
      username: 'probe',
      readyTimeout: milliseconds,
      hostVerifier: (key: Buffer): boolean => {
        done(check.accepts(key) ? { state: 'SAME', detail: '' } : { state: 'CHANGED', detail: check.refused() ?? '' });
        return false;
      },
    });
  });
}
