/** Values as the text of COPY: columns apart by tabs, lines by line feeds. */

/** A value that is absent. */
export const NULL = '\\N';
const SPECIAL = /[\\\t\n\r\0]/;
const SPECIALS = /[\\\t\n\r\0]/g;
const ESCAPED: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\uFFFD' };

/** PostgreSQL stores no NUL; half a surrogate pair becomes U+FFFD where the text is encoded. */
export const copyText = (value: string): string =>
  SPECIAL.test(value) ? value.replaceAll(SPECIALS, (sign) => ESCAPED[sign] ?? sign) : value;

/** Any value of a column: text, number, truth, list of texts, nothing. */
export function copyValue(value: unknown): string {
  if (typeof value === 'string') return copyText(value);
  if (value === null || value === undefined) return NULL;
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (Array.isArray(value))
    return copyText(`{${value.map((item) => `"${String(item).replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`);
  return String(Number(value));
}
