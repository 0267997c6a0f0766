import { join } from 'node:path';
import type { LoadedBehaviour } from '../../dataset/parse.ts';
import { splitItems } from '../../dataset/split.ts';
import { contentOf } from '../../prompts/content-of.ts';
import { parseLayers, type RunOptions } from '../run-options.ts';
import { estimateRun, type RunCost } from './cost.ts';
import type { ExaminedModel } from './examine-model.ts';
import type { ModelSpec } from './model-spec.ts';

/** One run of a study: one behaviour on one model. */
export interface Unit {
  /** `<model>/<behaviour>`: stable, and the run's folder below `runs`. */
  id: string;
  model: ModelSpec;
  /** As it was named. */
  behaviour: string;
  folder: string;
}

/** The runs of a study, model after model, so that a model is loaded once. */
export function unitsOf(
  models: readonly ModelSpec[],
  behaviours: readonly { reference: string; name: string }[],
): Unit[] {
  return models.flatMap((model) =>
    behaviours.map(({ reference, name }) => {
      const safe = name.replaceAll(/[^\w.-]+/g, '-');
      return {
        id: `${model.id}/${safe}`,
        model,
        behaviour: reference,
        folder: join('runs', model.id, safe),
      };
    }),
  );
}

/** What a run of a behaviour on a model will cost. */
export function costOf(
  behaviour: LoadedBehaviour,
  model: ExaminedModel,
  options: RunOptions,
  hasPersona: boolean,
): RunCost {
  const split = splitItems(behaviour, options);
  const { prompt, answer } = characters(split.test, behaviour.name, options);
  const blocks = model.blocks ?? 32;
  return estimateRun(options, {
    format: options.format,
    train: split.train.length,
    validation: split.validation.length,
    test: split.test.length,
    promptTokens: model.promptOverhead + prompt * model.tokensPerCharacter,
    answerTokens: Math.max(1, answer * model.tokensPerCharacter),
    blocks,
    width: model.width,
    hasPersona,
    layers: parseLayers(options.layers, blocks).length,
  });
}

function characters(
  items: ReturnType<typeof splitItems>['test'],
  behaviour: string,
  { format }: RunOptions,
): { prompt: number; answer: number } {
  const texts = items.map((item) => contentOf(item, format, behaviour));
  const average = (length: (text: (typeof texts)[number]) => number) =>
    texts.reduce((sum, text) => sum + length(text), 0) / Math.max(1, texts.length);
  return {
    prompt: average(({ prompt }) => prompt.length),
    answer: average(({ positive, negative }) => (positive.length + negative.length) / 2),
  };
}
