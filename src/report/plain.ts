import { visibleControls } from './html.ts';

/** Text for a terminal: one line, control characters visible, so that data cannot move the cursor or set colours. */
export function plainLine(text: string): string {
  return visibleControls(text).replace(/\s+/g, ' ').trim();
}

/** Text for Markdown: one line, every character that could become markup escaped. */
export function markdownLine(text: string): string {
  return plainLine(text).replace(/[\\`*_[\]<>|#~!&]/g, (character) => `\\${character}`);
}
