/** Prescription numbers as they are compared (DOMAIN 12.15). */

/** Trimmed; all-digit numbers lose their leading zeros; '' and absent become null. */
export function comparableRxNumber(text: string | null): string | null {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return null;
  return /^\d+$/.test(trimmed) ? trimmed.replace(/^0+(?=\d)/, '') : trimmed;
}
