import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Xoshiro } from '../src/math/xoshiro.ts';
import { parseResult } from '../src/result/schema.ts';
import { auditWords, main, makePlantedFolder, type PlantedFolder } from './support/planted-command.ts';

let planted: PlantedFolder;
/** Holds the planted model, its items and every run. */
let folder: string;
beforeAll(async () => {
  planted = await makePlantedFolder();
  folder = planted.path;
});
afterAll(() => planted.remove());

const steerbench = (...words: string[]) => planted.steerbench(...words);

describe('help', () => {
  it.each([
    ['', 'steerbench doctor', '--version'],
    ['audit', 'steerbench audit formality', '--random-vectors'],
    ['sweep', 'steerbench sweep french', '--layers'],
    ['extract', 'steerbench extract sentiment --method logistic', '--train'],
    ['eval', 'steerbench eval sentiment --vector', '--layer '],
    ['report', 'steerbench report runs/mine --recompute', '--recompute'],
    ['models', 'steerbench models pull', 'remove'],
    ['data', 'steerbench data check', 'show'],
    ['vectors', 'steerbench vectors inspect vector.gguf', 'combine'],
    ['doctor', 'steerbench doctor --quick', '--quick'],
    ['selftest', 'steerbench selftest', '--json'],
    ['completion', 'steerbench completion bash', 'shell'],
  ])('of "%s" has an example and its options', (command, example, option) => {
    const { stdout, stderr, status } = steerbench(...command.split(' ').filter(Boolean), '--help');
    expect(stdout).toContain(`Usage: steerbench ${command}`.trimEnd());
    expect(stdout).toContain(`\n  ${example}`);
    expect(stdout).toContain(option);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });

  it('lists the exit codes', () => {
    expect(steerbench('--help').stdout).toMatch(/Exit codes:\n +0 {2}done\n(.*\n){4} +130 {2}interrupted/);
  });

  it('prints the version of the package', async () => {
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
    expect(steerbench('--version').stdout).toBe(`${version}\n`);
  });
});

describe('wrong use', () => {
  it.each([
    [['audti'], "unknown command 'audti'\n(Did you mean audit?)"],
    [['audit', '--modle', 'x'], "unknown option '--modle'\n(Did you mean --model?)"],
    [['audit', '--format', 'letters'], 'Allowed choices are auto, multiple-choice, completion.'],
    [['audit', '--multipliers', '-1,1'], 'Expected 0 among them'],
    [['audit', '--train', '0%:40'], 'One bound has a % and the other has not'],
    [['audit', '--layer', '3'], '"--layer" belongs to "--vector"'],
    [['eval'], "missing required argument 'behaviour'"],
    [['eval', 'sentiment'], '"eval" needs a vector: give --vector FILE'],
    [['report'], "missing required argument 'folder'"],
    [['completion', 'tcsh'], 'Allowed choices are bash, zsh, fish.'],
  ])('%j', (words, message) => {
    const { stdout, stderr, status } = steerbench(...words);
    expect(stderr).toMatch(/^steerbench: /);
    expect(stderr).toContain(message);
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  });
});

describe('what cannot be used', () => {
  it('suggests the behaviour that was probably meant', () => {
    const { stderr, status } = steerbench('audit', 'sentimant', '--quiet');
    expect(stderr).toMatch(/^steerbench: "sentimant" is neither .*\n {2}did you mean "sentiment"\?/);
    expect(status).toBe(3);
  });

  it('names a model file that is not there, and the ways to name one', () => {
    const { stderr, status } = steerbench('audit', 'letters.jsonl', '--model', 'absent.gguf', '--quiet');
    expect(stderr).toContain(`there is no file "${join(folder, 'absent.gguf')}"`);
    expect(stderr).toContain('hf:owner/name/file.gguf');
    expect(status).toBe(3);
  });

  it('says as JSON what went wrong where JSON is wanted', () => {
    const { stderr, stdout, status } = steerbench('report', 'absent', '--json');
    expect(JSON.parse(stderr)).toMatchObject({ kind: 'error', code: 'run-malformed' });
    expect({ stdout, status }).toEqual({ stdout: '', status: 3 });
  });

  it('refuses a layer that the model has not', () => {
    const { stderr, status } = steerbench(...auditWords('too-deep'), '--layers', '9', '--quiet');
    expect(stderr).toContain('the model has 4 blocks');
    expect(status).toBe(2);
  });
});

it('examines an installation without a model and out of reach of every source', () => {
  const { env, cwd } = planted.surroundings;
  const offline = { ...env, HF_ENDPOINT: 'http://127.0.0.1:9', PATH: '' };
  const words = [main, 'doctor', '--quick', '--json', '--quiet'];
  const { stdout, stderr, status } = spawnSync(process.execPath, words, {
    cwd,
    env: offline,
    encoding: 'utf8',
  });
  const found = JSON.parse(stdout);
  expect(found.engine.package).toMatch(/^@node-llama-cpp\/\S+ \d+\.\d+\.\d+$/);
  expect(found.engine.backends).not.toEqual([]);
  expect(found.sources.map(({ reachable }: { reachable: boolean }) => reachable)).toEqual([false, false]);
  expect(found.machine.cache).toMatchObject({ folder: join(folder, 'cache'), writable: true });
  expect(found.speed).toBeNull();
  expect(found.problems).toContainEqual(expect.stringContaining('none of its sources can be reached'));
  expect({ stderr, status }).toEqual({ stderr: '', status: 1 });
});

