import { readNeutralText } from '../../behaviours/index.ts';
import type { Engine } from '../../engine/engine.ts';
import { SteerbenchError } from '../../errors.ts';
import { openGguf } from '../../files/gguf-read.ts';
import { findAlias } from '../../models/aliases.ts';
import type { FoundModel } from '../../models/find-model.ts';
import type { Sequence } from '../../prompts/case.ts';
import { createPromptRenderer, defaultSystem } from '../../prompts/chat-template.ts';
import type { ModelSpec } from './model-spec.ts';

/** What an estimate needs to know of a model. */
export interface ExaminedModel {
  spec: ModelSpec;
  /** Null where the model is not on this machine. */
  found: FoundModel | null;
  blocks: number | null;
  width: number | null;
  /** Weights. */
  parameters: number | null;
  /** Tokens a character of plain English, and those that template and system message add to a prompt. */
  tokensPerCharacter: number;
  promptOverhead: number;
  /** Rows a second through all blocks; null where it was not measured. */
  rowsPerSecond: number | null;
}

/** What is supposed of a model whose tokenizer is not at hand. */
const supposed = { tokensPerCharacter: 0.25, promptOverhead: 30 };

/** Rows that the speed is measured with: enough for two full batches. */
const measuredRows = 256;

/** Bytes of a weight in the usual types of files. */
const bytesPerWeight: [RegExp, number][] = [
  [/q8_0/i, 1.0625],
  [/q6_k/i, 0.82],
  [/q5/i, 0.7],
  [/q4_1/i, 0.625],
  [/q4_k/i, 0.6],
  [/q4/i, 0.5625],
  [/bf16|f16/i, 2],
  [/f32/i, 4],
];

/** Looks a model over without loading it: sizes from its file, or from what is known of its alias. */
export async function examineModel(spec: ModelSpec, found: FoundModel | null): Promise<ExaminedModel> {
  const unknown = { ...supposed, rowsPerSecond: null, width: null };
  if (found === null) {
    const alias = findAlias(spec.reference);
    const bytes = bytesPerWeight.find(([type]) => type.test(alias?.file ?? ''))?.[1];
    return {
      ...unknown,
      spec,
      found,
      blocks: alias?.paperLayer?.blocks ?? null,
      parameters: alias === null || bytes === undefined ? null : alias.bytes / bytes,
    };
  }
  const file = await openGguf(found.path, { arrays: [] });
  try {
    const architecture = String(file.metadata.get('general.architecture'));
    const number = (key: string) => {
      const value = file.metadata.get(`${architecture}.${key}`);
      return typeof value === 'number' ? value : null;
    };
    let parameters = 0;
    for (const { shape } of file.tensors.values())
      parameters += shape.reduce((product, extent) => product * extent, 1);
    return {
      ...unknown,
      spec,
      found,
      parameters,
      blocks: number('block_count'),
      width: number('embedding_length'),
    };
  } finally {
    await file.close();
  }
}

/** Adds what only a loaded model can tell: how it cuts text into tokens, and how fast it is here. */
export async function measureModel(model: ExaminedModel, engine: Engine): Promise<ExaminedModel> {
  const text = (await readNeutralText()).slice(0, 6 * measuredRows);
  const tokens = await engine.tokenize(text, { addSpecial: false, parseSpecial: false });
  const { render, writesSpecials } = createPromptRenderer(engine.facts, defaultSystem);
  const empty = await engine.tokenize(render('?'), { addSpecial: !writesSpecials, parseSpecial: true });
  return {
    ...model,
    blocks: engine.facts.blocks,
    width: engine.facts.width,
    tokensPerCharacter: tokens.length / text.length,
    promptOverhead: empty.length - 1,
    rowsPerSecond: await speedOf(engine, tokens.slice(0, measuredRows)),
  };
}

/** Both answers of the case are one token behind the text, so every token is decoded once. */
async function speedOf(engine: Engine, tokens: Int32Array): Promise<number> {
  const end = tokens.length;
  const sequence: Sequence = {
    tokens,
    lastPromptToken: end - 2,
    firstAnswerToken: end - 1,
    letter: null,
    answerStart: end - 1,
    answerEnd: end,
  };
  const text = { id: 'speed/0', item: 0, positive: sequence, negative: sequence, seamMoved: false };
  const { work } = await engine.capture([text], 'answer-last', [engine.facts.blocks - 1]);
  return work.decodedTokens / work.decodeSeconds;
}

/**
 * Rows a second of a model that is not here, from one that is: the time of a row goes by the weights.
 *
 * Null where neither is known.
 */
export function supposedSpeed(model: ExaminedModel, measured: readonly ExaminedModel[]): number | null {
  if (model.rowsPerSecond !== null) return model.rowsPerSecond;
  const other = measured.find((one) => one.rowsPerSecond !== null && one.parameters !== null);
  if (other === undefined || model.parameters === null) return null;
  return (other.rowsPerSecond! * other.parameters!) / model.parameters;
}

/** True for the error of a model that is not on this machine, which an estimate can do without. */
export function isAbsent(error: unknown): boolean {
  return error instanceof SteerbenchError && error.code === 'model-not-found';
}
