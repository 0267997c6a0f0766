import { characterWidth, textWidth } from './text-width.ts';

/**
 * A text that comes in pieces, broken into rows of a width: at spaces, or within a word that is longer than a row.
 *
 * @example
 * const rows = new WrappedRows(8);
 * rows.push('a longer text');
 * rows.whole; // ['a longer']
 * rows.open; // 'text'
 */
export class WrappedRows {
  /** Rows that nothing changes any more. */
  readonly whole: string[] = [];
  /** The row that is being written. */
  open = '';
  readonly #width: number;

  constructor(width: number) {
    this.#width = width;
  }

  /** Takes the next piece of text. */
  push(text: string): void {
    for (const character of text.replaceAll('\t', '  ').replaceAll('\r', '')) {
      if (character === '\n') this.#close(this.open, '');
      else this.#add(character);
    }
  }

  /** Closes the last row. */
  end(): void {
    if (this.open !== '') this.#close(this.open, '');
  }

  #add(character: string): void {
    if (textWidth(this.open) + characterWidth(character) <= this.#width) {
      this.open += character;
      return;
    }
    // A space that does not fit any more is the break itself.
    if (character === ' ') {
      this.#close(this.open, '');
      return;
    }
    const space = this.open.lastIndexOf(' ');
    if (space <= 0) this.#close(this.open, character);
    else this.#close(this.open.slice(0, space), this.open.slice(space + 1) + character);
  }

  #close(row: string, next: string): void {
    this.whole.push(row);
    this.open = next;
  }
}
