/** `hub token create`: an API key, shown once. */
import type { Command } from 'commander';
import { createKey, ROLES } from '../access/keys.ts';
import { OK, print, printJson, UsageError } from './output.ts';
import { globals, withSession } from './session.ts';

interface TokenOptions {
  tenant: string;
  role: string;
  name: string;
  days: string;
  json?: boolean;
}

/** Adds the command. */
export function registerToken(program: Command): void {
  program
    .command('token')
    .description('API keys')
    .command('create')
    .description('make an API key; it is shown once and stored hashed')
    .requiredOption('--tenant <name>', 'whose data the key opens')
    .requiredOption('--name <name>', 'who uses it')
    .option('--role <role>', ROLES.join(', '), 'analyst')
    .option('--days <days>', 'valid for so many days (at most 90)', '90')
    .option('--json', 'one JSON object')
    .action(async (options: TokenOptions, command: Command) => {
      const role = ROLES.find((one) => one === options.role);
      if (role === undefined) throw new UsageError(`role "${options.role}" is unknown; known: ${ROLES.join(', ')}`);
      const days = Number(options.days);
      if (!Number.isInteger(days) || days < 1 || days > 90)
        throw new UsageError('--days takes a whole number from 1 to 90');
      const key = await withSession(globals(command), ({ ingest, tenants }) => {
        const tenant = tenants.find((one) => one.name === options.tenant);
        if (tenant === undefined)
          throw new UsageError(
            `tenant "${options.tenant}" is unknown; known: ${tenants.map((one) => one.name).join(', ')}`,
          );
        return createKey(ingest, {
          tenantId: tenant.id,
          name: options.name,
          role,
          days,
          now: new Date(),
        });
      });
      if (options.json === true) printJson({ key, role, tenant: options.tenant });
      else print(key);
      process.exitCode = OK;
    });
}
