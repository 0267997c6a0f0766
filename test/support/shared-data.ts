import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Folder of public test data (`STEERBENCH_SHARED_DATA`, default `../shared/data`), or null with a message: the data
 * are not part of the project, and tests that need them are skipped where they are absent.
 */
export function sharedData(...path: string[]): string | null {
  const root = resolve(process.env['STEERBENCH_SHARED_DATA'] ?? '../shared/data');
  const full = join(root, ...path);
  if (existsSync(full)) return full;
  if (process.env['CI'] === 'true') throw new Error(`CI must have ${full}`);
  console.warn(`skipped: ${full} is absent; set STEERBENCH_SHARED_DATA`);
  return null;
}
