/** A prompt that is being computed. */
export interface PromptWork {
  /** Slot it is computed in. */
  slot: number;
  /** Tokens that are left, at least one. */
  left: number;
}

/** Prompts of neighbouring slots that are computed together, each by as many rows. */
export interface PromptPiece {
  slots: number[];
  rowsEach: number;
}

/** Slots between two runs that are filled with rows thrown away, rather than computing the runs one after the other. */
const widestGap = 4;

/**
 * The piece of prompt that is computed next: the oldest prompt's, and those of its neighbours that fit beside it.
 *
 * A piece has at least `leastPiece` rows, unless the whole prompt has fewer, and leaves none or as many: how a prompt is
 * cut then changes none of its numbers.
 *
 * @param prompts oldest first
 * @param mostRows rows of the piece in all; at least twice `leastPiece`
 */
export function planPromptPiece(prompts: PromptWork[], mostRows: number, leastPiece: number): PromptPiece {
  const [oldest] = prompts;
  const leftOf = new Map(prompts.map(({ slot, left }) => [slot, left]));
  const slots = [oldest!.slot];
  let rowsEach = pieceOf(oldest!.left, mostRows, leastPiece);
  for (const direction of [1, -1]) {
    for (;;) {
      const next = direction > 0 ? slots.at(-1)! + 1 : slots[0]! - 1;
      if (!leftOf.has(next)) break;
      const group = [...slots, next].map((slot) => leftOf.get(slot)!);
      const each = commonPiece(group, Math.floor(mostRows / group.length), leastPiece);
      // A neighbour that would make the piece much smaller waits for its turn.
      if (each === 0 || 2 * each < rowsEach || each * group.length <= rowsEach * slots.length) break;
      if (direction > 0) slots.push(next);
      else slots.unshift(next);
      rowsEach = each;
    }
  }
  return { slots, rowsEach };
}

/**
 * Slots with a row to decode, in runs of neighbours that are decoded together; a narrow gap is bridged.
 *
 * @param slots ascending
 */
export function planRuns(slots: number[]): number[][] {
  const runs: number[][] = [];
  for (const slot of slots) {
    const run = runs.at(-1);
    if (run !== undefined && slot - run.at(-1)! <= widestGap + 1) run.push(slot);
    else runs.push([slot]);
  }
  return runs;
}

/** Rows that all of a group can have at once; 0 where there is no such number. */
function commonPiece(left: number[], most: number, leastPiece: number): number {
  for (let each = Math.min(most, ...left); each >= 1; each--) {
    if (left.every((rows) => allowed(rows, each, leastPiece))) return each;
  }
  return 0;
}

function pieceOf(left: number, most: number, leastPiece: number): number {
  return commonPiece([left], most, leastPiece);
}

function allowed(left: number, rows: number, leastPiece: number): boolean {
  if (rows === left) return true;
  return rows >= leastPiece && left - rows >= leastPiece;
}
