/** `hub`: the command line. Data goes to standard output, progress to standard error; exit codes 0 ok, 1 failure, 2 findings, 64 usage. */
import './memory.ts';
import 'reflect-metadata';
import { Command, CommanderError } from 'commander';
import { registerDemo } from './cli/demo.ts';
import { registerDoctor } from './cli/doctor.ts';
import { registerFeed } from './cli/feed.ts';
import { registerImport } from './cli/import.ts';
import { registerIngest } from './cli/ingest.ts';
import { registerMessage } from './cli/message.ts';
import { registerMigrate } from './cli/migrate.ts';
import { registerSend } from './cli/send.ts';
import { registerServe } from './cli/serve.ts';
import { registerToken } from './cli/token.ts';
import { registerTrace } from './cli/trace.ts';
import { registerVerify } from './cli/verify.ts';
import { fail, USAGE } from './cli/output.ts';
import { refuseSabotage } from './db/sabotage.ts';

const program = new Command('hub')
  .description(
    'Throughline: one chain from encounter to replenishment for the 340B programme, every decision explained.',
  )
  .option(
    '--directory <path>',
    'where the embedded database and keys live (HUB_DIRECTORY)',
    process.env['HUB_DIRECTORY'] ?? '.hub',
  )
  .option(
    '--config <path>',
    'folder with hub.yaml and feeds/ (default: the working folder, else the demo in <directory>/demo)',
  )
  .option('--log-level <level>', 'info, warn, error or silent', 'warn')
  .showHelpAfterError('(hub --help lists the commands)')
  .exitOverride();

for (const register of [
  registerDemo,
  registerServe,
  registerMigrate,
  registerIngest,
  registerImport,
  registerSend,
  registerTrace,
  registerFeed,
  registerMessage,
  registerDoctor,
  registerVerify,
  registerToken,
])
  register(program);

try {
  refuseSabotage();
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE;
  else process.exitCode = fail(error);
}
