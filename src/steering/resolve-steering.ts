import { createHash } from 'node:crypto';
import type { ModelFacts } from '../engine/engine.ts';
import type { StreamIntervention } from '../engine/streams/stream-request.ts';
import { SteerbenchError } from '../errors.ts';
import { type Gate, gateConflict } from '../interventions/gate.ts';
import { isIdentity, type Operator } from '../interventions/intervention.ts';
import type { Scope } from '../interventions/scope.ts';
import { norm } from '../math/vector.ts';
import { checkVector } from '../vectors/check-vector.ts';
import type { SteeringEntry, SteeringValue } from './steering-value.ts';
import type { NamedVector, VectorSource } from './vector-source.ts';

/** A vector as a record names it. */
export interface VectorName {
  name: string;
  /** Sha256 of its file. */
  hash: string;
}

/** One entry of a value, resolved against a model. */
export interface ResolvedEntry {
  vector: VectorName;
  /** Ascending. */
  layers: number[];
  multiplier: number;
  operator: Operator;
  scope: Scope;
  /** Index into the gates of the value; null acts always. */
  gate: number | null;
  /** Indexes into the interventions of the value, one a layer. */
  interventions: number[];
}

/** A condition, resolved. */
export interface ResolvedGate {
  vector: VectorName;
  gate: Gate;
}

/** A steering value resolved against a model: what the engine takes, and what identifies it. */
export interface ResolvedSteering {
  interventions: StreamIntervention[];
  gates: Gate[];
  entries: ResolvedEntry[];
  conditions: ResolvedGate[];
  /** What is done, whatever the names and the order of what commutes: JSON. */
  canonical: string;
  /** Sha256 of the canonical form; values with the same one are the same steering. */
  fingerprint: string;
  /** One sentence each. */
  warnings: string[];
}

/**
 * Finds the vectors of a value and lays out what the engine is to do.
 *
 * Interventions act from the lowest layer to the highest; several at one layer in the order of the value's list, each on
 * what the one before has left. With `add` alone that is the sum.
 *
 * @throws SteerbenchError `vector-not-found`, `vector-malformed`, `vector-dimension`, `layer-out-of-range`,
 * `steering-malformed` for a layer that the vector lacks, and for a gate that cannot act on its scope
 * @example
 * const steering = await resolveSteering(parseSteering('sentiment@14:0.8'), facts, new VectorFolder('vectors'));
 * engine.stream({ prompt, interventions: steering.interventions, gates: steering.gates });
 */
export async function resolveSteering(
  value: SteeringValue,
  facts: Pick<ModelFacts, 'name' | 'architecture' | 'width' | 'blocks' | 'hash'>,
  source: VectorSource,
): Promise<ResolvedSteering> {
  const interventions: StreamIntervention[] = [];
  const entries: ResolvedEntry[] = [];
  const conditions: ResolvedGate[] = [];
  const warnings = new Set<string>();
  const find = async (name: string): Promise<NamedVector> => {
    const found = await source.find(name);
    for (const warning of checkVector(found.vector, facts)) warnings.add(`"${name}": ${warning}`);
    return found;
  };
  for (const [place, entry] of value.entries()) {
    const found = await find(entry.vector);
    const gate = entry.when === null ? null : await addGate(conditions, entry.when, find);
    const layers = layersOf(entry, found, place);
    const first = interventions.length;
    for (const layer of layers) {
      const intervention: StreamIntervention = {
        layer,
        vector: found.vector.layers.get(layer)!,
        multiplier: entry.multiplier,
        operator: entry.operator,
        scope: entry.scope,
        gate,
      };
      checkIntervention(intervention, conditions, entry, place);
      interventions.push(intervention);
    }
    entries.push({
      vector: { name: found.name, hash: found.hash },
      layers,
      multiplier: entry.multiplier,
      operator: entry.operator,
      scope: entry.scope,
      gate,
      interventions: layers.map((_, index) => first + index),
    });
  }
  const gates = conditions.map(({ gate }) => gate);
  const canonical = canonicalForm(interventions, gates);
  const fingerprint = createHash('sha256').update(canonical).digest('hex');
  return { interventions, gates, entries, conditions, canonical, fingerprint, warnings: [...warnings] };
}

