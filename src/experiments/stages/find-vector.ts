import { norm } from '../../math/vector.ts';
import { Xoshiro } from '../../math/xoshiro.ts';
import type { Case } from '../../prompts/case.ts';
import type { Result } from '../../result/schema.ts';
import { chooseLayer, shortlistLayers } from '../../scores/layer-choice.ts';
import { layerStability } from '../../scores/layer-stability.ts';
import { vectorStability } from '../../statistics/vector-stability.ts';
import type { RunContext } from '../empty-result.ts';
import { parseLayers, type RunOptions } from '../run-options.ts';
import { type CapturedPairs, captureItems } from './capture-items.ts';
import { checkGivenVector, type GivenVector } from './given-vector.ts';
import { type ItemSlope, knownSlopes } from './item-slopes.ts';
import { emptyRow, type LayerRow, layerVectors, slopesByLayer, withSlopes } from './layer-profile.ts';
import { nullMultipliers } from './null-vectors.ts';
import { differencesOf, predictors } from './predictors.ts';
import type { Prepared } from './prepare.ts';
import { readPosition } from './read-position.ts';
import { saveVectors } from './save-vectors.ts';

/** The vector that is measured, and where. */
export interface FoundVector {
  layer: number;
  vector: Float32Array;
  /** Name in scores.parquet: the behaviour, or the file. */
  name: string;
  method: string;
  /** Training pairs it was made of; null for a vector from a file. */
  pairs: CapturedPairs | null;
}

/**
 * Finds the vector and its layer: extracted from the training pairs and chosen on the validation items, or taken from
 * a file. Fills the result's vector, layers and choice.
 */
export async function findVector(
  context: RunContext,
  prepared: Prepared,
  result: Result,
): Promise<FoundVector> {
  return context.given === null
    ? extractAndChoose(context, prepared, result)
    : takeGiven(context.given, prepared, result);
}

async function extractAndChoose(
  context: RunContext,
  prepared: Prepared,
  result: Result,
): Promise<FoundVector> {
  const { session, behaviour } = context;
  const { options, progress } = session;
  const layers = parseLayers(options.layers, prepared.facts.blocks);
  progress.begin('extraction', `Reading the residual stream of ${prepared.train.length} training pairs`);
  const pairs = await captureItems(
    session,
    'extraction',
    prepared.train,
    readPosition(options),
    layers,
    prepared.facts.width,
  );
  const { vectors, rows } = await layerVectors(session, pairs);
  const files = await saveVectors(context, prepared, vectors);
  const layer = await choose(context, prepared, result, vectors, rows);
  const vector = vectors.get(layer)!;
  progress.begin('validation-pairs', 'Reading validation pairs, for predictors out of sample');
  const validation = await captureItems(
    session,
    'validation-pairs',
    prepared.validation,
    readPosition(options),
    [layer],
    prepared.facts.width,
  );
  result.vector = {
    method: options.method,
    readPosition: readPosition(options),
    trainingPairs: pairs.cases.length,
    norm: norm(vector),
    safetensors: files.safetensors,
    gguf: files.gguf,
    ...predictors(await validation.atLayer(layer), vector),
    stability: stabilityOf(await pairs.atLayer(layer), session.options),
    // What the GGUF leaves out matters only if it is the layer that was chosen.
    warnings: layer === 0 ? files.warnings : [],
  };
  return { layer, vector, name: behaviour.name, method: options.method, pairs };
}

/** How much the vector depends on its pairs; null where that was not asked for or cannot be told. */
function stabilityOf(
  pairs: { positive: Float32Array[]; negative: Float32Array[] },
  { bootstrapVectors, seed }: RunOptions,
): NonNullable<Result['vector']>['stability'] {
  if (bootstrapVectors === 0) return null;
  const random = new Xoshiro(seed).derive('bootstrap/vector');
  const found = vectorStability(differencesOf(pairs), random, bootstrapVectors);
  if (found.meanCosine === null || found.lowCosine === null) return null;
  return {
    resamples: found.resamples,
    mean: found.meanCosine,
    low: found.lowCosine,
    withLimit: found.cosineWithLimit,
  };
}

