/** The certificates of the listeners: until when they hold, and which listeners have none although others can reach them. */
import { X509Certificate } from 'node:crypto';
import type { Configuration } from '../../config/load.ts';
import { isLoopback, mllpTls } from '../../config/mllp.ts';
import { type Finding, ok, problem, sentenceOf, warning } from './finding.ts';

const DAY_MS = 86_400_000;
/** A certificate that ends sooner is worth a word: authorities and hospital change boards take their time. */
const SOON_DAYS = 30;

/** One line per MLLP port, and one for HTTP. */
export function checkCertificates(configuration: Configuration, now: Date): Finding[] {
  const ports = new Map<number, Finding>();
  for (const feed of configuration.feeds)
    if ('mllp' in feed.source && !ports.has(feed.source.mllp.port))
      ports.set(feed.source.mllp.port, checkPort(configuration, feed, feed.source.mllp.port, now));
  return [...ports.values(), checkHttp(configuration)];
}

function checkPort(
  { directory, hub }: Configuration,
  feed: Configuration['feeds'][number],
  port: number,
  now: Date,
): Finding {
  const check = `certificate :${port}`;
  const renew = `renew the files that tls.key and tls.cert of feeds/${feed.feed}.yaml or hub.yaml name`;
  try {
    const identity = mllpTls(directory, hub, feed);
    if (identity === undefined)
      return isLoopback(hub.mllp.host)
        ? ok(check, 'none; the port is on the loopback only')
        : warning(check, `none; the port is open on ${hub.mllp.host} in clear text`, 'set source.mllp.tls or mllp.tls');
    const days = Math.floor((new X509Certificate(identity.cert).validToDate.getTime() - now.getTime()) / DAY_MS);
    if (days < 0) return problem(check, `expired ${-days} days ago`, renew);
    const says = `expires in ${days} days${identity.ca === undefined ? '' : ', senders show certificates'}`;
    return days < SOON_DAYS ? warning(check, says, renew) : ok(check, says);
  } catch (error) {
    return problem(check, sentenceOf(error), 'mend the files, or change the setting');
  }
}

const checkHttp = ({ hub }: Configuration): Finding =>
  isLoopback(hub.http.host)
    ? ok('certificate http', 'none; the port is on the loopback only')
    : warning(
        'certificate http',
        `none; the port is open on ${hub.http.host} in clear text`,
        'bind http.host to 127.0.0.1 and put a TLS proxy in front',
      );
