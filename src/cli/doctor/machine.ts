/** The machine under the hub: runtime, disk and ports. */
import { connect } from 'node:net';
import { freeSpace, isBelowWatermark, watermarkBytes } from '../../receive/disk-watermark.ts';
import type { Configuration } from '../../config/load.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const NODE_MAJOR = 24;
const CONNECT_MS = 2_000;
/** Free space below this multiple of the watermark is worth a word. */
const NEAR = 2;

/** The runtime that runs this command. */
export function checkRuntime(version: string): Finding {
  return Number(version.split('.')[0]) >= NODE_MAJOR
    ? ok('runtime', `node ${version}`)
    : warning(
        'runtime',
        `node ${version}, tested with ${NODE_MAJOR}`,
        `run "npm ci", which brings node ${NODE_MAJOR}, and start with "npm run hub"`,
      );
}

const gigabytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(bytes < 10 * 1024 ** 3 ? 1 : 0)} GB`;

/** Space of the folder's file system against the watermark below which deliveries are refused. */
export async function checkDisk(name: string, folder: string, minimumMegabytes: number | undefined): Promise<Finding> {
  const space = await freeSpace(folder).catch(() => undefined);
  if (space === undefined)
    return warning(name, `${folder} is not there yet`, 'start the hub once, or name the folder with --directory');
  const watermark = watermarkBytes(space, minimumMegabytes);
  const says = `${gigabytes(space.free)} of ${gigabytes(space.total)} free, deliveries are refused below ${gigabytes(watermark)}`;
  if (isBelowWatermark(space, minimumMegabytes))
    return problem(name, says, 'make room; the hub takes deliveries again by itself');
  return space.free < watermark * NEAR
    ? warning(name, says, 'make room before the watermark is reached')
    : ok(name, says);
}

/** True when somebody accepts connections there. */
export function isHeld(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (held: boolean): void => {
      socket.destroy();
      resolve(held);
    };
    socket.setTimeout(CONNECT_MS, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

const reachable = (host: string): string => (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host);

/** `ready`, `not ready` (a hub without its database), `other` (not a hub) or `free`. */
async function whoAnswers(host: string, port: number): Promise<'ready' | 'not ready' | 'other' | 'free'> {
  if (!(await isHeld(host, port))) return 'free';
  const ask = async (path: string): Promise<string> => {
    const answer = await fetch(`http://${host}:${port}${path}`, { signal: AbortSignal.timeout(CONNECT_MS * 2) });
    return answer.text();
  };
  try {
    if ((await ask('/livez')) !== 'ok\n') return 'other';
    return (await ask('/readyz')) === 'ok\n' ? 'ready' : 'not ready';
  } catch {
    return 'other';
  }
}

async function checkHttp(host: string, port: number, runs: boolean): Promise<Finding> {
  const check = `http :${port}`;
  switch (await whoAnswers(host, port)) {
    case 'ready':
      return ok(check, 'a hub answers and is ready');
    case 'not ready':
      return problem(check, 'a hub answers but is not ready', 'see the lines about the database and its migrations');
    case 'other':
      return problem(check, 'is held by another program', 'stop that program, or set http.port in hub.yaml');
    case 'free':
      return runs
        ? problem(check, 'nobody answers although a hub runs', 'look into its log; restart it if it hangs')
        : ok(check, 'free');
  }
}

/** HTTP and MLLP ports of the configuration: free, or held by a hub that answers. No message is sent to an MLLP port. */
export async function checkPorts(configuration: Configuration, hubPid: number | undefined): Promise<Finding[]> {
  const { hub, feeds } = configuration;
  const http = await checkHttp(reachable(hub.http.host), hub.http.port, hubPid !== undefined);
  const runs = hubPid !== undefined || /a hub answers/.test(http.says);
  const ports = new Set(feeds.flatMap(({ source }) => ('mllp' in source ? [source.mllp.port] : [])));
  const mllp = [...ports].map(async (port): Promise<Finding> => {
    const check = `mllp :${port}`;
    const held = await isHeld(reachable(hub.mllp.host), port);
    if (held === runs) return ok(check, held ? 'accepts connections' : 'free');
    return held
      ? problem(
          check,
          'is held by another program',
          "stop that program, or change source.mllp.port of the port's feeds",
        )
      : problem(
          check,
          'nobody listens although a hub runs',
          'look into its log; restart it after a change of the feeds',
        );
  });
  return [http, ...(await Promise.all(mllp))];
}