/** Chooses among the layers on validation items; a single layer that was asked for is taken as it is. */
async function choose(
  context: RunContext,
  { validation }: Prepared,
  result: Result,
  vectors: Map<number, Float32Array>,
  rows: LayerRow[],
): Promise<number> {
  const { session } = context;
  result.layers = rows;
  if (rows.length === 1) {
    result.layer = rows[0]!.layer;
    result.layerChoice = `Layer ${result.layer}: the only one asked for.`;
    return result.layer;
  }
  if (validation.length === 0) {
    throw new RangeError(
      `invalid "layers"; without validation items no layer can be chosen among ${rows.length}: give one`,
    );
  }
  const listed =
    session.options.layerSearch === 'every' ? rows.map(({ layer }) => layer) : shortlistLayers(rows);
  session.progress.begin(
    'validation',
    `Trying ${listed.length} layers on ${validation.length} validation items`,
  );
  const slopes = await tryLayers(context, validation, vectors, listed);
  result.layers = rows.map((row) => {
    const items = slopes.get(row.layer);
    return items === undefined ? row : { ...withSlopes(row, items), shortlisted: true };
  });
  result.layerStability = stabilityOfChoice(slopes, session.options.seed);
  const choice = chooseLayer([...slopes].map(([layer, items]) => ({ layer, slopes: knownSlopes(items) })));
  // Without two slopes anywhere there is nothing to choose by: the most separable layer stands in, and it is said.
  result.layer = choice.layer ?? listed[0]!;
  result.layerChoice =
    choice.layer === null ? `${choice.reason} Layer ${listed[0]} stands in.` : choice.reason;
  return result.layer;
}

/** The same choice on resampled validation items; null where there are too few. */
function stabilityOfChoice(slopes: Map<number, ItemSlope[]>, seed: number): Result['layerStability'] {
  const candidates = [...slopes].map(([layer, items]) => ({
    layer,
    slopes: items.map(({ fit }) => fit.slope),
  }));
  const found = layerStability(candidates, new Xoshiro(seed).derive('bootstrap/layer'));
  if (found.reason !== null) return null;
  return {
    resamples: found.resamples,
    shares: found.shares
      .filter(({ share }) => share > 0)
      .sort((a, b) => b.share - a.share || a.layer - b.layer),
    within95: found.likely,
  };
}

function tryLayers(
  { session }: RunContext,
  cases: Case[],
  vectors: Map<number, Float32Array>,
  layers: number[],
) {
  const listed = new Map(layers.map((layer) => [layer, vectors.get(layer)!]));
  return slopesByLayer(session, 'validation', cases, listed, nullMultipliers);
}

/** What a file of another tool calls the vector of the layer. */
function storedAs({ vector, layer }: GivenVector): string {
  const { producers, entries } = vector.source;
  if (producers.includes('steerbench')) return '';
  const stored = entries.find((entry) => entry.layer === layer)!.stored;
  return `, where it is ${stored} (${producers.length === 0 ? 'no tool known' : `read as ${producers.join(' or ')}`})`;
}

function takeGiven(given: GivenVector, { facts }: Prepared, result: Result): FoundVector {
  const warnings = checkGivenVector(given, facts);
  const vector = given.vector.layers.get(given.layer)!;
  result.layer = given.layer;
  result.layerChoice = `Layer ${given.layer}: given with the vector file${storedAs(given)}.`;
  result.layers = [{ ...emptyRow(given.layer), norm: norm(vector) }];
  result.vector = {
    method: 'file',
    readPosition: given.vector.readPosition,
    trainingPairs: given.vector.trainingPairs,
    norm: norm(vector),
    safetensors: null,
    gguf: null,
    directionalAgreement: null,
    dPrime: null,
    rocAuc: null,
    overlap: null,
    stability: null,
    warnings,
  };
  result.notMeasured.push({ what: 'layer choice and predictors', reason: 'the vector came from a file' });
  return { layer: given.layer, vector, name: given.file, method: 'file', pairs: null };
}
