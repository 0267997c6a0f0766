/** What a sequence of the cache holds. */
export interface Slot {
  index: number;
  /** Tokens in the cache, and for each the name of what was done to its row. */
  tokens: number[];
  keys: string[];
  /** Whether an answer is being generated in it. */
  busy: boolean;
  /** When it was last used: a running number. */
  lastUse: number;
  /** Whether values that are not finite may lie in its buffer. */
  tainted: boolean;
}

/** A prompt as the cache sees it. */
export interface CacheKeys {
  tokens: ArrayLike<number>;
  keyAt: (row: number) => string;
}

/** Where an answer goes, and what it takes over. */
export interface Placement {
  target: Slot;
  /** The slot whose first `shared` tokens are taken over; equal to `target` where they lie there already. */
  source: Slot | null;
  shared: number;
}

/**
 * Tokens that two sequences have in common from the start, the same being done to their rows.
 *
 * @param limit most tokens that count
 */
export function sharedPrefix(slot: Pick<Slot, 'tokens' | 'keys'>, prompt: CacheKeys, limit: number): number {
  const most = Math.min(limit, slot.tokens.length, prompt.tokens.length);
  let shared = 0;
  while (
    shared < most &&
    slot.tokens[shared] === prompt.tokens[shared] &&
    slot.keys[shared] === prompt.keyAt(shared)
  )
    shared++;
  return shared;
}

/** The sequences of a context: which are in use, and what the others still hold. */
export class SlotTable {
  readonly slots: Slot[];
  /** Fewest tokens for which a copy pays: it moves the buffers of a whole slot. */
  readonly #leastCopied: number;
  #clock = 0;

  constructor(count: number, slotTokens: number) {
    this.slots = Array.from({ length: count }, (_, index) => emptySlot(index));
    this.#leastCopied = Math.max(16, Math.floor(slotTokens / 64));
  }

  /** The slot with the longest prefix in common, the target of a placement apart. */
  bestSource(prompt: CacheKeys, limit: number): { source: Slot; shared: number } | null {
    let best: { source: Slot; shared: number } | null = null;
    for (const source of this.slots) {
      const shared = sharedPrefix(source, prompt, limit);
      if (shared > (best?.shared ?? 0)) best = { source, shared };
    }
    return best;
  }

  /**
   * The place for a new answer: a free slot beside those in use, so that rows of one step stay neighbours; of these the
   * one that holds the prompt's beginning, else an empty one, else the one unused for longest. Null when all are busy.
   *
   * @param limit most tokens that may be taken over
   */
  place(prompt: CacheKeys, limit: number): Placement | null {
    const candidates = this.#candidates();
    if (candidates.length === 0) return null;
    const best = this.bestSource(prompt, limit);
    // A long conversation is not given up for a short beginning, unless there is nowhere else to go.
    if (best !== null && candidates.includes(best.source)) {
      const worthIt = 2 * best.shared >= best.source.tokens.length || candidates.length === 1;
      if (worthIt) return { target: best.source, ...best };
    }
    const others = candidates.filter((slot) => slot !== best?.source);
    const target = (others.length > 0 ? others : candidates).reduce((a, b) => (order(b, a) < 0 ? b : a));
    if (best === null || best.shared < this.#leastCopied) {
      const own = sharedPrefix(target, prompt, limit);
      return { target, source: own > 0 ? target : null, shared: own };
    }
    return { target, ...best };
  }

  /** Whether waiting for `possible` shared tokens, with `available` now, is worth it. */
  worthWaiting(possible: number, available: number): boolean {
    return possible >= this.#leastCopied && possible > available;
  }

  /** Marks a slot as used now. */
  touch(slot: Slot): void {
    slot.lastUse = ++this.#clock;
  }

  /** Forgets what a slot holds. */
  empty(slot: Slot): void {
    slot.tokens = [];
    slot.keys = [];
  }

  #candidates(): Slot[] {
    const busy = this.slots.filter((slot) => slot.busy);
    const free = this.slots.filter((slot) => !slot.busy);
    if (busy.length === 0) return free;
    const [first, last] = [busy[0]!.index, busy.at(-1)!.index];
    const inside = free.filter(({ index }) => index > first && index < last);
    return inside.length > 0 ? inside : free.filter(({ index }) => index === first - 1 || index === last + 1);
  }
}

function emptySlot(index: number): Slot {
  return { index, tokens: [], keys: [], busy: false, lastUse: 0, tainted: false };
}

/** Empty slots first, then those unused for longest, then by number. */
function order(a: Slot, b: Slot): number {
  const full = ({ tokens }: Slot) => (tokens.length > 0 ? 1 : 0);
  return full(a) - full(b) || a.lastUse - b.lastUse || a.index - b.index;
}
