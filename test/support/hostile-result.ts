import type { Result } from '../../src/result/schema.ts';
import { parseResult } from '../../src/result/schema.ts';
import { multipleChoice } from './example-letters.ts';

/** A text that tries to leave HTML text, attributes, comments, SVG, Markdown, CSV and a terminal line. */
export const hostile =
  '"><script>alert(1)</script><img src=x onerror=alert(2)>\'--></title></style></svg>&lt; ![x](http://example.invalid/x) `x` \u001b[2J\u0000\u009b\ud800\r\nsecond line';

/** Fields whose values are fixed by the schema, or take part in a decision. */
const kept = new Set([
  'schema',
  'experiment',
  'format',
  'unit',
  'kind',
  'outcome',
  'monotonic',
  'start',
  'operator',
  'gguf',
  'profile',
  'vector',
  'setting',
  'first',
  'second',
  'sampling',
]);

/** Lists whose entries have a name that the schema fixes. */
const namedBySchema = new Set(['settings', 'vectors']);

/** The example with letters, with the hostile text behind every free text, put through `change` first. */
export function hostileResult(change: (text: string) => string = (text) => text): Result {
  const walk = (value: unknown, key: string, list: string): unknown => {
    if (typeof value === 'string') {
      const fixed = kept.has(key) || (key === 'name' && namedBySchema.has(list));
      return fixed ? value : change(`${value}${hostile}`);
    }
    if (Array.isArray(value)) return value.map((entry) => walk(entry, key, key));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, walk(entry, name, list)]));
  };
  return parseResult(walk(multipleChoice(), '', ''));
}
