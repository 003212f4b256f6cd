/** `hub serve`: runs the hub with the configuration of a folder until Ctrl-C. */
import type { Command } from 'commander';
import { startHub } from '../hub.ts';
import { createLog } from '../log.ts';
import { OK, progress } from './output.ts';
import { globals, loadFor } from './session.ts';

const STOP_MS = 15_000;

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
export function untilStopped(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        resolve(signal);
      });
    }
  });
}

/** Stops within a bound: a transport that hangs must not keep the process. */
export async function stopWithin(stop: () => Promise<void>): Promise<void> {
  const timer = setTimeout(() => {
    progress('Not everything stopped in time; leaving.');
    process.exit(1);
  }, STOP_MS);
  await stop();
  clearTimeout(timer);
}

/** Adds the command. */
export function registerServe(program: Command): void {
  program
    .command('serve')
    .description('run the hub with hub.yaml and feeds/*.yaml of the configuration folder')
    .option('--accept-test-messages', 'take HL7 messages marked test or training (MSH-11 T, D)')
    .action(async (options: { acceptTestMessages?: boolean }, command: Command) => {
      const chosen = globals(command);
      const stopped = untilStopped();
      const hub = await startHub({
        directory: chosen.directory,
        configuration: loadFor(chosen),
        log: createLog(chosen.logLevel === 'warn' ? 'info' : chosen.logLevel),
        clock: () => new Date(),
        environment: process.env,
        productionOnly: options.acceptTestMessages !== true,
      });
      progress(`Throughline serves http://127.0.0.1:${hub.httpPort}/graphql (Ctrl-C stops)`);
      await stopped;
      await stopWithin(() => hub.stop());
      process.exitCode = OK;
    });
}
