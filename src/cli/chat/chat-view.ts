/** Where a chat is shown: a terminal, or a pipe. */
export interface ChatView {
  /** Text of an answer, as it comes. */
  answer(text: string): void;
  /** Text for a terminal as it is, cursor movements among it. */
  draw(text: string): void;
  /** A line for people: what a command says, what went wrong. */
  note(text: string): void;
  /** Columns of the terminal; null for a pipe, where nothing is drawn side by side. */
  columns(): number | null;
}

/**
 * A view on two streams: answers on the first; notes on the second, which is the first on a terminal.
 *
 * On a terminal, control characters of an answer are shown as U+FFFD: a model must not move the cursor, or change the
 * title of the window.
 */
export function chatView(
  output: { write(text: string): unknown; columns?: number },
  notes: { write(text: string): unknown },
  terminal: boolean,
): ChatView {
  return {
    answer: (text) => output.write(terminal ? shown(text) : text),
    draw: (text) => output.write(text),
    note: (text) => notes.write(`${terminal ? shown(text) : text}\n`),
    columns: () => (terminal ? (output.columns ?? 80) : null),
  };
}

/** A text without control characters, but for line ends and tabs. */
export function shown(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
}
