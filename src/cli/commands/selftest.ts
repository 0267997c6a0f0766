import { Command } from 'commander';
import type { Selftest } from '../../experiments/planted/selftest.ts';
import { exitCodes } from '../exit-codes.ts';

/**
 * `steerbench selftest`: the planted model through the installed engine, expected beside obtained.
 *
 * @example
 * program.addCommand(selftestCommand());
 */
export function selftestCommand(): Command {
  return new Command('selftest')
    .description('measure a model whose answers are known in closed form, with the installed engine')
    .option('--json', 'print one JSON document')
    .option('--verbose', "show llama.cpp's own log")
    .action(run)
    .addHelpText('after', notes);
}

const notes = `
Takes a few seconds and needs no download. The exit code is 1 where a value is not the expected one.

Examples:
  steerbench selftest
  steerbench selftest --json`;

async function run(flags: { json?: boolean; verbose?: boolean }): Promise<void> {
  const { selftest } = await import('../../experiments/planted/selftest.ts');
  const onLog = (line: string) => process.stderr.write(`${line}\n`);
  const result = await selftest(flags.verbose === true ? { onLog } : {});
  process.stdout.write(`${flags.json === true ? JSON.stringify(result, null, 2) : describe(result)}\n`);
  if (!result.passed) process.exitCode = exitCodes.failed;
}

function describe({ checks, passed, backends }: Selftest): string {
  const lines = checks.flatMap(({ check, expected, obtained, passed: holds }) => [
    `${holds ? 'ok    ' : 'WRONG '} ${check}`,
    `         expected  ${expected}`,
    `         obtained  ${obtained}`,
  ]);
  const failed = checks.filter((check) => !check.passed).length;
  const verdict = passed
    ? `All ${checks.length} checks passed on ${backends.join(', ')}.`
    : `${failed} of ${checks.length} checks failed on ${backends.join(', ')}: do not trust numbers from this installation.`;
  return [...lines, '', verdict].join('\n');
}
