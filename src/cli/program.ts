import { Command } from 'commander';
import { steerbenchVersion } from '../version.ts';
import { auditCommand } from './commands/audit.ts';
import { chatCommand } from './commands/chat.ts';
import { choicesCommand } from './commands/choices.ts';
import { compareCommand } from './commands/compare.ts';
import { completeCommand } from './commands/complete.ts';
import { completionCommand } from './commands/completion.ts';
import { dataCommand } from './commands/data.ts';
import { doctorCommand } from './commands/doctor.ts';
import { evalCommand } from './commands/eval.ts';
import { extractCommand } from './commands/extract.ts';
import { mergeCommand } from './commands/merge.ts';
import { modelsCommand } from './commands/models.ts';
import { reportCommand } from './commands/report.ts';
import { runStudyExperimentCommand } from './commands/run.ts';
import { selftestCommand } from './commands/selftest.ts';
import { serveCommand } from './commands/serve.ts';
import { sweepCommand } from './commands/sweep.ts';
import { vectorsCommand } from './commands/vectors.ts';
import { exitCodeHelp } from './exit-codes.ts';

/**
 * The whole command line. Parsing throws a CommanderError where commander would end the process.
 *
 * @example
 * await createProgram().parseAsync(process.argv);
 */
export function createProgram(): Command {
  const program = new Command('steerbench')
    .description('Find out whether a steering vector can be trusted, on any GGUF language model.')
    .version(steerbenchVersion, '-V, --version', 'print the version')
    .addHelpText('after', examples + exitCodeHelp);
  addGroup(program, 'Experiments:', [
    auditCommand(),
    runStudyExperimentCommand(),
    sweepCommand(),
    extractCommand(),
    evalCommand(),
    choicesCommand(),
  ]);
  addGroup(program, 'Use:', [chatCommand(), completeCommand(), serveCommand()]);
  addGroup(program, 'Results:', [reportCommand(), compareCommand(), mergeCommand()]);
  addGroup(program, 'Models and data:', [modelsCommand(), dataCommand(), vectorsCommand()]);
  addGroup(program, 'Installation:', [doctorCommand(), selftestCommand(), completionCommand()]);
  settle(program, program.name());
  return program;
}

const examples = `
Examples:
  steerbench audit                          the main job, with the default behaviour and model
  steerbench audit formality                another built-in behaviour
  steerbench audit mine.jsonl --model my-model.gguf
  steerbench data list                      the built-in behaviours
  steerbench doctor                         what this machine can do
  steerbench audit --help                   all options of a command
`;

function addGroup(program: Command, heading: string, commands: readonly Command[]): void {
  for (const command of commands) program.addCommand(command.helpGroup(heading));
}

/** Gives every command of the tree the same manners: errors in this program's voice, and thrown. */
function settle(command: Command, path: string): void {
  command
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, 'steerbench: ')),
    })
    .showHelpAfterError(`  \`${path} --help\` shows what can be given`);
  for (const child of command.commands) settle(child, `${path} ${child.name()}`);
}
