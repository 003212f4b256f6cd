/**
 * Bulk export: kick-off, polling, download of NDJSON, deletions and errors, end of the job. How far it is stands in the
 * database, so that a restart goes on with the job; a file that a crash cut short is read again and makes the same payloads.
 */
import { createHash } from 'node:crypto';
import type { Deliver } from '../../contract.ts';
import type { Answer } from './request.ts';
import { COMPANIONS, Companions } from './companions.ts';
import { FhirFault } from './fault.ts';
import { retryAfter, type FhirServer } from './server.ts';
import type { Cursors } from './window.ts';

/** A feed's `bulk`. */
export interface BulkConfig {
  /** `Group/<id>`, `Patient`, or '' for everything the server has. */
  of: string;
  /** Hours between the end of an export and the next one. */
  everyHours: number;
}

/** What an export runs with. */
export interface BulkTools {
  server: FhirServer;
  deliver: Deliver;
  cursors: Cursors;
  types: readonly string[];
  clock: () => Date;
  /** Pause between two looks at the job when the server names none. */
  pauseMs: number;
  warn: (message: string) => void;
}

/** Where an export stands. */
interface State {
  /** The next export asks for what changed since: the last one's transactionTime. */
  since: string | null;
  finishedAt: string | null;
  job: { url: string; done: string[] } | null;
}

interface File {
  url: string;
  what: 'output' | 'deleted' | 'error';
  type: string;
  /** Place in its list of the manifest. */
  index: number;
}

interface Manifest {
  transactionTime: string;
  requiresAccessToken: boolean;
  files: File[];
}

const SCOPE = '$export';
/** A file is stored in parts of this size, cut between lines. */
const PART_BYTES = 4 * 1024 * 1024;
/** Longest line: one resource. */
const LONGEST_LINE = 16 * 1024 * 1024;
const JOB_TRIES = 3;
const NEWLINE = 0x0a;

/** The job or its files are gone; the export begins again. */
class JobLost extends Error {
  override readonly name = 'JobLost';
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function readState(cursors: Cursors): Promise<State> {
  const stored: unknown = JSON.parse((await cursors.read(SCOPE)) ?? '{}');
  const text = (field: string): string | null =>
    isObject(stored) && typeof stored[field] === 'string' ? stored[field] : null;
  const job = isObject(stored) && isObject(stored['job']) ? stored['job'] : null;
  const done = Array.isArray(job?.['done']) ? job['done'].filter((one) => typeof one === 'string') : [];
  return {
    since: text('since'),
    finishedAt: text('finishedAt'),
    job: job !== null && typeof job['url'] === 'string' ? { url: job['url'], done } : null,
  };
}

function manifestOf(answer: Answer): Manifest {
  let said: unknown;
  try {
    said = JSON.parse(Buffer.from(answer.bytes).toString('utf8'));
  } catch {
    throw new FhirFault('$export: the manifest is no JSON');
  }
  if (!isObject(said) || typeof said['transactionTime'] !== 'string')
    throw new FhirFault('$export: the manifest has no transactionTime');
  const { transactionTime } = said;
  if (Number.isNaN(Date.parse(transactionTime))) throw new FhirFault('$export: transactionTime is no instant');
  const listed = (what: File['what']): File[] => {
    const entries: unknown = said[what];
    return (Array.isArray(entries) ? entries : []).flatMap((one: unknown, index) =>
      isObject(one) && typeof one['url'] === 'string'
        ? [{ url: one['url'], what, type: String(one['type']), index }]
        : [],
    );
  };
  // What others refer to comes first, deletions last, as the later statements.
  const output = listed('output');
  const first = output.filter(({ type }) => isCompanion(type));
  const rest = output.filter(({ type }) => !isCompanion(type));
  const files = [...first, ...rest, ...listed('error'), ...listed('deleted')];
  return { transactionTime, requiresAccessToken: said['requiresAccessToken'] !== false, files };
}

/** One look at the export: begins it when it is due, goes on with one under way. Resolves when nothing is to be done now. */
export async function runExport(config: BulkConfig, tools: BulkTools): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    const state = await readState(tools.cursors);
    if (state.job === null && !isDue(state, config, tools.clock())) return;
    try {
      const url = state.job?.url ?? (await kickOff(config, state, tools));
      await finish(url, await awaitJob(url, tools), state, tools);
      return;
    } catch (error) {
      if (!(error instanceof JobLost)) throw error;
      await tools.cursors.write(SCOPE, JSON.stringify({ ...state, job: null }));
      if (tried >= JOB_TRIES) throw new FhirFault(`$export: ${error.message}, ${JOB_TRIES} times in a row`);
      tools.warn(`$export: ${error.message}; a new one is begun`);
    }
  }
}

const isDue = ({ finishedAt }: State, { everyHours }: BulkConfig, now: Date): boolean =>
  finishedAt === null || Date.parse(finishedAt) + everyHours * 3_600_000 <= now.getTime();

