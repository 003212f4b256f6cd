/** `hub message show <id>`: what became of a message, its text beside its fields, what is wrong marked where it stands. */
import type { Command } from 'commander';
import { FORMATS } from '../../../adapters/index.ts';
import type { Excerpt, Format, Source, TreeUnit } from '../../../adapters/contract.ts';
import { inMemory } from '../../../adapters/source.ts';
import { excerptsAt, positionsOf } from '../../messages/excerpts.ts';
import type { MessageError } from '../../messages/messages.ts';
import { type OpenedField, type OpenedUnit, openedUnits } from '../../messages/opened.ts';
import { StoredSource } from '../../normalize/stored-source.ts';
import { OK, print, printJson } from '../output.ts';
import { recordShown } from '../phi-shown.ts';
import { globals, type Session, withSession } from '../session.ts';
import { type FoundMessage, findAnywhere } from './find.ts';
import { shapeOf, shown } from './masking.ts';
import { messageId } from './options.ts';

const LINES_SHOWN = 200;
const ERRORS_SHOWN = 50;

/** A message with its bytes, wherever they lie. */
interface Shown extends FoundMessage {
  source: Source;
}

const sourceOf = ({ ingest }: Session, { bytes, tenant, facts }: FoundMessage): Source =>
  bytes === undefined
    ? new StoredSource(ingest, tenant.id, { month: facts.month, rawId: facts.id, sizeBytes: facts.sizeBytes })
    : inMemory(bytes);

function heading({ tenant, facts, edits }: FoundMessage): string[] {
  const { state, records, accepted, rejected, duplicate, ignored } = facts;
  return [
    `${facts.id}  ${tenant.name}/${facts.feed}  ${facts.format ?? 'feed not declared'}`,
    `received ${facts.receivedAt}, control id ${facts.controlId}, ${facts.sizeBytes} bytes, ${facts.name}`,
    `${state}: ${records} records, ${accepted} accepted, ${rejected} rejected, ${duplicate} duplicate, ${ignored} ignored`,
    ...edits.map(
      ({ originalId, editedId, at, editor, reason }) =>
        `${editedId} took the place of ${originalId} at ${at} (${editor}: ${reason})`,
    ),
  ];
}

const errorLine = ({ position, field, message, original, accepted }: MessageError, showPhi: boolean): string =>
  `  ✗ ${position === '' ? 'whole' : position}  ${field === '' ? '-' : field}  ${message}${original === '' ? '' : `: ${shown(original, false, showPhi)}`}${accepted ? '  (accepted without it)' : ''}`;

function unitLines({ position, segments }: OpenedUnit, showPhi: boolean): string[] {
  const lines = [position];
  for (const { name, fields } of segments) {
    lines.push(`  ${name}`);
    for (const field of fields) lines.push(...fieldLines(field, showPhi));
  }
  return lines;
}

function fieldLines({ place, value, harmless, parts, problems }: OpenedField, showPhi: boolean): string[] {
  const line = (at: string, text: string, indent: string): string =>
    `${indent}${at.padEnd(12)} ${shown(text, harmless, showPhi)}`;
  const wrong = problems.length > 0;
  return [
    `${wrong ? '✗' : ' '} ${line(place, value, '   ')}${wrong ? `   ← ${problems.join('; ')}` : ''}`,
    ...parts.map((part) => `  ${line(part.place, part.value, '     ')}`),
  ];
}

/** What stands where something is wrong, for payloads that are too large to be shown whole, or have no fields to show. */
async function excerptLines(found: Shown, showPhi: boolean): Promise<string[]> {
  const excerpts = await excerptsOf(found);
  return excerpts.flatMap(({ position, lines, unit }) => {
    if (unit) return openedUnits([unit], found.errors).flatMap((one) => unitLines(one, showPhi));
    const texts = lines.map((line) => shown(line, false, showPhi));
    return texts.length === 1 ? [`${position}: ${texts[0]}`] : [`${position}:`, ...texts.map((text) => `  ${text}`)];
  });
}

const formatOf = ({ facts }: FoundMessage): Format | undefined =>
  facts.format === null ? undefined : FORMATS.get(facts.format);

