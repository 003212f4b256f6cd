/** `hub migrate`: brings the database to this program's schema. */
import type { Command } from 'commander';
import { OK, print, printJson } from './output.ts';
import { globals, withSession } from './session.ts';

/** Adds the command. */
export function registerMigrate(program: Command): void {
  program
    .command('migrate')
    .description('bring the database to the schema of this program (roles, tables, row-level security, partitions)')
    .option('--json', 'one JSON object')
    .action(async (options: { json?: boolean }, command: Command) => {
      const migrated = await withSession(globals(command), async ({ opened }) => opened.migrated);
      if (options.json === true) printJson(migrated ?? { applied: [], adjusted: 0 });
      else if (migrated === undefined) print('This login may not migrate: set DATABASE_OWNER_URL.');
      else
        print(
          migrated.applied.length === 0
            ? `Migrations are current (${migrated.adjusted} grants and policies adjusted).`
            : `Applied ${migrated.applied.join(', ')}.`,
        );
      process.exitCode = OK;
    });
}
