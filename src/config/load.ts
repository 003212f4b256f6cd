/** Reads and checks the configuration folder; every problem is a sentence naming file and key. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { z } from 'zod';
import type { Format } from '../../adapters/contract.ts';
import { nearest } from '../model/nearest.ts';
import { mllpProblems } from './mllp.ts';
import { feedSchema, hubSchema, type FeedConfig, type HubConfig } from './schema.ts';

/** A checked configuration. `directory` is where relative folder paths start. */
export interface Configuration {
  directory: string;
  hub: HubConfig;
  feeds: FeedConfig[];
  /** Each feed's file as it stands, before secrets are filled in, by the feed's name. */
  declared?: ReadonlyMap<string, unknown>;
}

/** The configuration cannot be used; `problems` are sentences for people. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: string[];
  constructor(problems: string[]) {
    super(
      `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n  ${problems.join('\n  ')}`,
    );
    this.problems = problems;
  }
}

const fileText = (name: string): string | undefined =>
  existsSync(name) ? readFileSync(name, 'utf8').trim() : undefined;

/** `${env:NAME}` is NAME, or the content of the file that NAME_FILE names, as containers hand secrets over. */
function fromEnvironment(name: string): string | undefined {
  const file = process.env[`${name}_FILE`];
  return process.env[name] ?? (file === undefined ? undefined : fileText(file));
}

/** Replaces `${file:/path}` and `${env:NAME}` in texts, so that secrets stay out of the files. */
function withSecrets(value: unknown, where: string, problems: string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => withSecrets(item, where, problems));
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withSecrets(item, where, problems)]));
  const match = typeof value === 'string' ? /^\$\{(file|env):([^}]+)\}$/.exec(value) : null;
  if (!match) return value;
  const [, source, name = ''] = match;
  const secret = source === 'env' ? fromEnvironment(name) : fileText(name);
  if (secret === undefined)
    problems.push(
      `${where}: ${source === 'env' ? `neither ${name} is set in the environment, nor does ${name}_FILE name a file` : `file ${name} does not exist`}`,
    );
  return secret;
}

/** Names that a schema knows at a path, for "did you mean". */
function knownKeys(schema: z.ZodType, path: PropertyKey[]): string[] {
  let current: unknown = schema;
  for (const step of path) {
    const shape = (current as { shape?: Record<string, unknown> }).shape;
    const inner = (current as { element?: unknown }).element;
    current = typeof step === 'number' ? inner : shape?.[String(step)];
    while (current !== null && typeof current === 'object' && 'unwrap' in current)
      current = (current as { unwrap(): unknown }).unwrap();
  }
  return Object.keys((current as { shape?: Record<string, unknown> } | undefined)?.shape ?? {});
}

function sentence(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  const place = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path);
    return issue.keys
      .map((key) => {
        const guess = nearest(key, known);
        return `${place === '' ? '' : `${place}: `}unknown key "${key}"${guess === null ? '' : `; did you mean "${guess}"?`}`;
      })
      .join('; ');
  }
  if (issue.code === 'invalid_union') {
    const inner = issue.errors.flat().map((one) => sentence(one, schema));
    return `${place}: ${[...new Set(inner)].slice(0, 4).join(' / ')}`;
  }
  return `${place}: ${issue.message}`;
}

function read<T>(
  path: string,
  name: string,
  schema: z.ZodType<T>,
  problems: string[],
): { raw: unknown; data: T } | null {
  let raw: unknown;
  try {
    raw = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    problems.push(`${name}: not readable as YAML (${(error as Error).message.split('\n')[0] ?? ''})`);
    return null;
  }
  const result = schema.safeParse(withSecrets(raw, name, problems));
  if (result.success) return { raw, data: result.data };
  problems.push(...result.error.issues.map((issue) => `${name}: ${sentence(issue, schema)}`));
  return null;
}

/** What no single file can know: names that must exist elsewhere, ports used twice, options a format refuses. */
function crossCheck(hub: HubConfig, feeds: FeedConfig[], formats: ReadonlyMap<string, Format>): string[] {
  const problems: string[] = [];
  const tenants = new Set(['public', ...hub.tenants.map((tenant) => tenant.name)]);
  const names = new Set<string>();
  for (const feed of feeds) {
    const where = `feeds/${feed.feed}.yaml`;
    if (names.has(feed.feed)) problems.push(`${where}: two feeds are named "${feed.feed}"`);
    names.add(feed.feed);
    if (!tenants.has(feed.tenant)) {
      const guess = nearest(feed.tenant, [...tenants]);
      problems.push(
        `${where}: tenant "${feed.tenant}" is not in hub.yaml${guess === null ? '' : `; did you mean "${guess}"?`}`,
      );
    }
    if ((feed.tenant === 'public') !== (feed.kind === 'reference'))
      problems.push(`${where}: feeds of kind reference belong to tenant public, all others to a tenant of hub.yaml`);
    const [formatName, ...more] = Object.keys(feed.format);
    const format = formatName === undefined ? undefined : formats.get(formatName);
    if (more.length > 0) problems.push(`${where}: format: names one format only`);
    if (format === undefined)
      problems.push(`${where}: format "${formatName ?? ''}" is unknown; known: ${[...formats.keys()].join(', ')}`);
    else
      problems.push(
        ...format
          .checkOptions(feed.format[format.name] ?? {})
          .map((problem) => `${where}: format.${format.name}: ${problem}`),
      );
  }
  return problems;
}

/** Loads `hub.yaml` and `feeds/*.yaml` of a folder. @throws ConfigurationError naming every problem at once. */
export function loadConfiguration(directory: string, formats: ReadonlyMap<string, Format>): Configuration {
  const problems: string[] = [];
  const hubPath = join(directory, 'hub.yaml');
  if (!existsSync(hubPath))
    throw new ConfigurationError([`hub.yaml: not found in ${directory}; "hub demo" runs without configuration`]);
  const hub = read(hubPath, 'hub.yaml', hubSchema, problems)?.data ?? null;
  const folder = join(directory, 'feeds');
  const files = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /\.ya?ml$/.test(name))
        .sort()
    : [];
  const found = files
    .map((name) => read(join(folder, name), `feeds/${name}`, feedSchema, problems))
    .filter((feed) => feed !== null);
  const feeds = found.map(({ data }) => data);
  if (hub !== null) problems.push(...crossCheck(hub, feeds, formats), ...mllpProblems(directory, hub, feeds));
  if (hub === null || problems.length > 0) throw new ConfigurationError(problems);
  return { directory, hub, feeds, declared: new Map(found.map(({ data, raw }) => [data.feed, raw])) };
}

/** Name and options of a feed's one format. */
export function formatOf(feed: FeedConfig): { name: string; options: Record<string, unknown> } {
  const [entry] = Object.entries(feed.format);
  return { name: entry?.[0] ?? '', options: entry?.[1] ?? {} };
}

/** `mllp`, `sftp`, `folder` or `manual`. */
export const transportOf = (feed: FeedConfig): string => Object.keys(feed.source)[0] ?? 'manual';
