import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Answerer } from '../../src/answers/answerer.ts';
import type { LlamaEngine } from '../../src/engine/llama-engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import { VectorFolder } from '../../src/steering/vector-folder.ts';
import { main } from '../support/planted-command.ts';
import { childrenOf } from '../support/processes.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';
import { type TestVectors, testVectors } from '../support/vector-folder.ts';

let tiny: TinyLlama;
let engine: LlamaEngine;
let folder: TestVectors;
let answerer: Answerer;
let scratch: string;
beforeAll(async () => {
  tiny = await tinyLlama({ seed: 9, context: 4096, endless: true });
  engine = await loadLlama({
    path: tiny.path,
    contextTokens: 256,
    batchRows: 64,
    threads: 1,
    streams: 4,
    streamTokens: 4096,
  });
  folder = await testVectors({ calm: [2], loud: [1] });
  answerer = new Answerer(engine, { vectors: new VectorFolder(folder.path) });
  scratch = await mkdtemp(join(tmpdir(), 'steerbench-complete-'));
});
afterAll(async () => {
  await engine.dispose();
  await tiny.remove();
  await folder.remove();
  await rm(scratch, { recursive: true });
});

const words = (...more: string[]) => [
  ...[main, 'complete', '--model', tiny.path, '--threads', '1', '--vectors', folder.path, '--streams', '4'],
  ...more,
];
const run = (...more: string[]) =>
  spawnSync(process.execPath, words(...more), { encoding: 'utf8', cwd: scratch });
const linesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const system = { role: 'system' as const, content: 'You are a helpful, honest and concise assistant.' };

