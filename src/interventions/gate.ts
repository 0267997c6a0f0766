import { dot, norm } from '../math/vector.ts';
import { type RowRange, rowsOfScope, type Scope } from './scope.ts';

/**
 * A condition on the residual stream h of the prompt's last token at the output of a block, with w the condition's
 * vector: `projection` is h·w/‖w‖, `cosine` h·w/(‖h‖‖w‖).
 */
export interface Gate {
  /** 0-based block at whose output h is read, before anything is done to it there. */
  layer: number;
  /** Float32Array, width of the residual stream. */
  vector: Float32Array;
  measure: 'projection' | 'cosine';
  /** The gate is open where the measure is at or beyond the threshold, on this side. */
  open: 'above' | 'below';
  threshold: number;
}

/** What a gate measured, and whether it is open. */
export interface GateState {
  /** Null where the stream has no length or is not finite: the gate is then closed. */
  value: number | null;
  open: boolean;
}

/**
 * Measures a gate on one row.
 *
 * @throws RangeError for a zero condition vector
 * @example
 * measureGate({ layer: 3, vector, measure: 'cosine', open: 'above', threshold: 0.2 }, h); // { value: 0.31, open: true }
 */
export function measureGate(gate: Gate, h: Float32Array): GateState {
  const length = norm(gate.vector);
  if (!(length > 0)) throw new RangeError(`the zero vector has no direction; gate at layer ${gate.layer}`);
  const projection = dot(h, gate.vector) / length;
  const value = gate.measure === 'projection' ? projection : projection / norm(h);
  if (!Number.isFinite(value)) return { value: null, open: false };
  return { value, open: gate.open === 'above' ? value >= gate.threshold : value <= gate.threshold };
}

/**
 * Why a gate cannot act on a scope at a layer, as the end of a sentence; null where it can.
 *
 * A gate is decided when the prompt's last row has passed its layer. By then every earlier row is computed, and the last
 * one itself is past all layers below: `prompt` and `all` can never depend on a gate, and rows that predict the first
 * answer token only at the gate's layer or above.
 */
export function gateConflict(scope: Scope, layer: number, gate: Pick<Gate, 'layer'>): string | null {
  // Any prompt length serves; two tokens have a row before the last one.
  const rows: RowRange = rowsOfScope(scope, 2);
  if (rows.from < 1 && rows.to > rows.from)
    return `the scope "${scope.kind}" steers rows before the prompt's last one, which are computed before the gate is decided`;
  if (rows.from === 1 && rows.to > 1 && layer < gate.layer)
    return `the prompt's last row, which predicts the first answer token, has passed layer ${layer} before the gate is decided at layer ${gate.layer}`;
  return null;
}
