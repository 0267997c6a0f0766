/** Widths of characters in a wide sans serif, as shares of the font size. */
const widths: [RegExp, number][] = [
  [/[iljI.,:;'|! ]/, 0.34],
  [/[frt()[\]/\\"-]/, 0.43],
  [/[mwMW@%]/, 0.92],
  [/[A-Z0-9]/, 0.68],
  [/[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uff60]|\p{Extended_Pictographic}/u, 1.05],
];

/** Estimated width of a line of text in CSS pixels, on the wide side for most system fonts. */
export function textWidth(text: string, fontSize = 12): number {
  let width = 0;
  for (const character of text) {
    width += widths.find(([pattern]) => pattern.test(character))?.[1] ?? 0.6;
  }
  return width * fontSize;
}

/** A text as one line for a picture: control characters, line ends and halves of surrogate pairs cannot break it. */
export function oneLine(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/[ \p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
}

/**
 * A text as one line, cut to fit `pixels`, with an ellipsis at the end.
 *
 * @example
 * shorten('willingness-to-use-physical-force', 100); // 'willingness-to-…'
 */
export function shorten(text: string, pixels: number, fontSize = 12): string {
  const line = oneLine(text);
  if (textWidth(line, fontSize) <= pixels) return line;
  const characters = Array.from(line);
  while (characters.length > 1 && textWidth(`${characters.join('')}…`, fontSize) > pixels) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}
