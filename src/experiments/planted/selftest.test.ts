import { expect, test } from 'vitest';
import type { Engine, LoadOptions, MeasureRequest } from '../../engine/engine.ts';
import { loadLlama } from '../../engine/load-llama.ts';
import type { Intervention } from '../../interventions/intervention.ts';
import { selftest } from './selftest.ts';

test('every check passes on the installed engine', async () => {
  const { checks, passed, backends } = await selftest();
  expect(checks.filter((check) => !check.passed)).toEqual([]);
  expect(checks).toHaveLength(12);
  expect(passed).toBe(true);
  expect(backends).not.toEqual([]);
});

/** The faults that steering code is known for, each put between the selftest and a right engine. */
const faults: [name: string, change: (request: MeasureRequest) => MeasureRequest, notices: RegExp][] = [
  ['steers one block early', each((one) => ({ ...one, layer: one.layer - 1 })), /slopes|rows/],
  ['steers the wrong way', each((one) => ({ ...one, multiplier: -one.multiplier })), /backwards/],
  ['normalises the vector', each((one) => ({ ...one, vector: unit(one.vector) })), /slopes/],
  ['steers the answer only', each((one) => ({ ...one, start: 'first-answer-token' as const })), /rows/],
  ['ablates before it adds', each((one) => (isZero(one) ? one : { ...one, operator: 'clamp' })), /no bit/],
];

test.each(faults)('an engine that %s does not pass', async (_, change, notices) => {
  const { checks, passed } = await selftest({
    load: async (options: LoadOptions): Promise<Engine> => {
      const engine = await loadLlama(options);
      const measure = engine.measure.bind(engine);
      return Object.assign(engine, { measure: (request: MeasureRequest) => measure(change(request)) });
    },
  });
  expect(passed).toBe(false);
  const failed = checks.filter((check) => !check.passed).map(({ check }) => check);
  expect(failed.join('\n')).toMatch(notices);
});

test('an engine that reads the prompt instead of the answer does not pass', async () => {
  const { checks } = await selftest({
    load: async (options) => {
      const engine = await loadLlama(options);
      const capture = engine.capture.bind(engine);
      const read: Engine['capture'] = (cases, _, layers) => capture(cases, 'last-prompt-token', layers);
      return Object.assign(engine, { capture: read });
    },
  });
  expect(checks.find(({ check }) => check.includes('recovers the planted direction'))).toMatchObject({
    passed: false,
  });
});

function each(change: (one: Intervention) => Intervention): (request: MeasureRequest) => MeasureRequest {
  return (request) => ({ ...request, interventions: request.interventions.map(change) });
}

function isZero({ vector }: Intervention): boolean {
  return vector.every((value) => value === 0);
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length > 0 ? vector.map((value) => value / length) : vector;
}
