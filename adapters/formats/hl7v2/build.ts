/**
 * The way back: a message as a tree of decoded texts, and a tree as the text of a message. What is parsed, built and parsed
 * again is the same tree, whatever the delimiters and whatever the values hold.
 */
import type { Delimiters, Message, Segment } from './split.ts';

/** A subcomponent's text as the sender meant it; null = `""`, the value is deleted. */
export type Text = string | null;

/** Repetitions of a field, each of components of subcomponents. */
export type FieldTree = Text[][][];

/** One segment: its name and its fields, the first of them (not counting MSH-1 and MSH-2) at index 0. */
export interface SegmentTree {
  name: string;
  fields: FieldTree[];
}

/** A whole message; the first segment is its MSH from MSH-3 on. */
export interface MessageTree {
  delimiters: Delimiters;
  segments: SegmentTree[];
}

const split = (text: string, separator: string): string[] => (separator === '' ? [text] : text.split(separator));

function fieldTree(raw: string, message: Message): FieldTree {
  const { repetition, component, subcomponent } = message.delimiters;
  return split(raw, repetition).map((one) =>
    split(one, component).map((part) =>
      split(part, subcomponent).map((text) => (text === '""' ? null : message.decode(text))),
    ),
  );
}

function segmentTree(segment: Segment, message: Message): SegmentTree {
  const skipped = segment.name === 'MSH' ? 3 : 1;
  const fields = Array.from({ length: Math.max(0, segment.size - skipped) }, (_, index) =>
    fieldTree(segment.field(index + skipped), message),
  );
  return { name: segment.name, fields };
}

/** A parsed message as a tree. */
export const treeOf = (message: Message): MessageTree => ({
  delimiters: message.delimiters,
  segments: message.segments.map((segment) => segmentTree(segment, message)),
});

/** Writes a text so that it separates nothing, ends no segment and deletes nothing. */
function escaped(text: Text, { field, component, repetition, escape, subcomponent }: Delimiters): string {
  if (text === null) return '""';
  if (escape === '') return text;
  const as = (meaning: string): string => `${escape}${meaning}${escape}`;
  if (text === '""') return as('X2222');
  const meanings = new Map([
    [subcomponent, 'T'],
    [repetition, 'R'],
    [component, 'S'],
    [escape, 'E'],
    [field, 'F'],
    ['\n', '.br'],
    ['\r', 'X0D'],
    // Signs that end a frame, and so a message.
    ['\u000B', 'X0B'],
    ['\u001C', 'X1C'],
  ]);
  meanings.delete('');
  let written = '';
  for (const sign of text) {
    const meaning = meanings.get(sign);
    written += meaning === undefined ? sign : as(meaning);
  }
  return written;
}

/** The text of a message, segments ended by CR. */
export function buildMessage({ delimiters, segments }: MessageTree): string {
  const { field, component, repetition, escape, subcomponent, truncation } = delimiters;
  const write = (tree: FieldTree): string =>
    tree
      .map((one) => one.map((part) => part.map((text) => escaped(text, delimiters)).join(subcomponent)).join(component))
      .join(repetition);
  const lines = segments.map(({ name, fields }) => {
    const head = name === 'MSH' ? `MSH${field}${component}${repetition}${escape}${subcomponent}${truncation}` : name;
    return [head, ...fields.map(write)].join(field);
  });
  return `${lines.join('\r')}\r`;
}
