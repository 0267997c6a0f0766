#!/usr/bin/env node
import { type Command, CommanderError } from 'commander';
import { writeFailure } from '../files/write-failure.ts';
import { exitCodes } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { describeError } from './report-error.ts';

process.stdout.on('error', (error) => endWith('standard output', error));
process.stderr.on('error', (error) => endWith('standard error', error));
await main();

/** Runs the command line. The exit code is set, not forced, so that everything written is written whole. */
async function main(): Promise<void> {
  const program = createProgram();
  const style = { verbose: true, json: false };
  program.hook('preAction', (_program: Command, action: Command) => {
    const { verbose, json } = action.opts<{ verbose?: boolean; json?: boolean }>();
    // A command that cannot be asked for the stack shows it unasked.
    style.verbose = verbose === true || !action.options.some(({ long }) => long === '--verbose');
    style.json = json === true;
  });
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has said what is wrong, or has printed help or version.
      process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse;
      return;
    }
    const { text, exitCode } = describeError(error, style);
    process.stderr.write(text);
    process.exitCode = exitCode;
  }
}

/** A reader that has seen enough (`| head`) is no error; anything else is, such as a full disk behind `> file`. */
function endWith(name: string, error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit();
  const { text, exitCode } = describeError(writeFailure(name, error), { verbose: false, json: false });
  // Nothing is left to say it to where standard error itself cannot be written.
  if (name === 'standard output') process.stderr.write(text);
  process.exit(exitCode);
}