describe('a single prompt', () => {
  it('is continued on standard output; with --json as a line', async () => {
    const expected = await answerer
      .complete('Hello', { temperature: 0, maxTokens: 9, steering: 'calm@2:6' })
      .whole();
    const given = ['Hello', '--max-tokens', '9', '--steer', 'calm@2:6'];
    expect(run(...given)).toMatchObject({ stdout: `${expected.text}\n`, status: 0 });
    const [line] = linesOf(run(...given, '--json').stdout);
    expect(line).toMatchObject({
      index: 0,
      prompt: 'Hello',
      text: expected.text,
      finish_reason: 'max-tokens',
      usage: { prompt_tokens: 5, completion_tokens: 9 },
      applied_steering: expected.appliedSteering,
    });
  });

  it('is put by the template with --chat', async () => {
    const expected = await answerer
      .chat([system, { role: 'user', content: 'Hello' }], { temperature: 0, maxTokens: 5 })
      .whole();
    expect(run('Hello', '--chat', '--max-tokens', '5').stdout).toBe(`${expected.text}\n`);
  });

  it.each([
    [[], 'takes a prompt or a file'],
    [['Hello', '--file', 'x'], 'takes a prompt or a file'],
    [['Hello', '--system', 'x'], '"--system" belongs to "--chat"'],
  ])('%j is wrong use', (given, message) => {
    const { stderr, status } = run(...given);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});

/** A line of a file of prompts, as these tests write them. */
interface PromptLine {
  id: string;
  messages?: { role: 'user'; content: string }[];
  prompt?: string;
  steering?: string | { vector: string; layers: number; multiplier: number }[];
  max_tokens: number;
  temperature?: number;
  seed?: number;
}

const prompts: PromptLine[] = Array.from({ length: 12 }, (_, i) => ({
  id: `p${i}`,
  ...(i % 3 === 0 ? { messages: [{ role: 'user', content: `Say ${i}` }] } : { prompt: `Prompt ${i}` }),
  ...(i % 2 === 0
    ? { steering: i % 4 === 0 ? `calm@2:${i}` : [{ vector: 'loud', layers: 1, multiplier: 5 }] }
    : {}),
  // Lengths that end in another order than they begin.
  max_tokens: 3 + ((7 * i) % 20),
  ...(i === 5 ? { temperature: 1, seed: 42 } : {}),
}));

describe('a file of prompts', () => {
  it('gives a line each in their order, every one with its own steering', async () => {
    await writeFile(join(scratch, 'prompts.jsonl'), prompts.map((line) => JSON.stringify(line)).join('\n'));
    const { stdout, status } = run('--file', 'prompts.jsonl', '--steer', 'calm@2:3');
    expect(status).toBe(0);
    const lines = linesOf(stdout);
    expect(lines.map(({ index, id }) => [index, id])).toEqual(prompts.map(({ id }, index) => [index, id]));
    for (const [index, line] of lines.entries()) {
      const { messages, prompt, steering, max_tokens: maxTokens, temperature = 0, seed } = prompts[index]!;
      const options = {
        steering: (steering ?? 'calm@2:3') as string,
        maxTokens,
        temperature,
        ...(seed === undefined ? {} : { seed }),
      };
      const expected = await (messages === undefined
        ? answerer.complete(prompt!, options)
        : answerer.chat(messages as { role: 'user'; content: string }[], options)
      ).whole();
      expect(line).toMatchObject({ text: expected.text, applied_steering: expected.appliedSteering });
      expect(line.applied_steering.entries).toHaveLength(1);
    }
  });

  it('of plain text has a prompt a line; each draws with a seed of its own', async () => {
    await writeFile(join(scratch, 'prompts.txt'), 'Hello\n\nHello\na\\nb\n');
    const lines = linesOf(
      run('--file', 'prompts.txt', '--temperature', '1', '--seed', '7', '--max-tokens', '8').stdout,
    );
    expect(lines.map(({ prompt }) => prompt)).toEqual(['Hello', 'Hello', 'a\nb']);
    for (const [index, { prompt, text }] of lines.entries()) {
      const expected = await answerer
        .complete(prompt, { temperature: 1, seed: 7 + index, maxTokens: 8 })
        .whole();
      expect(text).toBe(expected.text);
    }
    expect(lines[0].text).not.toBe(lines[1].text);
  });

  it('is gone on with where it stopped: whole lines are kept, half a line is made again', async () => {
    await writeFile(join(scratch, 'prompts.jsonl'), prompts.map((line) => JSON.stringify(line)).join('\n'));
    const given = ['--file', 'prompts.jsonl', '--out', 'answers.jsonl', '--quiet'];
    expect(run(...given)).toMatchObject({ status: 0, stdout: '' });
    const out = join(scratch, 'answers.jsonl');
    const whole = await readFile(out, 'utf8');
    const fourLines = `${whole.split('\n').slice(0, 4).join('\n')}\n`;
    // A mark that a line made anew would not have.
    const marked = fourLines.replace('"text":', '"mark":1,"text":');
    await writeFile(out, marked + whole.slice(fourLines.length, fourLines.length + 30));
    expect(run(...given).status).toBe(0);
    expect(await readFile(out, 'utf8')).toBe(marked + whole.slice(fourLines.length));
    expect(run(...given)).toMatchObject({ status: 0, stdout: '' });

    for (const [option, value] of [
      ['--kv-cache', 'f16'],
      ['--context', '128'],
      ['--streams', '1'],
    ]) {
      const differently = run(...given, option!, value!);
      expect(differently.stderr).toContain('line 1 is not the answer to prompt 0');
    }
    const other = run(...given, '--temperature', '1');
    expect(other.stderr).toContain('line 1 is not the answer to prompt 0');
    expect(other.status).toBe(2);
    await appendFile(out, '{}\n');
    expect(run(...given).stderr).toContain('line 13 is not the answer to prompt 12');
  });

  it('goes on past a prompt that does not fit, and says so', async () => {
    await writeFile(join(scratch, 'long.txt'), `Hello\n${'x'.repeat(300)}\nHello\n`);
    const { stdout, stderr, status } = run('--file', 'long.txt', '--context', '64', '--max-tokens', '3');
    const lines = linesOf(stdout);
    expect(lines.map(({ error }) => error?.code)).toEqual([undefined, 'prompt-too-long', undefined]);
    expect(stderr).toContain('1 of 3 prompts could not be answered');
    expect(status).toBe(1);
  });

  it('goes on past a prompt that no model can begin with', async () => {
    await writeFile(join(scratch, 'empty.jsonl'), '{"prompt": ""}\n{"prompt": "Hello"}\n');
    const { stdout, status } = run('--file', 'empty.jsonl', '--max-tokens', '3');
    const [first, second] = linesOf(stdout);
    expect(first.error).toEqual({ code: 'wrong-use', message: 'the prompt has no token to continue from' });
    expect(second.usage.completion_tokens).toBe(3);
    expect(status).toBe(1);
  });

  it('counts seeds up to the largest, and on from 0', async () => {
    await writeFile(join(scratch, 'two.txt'), 'Hello\nHello\n');
    const drawn = ['--temperature', '1', '--max-tokens', '8'];
    const lines = linesOf(run('--file', 'two.txt', ...drawn, '--seed', String(2 ** 32 - 2)).stdout);
    const first = linesOf(run('Hello', '--json', ...drawn, '--seed', '0').stdout)[0];
    expect(lines[1].text).toBe(first.text);
    expect(run('Hello', '--seed', String(2 ** 32 - 1))).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('from 0 to 4294967294'),
    });
  });

  it.each([
    ['{"prompt": 1}', 'line 1 "prompt"'],
    ['{"prompt": "a"}\n{"text": "b"}', 'line 2'],
    ['{"prompt": "a", "messages": [{"role": "user", "content": "b"}]}', 'either "prompt" or "messages"'],
    ['{"prompt": "a", "steering": "calm@2,size=1"}', 'there is no option "size"'],
    [
      '\n{"prompt": "a", "steering": "calm@3"}',
      'line 2: steering[0].layers is not valid: "calm" has no layer 3',
    ],
    ['{"prompt": "a"}\n{"prompt": "b", "seed": 4294967295}', 'line 2 "seed"'],
    ['{"prompt": "a", "temperature": 101}', 'line 1 "temperature"'],
    ['', 'holds no prompt'],
  ])('%s is refused before anything is answered', async (content, message) => {
    await writeFile(join(scratch, 'bad.jsonl'), content);
    const { stdout, stderr, status } = run('--file', 'bad.jsonl');
    expect(stderr).toContain(message);
    expect({ stdout, status }).toEqual({ stdout: '', status: 3 });
  });
});