const excerptsOf = (found: Shown): Promise<Excerpt[]> =>
  excerptsAt(formatOf(found), found.source, positionsOf(found.errors, ERRORS_SHOWN));

async function bodyLines(found: Shown, showPhi: boolean): Promise<string[]> {
  const { bytes, errors } = found;
  const tree = bytes && formatOf(found)?.tree?.(bytes);
  if (bytes === undefined || tree === undefined) {
    const lines = await excerptLines(found, showPhi);
    return [...(bytes === undefined ? ['A large file: only what is wrong is shown.'] : []), ...lines];
  }
  const raw = tree.length > 1 ? [] : rawLines(bytes, tree, showPhi);
  return [...raw, ...openedUnits(tree, errors).flatMap((unit) => unitLines(unit, showPhi))].slice(0, LINES_SHOWN);
}

/** The text as it came; without the right to see it, its shape outside the segments that speak of the message. */
function rawLines(bytes: Uint8Array, [unit]: readonly TreeUnit[], showPhi: boolean): string[] {
  const lines = new TextDecoder()
    .decode(bytes)
    .split(/[\r\n]+/)
    .filter((line) => line !== '');
  return lines.map((line, index) => {
    const segment = unit?.segments[index];
    const harmless = segment !== undefined && segment.fields.every((field) => field.harmless);
    return `  ${harmless || showPhi ? line : `${line.slice(0, 3)}${shapeOf(line.slice(3))}`}`;
  });
}

async function printMessage(found: Shown, showPhi: boolean): Promise<void> {
  const { errors } = found;
  for (const line of heading(found)) print(line);
  for (const error of errors.slice(0, ERRORS_SHOWN)) print(errorLine(error, showPhi));
  if (errors.length > ERRORS_SHOWN) print(`  ... and ${errors.length - ERRORS_SHOWN} more`);
  for (const line of await bodyLines(found, showPhi)) print(line);
  if (!showPhi) print('Values of patients are masked; --show-phi shows them.');
}

/** The same for programs; without the right to see them, values have only their shape. */
async function asJson(found: Shown, showPhi: boolean): Promise<Record<string, unknown>> {
  const { tenant, facts, errors, edits, bytes } = found;
  const mask = (text: string, harmless = false): string => shown(text, harmless, showPhi);
  const excerpts = await excerptsOf(found);
  const whole = bytes && formatOf(found)?.tree?.(bytes);
  const tree = whole ?? excerpts.flatMap(({ unit }) => unit ?? []);
  return {
    tenant: tenant.name,
    ...facts,
    edits,
    errors: errors.map((error) => ({ ...error, original: mask(error.original) })),
    excerpts: excerpts.map(({ position, lines }) => ({ position, lines: lines.map((line) => mask(line)) })),
    tree: openedUnits(tree, errors).map(({ position, segments }) => ({
      position,
      segments: segments.map(({ name, fields }) => ({
        name,
        fields: fields.map(({ place, value, harmless, parts, problems }) => ({
          place,
          value: mask(value, harmless),
          problems,
          parts: parts.map((part) => ({ ...part, value: mask(part.value, harmless) })),
        })),
      })),
    })),
    text: showPhi && bytes !== undefined ? new TextDecoder().decode(bytes) : undefined,
  };
}

/** Adds the command. */
export function registerShow(parent: Command): void {
  parent
    .command('show')
    .description('one message: what became of it, its fields, and what is wrong where')
    .argument('<id>', 'message id (hub message list)')
    .option('--show-phi', "show patients' values; kept with your account and the reason")
    .option('--reason <text>', 'why they are shown')
    .option('--json', 'one JSON object')
    .action(async (id: string, options: { showPhi?: boolean; reason?: string; json?: boolean }, command: Command) => {
      const showPhi = options.showPhi === true;
      await withSession(globals(command), async (session) => {
        const message = await findAnywhere(session, messageId(id));
        const found = { ...message, source: sourceOf(session, message) };
        if (showPhi)
          await recordShown(session.ingest, found.tenant.id, {
            feed: found.facts.feed,
            command: 'message show',
            subject: found.facts.id,
            reason: options.reason,
          });
        if (options.json === true) printJson(await asJson(found, showPhi));
        else await printMessage(found, showPhi);
      });
      process.exitCode = OK;
    });
}
