import { join } from 'node:path';
import { loadBehaviour } from '../../dataset/load-behaviour.ts';
import type { LoadedBehaviour } from '../../dataset/parse.ts';
import { SteerbenchError } from '../../errors.ts';
import { findModel } from '../../models/find-model.ts';
import type { Study } from '../../result/study.ts';
import { EnginePool } from '../engine-pool.ts';
import type { StudyKind } from '../experiment-kinds.ts';
import type { ExperimentHooks } from '../run.ts';
import { runExperiment } from '../run.ts';
import type { RunOptions } from '../run-options.ts';
import type { Shard } from '../session.ts';
import { isOwn, throwIfStopped } from '../session.ts';
import { assembleStudy } from './assemble-study.ts';
import { estimateStudy, type StudyEstimate } from './estimate-study.ts';
import { type ModelSpec, parseModels } from './model-spec.ts';
import { checkStudyPlan, keepStudyPlan, type StudyPlan } from './study-plan.ts';
import { StudyProgress } from './study-progress.ts';
import { countTransfers, runTransfers } from './transfers.ts';
import { type Unit, unitsOf } from './units.ts';

/** What to run. */
export interface StudyRequest {
  experiment: StudyKind;
  /** Models, with an `@precision` where it is not the model's own. */
  models: string[];
  /** Built-in names, public datasets or paths. */
  behaviours: string[];
  /** What differs from the kind's defaults, in every run. */
  options: Partial<RunOptions>;
  /** Folder of the study. Null: `studies/<experiment>`. */
  out: string | null;
  /** Which of several processes this is: whole runs are dealt out. Null: the only one. */
  shard: Shard | null;
  /** Whether vectors of one precision of a model are tried on its others. */
  transfer: boolean;
}

/** What a study left. */
export interface StudyOutcome {
  /** Null while runs of other shards are missing. */
  study: Study | null;
  folder: string;
  /** Runs that could not be made; the same command tries them again. */
  failures: { run: string; reason: string }[];
  /** Runs of other shards that are not there yet. */
  waiting: string[];
  /** Null where nothing was run. */
  seconds: number | null;
}

/** How a study talks to its caller. */
export interface StudyHooks extends Omit<ExperimentHooks, 'engines'> {
  /** Told what it will cost, before it begins. */
  onEstimate?: (estimate: StudyEstimate) => void;
}

/** A study made ready: everything that was named exists, nothing has been computed. */
interface ReadyStudy {
  folder: string;
  models: ModelSpec[];
  behaviours: { reference: string; loaded: LoadedBehaviour }[];
  units: Unit[];
}

/**
 * What a study would do and cost, with nothing run: models that are on this machine are loaded for a moment to measure
 * their speed, others are not fetched.
 *
 * @throws SteerbenchError of data; RangeError for models or options
 */
export async function planStudy(request: StudyRequest, hooks: StudyHooks): Promise<StudyEstimate> {
  const ready = await makeReady(request);
  const engines = new EnginePool();
  try {
    return await estimateStudy(ready, request, engines, hooks);
  } finally {
    await engines.dispose();
  }
}

/**
 * Runs an experiment of the paper on every behaviour and model, or goes on with it: finished runs are used as they are.
 *
 * A run that cannot be made (too few items, a crash that repeats, a model that cannot be had) is named with its reason,
 * and the study goes on. Whole runs are dealt out to shards.
 *
 * @throws SteerbenchError `run-conflict`, `interrupted`, `write-failed`, and those of data; RangeError for options
 * @example
 * const { study } = await runStudy(
 *   { experiment: 'ood', models: ['smollm2-135m-instruct'], behaviours: ['sentiment', 'french'], options: {}, out: null, shard: null, transfer: false },
 *   { onProgress: () => {}, signal: new AbortController().signal, download: {} },
 * );
 */