function layersOf({ layers, vector }: SteeringEntry, found: NamedVector, place: number): number[] {
  const has = [...found.vector.layers.keys()].sort((a, b) => a - b);
  if (layers === undefined && has.length > 1) {
    throw malformed(place, 'layers', `"${vector}" has ${has.length} layers, and none is chosen`, {
      remedy: `give the layer to steer at ("${vector}@${has[has.length >> 1]}"); "all" adds the vector at every one`,
    });
  }
  const wanted = layers === undefined || layers === 'all' ? has : [layers].flat();
  const chosen = [...new Set(wanted)].sort((a, b) => a - b);
  const missing = chosen.find((layer) => !found.vector.layers.has(layer));
  if (missing !== undefined) {
    throw malformed(place, 'layers', `"${vector}" has no layer ${missing}`, {
      remedy: `give one of its layers: ${has.join(', ')}`,
    });
  }
  return chosen;
}

async function addGate(
  conditions: ResolvedGate[],
  when: NonNullable<SteeringEntry['when']>,
  find: (name: string) => Promise<NamedVector>,
): Promise<number> {
  const found = await find(when.vector);
  const vector = found.vector.layers.get(when.layer);
  if (vector === undefined || !(norm(vector) > 0)) {
    const why = vector === undefined ? 'has no layer' : 'is zero at layer';
    throw new SteerbenchError(
      'steering-malformed',
      `the condition vector "${when.vector}" ${why} ${when.layer}`,
      { remedy: `give one of its layers: ${[...found.vector.layers.keys()].join(', ')}` },
    );
  }
  const [open, threshold] =
    'above' in when ? (['above', when.above] as const) : (['below', when.below] as const);
  const gate: Gate = { layer: when.layer, vector, measure: when.measure, open, threshold };
  const known = conditions.findIndex((one) => sameGate(one.gate, gate));
  if (known >= 0) return known;
  conditions.push({ vector: { name: found.name, hash: found.hash }, gate });
  return conditions.length - 1;
}

function sameGate(a: Gate, b: Gate): boolean {
  return JSON.stringify(describeGate(a)) === JSON.stringify(describeGate(b));
}

function checkIntervention(
  { layer, vector, operator, scope, gate }: StreamIntervention,
  conditions: ResolvedGate[],
  entry: SteeringEntry,
  place: number,
): void {
  if (operator !== 'add' && operator !== 'norm-preserving-add' && !(norm(vector) > 0)) {
    throw malformed(
      place,
      'operator',
      `"${entry.vector}" is zero at layer ${layer}: it has no direction to "${operator}"`,
      { remedy: 'give other layers, or the operator "add"' },
    );
  }
  const conflict = gate === null ? null : gateConflict(scope, layer, conditions[gate]!.gate);
  if (conflict === null) return;
  throw malformed(place, 'when', conflict, {
    remedy: `use the scope {kind: "after", tokens: 1}, or a condition at layer ${layer} or below with the scope "response"`,
  });
}

/** What is done, in the order in which it is done; what changes nothing is left out. */
function canonicalForm(interventions: StreamIntervention[], gates: Gate[]): string {
  return JSON.stringify(
    interventions
      .filter((one) => !isIdentity(one))
      // Sorting is stable: the order within a layer stays.
      .sort((a, b) => a.layer - b.layer)
      .map(({ layer, vector, multiplier, operator, scope, gate }) => ({
        layer,
        vector: hashOf(vector),
        operator,
        // Ablation takes no multiplier.
        multiplier: operator === 'ablate' ? null : multiplier,
        scope,
        when: gate === null ? null : describeGate(gates[gate]!),
      })),
  );
}

function describeGate({ layer, vector, measure, open, threshold }: Gate) {
  return { layer, vector: hashOf(vector), measure, [open]: threshold };
}

function hashOf(vector: Float32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength))
    .digest('hex');
}

function malformed(
  place: number,
  field: string,
  reason: string,
  options: { remedy: string },
): SteerbenchError {
  return new SteerbenchError(
    'steering-malformed',
    `steering[${place}].${field} is not valid: ${reason}`,
    options,
  );
}
