/**
 * Puts other values at places of a message: `PID-8`, `PID-5.2`, `PID-3[2].1`, `OBX[3]-5`, `2/PID-8` for the second message of
 * the payload. Every byte that is not named stays as it was; a new value is written in the message's own character set.
 */
import { type PlaceValue, PlaceUnknown } from '../../contract.ts';
import { messageBytes } from './parse.ts';

const PLACE = /^(?:(\d+)\/)?([A-Za-z][A-Za-z0-9]{2})(?:\[(\d+)\])?-(\d+)(?:\[(\d+)\])?(?:\.(\d+)(?:\.(\d+))?)?$/;
/** Most empty fields that an edit may add to reach its place. */
const FIELD_MOST = 300;

interface Place {
  text: string;
  message: number;
  segment: string;
  /** Of several segments of that name, from 1. */
  occurrence: number;
  field: number;
  repetition: number | undefined;
  component: number | undefined;
  subcomponent: number | undefined;
}

function placeOf(text: string): Place {
  const match = PLACE.exec(text.trim());
  if (match === null)
    throw new PlaceUnknown(`"${text}" is no place; write PID-8, PID-5.2, PID-3[2].1, OBX[3]-5 or 2/PID-8`);
  const [, message, segment = '', occurrence, field, repetition, component, subcomponent] = match;
  const number = (digits: string | undefined): number | undefined =>
    digits === undefined ? undefined : Number(digits);
  const place = {
    text: text.trim(),
    message: number(message) ?? 1,
    segment: segment.toUpperCase(),
    occurrence: number(occurrence) ?? 1,
    field: Number(field),
    repetition: number(repetition),
    component: number(component),
    subcomponent: number(subcomponent),
  };
  const counted = [place.message, place.occurrence, place.field, place.repetition, place.component, place.subcomponent];
  if (counted.some((one) => one !== undefined && (one < 1 || one > FIELD_MOST)))
    throw new PlaceUnknown(`${place.text}: places are counted from 1 to ${FIELD_MOST}`);
  if (place.segment === 'MSH' && place.field < 3)
    throw new PlaceUnknown(`${place.text}: the separators of a message are not edited one by one`);
  return place;
}

/** The payload with the values in their places. */
export function editPayload(bytes: Uint8Array, changes: readonly PlaceValue[]): Uint8Array {
  const messages = [...messageBytes(bytes)];
  const placed = changes.map(({ place, value }) => ({ place: placeOf(place), value }));
  for (const { place } of placed)
    if (messages[place.message - 1] === undefined)
      throw new PlaceUnknown(`${place.text}: the payload has ${messages.length} messages`);
  const pieces: Uint8Array[] = [];
  let at = 0;
  messages.forEach((message, index) => {
    const own = placed.filter(({ place }) => place.message === index + 1);
    if (own.length === 0) return;
    const start = message.byteOffset - bytes.byteOffset;
    pieces.push(bytes.subarray(at, start), editMessage(message, own));
    at = start + message.length;
  });
  return Buffer.concat([...pieces, bytes.subarray(at)]);
}

/** Works on one sign per byte, so that what is not touched cannot change. */
function editMessage(message: Uint8Array, changes: readonly { place: Place; value: string }[]): Uint8Array {
  const lines = Buffer.from(message)
    .toString('latin1')
    .split(/(?<=[\r\n])(?![\r\n])/);
  const header = /^\s*/.exec(lines[0] ?? '')?.[0].length ?? 0;
  const separator = lines[0]?.charAt(header + 3) ?? '';
  const encoding =
    lines[0]
      ?.slice(header + 4)
      .split(separator)[0]
      ?.trimEnd() ?? '';
  if (!/^\s*msh/i.test(lines[0] ?? '') || !/^[!-/:-@[-`{-~]$/.test(separator) || encoding === '')
    throw new PlaceUnknown('the message has no readable MSH; replace it as a whole');
  const isUtf8 = Buffer.compare(Buffer.from(new TextDecoder().decode(message)), message) === 0;
  for (const { place, value } of changes) {
    const sent = signsOf(place, value, isUtf8);
    const index = lineOf(lines, place);
    lines[index] = editLine(lines[index] ?? '', place, sent, separator, encoding);
  }
  return Buffer.from(lines.join(''), 'latin1');
}

/** The value as one sign per byte of the message's character set. */
function signsOf({ text }: Place, value: string, isUtf8: boolean): string {
  if (['\r', '\n', '\u000b', '\u001c'].some((sign) => value.includes(sign)))
    throw new PlaceUnknown(`${text}: a value cannot hold line ends or frame signs`);
  if (isUtf8) return Buffer.from(value, 'utf8').toString('latin1');
  if (Array.from(value).some((sign) => (sign.codePointAt(0) ?? 0) > 0xff))
    throw new PlaceUnknown(`${text}: the value has signs that the message's character set does not have`);
  return value;
}

function lineOf(lines: readonly string[], { text, segment, occurrence }: Place): number {
  let seen = 0;
  const index = lines.findIndex((line) => {
    if (line.trimStart().slice(0, 3).toUpperCase() === segment) seen += 1;
    return seen === occurrence;
  });
  if (index < 0) throw new PlaceUnknown(`${text}: the message has ${seen} ${segment} segments`);
  return index;
}

function editLine(line: string, place: Place, value: string, separator: string, encoding: string): string {
  const end = /[\r\n]*$/.exec(line)?.[0] ?? '';
  const fields = line.slice(0, line.length - end.length).split(separator);
  const index = place.segment === 'MSH' ? place.field - 1 : place.field;
  while (fields.length <= index) fields.push('');
  const [component = '', repetition = '', , subcomponent = ''] = encoding;
  const levels: [number | undefined, string][] = [
    [place.repetition ?? (place.component === undefined ? undefined : 1), repetition],
    [place.component, component],
    [place.subcomponent, subcomponent],
  ];
  refuseSeparators(place, value, [separator, ...levels.flatMap(([at, sign]) => (at === undefined ? [] : [sign]))]);
  fields[index] = replaced(fields[index] ?? '', value, levels, place);
  return fields.join(separator) + end;
}

function replaced(
  text: string,
  value: string,
  [level, ...deeper]: readonly [number | undefined, string][],
  place: Place,
): string {
  if (level === undefined || level[0] === undefined) return value;
  const [at, sign] = level;
  if (sign === '') {
    if (at > 1) throw new PlaceUnknown(`${place.text}: the message declares no sign for that`);
    return replaced(text, value, deeper, place);
  }
  const parts = text.split(sign);
  while (parts.length < at) parts.push('');
  parts[at - 1] = replaced(parts[at - 1] ?? '', value, deeper, place);
  return parts.join(sign);
}

function refuseSeparators({ text }: Place, value: string, signs: readonly string[]): void {
  if (signs.some((sign) => sign !== '' && value.includes(sign)))
    throw new PlaceUnknown(
      `${text}: the value holds a separator that would cut it; write it as an escape (\\F\\, \\S\\, \\R\\, \\T\\)`,
    );
}
