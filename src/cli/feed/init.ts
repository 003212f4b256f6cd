/** `hub feed init <name> --sample <file>`: a first declaration of a pharmacy's file, guessed from a sample of it. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Document, visit } from 'yaml';
import { draftOf } from '../../../adapters/formats/claim-extract/guess.ts';
import { format as claimExtract } from '../../../adapters/formats/claim-extract/index.ts';
import type { Configuration } from '../../config/load.ts';
import { FINDINGS, OK, print, printJson, UsageError } from '../output.ts';
import { configurationFolder, globals, loadFor } from '../session.ts';
import { fileSource } from './sample.ts';

interface InitOptions {
  sample: string;
  tenant?: string;
  zone?: string;
  force?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

function tenantOf(configuration: Configuration, wanted: string | undefined): Configuration['hub']['tenants'][number] {
  const { tenants } = configuration.hub;
  const tenant =
    wanted === undefined && tenants.length === 1 ? tenants[0] : tenants.find(({ name }) => name === wanted);
  if (tenant) return tenant;
  const names = tenants.map(({ name }) => name).join(', ');
  throw new UsageError(
    wanted === undefined ? `--tenant is needed: one of ${names}` : `tenant "${wanted}" is unknown; known: ${names}`,
  );
}

/** The feed's file as text, the doubts of the guess as comments at its head. */
function fileText(feed: Record<string, unknown>, notes: readonly string[]): string {
  const document = new Document(feed);
  visit(document, {
    // [4, 7] in one line: places and codes are read at a glance.
    Seq: (_, list) => void (list.flow = list.items.length <= 3),
  });
  document.commentBefore = [
    ' Drafted from a sample by "hub feed init". See what it makes of the sample: hub feed preview <name> --sample <file>',
    ' source: manual takes files by "hub ingest" only; a pharmacy that delivers by SFTP is declared as',
    '   source: { sftp: { host: sftp.example, user: hub, privateKey: "${file:/run/secrets/key}", hostKeySha256: "SHA256:...", path: /out, match: "*.txt" } }',
    ...notes.map((note) => ` check: ${note}`),
  ].join('\n');
  return document.toString({ lineWidth: 120 });
}

/** As a shell takes it. */
const quoted = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`);

/** Adds the command. */
export function registerInit(feed: Command): void {
  feed
    .command('init')
    .description('draft feeds/<name>.yaml for a claim file (delimited, fixed width, XLSX) from a sample of it')
    .argument('<name>', 'name of the new feed')
    .requiredOption('--sample <file>', 'a file as the pharmacy sends it')
    .option('--tenant <name>', 'tenant of the feed; needed where hub.yaml has several')
    .option('--zone <zone>', 'time zone of times without an offset (default: the tenant’s)')
    .option('--force', 'write over an existing file')
    .option('--dry-run', 'print the draft, write nothing')
    .option('--json', 'the draft as one JSON object')
    .action(async (name: string, options: InitOptions, command: Command) => {
      const chosen = globals(command);
      if (!/^[a-z][a-z0-9-]{0,60}$/.test(name))
        throw new UsageError('a feed is named with lower-case letters, digits and hyphens');
      const tenant = tenantOf(loadFor(chosen), options.tenant);
      const complete = join(configurationFolder(chosen), 'feeds', `${name}.yaml`);
      if (existsSync(complete) && options.force !== true && options.dryRun !== true)
        throw new UsageError(`${complete} exists; --force writes over it`);
      const draft = await draftOf(fileSource(options.sample));
      if (draft === null) throw new UsageError(`${options.sample} has no lines to guess from`);
      const problems = claimExtract.checkOptions(draft.options);
      // An incomplete file among the feeds would keep the hub from starting.
      const path = problems.length === 0 ? complete : `${complete}.draft`;
      const declared = {
        feed: name,
        tenant: tenant.name,
        kind: 'claims',
        source: { manual: true },
        format: { 'claim-extract': draft.options },
        timezone: options.zone ?? tenant.zone,
        freshness: { warn_after: '26h', error_after: '50h' },
      };
      const text = fileText(declared, draft.notes);
      if (options.dryRun !== true) {
        mkdirSync(join(configurationFolder(chosen), 'feeds'), { recursive: true });
        writeFileSync(path, text);
      }
      if (options.json === true) printJson({ path, ...draft, problems });
      else if (options.dryRun === true) print(text);
      else {
        print(`${path} written${problems.length === 0 ? '' : ', which is not complete'}. To check:`);
        for (const note of draft.notes) print(`  ${note}`);
        const preview = `hub feed preview ${name} --sample ${quoted(options.sample)}`;
        if (problems.length === 0) print(`Next: ${preview}`);
        else print(`Next: add what is missing, rename it to ${name}.yaml, then ${preview}`);
      }
      process.exitCode = problems.length > 0 ? FINDINGS : OK;
    });
}
