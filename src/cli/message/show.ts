/** `hub message show <id>`: what became of a message, its text beside its fields, what is wrong marked where it stands. */
import type { Command } from 'commander';
import { FORMATS } from '../../../adapters/index.ts';
import type { TreeUnit } from '../../../adapters/contract.ts';
import type { MessageError } from '../../messages/messages.ts';
import { type OpenedField, type OpenedUnit, openedUnits } from '../../messages/opened.ts';
import { OK, print, printJson } from '../output.ts';
import { recordShown } from '../phi-shown.ts';
import { globals, withSession } from '../session.ts';
import { type FoundMessage, findAnywhere } from './find.ts';
import { shapeOf, shown } from './masking.ts';
import { messageId } from './options.ts';

const LINES_SHOWN = 200;
const ERRORS_SHOWN = 50;

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

/** The lines of a text file at the positions of its errors (`line 17`). */
function textLines(bytes: Uint8Array, errors: readonly MessageError[], showPhi: boolean): string[] {
  const wanted = new Set(errors.flatMap(({ position }) => /^line (\d+)/.exec(position)?.[1] ?? []).map(Number));
  if (wanted.size === 0) return [];
  const lines = new TextDecoder().decode(bytes).split(/\r\n|\r|\n/);
  return [...wanted]
    .sort((left, right) => left - right)
    .slice(0, ERRORS_SHOWN)
    .map((number) => `line ${number}: ${shown(lines[number - 1] ?? '', false, showPhi)}`);
}

function bodyLines({ facts, bytes, errors }: FoundMessage, showPhi: boolean): string[] {
  if (bytes === undefined) return ['A large file: only what is wrong is shown.'];
  const tree = facts.format === null ? undefined : FORMATS.get(facts.format)?.tree?.(bytes);
  if (tree === undefined) return textLines(bytes, errors, showPhi);
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

function printMessage(found: FoundMessage, showPhi: boolean): void {
  const { errors } = found;
  for (const line of heading(found)) print(line);
  for (const error of errors.slice(0, ERRORS_SHOWN)) print(errorLine(error, showPhi));
  if (errors.length > ERRORS_SHOWN) print(`  ... and ${errors.length - ERRORS_SHOWN} more`);
  for (const line of bodyLines(found, showPhi)) print(line);
  if (!showPhi) print('Values of patients are masked; --show-phi shows them.');
}

/** The same for programs; without the right to see them, values have only their shape. */
function asJson(found: FoundMessage, showPhi: boolean): Record<string, unknown> {
  const { tenant, facts, errors, edits, bytes } = found;
  const mask = (text: string, harmless = false): string => shown(text, harmless, showPhi);
  const tree = bytes === undefined || facts.format === null ? undefined : FORMATS.get(facts.format)?.tree?.(bytes);
  return {
    tenant: tenant.name,
    ...facts,
    edits,
    errors: errors.map((error) => ({ ...error, original: mask(error.original) })),
    tree:
      tree &&
      openedUnits(tree, errors).map(({ position, segments }) => ({
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
        const found = await findAnywhere(session, messageId(id));
        if (showPhi)
          await recordShown(session.ingest, found.tenant.id, {
            feed: found.facts.feed,
            command: 'message show',
            subject: found.facts.id,
            reason: options.reason,
          });
        if (options.json === true) printJson(asJson(found, showPhi));
        else printMessage(found, showPhi);
      });
      process.exitCode = OK;
    });
}
