/** Exact quantities: billing units have three decimals, so they are whole thousandths here (a JavaScript integer, never a fraction). */

/** `"30.5"` -> 30500. @throws when the text is no decimal with at most three decimals. */
export function toThousandths(text: string): number {
  const match = /^(-?)(\d+)(?:\.(\d{1,3})0*)?$/.exec(text);
  if (!match) throw new Error('a quantity is a decimal with at most three decimals');
  const [, sign, whole = '0', fraction = ''] = match;
  const value = Number(whole) * 1000 + Number(fraction.padEnd(3, '0'));
  return sign === '-' ? -value : value;
}

/** 30500 -> `"30.500"`. */
export function fromThousandths(value: number): string {
  const absolute = Math.abs(value);
  return `${value < 0 ? '-' : ''}${Math.floor(absolute / 1000)}.${String(absolute % 1000).padStart(3, '0')}`;
}
