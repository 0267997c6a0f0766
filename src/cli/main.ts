#!/usr/bin/env node
import { type Command, CommanderError } from 'commander';
import { exitCodes } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { describeError } from './report-error.ts';

for (const stream of [process.stdout, process.stderr]) stream.on('error', endQuietly);
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

/** A reader that has seen enough (`| head`) is no error; anything else is. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}
