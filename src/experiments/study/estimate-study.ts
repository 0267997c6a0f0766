import type { LoadedBehaviour } from '../../dataset/parse.ts';
import { requantiseRemotely } from '../../engine/requantise-remotely.ts';
import { SteerbenchError } from '../../errors.ts';
import { type FoundModel, findModel } from '../../models/find-model.ts';
import { modelAtPrecision } from '../../models/precision.ts';
import type { EnginePool } from '../engine-pool.ts';
import { loadOptionsOf, resolveOptions } from '../resolve-options.ts';
import type { RunOptions } from '../run-options.ts';
import { pairOf, personaOf } from '../stages/persona.ts';
import type { RunCost } from './cost.ts';
import { type ExaminedModel, examineModel, isAbsent, measureModel, supposedSpeed } from './examine-model.ts';
import type { ModelSpec } from './model-spec.ts';
import type { StudyHooks, StudyRequest } from './run-study.ts';
import { costOf, type Unit } from './units.ts';

/** What a study will cost. */
export interface StudyEstimate {
  models: {
    id: string;
    /** Whether it is on this machine. */
    here: boolean;
    parameters: number | null;
    rowsPerSecond: number | null;
    /** Whether the speed was measured just now, or supposed from another model's. */
    measured: boolean;
  }[];
  runs: { id: string; cost: RunCost; seconds: number | null }[];
  total: RunCost & { seconds: number | null };
}

/** Estimates every run of a study from its options, a few sizes and the speed of each model here. */
export async function estimateStudy(
  {
    models,
    behaviours,
    units,
  }: {
    models: readonly ModelSpec[];
    behaviours: readonly { reference: string; loaded: LoadedBehaviour }[];
    units: readonly Unit[];
  },
  request: StudyRequest,
  engines: EnginePool,
  hooks: StudyHooks,
): Promise<StudyEstimate> {
  const examined = new Map<string, ExaminedModel>();
  for (const spec of models) examined.set(spec.id, await examine(spec, request, engines, hooks));
  const known = [...examined.values()];
  const runs: StudyEstimate['runs'] = [];
  for (const unit of units) {
    const model = examined.get(unit.model.id)!;
    const { loaded } = behaviours.find(({ reference }) => reference === unit.behaviour)!;
    const cost = await costOfUnit(unit, loaded, model, request);
    const speed = supposedSpeed(model, known);
    runs.push({ id: unit.id, cost, seconds: speed === null ? null : cost.wholeRows / speed });
  }
  return {
    models: known.map((model) => ({
      id: model.spec.id,
      here: model.found !== null,
      parameters: model.parameters,
      rowsPerSecond: supposedSpeed(model, known),
      measured: model.rowsPerSecond !== null,
    })),
    runs,
    total: {
      rows: sum(runs.map(({ cost }) => cost.rows)),
      wholeRows: sum(runs.map(({ cost }) => cost.wholeRows)),
      diskBytes: sum(runs.map(({ cost }) => cost.diskBytes)),
      seconds: runs.some(({ seconds }) => seconds === null) ? null : sum(runs.map(({ seconds }) => seconds!)),
    },
  };
}

/** Nothing for a run that cannot be made: why, is said when it comes to it. */
async function costOfUnit(
  { model: spec }: Unit,
  behaviour: LoadedBehaviour,
  model: ExaminedModel,
  request: StudyRequest,
): Promise<RunCost> {
  try {
    const options = optionsOf(spec, behaviour, model.found, request);
    return costOf(behaviour, model, options, pairOf(await personaOf(behaviour, options)) !== null);
  } catch (error) {
    if (error instanceof SteerbenchError) return { rows: 0, wholeRows: 0, diskBytes: 0 };
    throw error;
  }
}

async function examine(
  spec: ModelSpec,
  request: StudyRequest,
  engines: EnginePool,
  hooks: StudyHooks,
): Promise<ExaminedModel> {
  const found = await findModel(spec.reference, { download: false }).catch((error) => {
    if (isAbsent(error)) return null;
    throw error;
  });
  const model = await examineModel(spec, found);
  if (found === null) return model;
  const precision = spec.precision ?? request.options.precision;
  const options = resolveOptions(
    { experiment: request.experiment, options: { ...request.options, ...(precision ? { precision } : {}) } },
    'completion',
    found,
  );
  const atPrecision = await modelAtPrecision(found, options.precision, requantiseRemotely, {
    ...(hooks.download.onMessage ? { onMessage: hooks.download.onMessage } : {}),
    signal: hooks.signal,
  });
  const source = await engines.source(
    { ...loadOptionsOf(options, hooks.onLog), path: atPrecision.path, hash: atPrecision.sha256 },
    () => {},
  );
  return measureModel(model, await source.load());
}

function optionsOf(
  spec: ModelSpec,
  behaviour: LoadedBehaviour,
  found: FoundModel | null,
  { experiment, options }: StudyRequest,
): RunOptions {
  const precision = spec.precision === null ? {} : { precision: spec.precision };
  return resolveOptions(
    { experiment, options: { ...options, ...precision } },
    behaviour,
    found ?? { alias: spec.reference },
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
