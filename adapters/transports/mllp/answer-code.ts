/** The two things a sender must find in HL7 bytes to know what became of its message: its own MSH-10, and MSA of the answer. */

const eachByteASign = new TextDecoder('windows-1252');

/** Fields of the first segment of that name; [] when there is none. Signs are bytes. */
function fieldsOf(message: Uint8Array, name: string): string[] {
  const text = eachByteASign.decode(message.subarray(0, 8_192));
  const line = text.split(/[\r\n]+/).find((segment) => segment.startsWith(name));
  return line === undefined ? [] : line.split(text.trimStart().charAt(3) || '|');
}

/** MSH-10 of a message; '' when it has none. */
export const controlIdOf = (message: Uint8Array): string => fieldsOf(message, 'MSH')[9]?.trim() ?? '';

/** False when MSH-15 and MSH-16 say that a message which is taken is not answered (NE, ER). */
export function expectsAnswer(message: Uint8Array): boolean {
  const fields = fieldsOf(message, 'MSH');
  const conditions = [fields[14], fields[15]].map((field) => field?.trim().toUpperCase() ?? '');
  return conditions.every((one) => one === '') || conditions.some((one) => one !== '' && one !== 'NE' && one !== 'ER');
}

/** What an answer says. */
export interface Acknowledgement {
  /** MSA-1: AA, AE, AR, CA, CE, CR; '' when the answer has no MSA. */
  code: string;
  /** MSA-2: control id of the message it answers. */
  controlId: string;
  /** What is wrong, in the receiver's words: MSA-3, else ERR-8, else ERR-3; '' when nothing is said. */
  text: string;
  /** The whole answer. */
  bytes: Uint8Array;
}

/** Reads an answer frame's content. */
export function readAcknowledgement(bytes: Uint8Array): Acknowledgement {
  const msa = fieldsOf(bytes, 'MSA');
  const err = fieldsOf(bytes, 'ERR');
  const text = [msa[3], err[8], err[3]].map((field) => field?.trim() ?? '').find((field) => field !== '') ?? '';
  return { code: msa[1]?.trim().toUpperCase() ?? '', controlId: msa[2]?.trim() ?? '', text, bytes };
}
