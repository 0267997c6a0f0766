import { SteerbenchError } from '../../errors.ts';
import type { LlamaContext, Row } from '../../llama/context.ts';
import type { ModelFacts } from '../engine.ts';
import { type HookJob, ResidualHook, type RowEdit } from '../residual-hook.ts';
import type { RowSteering } from './row-steering.ts';
import { type Slot, SlotTable } from './slot-table.ts';

/** Rows of one answer in a step: they follow what its slot holds. */
export interface LaneBlock {
  slot: Slot;
  tokens: number[];
  /** Rows from here on give logits. */
  firstOutput: number;
  steering: RowSteering;
  /** Position of the prompt's last token, where gates are decided. */
  lastPromptRow: number;
  /** Whether the rows predict answer tokens that are already chosen one by one. */
  answering: boolean;
}

/** Rows that went through the decoder, for the account of a piece of work. */
export interface LaneWork {
  rows: number;
  /** Rows changed, by layer. */
  changed: Map<number, number>;
  batches: number;
  decodeSeconds: number;
}

/** What a lane is made of. */
export interface LaneParts {
  context: LlamaContext;
  facts: Pick<ModelFacts, 'blocks' | 'width' | 'architecture' | 'recurrent'>;
  slots: number;
  slotTokens: number;
  /** Fewest rows with which the matrix products use the same kernels as with many. */
  leastRows: number;
}

/**
 * A context with a separate cache for each of its sequences, and what each holds.
 *
 * A row's numbers depend on nothing but its own sequence: each sequence has its own buffers, filled from the front, and
 * a step is always computed by the kernels for several rows, if need be beside rows that are thrown away. llama.cpp
 * computes neighbouring sequences with equally many rows in one graph, in the order of the batch; a step is laid out so
 * that it is one graph.
 */
export class Lane {
  readonly table: SlotTable;
  readonly slotTokens: number;
  readonly leastRows: number;
  readonly work: LaneWork = { rows: 0, changed: new Map(), batches: 0, decodeSeconds: 0 };
  readonly context: LlamaContext;
  readonly #facts: LaneParts['facts'];

  constructor({ context, facts, slots, slotTokens, leastRows }: LaneParts) {
    this.context = context;
    this.table = new SlotTable(slots, slotTokens);
    this.slotTokens = slotTokens;
    this.leastRows = slots === 1 ? 1 : leastRows;
    this.#facts = facts;
  }

  /** Fewest rows of a prompt that are computed at once, so that it does not matter how a prompt is cut. */
  get leastPiece(): number {
    return this.#facts.recurrent ? 1 : Math.max(2, this.leastRows);
  }

  get lastBlock(): number {
    return this.#facts.blocks - 1;
  }

  /** Whether a sequence can be shortened, and its beginning be used by another. */
  get shares(): boolean {
    return !this.#facts.recurrent;
  }

  /**
   * Makes a slot hold the first `shared` tokens of another, or of itself, and nothing more.
   *
   * Buffers that may hold values that are not finite are overwritten by those of a clean slot, or zeroed: a masked NaN
   * would reach later rows.
   */
  prepare(target: Slot, source: Slot | null, shared: number): void {
    const { context, table } = this;
    if (source !== null && source !== target) {
      context.copyWhole(source.index, target.index);
      target.tokens = source.tokens.slice();
      target.keys = source.keys.slice();
      target.tainted = false;
    }
    if (target.tainted) this.#clean(target);
    this.#shorten(target, source === null ? 0 : shared);
    table.touch(target);
  }

  /** Forgets everything, after a decode that failed. */
  reset(): void {
    this.context.scrub();
    for (const slot of this.table.slots) {
      this.table.empty(slot);
      slot.tainted = false;
    }
  }

  /** Forgets what a slot holds, whose buffers may hold values that are not finite from now on. */
  taint(slot: Slot): void {
    this.#shorten(slot, 0);
    slot.tainted = true;
  }

  /**
   * Moves what a busy slot holds to a free one.
   */
  move(from: Slot, to: Slot): void {
    this.prepare(to, from, from.tokens.length);
    to.busy = true;
    from.busy = false;
  }

