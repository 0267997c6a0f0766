import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { operators } from '../../src/interventions/intervention.ts';
import { pythonWith } from '../support/python.ts';
import { testServer } from '../support/test-server.ts';

const python = pythonWith('schemathesis');
const folder = mkdtempSync(join(tmpdir(), 'steerbench-schemathesis-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The same requests every time, with at most so many for each route and kind of fault. */
const always = ['--generation-deterministic', '--max-examples', '40', '--no-color', '--warnings', 'off'];

/** Runs schemathesis on a document; its exit status and what it printed. */
function schemathesis(...options: string[]): Promise<{ status: number; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      python.path!,
      ['-m', 'schemathesis.cli', 'run', ...always, ...options],
      // It leaves a cache where it runs.
      { cwd: folder, maxBuffer: 2 ** 28, env: { ...process.env, COLUMNS: '150' } },
      (_, stdout, stderr) => resolve({ status: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}

/** Entries of steering that this server takes, whatever goes with them. */
const entry = {
  type: 'object',
  properties: {
    vector: { const: 'loud' },
    layers: { enum: [1, 3, [1, 3], 'all'] },
    multiplier: { type: 'number', minimum: -4, maximum: 4 },
    operator: { enum: operators },
    scope: {
      enum: ['prompt', 'response', 'all', { kind: 'first', tokens: 2 }, { kind: 'after', tokens: 1 }],
    },
  },
  required: ['vector', 'layers'],
  additionalProperties: false,
};
const gated = 'calm@2:2,when=cosine(loud@1)>-1';

/** Fields of requests as this server has them, so that every request made from them is served. */
const own: Record<string, object> = {
  model: { enum: ['tiny', null] },
  steering: {
    anyOf: [
      { type: 'array', minItems: 1, maxItems: 3, items: entry },
      { enum: [[], 'calm:2', 'loud@all:-1,scope=all', gated] },
    ],
  },
  prompt: { enum: ['Hello', ['a', 'b'], [72, 105], [[72], [105, 33]]] },
  tokens: { type: 'array', items: { type: 'integer', minimum: 0, maximum: 258 } },
  n: { type: 'integer', minimum: 1, maximum: 3 },
  best_of: { const: null },
  max_tokens: { type: 'integer', minimum: 1, maximum: 6 },
  max_completion_tokens: { const: null },
  logit_bias: { enum: [null, { 101: 5 }] },
  // One of the fields that exclude each other.
  grammar: { const: null },
  response_format: { enum: [{ type: 'text' }, { type: 'json_object' }] },
};

/**
 * The document as it would be for this server alone: requests name vectors, tokens and the model that there are. Of
 * those made from the true one, most end at a name that nobody knows.
 */
function narrowed(document: { components: { schemas: Record<string, Bodied> } }): string {
  const { schemas } = document.components;
  for (const name of [
    'ChatRequest',
    'CompletionRequest',
    'PutSteering',
    'TokenizeRequest',
    'DetokenizeRequest',
  ]) {
    const { properties, required = [] } = schemas[name]!;
    for (const field of Object.keys(properties))
      if (own[field] !== undefined && (name !== 'TokenizeRequest' || field === 'model'))
        properties[field] = own[field];
    const always = ['steering', 'max_tokens'].filter((field) => field in properties);
    schemas[name]!.required = [...new Set([...required, ...always])];
  }
  Object.assign(schemas['ChatRequest']!.properties, { logprobs: { const: true } });
  schemas['ChatRequest']!.required!.push('logprobs');
  return JSON.stringify(document);
}

interface Bodied {
  properties: Record<string, object>;
  required?: string[];
}

describe.skipIf(python.path === null)('requests made from the OpenAPI document', () => {
  it('are answered as it says', { timeout: 300_000 }, async () => {
    const errors: unknown[] = [];
    const server = await testServer({ tiny: { endless: true }, onError: (error) => errors.push(error) });
    try {
      const { status, output } = await schemathesis(
        `${server.url}/openapi.json`,
        // A schema cannot know which vectors and tokens there are.
        ...['--exclude-checks', 'positive_data_acceptance'],
      );
      expect(status, output).toBe(0);
      expect(Number(/(\d+) generated/.exec(output)?.[1])).toBeGreaterThan(1000);
      expect(errors).toEqual([]);
    } finally {
      await server.stop();
    }
  });

  it('with names that the server has are all served, steered as they ask', { timeout: 300_000 }, async () => {
    // Room for the longest conversation that is made up.
    const size = { streamTokens: 8192, tiny: { endless: true, context: 8192 } };
    const errors: unknown[] = [];
    const server = await testServer({ ...size, onError: (error) => errors.push(error) });
    try {
      const file = join(folder, 'openapi.json');
      writeFileSync(file, narrowed(await (await fetch(`${server.url}/openapi.json`)).json()));
      const only = ['--mode', 'positive', '--phases', 'examples,fuzzing'];
      const { status, output } = await schemathesis(file, '--url', server.url, ...only);
      expect(status, output).toBe(0);
      expect(errors).toEqual([]);
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      const steered = metrics.matchAll(/^steerbench_answers_total\{.*steered="true"\} (\d+)$/gm);
      expect([...steered].reduce((sum, [, count]) => sum + Number(count), 0)).toBeGreaterThan(40);
    } finally {
      await server.stop();
    }
  });
});
