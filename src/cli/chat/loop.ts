import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { describeError } from '../report-error.ts';
import type { ChatSession } from './session.ts';

/** The two ends of a chat. */
export interface ChatTerminal {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream & { columns?: number };
  /** Whether a person sits at both: then lines can be edited, and Ctrl-C stops an answer. */
  interactive: boolean;
}

/** What the loop does with the lines it reads. */
export interface LoopHandlers {
  session: ChatSession;
  /** Runs a line that begins with a slash. */
  command: (line: string) => Promise<void>;
  /** Words that a line can go on with, for the Tab key; and the word that they complete. */
  complete: (line: string) => Promise<[string[], string]>;
}

const prompt = '> ';

/**
 * Reads lines and answers them, one after the other, until the input ends or `end` is called.
 *
 * On a terminal, what is typed during an answer is kept for the next line and not shown; Ctrl-C stops the answer, else
 * empties the line, and ends the chat at an empty one. An error is told, and the chat goes on.
 */
export class ChatLoop {
  readonly #terminal: ChatTerminal;
  readonly #handlers: LoopHandlers;
  readonly #echo: EchoedOutput;
  readonly #lines: string[] = [];
  readonly #interface: Interface;
  #begun = '';
  #working: Promise<void> | null = null;
  #ended = false;
  #finish: () => void = () => {};
  #failed = false;

  constructor(terminal: ChatTerminal, handlers: LoopHandlers) {
    this.#terminal = terminal;
    this.#handlers = handlers;
    this.#echo = new EchoedOutput(terminal.output);
    this.#interface = createInterface({
      input: terminal.input,
      ...(terminal.interactive ? { output: this.#echo as unknown as NodeJS.WritableStream } : {}),
      terminal: terminal.interactive,
      prompt,
      completer: (line: string, done: (error: null, found: [string[], string]) => void) => {
        handlers.complete(line).then(
          (found) => done(null, found),
          () => done(null, [[], line]),
        );
      },
    });
  }

  /**
   * Runs until the end.
   *
   * @returns whether a line failed
   */
  async run(): Promise<{ failed: boolean }> {
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve;
    });
    this.#interface.on('line', (line) => this.#take(line));
    this.#interface.on('SIGINT', () => this.#interrupt());
    this.#interface.on('close', () => {
      this.#ended = true;
      if (this.#working === null) this.#finish();
    });
    this.#ask();
    await finished;
    return { failed: this.#failed };
  }

  /** Ends after the line that is being answered. */
  end(): void {
    this.#lines.length = 0;
    this.#interface.close();
  }

  #ask(): void {
    if (!this.#terminal.interactive || this.#ended) return;
    this.#echo.muted = false;
    this.#interface.setPrompt(this.#begun === '' ? prompt : '… ');
    // What was typed meanwhile stands in the line, cursor and all.
    this.#interface.prompt(true);
  }

  #take(line: string): void {
    if (line.endsWith('\\')) {
      this.#begun += `${line.slice(0, -1)}\n`;
      if (this.#working === null) this.#ask();
      return;
    }
    const whole = this.#begun + line;
    this.#begun = '';
    if (whole.trim() === '') {
      if (this.#working === null) this.#ask();
      return;
    }
    this.#lines.push(whole);
    this.#working ??= this.#work();
  }

  async #work(): Promise<void> {
    // Only what Enter has written may be seen of the line.
    this.#echo.muted = true;
    for (let line = this.#lines.shift(); line !== undefined; line = this.#lines.shift())
      await this.#answer(line);
    this.#working = null;
    if (this.#ended) this.#finish();
    else this.#ask();
  }

  async #answer(line: string): Promise<void> {
    const { session, command } = this.#handlers;
    try {
      if (/^\/[a-z]/.test(line)) await command(line);
      else await session.ask(line);
    } catch (error) {
      this.#failed = true;
      session.view.note(describeError(error, { verbose: false, json: false }).text.trimEnd());
    }
  }

  #interrupt(): void {
    if (this.#working !== null) {
      this.#lines.length = 0;
      this.#handlers.session.cancel();
      return;
    }
    if (this.#interface.line === '' && this.#begun === '') {
      this.#echo.write('\n');
      this.#interface.close();
      return;
    }
    this.#begun = '';
    this.#interface.write(null, { ctrl: true, name: 'e' });
    this.#interface.write(null, { ctrl: true, name: 'u' });
    this.#echo.write('\n');
    this.#ask();
  }
}

/** What readline writes: the line that is edited. It is not shown during an answer. */
class EchoedOutput extends Writable {
  muted = false;
  readonly #output: ChatTerminal['output'];

  constructor(output: ChatTerminal['output']) {
    super({
      write: (chunk, _encoding, done) => {
        if (!this.muted) output.write(chunk);
        done();
      },
    });
    this.#output = output;
    output.on('resize', () => this.emit('resize'));
  }

  get columns(): number {
    return this.#output.columns ?? 80;
  }
}
