import { readNeutralText } from '../../behaviours/index.ts';
import type { Engine, LoadOptions } from '../../engine/engine.ts';
import { loadEngine } from '../../engine/remote-engine.ts';
import type { Case, Sequence } from '../../prompts/case.ts';

/** Tokens a second that the default model reaches here. */
export interface Speed {
  /** Reading of text in batches of so many rows, up to the last block's output; best of two, where one takes under three seconds. */
  prefill: { batchRows: number; tokensPerSecond: number }[];
  /** The fastest width. */
  bestBatchRows: number;
  /** One continued text, a token at a time. */
  decodeTokensPerSecond: number;
}

/** Widths that are tried: the fast ones of most processors lie between 64 and 192. */
const widths = [16, 64, 96, 128, 192];

/** A multiple of every width: the last batch is as full as the others. */
const textTokens = 384;
const generatedTokens = 32;
const patienceSeconds = 3;

/** Measures the speed of a model, in a fresh engine for each width. */
export async function measureSpeed(
  model: Pick<LoadOptions, 'path' | 'hash'>,
  onStep: (step: string) => void,
): Promise<Speed> {
  const prefill: Speed['prefill'] = [];
  let decodeTokensPerSecond = 0;
  for (const batchRows of widths) {
    onStep(`Measuring the speed with ${batchRows} rows a batch`);
    const engine = await loadEngine({ ...model, batchRows, contextTokens: 1024 });
    try {
      const text = await neutralTokens(engine, textTokens);
      const first = await prefillRate(engine, text);
      const repeats = textTokens / first < patienceSeconds;
      const tokensPerSecond = repeats ? Math.max(first, await prefillRate(engine, text)) : first;
      prefill.push({ batchRows, tokensPerSecond });
      if (batchRows === widths.at(-1)) decodeTokensPerSecond = await decodeRate(engine, text.subarray(0, 8));
    } finally {
      await engine.dispose();
    }
  }
  const best = prefill.reduce((a, b) => (b.tokensPerSecond > a.tokensPerSecond ? b : a));
  return { prefill, bestBatchRows: best.batchRows, decodeTokensPerSecond };
}

async function neutralTokens(engine: Engine, count: number): Promise<Int32Array> {
  const tokens = await engine.tokenize(await readNeutralText(), { addSpecial: true, parseSpecial: false });
  return tokens.slice(0, count);
}

/** Both answers of the case are the text itself, so every token is decoded once. */
async function prefillRate(engine: Engine, tokens: Int32Array): Promise<number> {
  const sequence: Sequence = {
    tokens,
    lastPromptToken: tokens.length - 2,
    firstAnswerToken: tokens.length - 1,
    letter: null,
    answerStart: tokens.length - 1,
    answerEnd: tokens.length,
  };
  const text: Case = { id: 'speed/0', item: 0, positive: sequence, negative: sequence, seamMoved: false };
  const { work } = await engine.capture([text], 'answer-last', [engine.facts.blocks - 1]);
  return work.decodedTokens / work.decodeSeconds;
}

/** The time of the prompt and the first token is taken away by a second, shorter continuation. */
async function decodeRate(engine: Engine, prompt: Int32Array): Promise<number> {
  const seconds = async (maxTokens: number) => {
    const began = performance.now();
    const { tokens } = await engine.generate({
      prompts: [prompt],
      interventions: [],
      branches: [[]],
      maxTokens,
      temperature: 0,
      seed: 0,
    });
    return { seconds: (performance.now() - began) / 1000, tokens: tokens[0]![0]!.length };
  };
  const short = await seconds(1);
  const long = await seconds(generatedTokens);
  return (long.tokens - short.tokens) / (long.seconds - short.seconds);
}
