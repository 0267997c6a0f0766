import type { ExperimentRequest } from '../experiments/run.ts';
import { exitCodes } from './exit-codes.ts';
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

/** What Ctrl-C says. Under `npm start` the words after `steerbench` are npm's affair. */
function howToGoOn(words: string[]): string {
  const kept = 'stopped; what is finished is kept, and the same command again goes on with it';
  if (process.env['npm_lifecycle_event'] !== undefined) return kept;
  return `${kept}:\n  steerbench ${words.map(quoted).join(' ')}`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
