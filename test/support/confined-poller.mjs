/**
 * An SFTP poller in a process that the runtime lets write into one folder and nowhere else (`node --permission`). Takes its
 * configuration as JSON, says what it does in JSON lines, ends when its standard input does. Not compiled: it runs the product's
 * own compiled modules.
 */
import { createHash } from 'node:crypto';
import { startSftp } from '../../dist/adapters/transports/sftp/index.js';

const { config, spoolFolder } = JSON.parse(process.argv[2] ?? '');
const say = (kind, value) => process.stdout.write(`${JSON.stringify({ kind, value })}\n`);

const running = startSftp({
  config,
  spoolFolder,
  async deliver({ name, content }) {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of content) {
      hash.update(chunk);
      bytes += chunk.length;
    }
    say('delivered', `${name} ${bytes}`);
    return { rawId: 'raw', duplicate: false, sha256: hash.digest('hex') };
  },
  log({ level, message }) {
    if (level === 'warn') say('warning', message);
  },
  onPoll: (report) => say('poll', report),
});
process.stdin.resume();
process.stdin.once('end', () => void running.stop().then(() => process.exit(0)));
