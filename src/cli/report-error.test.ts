import { expect, it } from 'vitest';
import { type ErrorCode, errorCodes, SteerbenchError } from '../errors.ts';
import { exitCodeOf } from './exit-codes.ts';
import { describeError } from './report-error.ts';

const plain = { verbose: false, json: false };

it('shows what failed and what to do', () => {
  const error = new SteerbenchError('run-conflict', '"runs/a" holds a run with another plan', {
    remedy: 'give another --out',
  });
  expect(describeError(error, plain)).toEqual({
    text: 'steerbench: "runs/a" holds a run with another plan\n  give another --out\n',
    exitCode: 2,
  });
  expect(JSON.parse(describeError(error, { verbose: false, json: true }).text)).toEqual({
    kind: 'error',
    code: 'run-conflict',
    message: '"runs/a" holds a run with another plan',
    remedy: 'give another --out',
  });
});

it('tells wrong use from a fault of the program', () => {
  expect(describeError(new RangeError('invalid "seed"; not a whole number: x'), plain)).toEqual({
    text: 'steerbench: invalid "seed"; not a whole number: x\n',
    exitCode: 2,
  });
  const fault = (() => {
    try {
      return (undefined as unknown as { name: string }).name;
    } catch (error) {
      return error;
    }
  })();
  expect(describeError(fault, plain)).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining('fault of steerbench'),
  });
  expect(describeError(fault, { verbose: true, json: false }).text).toContain('report-error.test.ts');
});

it('gives every code of the table an exit code', () => {
  const byCode = Object.fromEntries(
    Object.keys(errorCodes).map((code) => [code, exitCodeOf(code as ErrorCode)]),
  );
  expect(byCode).toMatchObject({
    'model-not-found': 3,
    'data-malformed': 3,
    'layer-out-of-range': 2,
    'engine-crashed': 4,
    interrupted: 130,
  });
});
