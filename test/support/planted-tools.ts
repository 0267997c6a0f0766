import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { auditWords, type PlantedFolder } from './planted-command.ts';

/** Short ways to run commands in a planted folder that is made later, before the tests. */
export function plantedTools(planted: () => PlantedFolder) {
  const at = (...names: string[]) => join(planted().path, ...names);
  return {
    at,
    /** Words of a small audit into a folder. */
    audit: (out: string) => auditWords(out, 0),
    resultOf: (out: string) => readFileSync(at(out, 'result.json'), 'utf8'),
    /** Runs a command that must fail with one line of JSON: the error. */
    failure(...words: string[]) {
      const quiet = ['report', 'merge', 'compare', 'vectors'].includes(words[0]!) ? [] : ['--quiet'];
      const { stdout, stderr, status } = planted().steerbench(...words, '--json', ...quiet);
      expect(stdout).toBe('');
      expect(stderr).not.toMatch(/\n\s+at /);
      const { code, message, remedy } = JSON.parse(stderr) as Record<'code' | 'message' | 'remedy', string>;
      return { code, message, remedy, status };
    },
  };
}
