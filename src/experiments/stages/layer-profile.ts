import { SteerbenchError } from '../../errors.ts';
import { norm } from '../../math/vector.ts';
import type { Case } from '../../prompts/case.ts';
import type { Result } from '../../result/schema.ts';
import { antiSteerableFraction } from '../../statistics/anti-steerable.ts';
import { crossValidatedSeparability } from '../../statistics/cross-validated-separability.ts';
import { mean } from '../../statistics/mean.ts';
import { varianceOf } from '../../statistics/moments.ts';
import { extractVector } from '../../vectors/extract-vector.ts';
import type { Session } from '../session.ts';
import type { CapturedPairs } from './capture-items.ts';
import { type ItemSlope, itemSlope, knownSlopes } from './item-slopes.ts';
import { measureItems } from './measure-items.ts';

/** One layer of a result's profile. */
export type LayerRow = Result['layers'][number];

/** Vectors by layer, and what the training pairs alone say about each layer. */
export interface LayerVectors {
  vectors: Map<number, Float32Array>;
  rows: LayerRow[];
}

/**
 * Computes the vector of every layer, and how well held-out training pairs are told apart there.
 *
 * @throws SteerbenchError `engine-crashed` when the engine died over every training pair; `model-corrupt` when the
 * residual stream is not finite
 */
export async function layerVectors(session: Session, pairs: CapturedPairs): Promise<LayerVectors> {
  if (pairs.cases.length === 0) {
    throw new SteerbenchError('engine-crashed', 'the engine process ended over every training pair', {
      remedy: 'run the same command again, with fewer --batch-rows or --context if memory is short',
    });
  }
  const vectors = new Map<number, Float32Array>();
  const rows: LayerRow[] = [];
  for (const layer of pairs.layers) {
    const { positive, negative } = await pairs.atLayer(layer);
    const vector = extractVector(session.options.method, positive, negative);
    if (!vector.every(Number.isFinite)) throw notFinite(session.folder.plan.model.reference, layer);
    vectors.set(layer, vector);
    rows.push({
      ...emptyRow(layer),
      norm: norm(vector),
      separability: crossValidatedSeparability(positive, negative).dPrime,
    });
  }
  return { vectors, rows };
}

function notFinite(model: string, layer: number): SteerbenchError {
  return new SteerbenchError(
    'model-corrupt',
    `the residual stream of the model "${model}" is not finite (NaN or infinity) at layer ${layer}`,
    { remedy: 'give --precision f32 if the weights overflow at another one; else fetch the file again' },
  );
}

/** A layer about which nothing is known. */
export function emptyRow(layer: number): LayerRow {
  return {
    layer,
    norm: null,
    separability: null,
    shortlisted: false,
    slope: null,
    standardError: null,
    antiSteerable: null,
  };
}

/** Per-item slopes of some cases at each of some layers, from one pass over the trie. */
export async function slopesByLayer(
  session: Session,
  stage: string,
  cases: Case[],
  vectors: Map<number, Float32Array>,
  multipliers: number[],
): Promise<Map<number, ItemSlope[]>> {
  const { operator, start } = session.options;
  const layers = [...vectors.keys()];
  const interventions = layers.flatMap((layer) =>
    multipliers.map((multiplier) => ({ layer, vector: vectors.get(layer)!, multiplier, operator, start })),
  );
  const measured = await measureItems(session, { stage, cases, interventions });
  return new Map(
    layers.map((layer, place) => [
      layer,
      measured.map((row) => {
        const from = place * multipliers.length;
        return itemSlope(
          row === null ? null : row.slice(from, from + multipliers.length),
          multipliers,
          session.options,
        );
      }),
    ]),
  );
}

/** Adds what was measured at a layer to its row. */
export function withSlopes(row: LayerRow, items: ItemSlope[]): LayerRow {
  const slopes = knownSlopes(items);
  return {
    ...row,
    slope: mean(slopes),
    standardError: slopes.length > 1 ? Math.sqrt(varianceOf(slopes) / slopes.length) : null,
    antiSteerable: antiSteerableFraction(slopes),
  };
}