  /**
   * Decodes blocks of equally many rows in neighbouring slots, steering and proving it.
   *
   * @returns for each block, in the order given, the place of its first row in the batch
   * @throws SteerbenchError `steering-mismatch` when the rows changed are not those planned
   */
  decode(blocks: LaneBlock[]): number[] {
    const rowsEach = blocks[0]!.tokens.length;
    const pads = this.#pads(blocks, rowsEach);
    const all = [
      ...blocks.map((block) => ({ slot: block.slot, block })),
      ...pads.map((slot) => ({ slot, block: null })),
    ].sort((a, b) => a.slot.index - b.slot.index);
    const rows: Row[] = [];
    const firstRow = new Map<LaneBlock, number>();
    for (const { slot, block } of all) {
      if (block !== null) firstRow.set(block, rows.length);
      const begin = slot.tokens.length;
      const sequences = [slot.index];
      for (let i = 0; i < rowsEach; i++) {
        rows.push({
          token: block?.tokens[i] ?? 0,
          position: begin + i,
          sequences,
          output: i >= (block?.firstOutput ?? blocks[0]!.firstOutput),
        });
      }
    }
    const job = this.#job(blocks, firstRow, rows);
    const hook =
      job.edits.size > 0 || job.reads.size > 0
        ? new ResidualHook(job, this.#facts.width, this.#facts.architecture)
        : null;
    const began = performance.now();
    this.context.decode(rows, hook);
    this.work.decodeSeconds += (performance.now() - began) / 1000;
    this.#prove(job.edits, hook, rows);
    for (const slot of pads) this.context.removeFrom(slot.index, slot.tokens.length);
    for (const block of blocks) this.#record(block);
    this.work.rows += blocks.length * rowsEach;
    this.work.batches++;
    return blocks.map((block) => firstRow.get(block)!);
  }

  /** Free the context. */
  dispose(): void {
    this.context.dispose();
  }

  #shorten(slot: Slot, length: number): void {
    if (slot.tokens.length === length && length > 0) return;
    if (!this.shares) this.context.clear();
    else if (length === 0) this.context.remove(slot.index);
    else this.context.removeFrom(slot.index, length);
    slot.tokens.length = length;
    slot.keys.length = length;
  }

  #clean(slot: Slot): void {
    const clean = this.table.slots.find((other) => !other.tainted && other !== slot);
    if (clean !== undefined) {
      this.context.copyWhole(clean.index, slot.index);
      this.context.remove(slot.index);
      slot.tainted = false;
    } else this.reset();
  }

  /** Slots between those of the blocks, and beside them up to the least number of rows: their rows are thrown away. */
  #pads(blocks: LaneBlock[], rowsEach: number): Slot[] {
    const taken = new Set(blocks.map(({ slot }) => slot.index));
    let first = Math.min(...taken);
    let last = Math.max(...taken);
    const { slots } = this.table;
    const fits = (slot: Slot | undefined) =>
      slot !== undefined && (!slot.busy || slot.tokens.length + rowsEach <= this.slotTokens);
    while ((last - first + 1) * rowsEach < this.leastRows) {
      if (fits(slots[last + 1])) last++;
      else if (fits(slots[first - 1])) first--;
      else break;
    }
    const pads = slots.filter(({ index }) => index >= first && index <= last && !taken.has(index));
    for (const slot of pads) {
      if (slot.tokens.length + rowsEach > this.slotTokens) this.#shorten(slot, 0);
    }
    return pads;
  }

  #job(blocks: LaneBlock[], firstRow: Map<LaneBlock, number>, rows: Row[]): HookJob {
    const edits = new Map<number, RowEdit[]>();
    const reads: HookJob['reads'] = new Map();
    for (const block of [...blocks].sort((a, b) => a.slot.index - b.slot.index)) {
      const begin = block.slot.tokens.length;
      const first = firstRow.get(block)!;
      for (let i = 0; i < block.tokens.length; i++) {
        for (const { layer, apply, active } of block.steering.changesAt(begin + i)) {
          const edit = { row: first + i, apply, ...(active === null ? {} : { active }) };
          const list = edits.get(layer);
          if (list === undefined) edits.set(layer, [edit]);
          else list.push(edit);
        }
      }
      const last = block.lastPromptRow - begin;
      if (last >= 0 && last < block.tokens.length) this.#readGates(reads, block.steering, first + last);
    }
    return {
      outputs: rows.map(({ output }) => Number(output)),
      edits,
      reads,
      receiveNorm: null,
      stopAfter: null,
    };
  }

  #readGates(reads: HookJob['reads'], steering: RowSteering, row: number): void {
    for (const layer of steering.openQuestions) {
      const before = reads.get(layer);
      const receive = (at: number, h: Float32Array) => {
        if (at === row) steering.decide(layer, h);
        else before!.receive(at, h);
      };
      reads.set(layer, { rows: [...(before?.rows ?? []), row], receive });
    }
  }

  /** Compares what the hook changed with what was planned; a row of the last block that is no output has no tensor row. */
  #prove(edits: Map<number, RowEdit[]>, hook: ResidualHook | null, rows: Row[]): void {
    for (const [layer, planned] of edits) {
      const last = layer === this.#facts.blocks - 1;
      const expected = planned.filter(
        ({ row, active }) => (!last || rows[row]!.output) && active?.() !== false,
      ).length;
      const found = hook?.changed.get(layer) ?? 0;
      if (found !== expected) {
        throw new SteerbenchError(
          'steering-mismatch',
          `layer ${layer}: ${found} rows were steered, ${expected} were planned`,
          { remedy: 'the answers of this step cannot be used; report the architecture of the model' },
        );
      }
      if (found > 0) this.work.changed.set(layer, (this.work.changed.get(layer) ?? 0) + found);
    }
  }

  /**
   * Notes what is in the cache now. A row that was computed alone in its sequence is not what it would be beside others
   * of its sequence, to the last bit; so answer rows are never taken for prompt rows.
   */
  #record({ slot, tokens, steering, answering }: LaneBlock): void {
    const alone = answering || tokens.length < this.leastPiece ? '~' : '';
    for (const token of tokens) {
      slot.keys.push(alone + steering.keyAt(slot.tokens.length));
      slot.tokens.push(token);
    }
  }
}
