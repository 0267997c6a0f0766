import { type ExperimentHooks, type ExperimentOutcome, runExperiment } from '../experiments/run.ts';
import type { RunOptions } from '../experiments/run-options.ts';
import type { ProducerName } from '../vectors/import/producer-names.ts';

/** What an audit takes beside its behaviour; see {@link RunOptions} for the rest. */
export interface AuditOptions extends Partial<RunOptions> {
  /** As for {@link loadModel}. Default: the default model. */
  model?: string;
  /** Run folder. Default `runs/audit-<behaviour>-<model>`. */
  out?: string;
  /** A vector from a file; its layer may be left out where the file has one only. */
  vector?: { file: string; layer?: number; producer?: ProducerName };
  onProgress?: ExperimentHooks['onProgress'];
  signal?: AbortSignal;
}

/**
 * Finds out whether a steering vector for a behaviour can be trusted on a model: vector, layer, measurements, nulls,
 * verdict and report, in a run folder that can be resumed.
 *
 * @throws SteerbenchError `run-conflict`, `interrupted`, and those of model, data and engine; RangeError for options
 * @example
 * const { result, folder } = await audit('sentiment');
 * result.verdict?.headline; // one sentence; the report lies at `${folder}/report.html`
 */
export async function audit(behaviour: string, options: AuditOptions = {}): Promise<ExperimentOutcome> {
  const { model = 'smollm2-135m-instruct', out, vector, onProgress, signal, ...rest } = options;
  return runExperiment(
    {
      experiment: 'audit',
      behaviour,
      model,
      options: rest,
      out: out ?? null,
      vector:
        vector === undefined
          ? null
          : { file: vector.file, layer: vector.layer ?? null, producer: vector.producer ?? null },
    },
    {
      onProgress: onProgress ?? (() => {}),
      signal: signal ?? new AbortController().signal,
      download: {},
    },
  );
}
