/** How the bytes of a file become text when nothing in the file says it: UTF-8, else windows-1252. Shared by the file formats. */

const utf8 = new TextDecoder('utf-8', { fatal: true });
const windows1252 = new TextDecoder('windows-1252');

/**
 * Text of a whole file, without a byte order mark. Bytes that are not UTF-8 are read as windows-1252 (older FDA files,
 * spreadsheets saved on Windows). NUL becomes U+FFFD: PostgreSQL's text cannot hold it, and the damage stays visible.
 */
export function decodeText(bytes: Uint8Array): string {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    text = windows1252.decode(bytes);
  }
  return text.includes('\u0000') ? text.replaceAll('\u0000', '\uFFFD') : text;
}
