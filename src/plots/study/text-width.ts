/** Widths of characters in a wide sans serif, as shares of the font size. */
const widths: [RegExp, number][] = [
  [/[iljI.,:;'|! \u00a0]/, 0.34],
  [/[frt()[\]/\\"-]/, 0.43],
  [/[mwMW@%<>=+~#&→]/, 0.92],
  [/[A-Z0-9]/, 0.68],
  [/[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uff60]|\p{Extended_Pictographic}/u, 1.05],
];

/** How much wider bold letters are. */
export const boldWidth = 1.14;

/** Estimated width of a line of text in CSS pixels, on the wide side for most system fonts. */
export function textWidth(text: string, fontSize = 12): number {
  let width = 0;
  for (const character of text) {
    width += widths.find(([pattern]) => pattern.test(character))?.[1] ?? 0.6;
  }
  return width * fontSize;
}

/**
 * A text cut to fit `pixels`, with an ellipsis at the end.
 *
 * @example
 * shorten('willingness-to-use-physical-force', 100); // 'willingness-to-…'
 */
export function shorten(text: string, pixels: number, fontSize = 12): string {
  if (textWidth(text, fontSize) <= pixels) return text;
  const characters = Array.from(text);
  while (characters.length > 1 && textWidth(`${characters.join('')}…`, fontSize) > pixels) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/** The same for bold text, whose letters are wider. */
export function shortenBold(text: string, pixels: number, fontSize = 12): string {
  return shorten(text, pixels / boldWidth, fontSize);
}

/** Texts cut to fit, each still different from the others: those that would become equal lose their middle instead. */
export function shortenAll(texts: string[], pixels: number, fontSize = 12): string[] {
  const cut = texts.map((text) => shorten(text, pixels, fontSize));
  return cut.map((text, k) => {
    const clashes = cut.some((other, j) => j !== k && other === text && texts[j] !== texts[k]);
    return clashes ? withoutMiddle(texts[k]!, pixels, fontSize) : text;
  });
}

/** A text broken into lines that fit `pixels`: at spaces that may break, else behind hyphens, else anywhere. */
export function wrapText(text: string, pixels: number, fontSize = 12): string[] {
  const fits = (line: string) => textWidth(line, fontSize) <= pixels;
  const lines: string[] = [];
  let line = '';
  const add = (part: string, joint: string) => {
    const longer = line === '' ? part : `${line}${joint}${part}`;
    if (line !== '' && !fits(longer)) {
      lines.push(line);
      line = part;
    } else {
      line = longer;
    }
  };
  for (const word of text.split(/[ \t\r\n]+/).filter((each) => each !== '')) {
    const parts = fits(word) ? [word] : word.split(/(?<=-)/);
    for (const [k, part] of parts.entries()) {
      const pieces = fits(part) ? [part] : Array.from(part);
      for (const [j, piece] of pieces.entries()) add(piece, k + j === 0 ? ' ' : '');
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

function withoutMiddle(text: string, pixels: number, fontSize: number): string {
  const characters = Array.from(text);
  let kept = characters.length - 1;
  const cut = () =>
    `${characters.slice(0, Math.ceil(kept / 2)).join('')}…${characters.slice(characters.length - Math.floor(kept / 2)).join('')}`;
  while (kept > 2 && textWidth(cut(), fontSize) > pixels) kept--;
  return cut();
}
