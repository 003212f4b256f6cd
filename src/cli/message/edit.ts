/** `hub message edit <id>`: a corrected message takes the place of the one that came, and is worked through at once. */
import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { FORMATS } from '../../../adapters/index.ts';
import { PlaceUnknown, type PlaceValue } from '../../../adapters/contract.ts';
import { EditRefused, editMessage } from '../../messages/edit.ts';
import type { MessageFacts } from '../../messages/messages.ts';
import { PIPELINE } from '../../pipeline.ts';
import { drain } from '../../worker.ts';
import { FINDINGS, OK, print, printJson, progress, UsageError } from '../output.ts';
import { recordShown } from '../phi-shown.ts';
import { globals, withSession, type Session } from '../session.ts';
import { findAnywhere } from './find.ts';
import { shown } from './masking.ts';
import { messageId } from './options.ts';

interface EditOptions {
  set: string[];
  file?: string;
  reason: string;
  by?: string;
  showPhi?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

/** `PID-8=F`; the value is all behind the first equals sign. */
function changeOf(text: string): PlaceValue {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`--set takes a place and a value such as PID-8=F`);
  return { place: text.slice(0, at), value: text.slice(at + 1) };
}

/** How the bytes are to be changed. */
function maker({ set, file }: EditOptions): (original: MessageFacts, bytes: Uint8Array) => Uint8Array {
  if ((file === undefined) === (set.length === 0)) throw new UsageError('an edit takes --set or --file');
  if (file !== undefined) {
    if (!existsSync(file)) throw new UsageError(`${file} does not exist`);
    const bytes = readFileSync(file);
    return () => bytes;
  }
  const changes = set.map(changeOf);
  return ({ format }, bytes) => {
    const setValues = format === null ? undefined : FORMATS.get(format)?.edit;
    if (setValues === undefined)
      throw new UsageError(`values of the format ${format ?? '?'} cannot be set one by one; use --file`);
    return setValues(bytes, changes);
  };
}

/** Lines that the edit changes, as they were and as they will be. */
function difference(before: Uint8Array, after: Uint8Array, showPhi: boolean): string[] {
  const lines = (bytes: Uint8Array): string[] => new TextDecoder().decode(bytes).split(/[\r\n]+/);
  const [old, now] = [lines(before), lines(after)];
  const text = (line: string): string => `${line.slice(0, 3)}${shown(line.slice(3), line.startsWith('MSH'), showPhi)}`;
  return Array.from({ length: Math.max(old.length, now.length) }, (_, index) => {
    const [was, is] = [old[index] ?? '', now[index] ?? ''];
    return was === is ? [] : [`- ${text(was)}`, `+ ${text(is)}`];
  }).flat();
}

async function edit(session: Session, id: string, options: EditOptions): Promise<number> {
  const make = maker(options);
  const { tenant, facts, bytes } = await findAnywhere(session, id);
  if (options.dryRun === true) {
    if (bytes === undefined) throw new UsageError('a large file is not edited here: send the corrected file');
    if (options.showPhi === true)
      await recordShown(session.ingest, tenant.id, {
        feed: facts.feed,
        command: 'message edit',
        subject: facts.id,
        reason: options.reason,
      });
    for (const line of difference(bytes, make(facts, bytes), options.showPhi === true)) print(line);
    return OK;
  }
  const clock = (): Date => new Date();
  const editor = { name: options.by ?? userInfo().username, reason: options.reason, at: clock() };
  const edited = await editMessage(session.ingest, tenant.id, id, make, editor);
  progress(`${edited} takes the place of ${id}; working through it`);
  const all = [tenant, ...session.tenants.filter((other) => other.id !== tenant.id)];
  for (const one of all)
    await drain(PIPELINE, { db: session.ingest, tenant: one, tenants: session.tenants, clock, formats: FORMATS });
  const { facts: now, errors } = await findAnywhere(session, edited);
  if (options.json === true)
    printJson({ id: edited, supersedes: id, state: now.state, accepted: now.accepted, errors: errors.length });
  else {
    print(`${edited}: ${now.state}, ${now.accepted} accepted, ${now.rejected} rejected, ${errors.length} errors`);
    for (const { position, field, message } of errors) print(`  ${position}  ${field}  ${message}`);
  }
  return now.state === 'DONE' && now.rejected === 0 ? OK : FINDINGS;
}

/** What was asked for cannot be done: said as a sentence, exit code of a wrong call. */
async function speaking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EditRefused || error instanceof PlaceUnknown) throw new UsageError(error.message);
    throw error;
  }
}

/** Adds the command. */
export function registerEdit(parent: Command): void {
  parent
    .command('edit')
    .description('store a corrected message in the place of one that came; the original stays and counts no more')
    .argument('<id>', 'message id (hub message list)')
    .option(
      '--set <place=value>',
      'PID-8=F, PID-5.2=ANN, PID-3[2].1=M7, OBX[3]-5=..., 2/PID-8=F in the second message; may be repeated',
      (value: string, all: string[]) => [...all, value],
      [],
    )
    .option('--file <file>', 'the whole corrected message')
    .requiredOption('--reason <text>', 'why; kept with the edit')
    .option('--by <name>', 'who (default: the account that runs the command)')
    .option('--show-phi', "show patients' values in --dry-run; kept with your account and the reason")
    .option('--dry-run', 'only show what would change')
    .option('--json', 'one JSON object')
    .action(async (id: string, options: EditOptions, command: Command) => {
      process.exitCode = await withSession(globals(command), (session) =>
        speaking(() => edit(session, messageId(id), options)),
      );
    });
}
