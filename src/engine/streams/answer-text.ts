/** What may be shown of an answer after another token. */
export interface Released {
  text: string;
  /** The stop text that was met: the answer ends before it. */
  stop: string | null;
}

/**
 * The text of an answer as its tokens come, in whole characters and never beyond a stop text.
 *
 * Bytes that do not make up a character yet are held back, and so is a tail that may be the beginning of a stop text.
 * Bytes that can never make up one become U+FFFD.
 *
 * @example
 * const text = new AnswerText(['END']);
 * text.push(new TextEncoder().encode('to the E')); // { text: 'to the ', stop: null }
 * text.push(new TextEncoder().encode('NDs')); // { text: '', stop: 'END' }
 */
export class AnswerText {
  readonly #stops: string[];
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #held = '';

  /** Throws RangeError for an empty stop text. */
  constructor(stops: string[]) {
    if (stops.includes('')) throw new RangeError('a stop text is empty');
    this.#stops = stops;
  }

  /** Takes the bytes of one more token. */
  push(bytes: Uint8Array): Released {
    this.#held += this.#decoder.decode(bytes, { stream: true });
    const met = this.#firstStop();
    if (met !== null) {
      const text = this.#held.slice(0, met.place);
      this.#held = '';
      return { text, stop: met.stop };
    }
    const keep = this.#possibleStart();
    const text = this.#held.slice(0, this.#held.length - keep);
    this.#held = this.#held.slice(this.#held.length - keep);
    return { text, stop: null };
  }

  /** What was held back, once no token follows. */
  end(): string {
    const text = this.#held + this.#decoder.decode();
    this.#held = '';
    return text;
  }

  /** The stop text that begins first; of two that begin together, the one that stands first in the list. */
  #firstStop(): { place: number; stop: string } | null {
    let first: { place: number; stop: string } | null = null;
    for (const stop of this.#stops) {
      const place = this.#held.indexOf(stop);
      if (place >= 0 && (first === null || place < first.place)) first = { place, stop };
    }
    return first;
  }

  /** Length of the longest tail that begins a stop text. */
  #possibleStart(): number {
    let longest = 0;
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length - 1, this.#held.length); length > longest; length--) {
        if (this.#held.endsWith(stop.slice(0, length))) longest = length;
      }
    }
    return longest;
  }
}
