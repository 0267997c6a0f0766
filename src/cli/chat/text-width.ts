/** Characters that terminals give two columns: East Asian wide and fullwidth ones, and emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Characters that take none: they join with the one before. */
const none = /^(?:\p{Mn}|\p{Me}|\p{Cf})$/u;

/**
 * Columns that a character takes on a terminal.
 *
 * @param character One code point.
 * @example
 * characterWidth('界'); // 2
 */
export function characterWidth(character: string): number {
  if (none.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** Columns that a text takes on a terminal, without line ends. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}
