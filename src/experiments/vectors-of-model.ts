import { loadBehaviour } from '../dataset/load-behaviour.ts';
import { splitItems } from '../dataset/split.ts';
import type { Engine, ModelFacts } from '../engine/engine.ts';
import { loadEngine } from '../engine/remote-engine.ts';
import { requantiseRemotely } from '../engine/requantise-remotely.ts';
import { SteerbenchError } from '../errors.ts';
import { readTextLines } from '../files/text-lines.ts';
import { type FindModelOptions, findModel } from '../models/find-model.ts';
import { defaultPrecision, modelAtPrecision } from '../models/precision.ts';
import { createCaseBuilder } from '../prompts/build-case.ts';
import type { Case, Sequence } from '../prompts/case.ts';
import { resolveSystem } from '../prompts/chat-template.ts';
import { MeanDifference } from '../vectors/mean-difference-accumulator.ts';
import { formatOf } from './format-of.ts';

/** Whose vectors are wanted, and from what. */
export interface VectorsRequest {
  /** Model as {@link findModel} takes it. */
  model: string;
  /** A behaviour or dataset; or two files of texts, one text a line, the positive ones first. */
  pairs: string | [positive: string, negative: string];
  threads?: number;
  signal: AbortSignal;
  download: Pick<FindModelOptions, 'onProgress' | 'onMessage'>;
}

/** The mean differences of a model at the output of every block. */
export interface VectorsOfModel {
  facts: ModelFacts;
  /** By 0-based block, ascending. */
  layers: Map<number, Float32Array>;
  pairs: number;
}

/** Pairs captured at once. */
const chunk = 16;

/**
 * Extracts the mean difference of all pairs of a dataset at every block, to compare a vector file with.
 *
 * A dataset is put to the model as an audit puts it. Of plain texts, the mean over all tokens but the first is read: as
 * llama.cpp's generator does it, and near enough to tools that read the last one.
 *
 * @throws SteerbenchError of model, data and engine
 */
export async function vectorsOfModel(request: VectorsRequest): Promise<VectorsOfModel> {
  const { signal, threads, download } = request;
  const found = await findModel(request.model, { ...download, signal });
  const { path, sha256 } = await modelAtPrecision(found, defaultPrecision(found), requantiseRemotely, {
    ...(download.onMessage === undefined ? {} : { onMessage: download.onMessage }),
    signal,
  });
  const engine = await loadEngine({ path, hash: sha256, ...(threads === undefined ? {} : { threads }) });
  const stop = () => void engine.dispose();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const { cases, position } = await casesFrom(request.pairs, engine);
    const layers = Array.from({ length: engine.facts.blocks }, (_, layer) => layer);
    const mean = new MeanDifference(layers.length, engine.facts.width);
    for (let first = 0; first < cases.length; first += chunk) {
      const { positive, negative } = await engine.capture(
        cases.slice(first, first + chunk),
        position,
        layers,
      );
      for (const [i, block] of positive.entries()) mean.add(block, negative[i]!);
    }
    const vectors = mean.vectors();
    return {
      facts: engine.facts,
      layers: new Map(layers.map((layer) => [layer, vectors[layer]!])),
      pairs: cases.length,
    };
  } finally {
    signal.removeEventListener('abort', stop);
    await engine.dispose();
  }
}

type Cases = { cases: Case[]; position: 'letter' | 'answer-mean' };

function casesFrom(pairs: VectorsRequest['pairs'], engine: Engine): Promise<Cases> {
  return typeof pairs === 'string' ? casesOfDataset(pairs, engine) : casesOfTexts(pairs, engine);
}

async function casesOfDataset(name: string, engine: Engine): Promise<Cases> {
  const behaviour = await loadBehaviour(name);
  const format = formatOf(behaviour);
  const { train } = splitItems(behaviour, {
    format,
    train: '0%:100%',
    validation: 'none',
    test: 'none',
  });
  const builder = await createCaseBuilder({
    behaviour: behaviour.name,
    format,
    system: resolveSystem(undefined),
    tokenizer: engine,
    facts: engine.facts,
  });
  const cases: Case[] = [];
  for (const item of train) cases.push(await builder.build(item));
  return { cases, position: format === 'multiple-choice' ? 'letter' : 'answer-mean' };
}

async function casesOfTexts([positive, negative]: [string, string], engine: Engine): Promise<Cases> {
  const sides = [await readTextLines(positive), await readTextLines(negative)] as const;
  if (sides[0].length !== sides[1].length) {
    throw new SteerbenchError(
      'data-malformed',
      `"${positive}" has ${sides[0].length} texts, "${negative}" ${sides[1].length}; they are pairs`,
      { remedy: 'give two files with as many lines, none of them empty' },
    );
  }
  const cases: Case[] = [];
  for (const [item, text] of sides[0].entries()) {
    const [a, b] = [await sequenceOf(text, engine), await sequenceOf(sides[1][item]!, engine)];
    cases.push({ id: `texts/${item}`, item, positive: a, negative: b, seamMoved: false });
  }
  return { cases, position: 'answer-mean' };
}

/** A text of at least two tokens, the first of which stands for the prompt. */
async function sequenceOf(text: string, engine: Engine): Promise<Sequence> {
  const tokens = await engine.tokenize(text, {
    addSpecial: engine.facts.addsStartToken,
    parseSpecial: true,
  });
  if (tokens.length < 2) {
    throw new SteerbenchError('data-malformed', `the text ${JSON.stringify(text)} is a single token`, {
      remedy: 'give texts of two tokens or more',
    });
  }
  return {
    tokens,
    lastPromptToken: 0,
    firstAnswerToken: 1,
    letter: null,
    answerStart: 1,
    answerEnd: tokens.length,
  };
}
