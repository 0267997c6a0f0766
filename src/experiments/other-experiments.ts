import { norm } from '../math/vector.ts';
import type { Result } from '../result/schema.ts';
import { captureItems } from './capture-items.ts';
import { closeResult, emptyResult, type RunContext } from './empty-result.ts';
import { measuredRows } from './expected-work.ts';
import { findVector } from './find-vector.ts';
import { announceGivenVector } from './given-vector.ts';
import { itemSlope } from './item-slopes.ts';
import { layerVectors, withSlopes } from './layer-profile.ts';
import { measureItems } from './measure-items.ts';
import { type Prepared, prepare } from './prepare.ts';
import { readPosition } from './read-position.ts';
import { parseLayers } from './run-options.ts';
import { saveVectors } from './save-vectors.ts';
import type { ScoreRows } from './scores-table.ts';
import { itemRows, measureTestItems, propensityCurve, summarise } from './test-items.ts';

/** What an experiment leaves. */
export interface Outcome {
  result: Result;
  scores: ScoreRows;
}

const notJudged = { what: 'verdict', reason: 'only an audit measures what a verdict needs' };

/** Extracts and saves the vectors of all layers; measures nothing. */
export async function extract(context: RunContext): Promise<Outcome> {
  const prepared = await prepare(context.session, context.behaviour, {
    train: true,
    validation: false,
    test: false,
    controls: false,
  });
  const result = emptyResult(context, prepared);
  const { rows } = await extractVectors(context, prepared, result);
  result.layers = rows;
  result.notMeasured.push({ what: 'steerability', reason: 'this run only extracts vectors' }, notJudged);
  return { result: closeResult(result, context), scores: [] };
}

/** Measures a vector from a file on the test items, at its layer. */
export async function evaluate(context: RunContext): Promise<Outcome> {
  const { session } = context;
  const prepared = await prepare(session, context.behaviour, {
    train: false,
    validation: false,
    test: true,
    controls: false,
  });
  const result = emptyResult(context, prepared);
  if (context.given !== null) announceGivenVector(context.given, prepared.facts, session.progress);
  const found = await findVector(context, prepared, result);
  session.progress.expect('test', measuredRows(session, prepared.test, session.options.multipliers, 1));
  session.progress.begin('test', `Steering ${prepared.test.length} items at layer ${found.layer}`);
  const test = await measureTestItems(context, prepared.test, found.layer, found.vector);
  result.steerability = summarise(test);
  result.curve = propensityCurve(test.slopes, session.options.multipliers);
  result.items = itemRows(context, test);
  result.notMeasured.push(notJudged);
  return {
    result: closeResult(result, context),
    scores: [{ ...found, test, multipliers: session.options.multipliers }],
  };
}

/** Steers the test items at every layer with that layer's vector: all layers and multipliers from one pass. */
export async function sweep(context: RunContext): Promise<Outcome> {
  const { session, behaviour } = context;
  const { multipliers, operator, start, format, method } = session.options;
  const prepared = await prepare(session, behaviour, {
    train: true,
    validation: false,
    test: true,
    controls: false,
  });
  const result = emptyResult(context, prepared);
  const layers = parseLayers(session.options.layers, prepared.facts.blocks);
  session.progress.expect('sweep', measuredRows(session, prepared.test, multipliers, layers.length));
  const { vectors, rows } = await extractVectors(context, prepared, result);
  session.progress.begin('sweep', `Steering ${prepared.test.length} items at ${layers.length} layers`);
  const measured = await measureItems(session, {
    stage: 'sweep',
    cases: prepared.test,
    interventions: layers.flatMap((layer) =>
      multipliers.map((multiplier) => ({ layer, vector: vectors.get(layer)!, multiplier, operator, start })),
    ),
    // Letters need no softmax over the vocabulary, and a sweep has many rows.
    logprobs: format === 'completion',
  });
  const perLayer = layers.map((layer, place) => {
    const from = place * multipliers.length;
    const measurements = measured.map((row) => row?.slice(from, from + multipliers.length) ?? null);
    return { layer, measurements, slopes: measurements.map((row) => itemSlope(row, multipliers, format)) };
  });
  result.layers = rows.map((row, place) => withSlopes(row, perLayer[place]!.slopes));
  result.notMeasured.push(
    {
      what: 'a choice of layer',
      reason: 'a sweep measures every layer on the test items; choosing by them would bias what is reported',
    },
    notJudged,
  );
  const scores = perLayer.map(({ layer, measurements }) => ({
    name: behaviour.name,
    method,
    layer,
    multipliers,
    test: { cases: prepared.test, measurements },
  }));
  return { result: closeResult(result, context), scores };
}

async function extractVectors(context: RunContext, prepared: Prepared, result: Result) {
  const { session } = context;
  const { facts, train } = prepared;
  const layers = parseLayers(session.options.layers, facts.blocks);
  session.progress.begin('extraction', `Reading the residual stream of ${train.length} training pairs`);
  const pairs = await captureItems(
    session,
    'extraction',
    train,
    readPosition(session.options),
    layers,
    facts.width,
  );
  const found = await layerVectors(session, pairs);
  const files = await saveVectors(context, prepared, found.vectors);
  result.vector = {
    method: session.options.method,
    readPosition: readPosition(session.options),
    trainingPairs: pairs.cases.length,
    norm: layers.length === 1 ? norm(found.vectors.get(layers[0]!)!) : null,
    safetensors: files.safetensors,
    gguf: files.gguf,
    directionalAgreement: null,
    dPrime: null,
    rocAuc: null,
    warnings: files.warnings,
  };
  return found;
}
