/**
 * The application answer to master files (MFN): MFK tells of each entry whether it was taken, where the sender asks for that
 * (MFI-6 AL, ER or SU). It says what reading the message says, which is the same whenever it is read; it is made after the
 * message was stored. What the entries say is written by the stages.
 */
import { masterEvent, type MasterOptions, readEntries } from './master.ts';
import { readUnits } from './parse.ts';
import { Values } from './values.ts';

/** How a feed reads master files. */
export interface MasterReading {
  options: MasterOptions;
  /** IANA zone of times without an offset. */
  zone: string;
}

/** The part of an MFK behind its header. */
export interface MasterAnswer {
  /** False = at least one entry was not taken. */
  complete: boolean;
  /** How many were not. */
  missing: number;
  /** MFI as it came, and an MFA for each entry that the sender wants to hear of; signs are bytes. */
  segments: string[];
}

const bytesAsSigns = (frame: Uint8Array): string =>
  Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('latin1');

/** Words for a sender: no sign that could be one of its delimiters. */
const plain = (text: string): string => text.replaceAll(/[^A-Za-z0-9 ]+/g, ' ').trim();

/**
 * Undefined when the sender wants no answer about entries, or when the frame is no single MFN.
 * @param at when the entries were taken, as HL7 writes it.
 */
export function masterAnswer(
  frame: Uint8Array,
  { options, zone }: MasterReading,
  at: string,
): MasterAnswer | undefined {
  const [unit, more] = readUnits(frame);
  const message = unit?.message;
  const mfi = message?.first('MFI');
  const level = mfi?.text(6).toUpperCase() ?? '';
  if (message === undefined || more !== undefined || !['AL', 'ER', 'SU'].includes(level)) return undefined;
  const event = masterEvent(message);
  if (event === '') return undefined;
  const { entries } = readEntries(message, event, options, new Values(zone, []));
  const { field, component } = message.delimiters;
  const lines = bytesAsSigns(frame)
    .split(/[\r\n]+/)
    .map((line) => line.trimStart());
  const named = (name: string): string[] =>
    lines.filter((line) => line.slice(0, 3).toUpperCase() === name && [field, ''].includes(line.charAt(3)));
  const sent = named('MFE').map((line) => line.split(field));
  const answers = entries.flatMap(({ record, reason }, index) => {
    const taken = record !== undefined;
    if (level === (taken ? 'ER' : 'SU')) return [];
    const [, event1 = '', id = '', , key = '', keyType = ''] = sent[index] ?? [];
    const code = taken ? ['S', 'Successful posting', 'HL70181'] : ['U', plain(reason), 'HL70181'];
    return [['MFA', event1, id, at, component === '' ? code[0] : code.join(component), key, keyType].join(field)];
  });
  return {
    complete: entries.length > 0 && entries.every(({ record }) => record !== undefined),
    missing: entries.filter(({ record }) => record === undefined).length,
    segments: [named('MFI')[0] ?? '', ...answers],
  };
}
