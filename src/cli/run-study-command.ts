import type { StudyKind } from '../experiments/experiment-kinds.ts';
import { defaultAlias } from '../models/aliases.ts';
import type { StudyFlags } from './commands/run.ts';
import { exitCodes } from './exit-codes.ts';
import { howToGoOn } from './how-to-go-on.ts';
import { interruptible } from './interruption.ts';
import { progressMode, progressReporter } from './progress-line.ts';
import { runOptionsOf } from './shared-options.ts';
import { showEstimate, showStudy } from './show-study.ts';

/** Runs a study with progress on standard error, or shows what it would cost; stops at Ctrl-C. */
export async function runStudyCommand(
  experiment: StudyKind,
  behaviours: string[],
  flags: StudyFlags,
): Promise<void> {
  const progress = progressReporter(
    process.stderr,
    progressMode(process.stderr, flags),
    `${experiment} study`,
  );
  const interruption = interruptible(() => {
    progress.write('interrupted', howToGoOn(process.argv.slice(2)));
    progress.close();
  });
  try {
    const [{ planStudy, runStudy }, { expandBehaviours }] = await Promise.all([
      import('../experiments/study/run-study.ts'),
      import('../experiments/study/expand-behaviours.ts'),
    ]);
    const request = {
      experiment,
      models: flags.models ?? [defaultAlias],
      behaviours: expandBehaviours(behaviours),
      options: runOptionsOf(flags),
      out: flags.out ?? null,
      shard: flags.shard ?? null,
      transfer: flags.transfer,
    };
    const hooks = {
      onProgress: progress.onProgress,
      signal: interruption.signal,
      download: progress.download,
      ...(flags.verbose ? { onLog: (line: string) => progress.write('log', line) } : {}),
    };
    if (flags.dryRun) {
      const estimate = await planStudy(request, hooks);
      progress.close();
      return showEstimate(estimate, flags);
    }
    const outcome = await runStudy(request, {
      ...hooks,
      onEstimate: ({ total, runs }) =>
        progress.write('note', `${runs.length} runs, about ${describeTotal(total)}`),
    });
    progress.close();
    await showStudy(outcome, flags);
  } catch (error) {
    progress.close();
    if (!interruption.signal.aborted) throw error;
    process.exitCode = exitCodes.interrupted;
  } finally {
    interruption.end();
  }
}

function describeTotal({ rows, seconds }: { rows: number; seconds: number | null }): string {
  const time = seconds === null ? 'at a speed that is not known' : `${Math.ceil(seconds / 60)} minutes`;
  return `${Math.round(rows / 1000)} thousand rows, ${time}`;
}
