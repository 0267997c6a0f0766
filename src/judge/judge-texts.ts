import { setMaxListeners } from 'node:events';
import { SteerbenchError } from '../errors.ts';
import { Xoshiro } from '../math/xoshiro.ts';
import { askPatiently, Pauses } from './ask-patiently.ts';
import { judgeKey } from './judge-key.ts';
import { type JudgedText, judgeMessages } from './judge-messages.ts';
import { type Judge, type JudgeOptions, resolveJudge } from './judge-options.ts';
import { JudgeFault, type JudgeFaultKind, type Judgement, unjudged } from './judgement.ts';
import { type JudgeSummary, summarise } from './summarise.ts';

/** A text to judge under the caller's own name for it, which the judge does not see. */
export interface NamedText extends JudgedText {
  id: string;
}

/** How a batch is run; nothing of it changes a score. */
export interface JudgeRun {
  signal?: AbortSignal;
  /** Judgements of earlier runs by `judgeKey`: these texts are not asked about again. */
  known?: ReadonlyMap<string, Judgement>;
  /** Told of every judgement as soon as it is there, to keep it; awaited. Texts that are alike come one by one. */
  onJudgement?: (id: string, judgement: Judgement, key: string) => void | Promise<void>;
  /** Where the key is looked for. Default `process.env`. */
  environment?: NodeJS.ProcessEnv;
}

/** The judgements of a batch by id, in the order of the texts, and what became of it as a whole. */
export interface JudgeResult {
  judgements: Map<string, Judgement>;
  summary: JudgeSummary;
}

/**
 * Lets a model behind an OpenAI-compatible endpoint score texts from 0 (negative side) to 10 (positive side).
 *
 * Blind: a question holds the rubric, one prompt and one text, and the texts are put in an order that the seed shuffles.
 * Texts that are alike, prompt included, are asked about once. What fails gives null with a reason for that text, never
 * a number, and the batch goes on; after `giveUpAfter` texts in a row that failed through the endpoint the rest is not
 * asked for. Rejects only for wrong options, an id that comes twice, an error of `onJudgement`, or the signal.
 *
 * @throws SteerbenchError `judge-unusable`, or `interrupted` when the signal fires; RangeError
 * @example
 * const { judgements, summary } = await judgeTexts(
 *   [{ id: '12 +1', prompt: 'How was the play?', text: 'I loved it.' }],
 *   { url: 'http://127.0.0.1:8080/v1', model: 'judge', rubric: { positive: 'a pleased view', negative: 'a displeased view' } },
 * );
 * judgements.get('12 +1'); // { score: 9, fault: null, reason: null }
 */
export async function judgeTexts(
  texts: readonly NamedText[],
  options: JudgeOptions,
  run: JudgeRun = {},
): Promise<JudgeResult> {
  const judge = resolveJudge(options, run.environment ?? process.env);
  const batch = new Batch(texts, options, judge, run);
  await batch.settleWithoutAsking();
  await batch.ask();
  return batch.result();
}

/** Faults that lie in the endpoint: several in a row, and it is left alone. */
const endpointFaults = new Set<JudgeFaultKind>([
  ...(['wrong-model', 'unreadable', 'refused', 'rate-limited'] as const),
  ...(['server-error', 'timeout', 'unreachable'] as const),
]);

class Batch {
  readonly #judge: Judge;
  readonly #run: JudgeRun;
  /** Texts by key; those that are alike share one. */
  readonly #alike = new Map<string, NamedText[]>();
  readonly #order: string[];
  readonly #judgements = new Map<string, Judgement | null>();
  readonly #pauses = new Pauses();
  /** Ends what is under way, by the caller's signal or because something else has failed. */
  readonly #stop = new AbortController();
  #requests = 0;
  #failuresInARow = 0;
  #lastFault = '';

  constructor(texts: readonly NamedText[], options: JudgeOptions, judge: Judge, run: JudgeRun) {
    this.#judge = judge;
    this.#run = run;
    // Every open question listens; Node warns of more than ten.
    setMaxListeners(0, this.#stop.signal);
    for (const text of texts) {
      if (this.#judgements.has(text.id)) throw new RangeError(`the id "${text.id}" comes twice`);
      this.#judgements.set(text.id, null);
      const key = judgeKey(options, text);
      this.#alike.set(key, [...(this.#alike.get(key) ?? []), text]);
    }
    this.#order = [...this.#alike.keys()];
  }

  /** Texts that are empty or were judged before. */
  async settleWithoutAsking(): Promise<void> {
    for (const [key, [first]] of this.#alike) {
      const known = this.#run.known?.get(key);
      const empty = first!.text.trim() === '';
      if (known !== undefined) await this.#settle(key, known);
      else if (empty) await this.#settle(key, unjudged({ kind: 'no-text', message: 'the text is empty' }));
    }
  }

  async ask(): Promise<void> {
    const { signal } = this.#run;
    const queue = this.#order.filter((key) => this.#judgements.get(this.#alike.get(key)![0]!.id) === null);
    new Xoshiro(this.#judge.seed).derive('order of judged texts').shuffle(queue);
    const onAbort = (): void => this.#stop.abort(interrupted(signal));
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted) onAbort();
    try {
      const workers = Array.from({ length: Math.min(this.#judge.concurrency, queue.length) }, async () => {
        for (let key = queue.pop(); key !== undefined; key = queue.pop()) await this.#askAbout(key);
      });
      // The first failure stops the others; all have ended before it is thrown.
      for (const worker of workers) worker.catch((error: unknown) => this.#stop.abort(error));
      await Promise.allSettled(workers);
      this.#stop.signal.throwIfAborted();
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  result(): JudgeResult {
    const judgements = this.#judgements as Map<string, Judgement>;
    return { judgements, summary: summarise([...judgements.values()], this.#requests) };
  }

  async #askAbout(key: string): Promise<void> {
    this.#stop.signal.throwIfAborted();
    if (this.#failuresInARow >= this.#judge.giveUpAfter) {
      const message = `not asked: ${this.#failuresInARow} texts in a row had failed, the last with "${this.#lastFault}"`;
      return this.#settle(key, unjudged({ kind: 'not-asked', message }));
    }
    const messages = judgeMessages(this.#judge.rubric, this.#alike.get(key)![0]!);
    const onRequest = (): void => {
      this.#requests++;
    };
    try {
      const shared = { pauses: this.#pauses, signal: this.#stop.signal, onRequest };
      const score = await askPatiently(this.#judge, messages, shared);
      this.#failuresInARow = 0;
      await this.#settle(key, { score, fault: null, reason: null });
    } catch (error) {
      if (!(error instanceof JudgeFault)) throw error;
      this.#count(error);
      await this.#settle(key, unjudged(error));
    }
  }

  #count({ kind, message }: JudgeFault): void {
    // A rejected request says nothing of the endpoint, neither way.
    if (kind === 'rejected') return;
    this.#failuresInARow = endpointFaults.has(kind) ? this.#failuresInARow + 1 : 0;
    this.#lastFault = message;
  }

  async #settle(key: string, judgement: Judgement): Promise<void> {
    for (const { id } of this.#alike.get(key)!) {
      this.#judgements.set(id, judgement);
      await this.#run.onJudgement?.(id, judgement, key);
    }
  }
}

function interrupted(signal: AbortSignal | undefined): SteerbenchError {
  return new SteerbenchError('interrupted', 'stopped while texts were judged', {
    remedy: 'run the same command again: it goes on',
    cause: signal?.reason,
  });
}
