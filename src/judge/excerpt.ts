const longest = 120;

/** A foreign text for a sentence of ours: one line, no control characters, at most 120 characters. */
export function excerpt(text: string): string {
  const line = text.replace(/[\s\p{C}]+/gu, ' ').trim();
  const characters = [...line];
  return characters.length <= longest ? line : `${characters.slice(0, longest - 1).join('')}…`;
}
