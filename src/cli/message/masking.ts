/** What may be printed of a message: its shape, unless somebody asks for patients' data. Letters and digits lose their meaning. */

/** Every letter an x, every digit a 9; separators stay, so that a wrong date or a missing component still shows. */
export const shapeOf = (text: string): string => text.replaceAll(/\p{L}/gu, 'x').replaceAll(/\p{N}/gu, '9');

/** The text itself where it may be shown, its shape elsewhere. */
export const shown = (text: string, harmless: boolean, showPhi: boolean): string =>
  harmless || showPhi ? text : shapeOf(text);
