import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Answerer } from '../../src/answers/answerer.ts';
import { readAuditLimits } from '../../src/answers/audit-limits.ts';
import { measureResidualNorms } from '../../src/answers/residual-norms.ts';
import { readNeutralText } from '../../src/behaviours/index.ts';
import type { LlamaEngine } from '../../src/engine/llama-engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import { hashFile } from '../../src/files/hash-file.ts';
import { chat, complete } from '../../src/library/answer.ts';
import { norm } from '../../src/math/vector.ts';
import { VectorFolder } from '../../src/steering/vector-folder.ts';
import { exampleResult } from '../support/example-result.ts';
import { plainForward } from '../support/plain-forward.ts';
import { rowSteeredForward } from '../support/steered-forward.ts';
import { answer, logSoftmax } from '../support/streams.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';
import { type TestVectors, testVectors, vectorOf } from '../support/vector-folder.ts';

let tiny: TinyLlama;
let engine: LlamaEngine;
let folder: TestVectors;
let answerer: Answerer;
const options = { contextTokens: 256, batchRows: 64, threads: 1, streams: 4, streamTokens: 256 };
beforeAll(async () => {
  tiny = await tinyLlama({ seed: 9 });
  engine = await loadLlama({ path: tiny.path, ...options });
  folder = await testVectors({ calm: [2], loud: [1, 3] });
  answerer = new Answerer(engine, { vectors: new VectorFolder(folder.path) });
});
afterAll(async () => {
  await engine.dispose();
  await tiny.remove();
  await folder.remove();
});

const hello = [{ role: 'user' as const, content: 'Hello' }];
/** The byte tokenizer's tokens of the same conversation, by hand. */
const bytes = (text: string) => [...new TextEncoder().encode(text)];
const helloTokens = [257, ...bytes('user\nHello'), 258, ...bytes('\n'), 257, ...bytes('assistant\n')];
const greedy = { temperature: 0, maxTokens: 6, ignoreEnd: true, logprobs: 3 };

