/** Names of people as they are compared (DOMAIN.md 12.21). The original text is kept beside the compared form. */

const SPELLED_OUT: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  Æ: 'ae',
  œ: 'oe',
  Œ: 'oe',
  ø: 'o',
  Ø: 'o',
  ł: 'l',
  Ł: 'l',
  đ: 'd',
  Đ: 'd',
  ð: 'd',
  Ð: 'd',
  þ: 'th',
  Þ: 'th',
  ı: 'i',
};
const SUFFIX = /[\s,.]+(JR|SR|II|III|IV|V)\.?\s*$/;

const letters = (text: string): string => text.replaceAll(/[^A-Z]/g, '');

const spell = (text: string): string =>
  text
    .replaceAll(/[ßæÆœŒøØłŁđĐðÐþÞı]/g, (letter) => SPELLED_OUT[letter] ?? letter)
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toUpperCase();

/** Family name: no marks, special letters spelled out, no trailing JR SR II III IV V unless nothing else is left, A-Z only. */
export function compareFamilyName(text: string): string {
  const spelled = spell(text);
  const withoutSuffix = letters(spelled.replace(SUFFIX, ''));
  return withoutSuffix === '' ? letters(spelled) : withoutSuffix;
}

/** Given name: the first given component as the standard sends it, A-Z only. */
export const compareGivenName = (text: string): string => letters(spell(text));
