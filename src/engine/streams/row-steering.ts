import { createHash } from 'node:crypto';
import { type PreparedIntervention, prepareIntervention } from '../../interventions/apply.ts';
import { type Gate, type GateState, measureGate } from '../../interventions/gate.ts';
import { isIdentity } from '../../interventions/intervention.ts';
import { rowsOfScope } from '../../interventions/scope.ts';
import type { StreamIntervention } from './stream-request.ts';

/** What is done to a row at one layer. */
export interface RowChange {
  layer: number;
  apply: (h: Float32Array) => void;
  /** Null where no gate has a say. */
  active: (() => boolean) | null;
}

/** A stretch of rows on which the same interventions act. */
interface Segment {
  from: number;
  to: number;
  /** Indexes of interventions, in order. */
  acting: number[];
  /** By layer, ascending. */
  changes: RowChange[];
}

interface Acting {
  from: number;
  to: number;
  gate: number | null;
  /** Hash of all that decides what it does to a row. */
  key: string;
  prepared: PreparedIntervention;
}

/** The steering of one answer, row by row: what is done, what it is called in the cache, and how often it was done. */
export class RowSteering {
  /** By intervention of the request: rows it has acted on. */
  readonly positions: number[];
  /** By gate of the request: decided when the prompt's last row has passed. */
  readonly gateStates: (GateState | null)[];
  readonly #gates: Gate[];
  readonly #acting: (Acting | null)[];
  readonly #segments: Segment[];
  readonly #keys = new Map<string, string>();

  constructor(interventions: StreamIntervention[], gates: Gate[], promptTokens: number) {
    this.positions = interventions.map(() => 0);
    this.gateStates = gates.map(() => null);
    this.#gates = gates;
    this.#acting = interventions.map((intervention) =>
      isIdentity(intervention)
        ? null
        : {
            ...rowsOfScope(intervention.scope, promptTokens),
            gate: intervention.gate,
            key: keyOf(intervention),
            prepared: prepareIntervention(intervention),
          },
    );
    this.#segments = this.#cut();
  }

  /** Layers whose gates are not decided yet. */
  get openQuestions(): number[] {
    return [...new Set(this.#gates.filter((_, i) => this.gateStates[i] === null).map(({ layer }) => layer))];
  }

  /** Decides the gates of a layer by the prompt's last row there. Float32Array, width. */
  decide(layer: number, h: Float32Array): void {
    for (const [index, gate] of this.#gates.entries()) {
      if (gate.layer === layer) this.gateStates[index] = measureGate(gate, h);
    }
  }

  /** What is done to a row, by layer. */
  changesAt(row: number): RowChange[] {
    return this.#segmentAt(row).changes;
  }

  /**
   * Name of what acts on a row: equal for two rows exactly when the same is done to both; empty where nothing is.
   *
   * A gate that is not decided yet counts as closed; it never acts on rows before it is decided.
   */
  keyAt(row: number): string {
    const acting = this.#segmentAt(row).acting.filter((index) => this.#isOpen(this.#acting[index]!.gate));
    if (acting.length === 0) return '';
    // Order counts within a layer only.
    const layerOf = (index: number) => this.#acting[index]!.prepared.layer;
    acting.sort((a, b) => layerOf(a) - layerOf(b));
    const names = acting.join(',');
    const known = this.#keys.get(names);
    if (known !== undefined) return known;
    const key = hash(acting.map((index) => this.#acting[index]!.key).join());
    this.#keys.set(names, key);
    return key;
  }

  /** Counts rows below `length` that were steered when they were put into the cache. */
  countReused(length: number, lastBlock: number): void {
    for (const { from, to, acting, changes } of this.#segments) {
      const rows = Math.min(to, length) - from;
      if (rows <= 0 || changes.length === 0) continue;
      // The last block's output of a row that predicts nothing is never computed, let alone steered.
      for (const index of acting)
        if (this.#acting[index]!.prepared.layer < lastBlock) this.positions[index]! += rows;
    }
  }

  #isOpen(gate: number | null): boolean {
    return gate === null || this.gateStates[gate]?.open === true;
  }

  #segmentAt(row: number): Segment {
    const segments = this.#segments;
    for (let i = segments.length - 1; i > 0; i--) if (segments[i]!.from <= row) return segments[i]!;
    return segments[0]!;
  }

  #cut(): Segment[] {
    const borders = new Set([0]);
    for (const one of this.#acting) {
      if (one === null || one.from >= one.to) continue;
      borders.add(one.from);
      if (Number.isFinite(one.to)) borders.add(one.to);
    }
    const starts = [...borders].sort((a, b) => a - b);
    return starts.map((from, place) => {
      const acting = this.#acting.flatMap((one, index) =>
        one !== null && one.from <= from && from < one.to ? [index] : [],
      );
      return {
        from,
        to: starts[place + 1] ?? Number.POSITIVE_INFINITY,
        acting,
        changes: this.#changesOf(acting),
      };
    });
  }

  #changesOf(acting: number[]): RowChange[] {
    const byLayer = new Map<number, number[]>();
    for (const index of acting) {
      const { layer } = this.#acting[index]!.prepared;
      byLayer.set(layer, [...(byLayer.get(layer) ?? []), index]);
    }
    return [...byLayer]
      .sort(([a], [b]) => a - b)
      .map(([layer, indexes]) => {
        const gated = indexes.every((index) => this.#acting[index]!.gate !== null);
        return {
          layer,
          apply: (h: Float32Array) => {
            for (const index of indexes) {
              const { gate, prepared } = this.#acting[index]!;
              if (!this.#isOpen(gate)) continue;
              prepared.apply(h);
              this.positions[index]!++;
            }
          },
          active: gated ? () => indexes.some((index) => this.#isOpen(this.#acting[index]!.gate)) : null,
        };
      });
  }
}

function keyOf({ layer, vector, multiplier, operator }: StreamIntervention): string {
  const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
  return hash(`${layer}|${multiplier}|${operator}|`, bytes);
}

function hash(...parts: (string | Uint8Array)[]): string {
  const sha = createHash('sha256');
  for (const part of parts) sha.update(part);
  return sha.digest('hex');
}
