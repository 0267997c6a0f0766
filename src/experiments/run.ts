import { basename, join } from 'node:path';
import { loadBehaviour } from '../dataset/load-behaviour.ts';
import type { LoadedBehaviour } from '../dataset/parse.ts';
import { identityWithLoras } from '../engine/load-adapters.ts';
import { requantiseRemotely } from '../engine/requantise-remotely.ts';
import { resolveJudge } from '../judge/judge-options.ts';
import { packageVersion } from '../llama/library.ts';
import { type FindModelOptions, type FoundModel, findModel } from '../models/find-model.ts';
import { modelShape } from '../models/model-shape.ts';
import { modelAtPrecision } from '../models/precision.ts';
import { parseResult, type Result } from '../result/schema.ts';
import { type Plan, planVersion } from '../store/plan.ts';
import { RunFolder } from '../store/run-folder.ts';
import { steerbenchVersion } from '../version.ts';
import { audit } from './audit.ts';
import type { RunContext } from './empty-result.ts';
import { EnginePool } from './engine-pool.ts';
import { evaluate, extract, type Outcome, sweep } from './other-experiments.ts';
import { Progress, type ProgressListener } from './progress.ts';
import { settingItemsWithinBudget } from './prompts-in-budget.ts';
import { referenceEngine } from './reference-engine.ts';
import { loadOptionsOf, resolveOptions } from './resolve-options.ts';
import type { RunOptions } from './run-options.ts';
import { type Session, type Shard, throwIfStopped } from './session.ts';
import { type GivenVector, loadGivenVector, type VectorRequest } from './stages/given-vector.ts';
import { personaOf } from './stages/persona.ts';
import { judgeOptionsOf } from './stages/text-scorer.ts';
import { writeDocuments } from './write-documents.ts';

/** What to run. */
export interface ExperimentRequest {
  experiment: Result['experiment'];
  /** Built-in name or path of a dataset. */
  behaviour: string;
  /** Model as {@link findModel} takes it. */
  model: string;
  /** What differs from {@link defaultRunOptions}. Without a format, the behaviour's own; without a precision, the model's. */
  options: Partial<RunOptions>;
  /** Run folder. Null: `runs/<experiment>-<behaviour>-<model>`. */
  out: string | null;
  /** Which of several processes that share the run's cells this is; absent or null: the only one. */
  shard?: Shard | null;
  /** A vector from a file, for `audit` and `eval`; null extracts one. */
  vector: VectorRequest | null;
}

/** How a run talks to its caller. */
export interface ExperimentHooks {
  onProgress: ProgressListener;
  signal: AbortSignal;
  /** Keeps the engine for the next run; absent: it ends with this one. */
  engines?: EnginePool;
  /** Lines of llama.cpp's log. */
  onLog?: (line: string) => void;
  download: Pick<FindModelOptions, 'onProgress' | 'onMessage'>;
}

/** What a run left. */
export interface ExperimentOutcome {
  result: Result;
  /** The run folder. */
  folder: string;
  /** Cells that other shards have still to compute: while there are any, no document is written. */
  waiting: number;
  /** Cells that failed twice; the same command tries them again. */
  failures: { cell: string; reason: string }[];
  seconds: number;
}

const experiments: Record<Result['experiment'], (context: RunContext) => Promise<Outcome>> = {
  audit,
  'in-distribution': audit,
  layers: audit,
  ood: audit,
  paper: audit,
  sweep,
  extract,
  eval: evaluate,
};

/**
 * Runs an experiment, or goes on with it: finished cells of the folder are used as they are.
 *
 * @throws SteerbenchError `run-conflict`, `interrupted`, and those of model, data, engine and vector files; RangeError
 * for options that no run could use
 * @example
 * const { result } = await runExperiment(
 *   { experiment: 'audit', behaviour: 'sentiment', model: 'smollm2-135m-instruct', options: {}, out: null, vector: null },
 *   { onProgress: () => {}, signal: new AbortController().signal, download: {} },
 * );
 * result.verdict?.headline;
 */
