import { SteerbenchError } from '../../errors.ts';
import type { Answer } from './answer.ts';
import type { Lane, LaneBlock } from './lane.ts';
import { type CacheKeys, type Slot, sharedPrefix } from './slot-table.ts';
import { planPromptPiece, planRuns } from './step-plan.ts';

/** How a lane's steps are cut. */
export interface SchedulerOptions {
  /** Rows of a prompt in one step while no answer is running. */
  promptRows: number;
  /** The same while answers are running: what they wait for between two tokens. */
  promptRowsBeside: number;
}

/** Steps for which a free slot between busy ones is filled up, before an answer is moved into it. */
const patience = 8;

/**
 * Continuous batching: answers join and leave between steps.
 *
 * A step computes one piece of prompt, of the answer that has waited longest and of its neighbours, and then one row for
 * each running answer. What an answer comes to does not depend on the others (see {@link Lane}).
 */
export class Scheduler {
  readonly #lane: Lane;
  readonly #options: SchedulerOptions;
  /** Waiting, the first come first. */
  readonly #queue: Answer[] = [];
  /** In a slot, the first admitted first. */
  readonly #running: Answer[] = [];
  #stepsWithGap = 0;

  constructor(lane: Lane, options: SchedulerOptions) {
    this.#lane = lane;
    this.#options = options;
  }

  /** Answers that wait or run. */
  get load(): { waiting: number; running: number } {
    return { waiting: this.#queue.length, running: this.#running.length };
  }

  /** Lets an answer join. */
  add(answer: Answer): void {
    this.#queue.push(answer);
  }

  /** Does one step; false where there was nothing to do. */
  step(): boolean {
    this.#dropCancelled();
    this.#admit();
    if (this.#running.length === 0) return false;
    try {
      this.#computePrompts();
      this.#computeAnswers();
    } catch (error) {
      this.#failAll(error);
    }
    this.#release();
    return true;
  }

  /** Ends every answer with an error. */
  failAll(error: unknown): void {
    this.#failAll(error);
    for (const answer of this.#queue) answer.fail(error);
    this.#release();
    this.#drop(this.#queue);
  }

  #dropCancelled(): void {
    for (const answer of [...this.#queue, ...this.#running]) if (answer.cancelled) answer.end('cancelled');
    this.#release();
    this.#drop(this.#queue);
  }

  /** Frees the slots of answers that have ended. */
  #release(): void {
    for (const answer of this.#running) if (answer.ended && answer.slot !== null) answer.slot.busy = false;
    this.#drop(this.#running);
  }

  #drop(answers: Answer[]): void {
    for (let i = answers.length - 1; i >= 0; i--) {
      if (!answers[i]!.ended) continue;
      answers[i]!.sampler.dispose();
      answers.splice(i, 1);
    }
  }

  #admit(): void {
    for (let i = 0; i < this.#queue.length; ) {
      const answer = this.#queue[i]!;
      const keys: CacheKeys = { tokens: answer.prompt, keyAt: (row) => answer.steering.keyAt(row) };
      const limit =
        this.#lane.shares && !answer.scoresPrompt
          ? Math.max(0, answer.prompt.length - this.#lane.leastPiece)
          : 0;
      const placement = this.#lane.table.place(keys, limit);
      if (placement === null) return;
      if (this.#waitsForPrefix(keys, limit, placement.shared)) {
        i++;
        continue;
      }
      this.#queue.splice(i, 1);
      const { target, source, shared } = placement;
      this.#lane.prepare(target, source, shared);
      target.busy = true;
      answer.slot = target;
      answer.cachedTokens = shared;
      answer.steering.countReused(shared, this.#lane.lastBlock);
      this.#running.push(answer);
    }
  }

  /** Whether another answer is about to compute more of this prompt than the cache has. */
  #waitsForPrefix(keys: CacheKeys, limit: number, available: number): boolean {
    return this.#running.some(
      (other) =>
        other.pending === null &&
        !other.ended &&
        this.#lane.table.worthWaiting(sharedPrefix(other.planned, keys, limit), available),
    );
  }

  #computePrompts(): void {
    const prompts = this.#running.filter(({ pending }) => pending === null);
    if (prompts.length === 0) return;
    const { promptRows, promptRowsBeside } = this.#options;
    const { slots, rowsEach } = planPromptPiece(
      prompts.map((answer) => ({ slot: answer.slot!.index, left: answer.promptLeft })),
      prompts.length < this.#running.length ? promptRowsBeside : promptRows,
      this.#lane.leastPiece,
    );
    const group = slots.map((index) => prompts.find(({ slot }) => slot!.index === index)!);
    const begins = group.map(({ slot }) => slot!.tokens.length);
    const rows = this.#lane.decode(group.map((answer) => this.#promptBlock(answer, rowsEach)));
    group.forEach((answer, place) => {
      if (answer.scoresPrompt) answer.scorePrompt(this.#lane.context, rows[place]!, begins[place]!, rowsEach);
      if (answer.promptLeft > 0) return;
      answer.promptDone();
      if (!answer.ended) this.#advance(answer, rows[place]! + rowsEach - 1);
    });
  }

  #promptBlock(answer: Answer, rows: number): LaneBlock {
    const slot = answer.slot!;
    const begin = slot.tokens.length;
    const last = rows === answer.promptLeft;
    // As many logits as rows of a step: their matrix product, too, must use the kernel for several.
    const outputs = answer.scoresPrompt ? rows : last ? Math.min(rows, this.#lane.leastRows) : 0;
    return {
      slot,
      tokens: Array.from(answer.prompt.subarray(begin, begin + rows)),
      firstOutput: rows - outputs,
      steering: answer.steering,
      lastPromptRow: answer.prompt.length - 1,
      answering: false,
    };
  }

  #computeAnswers(): void {
    const answers = this.#running.filter(({ pending, ended }) => pending !== null && !ended);
    if (answers.length === 0) return;
    this.#closeGap(answers);
    answers.sort((a, b) => a.slot!.index - b.slot!.index);
    const bySlot = new Map(answers.map((answer) => [answer.slot!.index, answer]));
    for (const run of planRuns([...bySlot.keys()])) {
      const group = run.map((index) => bySlot.get(index)!);
      const rows = this.#lane.decode(
        group.map((answer) => ({
          slot: answer.slot!,
          tokens: [answer.pending!],
          firstOutput: 0,
          steering: answer.steering,
          lastPromptRow: answer.prompt.length - 1,
          answering: true,
        })),
      );
      for (const [place, answer] of group.entries()) this.#advance(answer, rows[place]!);
    }
  }

