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

/** Texts cut to fit, each still different from the others: those that would become equal lose their middle instead. */
export function shortenAll(texts: string[], pixels: number, fontSize = 12): string[] {
  const cut = texts.map((text) => shorten(text, pixels, fontSize));
  return cut.map((text, k) => {
    const clashes = cut.some((other, j) => j !== k && other === text && texts[j] !== texts[k]);
    return clashes ? withoutMiddle(texts[k]!, pixels, fontSize) : text;
  });
}

/** A text broken into lines that fit `pixels`; not at spaces that do not break, but within words that are too long. */
export function wrapText(text: string, pixels: number, fontSize = 12): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/[ \t\r\n]+/).filter((each) => each !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (textWidth(longer, fontSize) <= pixels) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (textWidth(line, fontSize) > pixels) {
      let head = '';
      for (const character of line) {
        if (textWidth(head + character, fontSize) > pixels && head !== '') break;
        head += character;
      }
      if (head.length >= line.length) break;
      lines.push(head);
      line = line.slice(head.length);
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
