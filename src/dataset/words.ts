/**
 * The words of a text in lower case: runs of letters, digits and apostrophes.
 *
 * @example
 * wordsOf("It's 7 o'clock."); // ["it's", '7', "o'clock"]
 */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*/gu) ?? [];
}

/** Mean number of words and of characters (UTF-16 units) of some texts; 0 for none. */
export function meanLengths(texts: readonly string[]): { words: number; characters: number } {
  const mean = (length: (text: string) => number) =>
    texts.length === 0 ? 0 : texts.reduce((sum, text) => sum + length(text), 0) / texts.length;
  return { words: mean((text) => wordsOf(text).length), characters: mean((text) => text.length) };
}
