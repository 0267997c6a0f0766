import type { CaptureResult, ReadPosition } from '../../engine/engine.ts';
import type { Case } from '../../prompts/case.ts';
import type { CellArrays } from '../../store/run-folder.ts';
import { type CellWork, cellWork, runCell, type Session } from '../session.ts';
import { cellId, cellsOf } from './measure-items.ts';

/** Activations of the pairs of a set, kept on disk and read a layer at a time. */
export interface CapturedPairs {
  /** Layers captured, ascending. */
  layers: number[];
  width: number;
  /** Cases whose cells were captured, in order. */
  cases: Case[];
  /** Activations at one layer, one Float32Array of `width` a pair. */
  atLayer(layer: number): Promise<{ positive: Float32Array[]; negative: Float32Array[] }>;
}

/** Captures the pairs of a set at some layers, unsteered: one pass for all layers. */
export async function captureItems(
  session: Session,
  stage: string,
  cases: Case[],
  position: ReadPosition,
  layers: number[],
  width: number,
): Promise<CapturedPairs> {
  const captured: { id: string; cases: Case[] }[] = [];
  for (const [index, items] of cellsOf(session, cases).entries()) {
    const id = cellId(stage, index);
    // The arrays are written before the account, so a cell that has an account is whole.
    const cell = await runCell<{ work: CellWork }>(session, stage, id, async (engine) => {
      const result = await engine.capture(items, position, layers);
      await session.folder.writeArrays(id, byLayer(result));
      return { work: cellWork(result.work) };
    });
    if (cell !== null) captured.push({ id, cases: items });
  }
  return {
    layers,
    width,
    cases: captured.flatMap((cell) => cell.cases),
    atLayer: async (layer) => {
      if (!layers.includes(layer)) throw new RangeError(`layer ${layer} was not captured`);
      const sides = { positive: [] as Float32Array[], negative: [] as Float32Array[] };
      for (const { id } of captured) {
        const [positive, negative] = await session.folder.readArrays(id, [
          `positive.${layer}`,
          `negative.${layer}`,
        ]);
        sides.positive.push(...rowsOf(positive!, width));
        sides.negative.push(...rowsOf(negative!, width));
      }
      return sides;
    },
  };
}

/** Arrays `positive.<layer>` and `negative.<layer>`, pairs x width: a layer is read without the others. */
function byLayer({ layers, width, positive, negative }: CaptureResult): CellArrays {
  const arrays: CellArrays = {};
  for (const [name, pairs] of [
    ['positive', positive],
    ['negative', negative],
  ] as const) {
    layers.forEach((layer, place) => {
      const values = new Float32Array(pairs.length * width);
      pairs.forEach((pair, row) => {
        values.set(pair.subarray(place * width, (place + 1) * width), row * width);
      });
      arrays[`${name}.${layer}`] = values;
    });
  }
  return arrays;
}

function rowsOf(values: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: values.length / width }, (_, row) =>
    values.slice(row * width, (row + 1) * width),
  );
}
