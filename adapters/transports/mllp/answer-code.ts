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

/** What an answer says. */
export interface Acknowledgement {
  /** MSA-1: AA, AE, AR, CA, CE, CR; '' when the answer has no MSA. */
  code: string;
  /** MSA-2: control id of the message it answers. */
  controlId: string;
  /** The whole answer. */
  bytes: Uint8Array;
}

/** Reads an answer frame's content. */
export function readAcknowledgement(bytes: Uint8Array): Acknowledgement {
  const msa = fieldsOf(bytes, 'MSA');
  return { code: msa[1]?.trim().toUpperCase() ?? '', controlId: msa[2]?.trim() ?? '', bytes };
}
