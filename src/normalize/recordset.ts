/** Rows as one JSON parameter for `json_to_recordset($n::text::json)`: a whole batch is one statement. */

/** PostgreSQL stores neither NUL nor half a surrogate pair; both occur in broken payloads and become U+FFFD. */
export const storable = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed();

/** The JSON text of rows whose texts can be stored. */
export function recordset(rows: readonly unknown[]): string {
  const text = JSON.stringify(rows);
  // What cannot be stored is written as an escape of its code: without one, no text needs to be looked at.
  if (!text.includes('\\u')) return text;
  return JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'string' ? storable(value) : value));
}

/** Splits rows into pieces of a size that one statement handles well. */
export function chunks<T>(rows: readonly T[], size: number): T[][] {
  const pieces: T[][] = [];
  for (let start = 0; start < rows.length; start += size) pieces.push(rows.slice(start, start + size));
  return pieces;
}
