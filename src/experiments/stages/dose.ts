import type { Start } from '../../interventions/intervention.ts';
import { norm } from '../../math/vector.ts';
import type { Case, Sequence } from '../../prompts/case.ts';
import type { Result } from '../../result/schema.ts';
import { meanOf } from '../../statistics/moments.ts';
import { type CellWork, cellWork, runCell, type Session } from '../session.ts';
import { cellId, cellsOf } from './measure-items.ts';

/**
 * Mean norm of the unsteered residual stream at a layer, over the positions that are steered, without the first token
 * (whose norm is an outlier); null when its cell failed, or the stream is not finite.
 */
export async function residualNorm(session: Session, cases: Case[], layer: number): Promise<number | null> {
  const norms: number[] = [];
  for (const [index, items] of cellsOf(session, cases).entries()) {
    const cell = await runCell<{ norms: (number | null)[]; work: CellWork }>(
      session,
      'dose',
      cellId('dose', index),
      async (engine) => {
        const { positive, width, work } = await engine.capture(items, 'all', [layer]);
        const found = items.flatMap((item, place) =>
          steeredPositions(item.positive, session.options.start).map((position) =>
            norm(positive[place]!.subarray(position * width, (position + 1) * width)),
          ),
        );
        return { norms: found, work: cellWork(work) };
      },
    );
    if (cell === null) return null;
    // JSON has null for a norm that is not finite.
    if (cell.norms.includes(null)) return null;
    norms.push(...(cell.norms as number[]));
  }
  return norms.length === 0 ? null : meanOf(norms);
}

/** ‖λv‖ as a share of the residual stream's norm, by multiplier. */
export function doses(multipliers: number[], vector: Float32Array, residual: number): Result['dose'] {
  return multipliers.map((multiplier) => ({
    multiplier,
    share: (Math.abs(multiplier) * norm(vector)) / residual,
  }));
}

function steeredPositions(sequence: Sequence, start: Start): number[] {
  const first =
    start === 'all'
      ? 1
      : start === 'last-prompt-token'
        ? sequence.lastPromptToken
        : sequence.firstAnswerToken;
  return Array.from({ length: sequence.answerEnd - first }, (_, index) => first + index);
}
