import { join } from 'node:path';
import { SteerbenchError } from '../../errors.ts';
import { cosine } from '../../math/vector.ts';
import type { Study } from '../../result/study.ts';
import { loadVector } from '../../vectors/load-vector.ts';
import { type ExperimentHooks, runExperiment } from '../run.ts';
import { isOwn, throwIfStopped } from '../session.ts';
import { readResult } from './finished-runs.ts';
import type { StudyOutcome, StudyRequest } from './run-study.ts';
import type { StudyProgress } from './study-progress.ts';
import type { Unit } from './units.ts';

type Transfer = Study['transfers'][number];

/** A vector of one run, tried on another model. */
interface Trial {
  from: Unit;
  to: Unit;
  folder: string;
}

/** How many trials a study has, before it is known which runs leave a vector; those of one shard. */
export function countTransfers(units: readonly Unit[], shard: StudyRequest['shard']): number {
  return trialsOf(units).filter((_, place) => isOwn(shard, place)).length;
}

/** Every vector on every other precision of the same model. */
function trialsOf(units: readonly Unit[]): Trial[] {
  return units.flatMap((from) =>
    units
      .filter(
        (to) =>
          to.behaviour === from.behaviour &&
          to.model.reference === from.model.reference &&
          to.model.id !== from.model.id,
      )
      .map((to) => ({
        from,
        to,
        folder: join('transfers', `${from.model.id}-to-${to.model.id}`, from.folder.split(/[/\\]/).at(-1)!),
      })),
  );
}

/**
 * Tries the vector of each run on the other precisions of its model: does what was extracted from one quantisation steer
 * another? A trial that cannot be made is named with its reason.
 */
export async function runTransfers(
  folder: string,
  units: readonly Unit[],
  { options, shard }: StudyRequest,
  hooks: ExperimentHooks,
  progress: Pick<StudyProgress, 'leaveOut' | 'begin'>,
): Promise<StudyOutcome['failures']> {
  const failures: StudyOutcome['failures'] = [];
  // Trial after trial on one model, so that it is loaded once.
  const trials = trialsOf(units).sort(
    (a, b) => units.indexOf(a.to) - units.indexOf(b.to) || units.indexOf(a.from) - units.indexOf(b.from),
  );
  for (const [place, trial] of trials.entries()) {
    if (!isOwn(shard, place)) continue;
    const source = await readResult(join(folder, trial.from.folder));
    const { vector, layer } = source?.result ?? { vector: null, layer: null };
    if (vector?.safetensors == null || layer === null) {
      progress.leaveOut();
      continue;
    }
    progress.begin({ id: trial.folder });
    try {
      await runExperiment(
        {
          experiment: 'eval',
          behaviour: trial.to.behaviour,
          model: trial.to.model.reference,
          options: {
            ...options,
            ...(trial.to.model.precision === null ? {} : { precision: trial.to.model.precision }),
          },
          out: join(folder, trial.folder),
          vector: { file: join(folder, trial.from.folder, vector.safetensors), layer, producer: null },
        },
        hooks,
      );
    } catch (error) {
      throwIfStopped(hooks.signal);
      if (!(error instanceof SteerbenchError)) throw error;
      failures.push({ run: trial.folder, reason: error.message });
    }
  }
  return failures;
}

/** The finished trials of a study. */
export async function readTransfers(folder: string, units: readonly Unit[]): Promise<Transfer[]> {
  const transfers: Transfer[] = [];
  for (const trial of trialsOf(units)) {
    const found = await readResult(join(folder, trial.folder));
    if (found === null || found.result.steerability === null || found.result.layer === null) continue;
    const { layer, steerability, behaviour } = found.result;
    transfers.push({
      behaviour: behaviour.name,
      from: trial.from.model.id,
      to: trial.to.model.id,
      layer,
      mean: steerability.mean,
      antiSteerable: steerability.antiSteerable,
      cosine: await cosineAt(folder, trial, layer),
    });
  }
  return transfers;
}

/** Cosine of both models' own vectors at the layer; null where one of them was not saved. */
async function cosineAt(folder: string, { from, to }: Trial, layer: number): Promise<number | null> {
  const vectors: Float32Array[] = [];
  for (const unit of [from, to]) {
    const run = join(folder, unit.folder);
    const file = (await readResult(run))?.result.vector?.safetensors;
    const vector = file == null ? undefined : (await loadVector(join(run, file))).layers.get(layer);
    if (vector === undefined) return null;
    vectors.push(vector);
  }
  return cosine(vectors[0]!, vectors[1]!);
}
