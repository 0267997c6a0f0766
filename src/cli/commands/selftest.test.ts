import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const run = (...args: string[]) => promisify(execFile)(process.execPath, [main, 'selftest', ...args]);

test('selftest prints expected beside obtained, and ends with exit code 0', async () => {
  const { stdout } = await run();
  expect(stdout).toContain('ok     completion: exactly the planted items steer backwards');
  expect(stdout).toContain('expected  2 5 10 13\n         obtained  2 5 10 13');
  expect(stdout).toMatch(/All 12 checks passed on .+\.\n$/);
});

test('selftest --json prints one JSON document', async () => {
  const { stdout } = await run('--json');
  expect(JSON.parse(stdout)).toMatchObject({ passed: true, checks: { length: 12 } });
});