export async function runExperiment(
  request: ExperimentRequest,
  hooks: ExperimentHooks,
): Promise<ExperimentOutcome> {
  const began = performance.now();
  const behaviour = await loadBehaviour(request.behaviour, {
    profile: request.options.multiOption === 'keep' ? 'paper' : 'corrected',
  });
  const find = () => findModel(request.model, { ...hooks.download, signal: hooks.signal });
  const given =
    request.vector === null
      ? null
      : await loadGivenVector(request.vector, async () => modelShape((await find()).path));
  if (request.experiment === 'eval' && given === null)
    throw new RangeError('"eval" needs a vector; give --vector FILE');
  const found = await find();
  const options = resolveOptions(await withPrompts(request, behaviour, found), behaviour, found);
  const atPrecision = await modelAtPrecision(found, options.precision, requantiseRemotely, {
    ...(hooks.download.onMessage ? { onMessage: hooks.download.onMessage } : {}),
    signal: hooks.signal,
  });
  const identity = await identityWithLoras(atPrecision.sha256, options.loras);
  const plan = makePlan(request, behaviour, found, identity, options, given);
  const folder = await RunFolder.open(request.out ?? defaultFolder(request, behaviour, found), plan);
  const progress = new Progress(hooks.onProgress);
  const load = loadOptionsOf(options, hooks.onLog);
  const pool = hooks.engines ?? new EnginePool();
  const engine = await pool.source({ ...load, path: atPrecision.path, hash: atPrecision.sha256 }, (rows) =>
    progress.rows(rows),
  );
  const reference = await referenceEngine(
    found,
    options,
    { ...load, beforeLoad: () => engine.dispose() },
    (rows) => progress.rows(rows),
  );
  const session: Session = {
    options,
    folder,
    progress,
    engine: engine.load,
    signal: hooks.signal,
    work: new Map(),
    offline: false,
    shard: request.shard ?? null,
    waiting: new Set(),
    failures: [],
  };
  const stop = () => void Promise.all([engine.dispose(), reference.dispose()]);
  hooks.signal.addEventListener('abort', stop, { once: true });
  try {
    const persona = await personaOf(behaviour, options);
    const context: RunContext = { session, behaviour, given, persona, reference: reference.engine };
    // A judge that cannot be asked is better known now than after an hour.
    if (options.scorer === 'judge' && options.continuedItems > 0)
      resolveJudge(judgeOptionsOf(context), process.env);
    const result = await conclude(context, experiments[request.experiment]);
    const seconds = (performance.now() - began) / 1000;
    await folder.writeDocument('timings.json', `${JSON.stringify({ seconds })}\n`);
    return {
      result,
      folder: folder.path,
      waiting: session.waiting.size,
      failures: session.failures,
      seconds,
    };
  } catch (error) {
    throwIfStopped(hooks.signal);
    throw error;
  } finally {
    hooks.signal.removeEventListener('abort', stop);
    await Promise.all([hooks.engines === undefined ? pool.dispose() : null, reference.dispose()]);
  }
}

/**
 * Draws report and card again from a run's folder; no model is needed.
 *
 * @param options.recompute also computes result.json and scores.parquet again from the cells
 * @throws SteerbenchError `run-malformed` where the folder holds no finished run
 */
export async function redraw(path: string, options: { recompute: boolean }): Promise<ExperimentOutcome> {
  const { redrawFolder, recomputeFolder } = await import('./redraw.ts');
  return options.recompute
    ? recomputeFolder(path, (context, experiment) => conclude(context, experiments[experiment]))
    : redrawFolder(path);
}

/** Runs the experiment and writes its documents; the result is checked against its own schema first. */
async function conclude(
  context: RunContext,
  experiment: (context: RunContext) => Promise<Outcome>,
): Promise<Result> {
  const { result, scores } = await experiment(context);
  const checked = parseResult(JSON.parse(JSON.stringify(result)));
  if (context.session.waiting.size === 0) await writeDocuments(context, checked, scores);
  return checked;
}

/** An audit that was not told whether to try other prompts does so where it costs little. */
async function withPrompts(
  { experiment, options }: ExperimentRequest,
  behaviour: LoadedBehaviour,
  found: FoundModel,
): Promise<Pick<ExperimentRequest, 'experiment' | 'options'>> {
  if (experiment !== 'audit' || options.settingItems !== undefined) return { experiment, options };
  return {
    experiment,
    options: { ...options, settingItems: await settingItemsWithinBudget(behaviour, found) },
  };
}

function makePlan(
  { experiment, model }: ExperimentRequest,
  behaviour: LoadedBehaviour,
  found: FoundModel,
  hash: string,
  options: RunOptions,
  given: GivenVector | null,
): Plan {
  return {
    schema: 'steerbench.plan',
    version: planVersion,
    experiment,
    options: planOptions(options, given),
    behaviour: { name: behaviour.name, source: behaviour.source, hash: behaviour.hash },
    model: { reference: model, hash, sourceHash: found.sha256 },
    vectorHash: given?.hash ?? null,
    versions: {
      steerbench: steerbenchVersion,
      llamaCpp: `@node-llama-cpp ${packageVersion}`,
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
    },
  };
}

/** Adapters stand in a plan by name and scale, their contents in the hash of the model; without any, nothing is said. */
function planOptions({ loras, ...options }: RunOptions, given: GivenVector | null): Plan['options'] {
  return {
    ...options,
    ...(loras.length > 0 ? { loras: loras.map(({ path, scale }) => ({ name: basename(path), scale })) } : {}),
    vectorLayer: given?.layer ?? null,
    // The same file read in another way holds other vectors at the same layers.
    ...(given === null || given.producer === null ? {} : { vectorProducer: given.producer }),
  };
}

function defaultFolder(
  { experiment, model }: ExperimentRequest,
  behaviour: LoadedBehaviour,
  found: FoundModel,
): string {
  const name = (found.alias ?? model).replaceAll(/[^\w.-]+/g, '-').replace(/\.gguf$/, '');
  return join('runs', `${experiment}-${behaviour.name}-${name}`);
}
