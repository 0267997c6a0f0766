import { readNeutralText } from '../behaviours/index.ts';
import type { Engine } from '../engine/engine.ts';
import { norm } from '../math/vector.ts';
import type { Case, Sequence } from '../prompts/case.ts';
import { createConversationRenderer } from '../prompts/conversation.ts';

const answerTokens = 48;
/** Bytes of activations that are read at once, at most. */
const mostBytes = 16 * 2 ** 20;

/**
 * Mean norm of the residual stream at the output of every block, unsteered, over the rows that predict the first tokens
 * of a neutral text given as an answer: what the size of a step is compared with.
 *
 * An audit measures the same over its own items. A layer whose stream is not finite is left out.
 *
 * @throws SteerbenchError of the engine
 * @example
 * (await measureResidualNorms(model.engine)).get(14); // 52.3
 */
export async function measureResidualNorms(engine: Engine): Promise<Map<number, number>> {
  const { blocks, width } = engine.facts;
  const item = await neutralCase(engine);
  const { tokens, lastPromptToken } = item.positive;
  const layersAtOnce = Math.max(1, Math.floor(mostBytes / (2 * tokens.length * width * 4)));
  const norms = new Map<number, number>();
  for (let first = 0; first < blocks; first += layersAtOnce) {
    const layers = Array.from({ length: Math.min(layersAtOnce, blocks - first) }, (_, i) => first + i);
    const { positive } = await engine.capture([item], 'all', layers);
    for (const [place, layer] of layers.entries()) {
      const rows = positive[0]!.subarray(place * tokens.length * width, (place + 1) * tokens.length * width);
      const mean = meanNorm(rows, width, lastPromptToken);
      if (Number.isFinite(mean)) norms.set(layer, mean);
    }
  }
  return norms;
}

function meanNorm(rows: Float32Array, width: number, from: number): number {
  let sum = 0;
  let count = 0;
  for (let begin = from * width; begin < rows.length; begin += width) {
    sum += norm(rows.subarray(begin, begin + width));
    count++;
  }
  return sum / count;
}

/** The same sequence on both sides, so that every token is decoded once. */
async function neutralCase(engine: Engine): Promise<Case> {
  const { render, writesSpecials } = createConversationRenderer(engine.facts);
  const prompt = render([{ role: 'user', content: 'Tell me something.' }]);
  const text = await readNeutralText();
  const options = { addSpecial: !writesSpecials, parseSpecial: true };
  const begin = (await engine.tokenize(prompt, options)).length;
  // A few characters more than the tokens need; cut in the middle of the text, no end token is among them.
  const whole = await engine.tokenize(`${prompt}${text.slice(0, 16 * answerTokens)}`, options);
  const tokens = whole.slice(0, begin + answerTokens);
  const sequence: Sequence = {
    tokens,
    lastPromptToken: begin - 1,
    firstAnswerToken: begin,
    letter: null,
    answerStart: begin,
    answerEnd: tokens.length,
  };
  return { id: 'neutral/0', item: 0, positive: sequence, negative: sequence, seamMoved: false };
}
