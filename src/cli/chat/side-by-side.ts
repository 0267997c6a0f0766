import { shown } from './chat-view.ts';
import { textWidth } from './text-width.ts';
import { WrappedRows } from './wrapped-rows.ts';

const separator = ' │ ';
/** Narrower columns cannot be read. */
const leastColumns = 20;

/** Whether two texts find room beside each other. */
export function fitsSideBySide(columns: number | null): columns is number {
  return columns !== null && columns >= 2 * leastColumns + separator.length + 1;
}

/**
 * Two texts in two columns while both are being written.
 *
 * A row is finished when both sides are past it, or have ended; only the last row is drawn again, so nothing scrolls and
 * what is above stays where it is.
 *
 * @example
 * const pair = new SideBySide((text) => process.stdout.write(text), 80, ['unsteered', 'steered']);
 * pair.push(0, 'It was fine.');
 * pair.push(1, 'It was wonderful!');
 * pair.end();
 */
export class SideBySide {
  readonly #write: (text: string) => void;
  readonly #width: number;
  readonly #sides: [WrappedRows, WrappedRows];
  readonly #ended = [false, false];
  #drawn = 0;

  constructor(write: (text: string) => void, columns: number, titles: [string, string]) {
    this.#write = write;
    // The last column stays free: a terminal breaks the line behind it.
    this.#width = Math.floor((columns - 1 - separator.length) / 2);
    this.#sides = [new WrappedRows(this.#width), new WrappedRows(this.#width)];
    this.#write(`${this.#row(titles[0], titles[1])}\n`);
    this.#write(`${'─'.repeat(this.#width + 1)}┼${'─'.repeat(this.#width + 1)}\n`);
  }

  /** Takes the next piece of one side's text. */
  push(side: 0 | 1, text: string): void {
    this.#sides[side].push(shown(text));
    this.#draw();
  }

  /** One side is finished. */
  endSide(side: 0 | 1): void {
    this.#sides[side].end();
    this.#ended[side] = true;
    this.#draw();
  }

  /** Both are; the line after the columns begins. */
  end(): void {
    this.endSide(0);
    this.endSide(1);
  }

  #draw(): void {
    const [left, right] = this.#sides;
    while (this.#past(0) && this.#past(1)) {
      if (
        this.#ended[0] &&
        this.#ended[1] &&
        this.#drawn >= Math.max(left.whole.length, right.whole.length)
      ) {
        return;
      }
      this.#write(`\r\u001b[K${this.#row(this.#at(0), this.#at(1))}\n`);
      this.#drawn++;
    }
    this.#write(`\r\u001b[K${this.#row(this.#at(0), this.#at(1))}`);
  }

  #past(side: 0 | 1): boolean {
    return this.#ended[side]! || this.#sides[side].whole.length > this.#drawn;
  }

  #at(side: 0 | 1): string {
    const { whole, open } = this.#sides[side];
    return whole[this.#drawn] ?? (whole.length === this.#drawn ? open : '');
  }

  #row(left: string, right: string): string {
    return `${left}${' '.repeat(Math.max(0, this.#width - textWidth(left)))}${separator}${right}`;
  }
}