describe('an answer to a conversation', () => {
  it("is the engine's answer to the template's own tokens, event by event and as a whole", async () => {
    const whole = await answerer.chat(hello, greedy).whole();
    const expected = await answer(engine, {
      prompt: Int32Array.from(helloTokens),
      maxTokens: 6,
      ignoreEnd: true,
      logprobs: 3,
    });
    expect(whole).toMatchObject({ text: expected.text, reason: 'max-tokens', stop: null, warnings: [] });
    expect(whole.tokens).toEqual(expected.scored);
    expect(whole.usage).toMatchObject({ promptTokens: helloTokens.length, answerTokens: 6 });
    expect(whole.appliedSteering.entries).toEqual([]);
    const kinds: string[] = [];
    let text = '';
    for await (const event of answerer.chat(hello, greedy)) {
      kinds.push(event.kind);
      if (event.kind === 'text') text += event.text;
    }
    expect([kinds[0], kinds.at(-1), text]).toEqual(['prompt', 'end', whole.text]);
  });

  it('has the log-probabilities of the plain forward pass under its steering, and says what was done', async () => {
    const { tokens, appliedSteering } = await answerer
      .chat(hello, { ...greedy, steering: 'calm@2:0.7' })
      .whole();
    const { logits } = rowSteeredForward(
      tiny,
      [...helloTokens, ...tokens.map(({ token }) => token)],
      [
        {
          layer: 2,
          vector: folder.vectors.get('calm')!.get(2)!,
          multiplier: 0.7,
          operator: 'add',
          from: helloTokens.length - 1,
          to: Number.POSITIVE_INFINITY,
        },
      ],
    );
    for (const [step, { token, logprob }] of tokens.entries())
      expect(logprob).toBeCloseTo(logSoftmax(logits[helloTokens.length - 1 + step]!)[token]!, 4);
    expect(appliedSteering.entries).toMatchObject([
      {
        vector: 'calm',
        hash: await hashFile(join(folder.path, 'calm.safetensors')),
        layers: [2],
        multiplier: 0.7,
        positions: [6],
        gate: null,
      },
    ]);
  });

  it('can be started often from one preparation, with another seed each time', async () => {
    const prepared = await answerer.prepareChat(hello, { maxTokens: 8, ignoreEnd: true });
    const drawn = await Promise.all([1, 2, 1].map((seed) => answerer.start(prepared, seed).whole()));
    expect(drawn[0]!.text).toBe(drawn[2]!.text);
    expect(drawn[0]!.text).not.toBe(drawn[1]!.text);
    const own = await answerer.start(prepared).whole();
    expect(own.text).toBe(
      (await answerer.chat(hello, { maxTokens: 8, ignoreEnd: true, seed: 0 }).whole()).text,
    );
  });

  it('follows its format', async () => {
    const schema = { type: 'object', properties: { a: { type: 'boolean' } }, required: ['a'] };
    const { text } = await answerer
      .chat(hello, { temperature: 0, maxTokens: 60, format: { kind: 'schema', schema } })
      .whole();
    expect(JSON.parse(text)).toEqual({ a: expect.any(Boolean) });
    const grammar = { kind: 'grammar', grammar: 'root ::= "ja" | "nein"' } as const;
    expect(['ja', 'nein']).toContain((await answerer.chat(hello, { format: grammar }).whole()).text);
    const json = await answerer.chat(hello, { format: { kind: 'json' }, maxTokens: 4, seed: 3 }).whole();
    expect(json.text).toMatch(/^\s*\{/);
  });

  it('ends when it is cancelled, before it began too', async () => {
    const early = answerer.chat(hello, { maxTokens: null, ignoreEnd: true });
    early.cancel();
    expect((await early.whole()).reason).toBe('cancelled');
    const late = answerer.chat(hello, { ignoreEnd: true });
    let seen = 0;
    for await (const event of late) {
      if (event.kind === 'text' && ++seen === 3) late.cancel();
      if (event.kind === 'end') expect(event.reason).toBe('cancelled');
    }
    expect(seen).toBeLessThan(30);
  });

  it('is refused with what is wrong, when it is read', async () => {
    const of = (more: object) => answerer.chat(hello, more).whole();
    await expect(of({ steering: 'absent' })).rejects.toMatchObject({ code: 'vector-not-found' });
    await expect(of({ steering: 'loud' })).rejects.toMatchObject({ code: 'steering-malformed' });
    await expect(of({ temperature: -1 })).rejects.toThrow(RangeError);
    await expect(of({ format: { kind: 'schema', schema: { not: {} } } })).rejects.toMatchObject({
      code: 'grammar-malformed',
    });
    await expect(answerer.chat([], {}).whole()).rejects.toMatchObject({ code: 'messages-refused' });
    await expect(answerer.complete('x'.repeat(300)).whole()).rejects.toMatchObject({
      code: 'prompt-too-long',
    });
    await expect(new Answerer(engine).chat(hello, { steering: 'calm' }).whole()).rejects.toMatchObject({
      code: 'vector-not-found',
      message: expect.stringContaining('none were given'),
    });
  });
});

describe('a continuation', () => {
  it('takes a text as it is, or tokens, and scores the prompt', async () => {
    const text = await answerer.complete('Hello', { ...greedy, promptLogprobs: 1 }).whole();
    const tokens = await answerer.complete(Int32Array.from(bytes('Hello')), { ...greedy }).whole();
    expect(text.text).toBe(tokens.text);
    const { logits } = plainForward(tiny.shape, tiny.weights, bytes('Hello'));
    expect(text.promptTokens!.map(({ token }) => token)).toEqual(bytes('Hello'));
    expect(text.promptTokens![0]).toMatchObject({ logprob: null, top: [] });
    for (const [place, { token, logprob }] of text.promptTokens!.slice(1).entries())
      expect(logprob).toBeCloseTo(logSoftmax(logits[place]!)[token]!, 4);
  });

  it('names control tokens, which have no bytes', async () => {
    const { promptTokens } = await answerer
      .complete('a<|im_end|>b', { maxTokens: 0, promptLogprobs: 100 })
      .whole();
    expect(promptTokens!.map(({ name, bytes: own }) => name ?? new TextDecoder().decode(own))).toEqual([
      'a',
      '<|im_end|>',
      'b',
    ]);
    for (const { top } of promptTokens!.slice(1))
      for (const one of top) expect(one.bytes.length === 0).toBe(one.name !== null);
  });

  it('of a file that adds a start token and an end token: the start token alone', async () => {
    // The tokenizer of a model that closes every text, as a stand-in around the real engine.
    const tokenize = async (given: string, { addSpecial }: { addSpecial: boolean }) =>
      Int32Array.from(addSpecial ? [256, ...bytes(given), 258] : bytes(given));
    const facts = { ...engine.facts, addsStartToken: true };
    const closing = new Answerer({
      facts,
      tokenize,
      detokenize: (tokens) => engine.detokenize(tokens),
      stream: (request) => engine.stream(request),
    });
    const { request } = await closing.prepareCompletion('Hi');
    expect(request.prompt).toEqual(Int32Array.from([256, ...bytes('Hi')]));
  });
});

describe('how steering is judged', () => {
  it('residual norms are those of the plain forward pass', async () => {
    const norms = await measureResidualNorms(engine);
    expect([...norms.keys()]).toEqual([0, 1, 2, 3]);
    const prompt = [257, ...bytes('user\nTell me something.'), 258, 10, 257, ...bytes('assistant\n')];
    const tokens = [...prompt, ...bytes((await readNeutralText()).slice(0, 48))].slice(0, prompt.length + 48);
    const { blockOutputs } = plainForward(tiny.shape, tiny.weights, tokens);
    for (const [layer, found] of norms) {
      const rows = blockOutputs[layer]!.slice(prompt.length - 1);
      const mean = rows.reduce((sum, h) => sum + Math.hypot(...h), 0) / rows.length;
      expect(found / mean).toBeCloseTo(1, 4);
    }
  });

  it('doses are shares of them, and steps beyond what an audit found are told', async () => {
    const run = await mkdtemp(join(tmpdir(), 'steerbench-audit-'));
    await mkdir(join(run, 'vectors'));
    await copyFile(join(folder.path, 'calm.safetensors'), join(run, 'vectors/test.safetensors'));
    const result = exampleResult();
    const own = norm(folder.vectors.get('calm')!.get(2)!);
    await writeFile(
      join(run, 'result.json'),
      JSON.stringify({
        ...result,
        layer: 2,
        operator: 'add',
        vector: { ...result.vector, norm: own, safetensors: 'vectors/test.safetensors', gguf: null },
        verdict: { ...result.verdict, recommendedMultiplier: 0.5 },
      }),
    );
    await writeFile(join(run, 'plan.json'), JSON.stringify({ vectorHash: null }));
    const judged = new Answerer(engine, {
      vectors: new VectorFolder(folder.path),
      residualNorms: new Map([[2, 2 * own]]),
      limits: await readAuditLimits([run]),
    });
    const tooLong = async (spec: string) =>
      (await judged.steering(spec)).warnings.filter((warning) => warning.includes('times as long'));
    expect((await judged.steering('calm@2:1')).doses).toMatchObject([{ layer: 2, share: 0.5 }]);
    expect(await tooLong('calm@2:1')).toEqual([expect.stringContaining('2.00 times as long')]);
    expect(await tooLong('calm@2:0.5')).toEqual([]);
    expect(await tooLong('loud@1:9')).toEqual([]);
    // A vector that was given to the audit is known by the hash in the plan.
    const hash = await hashFile(join(folder.path, 'loud.safetensors'));
    await writeFile(join(run, 'plan.json'), JSON.stringify({ vectorHash: hash }));
    expect([...(await readAuditLimits([run])).keys()]).toEqual([hash]);
    await writeFile(join(run, 'plan.json'), '{');
    await expect(readAuditLimits([run])).rejects.toMatchObject({ code: 'run-malformed' });
    await rm(run, { recursive: true });
    await expect(readAuditLimits([run])).rejects.toMatchObject({ code: 'run-malformed' });
  });
});

describe('the functions of the library', () => {
  it('take vectors in memory, a folder, or files', async () => {
    const vector = vectorOf(folder.vectors.get('calm')!);
    const sampling = { temperature: 0, maxTokens: 5, ignoreEnd: true };
    const file = join(folder.path, 'calm.safetensors');
    const ways = await Promise.all([
      chat({ engine }, 'Hello', { ...sampling, steering: 'mine:1', vectors: { mine: vector } }).whole(),
      chat({ engine }, hello, {
        ...sampling,
        steering: 'calm',
        vectors: new VectorFolder(folder.path),
      }).whole(),
      chat({ engine }, hello, { ...sampling, steering: [{ vector: file }] }).whole(),
    ]);
    expect(new Set(ways.map(({ text }) => text)).size).toBe(1);
    expect(new Set(ways.map(({ appliedSteering }) => appliedSteering.fingerprint)).size).toBe(1);
    const plain = await complete({ engine }, 'Hello', sampling).whole();
    expect(plain.text).toBe((await answerer.complete('Hello', sampling).whole()).text);
  });
});
