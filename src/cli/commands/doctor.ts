import { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { interruptible } from '../interruption.ts';
import { progressMode, progressReporter } from '../progress-line.ts';

/**
 * `steerbench doctor`: what this machine and installation can do, and what stands in the way of a run.
 *
 * @example
 * program.addCommand(doctorCommand());
 */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('examine machine, engine, model cache, sources, speed and numeric noise')
    .option('--quick', 'leave out speed and numeric noise')
    .option('--json', 'print one JSON document')
    .option('--quiet', 'show no progress')
    .action(doctor)
    .addHelpText('after', examples);
}

const examples = `
Speed and noise need the default model in the cache, and convert it to F32 and BF16 once (about 810 MB in the cache).
The exit code is 1 where a problem was found.

Examples:
  steerbench doctor
  steerbench doctor --quick
  steerbench doctor --json > doctor.json`;

async function doctor(flags: { quick?: boolean; json?: boolean; quiet?: boolean }): Promise<void> {
  const progress = progressReporter(process.stderr, progressMode(process.stderr, flags), 'doctor');
  const interruption = interruptible(() => {
    progress.close();
    process.exit(exitCodes.interrupted);
  });
  try {
    const [{ examine }, { describeExamination }, { steerbenchVersion }] = await Promise.all([
      import('../doctor/examine.ts'),
      import('../doctor/describe-examination.ts'),
      import('../../version.ts'),
    ]);
    const examination = await examine({
      version: steerbenchVersion,
      quick: flags.quick === true,
      onStep: (title) => progress.onProgress({ kind: 'stage', stage: 'doctor', title, rows: 0 }),
    });
    progress.close();
    const text = flags.json ? JSON.stringify(examination, null, 2) : describeExamination(examination);
    process.stdout.write(`${text}\n`);
    if (examination.problems.length > 0) process.exitCode = exitCodes.failed;
  } finally {
    progress.close();
    interruption.end();
  }
}
