import { Command } from 'commander';
import { expect, it } from 'vitest';
import { addSharedOptions, runOptionsOf } from './shared-options.ts';

function parse(...words: string[]) {
  const command = addSharedOptions(new Command('audit'));
  command.exitOverride().configureOutput({ writeErr: () => {} });
  return runOptionsOf(command.parse(words, { from: 'user' }).opts());
}

it('leaves every option that was not given to its default', () => {
  expect(parse()).toEqual({});
  expect(parse('--format', 'auto')).toEqual({});
});

it('turns words into the options of a run', () => {
  const words = '--layers 10-12,20 --multipliers=1,0,-1.5 --system none --no-shuffle --context 512 --seed 7';
  expect(parse(...words.split(' '), '--measure-anyway', '--kv-cache', 'f16')).toEqual({
    layers: '10-12,20',
    multipliers: [-1.5, 0, 1],
    system: null,
    shuffle: false,
    contextTokens: 512,
    seed: 7,
    measureAnyway: true,
    kvCache: 'f16',
  });
});

it('takes a profile, its overrides over it, and single options over both', () => {
  const options = parse('--profile', 'paper', '--set', 'propensity=logprob', 'start=all', '--train', '0:12');
  expect(options).toMatchObject({ profile: 'paper', leak: 'published', propensity: 'logprob', start: 'all' });
  expect(options.train).toBe('0:12');
  expect(parse('--set', 'orders=given')).toMatchObject({ profile: 'corrected', orders: 'given' });
  expect(() => parse('--set', 'speed=fast')).toThrow('no choice is called "speed"');
});

it('takes a list that begins with a minus as a word of its own', () => {
  expect(parse('--multipliers', '-1,0,1')).toEqual({ multipliers: [-1, 0, 1] });
});

it.each([
  ['--layers', '3,', 'Expected all, 15, 10-20 or 10,15.'],
  ['--multipliers', '-1,,1', 'Expected numbers with commas between'],
  ['--multipliers', '0', 'Expected at least two numbers'],
  ['--multipliers', '1,2', 'Expected 0 among them'],
  ['--multipliers', '0,1,1', 'Expected each number once.'],
  ['--train', '0%:40', 'One bound has a % and the other has not; write 0%:40% or 0:40.'],
  ['--test', '60%:50%', 'The slice is empty.'],
  ['--seed', '-1', 'Expected a whole number, from 0 on.'],
  ['--threads', '0', 'Expected a whole number, from 1 on.'],
  ['--batch-rows', '1e3', 'Expected a whole number, from 1 on.'],
  ['--operator', 'subtract', 'Allowed choices are add, ablate, ablate-then-add, norm-preserving-add, clamp.'],
])('refuses %s %s', (option, value, reason) => {
  expect(() => parse(option, value)).toThrow(reason);
  expect(() => parse(option, value)).toThrow(`argument '${value}' is invalid`);
});

it('reads adapters with their scales', () => {
  expect(parse('--lora', 'a.gguf', '--lora', 'C:\\b.gguf:-0.5', '--lora', 'c:1.gguf')).toEqual({
    loras: [
      { path: 'a.gguf', scale: 1 },
      { path: 'C:\\b.gguf', scale: -0.5 },
      { path: 'c:1.gguf', scale: 1 },
    ],
  });
});
