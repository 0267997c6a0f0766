import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'steerbench-examples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs an example as a user would, from the root of the repository. */
function run(name: string, ...args: string[]): string {
  return execFileSync(process.execPath, [`examples/${name}`, ...args], { encoding: 'utf8' });
}

describe('the examples', () => {
  it('audit.mjs prints a verdict and leaves a report', () => {
    const out = join(folder, 'audit');
    expect(run('audit.mjs', out)).toContain('report.html');
    expect(existsSync(join(out, 'report.html'))).toBe(true);
  });

  it('extract-and-measure.mjs finds a positive steerability and saves a control vector', () => {
    const file = join(folder, 'sentiment.gguf');
    const slope = Number(/steerability (-?[\d.]+) nats/.exec(run('extract-and-measure.mjs', file))?.[1]);
    expect(slope).toBeGreaterThan(0);
    expect(existsSync(file)).toBe(true);
  });

  it('steer-text.mjs continues a prompt under three multipliers', () => {
    expect(run('steer-text.mjs').match(/^(0|1|-1): /gm)).toEqual(['0: ', '1: ', '-1: ']);
  });
});
