import { prepareIntervention } from '../interventions/apply.ts';
import type { BatchRunner } from './batch-runner.ts';
import type { AnswerMeasurement, MeasureRequest, MeasureResult } from './engine.ts';
import type { LetterPath } from './letter-path.ts';
import type { EngineParts } from './llama-engine.ts';
import { logSumExp } from './log-sum-exp.ts';
import { buildMeasureTrie, type MeasureTrie } from './measure-trie.ts';
import { openSplit } from './split-measure.ts';

/** Measures every case under every branch. */
export async function runMeasure(
  runner: BatchRunner,
  parts: EngineParts,
  request: MeasureRequest,
): Promise<MeasureResult> {
  const laid = buildMeasureTrie(request);
  const prepared = request.interventions.map(prepareIntervention);
  const states = laid.states.map((active) => active.map((index) => prepared[index]!));
  const reader = new LogitReader(laid, request.logprobs);
  const usesLetterPath = parts.letterPath !== null && !request.logprobs;
  if (usesLetterPath) await parts.letterPath!.prepare(laid.wants.map(({ token }) => token));
  const upper = await openSplit(runner, parts, request.interventions, laid.trie);
  const work = await runner.run({
    trie: laid.trie,
    states,
    ...(upper === null ? {} : { upper: upper.input }),
    ...(usesLetterPath
      ? { receiveNorm: (node, norm) => reader.fromNorm(node, norm, parts.letterPath!), stopAfter: 'norm' }
      : { receiveLogits: (node, logits) => reader.fromLogits(node, logits) }),
  });
  if (!reader.allFinite()) {
    parts.context.scrub();
    upper?.input.context.scrub();
  }
  const measurements = laid.answers.map((branches) =>
    branches.map(({ positive, negative }) => ({
      positive: reader.answer(positive),
      negative: reader.answer(negative),
    })),
  );
  return { measurements, work: upper === null ? work : upper.account(work) };
}

/** Collects the wanted logits of each row as it is decoded. */
class LogitReader {
  readonly #wantsOfNode = new Map<number, number[]>();
  readonly #tokens: number[];
  readonly #logits: Float32Array;
  /** Null when no log-probabilities are wanted. */
  readonly #logSumExp: Float64Array | null;

  constructor({ wants }: MeasureTrie, logprobs: boolean) {
    this.#tokens = wants.map(({ token }) => token);
    this.#logits = new Float32Array(wants.length);
    this.#logSumExp = logprobs ? new Float64Array(wants.length) : null;
    wants.forEach(({ node }, index) => {
      const list = this.#wantsOfNode.get(node);
      if (list === undefined) this.#wantsOfNode.set(node, [index]);
      else list.push(index);
    });
  }

  fromLogits(node: number, logits: Float32Array): void {
    const wants = this.#wantsOfNode.get(node)!;
    const sum = this.#logSumExp === null ? 0 : logSumExp(logits);
    for (const index of wants) {
      this.#logits[index] = logits[this.#tokens[index]!]!;
      if (this.#logSumExp !== null) this.#logSumExp[index] = sum;
    }
  }

  fromNorm(node: number, norm: Float32Array, path: LetterPath): void {
    const rounded = path.round(norm);
    for (const index of this.#wantsOfNode.get(node)!)
      this.#logits[index] = path.logit(rounded, this.#tokens[index]!);
  }

  /** False where an intervention drove the model out of range. */
  allFinite(): boolean {
    return this.#logits.every(Number.isFinite);
  }

  answer(wants: Int32Array): AnswerMeasurement {
    return {
      logits: Float32Array.from(wants, (index) => this.#logits[index]!),
      logSumExp:
        this.#logSumExp === null ? null : Float64Array.from(wants, (index) => this.#logSumExp![index]!),
    };
  }
}