describe('what happens to a run', () => {
  const long = ['--file', 'many.txt', '--out', 'many.jsonl', '--max-tokens', '300'];
  const begin = async () => {
    await writeFile(
      join(scratch, 'many.txt'),
      Array.from({ length: 24 }, (_, i) => `Prompt ${i}`).join('\n'),
    );
    await rm(join(scratch, 'many.jsonl'), { force: true });
    const child = spawn(process.execPath, words(...long), { cwd: scratch, stdio: 'ignore' });
    const lines = async () =>
      (await readFile(join(scratch, 'many.jsonl'), 'utf8').catch(() => '')).split('\n').length - 1;
    while ((await lines()) < 4) await wait(5);
    return { child, lines };
  };
  const finished = () => readFile(join(scratch, 'many.jsonl'), 'utf8');
  let whole: string;
  beforeAll(async () => {
    const { child } = await begin();
    expect(await once(child, 'exit')).toEqual([0, null]);
    whole = await finished();
  });

  it('Ctrl-C keeps the lines that are there; the same command goes on', async () => {
    const { child, lines } = await begin();
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
    const kept = await lines();
    expect(kept).toBeLessThan(24);
    expect(whole.startsWith(await finished())).toBe(true);
    expect(run(...long).stderr).toContain(`${kept} of 24 prompts were answered before`);
    expect(await finished()).toBe(whole);
  });

  it.skipIf(process.platform !== 'linux')('an engine that is killed takes nothing with it', async () => {
    const { child, lines } = await begin();
    const [enginePid] = childrenOf(child.pid!);
    expect(await lines()).toBeLessThan(24);
    process.kill(enginePid!, 'SIGKILL');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await finished()).toBe(whole);
  });
});
