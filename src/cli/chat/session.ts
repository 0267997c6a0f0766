import type { Answer, AnswerEnd } from '../../answers/answer.ts';
import type { AnswerOptions } from '../../answers/answer-options.ts';
import type { Answerer } from '../../answers/answerer.ts';
import type { PreparedSteering } from '../../answers/prepare-steering.ts';
import { nextSeed } from '../../math/next-seed.ts';
import type { ChatMessage } from '../../prompts/message-template.ts';
import type { AppliedSteering } from '../../steering/applied-steering.ts';
import type { SteeringValue } from '../../steering/steering-value.ts';
import type { ChatView } from './chat-view.ts';
import { fitsSideBySide, SideBySide } from './side-by-side.ts';

/** A message of a conversation, an answer with what was done to it. */
export interface Turn extends ChatMessage {
  applied_steering?: AppliedSteering;
  /** Why the answer ended. */
  finish?: AnswerEnd['reason'];
  /** The answer without steering, where both were asked for. */
  unsteered?: string;
}

/** What a chat begins with. */
export interface SessionOptions {
  answerer: Answerer;
  view: ChatView;
  /** System message; null for none. */
  system: string | null;
  /** The seed counts up by one with every answer. */
  sampling: Omit<AnswerOptions, 'steering'>;
  steering: SteeringValue;
}

/** A conversation with a steered model. */
export class ChatSession {
  readonly answerer: Answerer;
  readonly view: ChatView;
  readonly sampling: SessionOptions['sampling'];
  readonly turns: Turn[] = [];
  system: string | null;
  #steering: SteeringValue;
  #answers = 0;
  #running: Answer[] = [];

  constructor({ answerer, view, system, sampling, steering }: SessionOptions) {
    this.answerer = answerer;
    this.view = view;
    this.system = system;
    this.sampling = sampling;
    this.#steering = steering;
  }

  /** What steers the next answer. */
  get steering(): SteeringValue {
    return this.#steering;
  }

  /**
   * Steers the answers to come.
   *
   * @throws SteerbenchError where the value cannot be used; then nothing changes
   */
  async steer(value: SteeringValue): Promise<PreparedSteering> {
    const prepared = await this.answerer.steering(value);
    this.#steering = value;
    return prepared;
  }

  /** Ends the answers that are running; false where there are none. */
  cancel(): boolean {
    for (const answer of this.#running) answer.cancel();
    return this.#running.length > 0;
  }

  /** Answers a user's message; it and the answer become part of the conversation. */
  async ask(text: string): Promise<void> {
    const { view } = this;
    const answer = this.answerer.chat(this.#messages(text), this.#options(this.#steering));
    const turn = await this.#run([answer], async () => {
      const reply = await reading(answer, (piece) => view.answer(piece));
      view.answer('\n');
      return reply;
    });
    this.#keep(text, turn);
  }

  /**
   * Answers a user's message twice, without and with steering, in one batch. The steered answer becomes part of the
   * conversation.
   */
  async compare(text: string): Promise<void> {
    const messages = this.#messages(text);
    const plain = this.answerer.chat(messages, this.#options([]));
    const steered = this.answerer.chat(messages, this.#options(this.#steering));
    const columns = this.view.columns();
    const [other, turn] = await this.#run([plain, steered], () =>
      fitsSideBySide(columns) ? this.#inColumns(plain, steered, columns) : this.#inTurn(plain, steered),
    );
    this.#keep(text, { ...turn, unsteered: other.content });
  }

  /** Forgets the conversation. */
  reset(): void {
    this.turns.length = 0;
  }

  /**
   * Answers the last message again, as {@link compare}; the new answer takes the place of the old one, which stays where
   * it fails.
   *
   * @throws RangeError where there is no message; of the answers
   */
  async compareAgain(): Promise<void> {
    const last = this.turns.findLastIndex(({ role }) => role === 'user');
    if (last < 0) throw new RangeError('there is no message yet: /compare MESSAGE');
    const taken = this.turns.splice(last);
    try {
      await this.compare(taken[0]!.content);
    } catch (error) {
      this.turns.push(...taken);
      throw error;
    }
  }

  async #inColumns(plain: Answer, steered: Answer, columns: number): Promise<[Turn, Turn]> {
    // Rows are drawn, so they go past the filter for answers; the columns have their own.
    const pair = new SideBySide((text) => this.view.draw(text), columns, ['unsteered', 'steered']);
    try {
      return (await Promise.all(
        [plain, steered].map(async (answer, side) => {
          const turn = await reading(answer, (piece) => pair.push(side as 0 | 1, piece));
          pair.endSide(side as 0 | 1);
          return turn;
        }),
      )) as [Turn, Turn];
    } finally {
      pair.end();
    }
  }

  /** One below the other: the second waits, unseen, for the first. */
  async #inTurn(plain: Answer, steered: Answer): Promise<[Turn, Turn]> {
    const { view } = this;
    let waiting: string | null = '';
    const second = reading(steered, (piece) => {
      if (waiting === null) view.answer(piece);
      else waiting += piece;
    });
    second.catch(() => {});
    view.answer('unsteered: ');
    const first = await reading(plain, (piece) => view.answer(piece));
    view.answer(`\nsteered: ${waiting}`);
    waiting = null;
    const turn = await second;
    view.answer('\n');
    return [first, turn];
  }

  async #run<T>(answers: Answer[], read: () => Promise<T>): Promise<T> {
    this.#running = answers;
    try {
      return await read();
    } finally {
      for (const answer of answers) answer.cancel();
      this.#running = [];
    }
  }

  #keep(text: string, turn: Turn): void {
    this.#answers++;
    this.turns.push({ role: 'user', content: text }, turn);
    if (turn.finish === 'cancelled') this.view.note('(stopped)');
    if (turn.finish === 'max-tokens')
      this.view.note(`(cut at ${this.sampling.maxTokens} tokens: --max-tokens)`);
    if (turn.finish === 'context')
      this.view.note('(the context is full: /reset, or start with a larger --context)');
  }

  #messages(text: string): ChatMessage[] {
    const { system } = this;
    return [
      ...(system === null ? [] : [{ role: 'system' as const, content: system }]),
      ...this.turns.map(({ role, content }) => ({ role, content })),
      { role: 'user', content: text },
    ];
  }

  #options(steering: SteeringValue): AnswerOptions {
    return { ...this.sampling, seed: nextSeed(this.sampling.seed ?? 0, this.#answers), steering };
  }
}

/** Reads an answer to its end. */
async function reading(answer: Answer, onText: (piece: string) => void): Promise<Turn> {
  let content = '';
  for await (const event of answer) {
    if (event.kind === 'text') {
      content += event.text;
      onText(event.text);
    }
    if (event.kind === 'end') {
      const { appliedSteering, reason } = event;
      return { role: 'assistant', content, applied_steering: appliedSteering, finish: reason };
    }
  }
  throw new Error('the answer ended without an end');
}
