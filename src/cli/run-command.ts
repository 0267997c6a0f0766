import type { ExperimentRequest } from '../experiments/run.ts';
import { exitCodes } from './exit-codes.ts';
import { howToGoOn } from './how-to-go-on.ts';
import { interruptible } from './interruption.ts';
import { progressMode, progressReporter } from './progress-line.ts';
import { runOptionsOf, type SharedFlags } from './shared-options.ts';
import { showOutcome } from './show-outcome.ts';

/**
 * What `audit`, `sweep`, `extract` and `eval` have in common: runs the experiment with progress on standard error,
 * stops at Ctrl-C, and shows the result.
 *
 * @example
 * await runCommand('audit', 'sentiment', flags, null);
 */
export async function runCommand(
  experiment: ExperimentRequest['experiment'],
  behaviour: string,
  flags: SharedFlags,
  vector: ExperimentRequest['vector'],
): Promise<void> {
  const title = `${experiment} of ${behaviour} with ${flags.model}`;
  const progress = progressReporter(process.stderr, progressMode(process.stderr, flags), title);
  const interruption = interruptible(() => {
    progress.write('interrupted', howToGoOn(process.argv.slice(2)));
    progress.close();
  });
  try {
    const { runExperiment } = await import('../experiments/run.ts');
    const outcome = await runExperiment(
      {
        experiment,
        behaviour,
        model: flags.model,
        options: runOptionsOf(flags),
        out: flags.out ?? null,
        shard: flags.shard ?? null,
        vector,
      },
      {
        onProgress: progress.onProgress,
        signal: interruption.signal,
        download: progress.download,
        ...(flags.verbose ? { onLog: (line: string) => progress.write('log', line) } : {}),
      },
    );
    progress.close();
    await showOutcome(outcome, flags);
  } catch (error) {
    progress.close();
    if (!interruption.signal.aborted) throw error;
    process.exitCode = exitCodes.interrupted;
  } finally {
    interruption.end();
  }
}
