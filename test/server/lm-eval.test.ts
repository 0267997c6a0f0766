import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Answerer } from '../../src/answers/answerer.ts';
import type { Intervention } from '../../src/interventions/intervention.ts';
import { parseSteering } from '../../src/steering/parse-spec.ts';
import { VectorFolder } from '../../src/steering/vector-folder.ts';
import { plainCase } from '../support/cases.ts';
import { pythonWith } from '../support/python.ts';
import { rowSteeredForward } from '../support/steered-forward.ts';
import { logSoftmax } from '../support/streams.ts';
import { type TestServer, testServer } from '../support/test-server.ts';

const python = pythonWith('lm_eval', 'aiohttp', 'tenacity');
const folder = mkdtempSync(join(tmpdir(), 'steerbench-lm-eval-'));
let server: TestServer;
beforeAll(async () => {
  server = await testServer({ tiny: { endless: true } });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** One scored request of the harness: what it asked, and what it made of the answer. */
interface Sample {
  doc_id: number;
  doc: Record<string, unknown>;
  target: unknown;
  arguments: Record<string, { arg_0: string; arg_1: string }>;
  resps: unknown[][];
  [metric: string]: unknown;
}

interface Outcome {
  results: Record<string, Record<string, number>>;
  samples: (task: string) => Sample[];
}

interface HarnessOptions {
  at?: TestServer;
  modelArgs?: string;
  more?: string[];
  env?: NodeJS.ProcessEnv;
}

/** The words of the command in docs/serve.md. */
function documented(): string[] {
  const block = /^lm_eval (run [^`]*)/m.exec(readFileSync('docs/serve.md', 'utf8'))![1]!;
  return block.replaceAll('\\\n', ' ').trim().split(/\s+/);
}

/** Runs the harness by the documented command, against the server at hand. */
async function harness(
  tasks: string[],
  { at = server, modelArgs = '', more = [], env = {} }: HarnessOptions = {},
): Promise<Outcome> {
  const out = mkdtempSync(join(folder, 'run-'));
  const own: Record<string, string> = {
    '--model_args': `model=tiny,base_url=${at.url}/v1/completions,max_length=256${modelArgs}`,
    '--tasks': tasks.join(','),
    '--output_path': out,
  };
  const words = documented();
  expect(words[words.indexOf('--model_args') + 1]).toMatch(
    /^model=[\w-]+,base_url=http:\/\/[\d.:]+\/v1\/completions,max_length=\d+$/,
  );
  const command = words.map((word, place) => own[words[place - 1] ?? ''] ?? word);
  expect(command).toEqual(expect.arrayContaining(Object.values(own)));
  await promisify(execFile)(python.path!, ['-m', 'lm_eval', ...command, ...more], {
    env: { ...process.env, HF_HUB_OFFLINE: '1', HF_HOME: join(folder, 'cache'), ...env },
    maxBuffer: 2 ** 26,
  });
  const files = readdirSync(out, { recursive: true, encoding: 'utf8' });
  const read = (start: string) =>
    readFileSync(join(out, files.find((file) => file.split('/').at(-1)!.startsWith(start))!), 'utf8');
  return {
    results: JSON.parse(read('results_')).results,
    samples: (task) =>
      read(`samples_${task}_`)
        .trim()
        .split('\n')
        .map((line): Sample => JSON.parse(line))
        .sort((a, b) => a.doc_id - b.doc_id),
  };
}

const bytes = (text: string) => [...new TextEncoder().encode(text)];
/** The steering of the steered runs, for the server and for our own sums. */
const spec = 'calm@2:3,scope=all';
const steeringOf = (on: boolean): Intervention[] =>
  on
    ? [
        {
          layer: 2,
          vector: server.vectors.vectors.get('calm')!.get(2)!,
          multiplier: 3,
          operator: 'add',
          start: 'all',
        },
      ]
    : [];

/**
 * Σ log p(token | what is before it) over the tokens of `continuation`, computed twice without the server and without
 * its scheduler: from the raw logits that an audit measures, and by the plain forward pass in double precision.
 */
async function sumsOf(contextTokens: number[], continuation: string, steered: boolean) {
  const tokens = [...contextTokens, ...bytes(continuation)];
  const interventions = steeringOf(steered);
  const { measurements } = await (await server.local()).measure({
    cases: [
      plainCase(Int32Array.from(tokens), { lastPromptToken: contextTokens.length - 1, end: tokens.length }),
    ],
    interventions,
    branches: [interventions.map((_, index) => index)],
    tokens: 'answer',
    logprobs: true,
  });
  const { logits, logSumExp } = measurements[0]![0]!.positive;
  const { logits: rows } = rowSteeredForward(
    server.tiny,
    tokens,
    interventions.map((one) => ({ ...one, from: 0, to: tokens.length })),
  );
  let plain = 0;
  let greedy = true;
  for (let place = contextTokens.length; place < tokens.length; place++) {
    const row = logSoftmax(rows[place - 1]!);
    plain += row[tokens[place]!]!;
    greedy &&= row[tokens[place]!] === Math.max(...row);
  }
  return {
    library: logits.reduce((sum, logit, place) => sum + logit - logSumExp![place]!, 0),
    plain,
    greedy,
  };
}

/** The middle of what they add up to, where the harness has an average over items. */
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

async function checkChoices({ results, samples }: Outcome, steered: boolean): Promise<number[]> {
  const all: number[] = [];
  const right: number[] = [];
  const items = samples('steerbench_opposites');
  expect(items).toHaveLength(20);
  for (const { doc, arguments: asked, resps } of items) {
    const choices = doc['choices'] as string[];
    const own: number[] = [];
    for (const [place, choice] of choices.entries()) {
      const { arg_0: context, arg_1: continuation } = asked[`gen_args_${place}`]!;
      expect([context, continuation]).toEqual([`The opposite of "${doc['word']}" is`, ` ${choice}`]);
      const { library, plain, greedy } = await sumsOf(bytes(context), continuation, steered);
      const [score, isGreedy] = (resps[place]![0] as [string, string]).map((value) =>
        JSON.parse(value.toLowerCase()),
      );
      expect(Math.abs(score - library)).toBeLessThan(1e-4);
      expect(Math.abs(score - plain)).toBeLessThan(1e-4);
      expect(isGreedy).toBe(greedy);
      own.push(library);
    }
    all.push(...own);
    right.push(own.indexOf(Math.max(...own)) === doc['answer'] ? 1 : 0);
  }
  expect(results['steerbench_opposites']!['acc,none']).toBeCloseTo(mean(right), 10);
  return all;
}

async function checkSentences({ results, samples }: Outcome, steered: boolean): Promise<number> {
  let total = 0;
  let words = 0;
  const items = samples('steerbench_sentences');
  expect(items).toHaveLength(6);
  for (const { doc, resps } of items) {
    const sentence = doc['sentence'] as string;
    // The harness sets the start token, which the server names, in front of the first.
    const { library, plain } = await sumsOf([256], sentence, steered);
    const score = Number(resps[0]![0]);
    expect(Math.abs(score - library)).toBeLessThan(1e-4);
    expect(Math.abs(score - plain)).toBeLessThan(1e-4);
    total += library;
    words += sentence.split(/\s+/).length;
  }
  expect(results['steerbench_sentences']!['word_perplexity,none']! / Math.exp(-total / words)).toBeCloseTo(
    1,
    6,
  );
  return total;
}

describe.skipIf(python.path === null)('lm-evaluation-harness', () => {
  const scored = ['steerbench_opposites', 'steerbench_sentences'];

  it('gives the log-likelihoods that the library gives, unsteered and under the default steering', {
    timeout: 300_000,
  }, async () => {
    const unsteered = await harness(scored);
    const plain = await checkChoices(unsteered, false);
    const plainTotal = await checkSentences(unsteered, false);
    const response = await fetch(`${server.url}/steering`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ steering: spec }),
    });
    expect(response.status).toBe(200);
    // Several at a time, in batches, this time: it must make no difference.
    const steered = await harness(scored, { modelArgs: ',num_concurrent=3', more: ['--batch_size', '4'] });
    const moved = await checkChoices(steered, true);
    expect(Math.min(...moved.map((value, place) => Math.abs(value - plain[place]!)))).toBeGreaterThan(1e-3);
    expect(Math.abs((await checkSentences(steered, true)) - plainTotal)).toBeGreaterThan(1);
  });

  it('steers what it generates by --gen_kwargs, with a key', { timeout: 300_000 }, async () => {
    const key = 'a-long-secret';
    const keyed = await testServer({ tiny: { endless: true }, apiKeys: [key] });
    const answerer = new Answerer(await keyed.local(), { vectors: new VectorFolder(keyed.vectors.path) });
    const { samples } = await harness(['steerbench_continuations'], {
      at: keyed,
      modelArgs: `,auth_token=${key}`,
      env: { OPENAI_API_KEY: key },
      more: ['--gen_kwargs', 'steering=calm@2:3'],
    });
    const items = samples('steerbench_continuations');
    expect(items).toHaveLength(6);
    let moved = 0;
    for (const { arguments: asked, resps } of items) {
      const prompt = asked['gen_args_0']!.arg_0;
      const options = { temperature: 0, maxTokens: 16, stop: ['\n', '<|im_end|>'] };
      const steering = parseSteering('calm@2:3');
      const { text } = await answerer.complete(prompt, { ...options, steering }).whole();
      expect(resps[0]![0]).toBe(text);
      if ((await answerer.complete(prompt, options).whole()).text !== text) moved++;
    }
    expect(moved).toBeGreaterThan(0);
    await keyed.stop();
  });
});
