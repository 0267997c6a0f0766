import { loadBehaviour } from '../../dataset/load-behaviour.ts';
import type { Precision } from '../../engine/engine.ts';
import { loadEngine } from '../../engine/remote-engine.ts';
import { requantiseRemotely } from '../../engine/requantise-remotely.ts';
import type { FoundModel } from '../../models/find-model.ts';
import { modelAtPrecision } from '../../models/precision.ts';
import { createCaseBuilder } from '../../prompts/build-case.ts';
import { defaultSystem } from '../../prompts/chat-template.ts';

/** How far the log-probabilities of answer tokens at a precision are from those at F32, in nats. */
export interface PrecisionNoise {
  precision: Precision;
  rms: number;
  largest: number;
  tokens: number;
}

/** Precisions compared with F32, the finest first. */
const precisions: readonly Precision[] = ['f16', 'bf16', 'file'];
const items = 4;

/** Compares the unsteered log-probabilities of a few answers; converts the model where it has to, once. */
export async function measureNoise(
  found: FoundModel,
  onStep: (step: string) => void,
): Promise<PrecisionNoise[]> {
  onStep('Measuring at F32');
  const exact = await answerLogprobs(found, 'f32');
  const noise: PrecisionNoise[] = [];
  for (const precision of precisions) {
    onStep(`Measuring the noise of ${precision}`);
    const differences = (await answerLogprobs(found, precision)).map((value, i) => value - exact[i]!);
    const squares = differences.reduce((sum, difference) => sum + difference ** 2, 0);
    noise.push({
      precision,
      rms: Math.sqrt(squares / differences.length),
      largest: differences.reduce((most, difference) => Math.max(most, Math.abs(difference)), 0),
      tokens: differences.length,
    });
  }
  return noise;
}

/** Log-probability of every answer token of the first items of a built-in behaviour. */
async function answerLogprobs(found: FoundModel, precision: Precision): Promise<number[]> {
  const { path, sha256 } = await modelAtPrecision(found, precision, requantiseRemotely);
  const engine = await loadEngine({ path, hash: sha256, contextTokens: 1024 });
  try {
    const behaviour = await loadBehaviour('sentiment');
    const builder = await createCaseBuilder({
      behaviour: behaviour.name,
      format: 'completion',
      system: defaultSystem,
      tokenizer: engine,
      facts: engine.facts,
    });
    const cases = [];
    for (const item of behaviour.items.slice(0, items)) cases.push(await builder.build(item));
    const { measurements } = await engine.measure({
      cases,
      interventions: [],
      branches: [[]],
      tokens: 'answer',
      logprobs: true,
    });
    return measurements.flatMap(([unsteered]) =>
      [unsteered!.positive, unsteered!.negative].flatMap(({ logits, logSumExp }) =>
        Array.from(logits, (logit, i) => logit - logSumExp![i]!),
      ),
    );
  } finally {
    await engine.dispose();
  }
}
