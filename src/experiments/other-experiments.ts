import { norm } from '../math/vector.ts';
import type { Result } from '../result/schema.ts';
import { closeResult, emptyResult, type RunContext } from './empty-result.ts';
import { parseLayers } from './run-options.ts';
import type { ScoreRows } from './scores-table.ts';
import { captureItems } from './stages/capture-items.ts';
import { measuredRows } from './stages/expected-work.ts';
import { findVector } from './stages/find-vector.ts';
import { announceGivenVector } from './stages/given-vector.ts';
import { itemSlope } from './stages/item-slopes.ts';
import { layerVectors, withSlopes } from './stages/layer-profile.ts';
import { measureItems } from './stages/measure-items.ts';
import { type Prepared, prepare } from './stages/prepare.ts';
import { readPosition } from './stages/read-position.ts';
import { saveVectors } from './stages/save-vectors.ts';
import { itemRows, measureTestItems, propensityCurve, summarise } from './stages/test-items.ts';

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
    scores: [{ ...found, setting: 'BASE', test, multipliers: session.options.multipliers }],
  };
}

/** Steers the test items at every layer with that layer's vector: all layers and multipliers from one pass. */
export async function sweep(context: RunContext): Promise<Outcome> {
  const { session, behaviour } = context;
  const { multipliers, operator, start, method } = session.options;
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
  });
  const perLayer = layers.map((layer, place) => {
    const from = place * multipliers.length;
    const measurements = measured.map((row) => row?.slice(from, from + multipliers.length) ?? null);
    return {
      layer,
      measurements,
      slopes: measurements.map((row) => itemSlope(row, multipliers, session.options)),
    };
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
    setting: 'BASE',
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
    overlap: null,
    stability: null,
    warnings: files.warnings,
  };
  return found;
}