export async function runStudy(request: StudyRequest, hooks: StudyHooks): Promise<StudyOutcome> {
  const began = performance.now();
  const ready = await makeReady(request);
  const { folder, units } = ready;
  const plan = planOf(request);
  await checkStudyPlan(folder, plan);
  const engines = new EnginePool();
  const failures: StudyOutcome['failures'] = [];
  try {
    const estimate = await estimateStudy(ready, request, engines, hooks);
    // Not before the estimate, which refuses options that no run could use: they would stand in the folder for good.
    await keepStudyPlan(folder, plan);
    hooks.onEstimate?.(estimate);
    const own = units.filter((_, place) => isOwn(request.shard, place));
    const transfers = request.transfer ? countTransfers(units, request.shard) : 0;
    const progress = new StudyProgress(hooks.onProgress, own, estimate, transfers);
    for (const unit of own) {
      progress.begin(unit);
      const reason = await runUnit(unit, folder, request, { ...hooks, engines, onProgress: progress.take });
      if (reason !== null) {
        failures.push({ run: unit.id, reason });
        progress.note(`${unit.id}: ${reason}`);
      }
    }
    if (request.transfer) {
      const failed = await runTransfers(
        folder,
        units,
        request,
        { ...hooks, engines, onProgress: progress.take },
        progress,
      );
      failures.push(...failed);
    }
  } finally {
    await engines.dispose();
  }
  const { study, missing } = await assembleStudy(folder, plan, units, failures);
  const waiting = request.shard === null ? [] : missing;
  const seconds = (performance.now() - began) / 1000;
  return { study: waiting.length > 0 ? null : study, folder, failures, waiting, seconds };
}

async function makeReady(request: StudyRequest): Promise<ReadyStudy> {
  if (request.behaviours.length === 0) throw new RangeError('a study needs at least one behaviour');
  if (request.models.length === 0) throw new RangeError('a study needs at least one model');
  const models = parseModels(request.models);
  const behaviours: ReadyStudy['behaviours'] = [];
  for (const reference of request.behaviours) {
    behaviours.push({
      reference,
      loaded: await loadBehaviour(reference, {
        profile: request.options.multiOption === 'keep' ? 'paper' : 'corrected',
      }),
    });
  }
  const units = unitsOf(
    models,
    behaviours.map(({ reference, loaded }) => ({ reference, name: loaded.name })),
  );
  const twice = units.find(
    ({ folder }, place) => units.findIndex((unit) => unit.folder === folder) !== place,
  );
  if (twice !== undefined) throw new RangeError(`invalid "behaviours"; two of them are called "${twice.id}"`);
  return { folder: request.out ?? join('studies', request.experiment), models, behaviours, units };
}

function planOf({ experiment, models, behaviours, options, transfer }: StudyRequest): StudyPlan {
  return {
    schema: 'steerbench.study-plan',
    version: 1,
    experiment,
    models,
    behaviours,
    options: JSON.parse(JSON.stringify(options)),
    transfer,
  };
}

/** Codes after which nothing else can be computed either, or the user has to decide. */
const final = ['interrupted', 'run-conflict', 'write-failed', 'library-mismatch'];

/** Runs one unit; the reason where it could not be made. */
async function runUnit(
  unit: Unit,
  folder: string,
  { experiment, options }: StudyRequest,
  hooks: ExperimentHooks,
): Promise<string | null> {
  const { reference, precision } = unit.model;
  try {
    await findModel(reference, { ...hooks.download, signal: hooks.signal });
    const { failures } = await runExperiment(
      {
        experiment,
        behaviour: unit.behaviour,
        model: reference,
        options: { ...options, ...(precision === null ? {} : { precision }) },
        out: join(folder, unit.folder),
        vector: null,
      },
      hooks,
    );
    return failures.length === 0 ? null : `${failures.length} cells failed: ${failures[0]!.reason}`;
  } catch (error) {
    throwIfStopped(hooks.signal);
    if (!(error instanceof SteerbenchError) || final.includes(error.code)) throw error;
    return error.message;
  }
}