  #advance(answer: Answer, row: number): void {
    if (answer.advance(this.#lane.context, row, this.#lane.slotTokens)) return;
    this.#lane.taint(answer.slot!);
    answer.fail(
      new SteerbenchError('answer-broken', "the model's logits are no numbers any more", {
        remedy: 'steer with a smaller multiplier',
      }),
    );
  }

  /** Moves the last answer into a free slot between others, where none has come to fill it. */
  #closeGap(answers: Answer[]): void {
    const slots = this.#running.map(({ slot }) => slot!.index);
    const first = Math.min(...slots);
    const hole = this.#lane.table.slots.find(
      ({ index, busy }) => !busy && index > first && index < Math.max(...slots),
    );
    if (hole === undefined || this.#queue.length > 0) {
      this.#stepsWithGap = 0;
      return;
    }
    if (++this.#stepsWithGap < patience) return;
    const last = answers.reduce((a, b) => (b.slot!.index > a.slot!.index ? b : a));
    if (last.slot!.index < hole.index) return;
    this.#move(last, hole);
    this.#stepsWithGap = 0;
  }

  #move(answer: Answer, to: Slot): void {
    this.#lane.move(answer.slot!, to);
    answer.slot = to;
  }

  /** A decode that failed leaves the cache in an unknown state. */
  #failAll(error: unknown): void {
    for (const answer of this.#running) answer.fail(error);
    this.#lane.reset();
  }
}