async function kickOff(config: BulkConfig, state: State, tools: BulkTools): Promise<string> {
  const { server, cursors, types } = tools;
  const url = server.at(config.of === '' ? '$export' : `${config.of}/$export`);
  url.searchParams.set('_type', [...new Set([...types, ...COMPANIONS])].join(','));
  if (state.since !== null) url.searchParams.set('_since', state.since);
  const { status, headers } = await server.ask('$export', url, { prefer: 'respond-async' });
  const location = headers['content-location'];
  if (status !== 202 || location === undefined) throw new FhirFault(`$export answered ${status}`, status);
  const job = server.follow(location, url).href;
  await cursors.write(SCOPE, JSON.stringify({ ...state, job: { url: job, done: [] } }));
  return job;
}

/** Waits for the job as long as the server says that it works on it. */
async function awaitJob(job: string, { server, clock, pauseMs }: BulkTools): Promise<Manifest> {
  for (;;) {
    const answer = await server.ask('$export job', server.follow(job, server.base), { accept: 'application/json' });
    if (answer.status === 200) return manifestOf(answer);
    if ([404, 410].includes(answer.status)) throw new JobLost('the job is gone');
    if (answer.status !== 202) throw new FhirFault(`$export job answered ${answer.status}`, answer.status);
    await server.pause(retryAfter(answer.headers['retry-after'], clock()) ?? pauseMs);
  }
}

async function finish(job: string, manifest: Manifest, state: State, tools: BulkTools): Promise<void> {
  const { server, cursors, clock, warn } = tools;
  const done = new Set(state.job?.done);
  const companions = new Companions(server);
  for (const file of manifest.files) {
    // Signed URLs change from look to look; the place in the manifest does not.
    const name = `${file.what} ${file.index}`;
    const finished = done.has(name);
    // What others refer to is needed again after a restart.
    if (finished && !isCompanion(file.type)) continue;
    await download(file, manifest, companions, finished ? { ...tools, deliver: thrownAway } : tools);
    if (finished) continue;
    done.add(name);
    await cursors.write(SCOPE, JSON.stringify({ ...state, job: { url: job, done: [...done] } }));
  }
  const finished = { since: manifest.transactionTime, finishedAt: clock().toISOString(), job: null };
  await cursors.write(SCOPE, JSON.stringify(finished));
  const { status } = await server.ask('$export job', server.follow(job, server.base), {}, 'DELETE');
  if (status >= 400 && status !== 404) warn(`$export: the job could not be deleted (${status})`);
}

/** The lines of a stream, as they came, with at most one line in memory. */
async function* linesOf(body: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) continue;
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      yield Buffer.concat([...rest, chunk.subarray(from, end + 1)]);
      from = end + 1;
      rest = [];
      size = 0;
    }
    rest.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > LONGEST_LINE) throw new FhirFault('$export file: a line is longer than 16 MB');
  }
  if (size > 0) yield Buffer.concat(rest);
}

const isCompanion = (type: string): boolean => COMPANIONS.some((one) => one === type);

const thrownAway: Deliver = () => Promise.resolve({ rawId: '', duplicate: true });

/**
 * Streams a file into payloads of whole lines. Before them stand the export's time, for what states none, and the resources
 * that they refer to.
 */
async function download(file: File, manifest: Manifest, companions: Companions, tools: BulkTools): Promise<void> {
  const { server, deliver } = tools;
  const url = server.follow(file.url, server.base, true);
  const { status, body } = await server.openFile('$export file', url, manifest.requiresAccessToken);
  if ([403, 404, 410].includes(status)) throw new JobLost('its files have expired');
  if (status !== 200) throw new FhirFault(`$export file answered ${status}`, status);
  const told = { name: 'transactionTime', valueInstant: manifest.transactionTime };
  const head = Buffer.from(`${JSON.stringify({ resourceType: 'Parameters', parameter: [told] })}\n`);
  let lines: Buffer[] = [];
  let size = 0;
  let part = 0;
  const flush = async (): Promise<void> => {
    if (lines.length === 0) return;
    const beside = isCompanion(file.type) ? [] : await companions.of(lines.map((line) => line.toString('utf8')));
    const bytes = Buffer.concat([head, ...beside.map((line) => Buffer.from(`${line}\n`)), ...lines]);
    part += 1;
    const controlId = createHash('sha256').update(bytes).digest('hex');
    await deliver({ controlId, name: `export ${file.what} ${file.index + 1}.${part}`, bytes });
    lines = [];
    size = 0;
  };
  for await (const line of linesOf(whole(body))) {
    if (isCompanion(file.type)) companions.note(line.toString('utf8'));
    lines.push(line);
    size += line.length;
    if (size >= PART_BYTES) await flush();
  }
  await flush();
}

/** The body, or a fault when it breaks off: the text of a network error stays out of the log. */
async function* whole(body: AsyncIterable<unknown>): AsyncGenerator {
  try {
    yield* body;
  } catch (error) {
    throw new FhirFault('$export file: the download broke off', 0, { cause: error });
  }
}