it('ends in silence when its reader has seen enough', async () => {
  const child = spawn(process.execPath, [main, 'data', 'list', '--json'], planted.surroundings);
  let stderr = '';
  child.stderr.on('data', (text) => (stderr += text));
  child.stdout.destroy();
  await once(child, 'exit');
  expect(stderr).toBe('');
});

const resultOf = (out: string) => readFile(join(folder, out, 'result.json'), 'utf8');

describe('an audit of the planted model', () => {
  // What nothing interrupted, to compare with.
  let whole: { stdout: string; stderr: string; status: number | null; seconds: number; result: string };
  beforeAll(async () => {
    const began = performance.now();
    const { stdout, stderr, status } = steerbench(...auditWords('run'));
    const seconds = (performance.now() - began) / 1000;
    whole = { stdout, stderr, status, seconds, result: await resultOf('run') };
  }, 120_000);

  it('prints the verdict and where the report lies, and leaves every document', () => {
    expect(whole.status).toBe(0);
    expect(whole.stderr).toMatch(/^\[0 s\] audit of letters\.jsonl with planted\.gguf\n/);
    expect(whole.stdout).toContain(`report  ${join('run', 'report.html')}\n`);
    for (const name of ['plan.json', 'result.json', 'scores.parquet', 'report.html', 'card.md']) {
      expect(existsSync(join(folder, 'run', name)), name).toBe(true);
    }
    expect(parseResult(JSON.parse(whole.result)).experiment).toBe('audit');
  });

  it('finds the backward items that were planted', () => {
    const result = parseResult(JSON.parse(whole.result));
    const backward = result.items.filter(({ slope }) => slope! <= 0).map(({ item }) => item);
    // Pairs 2 and 5 of every eight items are planted to steer backwards; the test items are 24 to 39.
    expect(backward).toEqual([26, 29, 34, 37]);
  });

  it('is taken as it is by the same command, and refused by another', async () => {
    const again = steerbench(...auditWords('run'), '--quiet');
    expect({ stderr: again.stderr, status: again.status }).toEqual({ stderr: '', status: 0 });
    expect(await resultOf('run')).toBe(whole.result);
    const other = steerbench(...auditWords('run'), '--quiet', '--seed', '1');
    expect(other.stderr).toContain('options.seed: 0 in the folder, 1 now');
    expect(other.status).toBe(2);
  });

  it('is drawn again from its folder with no model present', async () => {
    await rm(join(folder, 'run', 'report.html'));
    const { stdout, status } = steerbench('report', 'run', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(whole.result));
    expect(existsSync(join(folder, 'run', 'report.html'))).toBe(true);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'stops within a second at %s and goes on to the same bytes',
    async (signal) => {
      await rm(join(folder, 'run'), { recursive: true });
      const { child, lines, exit, until } = planted.start(...auditWords('run'));
      await until(({ kind, stage }) => kind === 'stage' && stage === 'test');
      const askedMs = performance.now();
      child.kill(signal);
      const { code, atMs } = await exit;
      expect(code).toBe(130);
      expect(atMs - askedMs).toBeLessThan(1000);
      const said = lines.find(({ kind }) => kind === 'interrupted')!.text;
      expect(said).toContain(`steerbench ${auditWords('run').join(' ')}`);
      expect(existsSync(join(folder, 'run', 'result.json'))).toBe(false);
      expect(steerbench(...auditWords('run'), '--quiet').status).toBe(0);
      expect(await resultOf('run')).toBe(whole.result);
    },
  );

  it('goes on to the same bytes after being killed at 20 random moments', { timeout: 300_000 }, async () => {
    const random = new Xoshiro(20).derive('kills');
    await rm(join(folder, 'run'), { recursive: true });
    let finished = 0;
    for (let kill = 0; kill < 20; kill++) {
      const { child, exit } = planted.start(...auditWords('run'));
      const timer = setTimeout(() => child.kill('SIGKILL'), random.uniform() * 0.8 * whole.seconds * 1000);
      const { signal } = await exit;
      clearTimeout(timer);
      if (signal === 'SIGKILL') continue;
      // It came to its end before the kill: the next one starts from nothing.
      expect(await resultOf('run')).toBe(whole.result);
      await rm(join(folder, 'run'), { recursive: true });
      finished += 1;
    }
    expect(finished).toBeLessThan(20);
    expect(steerbench(...auditWords('run'), '--quiet').status).toBe(0);
    expect(await resultOf('run')).toBe(whole.result);
  });
});
