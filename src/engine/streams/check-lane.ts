import { SteerbenchError } from '../../errors.ts';
import type { ModelFacts } from '../engine.ts';
import type { Lane, LaneBlock } from './lane.ts';
import { RowSteering } from './row-steering.ts';
import type { Slot } from './slot-table.ts';

const promptRows = 4;
/** Answers in company; more would cost time and show nothing else. */
const most = 8;
/** Largest difference of logits, as a share of the largest, that is rounding. */
const rounding = 0.05;

/**
 * Whether an answer's logits are the same, to the last bit, alone and in company, each answer turned to a direction of
 * its own after the first block. Empties the lane.
 *
 * @returns null for a lane of one stream, which has no company
 * @throws SteerbenchError `model-unsupported` where the rows of several answers do not lie in the order of the batch, so
 * that the wrong ones would be steered
 */
export function checkLane(
  lane: Lane,
  facts: Pick<ModelFacts, 'vocabulary' | 'width' | 'architecture'>,
): boolean | null {
  const slots = lane.table.slots.slice(0, most);
  if (slots.length < 2) return null;
  const alone = slots.map((slot) => logitsOf(lane, [slot], facts)[0]!);
  const together = logitsOf(lane, slots, facts);
  const largest = Math.max(...together.map((logits) => logits.reduce((a, b) => Math.max(a, Math.abs(b)), 0)));
  const difference = Math.max(
    ...together.map((logits, place) =>
      logits.reduce((a, b, i) => Math.max(a, Math.abs(b - alone[place]![i]!)), 0),
    ),
  );
  // A NaN must not pass.
  if (!(difference <= rounding * largest)) {
    throw new SteerbenchError(
      'model-unsupported',
      `the architecture "${facts.architecture}" does not compute the rows of several answers in the order of the batch`,
      { remedy: 'generate one answer at a time (--streams 1)' },
    );
  }
  return difference === 0;
}

/** Logits after a few prompt rows and one answer row, by slot. */
function logitsOf(
  lane: Lane,
  slots: Slot[],
  { vocabulary, width }: Pick<ModelFacts, 'vocabulary' | 'width'>,
): Float32Array[] {
  const steerings = slots.map(({ index }) => {
    const vector = new Float32Array(width);
    vector[(7 * index) % width] = 1;
    // So strong that only the vector's direction is left, at the length of the stream.
    const turn = { layer: 0, vector, multiplier: 1e6, operator: 'norm-preserving-add' } as const;
    return new RowSteering([{ ...turn, scope: { kind: 'response' }, gate: null }], [], promptRows);
  });
  const decode = (from: number, count: number, answering: boolean) =>
    lane.decode(
      slots.map(
        (slot, place): LaneBlock => ({
          slot,
          tokens: Array.from(
            { length: count },
            (_, i) => (17 * (from + i + 1) + 31 * slot.index) % vocabulary,
          ),
          firstOutput: Math.max(0, count - lane.leastRows),
          steering: steerings[place]!,
          lastPromptRow: promptRows - 1,
          answering,
        }),
      ),
    );
  for (const slot of slots) lane.prepare(slot, null, 0);
  decode(0, promptRows, false);
  const rows = decode(promptRows, 1, true);
  const logits = rows.map((row) => lane.context.logits(row).slice());
  for (const slot of slots) lane.prepare(slot, null, 0);
  return logits;
}
