/** National Provider Identifiers: ten digits whose last is the Luhn check digit of `80840` + the first nine. */

/** True when the text is a Luhn-valid NPI. */
export function isNpi(text: string): boolean {
  if (!/^\d{10}$/.test(text)) return false;
  // 24 is the Luhn sum of the constant prefix 80840.
  let sum = 24;
  for (let index = 0; index < 10; index += 1) {
    const digit = Number(text[9 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** The valid NPI that begins with these nine digits; simulators and tests make their people with it. */
export function npiFrom(nineDigits: string): string {
  for (let check = 0; check < 10; check += 1) if (isNpi(nineDigits + String(check))) return nineDigits + String(check);
  throw new Error('an NPI needs nine digits');
}
