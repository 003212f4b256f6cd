/** `hub doctor`: looks at everything the hub stands on, changes nothing, and says for each fault what to do. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { ConfigurationError, type Configuration } from '../config/load.ts';
import { lockHolder } from '../db/hub-lock.ts';
import { minimumFreeMegabytes } from '../receive/disk-watermark.ts';
import { checkCertificates } from './doctor/certificates.ts';
import { inspectDatabase } from './doctor/database.ts';
import { checkFeeds, checkHostKeys } from './doctor/feeds.ts';
import { checkFhir } from './doctor/fhir.ts';
import { checkListeners } from './doctor/listeners.ts';
import { type Finding, ok, problem, sentenceOf, warning } from './doctor/finding.ts';
import { checkDisk, checkPorts, checkRuntime } from './doctor/machine.ts';
import { checkOutbound } from './doctor/outbound.ts';
import { FINDINGS, OK, print, printJson } from './output.ts';
import { configurationFolder, globals, type GlobalOptions, loadFor } from './session.ts';

const SIGNS = { ok: '✔', warning: '!', problem: '✗' } as const;

function loadForDoctor(options: GlobalOptions): { configuration: Configuration | undefined; findings: Finding[] } {
  const folder = configurationFolder(options);
  if (!existsSync(join(folder, 'hub.yaml')))
    return {
      configuration: undefined,
      findings: [
        warning(
          'configuration',
          `no hub.yaml in ${folder}`,
          '"hub demo" runs without one; --config names another folder',
        ),
      ],
    };
  try {
    const configuration = loadFor(options);
    const says = `${configuration.hub.tenants.length} tenants, ${configuration.feeds.length} feeds in ${folder}`;
    return { configuration, findings: [ok('configuration', says)] };
  } catch (error) {
    const sentences = error instanceof ConfigurationError ? error.problems : [sentenceOf(error)];
    return {
      configuration: undefined,
      findings: sentences.map((says) => problem('configuration', says, `mend it in ${folder}`)),
    };
  }
}

/** All checks. A check that cannot be made says so; none keeps the others from being made. */
export async function examine(
  options: GlobalOptions,
  environment: NodeJS.ProcessEnv,
  clock: () => Date,
): Promise<Finding[]> {
  const { directory } = options;
  const holder = lockHolder(directory);
  const { configuration, findings } = loadForDoctor(options);
  const minimum = minimumFreeMegabytes(environment, configuration?.hub.database.minimumFreeMegabytes);
  const inspected = await inspectDatabase({ directory, environment, port: configuration?.hub.database.port, clock });
  try {
    const { ingest } = inspected;
    const feeds =
      ingest === undefined
        ? []
        : await checkFeeds(ingest, configuration, clock()).catch((error: unknown) => [
            problem('feeds', sentenceOf(error), 'see the lines about the database'),
          ]);
    return [
      checkRuntime(process.versions.node),
      ...findings,
      ...inspected.findings,
      await checkDisk('disk', directory, minimum),
      ...(configuration === undefined ? [] : await checkPorts(configuration, holder)),
      ...(configuration === undefined ? [] : checkCertificates(configuration, clock())),
      ...(ingest === undefined ? [] : await checkListeners(ingest, clock()).catch(() => [])),
      ...(configuration === undefined
        ? []
        : await checkHostKeys(configuration, ingest).catch(() => checkHostKeys(configuration, undefined))),
      ...(configuration === undefined ? [] : await checkFhir(configuration, clock)),
      ...feeds,
      ...(configuration === undefined || ingest === undefined
        ? []
        : await checkOutbound(ingest, configuration).catch((error: unknown) => [
            problem('outbound', sentenceOf(error), 'see the lines about the database'),
          ])),
    ];
  } finally {
    await inspected.close();
  }
}

function printFindings(findings: readonly Finding[], problems: number, warnings: number): void {
  for (const { check, state, says, cure } of findings) {
    print(` ${SIGNS[state]} ${check.padEnd(24)} ${says}`);
    if (cure !== undefined) print(`   ${' '.repeat(24)} fix: ${cure}`);
  }
  print(problems + warnings === 0 ? 'Everything is in order.' : `${problems} problems, ${warnings} warnings`);
}

/** Adds the command. */
export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description(
      'check runtime, database, roles, disk, ports, clock, feeds and host keys; each fault comes with its cure',
    )
    .option('--json', 'one JSON object')
    .action(async (options: { json?: boolean }, command: Command) => {
      const findings = await examine(globals(command), process.env, () => new Date());
      const count = (state: Finding['state']): number => findings.filter((finding) => finding.state === state).length;
      const [problems, warnings] = [count('problem'), count('warning')];
      if (options.json === true) printJson({ ok: problems + warnings === 0, problems, warnings, findings });
      else printFindings(findings, problems, warnings);
      process.exitCode = problems + warnings === 0 ? OK : FINDINGS;
    });
}
