import { spawnSync } from 'node:child_process';
import { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { completionWords } from './words.ts';
import { zshScript } from './zsh.ts';

const program = new Command('steerbench').option('-V, --version', "the program's version");
program
  .command('audit')
  .description('it’s the main job: [all]')
  .argument('[behaviour]')
  .addOption(new Option('--format <format>', 'how (default: auto)').choices(['auto', 'completion']))
  .option('--model <model>', 'which')
  .option('--seed <number>', 'seed')
  .option('--json', 'as JSON');
program.command('models').description('models').command('remove').argument('<model>').description('remove');

const words = completionWords(program, { models: ['small', 'large'], behaviours: ['sentiment', 'french'] });

it('knows commands, options, choices and names', () => {
  expect(words.map(({ path }) => path)).toEqual(['', 'audit', 'models', 'models remove']);
  const audit = words[1]!;
  expect(audit.argument).toEqual({ words: ['sentiment', 'french'], files: true });
  expect(audit.options.find(({ names }) => names[0] === '--format')).toEqual({
    names: ['--format'],
    description: 'how',
    value: { words: ['auto', 'completion'], files: false },
  });
  expect(audit.options.find(({ names }) => names[0] === '--json')!.value).toBeNull();
});

describe.skipIf(spawnSync('bash', ['--version']).status !== 0)('bash', () => {
  it.each([
    ['steerbench ', ['audit', 'models']],
    ['steerbench au', ['audit']],
    ['steerbench --v', ['--version']],
    ['steerbench audit sent', ['sentiment']],
    ['steerbench audit --fo', ['--format']],
    ['steerbench audit --format ', ['auto', 'completion']],
    ['steerbench audit --format = c', ['completion']],
    ['steerbench audit french --model l', ['large']],
    ['steerbench models ', ['remove']],
    ['steerbench models remove s', ['small']],
  ])('completes "%s"', (line, expected) => {
    const typed = line.split(' ');
    const script = `${bashScript(words)}
cd /; COMP_WORDS=(${typed.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${typed.length - 1}
_steerbench; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const found = stdout.split('\n').filter(Boolean);
    // Where files can stand, those of the folder "/" come too.
    for (const word of expected) expect(found).toContain(word);
    if (!['large', 'small', 'sentiment'].includes(expected[0]!)) expect(found).toEqual(expected);
  });
});

it.skipIf(spawnSync('fish', ['--version']).status !== 0)('completes in fish', () => {
  const complete = (line: string) => {
    const script = `${fishScript(words)}\ncomplete --do-complete '${line}'`;
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', script], { encoding: 'utf8' });
    expect(stderr).toBe('');
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((row) => row.split('\t')[0]);
  };
  expect(complete('steerbench ')).toEqual(expect.arrayContaining(['audit', 'models']));
  expect(complete('steerbench audit --format ')).toEqual(['auto', 'completion']);
  expect(complete('steerbench models r')).toEqual(['remove']);
  expect(complete('steerbench audit sen')).toContain('sentiment');
});

it.skipIf(spawnSync('zsh', ['--version']).status !== 0)('is a script that zsh can read', () => {
  const script = `autoload -U compinit; compinit -u -D; ${zshScript(words)}; whence -w _steerbench_models_remove`;
  const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toContain('_steerbench_models_remove: function');
});
