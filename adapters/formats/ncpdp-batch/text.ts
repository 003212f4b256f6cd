/** D.0 is ASCII; names beyond it come as UTF-8 or windows-1252, each transmission by itself. */

const utf8 = new TextDecoder('utf-8', { fatal: true });
const windows1252 = new TextDecoder('windows-1252');
const BEYOND_ASCII = /[\u0080-\u00FF]/;

/** The text of a record that was cut out of the file with one character for each byte. */
export function decodeRecord(bytes: string): string {
  if (!BEYOND_ASCII.test(bytes)) return bytes;
  const sent = Buffer.from(bytes, 'latin1');
  try {
    return utf8.decode(sent);
  } catch {
    return windows1252.decode(sent);
  }
}
