import { Argument, Command } from 'commander';

/**
 * `steerbench completion bash|zsh|fish`: a completion script made from the commands themselves.
 *
 * @example
 * program.addCommand(completionCommand());
 */
export function completionCommand(): Command {
  return new Command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'shell to complete in').choices(['bash', 'zsh', 'fish']))
    .action(completion)
    .addHelpText('after', examples);
}

const examples = `
Examples:
  steerbench completion bash >> ~/.bashrc
  steerbench completion zsh > "\${fpath[1]}/_steerbench"
  steerbench completion fish > ~/.config/fish/completions/steerbench.fish`;

async function completion(shell: string, _flags: object, command: Command): Promise<void> {
  const [{ completionWords }, { bashScript }, { zshScript }, { fishScript }, names] = await Promise.all([
    import('../completion/words.ts'),
    import('../completion/bash.ts'),
    import('../completion/zsh.ts'),
    import('../completion/fish.ts'),
    knownNames(),
  ]);
  const script = { bash: bashScript, zsh: zshScript, fish: fishScript }[shell]!;
  process.stdout.write(script(completionWords(command.parent!, names)));
}

/** What the values of some options and arguments can be, beyond what the options themselves know. */
async function knownNames(): Promise<{ models: string[]; behaviours: string[] }> {
  const [{ modelAliases }, { builtInBehaviours }] = await Promise.all([
    import('../../models/aliases.ts'),
    import('../../behaviours/index.ts'),
  ]);
  return {
    models: modelAliases.map(({ name }) => name),
    behaviours: builtInBehaviours.map(({ name }) => name),
  };
}
